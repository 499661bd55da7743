//! Whole missions on the HTTP adapter: a real engine on the wall's clock and real HTTP, with a fake endpoint at the other
//! end of the line.
#![expect(clippy::wildcard_enum_match_arm, reason = "a test looks at the events that it is about")]

use std::sync::Arc;

use alloy_primitives::{Address, B256};
use phase8_shared::chain::{AdapterScope, ChainFact, adapter_key};
use phase8_shared::id::MissionId;
use phase8_shared::ledger::Commitment;
use phase8_shared::mission::{CallOutcome, Lifecycle, Outcome, Payload, Tripwire};
use phase8_shared::money::MicroUsd;
use phase8_shared::policy::{Endpoint, ModelAdapter};
use serde_json::json;

use crate::agents::Adapters;
use crate::agents::openai::Environment;
use crate::driver::{Engine, EngineParts};
use crate::launch::LaunchPolicy;
use crate::ports::{Clock, SystemClock, SystemIds};
use crate::store::{EventStore, MemoryStore, SqliteStore};
use crate::testing::{
    Asked, FakeEndpoint, Live, Part, Reply, SMALL_JOB, adapters, delta, launch_policy, observed,
    usage,
};

const MISSION: MissionId = MissionId::from_bytes([5; 16]);
const PLANNER: &str = "gpt-elite-256k";
const ANALYST: &str = "sentience-alpha";

/// What any role answers: the planner's result names the analyst's tasks.
fn worker(asked: &Asked) -> String {
    let text = asked.text();
    let turn = asked.last().split("This is turn ").nth(1).unwrap().split('.').next().unwrap();
    let role = if text.starts_with("You are the planner") { "planner" } else { "analyst" };
    match (role, turn) {
        ("planner", "4 of 4") => "# The blueprint\n\nBuild it.\n\n```tasks\n{ \"analyst\": [\"Count the sheep\", \"Weigh the wool\"] }\n```\n".to_owned(),
        (_, "4 of 4") => "# The figures\n\nThree sheep.\n".to_owned(),
        _ => format!("The {role} worked on turn {turn}."),
    }
}

/// The usual adapters with these behind HTTP.
fn at(places: &[(&str, String)]) -> Vec<ModelAdapter> {
    let mut adapters = adapters();
    for adapter in &mut adapters {
        let place = places.iter().find(|(id, _)| *id == adapter.id.as_str());
        if let Some((id, base_url)) = place {
            let (base_url, model) = (base_url.clone(), format!("model-of-{id}"));
            adapter.endpoint = Some(Endpoint::OpenAi { base_url, model, api_key_env: None });
        }
    }
    adapters
}

async fn engine(store: Arc<dyn EventStore>, adapters: Vec<ModelAdapter>) -> Engine {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let connected = Adapters::connect(&adapters, &clock, &Environment);
    let parts = EngineParts { store, clock, ids: Arc::new(SystemIds), adapters: connected };
    Engine::start(parts, LaunchPolicy { adapters, ..launch_policy() }).await.unwrap()
}

async fn live(server: &FakeEndpoint) -> Live {
    let store: Arc<dyn EventStore> = Arc::new(MemoryStore::new());
    let places = [(PLANNER, server.base_url()), (ANALYST, server.base_url())];
    let engine = engine(Arc::clone(&store), at(&places)).await;
    Live { engine, store, mission: MISSION }
}

async fn content(live: &Live, commitment: Commitment) -> String {
    let blob = live.store.blob(live.mission, commitment).await.unwrap().unwrap();
    String::from_utf8(blob.content).unwrap()
}

