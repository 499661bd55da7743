//! L1 to L4: durable appends beside `SQLite` alone with the same flags and the same group, hashing and folding beside what
//! they cannot do without.

use std::fs::File;
use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use alloy::primitives::B256;
use anyhow::{Context, Result, ensure};
use phase8_orchestrator::store::{Batch, EventStore, LogAppend, LogId, SqliteStore};
use phase8_shared::id::{MissionId, Seq};
use phase8_shared::ledger::{HashTree, TreeHead, leaf_hash};
use phase8_shared::mission::{Event, MissionState};
use phase8_tests::now;
use rusqlite::{Connection, TransactionBehavior, params};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::pairs;
use crate::report::{Goal, Row};

/// Lone appends in a batch of the measurement.
const LONE: u32 = 100;
/// Writers at the same time.
const WRITERS: u8 = 255;
/// Appends of each of them.
const EACH: u64 = 8;
/// Events whose leaves and tree are verified.
const LEAVES: u64 = 1_000_000;
/// Events that are folded.
const REPLAYED: u64 = 100_000;

/// Measures all of them in a folder of its own.
pub(crate) async fn rows() -> Result<Vec<Row>> {
    // Beside this program: a folder for temporary files may lie in memory, where flushing costs nothing.
    let program = std::env::current_exe().context("find this program")?;
    let folder = tempfile::tempdir_in(program.parent().context("a program lies in a folder")?)
        .context("make a folder")?;
    let events: Vec<Arc<[u8]>> =
        (1..=REPLAYED).map(|seq| Ok(event(seq)?.into())).collect::<Result<_>>()?;
    let mut rows = Vec::new();
    rows.extend(appends(folder.path(), &events).await?);
    rows.push(leaves(&events).await);
    rows.push(replay(&events).await);
    Ok(rows)
}

/// The text of an event as missions have them most: a launch, then calls and check-ins.
pub(crate) fn event(seq: u64) -> Result<Vec<u8>> {
    let at = 1_795_444_620_000 + seq * 40;
    let event = match seq {
        1 => {
            json!({ "actor": "operator:0x1111111111111111111111111111111111111111", "kind": "mission_created", "payload": created() })
        }
        2 => json!({ "actor": "engine", "kind": "mission_launched", "payload": {} }),
        3 => json!({ "actor": "engine", "kind": "step_started", "payload": { "step": 0 } }),
        _ => match seq % 3 {
            0 => json!({ "actor": "agent:planner", "kind": "checked_in",
                "payload": { "role": "planner", "index": seq / 3, "progress_percent": 50 } }),
            1 => json!({ "actor": "engine", "kind": "model_call_requested",
                "payload": { "call": seq / 3, "step": 0, "turn": 0, "adapter": "rehearsal-small", "reserved": "48000" } }),
            _ => json!({ "actor": "agent:planner", "kind": "model_call_settled",
                "payload": { "call": seq / 3, "cost": "1500", "outcome": { "result": "answered", "input_tokens": 900,
                    "output_tokens": 100, "words": "Reads the brief and lists what is open" } } }),
        },
    };
    let mut event = event;
    for (key, value) in [("seq", json!(seq)), ("version", json!(Event::VERSION)), ("at", json!(at))]
    {
        if let Some(object) = event.as_object_mut() {
            object.insert(key.to_owned(), value);
        }
    }
    // Written as the engine writes it.
    let event: Event = serde_json::from_value(event).context("the sample is an event")?;
    Ok(serde_json::to_vec(&event)?)
}

