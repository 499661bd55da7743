//! The engine with real stores and the real clock; a rehearsal's clock is so fast that eight hours take half a second.
#![expect(clippy::wildcard_enum_match_arm, reason = "a test looks at the events that it is about")]

mod clock;
mod memory;
mod operations;
mod takeover;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use alloy_primitives::{Address, B256, Bytes, keccak256};
use async_trait::async_trait;
use phase8_shared::api::{ApproveMilestone, ReleaseStep};
use phase8_shared::chain::{
    AdapterScope, ChainEffect, ChainFact, Observed, adapter_key, terms_hash,
};
use phase8_shared::id::{MissionId, Role, Seq, StepId};
use phase8_shared::mission::{
    CallOutcome, Event, Lifecycle, MilestoneStatus, MissionState, Outcome, Payload, TxEvidence,
};
use phase8_shared::money::MicroUsd;
use tokio::sync::Notify;

use crate::agents::rehearsal::answer;
use crate::agents::{Adapter, Adapters, AgentError, CallAnswer, CallRequest};
use crate::driver::{Engine, EngineParts};
use crate::ports::{Clock, SystemClock, SystemIds};
use crate::store::{EventStore, LogId, MemoryStore, SqliteStore, StorageError};
use crate::testing::{CONFIG_JOB, OPERATOR, SMALL_JOB, adapters, launch_policy, request};

const MISSION: MissionId = MissionId::from_bytes([3; 16]);
/// Eight hours in about half a second.
const FAST: u32 = 50_000;

fn parts(store: Arc<dyn EventStore>) -> EngineParts {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let adapters = Adapters::rehearsing(&adapters(), &clock);
    EngineParts { store, clock, ids: Arc::new(SystemIds), adapters }
}

async fn start(store: Arc<dyn EventStore>) -> Engine {
    Engine::start(parts(store), launch_policy()).await.unwrap()
}

/// A log of the chain that depends on nothing but what it says: told twice, it is the same log.
fn observed(fact: ChainFact) -> Observed {
    let transaction = keccak256(serde_json::to_vec(&fact).unwrap());
    let evidence = TxEvidence {
        chain_id: 31_337,
        block_number: 1,
        block_hash: transaction,
        transaction,
        log_index: 0,
    };
    Observed { evidence, fact }
}

async fn state(engine: &Engine) -> Arc<MissionState> {
    engine.snapshot(MISSION).await.unwrap().state
}

async fn fund(engine: &Engine) {
    let terms = state(engine).await.created.terms.clone();
    let fact = ChainFact::MissionFunded {
        mission: MISSION.key(),
        operator: OPERATOR,
        deposit: terms.deposit().unwrap(),
        terms_hash: terms_hash(&terms),
    };
    engine.observe(vec![observed(fact)]).await.unwrap();
}

/// What validators and the chain do: approve whatever is asked for, and do every effect, twice over.
async fn people(engine: &Engine) {
    let effects = engine.chain_effects().await.unwrap();
    act(engine, effects).await;
}

/// The same, with effects that some engine of the group asked for.
async fn act(engine: &Engine, effects: Vec<ChainEffect>) {
    let awaiting: Vec<_> = state(engine).await.awaiting_approval().cloned().collect();
    for milestone in awaiting {
        let MilestoneStatus::AwaitingApproval { expires_at, .. } = milestone.status else {
            continue;
        };
        for byte in [0xb2, 0xb1] {
            let approval = ApproveMilestone {
                validator: Address::repeat_byte(byte),
                deadline: expires_at.unix_seconds(),
                signature: Bytes::from(vec![byte; 65]),
            };
            if let Err(error) = engine.approve(MISSION, milestone.index, approval).await {
                // It ran out when the clock was set; the guild is asked again.
                assert_eq!(error.code().as_str(), "approval_expired", "{error}");
            }
        }
    }
    for effect in effects {
        let fact = match effect {
            ChainEffect::ReleaseMilestone { milestone, approvals, .. } => {
                assert!(approvals.is_sorted_by_key(|approval| approval.validator));
                ChainFact::MilestoneReleased {
                    mission: MISSION.key(),
                    milestone,
                    amount: state(engine).await.milestone(milestone).unwrap().payout,
                    validator_reward: phase8_shared::money::TokenAmount::ZERO,
                    payments: Vec::new(),
                }
            }
            ChainEffect::AnchorCheckpoint { tree, .. } => {
                ChainFact::CheckpointAnchored { mission: MISSION.key(), tree }
            }
        };
        let observed = observed(fact);
        engine.observe(vec![observed.clone(), observed]).await.unwrap();
    }
}

