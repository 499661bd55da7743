//! What happens when there is no more room.

use std::sync::Arc;

use futures_util::FutureExt;
use phase8_shared::id::{MissionId, Seq};
use phase8_shared::ledger::CompactTree;

use super::{SqliteStore, driver};
use crate::ports::Retry;
use crate::store::{AppendError, Batch, EventStore, LogAppend, LogId};

/// Lets the file grow by so many pages, and no further.
async fn leave_room(store: &SqliteStore, pages: i64) {
    let limit = store.apart(move |connection| {
        let now: i64 =
            connection.pragma_query_value(None, "page_count", |row| row.get(0)).map_err(driver)?;
        let sql = format!("PRAGMA max_page_count = {}", now + pages);
        connection.query_row(&sql, [], |row| row.get::<_, i64>(0)).map_err(driver)
    });
    assert!(limit.await.unwrap() > 0);
}

fn batch(log: LogId, expected: u64) -> Batch {
    // Three events of a page each.
    let events = (0..3).map(|n| Arc::from(vec![n; 4096])).collect();
    let append = LogAppend { log, expected: Seq(expected), fence: None, events };
    Batch { appends: vec![append], blobs: Vec::new() }
}

async fn holds_together(store: &SqliteStore, log: LogId) -> u64 {
    let events = store.read(log, Seq::ZERO, usize::MAX).await.unwrap();
    let leaves = store.leaves(log, Seq::ZERO, usize::MAX).await.unwrap();
    let head = store.head(log).await.unwrap();
    assert!(events.iter().zip(1..).all(|(event, place)| event.seq == Seq(place)));
    assert_eq!(events.len(), leaves.len());
    assert_eq!(head.unwrap_or(CompactTree::default().head()), CompactTree::of(&leaves).head());
    events.len() as u64
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_append_that_finds_no_room_is_refused_as_a_whole_and_works_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("missions.db")).unwrap();
    let log = LogId::Registry;
    leave_room(&store, 20).await;

    let mut end = 0;
    let refused = loop {
        match store.append(batch(log, end)).await {
            Ok(heads) => end = heads[0].size,
            Err(error) => break error,
        }
    };

    let AppendError::Storage(error) = refused else { panic!("{refused:?}") };
    assert!(error.to_string().contains("out of space"), "{error:?}");
    assert_ne!(error.retry(), Retry::Never);
    assert!(end > 0, "nothing fitted in the first place");
    assert_eq!(holds_together(&store, log).await, end);
    // It stays so for as long as there is no room.
    store.append(batch(log, end)).await.unwrap_err();
    assert_eq!(holds_together(&store, log).await, end);

    leave_room(&store, 1000).await;
    assert_eq!(store.append(batch(log, end)).await.unwrap()[0].size, end + 3);
    assert_eq!(holds_together(&store, log).await, end + 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_told_that_it_was_appended_finds_it_though_others_found_no_room() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("missions.db")).unwrap();
    leave_room(&store, 60).await;

    let writers = (0..32_u8).map(|writer| {
        let store = Arc::clone(&store);
        let log = LogId::Mission(MissionId::from_bytes([writer; 16]));
        tokio::spawn(async move { (log, store.append(batch(log, 0)).await.is_ok()) })
    });
    let told: Vec<(LogId, bool)> =
        futures_util::future::join_all(writers).await.into_iter().map(Result::unwrap).collect();

    for (log, appended) in &told {
        let found = holds_together(&store, *log).await;
        assert_eq!(found, if *appended { 3 } else { 0 });
    }
    assert!(told.iter().any(|(_, appended)| !appended), "there was room for all of them");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_rolled_back_with_others_goes_on_from_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missions.db");
    let store = SqliteStore::open(&path).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other
        .execute_batch("CREATE TABLE filler (x); INSERT INTO filler VALUES (zeroblob(4000000))")
        .unwrap();
    let log = |writer| LogId::Mission(MissionId::from_bytes([writer; 16]));
    leave_room(&store, 60).await;
    // All of them queue up while the writer is busy, so that they share a commit in which the first ones would fit.
    let (go_on, waits) = std::sync::mpsc::channel::<()>();
    let mut busy = Box::pin(store.apart(move |_| {
        waits.recv().ok();
        Ok(())
    }));
    assert!((&mut busy).now_or_never().is_none());
    let appends = (0..32).map(|writer| store.append(batch(log(writer), 0)));
    let mut appends = Box::pin(futures_util::future::join_all(appends));
    assert!((&mut appends).now_or_never().is_none());

    go_on.send(()).unwrap();
    busy.await.unwrap();
    let told = appends.await;

    assert!(told.iter().all(Result::is_err), "there was room for all of them");
    // Room comes from elsewhere: asked for more, the writer would begin with what it knows anew.
    other.execute_batch("DROP TABLE filler").unwrap();
    for writer in 0..32 {
        assert_eq!(holds_together(&store, log(writer)).await, 0);
        assert_eq!(store.append(batch(log(writer), 0)).await.unwrap()[0].size, 3);
        assert_eq!(holds_together(&store, log(writer)).await, 3);
    }
}