fn created() -> serde_json::Value {
    let zero = B256::ZERO;
    json!({
        "mission": MissionId::from_bytes([1; 16]), "name": "alpha", "operator": "0x1111111111111111111111111111111111111111",
        "spec": "{}", "spec_hash": zero,
        "terms": { "reward": "1000", "validator_reward_bps": 500, "duration_bonus_bps": 250, "stake": "200",
            "failure_penalty_bps": 5000, "bonus_deadline": 1_795_444_620, "expiry": 1_798_036_620, "quorum": 2,
            "budget_cap": "1200000000000", "spec_hash": zero, "milestones": [] },
        "plan": [{ "id": 0, "role": "planner", "title": "Mission plan", "checkpoint": "planner:mission-plan", "needs": [],
            "work": { "by": "agent", "adapter": "rehearsal-small", "turns": 200, "minutes": 90 }, "milestone": null }],
        "adapters": [{ "id": "rehearsal-small", "per_1k_tokens": "1500", "max_context": 128_000 }],
        "rehearsal": true, "clock_scale": 480, "duration_minutes": 480, "check_in_minutes": 30, "idle_minutes": 45,
    })
}

async fn appends(folder: &Path, events: &[Arc<[u8]>]) -> Result<Vec<Row>> {
    let ours = SqliteStore::open(&folder.join("ours.db"))?;
    let raw = Raw::open(&folder.join("raw.db"))?;
    let mut disk = File::create(folder.join("disk")).context("make a file")?;
    let (mut ours_at, mut raw_at) = (0, 0);

    let lone = pairs::compare(
        || {
            let from = ours_at;
            ours_at += u64::from(LONE);
            let store = Arc::clone(&ours);
            async move { Ok([lone_appends(store.as_ref(), from, events).await?]) }
        },
        || {
            let from = raw_at;
            raw_at += u64::from(LONE);
            let spent = raw.lone(from, events);
            async move { Ok([spent?]) }
        },
    )
    .await;
    let flushes = pairs::compare(
        || {
            let from = ours_at;
            ours_at += u64::from(LONE);
            let store = Arc::clone(&ours);
            async move { Ok([lone_appends(store.as_ref(), from, events).await?]) }
        },
        || {
            let spent = flushes(&mut disk);
            async move { Ok([spent?]) }
        },
    )
    .await;
    let (mut ours_round, mut raw_round) = (0, 0);
    let many = pairs::compare(
        || {
            let round = ours_round;
            ours_round += 1;
            let store = Arc::clone(&ours);
            async move { Ok([many_appends(store, round, events).await?]) }
        },
        || {
            let round = raw_round;
            raw_round += 1;
            let spent = raw.many(round, events);
            async move { Ok([spent?]) }
        },
    )
    .await;
    ours.close().await;
    let row = |id, what, peer, goal, measured: Result<[pairs::Compared; 1]>| Row {
        id,
        what,
        peer,
        label: "",
        unit: "µs",
        goal,
        measured: measured.map(|[compared]| compared).map_err(|error| format!("{error:#}")),
    };
    let goal = Goal::RatioAtMost(1.25);
    Ok(vec![
        row("L1", "one durable append", "SQLite alone, WAL, FULL", goal, lone),
        row("L1", "one durable append", "a bare fdatasync of 4 KiB", goal, flushes),
        row(
            "L2",
            "durable append, 255 writers",
            "SQLite alone, the same group and flags",
            goal,
            many,
        ),
    ])
}

async fn lone_appends(store: &dyn EventStore, from: u64, events: &[Arc<[u8]>]) -> Result<f64> {
    let log = LogId::Mission(MissionId::from_bytes([0xff; 16]));
    let start = now();
    for at in from..from + u64::from(LONE) {
        store.append(batch(log, at, bytes(events, at))).await?;
    }
    Ok(start.elapsed().as_secs_f64() * 1e6 / f64::from(LONE))
}

