//! What every store must do, as one suite that each of them passes. It panics where a store does not conform, so it is
//! for tests alone.

use std::sync::Arc;

use alloy_primitives::B256;
use phase8_shared::id::{MissionId, Seq, StepId};
use phase8_shared::ledger::{Commitment, CompactTree, Salt, leaf_hash};
use phase8_shared::time::Timestamp;

use super::{
    AppendError, Batch, Blob, EventStore, LogAppend, LogId, MemoryStore, Note, SqliteStore,
    StorageError,
};

const MISSION: MissionId = MissionId::from_bytes([1; 16]);
const LOG: LogId = LogId::Mission(MISSION);

fn entry(text: &str) -> Arc<[u8]> {
    Arc::from(text.as_bytes())
}

fn one(log: LogId, expected: u64, events: &[&str]) -> Batch {
    let events = events.iter().map(|text| entry(text)).collect();
    Batch { appends: vec![LogAppend { log, expected: Seq(expected), events }], blobs: Vec::new() }
}

async fn texts(store: &dyn EventStore, log: LogId, after: u64, limit: usize) -> Vec<(u64, String)> {
    let events = store.read(log, Seq(after), limit).await.unwrap();
    events
        .iter()
        .map(|event| (event.seq.0, String::from_utf8(event.bytes.to_vec()).unwrap()))
        .collect()
}

async fn conforms(store: &dyn EventStore) {
    // An empty store knows nothing, and that is no error.
    assert_eq!(store.head(LOG).await.unwrap(), None);
    assert_eq!(texts(store, LOG, 0, 10).await, []);
    assert_eq!(store.logs().await.unwrap(), []);

    // Events are kept byte for byte, numbered from 1, under the head of their leaves.
    let heads = store.append(one(LOG, 0, &["a", "b", "c"])).await.unwrap();
    let leaves = ["a", "b", "c"].map(|text| leaf_hash(text.as_bytes()));
    assert_eq!(heads, [CompactTree::of(&leaves).head()]);
    assert_eq!(store.head(LOG).await.unwrap().as_ref(), heads.first());
    assert_eq!(texts(store, LOG, 0, 10).await, [(1, "a".into()), (2, "b".into()), (3, "c".into())]);
    assert_eq!(texts(store, LOG, 1, 1).await, [(2, "b".into())]);
    assert_eq!(texts(store, LOG, 3, 10).await, []);

    // Who does not know the last event appends nothing, not even to the other ledgers of the batch, and no content.
    let mut batch = one(LogId::Registry, 0, &["r"]);
    let salt = Salt(B256::repeat_byte(9));
    let content = b"the plan".to_vec();
    let commitment = Commitment::to(salt, &content);
    let blob =
        Blob { mission: MISSION, commitment, salt, media_type: "text/plain".into(), content };
    batch.appends.extend(one(LOG, 2, &["x"]).appends);
    batch.blobs.push(blob.clone());
    let refused = store.append(batch.clone()).await;
    assert!(
        matches!(refused, Err(AppendError::Conflict { log: LOG, expected: Seq(2), found: Seq(3) })),
        "{refused:?}"
    );
    assert_eq!(store.head(LogId::Registry).await.unwrap(), None);
    assert_eq!(store.blob(MISSION, commitment).await.unwrap(), None);

    // With the right one, all of it is there.
    for append in &mut batch.appends {
        append.expected = if append.log == LOG { Seq(3) } else { Seq::ZERO };
    }
    let heads = store.append(batch).await.unwrap();
    assert_eq!(heads.iter().map(|head| head.size).collect::<Vec<_>>(), [1, 4]);
    assert_eq!(store.blob(MISSION, commitment).await.unwrap(), Some(blob));
    assert_eq!(store.blob(MissionId::from_bytes([2; 16]), commitment).await.unwrap(), None);
    let mut logs = store.logs().await.unwrap();
    logs.sort();
    assert_eq!(logs, [LogId::Registry, LOG]);

    // Leaves are those of the events.
    let leaves = store.leaves(LOG, Seq(1), 2).await.unwrap();
    assert_eq!(leaves, [leaf_hash(b"b"), leaf_hash(b"c")]);
    assert!(store.leaves(LOG, Seq(4), 2).await.unwrap().is_empty());

    // A content is erased once and for one mission; the ledger stays as it was.
    let head = store.head(LOG).await.unwrap();
    assert!(!store.erase(MissionId::from_bytes([2; 16]), commitment).await.unwrap());
    assert!(store.blob(MISSION, commitment).await.unwrap().is_some());
    assert!(store.erase(MISSION, commitment).await.unwrap());
    assert_eq!(store.blob(MISSION, commitment).await.unwrap(), None);
    assert!(!store.erase(MISSION, commitment).await.unwrap());
    assert_eq!(store.head(LOG).await.unwrap(), head);

    // Of writers that race for the same place exactly one wins.
    let racers = (0..8).map(|n| store.append(one(LOG, 4, &[&format!("racer {n}")])));
    let outcomes = futures_util::future::join_all(racers).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert_eq!(store.head(LOG).await.unwrap().unwrap().size, 5);

    remembers(store).await;

    // A closed store takes nothing more.
    store.close().await;
    let refused = store.append(one(LOG, 5, &["late"])).await;
    assert!(matches!(refused, Err(AppendError::Storage(StorageError::Closed))), "{refused:?}");
    let refused = store.erase(MISSION, commitment).await;
    assert!(matches!(refused, Err(StorageError::Closed)), "{refused:?}");
    let refused = store.remember(note("plans", 9, 1, 1)).await;
    assert!(matches!(refused, Err(StorageError::Closed)), "{refused:?}");
}

