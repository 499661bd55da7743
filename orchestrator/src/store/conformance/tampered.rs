//! A `PostgreSQL` database that somebody wrote to behind the engine's back: each way is found, and the first bad card is
//! named, in the words that are used of a file.

use std::sync::Arc;

use phase8_shared::id::MissionId;
use phase8_shared::ledger::LogKey;

use super::ground::{Database, run};
use crate::store::{Audit, EventStore, LogId, PostgresStore, SignedFolder};
use crate::testing::{RealMission, chain, log_parts};
use crate::tlog::{LogParts, Logs};

const MISSION: MissionId = MissionId::from_bytes([5; 16]);
const OTHER: MissionId = MissionId::from_bytes([6; 16]);
const NAME: &str = "05050505050505050505050505050505";
const MINE: &str = "log = '05050505050505050505050505050505'";

struct Sample {
    database: Database,
    folder: tempfile::TempDir,
    cards: u64,
}

impl Sample {
    /// Two missions in a database, whose checkpoints were signed.
    async fn new() -> Self {
        let (database, folder) = (Database::create().await, tempfile::tempdir().unwrap());
        let store = database.open().await;
        let mut cards = 0;
        for mission in [MISSION, OTHER] {
            let real = RealMission::new(mission);
            cards = real.events.len() as u64;
            real.store(store.as_ref()).await;
        }
        let parts = log_parts(Arc::clone(&store) as Arc<dyn EventStore>);
        let signed = Arc::new(SignedFolder::new(folder.path().to_owned()));
        let logs = Logs::new(LogParts { signed, ..parts });
        for log in [LogId::Registry, LogId::Mission(MISSION), LogId::Mission(OTHER)] {
            logs.checkpoint(log).await.unwrap();
        }
        store.close().await;
        Self { database, folder, cards }
    }

    /// What speaks against a copy of the database after somebody wrote to it.
    async fn against(&self, changes: &[String]) -> String {
        let copy = self.database.copy().await;
        let client = copy.client().await;
        // Whoever owns a database can switch its rules off.
        run(&client, "SET session_replication_role = replica").await;
        for sql in changes {
            assert!(client.execute(sql.as_str(), &[]).await.unwrap() > 0, "{sql}");
        }
        drop(client);
        let signed = SignedFolder::new(self.folder.path().to_owned());
        let key = LogKey::from_seed(&[42; 32]).verifier("control.example.org".parse().unwrap());
        let against = Audit { key: Some(key), signed: &signed, chain: Some(chain()) };
        let parts = PostgresStore::audit(copy.url(), &against).await.unwrap().unwrap();
        copy.end().await;
        let mut lines = Vec::new();
        for part in parts {
            let failing = part.report.checks.iter().filter(|check| !check.is_ok());
            let failing: Vec<&str> = failing.map(|check| check.what).collect();
            if let Some(bad) = &part.report.bad {
                lines.push(format!("{}: {} | {bad}", part.part, failing.join(", ")));
            } else if !failing.is_empty() {
                lines.push(format!("{}: {}", part.part, failing.join(", ")));
            }
        }
        lines.join("\n")
    }
}

#[tokio::test]
async fn a_database_that_somebody_wrote_to_is_found_out_and_the_first_bad_card_is_named() {
    let sample = Sample::new().await;
    let (cards, other) = (sample.cards, OTHER.to_string());
    let all = "the cards, the root over every card, the leaf hashes kept beside the cards";

    assert_eq!(sample.against(&[]).await, "");

    // One bit: 1 is 0x31, 3 is 0x33.
    let flipped = sample
        .against(&[format!(
            "UPDATE phase8.events SET bytes = overlay(bytes PLACING convert_to('3', 'UTF8')
             FROM position(convert_to('\"at\":1', 'UTF8') IN bytes) + 5) WHERE seq = 7 AND {MINE}"
        )])
        .await;
    assert_eq!(
        flipped,
        format!(
            "mission {NAME}: {all}, earlier heads of this log | card 7: its bytes are not those that were hashed when it was written"
        )
    );
    let tail = sample
        .against(&[format!("DELETE FROM phase8.events WHERE {MINE} AND seq > {}", cards - 2)])
        .await;
    assert_eq!(
        tail,
        format!(
            "mission {NAME}: the cards, the root over every card, earlier heads of this log | card {}: it is missing; \
             the head in the database knows {cards} cards",
            cards - 1
        )
    );
    let deleted =
        sample.against(&[format!("DELETE FROM phase8.events WHERE {MINE} AND seq = 12")]).await;
    assert_eq!(
        deleted,
        format!(
            "mission {NAME}: the cards, the root over every card, earlier heads of this log | card 12: card 13 stands in its \
             place: one was removed, doubled or moved"
        )
    );
    let mut swap = Vec::new();
    for table in ["heads", "events", "blobs"] {
        for (from, to) in [(NAME, "x"), (other.as_str(), NAME), ("x", other.as_str())] {
            swap.push(format!("UPDATE phase8.{table} SET log = '{to}' WHERE log = '{from}'"));
        }
    }
    let swapped = sample.against(&swap).await;
    let lines: Vec<&str> = swapped.lines().collect();
    assert_eq!(lines.len(), 2, "{swapped}");
    assert!(lines[0].ends_with(&format!("| card 1: it begins mission {other}")), "{swapped}");
    assert!(lines[1].ends_with(&format!("| card 1: it begins mission {NAME}")), "{swapped}");
    let gone = ["events", "blobs", "heads"]
        .map(|table| format!("DELETE FROM phase8.{table} WHERE {MINE}"));
    assert_eq!(
        sample.against(&gone).await,
        format!(
            "the database: ledgers that were signed and are gone\nmission {NAME}: the ledger | card 1: it is gone"
        )
    );
    let content =
        sample.against(&[format!("UPDATE phase8.blobs SET content = 'else' WHERE {MINE}")]).await;
    assert_eq!(content, format!("mission {NAME}: contents"));
    sample.database.end().await;
}

#[tokio::test]
async fn a_database_without_missions_is_told_from_one_that_was_emptied() {
    let (database, folder) = (Database::create().await, tempfile::tempdir().unwrap());
    let signed = SignedFolder::new(folder.path().to_owned());
    let against = Audit { key: None, signed: &signed, chain: None };

    assert_eq!(PostgresStore::audit(database.url(), &against).await.unwrap(), None);
    database.open().await.close().await;
    let parts = PostgresStore::audit(database.url(), &against).await.unwrap().unwrap();

    assert!(parts.iter().all(|part| part.report.is_ok()), "{parts:#?}");
    database.end().await;
}