async fn many_appends(store: Arc<SqliteStore>, round: u64, events: &[Arc<[u8]>]) -> Result<f64> {
    let mut writers = tokio::task::JoinSet::new();
    let start = now();
    for writer in 0..WRITERS {
        let store = Arc::clone(&store);
        let log = LogId::Mission(MissionId::from_bytes([writer; 16]));
        let own: Vec<Arc<[u8]>> =
            (0..EACH).map(|at| bytes(events, u64::from(writer) * EACH + at)).collect();
        writers.spawn(async move {
            for (at, bytes) in (round * EACH..).zip(own) {
                store.append(batch(log, at, bytes)).await?;
            }
            Ok::<(), anyhow::Error>(())
        });
    }
    while let Some(done) = writers.join_next().await {
        done.context("a writer ended")??;
    }
    Ok(per_append(start.elapsed().as_secs_f64()))
}

fn per_append(seconds: f64) -> f64 {
    let appends = u32::from(WRITERS) * u32::try_from(EACH).unwrap_or(u32::MAX);
    seconds * 1e6 / f64::from(appends)
}

fn batch(log: LogId, expected: u64, bytes: Arc<[u8]>) -> Batch {
    let append = LogAppend { log, expected: Seq(expected), fence: None, events: vec![bytes] };
    Batch { appends: vec![append], blobs: Vec::new() }
}

fn bytes(events: &[Arc<[u8]>], at: u64) -> Arc<[u8]> {
    let index = usize::try_from(at).unwrap_or(0) % events.len().max(1);
    events.get(index).cloned().unwrap_or_else(|| Arc::from([]))
}

/// Flushes of a small write.
fn flushes(disk: &mut File) -> Result<f64> {
    let page = [7; 4_096];
    let start = now();
    for _ in 0..LONE {
        disk.write_all(&page)?;
        disk.sync_data()?;
    }
    Ok(start.elapsed().as_secs_f64() * 1e6 / f64::from(LONE))
}

/// What the store writes, by `SQLite` alone: the same tables, the same rows, no hash, no savepoint, no answer to anybody.
struct Raw(std::cell::RefCell<Connection>);

impl Raw {
    fn open(path: &Path) -> Result<Self> {
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "secure_delete", true)?;
        connection.execute_batch(
            "CREATE TABLE logs (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, subtrees BLOB NOT NULL) STRICT;
             CREATE TABLE events (log INTEGER NOT NULL, seq INTEGER NOT NULL, bytes BLOB NOT NULL, leaf BLOB NOT NULL,
                                  PRIMARY KEY (log, seq)) STRICT, WITHOUT ROWID;",
        )?;
        for log in 0..=u16::from(u8::MAX) {
            let name = MissionId::from_bytes([u8::try_from(log).unwrap_or(0); 16]).to_string();
            connection.execute("INSERT INTO logs VALUES (?1, ?2, 0, x'')", params![log, name])?;
        }
        Ok(Self(std::cell::RefCell::new(connection)))
    }

    fn lone(&self, from: u64, events: &[Arc<[u8]>]) -> Result<f64> {
        let start = now();
        for at in from..from + u64::from(LONE) {
            self.group([(0xff, at, bytes(events, at))].into_iter())?;
        }
        Ok(start.elapsed().as_secs_f64() * 1e6 / f64::from(LONE))
    }

    /// Every writer's next event in one commit, as often as each has events.
    fn many(&self, round: u64, events: &[Arc<[u8]>]) -> Result<f64> {
        let start = now();
        for at in 0..EACH {
            let group = (0..WRITERS).map(|writer| {
                let event = bytes(events, u64::from(writer) * EACH + at);
                (writer, round * EACH + at, event)
            });
            self.group(group)?;
        }
        Ok(per_append(start.elapsed().as_secs_f64()))
    }

    fn group(&self, appends: impl Iterator<Item = (u8, u64, Arc<[u8]>)>) -> Result<()> {
        let mut connection = self.0.try_borrow_mut().context("one group at a time")?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for (log, at, bytes) in appends {
            let seq = i64::try_from(at + 1)?;
            let mut insert =
                transaction.prepare_cached("INSERT INTO events VALUES (?1, ?2, ?3, ?4)")?;
            insert.execute(params![log, seq, &bytes[..], [7_u8; 32]])?;
            let mut update = transaction
                .prepare_cached("UPDATE logs SET size = ?2, subtrees = ?3 WHERE id = ?1")?;
            update.execute(params![log, seq, [7_u8; 64]])?;
        }
        Ok(transaction.commit()?)
    }
}

