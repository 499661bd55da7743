//! The watcher: facts in order, once the orchestrator has them, whatever happens to the chain in between.

use std::sync::Arc;
use std::time::Duration;

use phase8_backend::chain::payouts::PayoutWorker;
use phase8_shared::chain::{ChainFact, DevRole, Lever, Observed, terms_hash};
use phase8_shared::id::MilestoneIndex;
use phase8_shared::mission::PaymentKind;
use phase8_shared::money::{MicroUsd, TokenAmount};
use serde_json::{Value, json};

use crate::support::{Flip, Listener, World, mission, relayer, terms, until};

async fn facts(orchestrator: &Listener, count: usize) -> Vec<Observed> {
    until("facts arrive", || async {
        let facts = orchestrator.facts();
        (facts.len() >= count).then_some(facts)
    })
    .await
}

#[tokio::test]
async fn facts_arrive_in_the_order_of_the_chain_with_who_signed() {
    let world = World::start().await;
    let (contracts, terms) = (world.deployment.contracts, terms(&world));
    let owner = world.account(DevRole::Owner);
    let guild = world.accounts(DevRole::Validator);
    let key = mission(1).key();
    let orchestrator = Arc::new(Listener::default());
    let (health, stop) = world.watch(&orchestrator);

    world.fund(mission(1), &terms).await;
    let cap = Lever::BudgetCap { mission: key, now: terms.budget_cap, new: MicroUsd::new(5) };
    world.relay_well(owner, &cap.call(&contracts)).await;
    world.relay_well(owner, &Lever::PauseFleet.call(&contracts)).await;
    world.relay_well(owner, &Lever::ResumeFleet.call(&contracts)).await;
    let mut worker = PayoutWorker::new(
        world.reader.clone(),
        world.relay.clone(),
        relayer(),
        Arc::clone(&orchestrator) as _,
        Duration::from_millis(50),
    );
    orchestrator.ask_for(vec![world.release(mission(1), 1, &guild[..2]).await]);
    worker.work_once().await.unwrap();

    let seen = facts(&orchestrator, 5).await;
    let told: Vec<&ChainFact> = seen.iter().map(|observed| &observed.fact).collect();
    assert_eq!(
        told[0],
        &ChainFact::MissionFunded {
            mission: key,
            operator: world.account(DevRole::Operator),
            deposit: terms.deposit().unwrap(),
            terms_hash: terms_hash(&terms),
        }
    );
    assert_eq!(
        told[1],
        &ChainFact::BudgetCapUpdated {
            mission: key,
            previous: terms.budget_cap,
            current: MicroUsd::new(5),
            by: owner,
        }
    );
    assert_eq!(told[2], &ChainFact::FleetPaused { by: owner, tripwire: false });
    assert_eq!(told[3], &ChainFact::FleetResumed { by: owner });
    let ChainFact::MilestoneReleased { milestone, amount, validator_reward, payments, .. } =
        told[4]
    else {
        panic!("{told:?}")
    };
    assert_eq!((*milestone, *amount), (MilestoneIndex(1), terms.payout(1).unwrap()));
    let sum = |kind| {
        payments
            .iter()
            .filter(|paid| paid.kind == kind)
            .fold(TokenAmount::ZERO, |sum, paid| sum.checked_add(paid.amount).unwrap())
    };
    assert_eq!(sum(PaymentKind::Agent), *amount);
    assert_eq!(sum(PaymentKind::Validator), *validator_reward);
    assert_eq!(payments.len(), 4);
    assert!(
        seen.windows(2).all(|pair| pair[0].evidence.block_number < pair[1].evidence.block_number)
    );
    assert!(seen.iter().all(|observed| observed.evidence.chain_id == 31_337));
    assert_eq!(health.borrow().fleet_paused, Some(false));
    stop.cancel();

    // Another run of the server goes on after what was delivered.
    let next = Arc::new(Listener::default());
    let (_health, _stop) = world.watch(&next);
    world.relay_well(owner, &Lever::PauseFleet.call(&contracts)).await;
    assert_eq!(
        facts(&next, 1).await[0].fact,
        ChainFact::FleetPaused { by: owner, tripwire: false }
    );
}

