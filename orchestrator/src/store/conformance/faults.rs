//! `PostgreSQL` when things go wrong: lines cut in mid-commit, connections ended, processes frozen, nobody at home.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use phase8_shared::id::{MissionId, Seq};
use phase8_shared::ledger::{CompactTree, leaf_hash};

use super::ground::{Database, run};
use super::line::{Cut, Line};
use super::{LOG, one, texts};
use crate::ports::Retry;
use crate::store::{
    AppendError, Batch, EventStore, LogId, PostgresStore, SharedWallet, StorageError, WorkerId,
};

/// Three events for each of two ledgers.
fn both(expected: u64) -> Batch {
    let mut batch = one(LOG, expected, &["a", "b", "c"]);
    batch.appends.extend(one(LogId::Registry, expected, &["r", "s", "t"]).appends);
    batch
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_is_cut_in_mid_commit_leaves_all_or_nothing() {
    let database = Database::create().await;
    let line = Line::to(database.url()).await;
    let store = PostgresStore::open(line.url()).await.unwrap();
    let mut end = 0;

    // The line is cut on either side of the server, while the ledgers are new and later.
    for (cut, is_there) in [Cut::Before, Cut::After, Cut::Before, Cut::After]
        .into_iter()
        .zip([false, true, false, true])
    {
        line.set(cut);
        let batch = both(end);
        let lost = store.append(batch.clone()).await;
        assert!(matches!(lost, Err(AppendError::OutcomeUnknown(_))), "{cut:?}: {lost:?}");

        assert_eq!(store.was_appended(&batch).await.unwrap(), is_there, "{cut:?}");
        for log in [LOG, LogId::Registry] {
            let head = store.head(log).await.unwrap().map_or(0, |head| head.size);
            assert_eq!(head, end + if is_there { 3 } else { 0 }, "{cut:?}");
            assert_eq!(texts(store.as_ref(), log, 0, 100).await.len() as u64, head);
        }
        // Who appends once more finds out as well: nothing is there twice.
        match store.append(batch).await {
            Ok(_) => assert!(!is_there),
            Err(AppendError::Conflict { found, .. }) => {
                assert_eq!((is_there, found), (true, Seq(end + 3)));
            }
            Err(error) => panic!("{error:?}"),
        }
        end += 3;
    }

    assert_eq!(line.cuts(), 4);
    database.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_is_still_on_its_way_is_waited_for() {
    let database = Database::create().await;
    let line = Line::to(database.url()).await;
    let cut_off = PostgresStore::open(line.url()).await.unwrap();
    let store = database.open().await;

    for (end, batch) in [both(0), both(3)].into_iter().enumerate() {
        line.set(Cut::Between);
        let lost = cut_off.append(batch.clone()).await;
        assert!(matches!(lost, Err(AppendError::OutcomeUnknown(_))), "{lost:?}");

        // The server has the ledgers locked for a commit that it has not got: there is no honest answer yet.
        let asking = {
            let (store, batch) = (Arc::clone(&store), batch.clone());
            tokio::spawn(async move { store.was_appended(&batch).await.unwrap() })
        };
        waits_for_a_lock(&database, &asking).await;
        assert!(!asking.is_finished());
        line.go_on();

        assert!(asking.await.unwrap(), "the commit came true after all");
        assert_eq!(texts(store.as_ref(), LOG, 0, 100).await.len(), (end + 1) * 3);
    }
    database.end().await;
}

/// Waits until whoever asks waits for a lock, and not for anything else.
async fn waits_for_a_lock<T>(database: &Database, asking: &tokio::task::JoinHandle<T>) {
    let client = database.client().await;
    let sql = "SELECT count(*) FROM pg_stat_activity
               WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while client.query_one(sql, &[]).await.unwrap().get::<_, i64>(0) == 0 {
        assert!(!asking.is_finished(), "it was answered while the commit was on its way");
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_the_server_ends_lose_and_repeat_nothing() {
    const WRITERS: u8 = 6;
    const EACH: u64 = 40;
    const ENDED: i64 = 40;

    let database = Database::create().await;
    let store = database.open().await;
    let (done, errors) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
    let ending = {
        let (client, done) = (database.client().await, Arc::clone(&done));
        tokio::spawn(async move {
            let mut ended = 0;
            let sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                       WHERE datname = current_database() AND pid <> pg_backend_pid()
                         AND state <> 'idle'";
            // Enough is enough: without an end to it the writers would hardly come to theirs.
            while ended < ENDED && !done.load(Ordering::SeqCst) {
                ended += client.query_one(sql, &[]).await.unwrap().get::<_, i64>(0);
            }
            ended
        })
    };
    let writers = (0..WRITERS).map(|writer| {
        let (store, errors) = (Arc::clone(&store), Arc::clone(&errors));
        tokio::spawn(async move {
            let log = LogId::Mission(MissionId::from_bytes([writer; 16]));
            let mut end = 0;
            while end < EACH {
                let batch =
                    one(log, end, &[&format!("{writer} {end}"), &format!("{writer} {}", end + 1)]);
                let appended = match store.append(batch.clone()).await {
                    Ok(heads) => {
                        assert_eq!(heads[0].size, end + 2);
                        true
                    }
                    Err(AppendError::OutcomeUnknown(_)) => {
                        errors.fetch_add(1, Ordering::SeqCst);
                        persist(|| store.was_appended(&batch)).await
                    }
                    Err(AppendError::Storage(error)) => {
                        assert_ne!(error.retry(), Retry::Never, "{error:?}");
                        errors.fetch_add(1, Ordering::SeqCst);
                        false
                    }
                    // A conflict would mean that somebody was told a lie before.
                    Err(error) => panic!("{error:?}"),
                };
                end += if appended { 2 } else { 0 };
            }
        })
    });
    for writer in futures_util::future::join_all(writers).await {
        writer.unwrap();
    }
    done.store(true, Ordering::SeqCst);

    let ended = ending.await.unwrap();
    let errors = errors.load(Ordering::SeqCst);
    assert!(ended >= ENDED && errors > 0, "{ended} connections ended, {errors} errors");
    for writer in 0..WRITERS {
        let log = LogId::Mission(MissionId::from_bytes([writer; 16]));
        let expected: Vec<_> = (0..EACH).map(|n| (n + 1, format!("{writer} {n}"))).collect();
        assert_eq!(
            persist(|| async { Ok(texts(store.as_ref(), log, 0, 1000).await) }).await,
            expected
        );
        let leaves: Vec<_> = expected.iter().map(|(_, text)| leaf_hash(text.as_bytes())).collect();
        assert_eq!(store.head(log).await.unwrap(), Some(CompactTree::of(&leaves).head()));
    }
    database.end().await;
}

/// Asks until there is an answer.
async fn persist<T, F: Future<Output = Result<T, StorageError>>>(mut ask: impl FnMut() -> F) -> T {
    loop {
        match ask().await {
            Ok(answer) => return answer,
            Err(error) => assert_ne!(error.retry(), Retry::Never, "{error:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_process_appends_another_hears_of_and_takes_over() {
    const TTL: Duration = Duration::from_secs(10);
    let database = Database::create().await;
    let (anne, bert) = (database.open().await, database.open().await);
    let mut changes = bert.changes();
    anne.append(one(LOG, 0, &["a"])).await.unwrap();
    let lease = anne.claim(LOG, WorkerId([1; 16]), TTL).await.unwrap().unwrap();

    // It is told, once it listens; what was said before it did is "anything".
    while changes.next().await != crate::store::Hint::Log(LOG) {
        anne.append(one(LogId::Registry, registry_end(&anne).await, &["r"])).await.unwrap();
        let end = anne.head(LOG).await.unwrap().unwrap().size;
        anne.append(one(LOG, end, &["more"])).await.unwrap();
    }
    assert_eq!(bert.claim(LOG, WorkerId([2; 16]), TTL).await.unwrap(), None);

    // The one freezes past its lease, the other takes over, the first wakes up.
    database.pass(TTL * 2).await;
    let taken = bert.claim(LOG, WorkerId([2; 16]), TTL).await.unwrap().unwrap();
    let end = bert.head(LOG).await.unwrap().unwrap().size;
    let mut stale = one(LOG, end, &["stale"]);
    stale.appends[0].fence = Some(lease.epoch);
    let refused = anne.append(stale).await;

    assert!(
        matches!(refused, Err(AppendError::Fenced { found, .. }) if found == taken.epoch),
        "{refused:?}"
    );
    assert_eq!(anne.renew(&[lease], TTL).await.unwrap(), [LOG]);
    database.end().await;
}

async fn registry_end(store: &PostgresStore) -> u64 {
    store.head(LogId::Registry).await.unwrap().map_or(0, |head| head.size)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_start_at_once_make_the_tables_once() {
    let database = Database::create().await;

    let starting = (0..6).map(|_| PostgresStore::open(database.url()));
    let stores = futures_util::future::join_all(starting).await;

    for store in stores {
        assert_eq!(store.unwrap().logs().await.unwrap(), []);
    }
    database.end().await;
}

#[tokio::test]
async fn tables_of_a_later_version_are_left_alone() {
    let database = Database::create().await;
    database.open().await.close().await;
    let client = database.client().await;
    run(&client, "INSERT INTO phase8.schema_versions (version) VALUES (99)").await;

    let opened = PostgresStore::open(database.url()).await;

    assert!(matches!(opened, Err(StorageError::TooNew { found: 99, known: 2 })), "{opened:?}");
    database.end().await;
}

#[tokio::test]
async fn a_server_that_only_reads_is_not_written_to() {
    let database = Database::create().await;
    database.open().await.close().await;
    let sql = format!("ALTER DATABASE {} SET default_transaction_read_only = on", database.name());
    run(&database.client().await, &sql).await;

    let refused = PostgresStore::open(database.url()).await;

    assert!(matches!(refused, Err(StorageError::Refused { .. })), "{refused:?}");
    database.end().await;
}

#[tokio::test]
async fn a_database_that_cannot_be_used_is_answered_in_words_without_the_password() {
    let database = Database::create().await;
    let other = database.url().replace("phase8_test_", "not_there_");
    // A port that was free a moment ago.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let cases = [
        (format!("postgres://anna:hunter2@{free}/ledgers"), "cannot be reached"),
        (other, "refuses this program"),
        ("postgres://anna:hunter2@db/ledgers?sslmode=require".to_owned(), "TLS"),
        ("postgres://anna:hunter2@db/ledgers?colour=red".to_owned(), "cannot be used"),
        ("postgres://anna:hunter2@db:port/ledgers".to_owned(), "cannot be used"),
        ("hunter2".to_owned(), "cannot be used"),
        ("postgres:///ledgers".to_owned(), "names no host"),
    ];

    for (url, words) in cases {
        let error = PostgresStore::open(&url).await.unwrap_err();
        let mut text = format!("{error}\n{error:?}");
        let mut cause = std::error::Error::source(&error);
        while let Some(error) = cause {
            text = format!("{text}\n{error}");
            cause = error.source();
        }
        assert!(error.to_string().contains(words), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
    let error = PostgresStore::open(&format!("postgres://anna@{free}/ledgers")).await.unwrap_err();
    assert!(error.to_string().contains(&format!("ledgers at {free} as anna")), "{error}");
    database.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_share_a_wallet_sign_one_after_the_other_and_know_what_was_signed() {
    let database = Database::create().await;
    database.open().await.close().await;
    let (anne, bert) =
        (SharedWallet::at(database.url()).unwrap(), SharedWallet::at(database.url()).unwrap());

    let turn = anne.turn("0xa").await.unwrap();
    assert_eq!(turn.find("pay").await.unwrap(), None);
    turn.keep("pay", b"one").await.unwrap();
    // Another wallet is nobody's business.
    bert.turn("0xb").await.unwrap().end().await;
    let waiting = tokio::spawn(async move {
        let turn = bert.turn("0xa").await.unwrap();
        let found = turn.find("pay").await.unwrap();
        turn.keep("pay", b"two").await.unwrap();
        turn.end().await;
        found
    });
    waits_for_a_lock(&database, &waiting).await;
    assert!(!waiting.is_finished());
    turn.end().await;

    assert_eq!(waiting.await.unwrap().as_deref(), Some(&b"one"[..]));
    // Whoever ends without a word lets the next one in all the same.
    drop(anne.turn("0xa").await.unwrap());
    let turn = anne.turn("0xa").await.unwrap();
    assert_eq!(turn.find("pay").await.unwrap().as_deref(), Some(&b"two"[..]));
    turn.end().await;
    database.end().await;
}