/// Lets people act on every event until the mission is over, or until so many events stand.
async fn follow(engine: &Engine, until: u64) {
    let mut tail = engine.follow(MISSION, Seq::ZERO).unwrap();
    let mut last = Seq::ZERO;
    loop {
        // People look again now and then: an engine may come to lead without an event.
        let events = tokio::time::timeout(Duration::from_millis(200), tail.next()).await;
        if let Ok(events) = events {
            let Some(events) = events.unwrap() else { panic!("the engine stopped") };
            last = events.last().unwrap().seq;
        }
        people(engine).await;
        let over =
            state(engine).await.is_closed() && engine.chain_effects().await.unwrap().is_empty();
        if over || last.0 >= until {
            return;
        }
    }
}

async fn ledger(store: &dyn EventStore) -> Vec<Event> {
    let stored = store.read(LogId::Mission(MISSION), Seq::ZERO, usize::MAX).await.unwrap();
    stored.iter().map(|event| serde_json::from_slice(&event.bytes).unwrap()).collect()
}

/// Everything that must hold of a finished ledger, however often its engine was stopped.
fn assert_whole(events: &[Event]) {
    let state = MissionState::fold(events).unwrap();
    assert!(
        matches!(state.lifecycle, Lifecycle::Closed { outcome: Outcome::Completed, .. }),
        "{:?} after {} events",
        state.lifecycle,
        events.len()
    );
    assert!(events.iter().zip(1..).all(|(event, seq)| event.seq == Seq(seq)), "a gap");
    let mut open = BTreeSet::new();
    let mut answered: BTreeMap<_, usize> = BTreeMap::new();
    let mut turns = BTreeMap::new();
    let mut paid = Vec::new();
    let mut delivered = Vec::new();
    let mut spent = MicroUsd::ZERO;
    for event in events {
        match &event.payload {
            Payload::ModelCallRequested { call, step, turn, .. } => {
                assert!(open.insert(*call), "call {call} was asked twice");
                turns.insert(*call, (*step, *turn));
            }
            Payload::ModelCallSettled { call, outcome, cost } => {
                assert!(open.remove(call), "call {call} was settled twice");
                spent = spent.saturating_add(*cost);
                if matches!(outcome, CallOutcome::Answered { .. }) {
                    *answered.entry(turns[call]).or_default() += 1;
                }
            }
            Payload::DeliverableRecorded { step, .. } => delivered.push(*step),
            Payload::MilestonePaid { milestone, .. } => paid.push(*milestone),
            _ => {}
        }
    }
    assert!(open.is_empty());
    assert!(answered.values().all(|count| *count == 1), "a turn was answered twice: {answered:?}");
    assert_eq!(delivered.len(), state.steps.len());
    assert_eq!(paid.len(), state.milestones.len());
    assert_eq!(state.budget.spent, spent);
    assert!(spent <= state.budget.cap);
}

#[tokio::test]
async fn the_usual_job_runs_through_the_engine_to_its_last_payment() {
    let store = Arc::new(MemoryStore::new());
    let engine = start(store.clone()).await;
    engine.create(MISSION, &request(CONFIG_JOB, FAST)).await.unwrap();
    fund(&engine).await;

    follow(&engine, u64::MAX).await;

    let events = ledger(store.as_ref()).await;
    assert_whole(&events);
    for event in &events {
        let Payload::DeliverableRecorded { commitment, bytes, .. } = event.payload else {
            continue;
        };
        let view = engine.deliverable(MISSION, commitment).await.unwrap().unwrap();
        assert_eq!(view.content.len() as u64, bytes);
        assert!(view.content.contains("REHEARSAL"), "{}", view.content);
        assert!(commitment.opens_to(view.salt, view.content.as_bytes()));
    }
    engine.shutdown().await;
}

