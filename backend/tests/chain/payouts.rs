//! From the engine's wish to money on the payees' accounts, once.

use std::sync::Arc;
use std::time::Duration;

use alloy::primitives::{B256, U256};
use alloy::sol_types::SolCall;
use phase8_backend::chain::payouts::PayoutWorker;
use phase8_backend::relay::orchestrator::OrchestratorPort;
use phase8_shared::api::TransactionStatus;
use phase8_shared::chain::abi::ICheckpointLedger;
use phase8_shared::chain::{Call, ChainEffect, DevRole, Lever};
use phase8_shared::ledger::TreeHead;

use crate::support::{Flip, Listener, World, mission, relayer, terms};

fn worker(world: &World, orchestrator: &Arc<Listener>) -> PayoutWorker {
    let port: Arc<dyn OrchestratorPort> = Arc::clone(orchestrator) as _;
    PayoutWorker::new(
        world.reader.clone(),
        world.restarted_relay(),
        relayer(),
        port,
        Duration::from_millis(50),
    )
}

#[tokio::test]
async fn approved_milestones_pay_exactly_and_give_the_stake_back() {
    let world = World::start().await;
    let terms = terms(&world);
    let operator = world.account(DevRole::Operator);
    let before = world.tokens(operator).await;
    world.fund(mission(1), &terms).await;
    let guild = world.accounts(DevRole::Validator);
    let orchestrator = Arc::new(Listener::default());
    let mut worker = worker(&world, &orchestrator);

    let mut expected = U256::ZERO;
    for index in 0..3 {
        let effect = world.release(mission(1), index, &guild[..2]).await;
        orchestrator.ask_for(vec![effect]);
        worker.work_once().await.unwrap();
        // The engine has not heard yet and asks again.
        worker.work_once().await.unwrap();
        assert!(worker.health().borrow().ok, "{:?}", worker.health().borrow());
        expected += terms.payout(usize::from(index)).unwrap().get();
        assert!(
            world
                .reader
                .is_released(mission(1).key(), phase8_shared::id::MilestoneIndex(index))
                .await
                .unwrap()
        );
    }

    let agents: U256 = {
        let mut sum = U256::ZERO;
        for role in ["planner", "dev", "analyst"] {
            sum += world.tokens(world.payee(role)).await;
        }
        sum
    };
    let bonus = terms.reward.bps(500).unwrap().get();
    let validators = terms.reward.bps(300).unwrap().get();
    assert_eq!(expected, terms.reward.get());
    assert_eq!(agents, terms.reward.get() + bonus);
    assert_eq!(world.tokens(guild[0]).await + world.tokens(guild[1]).await, validators);
    assert_eq!(world.tokens(guild[2]).await, U256::ZERO);
    assert_eq!(before - world.tokens(operator).await, agents + validators);
    assert_eq!(world.tokens(world.deployment.contracts.escrow).await, U256::ZERO);
    let releases = world.relay.list().await.unwrap();
    assert_eq!(releases.iter().filter(|view| view.from == relayer().address()).count(), 3);
}

#[tokio::test]
async fn a_crash_between_storing_and_sending_pays_once() {
    let world = World::start().await;
    world.fund(mission(2), &terms(&world)).await;
    let guild = world.accounts(DevRole::Validator);
    let orchestrator = Arc::new(Listener::default());
    orchestrator.ask_for(vec![world.release(mission(2), 0, &guild[..2]).await]);
    // Nothing is mined any more, as if the answer of the node had been lost with the server.
    world
        .rpc
        .ask::<serde_json::Value>("evm_setAutomine", serde_json::json!([false]))
        .await
        .unwrap();
    worker(&world, &orchestrator).work_once().await.unwrap();
    world
        .rpc
        .ask::<serde_json::Value>("anvil_dropAllTransactions", serde_json::json!([]))
        .await
        .unwrap();

    for _ in 0..3 {
        worker(&world, &orchestrator).work_once().await.unwrap();
        world.restarted_relay().settle_all().await.unwrap();
    }
    world.rpc.ask::<serde_json::Value>("evm_mine", serde_json::json!([])).await.unwrap();
    world.restarted_relay().settle_all().await.unwrap();
    worker(&world, &orchestrator).work_once().await.unwrap();

    let own: Vec<_> = world
        .relay
        .list()
        .await
        .unwrap()
        .into_iter()
        .filter(|view| view.from == relayer().address())
        .collect();
    assert_eq!(own.len(), 1);
    assert!(matches!(own[0].status, TransactionStatus::Included { .. }), "{:?}", own[0]);
    let paid = terms(&world).payout(0).unwrap().get();
    assert_eq!(world.tokens(world.payee("planner")).await, paid);
}

