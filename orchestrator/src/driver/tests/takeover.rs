//! Several engines on one store.

use std::sync::Mutex;
use std::time::Duration;

use phase8_shared::ledger::{Commitment, TreeHead};
use phase8_shared::time::Timestamp;
use tokio::sync::watch;

use super::*;
use crate::driver::{EngineError, EngineOptions};
use crate::store::{AppendError, Batch, Blob, Changes, Lease, LogHead, Note, Stored, WorkerId};

/// Quick, so that a takeover takes no ten seconds.
pub(super) const QUICK: EngineOptions =
    EngineOptions { lease: Duration::from_millis(900), look: Duration::from_millis(50), folds: 4 };

async fn join(store: Arc<dyn EventStore>) -> Engine {
    Engine::start_with(parts(store), launch_policy(), QUICK).await.unwrap()
}

/// Waits until something is so, as an engine that looks every so often comes to know it.
pub(super) async fn until<F: Future<Output = bool>>(mut so: impl FnMut() -> F) {
    let mut ticks = tokio::time::interval(Duration::from_millis(5));
    while !so().await {
        ticks.tick().await;
    }
}

pub(super) async fn leads(engine: &Engine) {
    engine.leads().wait_for(|leads| *leads).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_and_facts_that_arrive_at_an_engine_that_follows_reach_the_one_that_works() {
    let store = Arc::new(MemoryStore::new().for_several());
    let works = join(store.clone()).await;
    works.create(MISSION, &request(CONFIG_JOB, FAST)).await.unwrap();
    leads(&works).await;
    let follows = join(store.clone()).await;
    let mut tail = follows.follow(MISSION, Seq::ZERO).unwrap();
    fund(&works).await;

    let mut seen = Vec::new();
    // Checkpoints may be anchored in the same breath in which it ends.
    while !seen.iter().any(|event: &Event| event.payload == Payload::MissionCompleted {}) {
        // What arrived here is known there a moment later, without an event.
        let events = tokio::time::timeout(Duration::from_millis(100), tail.next()).await;
        if let Ok(events) = events {
            let events = events.unwrap().expect("the engine stopped");
            seen.extend(events.iter().map(|event| serde_json::from_slice(&event.bytes).unwrap()));
        }
        let effects = works.chain_effects().await.unwrap();
        act(&follows, effects).await;
    }

    assert_eq!(follows.chain_effects().await.unwrap(), [], "two engines acted on the chain");
    let events = ledger(store.as_ref()).await;
    assert_whole(&events);
    assert_eq!(events[..seen.len()], seen);
    let unknown = |event: &&Event| {
        matches!(event.payload, Payload::ModelCallSettled { outcome: CallOutcome::Unknown {}, .. })
    };
    assert_eq!(events.iter().filter(unknown).count(), 0, "the one that follows worked too");
    let line = |engine: &Engine| {
        let engine = engine.clone();
        async move { engine.list().await.unwrap().missions.remove(0).phase }
    };
    until(async || line(&works).await == line(&follows).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mission_whose_engine_is_gone_is_taken_over_and_finishes_whole() {
    let store = Arc::new(MemoryStore::new().for_several());
    let first = join(store.clone()).await;
    first.create(MISSION, &request(CONFIG_JOB, 20_000)).await.unwrap();
    fund(&first).await;
    leads(&first).await;
    let second = join(store.clone()).await;
    follow(&first, 20).await;

    // It says nothing to anybody: its leases have to run out.
    drop(first);
    leads(&second).await;
    follow(&second, u64::MAX).await;

    assert_whole(&ledger(store.as_ref()).await);
}

/// A store that one engine is cut off from, or whose appends are held up on the way.
#[derive(Debug)]
pub(super) struct Wire {
    store: MemoryStore,
    pub(super) open: watch::Sender<bool>,
    /// Whether the next answer is lost; then its append comes true only when somebody asks what became of it.
    loses: AtomicBool,
    late: Mutex<Vec<Batch>>,
    /// Whether there is no room for anything more.
    full: AtomicBool,
    /// What became of appends that were held up.
    answered: watch::Sender<Vec<&'static str>>,
}

impl Wire {
    pub(super) fn to(store: &MemoryStore) -> Arc<Self> {
        let (open, answered) = (watch::channel(true).0, watch::channel(Vec::new()).0);
        let (loses, late, full) =
            (AtomicBool::new(false), Mutex::default(), AtomicBool::new(false));
        Arc::new(Self { store: store.clone(), open, loses, late, full, answered })
    }

    async fn pass(&self) {
        self.open.subscribe().wait_for(|open| *open).await.unwrap();
    }
}

#[async_trait]
impl EventStore for Wire {
    async fn append(&self, batch: Batch) -> Result<Vec<TreeHead>, AppendError> {
        if self.full.load(Ordering::SeqCst) {
            return Err(StorageError::Busy("there is no room".into()).into());
        }
        if self.loses.swap(false, Ordering::SeqCst) {
            self.late.lock().unwrap().push(batch);
            return Err(AppendError::OutcomeUnknown(StorageError::Closed));
        }
        let held_up = !*self.open.borrow();
        self.pass().await;
        let outcome = self.store.append(batch).await;
        if held_up {
            let word = match &outcome {
                Ok(_) => "written",
                Err(AppendError::Fenced { .. }) => "fenced",
                Err(_) => "refused",
            };
            self.answered.send_modify(|answered| answered.push(word));
        }
        outcome
    }

    async fn read(
        &self,
        log: LogId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Stored>, StorageError> {
        self.pass().await;
        self.store.read(log, after, limit).await
    }

    async fn head(&self, log: LogId) -> Result<Option<TreeHead>, StorageError> {
        self.pass().await;
        self.store.head(log).await
    }

    async fn logs(&self) -> Result<Vec<LogId>, StorageError> {
        self.store.logs().await
    }

    async fn blob(
        &self,
        mission: MissionId,
        commitment: Commitment,
    ) -> Result<Option<Blob>, StorageError> {
        self.pass().await;
        self.store.blob(mission, commitment).await
    }

    async fn erase(
        &self,
        mission: MissionId,
        commitment: Commitment,
    ) -> Result<bool, StorageError> {
        self.store.erase(mission, commitment).await
    }

    async fn remember(&self, note: Note) -> Result<(), StorageError> {
        self.store.remember(note).await
    }

    async fn recall(
        &self,
        bucket: &str,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Note>, StorageError> {
        self.store.recall(bucket, now, limit).await
    }

    async fn forget(&self, now: Timestamp) -> Result<u64, StorageError> {
        self.store.forget(now).await
    }

    async fn claim(
        &self,
        log: LogId,
        worker: WorkerId,
        ttl: Duration,
    ) -> Result<Option<Lease>, StorageError> {
        self.pass().await;
        self.store.claim(log, worker, ttl).await
    }

    async fn renew(&self, leases: &[Lease], ttl: Duration) -> Result<Vec<LogId>, StorageError> {
        self.pass().await;
        self.store.renew(leases, ttl).await
    }

    async fn release(&self, leases: &[Lease]) -> Result<(), StorageError> {
        self.pass().await;
        self.store.release(leases).await
    }

    async fn heads(&self) -> Result<Vec<LogHead>, StorageError> {
        self.pass().await;
        self.store.heads().await
    }

    async fn was_appended(&self, batch: &Batch) -> Result<bool, StorageError> {
        let late = std::mem::take(&mut *self.late.lock().unwrap());
        for batch in late {
            self.store.append(batch).await.unwrap();
        }
        self.store.was_appended(batch).await
    }

    fn is_shared(&self) -> bool {
        true
    }

    fn changes(&self) -> Changes {
        self.store.changes()
    }

    async fn close(&self) {
        self.store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_engine_that_cannot_renew_stops_its_calls_before_another_begins() {
    let store = MemoryStore::new().for_several();
    let wire = Wire::to(&store);
    let hangs = Hangs::default();
    let (cut, asked) = (Arc::clone(&hangs.cut), Arc::clone(&hangs.asked));
    let mut cut_off = parts(wire.clone());
    cut_off.adapters = cut_off.adapters.with("gpt-elite-256k", Arc::new(hangs));
    let cut_off = Engine::start_with(cut_off, launch_policy(), QUICK).await.unwrap();
    cut_off.create(MISSION, &request(SMALL_JOB, 1)).await.unwrap();
    fund(&cut_off).await;
    asked.notified().await;
    leads(&cut_off).await;
    let watched = Hangs::default();
    let (other_cut, other_asked) = (Arc::clone(&watched.cut), Arc::clone(&watched.asked));
    let mut other = parts(Arc::new(store.clone()));
    other.adapters = other.adapters.with("gpt-elite-256k", Arc::new(watched));
    let other = Engine::start_with(other, launch_policy(), QUICK).await.unwrap();

    wire.open.send_replace(false);
    other_asked.notified().await;

    assert_eq!(cut.load(Ordering::SeqCst), 1, "two engines had the call under way at once");
    assert!(!*cut_off.leads().borrow());
    leads(&other).await;
    let state = state(&other).await;
    assert!(state.budget.spent > MicroUsd::ZERO, "the lost call is charged at its worst case");
    assert_eq!(state.open_calls.len(), 1);

    // Back again it follows, and leaves the other's call alone.
    wire.open.send_replace(true);
    until(async || self::state(&cut_off).await.seq == state.seq).await;
    assert_eq!(other_cut.load(Ordering::SeqCst), 0);
    assert_eq!(self::state(&other).await.seq, state.seq);
}

/// Answers when it is told to.
#[derive(Debug, Default)]
struct Told {
    asked: Arc<Notify>,
    go: Arc<Notify>,
}

#[async_trait]
impl Adapter for Told {
    async fn call(&self, request: CallRequest) -> Result<CallAnswer, AgentError> {
        self.asked.notify_one();
        self.go.notified().await;
        Ok(answer(&request))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_late_engine_still_sends_is_refused_by_the_store() {
    let store = MemoryStore::new().for_several();
    let wire = Wire::to(&store);
    let told = Told::default();
    let (asked, go) = (Arc::clone(&told.asked), Arc::clone(&told.go));
    let mut late = parts(wire.clone());
    late.adapters = late.adapters.with("gpt-elite-256k", Arc::new(told));
    let late = Engine::start_with(late, launch_policy(), QUICK).await.unwrap();
    late.create(MISSION, &request(SMALL_JOB, 1)).await.unwrap();
    fund(&late).await;
    asked.notified().await;
    let before = ledger(&store).await;

    // The answer is on its way to the store when everything stands still; meanwhile another worker claims the mission
    // and has written nothing yet.
    wire.open.send_replace(false);
    go.notify_one();
    let (log, other) = (LogId::Mission(MISSION), WorkerId([9; 16]));
    let hour = Duration::from_hours(1);
    until(async || store.claim(log, other, hour).await.unwrap().is_some()).await;
    wire.open.send_replace(true);
    wire.answered.subscribe().wait_for(|answered| !answered.is_empty()).await.unwrap();

    assert_eq!(*wire.answered.borrow(), ["fenced"]);
    assert_eq!(ledger(&store).await, before);
    drop(late);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_became_of_an_append_whose_answer_was_lost_is_asked_and_not_guessed() {
    let store = MemoryStore::new().for_several();
    let wire = Wire::to(&store);
    let engine = join(wire.clone()).await;

    // A launch, a contract's event about one mission, and one about all of them.
    wire.loses.store(true, Ordering::SeqCst);
    engine.create(MISSION, &request(SMALL_JOB, 1)).await.unwrap();
    wire.loses.store(true, Ordering::SeqCst);
    fund(&engine).await;
    assert!(state(&engine).await.seq >= Seq(2), "who asks is shown the ledger as it was before");
    wire.loses.store(true, Ordering::SeqCst);
    let paused = ChainFact::FleetPaused { tripwire: false, by: Address::repeat_byte(0x0e) };
    engine.observe(vec![observed(paused)]).await.unwrap();

    assert!(engine.fleet().paused);
    assert!(!wire.loses.load(Ordering::SeqCst) && wire.late.lock().unwrap().is_empty());
    let events = ledger(&store).await;
    let count =
        |wanted: fn(&Payload) -> bool| events.iter().filter(|event| wanted(&event.payload)).count();
    assert_eq!(count(|payload| matches!(payload, Payload::MissionCreated(_))), 1);
    assert_eq!(count(|payload| matches!(payload, Payload::EscrowFunded { .. })), 1);
    assert_eq!(store.head(LogId::Registry).await.unwrap().unwrap().size, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_several_engines_leads_before_there_is_any_mission() {
    let store = Arc::new(MemoryStore::new().for_several());
    let first = join(store.clone()).await;
    leads(&first).await;
    let second = join(store.clone()).await;

    drop(first);
    leads(&second).await;

    assert_eq!(store.logs().await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_a_mission_waits_for_room_people_are_answered_and_what_an_agent_brought_is_kept() {
    let store = MemoryStore::new().for_several();
    let wire = Wire::to(&store);
    let told = Told::default();
    let (asked, go) = (Arc::clone(&told.asked), Arc::clone(&told.go));
    let mut parts = parts(wire.clone());
    parts.adapters = parts.adapters.with("gpt-elite-256k", Arc::new(told));
    let engine = Engine::start_with(parts, launch_policy(), QUICK).await.unwrap();
    engine.create(MISSION, &request(SMALL_JOB, 1)).await.unwrap();
    fund(&engine).await;
    asked.notified().await;

    wire.full.store(true, Ordering::SeqCst);
    go.notify_one();
    let cap = ChainFact::BudgetCapUpdated {
        mission: MISSION.key(),
        previous: MicroUsd::new(3_000_000),
        current: MicroUsd::new(4_000_000),
        by: Address::repeat_byte(0x0e),
    };
    for _ in 0..3 {
        let answer = engine.observe(vec![observed(cap.clone())]);
        let answer = tokio::time::timeout(Duration::from_secs(20), answer).await;
        let error = answer.expect("nobody is answered").unwrap_err();
        assert!(matches!(error, EngineError::Storage(StorageError::Busy(_))), "{error:?}");
    }
    wire.full.store(false, Ordering::SeqCst);
    asked.notified().await;

    engine.observe(vec![observed(cap)]).await.unwrap();
    let state = state(&engine).await;
    assert_eq!(state.budget.cap, MicroUsd::new(4_000_000));
    assert_eq!(state.steps[0].turns_done, 1, "what the agent brought is lost");
}