fn note(bucket: &str, step: u16, at: u64, hours: u64) -> Note {
    let at = Timestamp::from_millis(at);
    Note {
        bucket: bucket.to_owned(),
        mission: MISSION,
        step: StepId(step),
        role: "planner".parse().unwrap(),
        title: format!("Step {step}"),
        commitment: Commitment(B256::repeat_byte(7)),
        at,
        expires_at: at.plus_millis(hours * 3_600_000),
    }
}

/// Notes are recalled by bucket, newest first, until they expire.
async fn remembers(store: &dyn EventStore) {
    let now = Timestamp::from_millis;
    let (old, new, other) = (note("plans", 0, 10, 1), note("plans", 1, 20, 2), note("x", 0, 30, 9));
    for note in [&old, &new, &other] {
        store.remember(note.clone()).await.unwrap();
    }
    // The first note of a step stays.
    store.remember(Note { title: "another".into(), ..new.clone() }).await.unwrap();
    assert_eq!(store.recall("plans", now(30), 9).await.unwrap(), [new.clone(), old.clone()]);
    assert_eq!(store.recall("plans", now(30), 1).await.unwrap(), [new.clone()]);
    assert_eq!(store.recall("plan", now(30), 9).await.unwrap(), []);
    // It is gone from the millisecond on at which it expires, and deleted when it is told to.
    assert_eq!(store.recall("plans", now(3_600_009), 9).await.unwrap().len(), 2);
    assert_eq!(store.recall("plans", now(3_600_010), 9).await.unwrap(), [new.clone()]);
    assert_eq!(store.forget(now(3_600_009)).await.unwrap(), 0);
    assert_eq!(store.forget(now(3_600_010)).await.unwrap(), 1);
    assert_eq!(store.forget(now(3_600_010)).await.unwrap(), 0);
    assert_eq!(store.recall("plans", now(0), 9).await.unwrap(), [new]);
    assert_eq!(store.recall("x", now(0), 9).await.unwrap(), [other]);
}

#[tokio::test]
async fn the_memory_store_conforms() {
    conforms(&MemoryStore::new()).await;
}

#[tokio::test]
async fn the_sqlite_store_conforms() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("missions.db")).unwrap();
    conforms(store.as_ref()).await;
}

#[tokio::test]
async fn a_sqlite_file_keeps_everything_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missions.db");
    let store = SqliteStore::open(&path).unwrap();
    let heads = store.append(one(LOG, 0, &["a", "b"])).await.unwrap();
    store.close().await;
    drop(store);

    let store = SqliteStore::open(&path).unwrap();

    assert_eq!(store.head(LOG).await.unwrap().as_ref(), heads.first());
    assert_eq!(texts(store.as_ref(), LOG, 0, 10).await, [(1, "a".into()), (2, "b".into())]);
    store.append(one(LOG, 2, &["c"])).await.unwrap();
}

#[tokio::test]
async fn a_sqlite_file_of_a_later_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missions.db");
    SqliteStore::open(&path).unwrap().close().await;
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();

    let opened = SqliteStore::open(&path);

    assert!(matches!(opened, Err(StorageError::TooNew { found: 99, known: 3 })), "{opened:?}");
}

#[tokio::test]
async fn a_sqlite_file_has_one_engine_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missions.db");
    let store = SqliteStore::open(&path).unwrap();

    let second = SqliteStore::open(&path);
    store.close().await;
    let after = SqliteStore::open(&path);

    assert!(matches!(second, Err(StorageError::InUse(_))), "{second:?}");
    assert!(after.is_ok());
}

#[tokio::test]
async fn many_writers_at_once_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("missions.db")).unwrap();
    let missions: Vec<MissionId> = (0..64).map(|n| MissionId::from_bytes([n; 16])).collect();

    let writers = missions.iter().map(|mission| {
        let store = Arc::clone(&store);
        let log = LogId::Mission(*mission);
        async move {
            for n in 0..8 {
                store.append(one(log, n, &[&format!("{log} {n}")])).await.unwrap();
            }
        }
    });
    futures_util::future::join_all(writers).await;

    for mission in missions {
        let log = LogId::Mission(mission);
        let expected: Vec<_> = (0..8_u64).map(|n| (n + 1, format!("{log} {n}"))).collect();
        assert_eq!(texts(store.as_ref(), log, 0, 100).await, expected);
    }
}

#[tokio::test]
async fn what_a_sqlite_file_erased_is_in_none_of_its_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("missions.db")).unwrap();
    let salt = Salt(B256::repeat_byte(9));
    let secret = "the-content-that-is-to-be-forgotten";
    let content = secret.repeat(200).into_bytes();
    let commitment = Commitment::to(salt, &content);
    let blob =
        Blob { mission: MISSION, commitment, salt, media_type: "text/plain".into(), content };
    let batch = Batch { blobs: vec![blob], ..one(LOG, 0, &["a"]) };
    store.append(batch).await.unwrap();
    let found = || {
        let files = std::fs::read_dir(folder.path()).unwrap();
        let holds = |path: &std::path::Path| {
            let bytes = std::fs::read(path).unwrap();
            bytes.windows(secret.len()).any(|part| part == secret.as_bytes())
        };
        files.filter(|file| holds(&file.as_ref().unwrap().path())).count()
    };
    assert!(found() > 0);

    store.erase(MISSION, commitment).await.unwrap();

    assert_eq!(found(), 0);
}