/// L3: the leaves and the tree of a million events on both cores, beside nothing but SHA-256 over the same bytes.
async fn leaves(events: &[Arc<[u8]>]) -> Row {
    let expected = root_on_two_cores(events);
    let measured = pairs::compare(
        || async {
            let start = now();
            let head = root_on_two_cores(events);
            ensure!(head == expected, "the root is another");
            Ok([per_leaf(start.elapsed().as_secs_f64())])
        },
        || async {
            let start = now();
            on_two_cores(events, |part| {
                part.for_each(|event| {
                    black_box(Sha256::digest(event));
                });
            });
            Ok([per_leaf(start.elapsed().as_secs_f64())])
        },
    )
    .await;
    Row {
        id: "L3",
        what: "leaves and tree of 1 000 000 events, both cores",
        peer: "SHA-256 over the same events, no tree",
        label: "in process",
        unit: "ns",
        // Three million a second.
        goal: Goal::OursAtMost(334.0),
        measured: measured.map(|[compared]| compared).map_err(|error| format!("{error:#}")),
    }
}

fn per_leaf(seconds: f64) -> f64 {
    seconds * 1e9 / 1e6
}

/// The first half is a power of two, so that its tree is a subtree of the whole.
const HALF: u64 = 1 << 19;

fn root_on_two_cores(events: &[Arc<[u8]>]) -> TreeHead {
    let [left, right] =
        on_two_cores(events, |part| part.map(leaf_hash).collect::<HashTree>().head());
    // The left half is a complete subtree, so the root is the node over both (RFC 6962).
    let mut node = Sha256::new();
    node.update([1]);
    node.update(left.root);
    node.update(right.root);
    TreeHead { size: left.size + right.size, root: B256::from_slice(&node.finalize()) }
}

fn on_two_cores<'a, T: Send>(
    events: &'a [Arc<[u8]>],
    work: impl Fn(&mut dyn Iterator<Item = &'a [u8]>) -> T + Sync,
) -> [T; 2] {
    let part = |from: u64, to: u64| {
        let mut part = (from..to).filter_map(|at| {
            let index = usize::try_from(at).ok()? % events.len().max(1);
            events.get(index).map(AsRef::as_ref)
        });
        work(&mut part)
    };
    std::thread::scope(|scope| {
        let left = scope.spawn(|| part(0, HALF));
        let right = part(HALF, LEAVES);
        match left.join() {
            Ok(left) => [left, right],
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// L4: 100 000 events parsed and folded, beside parsing them alone.
async fn replay(events: &[Arc<[u8]>]) -> Row {
    let measured = pairs::compare(
        || async {
            let start = now();
            let mut state: Option<MissionState> = None;
            for bytes in events {
                let event: Event = serde_json::from_slice(bytes)?;
                match &mut state {
                    Some(state) => state.apply(&event),
                    None => state = MissionState::begin(&event),
                }
            }
            ensure!(state.is_some_and(|state| state.seq.0 == REPLAYED), "not all is folded");
            Ok([start.elapsed().as_secs_f64() * 1e3])
        },
        || async {
            let start = now();
            for bytes in events {
                black_box(serde_json::from_slice::<Event>(bytes)?);
            }
            Ok([start.elapsed().as_secs_f64() * 1e3])
        },
    )
    .await;
    Row {
        id: "L4",
        what: "replay of 100 000 events, one core",
        peer: "serde_json alone, no fold",
        label: "in process",
        unit: "ms",
        goal: Goal::OursAtMost(150.0),
        measured: measured.map(|[compared]| compared).map_err(|error| format!("{error:#}")),
    }
}