#[tokio::test]
async fn the_same_intent_again_is_the_transaction_that_is_under_way() {
    let world = World::start().await;
    let relay = world.restarted_relay();
    let mission = mission(6).key().0;
    let anchor = ICheckpointLedger::anchorCall { mission, size: 7, root: B256::repeat_byte(7) };
    let anchor =
        Call { to: world.deployment.contracts.checkpoint_ledger, data: anchor.abi_encode().into() };
    // Nothing is mined, so the first one stays under way.
    world
        .rpc
        .ask::<serde_json::Value>("evm_setAutomine", serde_json::json!([false]))
        .await
        .unwrap();

    let first = relay.send(&relayer(), "anchor", anchor.clone(), "anchor").await.unwrap();
    let again = relay.send(&relayer(), "anchor", anchor, "anchor").await.unwrap();

    assert_eq!(again.hash, first.hash);
    assert_eq!(relay.list().await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_the_chain_refuses_is_said_and_tried_again() {
    let world = World::start().await;
    world.fund(mission(3), &terms(&world)).await;
    let guild = world.accounts(DevRole::Validator);
    let contracts = world.deployment.contracts;
    let owner = world.account(DevRole::Owner);
    let orchestrator = Arc::new(Listener::default());
    let mut worker = worker(&world, &orchestrator);
    let health = worker.health();
    orchestrator.ask_for(vec![world.release(mission(3), 0, &guild[..2]).await]);

    world.relay_well(owner, &Lever::PauseFleet.call(&contracts)).await;
    worker.work_once().await.unwrap();
    let stuck = health.borrow().stuck.clone();
    assert_eq!(stuck.len(), 1);
    assert_eq!(stuck[0].why, "the fleet is paused: resume it first (EnforcedPause)");

    world.relay_well(owner, &Lever::ResumeFleet.call(&contracts)).await;
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    worker.work_once().await.unwrap();

    assert!(health.borrow().ok, "{:?}", health.borrow());
    assert!(!world.tokens(world.payee("planner")).await.is_zero());
}

#[tokio::test]
async fn too_few_approvals_are_named() {
    let world = World::start().await;
    world.fund(mission(4), &terms(&world)).await;
    let guild = world.accounts(DevRole::Validator);
    let orchestrator = Arc::new(Listener::default());
    let mut worker = worker(&world, &orchestrator);
    orchestrator.ask_for(vec![world.release(mission(4), 0, &guild[..1]).await]);

    worker.work_once().await.unwrap();

    let health = worker.health().borrow().clone();
    assert_eq!(health.stuck[0].why, "1 of 2 approvals are there (MissionEscrowQuorumNotReached)");
    assert!(world.relay.list().await.unwrap().iter().all(|view| view.from != relayer().address()));
}

#[tokio::test]
async fn checkpoints_are_anchored_once_and_never_backwards() {
    let world = World::start().await;
    let orchestrator = Arc::new(Listener::default());
    let mut worker = worker(&world, &orchestrator);
    let anchor = |size, byte| ChainEffect::AnchorCheckpoint {
        mission: mission(5),
        tree: TreeHead { size, root: B256::repeat_byte(byte) },
    };

    for effects in [vec![anchor(10, 1)], vec![anchor(10, 1), anchor(25, 2)], vec![anchor(10, 1)]] {
        orchestrator.ask_for(effects);
        worker.work_once().await.unwrap();
    }

    let latest = world.reader.latest_checkpoint(mission(5).key()).await.unwrap();
    assert_eq!(latest, TreeHead { size: 25, root: B256::repeat_byte(2) });
    assert_eq!(world.relay.list().await.unwrap().len(), 2);
}
