//! A mission from launch to its last payment on everything that is real, while the server that leads is killed: once in the
//! middle of a model call, once with a payout under way.

use std::collections::BTreeSet;
use std::time::Duration;

use alloy::primitives::U256;
use alloy::sol_types::SolCall;
use phase8_shared::api::{MissionView, routes};
use phase8_shared::chain::abi::IMissionEscrow;
use phase8_shared::id::{CallId, MissionId, Seq};
use phase8_shared::ledger::{CompactTree, leaf_hash};
use phase8_shared::mission::{
    Answer, CallOutcome, Event, Lifecycle, MissionState, Outcome, Payload, QuestionAbout,
};
use phase8_shared::money::{MicroUsd, TokenAmount};
use tokio::process::Command;
use tokio::time::Instant;

use super::model::price;
use super::postgres::until;
use super::stage::{Stage, fold, ledger};
use super::worker::{Ground, PHASE8, Worker};

const MISSION: MissionId = MissionId::from_bytes([0x4d; 16]);
/// As the servers are told.
const LEASE: Duration = Duration::from_secs(2);

/// What was charged for calls whose outcome nobody knows, by the question that asks about each.
fn unknown(state: &MissionState) -> Vec<(Seq, CallId, MicroUsd)> {
    let questions = state.questions.iter();
    questions
        .filter_map(|(seq, question)| match question.about {
            QuestionAbout::UnknownCall { call, charged, .. } => Some((*seq, call, charged)),
            _ => None,
        })
        .collect()
}

