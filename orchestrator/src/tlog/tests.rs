//! Logs as a client sees them that nobody here wrote: notes are opened by `signed_note`, tiles and proofs are checked by
//! `tlog_tiles`, over the routes that are really served.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use insta::assert_snapshot;
use phase8_shared::api::{ConsistencyView, InclusionView, LedgerKey, routes};
use phase8_shared::id::{MissionId, Seq};
use phase8_shared::ledger::verify::verify_export;
use phase8_shared::ledger::{Checkpoint, LogVerifier, leaf_hash};
use tlog_tiles::{HashReader, Tile, TileHashReader, TileReader, record_hash, stored_hash_index};
use tower::ServiceExt;

use crate::driver::{Engine, EngineParts};
use crate::ports::{SystemClock, SystemIds};
use crate::service::standalone;
use crate::store::{Batch, EventStore, LogAppend, LogId, MemoryStore};
use crate::testing::{RealMission, adapters, chain, launch_policy, log_parts, logs};
use crate::tlog::{LogError, LogParts, Logs};

const MISSION: MissionId = MissionId::from_bytes([5; 16]);
const OTHER: MissionId = MissionId::from_bytes([6; 16]);

/// A client that knows nothing but addresses.
struct Client {
    app: Router,
}

impl Client {
    async fn new(store: Arc<dyn EventStore>) -> Self {
        let clock: Arc<dyn crate::ports::Clock> = Arc::new(SystemClock);
        let adapters = crate::agents::Adapters::rehearsing(&adapters(), &clock);
        let logs = logs(Arc::clone(&store));
        // The engine has a store of its own: these ledgers are read, not continued.
        let parts = EngineParts {
            store: Arc::new(MemoryStore::new()),
            clock,
            ids: Arc::new(SystemIds),
            adapters,
        };
        Self { app: standalone(Engine::start(parts, launch_policy()).await.unwrap(), logs) }
    }

    async fn get(&self, path: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        (parts.status, parts.headers, to_bytes(body, usize::MAX).await.unwrap().to_vec())
    }

    async fn text(&self, path: &str) -> String {
        let (status, _, body) = self.get(path).await;
        format!("{} {}", status.as_u16(), String::from_utf8_lossy(&body))
    }

    async fn json<T: serde::de::DeserializeOwned>(&self, path: &str) -> T {
        serde_json::from_slice(&self.get(path).await.2).unwrap()
    }
}

/// A log of small entries, more than two levels of tiles wide.
async fn long_log(entries: u64) -> Arc<MemoryStore> {
    let store = Arc::new(MemoryStore::new());
    let events = (0..entries).map(|number| Arc::from(number.to_be_bytes())).collect();
    let append =
        LogAppend { log: LogId::Mission(MISSION), expected: Seq::ZERO, fence: None, events };
    store.append(Batch { appends: vec![append], blobs: Vec::new() }).await.unwrap();
    store
}

/// Tiles of one log, fetched before a reader of the foreign implementation asks for them.
struct Fetched {
    tiles: std::collections::BTreeMap<String, Vec<u8>>,
    missing: RefCell<Vec<String>>,
}

impl TileReader for Fetched {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        let read = |tile: &Tile| {
            // The foreign address names the height, which the specification leaves out.
            let path = tile.path().replacen("tile/8/", "tile/", 1);
            let found = self.tiles.get(&path).cloned();
            if found.is_none() {
                self.missing.borrow_mut().push(path);
            }
            found.unwrap_or_else(|| vec![0; tile.width() as usize * 32])
        };
        Ok(tiles.iter().map(read).collect())
    }

    fn save_tiles(&self, _tiles: &[Tile], _data: &[Vec<u8>]) {}
}

