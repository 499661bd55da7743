//! Files that somebody wrote to behind the engine's back: each way is found, and the first bad card is named.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use phase8_shared::id::MissionId;
use phase8_shared::ledger::{CompactTree, LogKey, leaf_hash};
use rusqlite::{Connection, params};

use super::{SqliteStore, audit};
use crate::store::{Audit, EventStore, LogId, SignedFolder};
use crate::testing::{RealMission, chain, log_parts};
use crate::tlog::{LogParts, Logs};

const MISSION: MissionId = MissionId::from_bytes([5; 16]);
const OTHER: MissionId = MissionId::from_bytes([6; 16]);

struct Sample {
    folder: tempfile::TempDir,
    cards: u64,
}

impl Sample {
    /// Two missions in a file, whose checkpoints were signed.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("missions.db")).unwrap();
        let mut cards = 0;
        for mission in [MISSION, OTHER] {
            let real = RealMission::new(mission);
            cards = real.events.len() as u64;
            real.store(store.as_ref()).await;
        }
        let parts = log_parts(Arc::clone(&store) as Arc<dyn EventStore>);
        let signed = Arc::new(SignedFolder::new(folder.path().join("checkpoints")));
        let logs = Logs::new(LogParts { signed, ..parts });
        for log in [LogId::Registry, LogId::Mission(MISSION), LogId::Mission(OTHER)] {
            logs.checkpoint(log).await.unwrap();
        }
        store.close().await;
        drop(store);
        // What still lies in the log of changes goes into the file, so that the file alone can be copied.
        let file = Connection::open(folder.path().join("missions.db")).unwrap();
        let busy: i64 =
            file.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).unwrap();
        assert_eq!(busy, 0);
        Self { folder, cards }
    }

    /// What speaks against a copy of the file after somebody wrote to it.
    fn against(&self, name: &str, change: impl FnOnce(&Connection)) -> String {
        let copy = self.copy(name);
        let connection = Connection::open(&copy).unwrap();
        connection.pragma_update(None, "foreign_keys", false).unwrap();
        change(&connection);
        drop(connection);
        self.audit(&copy)
    }

    fn copy(&self, name: &str) -> PathBuf {
        let copy = self.folder.path().join(format!("{name}.db"));
        std::fs::copy(self.folder.path().join("missions.db"), &copy).unwrap();
        copy
    }

    fn audit(&self, path: &Path) -> String {
        let signed = SignedFolder::new(self.folder.path().join("checkpoints"));
        let key = LogKey::from_seed(&[42; 32]);
        let key = Some(key.verifier("control.example.org".parse().unwrap()));
        let against = Audit { key, signed: &signed, chain: Some(chain()) };
        let mut lines = Vec::new();
        for part in audit(path, &against).unwrap() {
            let failing: Vec<&str> = part
                .report
                .checks
                .iter()
                .filter(|check| !check.is_ok())
                .map(|check| check.what)
                .collect();
            if let Some(bad) = &part.report.bad {
                lines.push(format!("{}: {} | {bad}", part.part, failing.join(", ")));
            } else if !failing.is_empty() {
                lines.push(format!("{}: {}", part.part, failing.join(", ")));
            }
        }
        lines.join("\n")
    }
}

/// The row id of a ledger.
fn id(connection: &Connection, name: &str) -> i64 {
    connection.query_row("SELECT id FROM logs WHERE name = ?1", [name], |row| row.get(0)).unwrap()
}

fn run(connection: &Connection, sql: &str) {
    assert!(connection.execute(sql, []).unwrap() > 0, "{sql}");
}

/// Writes the head of a ledger anew, so that it fits what now lies there.
fn adds_up(connection: &Connection, name: &str) {
    let log = id(connection, name);
    let mut select =
        connection.prepare("SELECT bytes FROM events WHERE log = ?1 ORDER BY seq").unwrap();
    let leaves: Vec<_> = select
        .query_map([log], |row| row.get::<_, Vec<u8>>(0))
        .unwrap()
        .map(|bytes| leaf_hash(&bytes.unwrap()))
        .collect();
    let tree = CompactTree::of(&leaves);
    for (seq, leaf) in (1_i64..).zip(&leaves) {
        let values = params![log, seq, leaf.as_slice()];
        connection
            .execute("UPDATE events SET leaf = ?3 WHERE log = ?1 AND seq = ?2", values)
            .unwrap();
    }
    let values = params![log, i64::try_from(leaves.len()).unwrap(), tree.to_bytes()];
    connection.execute("UPDATE logs SET size = ?2, subtrees = ?3 WHERE id = ?1", values).unwrap();
}