async fn open(path: &Path) -> (Arc<SqliteStore>, Engine) {
    let store = loop {
        match SqliteStore::open(path) {
            Ok(store) => break store,
            // Tasks of the engine that was dropped let go of the file when they are next polled.
            Err(StorageError::InUse(_)) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    };
    (Arc::clone(&store), start(store).await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mission_whose_engine_is_dropped_again_and_again_finishes_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missions.db");
    let (store, engine) = open(&path).await;
    engine.create(MISSION, &request(CONFIG_JOB, 5_000)).await.unwrap();
    fund(&engine).await;
    let (mut store, mut engine) = (store, engine);

    for stop_at in [6, 9, 17, 30, 44, 45, 60, 80] {
        follow(&engine, stop_at).await;
        // Neither stopped nor closed: whatever was under way is simply gone.
        drop(engine);
        drop(store);
        (store, engine) = open(&path).await;
    }
    follow(&engine, u64::MAX).await;

    let events = ledger(store.as_ref()).await;
    assert_whole(&events);
    let unknown = events.iter().filter(|event| {
        matches!(event.payload, Payload::ModelCallSettled { outcome: CallOutcome::Unknown {}, .. })
    });
    assert!(unknown.count() > 0, "no call was under way at any stop");
    engine.shutdown().await;
}

#[tokio::test]
async fn an_orderly_stop_loses_nothing_and_charges_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missions.db");
    let (_store, engine) = open(&path).await;
    engine.create(MISSION, &request(SMALL_JOB, 1)).await.unwrap();
    fund(&engine).await;
    follow(&engine, 5).await;
    engine.shutdown().await;
    drop(engine);

    let (_store, engine) = open(&path).await;

    let state = state(&engine).await;
    assert_eq!(state.budget.spent, MicroUsd::ZERO);
    assert!(matches!(state.lifecycle, Lifecycle::Running { .. }));
    engine.shutdown().await;
}

/// Breaks down at its first call, then rehearses.
#[derive(Debug, Default)]
struct BreaksOnce {
    broke: AtomicBool,
}

#[async_trait]
impl Adapter for BreaksOnce {
    async fn call(&self, request: CallRequest) -> Result<CallAnswer, AgentError> {
        assert!(self.broke.swap(true, Ordering::SeqCst), "breaking down as told");
        Ok(answer(&request))
    }
}

#[tokio::test]
async fn an_adapter_that_breaks_down_does_not_take_the_mission_with_it() {
    let store = Arc::new(MemoryStore::new());
    let mut parts = parts(store.clone());
    parts.adapters = parts.adapters.with("gpt-elite-256k", Arc::new(BreaksOnce::default()));
    let engine = Engine::start(parts, launch_policy()).await.unwrap();
    engine.create(MISSION, &request(SMALL_JOB, FAST)).await.unwrap();
    fund(&engine).await;

    follow(&engine, u64::MAX).await;

    let events = ledger(store.as_ref()).await;
    assert_whole(&events);
    let broke = |event: &&Event| {
        matches!(&event.payload, Payload::ModelCallSettled { outcome: CallOutcome::Failed { reason }, .. }
            if reason == "the adapter broke down")
    };
    assert_eq!(events.iter().filter(broke).count(), 1);
}

/// Never answers, and counts how many of its calls were cut off.
#[derive(Debug, Default)]
struct Hangs {
    cut: Arc<AtomicUsize>,
    asked: Arc<Notify>,
}

struct CountsItsEnd(Arc<AtomicUsize>);

impl Drop for CountsItsEnd {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl Adapter for Hangs {
    async fn call(&self, _request: CallRequest) -> Result<CallAnswer, AgentError> {
        let _end = CountsItsEnd(Arc::clone(&self.cut));
        self.asked.notify_one();
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_pause_ends_running_calls_and_a_restart_remembers_it() {
    let store = Arc::new(MemoryStore::new());
    let hangs = Hangs::default();
    let (cut, asked) = (Arc::clone(&hangs.cut), Arc::clone(&hangs.asked));
    let mut parts = parts(store.clone());
    parts.adapters = parts.adapters.with("gpt-elite-256k", Arc::new(hangs));
    let engine = Engine::start(parts.clone(), launch_policy()).await.unwrap();
    engine.create(MISSION, &request(SMALL_JOB, 1)).await.unwrap();
    fund(&engine).await;
    asked.notified().await;

    let pause =
        observed(ChainFact::FleetPaused { by: Address::repeat_byte(0x0e), tripwire: false });
    engine.observe(vec![pause.clone(), pause]).await.unwrap();

    // The append came first, then the task was ended: give it the turn to end.
    while cut.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    assert!(engine.fleet().paused);
    assert!(state(&engine).await.open_calls.is_empty());
    assert_eq!(state(&engine).await.budget.reserved, MicroUsd::ZERO);
    let refused = engine.create(MissionId::from_bytes([4; 16]), &request(SMALL_JOB, 1)).await;
    assert_eq!(refused.unwrap_err().code().as_str(), "fleet_paused");

    drop(engine);
    let engine = Engine::start(parts, launch_policy()).await.unwrap();
    assert!(engine.fleet().paused);
    let before = state(&engine).await.seq;
    engine
        .observe(vec![observed(ChainFact::FleetResumed { by: Address::repeat_byte(0x0e) })])
        .await
        .unwrap();
    assert!(!engine.fleet().paused);
    assert!(state(&engine).await.seq > before);
    asked.notified().await;
    assert_eq!(state(&engine).await.open_calls.len(), 1);
}

#[tokio::test]
async fn an_old_pause_told_again_pauses_nothing() {
    let engine = start(Arc::new(MemoryStore::new())).await;
    let owner = Address::repeat_byte(0x0e);
    let pause = observed(ChainFact::FleetPaused { by: owner, tripwire: false });
    let resume = observed(ChainFact::FleetResumed { by: owner });
    engine.observe(vec![pause.clone(), resume.clone()]).await.unwrap();
    engine.create(MISSION, &request(SMALL_JOB, 1)).await.unwrap();
    let before = state(&engine).await.seq;

    engine.observe(vec![pause, resume]).await.unwrap();

    assert_eq!(state(&engine).await.seq, before);
}

fn adapter_changed(scope: &AdapterScope, id: &str) -> Observed {
    observed(ChainFact::AdapterChanged {
        scope: scope.key(),
        previous: B256::ZERO,
        current: adapter_key(id),
        rolled_back: false,
        reason: String::new(),
        by: Address::repeat_byte(0x0e),
    })
}

async fn adapter_of(engine: &Engine, role: &str) -> Option<String> {
    let role: Role = role.parse().unwrap();
    state(engine).await.agents[&role].adapter.as_ref().map(|adapter| adapter.id.clone())
}

#[tokio::test]
async fn an_active_adapter_reaches_missions_of_before_and_of_later_and_a_restart_tells_it_once() {
    let store = Arc::new(MemoryStore::new());
    let engine = start(store.clone()).await;
    let planners = AdapterScope::Role { role: "planner".parse().unwrap() };
    let first = adapter_changed(&planners, "sentience-alpha");
    let second = adapter_changed(&planners, "steady-hand-32k");
    engine.observe(vec![first.clone(), first.clone()]).await.unwrap();

    engine.create(MISSION, &request(SMALL_JOB, 1)).await.unwrap();
    assert_eq!(adapter_of(&engine, "planner").await.as_deref(), Some("sentience-alpha"));
    assert_eq!(adapter_of(&engine, "analyst").await, None);

    // An old story told again changes nothing.
    engine.observe(vec![second.clone(), first]).await.unwrap();
    assert_eq!(adapter_of(&engine, "planner").await.as_deref(), Some("steady-hand-32k"));
    let before = state(&engine).await.seq;
    drop(engine);

    let engine = start(store).await;
    engine.observe(vec![second]).await.unwrap();
    assert_eq!(state(&engine).await.seq, before);
    assert_eq!(adapter_of(&engine, "planner").await.as_deref(), Some("steady-hand-32k"));
}

#[tokio::test]
async fn a_co_pilot_holds_the_first_step_until_a_person_releases_it() {
    let engine = start(Arc::new(MemoryStore::new())).await;
    engine.create(MISSION, &request(SMALL_JOB, 1)).await.unwrap();
    let required = ChainFact::CoPilotChanged {
        mission: MISSION.key(),
        required: true,
        by: Address::repeat_byte(0x0e),
    };
    engine.observe(vec![observed(required)]).await.unwrap();
    fund(&engine).await;
    assert!(state(&engine).await.open_calls.is_empty());
    let held: Vec<StepId> = state(&engine).await.held_steps().map(|step| step.plan.id).collect();
    assert_eq!(held, [StepId(0)]);

    let release = ReleaseStep { by: OPERATOR, deadline: u64::MAX, signature: Bytes::new() };
    engine.release_step(MISSION, StepId(0), release.clone()).await.unwrap();
    let once = state(&engine).await.released.clone();
    engine.release_step(MISSION, StepId(0), release.clone()).await.unwrap();

    assert_eq!(state(&engine).await.released, once);
    assert!(state(&engine).await.steps[0].status.is_working());
    let refused = engine.release_step(MISSION, StepId(1), release).await.unwrap_err();
    assert_eq!(refused.code().as_str(), "step_not_held");
}

#[tokio::test]
async fn the_same_launch_again_is_the_same_mission_and_another_is_refused() {
    let engine = start(Arc::new(MemoryStore::new())).await;
    let first = engine.create(MISSION, &request(SMALL_JOB, 1)).await.unwrap();

    let again = engine.create(MISSION, &request(SMALL_JOB, 1)).await.unwrap();
    let other = engine.create(MISSION, &request(SMALL_JOB, 2)).await;

    assert_eq!(again.funding, first.funding);
    assert_eq!(again.head, first.head);
    assert_eq!(other.unwrap_err().code().as_str(), "mission_exists");
    assert_eq!(engine.list().await.unwrap().missions.len(), 1);
}