#[tokio::test]
async fn a_mission_runs_over_http_to_its_last_payment_and_costs_what_was_counted_to_the_micro_dollar()
 {
    let server =
        FakeEndpoint::start(|_, asked| Some(Reply::says(&worker(asked), usage(1_000, 333)))).await;
    let live = live(&server).await;
    live.launch(SMALL_JOB).await;
    assert!(!live.state().await.created.rehearsal);

    live.until_over().await;

    let state = live.state().await;
    assert!(matches!(state.lifecycle, Lifecycle::Closed { outcome: Outcome::Completed, .. }));
    // Four turns at $0.012 and four at $0.009 for a thousand tokens, each of 1,333 tokens, each rounded up.
    assert_eq!(state.budget.spent, MicroUsd::new(4 * 15_996 + 4 * 11_997));
    assert_eq!(state.budget.reserved, MicroUsd::ZERO);
    let asked = server.asked();
    assert_eq!(asked.len(), 8);
    assert!(asked.iter().all(|asked| asked.headers.get("authorization").is_none()));
    let models: Vec<&str> =
        asked.iter().map(|asked| asked.body["model"].as_str().unwrap()).collect();
    assert_eq!(models.iter().filter(|model| **model == "model-of-gpt-elite-256k").count(), 4);

    // Each turn's text is stored apart and opens its commitment; the last one is the deliverable itself.
    let planner = &state.steps[0];
    assert_eq!(planner.texts.len(), 4);
    assert_eq!(planner.texts.last().copied(), planner.status.commitment());
    assert_eq!(content(&live, planner.texts[1]).await, "The planner worked on turn 2 of 4.");

    // A later turn is told of the earlier ones, the analyst of the plan and of its tasks.
    let third = asked.iter().find(|asked| asked.last().contains("This is turn 3 of 4.")).unwrap();
    let voices: Vec<&str> = third.body["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["role"].as_str().unwrap())
        .collect();
    assert_eq!(voices, ["system", "user", "assistant", "user", "assistant", "user"]);
    assert_eq!(third.body["messages"][2]["content"], "The planner worked on turn 1 of 4.");
    let analyst: Vec<&Asked> =
        asked.iter().filter(|asked| asked.text().starts_with("You are the analyst")).collect();
    assert!(analyst.iter().all(|asked| asked.text().contains("# The blueprint")));
    assert!(
        analyst[0].last().contains("- Count the sheep")
            && !analyst[0].last().contains("- Weigh the wool")
    );
    assert!(analyst[2].last().contains("- Weigh the wool"));
}

#[tokio::test]
async fn another_active_adapter_is_asked_from_the_next_call_on() {
    let first =
        FakeEndpoint::start(|_, asked| Some(Reply::says(&worker(asked), usage(100, 20)))).await;
    let second =
        FakeEndpoint::start(|_, asked| Some(Reply::says(&worker(asked), usage(100, 20)))).await;
    let other = "steady-hand-32k";
    let store: Arc<dyn EventStore> = Arc::new(MemoryStore::new());
    let places =
        [(PLANNER, first.base_url()), (ANALYST, first.base_url()), (other, second.base_url())];
    let engine = engine(Arc::clone(&store), at(&places)).await;
    let live = Live { engine, store, mission: MISSION };
    live.launch(SMALL_JOB).await;
    live.until(|state| state.steps[1].turns_done >= 1).await;

    let switch = ChainFact::AdapterChanged {
        scope: AdapterScope::Role { role: "analyst".parse().unwrap() }.key(),
        previous: B256::ZERO,
        current: adapter_key(other),
        rolled_back: false,
        reason: String::new(),
        by: Address::repeat_byte(0x0e),
    };
    live.engine.observe(vec![observed(switch)]).await.unwrap();
    live.until_over().await;

    let events = live.events().await;
    let switched = events
        .iter()
        .position(|event| matches!(event.payload, Payload::AdapterChanged { .. }))
        .unwrap();
    let asked_after: Vec<&str> = events[switched..]
        .iter()
        .filter_map(|event| match &event.payload {
            Payload::ModelCallRequested { adapter, .. } => Some(adapter.as_str()),
            _ => None,
        })
        .collect();
    assert!(
        !asked_after.is_empty() && asked_after.iter().all(|adapter| *adapter == other),
        "{asked_after:?}"
    );
    assert_eq!(second.asked().len(), asked_after.len());
    assert_eq!(first.asked().len() + second.asked().len(), 8);
    assert!(second.asked().iter().all(|asked| asked.body["model"] == "model-of-steady-hand-32k"));
}

#[tokio::test]
async fn a_call_that_breaks_in_the_middle_is_charged_at_its_worst_case_and_shown() {
    let server = FakeEndpoint::start(|before, asked| {
        let broken = [delta("The pla"), Part::Cut];
        Some(if before == 1 {
            Reply::stream(broken)
        } else {
            Reply::says(&worker(asked), usage(100, 20))
        })
    })
    .await;
    let live = live(&server).await;
    live.launch(SMALL_JOB).await;

    live.until(|state| state.steps[0].failures > 0).await;

    let state = live.state().await;
    let unknown = live.events().await.into_iter().find_map(|event| match event.payload {
        Payload::ModelCallSettled { outcome: CallOutcome::Unknown {}, cost, .. } => Some(cost),
        _ => None,
    });
    // 20,000 tokens at $0.012 a thousand.
    assert_eq!(unknown, Some(MicroUsd::new(240_000)));
    assert_eq!(state.budget.spent, MicroUsd::new(240_000 + 1_440));
    assert_eq!(state.steps[0].texts.len(), 1);
}

#[tokio::test]
async fn an_impossible_count_trips_the_guard_of_the_budget_and_its_text_reaches_nobody() {
    let server = FakeEndpoint::start(|before, asked| {
        let lie = Some(json!({ "prompt_tokens": -1, "completion_tokens": 2 }));
        let text =
            if before == 0 { "A text with a lie beside it.".to_owned() } else { worker(asked) };
        Some(Reply::says(&text, if before == 0 { lie } else { usage(100, 20) }))
    })
    .await;
    let live = live(&server).await;
    live.launch(SMALL_JOB).await;

    live.until(|state| !state.trips.is_empty()).await;

    let state = live.state().await;
    let trip = &state.trips[0].trip;
    assert_eq!((trip.tripwire, trip.rule.as_str()), (Tripwire::BudgetGuard, "impossible-usage"));
    assert_eq!(state.budget.spent, MicroUsd::new(240_000));
    assert!(state.steps[0].texts.is_empty());
    assert!(server.asked().iter().all(|asked| !asked.text().contains("a lie beside it")));
}

#[tokio::test]
async fn a_secret_that_is_split_over_two_turns_is_held_back_from_every_later_prompt() {
    let (head, tail) = ("AKIAZ7Q4M2XK", "9TPL3VRB");
    let server = FakeEndpoint::start(move |before, asked| {
        let text = match before {
            0 => format!("The first half is {head}"),
            1 => format!("{tail} is the second half."),
            _ => worker(asked),
        };
        Some(Reply::says(&text, usage(100, 20)))
    })
    .await;
    let live = live(&server).await;
    let guarded = SMALL_JOB
        .replace(r#""tripwires": ["budget-guard"]"#, r#""tripwires": ["privacy-leak-detector"]"#);
    assert_ne!(guarded, SMALL_JOB);
    live.launch(&guarded).await;

    live.until(|state| !state.trips.is_empty() || state.steps[0].texts.len() > 1).await;

    let state = live.state().await;
    assert!(!state.trips.is_empty(), "the second half went through as well");
    let trip = &state.trips[0].trip;
    assert_eq!(trip.tripwire, Tripwire::PrivacyLeakDetector);
    assert_eq!(trip.span.map(|span| (span.start, span.end)), Some((0, 8)), "{trip:?}");
    assert!(!state.may_spend());
    // The first half went through before anybody could know; the answer that completes it did not, and is paid for.
    assert_eq!(state.steps[0].texts.len(), 1);
    assert_eq!(state.budget.spent, MicroUsd::new(2 * 1_440));
    assert!(server.asked().iter().all(|asked| !asked.text().contains(tail)));
    let ledger = serde_json::to_string(&live.events().await).unwrap();
    assert!(ledger.contains(head) && !ledger.contains(tail));
}

#[tokio::test]
async fn an_agent_recalls_what_it_delivered_in_an_earlier_mission_until_its_bucket_forgets() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("missions.db")).unwrap();
    let server =
        FakeEndpoint::start(|_, asked| Some(Reply::says(&worker(asked), usage(100, 20)))).await;
    let places = [(PLANNER, server.base_url()), (ANALYST, server.base_url())];
    let engine = engine(store.clone(), at(&places)).await;
    let ephemeral = SMALL_JOB.replace(
        r#"{ "type": "persistent", "bucket": "analyst""#,
        r#"{ "type": "ephemeral", "bucket": "analyst""#,
    );
    assert_ne!(ephemeral, SMALL_JOB);
    let mission = |byte| Live {
        engine: engine.clone(),
        store: store.clone(),
        mission: MissionId::from_bytes([byte; 16]),
    };
    let recalls = |asked: &[Asked], role: &str, title: &str| {
        let mark = format!("“{title}”, delivered by the {role} in an earlier mission");
        let own =
            asked.iter().filter(|asked| asked.text().starts_with(&format!("You are the {role} ")));
        own.map(|asked| asked.text().contains(&mark)).collect::<Vec<_>>()
    };
    let first = mission(5);
    first.launch(SMALL_JOB).await;
    first.until_over().await;
    assert_eq!(recalls(&server.asked(), "planner", "Blueprint"), [false; 4]);

    let second = mission(6);
    second.launch(&ephemeral).await;
    second.until_over().await;

    let asked = server.asked()[8..].to_vec();
    assert_eq!(recalls(&asked, "planner", "Blueprint"), [true; 4]);
    assert_eq!(recalls(&asked, "analyst", "Work of the analyst"), [false; 4]);
    let bucket = format!("{}/planner", crate::testing::OPERATOR);
    let notes = store.recall(&bucket, SystemClock.now(), 9).await.unwrap();
    assert_eq!(notes.len(), 2);
    assert!(notes.iter().all(|note| note.expires_at == note.at.plus_millis(12 * 3_600_000)));

    // What is erased is not recalled, though the note is still there.
    for note in &notes {
        assert!(store.erase(note.mission, note.commitment).await.unwrap());
    }
    let third = mission(7);
    third.launch(SMALL_JOB).await;
    third.until(|state| state.steps[0].turns_done > 0).await;
    assert_eq!(recalls(&server.asked()[16..17], "planner", "Blueprint"), [false]);
    engine.shutdown().await;
}
