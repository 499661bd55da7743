//! M3 and L4: what missions cost: memory of those that rest, memory of many at work, and the time of a replay. Nothing is
//! compared, so that it needs no peer.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use alloy::primitives::{Address, Bytes, U256, keccak256};
use anyhow::{Context, Result, ensure};
use phase8_orchestrator::agents::Adapters;
use phase8_orchestrator::ports::{Clock, SystemClock, SystemIds};
use phase8_orchestrator::store::{Batch, EventStore, LogAppend, LogId, SqliteStore};
use phase8_orchestrator::{Engine, EngineParts, LaunchPolicy};
use phase8_shared::api::{ApproveMilestone, CreateMission};
use phase8_shared::chain::{ChainEffect, ChainFact, Observed, terms_hash};
use phase8_shared::id::{MissionId, Seq};
use phase8_shared::mission::{Event, MilestoneStatus, MissionState, TxEvidence};
use phase8_shared::money::TokenAmount;
use phase8_shared::policy::{ModelAdapter, read_adapters, read_policies};
use phase8_shared::time::ClockScale;
use tokio::time::Instant;

const JOB: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../configs/job.multi-agent.json"));
const POLICIES: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../configs/governance-policies.json"));
const ADAPTERS: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../configs/model-adapters.json"));
const OPERATOR: Address = Address::repeat_byte(0x11);

/// Goals: bytes of an idle mission, MiB of a thousand at work, milliseconds of a replay of 100 000 events.
const IDLE: f64 = 8_192.0;
const AT_WORK: f64 = 300.0;
const REPLAY: f64 = 150.0;
/// Missions at work at once.
const CROWD: u64 = 1_000;
/// Events of the replay.
const EVENTS: u64 = 100_000;
/// Eight hours in a minute and a half.
const SCALE: u32 = 320;

/// Measures everything; the table as Markdown.
pub(crate) async fn table() -> Result<String> {
    let mut text = "| # | work | figure | goal | met |\n|---|---|---|---|---|\n".to_owned();
    let mut line = |id: &str, what: &str, figure: f64, unit: &str, goal: f64| {
        let met = if figure <= goal { "yes" } else { "no" };
        writeln!(text, "| {id} | {what} | {figure:.1} {unit} | ≤ {goal} {unit} | {met} |")
    };
    line("M3", "one more idle mission, resident", idle().await?, "bytes", IDLE)?;
    let (crowd, completed, seconds) = at_work().await?;
    let what = format!(
        "{CROWD} rehearsal missions at work at once, resident at most ({completed} completed in {seconds:.0} s)"
    );
    line("M3", &what, crowd, "MiB", AT_WORK)?;
    let (fold, load) = replay().await?;
    line("L4", "fold of 100 000 events", fold, "ms", REPLAY)?;
    let what = "replay of 100 000 events from the disk: read, parsed, hashed, folded";
    line("L4", what, load, "ms", REPLAY)?;
    Ok(text)
}

/// Bytes that one more resting mission adds: between a thousand of them and ten thousand.
async fn idle() -> Result<f64> {
    let folder = tempfile::tempdir()?;
    let engine = start(&folder.path().join("missions.db")).await?;
    for number in 0..1_000 {
        engine.create(mission(number), &launch(1)?).await?;
    }
    let few = resident()?;
    for number in 1_000..10_000 {
        engine.create(mission(number), &launch(1)?).await?;
    }
    let many = resident()?;
    engine.shutdown().await;
    Ok((many - few) * 1_048_576.0 / 9_000.0)
}

