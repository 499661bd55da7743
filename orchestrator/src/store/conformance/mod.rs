//! What every store must do, as one suite that each of them passes. It panics where a store does not conform, so it is
//! for tests alone.

mod appends;
mod faults;
mod ground;
mod leases;
mod line;
mod notes;
mod sqlite_file;
mod tampered;

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use phase8_shared::id::{MissionId, Seq};

use super::{Batch, EventStore, LeaseClock, LogAppend, LogId, MemoryStore, SqliteStore};

/// Runs the suite on each store, every test on a store of its own.
macro_rules! suite {
    ($($store:ident: $($file:ident :: $test:ident),+ $(,)?;)+) => {
        $(
            mod $store {
                $(
                    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                    async fn $test() {
                        let subject = super::Subject::$store().await;
                        super::$file::$test(&subject).await;
                        subject.end().await;
                    }
                )+
            }
        )+
    };
    ($($store:ident),+ do $tests:tt) => {
        $( suite!(@ $store $tests); )+
    };
    (@ $store:ident [$($file:ident :: $test:ident),+ $(,)?]) => {
        suite!($store: $($file :: $test),+;);
    };
}

suite!(memory, sqlite, postgres do [
    appends::ledgers_and_contents_are_kept_whole,
    appends::many_writers_at_once_lose_nothing,
    appends::every_place_in_a_ledger_has_one_winner,
    appends::an_append_whose_answer_was_lost_can_be_looked_up,
    leases::a_ledger_is_one_workers_until_its_lease_runs_out,
    leases::a_worker_that_lost_its_lease_writes_nothing,
    leases::a_lease_that_was_given_back_is_free_at_once,
    leases::many_workers_at_once_get_one_lease,
    leases::the_registry_can_be_claimed_before_it_has_an_entry,
    leases::heads_tell_where_ledgers_end_and_whose_they_are,
    notes::notes_are_recalled_newest_first_until_they_expire,
    leases::who_listens_hears_of_every_append,
]);

/// A store that is to conform.
struct Subject {
    store: Arc<dyn EventStore>,
    /// Lets time pass for the store's leases.
    pass: Box<dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync>,
    /// What the store stands on.
    ground: Box<dyn Any + Send + Sync>,
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.store.fmt(f)
    }
}

impl Subject {
    #[expect(clippy::unused_async, reason = "made as the one that connects is")]
    async fn memory() -> Self {
        let (clock, pass) = clock();
        Self { store: Arc::new(MemoryStore::with_clock(clock)), pass, ground: Box::new(()) }
    }

    #[expect(clippy::unused_async, reason = "made as the one that connects is")]
    async fn sqlite() -> Self {
        let (clock, pass) = clock();
        let folder = tempfile::tempdir().unwrap();
        let store =
            SqliteStore::open_with_clock(&folder.path().join("missions.db"), clock).unwrap();
        Self { store, pass, ground: Box::new(folder) }
    }

    async fn postgres() -> Self {
        let database = Arc::new(ground::Database::create().await);
        let store = database.open().await;
        let ground = Arc::clone(&database);
        let pass = move |time| {
            let database = Arc::clone(&database);
            let passed: BoxFuture<'static, ()> = Box::pin(async move { database.pass(time).await });
            passed
        };
        Self { store, pass: Box::new(pass), ground: Box::new(ground) }
    }

    async fn pass(&self, time: Duration) {
        (self.pass)(time).await;
    }

    async fn end(self) {
        self.store.close().await;
        if let Ok(database) = self.ground.downcast::<Arc<ground::Database>>() {
            database.end().await;
        }
    }
}

/// A clock that only a test moves.
fn clock() -> (LeaseClock, Box<dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync>) {
    let now = Arc::new(AtomicU64::new(0));
    let clock = {
        let now = Arc::clone(&now);
        LeaseClock::new(move || Duration::from_millis(now.load(Ordering::Relaxed)))
    };
    let pass = move |time: Duration| {
        now.fetch_add(u64::try_from(time.as_millis()).unwrap(), Ordering::Relaxed);
        let done: BoxFuture<'static, ()> = Box::pin(async {});
        done
    };
    (clock, Box::new(pass))
}

const MISSION: MissionId = MissionId::from_bytes([1; 16]);
const LOG: LogId = LogId::Mission(MISSION);

fn entry(text: &str) -> Arc<[u8]> {
    Arc::from(text.as_bytes())
}

fn one(log: LogId, expected: u64, events: &[&str]) -> Batch {
    let events = events.iter().map(|text| entry(text)).collect();
    Batch {
        appends: vec![LogAppend { log, expected: Seq(expected), fence: None, events }],
        blobs: Vec::new(),
    }
}

async fn texts(store: &dyn EventStore, log: LogId, after: u64, limit: usize) -> Vec<(u64, String)> {
    let events = store.read(log, Seq(after), limit).await.unwrap();
    events
        .iter()
        .map(|event| (event.seq.0, String::from_utf8(event.bytes.to_vec()).unwrap()))
        .collect()
}