/// Lets the foreign reader say which tiles it wants, fetches them, and lets it read again.
async fn read_hashes(
    client: &Client,
    tree: (u64, tlog_tiles::Hash),
    indexes: &[u64],
    tamper: impl Fn(&str, &mut Vec<u8>),
) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
    let mut fetched = Fetched { tiles: BTreeMap::default(), missing: RefCell::default() };
    loop {
        let outcome = TileHashReader::new(tree.0, tree.1, &fetched).read_hashes(indexes);
        let missing = fetched.missing.take();
        if missing.is_empty() {
            return outcome;
        }
        for path in missing {
            let (status, headers, mut bytes) =
                client.get(&format!("{}/{path}", routes::log(MISSION))).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            assert_eq!(headers[header::CONTENT_TYPE], "application/octet-stream");
            assert_eq!(headers[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
            tamper(&path, &mut bytes);
            fetched.tiles.insert(path, bytes);
        }
    }
}

/// The checkpoint as a foreign implementation opens it, with nothing but the published key.
async fn foreign_checkpoint(client: &Client, log: &str, vkey: &str) -> tlog_tiles::Checkpoint {
    let (status, headers, note) = client.get(&format!("{log}/checkpoint")).await;
    assert_eq!(status, StatusCode::OK, "{}", String::from_utf8_lossy(&note));
    assert_eq!(headers[header::CONTENT_TYPE], "text/plain; charset=utf-8");
    assert_eq!(headers[header::CACHE_CONTROL], "no-cache");
    let verifier = signed_note::StandardVerifier::new(vkey).unwrap();
    let known = signed_note::VerifierList::new(vec![Box::new(verifier)]);
    let parsed = signed_note::Note::from_bytes(&note).unwrap();
    assert_eq!(parsed.verify(&known).unwrap().0.len(), 1);

    let mut forged = note;
    let at = forged.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    forged[at] = if forged[at] == b'9' { b'8' } else { b'9' };
    assert!(signed_note::Note::from_bytes(&forged).unwrap().verify(&known).is_err());
    tlog_tiles::Checkpoint::from_bytes(parsed.text()).unwrap()
}

async fn mission_vkey(client: &Client) -> String {
    let key: LedgerKey = client.json(routes::LEDGER_KEY).await;
    let base: LogVerifier = key.vkey.parse().unwrap();
    base.named(format!("{}/missions/{MISSION}", key.origin).parse().unwrap()).to_string()
}

#[tokio::test]
async fn a_foreign_client_reads_any_entry_of_a_long_log_through_tiles_and_finds_a_tampered_tile() {
    let size = 70_000;
    let client = Client::new(long_log(size).await).await;
    let checkpoint =
        foreign_checkpoint(&client, &routes::log(MISSION), &mission_vkey(&client).await).await;
    assert_eq!(checkpoint.size(), size);
    assert_eq!(checkpoint.origin(), format!("control.example.org/missions/{MISSION}"));
    let tree = (checkpoint.size(), *checkpoint.hash());

    let numbers = [0, 1, 255, 256, 65_535, 65_536, 69_887, 69_888, size - 1];
    let indexes = numbers.map(|number| stored_hash_index(0, number));
    let read = read_hashes(&client, tree, &indexes, |_, _| {}).await.unwrap();
    let expected = numbers.map(|number| record_hash(&number.to_be_bytes()));
    assert_eq!(read, expected);

    // A client of 70 000 entries has one partial tile on each level: the specification's own example.
    for path in ["0/272", "0/273.p/112", "1/000", "1/001.p/17", "2/000.p/1"] {
        let prefix = format!("tile/{path}");
        let tampered = |path: &str, bytes: &mut Vec<u8>| {
            if path == prefix {
                bytes[7] ^= 1;
            }
        };
        // The foreign reader compares full tiles with their parents after the first few only: those come first.
        let numbers = [65_536, 65_792, 66_048, 0, 69_887, 69_999];
        let indexes = numbers.map(|number| stored_hash_index(0, number));
        let refused = read_hashes(&client, tree, &indexes, tampered).await;
        assert!(refused.is_err(), "{path} was tampered with and believed");
    }
}

#[tokio::test]
async fn entry_bundles_hash_to_the_tiles_beside_them() {
    let client = Client::new(long_log(300).await).await;
    let log = routes::log(MISSION);
    for (bundle, hashes, width) in [
        ("entries/000", "0/000", 256),
        ("entries/001.p/44", "0/001.p/44", 44),
        ("entries/000.p/3", "0/000.p/3", 3),
    ] {
        let (_, headers, mut bytes) = client.get(&format!("{log}/tile/{bundle}")).await;
        let (_, _, tile) = client.get(&format!("{log}/tile/{hashes}")).await;
        assert_eq!(headers[header::CACHE_CONTROL], "private, max-age=31536000, immutable");
        let mut found = Vec::new();
        while let [high, low, ..] = bytes.as_slice() {
            let rest = bytes.split_off(2 + usize::from(u16::from_be_bytes([*high, *low])));
            found.extend(record_hash(&bytes[2..]).0);
            bytes = rest;
        }
        assert_eq!(found.len(), width * 32);
        assert_eq!(found, tile, "{bundle}");
    }
}

#[tokio::test]
async fn proofs_over_http_convince_a_foreign_verifier() {
    let client = Client::new(long_log(700).await).await;
    let log = routes::log(MISSION);
    let hash = |bytes: alloy_primitives::B256| tlog_tiles::Hash(bytes.0);
    let all =
        |hashes: &[alloy_primitives::B256]| hashes.iter().copied().map(hash).collect::<Vec<_>>();
    let mut checked = 0;
    for (seq, size) in [(1, 700), (257, 700), (700, 700), (300, 512), (512, 512), (1, 1)] {
        let view: InclusionView =
            client.json(&format!("{log}/inclusion?seq={seq}&size={size}")).await;
        let leaf = record_hash(&u64::to_be_bytes(seq - 1));
        assert_eq!(view.leaf.0, leaf.0);
        let proof = all(&view.proof.hashes);
        tlog_tiles::check_record(&proof, size, hash(view.tree.root), seq - 1, leaf).unwrap();
        let other = record_hash(b"other");
        assert!(
            tlog_tiles::check_record(&proof, size, hash(view.tree.root), seq - 1, other).is_err()
        );
        checked += 1;
    }
    for (old, new) in [(1, 700), (256, 700), (300, 512), (511, 700), (700, 700)] {
        let view: ConsistencyView =
            client.json(&format!("{log}/consistency?old={old}&new={new}")).await;
        let proof = all(&view.proof.hashes);
        let (was, is) = (hash(view.old.root), hash(view.new.root));
        tlog_tiles::check_tree(&proof, new, is, old, was).unwrap();
        assert!(tlog_tiles::check_tree(&proof, new, is, old, record_hash(b"fork")).is_err());
        checked += 1;
    }
    assert_eq!(checked, 11);
}

#[tokio::test]
async fn what_a_log_does_not_have_is_refused_in_words() {
    let client = Client::new(long_log(300).await).await;
    let log = routes::log(MISSION);

    assert_snapshot!(client.text(&format!("{log}/tile/0/001.p/45")).await, @r#"404 {"status":404,"code":"not_found","title":"There is no such thing here","detail":"tile 0/001.p/45 begins when the log has 301 entries; it has 300: ask for the tiles of its checkpoint"}"#);
    assert_snapshot!(client.text(&format!("{log}/tile/0/1")).await, @r#"400 {"status":400,"code":"malformed","title":"The request cannot be read","detail":"0/1: a tile is <level>/<index>, entries/<index> or entries32/<index>, with the index in groups of three digits such as x001/x234/067, and .p/<width> after it if it is partial"}"#);
    assert_snapshot!(client.text(&format!("{log}/inclusion?seq=301")).await, @r#"400 {"status":400,"code":"malformed","title":"The request cannot be read","detail":"a log of 300 entries has the entries 1 to 300; entry 301 is not among them"}"#);
    assert_snapshot!(client.text(&format!("{log}/consistency?old=0")).await, @r#"400 {"status":400,"code":"malformed","title":"The request cannot be read","detail":"a proof leads from a size of at least 1 to one that is not smaller; found 0 and 300"}"#);
    assert_snapshot!(client.text(&format!("{}/checkpoint", routes::log(OTHER))).await, @r#"404 {"status":404,"code":"not_found","title":"There is no such thing here","detail":"there is no log of 06060606060606060606060606060606 here; look at the list of missions"}"#);
    for path in ["63/000", "7/000", "0/x018/x446/x744/x073/x709/x551/615"] {
        assert!(client.text(&format!("{log}/tile/{path}")).await.starts_with("404"), "{path}");
    }
}

#[tokio::test]
async fn an_entry_that_no_bundle_can_carry_is_served_with_a_longer_length() {
    let store = Arc::new(MemoryStore::new());
    let large: Arc<[u8]> = vec![b'x'; 70_000].into();
    let events = vec![large, Arc::from(b"short".as_slice())];
    let append =
        LogAppend { log: LogId::Mission(MISSION), expected: Seq::ZERO, fence: None, events };
    store.append(Batch { appends: vec![append], blobs: Vec::new() }).await.unwrap();
    let client = Client::new(store).await;
    let log = routes::log(MISSION);

    assert_snapshot!(client.text(&format!("{log}/tile/entries/000.p/2")).await, @r#"404 {"status":404,"code":"not_found","title":"There is no such thing here","detail":"entry 1 has 70000 bytes, and an entry bundle carries up to 65535: take entries32/000.p/2"}"#);
    let (_, _, bytes) = client.get(&format!("{log}/tile/entries32/000.p/2")).await;
    let (length, rest) = bytes.split_at(4);
    assert_eq!(length, 70_000_u32.to_be_bytes());
    let (_, _, tile) = client.get(&format!("{log}/tile/0/000.p/2")).await;
    assert_eq!(record_hash(&rest[..70_000]).0, tile[..32]);
    assert_eq!(rest[70_000..], *b"\0\0\0\x05short");
}

#[tokio::test]
async fn the_registry_lists_every_mission_and_proves_it_to_a_foreign_verifier() {
    let store = Arc::new(MemoryStore::new());
    for mission in [MISSION, OTHER] {
        RealMission::new(mission).store(store.as_ref()).await;
    }
    let client = Client::new(store).await;
    let key: LedgerKey = client.json(routes::LEDGER_KEY).await;

    let checkpoint = foreign_checkpoint(&client, routes::registry_log(), &key.registry_vkey).await;

    assert_eq!((checkpoint.size(), checkpoint.origin()), (2, "control.example.org/registry"));
    let (_, _, bundle) =
        client.get(&format!("{}/tile/entries/000.p/2", routes::registry_log())).await;
    let length = usize::from(u16::from_be_bytes([bundle[0], bundle[1]]));
    let second = &bundle[2 + length + 2..];
    assert!(String::from_utf8_lossy(second).contains(&OTHER.to_string()));
    let view: InclusionView =
        client.json(&format!("{}/inclusion?seq=2", routes::registry_log())).await;
    let proof: Vec<_> = view.proof.hashes.iter().map(|hash| tlog_tiles::Hash(hash.0)).collect();
    tlog_tiles::check_record(&proof, 2, *checkpoint.hash(), 1, record_hash(second)).unwrap();
    let view: ConsistencyView =
        client.json(&format!("{}/consistency?old=1", routes::registry_log())).await;
    assert_eq!((view.new.size, view.new.root.0), (2, checkpoint.hash().0));
}

#[tokio::test]
async fn a_checkpoint_is_signed_once_for_a_size_and_never_for_a_ledger_that_went_back() {
    let store = long_log(300).await;
    let parts = log_parts(Arc::clone(&store) as Arc<dyn EventStore>);
    let log = LogId::Mission(MISSION);
    let served = Logs::new(parts.clone());
    let first = served.checkpoint(log).await.unwrap();
    assert_eq!(served.checkpoint(log).await.unwrap(), first);
    let more = LogAppend {
        log,
        expected: Seq(300),
        fence: None,
        events: vec![Arc::from(b"more".as_slice())],
    };
    store.append(Batch { appends: vec![more], blobs: Vec::new() }).await.unwrap();
    let second = served.checkpoint(log).await.unwrap();
    assert_eq!(Checkpoint::unverified(&second).unwrap().tree.size, 301);

    // A store that lost its tail, and one whose past is another: after a restart, under the same key.
    let forked = long_log(301).await;
    for (store, what) in
        [(long_log(299).await, "shorter"), (forked, "forked"), (long_log(400).await, "longer")]
    {
        let again = Logs::new(LogParts { store, ..parts.clone() });
        let refused = again.checkpoint(log).await;
        assert!(matches!(refused, Err(LogError::Contradiction { .. })), "{what}: {refused:?}");
    }
    assert_eq!(parts.signed.last(log).unwrap(), Some(second));
}

#[tokio::test]
async fn an_export_holds_before_and_after_a_content_is_erased() {
    let store = Arc::new(MemoryStore::new());
    let mission = RealMission::new(MISSION);
    mission.store(store.as_ref()).await;
    let parts = log_parts(Arc::clone(&store) as Arc<dyn EventStore>);
    let logs = Logs::new(LogParts { chain: Some(chain()), ..parts });
    let trusted: LogVerifier = logs.key().vkey.parse().unwrap();

    let whole = logs.export(MISSION).await.unwrap().text().await.unwrap();
    let report = verify_export(&whole, Some(&trusted));
    assert!(report.is_ok(), "{report:#?}");

    let erased = &mission.blobs[1];
    assert!(store.erase(MISSION, erased.commitment).await.unwrap());
    let text = logs.export(MISSION).await.unwrap().text().await.unwrap();
    let report = verify_export(&text, Some(&trusted));

    assert!(report.is_ok(), "{report:#?}");
    let content = String::from_utf8(erased.content.clone()).unwrap();
    assert!(whole.contains(&content) && !text.contains(&content));
    assert!(!text.contains(&erased.salt.0.to_string()));
    let contents = report.checks.iter().find(|check| check.what == "contents").unwrap();
    assert!(contents.found.contains("erased: of card"), "{}", contents.found);
    assert_eq!(leaf_hash(&mission.events[0]).len(), 32);
}