/// The most memory that a thousand missions take while all of them run, and what became of them in how many seconds.
async fn at_work() -> Result<(f64, u32, f64)> {
    let folder = tempfile::tempdir()?;
    let engine = start(&folder.path().join("missions.db")).await?;
    for number in 0..CROWD {
        let view = engine.create(mission(number), &launch(SCALE)?).await?;
        let terms = view.funding.terms;
        let funded = ChainFact::MissionFunded {
            mission: mission(number).key(),
            operator: OPERATOR,
            deposit: view.funding.deposit,
            terms_hash: terms_hash(&terms),
        };
        engine.observe(vec![observed(funded)?]).await?;
    }
    let begun = Instant::now();
    let mut most = resident()?;
    let mut completed = 0;
    while completed < CROWD && begun.elapsed() < Duration::from_mins(10) {
        completed = 0;
        for number in 0..CROWD {
            let state = engine.snapshot(mission(number)).await?.state;
            completed += u64::from(state.is_closed());
            approve(&engine, &state).await?;
        }
        for effect in engine.chain_effects().await? {
            carry_out(&engine, effect).await?;
        }
        most = most.max(resident()?);
        tokio::task::yield_now().await;
    }
    let seconds = begun.elapsed().as_secs_f64();
    engine.shutdown().await;
    Ok((most, u32::try_from(completed)?, seconds))
}

/// Milliseconds of folding 100 000 events, and of reading a ledger of as many from the disk to its state.
async fn replay() -> Result<(f64, f64)> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("missions.db");
    let engine = start(&path).await?;
    engine.create(mission(0), &launch(1)?).await?;
    let before = engine.snapshot(mission(0)).await?;
    engine.shutdown().await;
    drop(engine);
    let events = events_after(&before.state);
    let store = SqliteStore::open(&path)?;
    let mut expected = before.head.seq;
    for some in events.chunks(5_000) {
        let bytes = some.iter().map(|event| Ok(Arc::from(serde_json::to_vec(event)?)));
        let events: Vec<Arc<[u8]>> = bytes.collect::<Result<_>>()?;
        let count = events.len() as u64;
        let append = LogAppend { log: LogId::Mission(mission(0)), expected, fence: None, events };
        store.append(Batch { appends: vec![append], blobs: Vec::new() }).await?;
        expected = Seq(expected.0 + count);
    }
    store.close().await;
    drop(store);

    let mut folds = Vec::new();
    let mut loads = Vec::new();
    for _ in 0..5 {
        let mut state = MissionState::clone(&before.state);
        let begun = Instant::now();
        for event in &events {
            state.apply(event);
        }
        folds.push(begun.elapsed().as_secs_f64() * 1e3);
        ensure!(state.seq.0 > EVENTS, "the fold passed over events");
        let begun = Instant::now();
        let engine = start(&path).await?;
        loads.push(begun.elapsed().as_secs_f64() * 1e3);
        ensure!(engine.snapshot(mission(0)).await?.head.seq == state.seq, "not the same ledger");
        engine.shutdown().await;
    }
    Ok((median(folds)?, median(loads)?))
}

/// Calls that are asked and answered, as most of a long ledger is.
fn events_after(state: &MissionState) -> Vec<Event> {
    use phase8_shared::id::{CallId, StepId};
    use phase8_shared::mission::{Actor, CallOutcome, Payload};
    use phase8_shared::money::MicroUsd;

    let adapter = state.created.adapters.first().map_or_else(String::new, |known| known.id.clone());
    let event = |number: u64| {
        let call = CallId(u32::try_from(number / 2).unwrap_or(u32::MAX));
        let payload = if number.is_multiple_of(2) {
            let reserved = MicroUsd::new(1);
            let adapter = adapter.clone();
            Payload::ModelCallRequested {
                call,
                step: StepId(0),
                turn: 0,
                adapter,
                reserved,
                wraps_up: false,
                repeats: None,
            }
        } else {
            let words = "Wrote a part of the blueprint".to_owned();
            let outcome =
                CallOutcome::Answered { input_tokens: 900, output_tokens: 300, words, text: None };
            Payload::ModelCallSettled { call, outcome, cost: MicroUsd::new(1) }
        };
        let seq = Seq(state.seq.0 + 1 + number);
        let at = state.created_at.plus_millis(number);
        Event { seq, version: Event::VERSION, actor: Actor::Engine, at, payload }
    };
    (0..EVENTS).map(event).collect()
}

