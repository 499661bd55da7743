//! What an engine says of itself, and what it tells whoever counts.

use std::sync::Mutex;
use std::time::Duration;

use phase8_shared::api::MissionPhase;

use super::takeover::{QUICK, Wire, leads, until};
use super::*;
use crate::driver::{EngineOptions, Waits};
use crate::ports::Meter;
use crate::store::AppendError;

/// Counts by name.
#[derive(Debug, Default)]
struct Counts(Mutex<BTreeMap<&'static str, usize>>);

impl Counts {
    fn add(&self, name: &'static str, count: usize) {
        *self.0.lock().unwrap().entry(name).or_default() += count;
    }

    fn of(&self, name: &str) -> usize {
        self.0.lock().unwrap().get(name).copied().unwrap_or_default()
    }
}

impl Meter for Counts {
    fn appended(&self, events: usize, _took: Duration, outcome: Result<(), &AppendError>) {
        self.add(if outcome.is_ok() { "events" } else { "refused" }, events);
    }

    fn recorded(&self, _event: &Payload) {
        self.add("recorded", 1);
    }

    fn took_over(&self) {
        self.add("takeovers", 1);
    }

    fn lost_lease(&self) {
        self.add("lost", 1);
    }

    fn follows(&self) {
        self.add("follows", 1);
    }

    fn left(&self) {
        self.add("left", 1);
    }

    fn delivered(&self, events: usize) {
        self.add("delivered", events);
    }
}

async fn metered(
    store: Arc<dyn EventStore>,
    options: EngineOptions,
    counts: &Arc<Counts>,
) -> Engine {
    let meter: Arc<dyn Meter> = Arc::clone(counts) as _;
    Engine::start_metered(parts(store), launch_policy(), options, meter).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_event_that_an_engine_wrote_is_told_once_and_the_census_follows_the_mission() {
    let (store, counts) = (Arc::new(MemoryStore::new()), Arc::new(Counts::default()));
    let engine = metered(store.clone(), EngineOptions::default(), &counts).await;
    assert_eq!(engine.census().missions.len(), 0);
    engine.create(MISSION, &request(SMALL_JOB, FAST)).await.unwrap();
    let phase = |engine: &Engine| engine.census().missions.into_keys().next().unwrap();
    assert_eq!(phase(&engine), (MissionPhase::AwaitingFunding, true));
    assert!(engine.census().leads);

    fund(&engine).await;
    follow(&engine, u64::MAX).await;

    let events = ledger(store.as_ref()).await;
    assert_eq!(counts.of("recorded"), events.len());
    // The registry's entry is an event of its own.
    assert_eq!(counts.of("events"), events.len() + 1);
    assert_eq!(counts.of("refused"), 0);
    assert_eq!(phase(&engine), (MissionPhase::Completed, true));
    let (census, state) = (engine.census(), state(&engine).await);
    assert_eq!(census.rehearsed.spent, state.budget.spent);
    assert!(census.rehearsed.spent > MicroUsd::ZERO);
    assert_eq!((census.rehearsed.cap, census.budget.spent), (MicroUsd::ZERO, MicroUsd::ZERO));
    assert_eq!(census.waiting.values().sum::<u64>(), 0);
    assert_eq!(census.waiting.len(), Waits::ALL.len());
}

#[tokio::test]
async fn who_follows_is_counted_until_they_leave() {
    let (store, counts) = (Arc::new(MemoryStore::new()), Arc::new(Counts::default()));
    let engine = metered(store, EngineOptions::default(), &counts).await;
    engine.create(MISSION, &request(SMALL_JOB, FAST)).await.unwrap();

    let mut tail = engine.follow(MISSION, Seq::ZERO).unwrap();
    let events = tail.next().await.unwrap().unwrap();

    assert_eq!(counts.of("delivered"), events.len());
    assert_eq!((counts.of("follows"), counts.of("left")), (1, 0));
    drop(tail);
    assert_eq!(counts.of("left"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_takeover_and_a_lost_lease_are_told() {
    let store = MemoryStore::new().for_several();
    let wire = Wire::to(&store);
    let (here, there) = (Arc::new(Counts::default()), Arc::new(Counts::default()));
    let hangs = Hangs::default();
    let asked = Arc::clone(&hangs.asked);
    let mut cut_off = parts(wire.clone());
    cut_off.adapters = cut_off.adapters.with("gpt-elite-256k", Arc::new(hangs));
    let meter: Arc<dyn Meter> = Arc::clone(&here) as _;
    let first = Engine::start_metered(cut_off, launch_policy(), QUICK, meter).await.unwrap();
    first.create(MISSION, &request(SMALL_JOB, 1)).await.unwrap();
    fund(&first).await;
    asked.notified().await;
    leads(&first).await;
    assert_eq!(first.census().leases, 2);
    assert_eq!((here.of("takeovers"), here.of("lost")), (0, 0));
    let second = metered(Arc::new(store), QUICK, &there).await;
    assert!(second.health().await.detail.ends_with("it does not lead"));

    wire.open.send_replace(false);
    until(async || there.of("takeovers") == 1).await;

    until(async || here.of("lost") == 1).await;
    assert_eq!(first.census().leases, 0);
    // What it cannot reach it cannot serve, whoever leads.
    let health = first.health().await;
    assert_eq!(
        (health.ok, health.detail.as_str()),
        (false, "its ledgers cannot be read; its log says why")
    );
    wire.open.send_replace(true);
    assert!(first.health().await.ok);
    assert!(second.health().await.ok);
}

#[tokio::test]
async fn an_engine_whose_store_takes_nothing_says_so() {
    let store = Arc::new(MemoryStore::new());
    let engine = start(store.clone()).await;
    assert_eq!(engine.health().await.detail, "0 missions; it leads");

    // It still reads, and takes no more.
    store.close().await;
    engine.create(MISSION, &request(SMALL_JOB, FAST)).await.unwrap_err();

    let health = engine.health().await;
    assert_eq!(
        (health.ok, health.detail.as_str()),
        (false, "its ledgers cannot be written; its log says why")
    );
}

#[tokio::test]
async fn an_engine_that_stops_is_not_well() {
    let engine = start(Arc::new(MemoryStore::new())).await;

    engine.shutdown().await;

    assert_eq!(engine.health().await.detail, "it is stopping");
}