/// Waits until so many calls are shown as unknown, and answers how long that took.
async fn taken_over(server: &Worker, calls: usize) -> Duration {
    let killed = Instant::now();
    until("the takeover", async || unknown(&fold(server, MISSION).await).len() == calls).await;
    killed.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mission_on_models_over_http_and_on_postgresql_outlives_both_of_its_servers() {
    let stage = Stage::set().await;
    let (here, there) = (stage.ground(), stage.ground());
    let first = stage.server(&here).await;
    stage.model.hold("planner", 3);
    stage.launch(&first, MISSION).await;
    stage.model.asked("planner", 3, 1).await;
    let second = stage.server(&there).await;

    // The leader is killed while a model works for it.
    let before = ledger(&first, MISSION).await;
    first.kill().await;
    let took = taken_over(&second, 1).await;
    // The rest of the lease, a look around, and whatever a busy machine takes.
    assert!(took < 5 * LEASE, "the takeover took {took:?}");
    let after = fold(&second, MISSION).await;
    let [(question, _, charged)] = unknown(&after)[..] else { panic!("one call is unknown") };
    assert!(charged > MicroUsd::new(price("planner")), "the worst case is charged");
    assert_eq!(after.budget.spent, MicroUsd::new(2 * price("planner") + charged.get()));
    assert_eq!(ledger(&second, MISSION).await[..before.len()], before, "history is what it was");
    let billed = Answer::Reconcile { cost: MicroUsd::new(price("planner")) };
    stage.reconcile(&second, MISSION, question, billed).await.unwrap();

    // The one that leads now is killed with a payout under way and another call open; the first is back by then.
    stage.model.hold("analyst", 1);
    stage.model.release("planner", 3);
    let first = stage.server(&here).await;
    stage.model.asked("analyst", 1, 1).await;
    stage.mine(false).await;
    until("the payout", async || {
        stage.approve(&second, MISSION).await;
        there.log().contains("intent=\"release:")
    })
    .await;
    until("the payout at the node", async || stage.waiting().await > U256::ZERO).await;
    second.kill().await;
    taken_over(&first, 1).await;
    until("the payout is followed", async || {
        here.log().contains("another server signed for release:")
    })
    .await;
    stage.model.let_go();
    stage.mine(true).await;
    let after = fold(&first, MISSION).await;
    let [(question, ..)] = unknown(&after)[..] else { panic!("one more call is unknown") };
    let billed = Answer::Reconcile { cost: MicroUsd::new(price("analyst")) };
    stage.reconcile(&first, MISSION, question, billed).await.unwrap();

    let second = stage.server(&there).await;
    until("the end of the mission", async || {
        // People's signatures arrive at the server that follows.
        stage.approve(&second, MISSION).await;
        fold(&first, MISSION).await.is_closed()
    })
    .await;

    let checks = whole(&stage, &first).await + same(&first, &second).await;
    audited(&stage, &here).await;
    eprintln!(
        "a mission on HTTP and PostgreSQL, both servers killed in turn: {checks} checks, {} calls, taken over after {} ms; the bill is {}",
        stage.model.calls(),
        took.as_millis(),
        MicroUsd::new(stage.model.bill()),
    );
    assert!(checks > 100);
    first.kill().await;
    second.kill().await;
}

/// Gapless, with the right root, paid once, and charged what was billed.
async fn whole(stage: &Stage, server: &Worker) -> usize {
    let (mut events, mut head) = (Vec::new(), None);
    until("a moment without an append", async || {
        events = ledger(server, MISSION).await;
        let view: MissionView = server.get(&routes::mission(MISSION)).await.unwrap();
        head = Some(view.head);
        view.head.seq.0 == events.len() as u64
    })
    .await;
    let after = MissionState::fold(&events).unwrap();
    assert!(matches!(after.lifecycle, Lifecycle::Closed { outcome: Outcome::Completed, .. }));
    assert!(events.iter().zip(1..).all(|(event, seq)| event.seq == Seq(seq)));
    let bytes = |event: &Event| leaf_hash(&serde_json::to_vec(event).unwrap());
    let leaves: Vec<_> = events.iter().map(bytes).collect();
    assert_eq!(CompactTree::of(&leaves).head(), head.unwrap().tree, "the root is another");

    // The two calls that were lost were billed, too: the model had them.
    assert_eq!(after.budget.spent, MicroUsd::new(stage.model.bill()));
    assert_eq!(stage.model.calls(), 8 + 2);
    let outcomes = events.iter().filter_map(|event| match &event.payload {
        Payload::ModelCallSettled { call, outcome, .. } => Some((*call, outcome)),
        _ => None,
    });
    let outcomes: Vec<_> = outcomes.collect();
    let calls: BTreeSet<_> = outcomes.iter().map(|(call, _)| *call).collect();
    assert_eq!(calls.len(), outcomes.len(), "a call was settled twice");
    let lost = outcomes.iter().filter(|(_, outcome)| **outcome == CallOutcome::Unknown {});
    assert_eq!((outcomes.len(), lost.count()), (10, 2));

    // One release a milestone, each of them good: none lost, none sent twice.
    let relayed = stage.relayed().await;
    let escrow = stage.world.deployment.contracts.escrow;
    let release = IMissionEscrow::releaseMilestoneCall::SELECTOR;
    let released: Vec<_> = relayed
        .iter()
        .filter(|(to, data, _)| *to == escrow && data.starts_with(&release))
        .collect();
    assert_eq!(released.len(), after.milestones.len());
    assert!(relayed.iter().all(|(.., succeeded)| *succeeded), "a transaction was in vain");
    assert_eq!(after.paid(), after.created.terms.reward);
    assert_eq!(stage.escrow().await, TokenAmount::ZERO);
    events.len() + outcomes.len() + relayed.len()
}

/// `phase8 verify --database` finds every ledger as it should be.
async fn audited(stage: &Stage, ground: &Ground) {
    let mut command = Command::new(PHASE8);
    command
        .args(["verify", "--database", "--config"])
        .arg(ground.path("serve.toml"))
        .arg("--data")
        .arg(ground.path("data"))
        .current_dir(ground.path("."))
        .env("DATABASE_URL", &stage.postgres.url);
    let audit = command.output().await.unwrap();
    let said = String::from_utf8_lossy(&audit.stdout);
    assert!(audit.status.success(), "{said}{}", String::from_utf8_lossy(&audit.stderr));
    assert!(said.contains(&format!("mission {MISSION}")), "{said}");
}

/// Both serve the same timeline, to the byte.
async fn same(one: &Worker, other: &Worker) -> usize {
    let text = async |server: &Worker| {
        let answer = server.client().get(server.at(&routes::events(MISSION, Seq::ZERO)));
        answer.send().await.unwrap().bytes().await.unwrap()
    };
    until("the same timeline", async || text(one).await == text(other).await).await;
    text(one).await.len()
}