const FLIP: &str = "UPDATE events SET bytes = CAST(replace(CAST(bytes AS TEXT), '\"at\":1', '\"at\":3') AS BLOB)
                    WHERE seq = 7 AND log = (SELECT id FROM logs WHERE name = '05050505050505050505050505050505')";
const MINE: &str = "log = (SELECT id FROM logs WHERE name = '05050505050505050505050505050505')";
const NAME: &str = "05050505050505050505050505050505";

#[tokio::test]
async fn a_file_that_nobody_touched_holds() {
    let sample = Sample::new().await;

    assert_eq!(sample.against("untouched", |_| {}), "");
}

#[tokio::test]
async fn cards_that_were_changed_removed_or_moved_are_named() {
    let sample = Sample::new().await;
    let cards = sample.cards;
    let all = "the cards, the root over every card, the leaf hashes kept beside the cards";
    let check = |name: &str, found: String, expected: String| assert_eq!(found, expected, "{name}");

    check(
        "flipped",
        sample.against("flipped", |db| run(db, FLIP)),
        format!(
            "mission {NAME}: {all}, earlier heads of this log | card 7: its bytes are not those that were hashed when it was written"
        ),
    );
    check(
        "tail",
        sample.against("tail", |db| {
            run(db, &format!("DELETE FROM events WHERE {MINE} AND seq > {}", cards - 2));
        }),
        format!(
            "mission {NAME}: the cards, the root over every card, earlier heads of this log | card {}: it is missing; \
             the head in the database knows {cards} cards",
            cards - 1
        ),
    );
    check(
        "tail-that-adds-up",
        sample.against("tail-that-adds-up", |db| {
            run(db, &format!("DELETE FROM events WHERE {MINE} AND seq > {}", cards - 2));
            adds_up(db, NAME);
        }),
        format!(
            "mission {NAME}: earlier heads of this log | card {}: it is missing; the checkpoint that was signed knows \
             {cards} cards",
            cards - 1
        ),
    );
    check(
        "deleted",
        sample.against("deleted", |db| run(db, &format!("DELETE FROM events WHERE {MINE} AND seq = 12"))),
        format!(
            "mission {NAME}: {all}, earlier heads of this log | card 12: card 13 stands in its place: one was removed, \
             doubled or moved"
        )
        .replace(", the leaf hashes kept beside the cards", ""),
    );
    check(
        "moved",
        sample.against("moved", |db| {
            run(db, &format!("UPDATE events SET seq = 9999 WHERE {MINE} AND seq = 20"));
            run(db, &format!("UPDATE events SET seq = 20 WHERE {MINE} AND seq = 21"));
            run(db, &format!("UPDATE events SET seq = 21 WHERE {MINE} AND seq = 9999"));
        }),
        format!(
            "mission {NAME}: the cards, the root over every card, earlier heads of this log | card 20: card 21 stands in \
             its place: one was removed, doubled or moved"
        ),
    );
    check(
        "leaf",
        sample.against("leaf", |db| {
            run(db, &format!("UPDATE events SET leaf = randomblob(32) WHERE {MINE} AND seq = 5"));
        }),
        format!(
            "mission {NAME}: the leaf hashes kept beside the cards | card 5: the hash that is kept beside it is another"
        ),
    );
    let found = sample.against("rewritten", |db| {
        run(db, FLIP);
        adds_up(db, NAME);
    });
    assert!(
        found.starts_with(&format!(
            "mission {NAME}: earlier heads of this log | one of the cards 4 to 11: "
        )),
        "{found}"
    );
    let found = sample.against("head", |db| {
        run(
            db,
            &format!("UPDATE logs SET subtrees = zeroblob(length(subtrees)) WHERE name = '{NAME}'"),
        );
    });
    assert!(
        found.starts_with(&format!("mission {NAME}: the cards, the root over every card | ")),
        "{found}"
    );
    let found = sample.against("size", |db| {
        run(db, &format!("UPDATE logs SET size = size + 1 WHERE name = '{NAME}'"));
    });
    assert!(
        found.starts_with(&format!("mission {NAME}: the cards, the root over every card | ")),
        "{found}"
    );
}