#[tokio::test]
async fn what_the_orchestrator_missed_is_told_when_it_is_back() {
    let world = World::start().await;
    let owner = world.account(DevRole::Owner);
    let orchestrator = Arc::new(Listener::default());
    orchestrator.set_away(true);
    let (mut health, _stop) = world.watch(&orchestrator);

    world.relay_well(owner, &Lever::PauseFleet.call(&world.deployment.contracts)).await;
    let waiting = health
        .wait_for(|health| health.detail.contains("wait for the orchestrator"))
        .await
        .unwrap()
        .clone();
    assert!(!waiting.ok);

    orchestrator.set_away(false);
    assert_eq!(
        facts(&orchestrator, 1).await[0].fact,
        ChainFact::FleetPaused { by: owner, tripwire: false }
    );
    health.wait_for(|health| health.ok && health.fleet_paused == Some(true)).await.unwrap();
}

#[tokio::test]
async fn a_chain_that_is_killed_is_missed_and_followed_again() {
    let world = World::start().await;
    let owner = world.account(DevRole::Owner);
    let orchestrator = Arc::new(Listener::default());
    let (mut health, _stop) = world.watch(&orchestrator);
    health.wait_for(|health| health.ok).await.unwrap();
    // Anvil writes its chain down every two seconds; what it has not written dies with it.
    tokio::time::sleep(Duration::from_millis(2_500)).await;

    let pid: i32 = std::fs::read_to_string(world.folder.path().join("anvil-state.json.pid"))
        .unwrap()
        .parse()
        .unwrap();
    rustix::process::kill_process(
        rustix::process::Pid::from_raw(pid).unwrap(),
        rustix::process::Signal::KILL,
    )
    .unwrap();
    let away = health.wait_for(|health| !health.ok).await.unwrap().clone();
    assert!(away.detail.contains("does not answer"), "{away:?}");

    health.wait_for(|health| health.ok).await.unwrap();
    world.relay_well(owner, &Lever::PauseFleet.call(&world.deployment.contracts)).await;
    assert_eq!(
        facts(&orchestrator, 1).await[0].fact,
        ChainFact::FleetPaused { by: owner, tripwire: false }
    );
    drop(world.devnet);
}

#[tokio::test]
async fn a_reorganisation_is_read_again_from_where_the_chain_forked() {
    let world = World::start().await;
    let (contracts, owner) = (world.deployment.contracts, world.account(DevRole::Owner));
    let orchestrator = Arc::new(Listener::default());
    let (_health, _stop) = world.watch(&orchestrator);
    let snapshot: Value = world.rpc.ask("evm_snapshot", json!([])).await.unwrap();
    world.relay_well(owner, &Lever::PauseFleet.call(&contracts)).await;
    let first = facts(&orchestrator, 1).await[0].clone();

    world.rpc.ask::<Value>("evm_revert", json!([snapshot])).await.unwrap();
    // Another block takes the place, and then the same transaction comes back behind it.
    world.rpc.ask::<Value>("evm_mine", json!([])).await.unwrap();
    world.relay.settle_all().await.unwrap();

    let again = facts(&orchestrator, 2).await[1].clone();
    assert_eq!(again.fact, first.fact);
    assert_eq!(again.evidence.transaction, first.evidence.transaction);
    assert_ne!(again.evidence.block_hash, first.evidence.block_hash);
}

#[tokio::test]
async fn facts_from_before_a_restart_of_the_chain_are_still_told() {
    let mut world = World::start().await;
    let owner = world.account(DevRole::Owner);
    world.relay_well(owner, &Lever::PauseFleet.call(&world.deployment.contracts)).await;

    world = world.restart_chain().await;
    let orchestrator = Arc::new(Listener::default());
    let (_health, _stop) = world.watch(&orchestrator);

    assert_eq!(
        facts(&orchestrator, 1).await[0].fact,
        ChainFact::FleetPaused { by: owner, tripwire: false }
    );
}
