//! What holds for a `SQLite` file beyond the suite.

use alloy_primitives::B256;
use phase8_shared::ledger::{Commitment, Salt};

use super::{LOG, MISSION, one, texts};
use crate::store::{AppendError, Batch, Blob, EventStore, SqliteStore, StorageError, WorkerId};

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

    assert!(matches!(opened, Err(StorageError::TooNew { found: 99, known: 4 })), "{opened:?}");
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

#[tokio::test]
async fn a_lease_ends_with_its_process_and_its_epoch_does_not_come_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missions.db");
    let ttl = std::time::Duration::from_hours(1);
    let store = SqliteStore::open(&path).unwrap();
    store.append(one(LOG, 0, &["a"])).await.unwrap();
    let before = store.claim(LOG, WorkerId([1; 16]), ttl).await.unwrap().unwrap();
    store.close().await;
    drop(store);

    let store = SqliteStore::open(&path).unwrap();
    let after = store.claim(LOG, WorkerId([2; 16]), ttl).await.unwrap().unwrap();

    assert!(after.epoch > before.epoch);
    let mut stale = one(LOG, 1, &["b"]);
    stale.appends[0].fence = Some(before.epoch);
    let refused = store.append(stale).await;
    assert!(matches!(refused, Err(AppendError::Fenced { .. })), "{refused:?}");
}