#[tokio::test]
async fn missions_that_were_swapped_deleted_or_slipped_in_are_named() {
    let sample = Sample::new().await;
    let other = OTHER.to_string();

    let found = sample.against("swapped", |db| {
        let (mine, theirs) = (id(db, NAME), id(db, &other));
        run(db, &format!("UPDATE logs SET name = 'x' WHERE id = {mine}"));
        run(db, &format!("UPDATE logs SET name = '{NAME}' WHERE id = {theirs}"));
        run(db, &format!("UPDATE logs SET name = '{other}' WHERE id = {mine}"));
    });
    let lines: Vec<&str> = found.lines().collect();
    assert_eq!(lines.len(), 2, "{found}");
    assert!(lines[0].ends_with(&format!("| card 1: it begins mission {other}")), "{found}");
    assert!(lines[1].ends_with(&format!("| card 1: it begins mission {NAME}")), "{found}");

    let found = sample.against("gone", |db| {
        let mine = id(db, NAME);
        run(db, &format!("DELETE FROM events WHERE log = {mine}"));
        run(db, &format!("DELETE FROM blobs WHERE log = {mine}"));
        run(db, &format!("DELETE FROM logs WHERE id = {mine}"));
    });
    assert_eq!(
        found,
        format!(
            "the database: ledgers that were signed and are gone\nmission {NAME}: the ledger | card 1: it is gone"
        )
    );

    let found = sample.against("unlisted", |db| {
        let registry = id(db, "registry");
        run(db, &format!("DELETE FROM events WHERE log = {registry} AND seq = 2"));
        adds_up(db, "registry");
    });
    assert_eq!(
        found,
        format!(
            "the registry of missions: earlier heads of this log | card 2: it is missing; the checkpoint that was signed \
             knows 2 cards\nmission {other}: the registry lists it"
        )
    );

    let found = sample.against("orphans", |db| {
        run(db, &format!("DELETE FROM logs WHERE name = '{NAME}'"));
    });
    assert!(
        found.contains("the database: events of no ledger, ledgers that were signed and are gone"),
        "{found}"
    );
    let found = sample.against("named", |db| {
        run(db, &format!("UPDATE logs SET name = '../x' WHERE name = '{NAME}'"));
    });
    assert!(found.contains("names of ledgers"), "{found}");
}

#[tokio::test]
async fn contents_and_kept_checkpoints_are_checked_too() {
    let sample = Sample::new().await;

    let found = sample.against("content", |db| {
        run(db, &format!("UPDATE blobs SET content = CAST('else' AS BLOB) WHERE {MINE} AND rowid = (SELECT min(rowid) FROM blobs)"));
    });
    assert_eq!(found, format!("mission {NAME}: contents"));
    let found = sample.against("salt", |db| {
        run(db, &format!("UPDATE blobs SET commitment = randomblob(32) WHERE {MINE} AND rowid = (SELECT min(rowid) FROM blobs)"));
    });
    assert_eq!(found, format!("mission {NAME}: contents"));
    let erased = sample.against("erased", |db| run(db, &format!("DELETE FROM blobs WHERE {MINE}")));
    assert_eq!(erased, "");

    let file = sample.folder.path().join(format!("checkpoints/{NAME}.note"));
    let note = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, note.replacen(&format!("\n{}\n", sample.cards), "\n1\n", 1)).unwrap();
    assert_eq!(
        sample.audit(&sample.copy("forged")),
        format!("mission {NAME}: the kept checkpoint")
    );
    let other = sample.folder.path().join(format!("checkpoints/{OTHER}.note"));
    std::fs::copy(other, &file).unwrap();
    assert_eq!(
        sample.audit(&sample.copy("others")),
        format!("mission {NAME}: the kept checkpoint")
    );
}

#[tokio::test]
async fn a_page_that_the_disk_garbled_is_found() {
    let sample = Sample::new().await;
    let copy = sample.copy("garbled");
    let mut bytes = std::fs::read(&copy).unwrap();
    let needle = b"\"kind\":\"mission_launched\"";
    let at = bytes.windows(needle.len()).position(|part| part == needle).unwrap();
    // One bit, in the middle of a word: JSON and page stay whole.
    bytes[at + 12] ^= 1;
    std::fs::write(&copy, bytes).unwrap();

    let found = sample.audit(&copy);

    assert!(found.contains("| card "), "{found}");
    assert!(found.contains("it cannot be read as an event"), "{found}");
}