async fn start(path: &Path) -> Result<Engine> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let configured = configured()?;
    let adapters = Adapters::rehearsing(&configured, &clock);
    let store = SqliteStore::open(path)?;
    let parts = EngineParts { store, clock, ids: Arc::new(SystemIds), adapters };
    let payees = [("planner", 0xa1), ("dev", 0xa2), ("analyst", 0xa3)];
    let payees =
        payees.into_iter().map(|(role, byte)| Ok((role.parse()?, Address::repeat_byte(byte))));
    let policies = read_policies(POLICIES).value.context("the policies cannot be read")?;
    let policy = LaunchPolicy {
        base_stake: TokenAmount::from_tokens_decimal("100").context("a number of tokens")?,
        payees: payees.collect::<Result<BTreeMap<_, _>>>()?,
        policies: policies.with_owner_proxy(Address::repeat_byte(0x0c)),
        adapters: configured,
    };
    Ok(Engine::start(parts, policy).await?)
}

fn configured() -> Result<Vec<ModelAdapter>> {
    read_adapters(ADAPTERS).value.context("the adapters cannot be read")
}

fn launch(scale: u32) -> Result<CreateMission> {
    Ok(CreateMission {
        spec: JOB.to_owned(),
        operator: OPERATOR,
        reward: TokenAmount::new(U256::from(10_u64).pow(U256::from(21_u64))),
        clock_scale: ClockScale::try_from(scale)?,
    })
}

fn mission(number: u64) -> MissionId {
    MissionId::from_bytes((u128::from(number) + 1).to_be_bytes())
}

fn observed(fact: ChainFact) -> Result<Observed> {
    let transaction = keccak256(serde_json::to_vec(&fact)?);
    let evidence = TxEvidence {
        chain_id: 31_337,
        block_number: 1,
        block_hash: transaction,
        transaction,
        log_index: 0,
    };
    Ok(Observed { evidence, fact })
}

async fn approve(engine: &Engine, state: &MissionState) -> Result<()> {
    for milestone in state.awaiting_approval() {
        let MilestoneStatus::AwaitingApproval { expires_at, .. } = milestone.status else {
            continue;
        };
        for byte in [0xb1, 0xb2] {
            let approval = ApproveMilestone {
                validator: Address::repeat_byte(byte),
                deadline: expires_at.unix_seconds(),
                signature: Bytes::from(vec![byte; 65]),
            };
            // One that ran out meanwhile is asked for again.
            drop(engine.approve(state.created.mission, milestone.index, approval).await);
        }
    }
    Ok(())
}

async fn carry_out(engine: &Engine, effect: ChainEffect) -> Result<()> {
    let fact = match effect {
        ChainEffect::ReleaseMilestone { mission, milestone, .. } => {
            let state = engine.snapshot(mission).await?.state;
            let known = state.milestone(milestone).context("a milestone of the mission")?;
            ChainFact::MilestoneReleased {
                mission: mission.key(),
                milestone,
                amount: known.payout,
                validator_reward: TokenAmount::ZERO,
                payments: Vec::new(),
            }
        }
        ChainEffect::AnchorCheckpoint { mission, tree } => {
            ChainFact::CheckpointAnchored { mission: mission.key(), tree }
        }
    };
    Ok(engine.observe(vec![observed(fact)?]).await?)
}

/// MiB of this process that are in memory.
fn resident() -> Result<f64> {
    let text = std::fs::read_to_string("/proc/self/statm").context("read /proc/self/statm")?;
    let pages = text.split_whitespace().nth(1).context("statm has a second number")?;
    Ok(f64::from(pages.parse::<u32>()?) * 4_096.0 / 1_048_576.0)
}

fn median(mut figures: Vec<f64>) -> Result<f64> {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().context("nothing was measured")
}
