//! Brake and accelerator on a real chain: what waits, who stops it, who carries it out, and what the index knows of it.

use std::sync::Arc;
use std::time::Duration;

use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::sol_types::SolCall;
use phase8_backend::chain::governance::{Deliveries, Executor, GovernanceIndex};
use phase8_backend::relay::{Now, release};
use phase8_shared::api::{GovernanceView, OperationState};
use phase8_shared::chain::abi::{IAttestationModule, IGuardianCouncil, IModelRegistry};
use phase8_shared::chain::{
    AdapterScope, Call, ChainFact, DevRole, Lever, Operation, StepReleaseRequest, adapter_key,
};
use phase8_shared::id::StepId;
use phase8_shared::money::MicroUsd;
use phase8_shared::time::Timestamp;
use serde_json::{Value, json};

use crate::support::{
    DELAY, Flip, Listener, World, intent, mission, now, policies, relayer, seconds_from_now, terms,
    until,
};

/// An index of the world, which carries out what is ready.
fn index(world: &World) -> GovernanceIndex {
    index_at(world, now())
}

fn index_at(world: &World, now: Now) -> GovernanceIndex {
    only_reading(world).executing(Executor::new(world.restarted_relay(), relayer(), now))
}

fn only_reading(world: &World) -> GovernanceIndex {
    let every = Duration::from_millis(50);
    GovernanceIndex::new(world.reader.clone(), world.deployment.from_block, every)
}

async fn view(index: &mut GovernanceIndex) -> GovernanceView {
    index.look().await.unwrap();
    index.known().borrow().as_deref().unwrap().clone()
}

/// A guardian, and the guardian's call of the council.
fn by_guardian(world: &World, call: &impl SolCall) -> (Address, Call) {
    let data = Bytes::from(call.abi_encode());
    let call = Call { to: world.deployment.contracts.guardian_council, data };
    (policies().governance_council[0], call)
}

fn raise(world: &World) -> Lever {
    Lever::BudgetCap {
        mission: mission(1).key(),
        now: terms(world).budget_cap,
        new: MicroUsd::new(2_000_000_000),
    }
}

fn operation(world: &World, lever: &Lever) -> Operation {
    intent(lever, &world.deployment.contracts).operation.unwrap()
}

#[tokio::test]
async fn a_raise_waits_is_carried_out_by_the_relayer_once_and_names_the_owner() {
    let world = World::start().await;
    let (contracts, owner) = (world.deployment.contracts, world.account(DevRole::Owner));
    world.fund(mission(1), &terms(&world)).await;
    let raise = raise(&world);
    let mut index = index(&world);
    let scheduled = world.relay_well(owner, &raise.call(&contracts)).await;

    let waiting = view(&mut index).await;

    let id = operation(&world, &raise).id();
    assert_eq!((waiting.delay, waiting.operations.len()), (u64::from(DELAY), 1));
    let found = &waiting.operations[0];
    assert_eq!((found.timelock, found.id), (contracts.owner_timelock, id));
    assert_eq!(found.calls, [raise.effect(&contracts)]);
    assert_eq!(found.ready_at, waiting.block_time + u64::from(DELAY));
    assert_eq!((&found.state, found.blocked.as_ref()), (&OperationState::Waiting {}, None));
    assert_eq!(found.scheduled.transaction, scheduled.hash);
    assert_eq!(waiting.executed.last().unwrap().by, owner);
    assert_eq!(world.reader.cap_of(mission(1).key()).await.unwrap(), terms(&world).budget_cap);

    world.skip(u64::from(DELAY)).await;
    view(&mut index).await;
    let done = view(&mut index).await;

    let OperationState::Done { evidence } = &done.operations[0].state else {
        panic!("{:?}", done.operations)
    };
    let cap = world.reader.cap_of(mission(1).key()).await.unwrap();
    assert_eq!(cap, MicroUsd::new(2_000_000_000));
    view(&mut index).await;
    let sent = world.relay.list().await.unwrap();
    let own: Vec<B256> =
        sent.iter().filter(|view| view.from == relayer().address()).map(|view| view.hash).collect();
    assert_eq!(own, [evidence.transaction]);

    // The ledger hears of the owner, though the relayer sent the last transaction.
    let orchestrator = Arc::new(Listener::default());
    let (_health, _stop) = world.watch(&orchestrator);
    let fact = until("the new cap is told", || async {
        orchestrator.facts().into_iter().find_map(|observed| {
            let ChainFact::BudgetCapUpdated { current, by, .. } = observed.fact else {
                return None;
            };
            Some((current, by))
        })
    })
    .await;
    assert_eq!(fact, (MicroUsd::new(2_000_000_000), owner));
}

#[tokio::test]
async fn on_a_chain_whose_clock_stands_still_the_pending_block_decides() {
    let world = World::start().await;
    world.fund(mission(1), &terms(&world)).await;
    let raise = raise(&world);
    let owner = world.account(DevRole::Owner);
    world.relay_well(owner, &raise.call(&world.deployment.contracts)).await;
    let later = u64::from(DELAY) + 2;
    let ahead: Now = Arc::new(move || Timestamp::from_millis(seconds_from_now(later) * 1_000));
    let mut index = index_at(&world, ahead);

    // By the machine's clock it is ready; the chain's next block would still be too early, which is no trouble.
    let early = view(&mut index).await;
    assert_eq!(early.operations[0].state, OperationState::Waiting {});
    assert_eq!(early.operations[0].blocked, None);

    world.rpc.ask::<Value>("evm_increaseTime", json!([later])).await.unwrap();
    until("the operation is carried out", || async {
        view(&mut index_at(&world, now_and(later))).await;
        let done = view(&mut only_reading(&world)).await;
        (done.operations[0].state != OperationState::Waiting {}).then_some(())
    })
    .await;
}

fn now_and(later: u64) -> Now {
    Arc::new(move || Timestamp::from_millis(seconds_from_now(later) * 1_000))
}

#[tokio::test]
async fn what_a_guardian_cancels_is_never_carried_out() {
    let world = World::start().await;
    let contracts = world.deployment.contracts;
    world.fund(mission(1), &terms(&world)).await;
    let raise = raise(&world);
    world.relay_well(world.account(DevRole::Owner), &raise.call(&contracts)).await;
    let mut index = index(&world);
    view(&mut index).await;
    let cancel = IGuardianCouncil::cancelOperationCall {
        timelock: contracts.owner_timelock,
        id: operation(&world, &raise).id(),
    };
    let (guardian, call) = by_guardian(&world, &cancel);
    let cancelled = world.relay_well(guardian, &call).await;

    world.skip(u64::from(DELAY)).await;
    view(&mut index).await;
    let after = view(&mut index).await;

    let OperationState::Cancelled { by, evidence } = &after.operations[0].state else {
        panic!("{:?}", after.operations)
    };
    assert_eq!((*by, evidence.transaction), (Some(guardian), cancelled.hash));
    let sent = world.relay.list().await.unwrap();
    assert!(sent.iter().all(|view| view.from != relayer().address()));
    let cap = world.reader.cap_of(mission(1).key()).await.unwrap();
    assert_eq!(cap, terms(&world).budget_cap);
}

#[tokio::test]
async fn a_restart_knows_what_the_run_before_knew() {
    let world = World::start().await;
    let contracts = world.deployment.contracts;
    let (owner, brake) = (world.account(DevRole::Owner), world.account(DevRole::PauseGuardian));
    world.fund(mission(1), &terms(&world)).await;
    let mut first = only_reading(&world);
    let mut before = view(&mut first).await;
    assert_eq!(before.adapters.len(), 4);
    assert_eq!(before.council.members.len(), policies().governance_council.len());
    assert_eq!((before.council.cosignatures_needed, before.trip.as_ref()), (1, None));
    for (from, lever) in [(owner, raise(&world)), (brake, Lever::TripwirePause)] {
        world.relay_well(from, &lever.call(&contracts)).await;
        before = view(&mut first).await;
    }
    assert_eq!(before.trip.as_ref().map(|trip| trip.trip), Some(1));

    let after = view(&mut only_reading(&world)).await;

    assert_eq!(after, before);
}

#[tokio::test]
async fn a_chain_that_goes_back_takes_an_operation_with_it() {
    let world = World::start().await;
    world.fund(mission(1), &terms(&world)).await;
    let mut index = only_reading(&world);
    let before = view(&mut index).await;
    let snapshot: Value = world.rpc.ask("evm_snapshot", json!([])).await.unwrap();
    let owner = world.account(DevRole::Owner);
    world.relay_well(owner, &raise(&world).call(&world.deployment.contracts)).await;
    assert_eq!(view(&mut index).await.operations.len(), 1);

    world.rpc.ask::<Value>("evm_revert", json!([snapshot])).await.unwrap();
    world.rpc.ask::<Value>("evm_mine", json!([])).await.unwrap();
    world.rpc.ask::<Value>("evm_mine", json!([])).await.unwrap();

    let after = view(&mut index).await;
    assert_eq!((after.operations.len(), &after.executed), (0, &before.executed));
    assert_eq!(after, view(&mut only_reading(&world)).await);
}

#[tokio::test]
async fn a_resume_after_a_tripwire_needs_the_delay_and_a_guardian() {
    let world = World::start().await;
    let contracts = world.deployment.contracts;
    let (owner, brake) = (world.account(DevRole::Owner), world.account(DevRole::PauseGuardian));
    let orchestrator = Arc::new(Listener::default());
    let (_health, _stop) = world.watch(&orchestrator);
    world.relay_well(brake, &Lever::TripwirePause.call(&contracts)).await;
    let told = until("the pause is told", || async { orchestrator.facts().first().cloned() }).await;
    assert_eq!(told.fact, ChainFact::FleetPaused { by: brake, tripwire: true });
    world.relay_well(owner, &Lever::ResumeAfterTripwire.call(&contracts)).await;
    let mut index = index(&world);

    world.skip(u64::from(DELAY)).await;
    let blocked = view(&mut index).await;

    let why = blocked.operations[0].blocked.clone().unwrap();
    assert!(why.contains("PauseGuardianNotCosigned"), "{why}");
    assert!(world.reader.is_fleet_paused().await.unwrap());

    let (guardian, call) =
        by_guardian(&world, &IGuardianCouncil::cosignResumeCall { trip: U256::from(1) });
    world.relay_well(guardian, &call).await;
    let cosigned = view(&mut index).await;
    assert_eq!(cosigned.trip.unwrap().cosigners, [guardian]);
    let resumed = view(&mut index).await;

    assert!(matches!(resumed.operations[0].state, OperationState::Done { .. }), "{resumed:?}");
    assert_eq!((resumed.operations[0].blocked.as_ref(), resumed.trip), (None, None));
    assert!(!world.reader.is_fleet_paused().await.unwrap());
    let told = until("the resume is told", || async { orchestrator.facts().get(1).cloned() }).await;
    assert_eq!(told.fact, ChainFact::FleetResumed { by: owner });
}

#[tokio::test]
async fn a_summons_is_delivered_acknowledged_by_signature_and_ends() {
    let world = World::start().await;
    let contracts = world.deployment.contracts;
    let (owner, validator) = (world.account(DevRole::Owner), world.account(DevRole::Validator));
    let key = mission(1).key();
    let expiry = world.reader.block_time().await.unwrap() + 3_600;
    let summon = Lever::Summon { mission: key, validator, expiry };
    world.relay_well(owner, &summon.call(&contracts)).await;
    let mut index = index(&world);
    let mut summonses = view(&mut index).await.summonses;
    assert_eq!((summonses[0].token, summonses[0].expiry), (U256::from(1), expiry));
    let reads = || async {
        let call = IAttestationModule::isReaderCall { mission: key.0, account: validator };
        world.rpc.view(contracts.attestation_module, call).await.unwrap()
    };
    assert!(reads().await);

    // Reported twice, also by another run of the server: the first report stays.
    let at = |seconds: u64| Timestamp::from_millis(seconds * 1_000);
    let deliveries = Deliveries::open(world.db.clone()).await.unwrap();
    assert_eq!(deliveries.report(&summonses[0], at(7)).await.unwrap(), at(7));
    let deliveries = Deliveries::open(world.db.clone()).await.unwrap();
    assert_eq!(deliveries.report(&summonses[0], at(9)).await.unwrap(), at(7));
    deliveries.annotate(&mut summonses).await.unwrap();
    assert_eq!(summonses[0].delivered_at, Some(at(7)));

    let typed = acknowledgement(&world, expiry);
    let signature: Bytes =
        world.rpc.ask("eth_signTypedData_v4", json!([validator, typed])).await.unwrap();
    let call = IAttestationModule::acknowledgeSignedCall {
        token: U256::from(1),
        deadline: expiry,
        signature,
    };
    let call = Call { to: contracts.attestation_module, data: call.abi_encode().into() };
    let sent = world.relay.send(&relayer(), "acknowledge:1", call, "acknowledge").await.unwrap();
    world.decided(&world.relay, sent.hash).await;
    let acknowledged = view(&mut index).await.summonses[0].acknowledged.unwrap();
    assert_eq!(acknowledged.transaction, sent.hash);

    let orchestrator = Arc::new(Listener::default());
    let (_health, _stop) = world.watch(&orchestrator);
    let facts = until("both are told", || async {
        let facts = orchestrator.facts();
        (facts.len() == 2).then_some(facts)
    })
    .await;
    let token = U256::from(1);
    let told = ChainFact::ValidatorSummoned { mission: key, token, validator, expiry, by: owner };
    assert_eq!(facts[0].fact, told);
    assert_eq!(facts[1].fact, ChainFact::SummonsAcknowledged { mission: key, token, validator });

    world.skip(3_601).await;
    assert!(!reads().await);
}

fn acknowledgement(world: &World, deadline: u64) -> Value {
    let field = |name: &str, kind: &str| json!({ "name": name, "type": kind });
    json!({
        "types": {
            "EIP712Domain": [
                field("name", "string"),
                field("version", "string"),
                field("chainId", "uint256"),
                field("verifyingContract", "address"),
            ],
            "SummonsAcknowledgement": [field("token", "uint256"), field("deadline", "uint64")],
        },
        "primaryType": "SummonsAcknowledgement",
        "domain": {
            "name": "Phase8 AttestationModule",
            "version": "1",
            "chainId": 31_337,
            "verifyingContract": world.deployment.contracts.attestation_module,
        },
        "message": { "token": "1", "deadline": deadline.to_string() },
    })
}

#[tokio::test]
async fn an_adapter_is_chosen_through_the_timelock_and_rolled_back_at_once() {
    let world = World::start().await;
    let (contracts, owner) = (world.deployment.contracts, world.account(DevRole::Owner));
    let scope = AdapterScope::Role { role: "planner".parse().unwrap() };
    let orchestrator = Arc::new(Listener::default());
    let (_health, _stop) = world.watch(&orchestrator);
    let mut index = index(&world);
    let (first, second) = (adapter_key("steady-hand-32k"), adapter_key("code-savant-x"));
    let choose = |now, new, reason: &str| Lever::ActiveAdapter {
        scope: scope.clone(),
        now,
        new,
        reason: reason.to_owned(),
    };
    for lever in [choose(B256::ZERO, first, ""), choose(first, second, "it writes better code")] {
        world.relay_well(owner, &lever.call(&contracts)).await;
        view(&mut index).await;
        world.skip(u64::from(DELAY)).await;
        view(&mut index).await;
    }
    let chosen = view(&mut index).await;
    assert_eq!(chosen.active[0].scope, scope.key());
    assert_eq!(chosen.active[0].history, [first, second]);

    let back = Lever::RollBackAdapter { scope: scope.clone(), now: second, new: first };
    world.relay_well(owner, &back.call(&contracts)).await;
    assert_eq!(view(&mut index).await.active[0].history, [first]);
    let call = IModelRegistry::activeAdapterCall { scope: scope.key() };
    assert_eq!(world.rpc.view(contracts.model_registry, call).await.unwrap(), first);

    let co_pilot = Lever::CoPilot { mission: mission(1).key(), required: true };
    world.relay_well(owner, &co_pilot.call(&contracts)).await;
    let facts = until("everything is told", || async {
        let facts = orchestrator.facts();
        (facts.len() == 4).then_some(facts)
    })
    .await;
    let changed = |previous, current, rolled_back, reason: &str| ChainFact::AdapterChanged {
        scope: scope.key(),
        previous,
        current,
        rolled_back,
        reason: reason.to_owned(),
        by: owner,
    };
    let told: Vec<ChainFact> = facts.into_iter().map(|observed| observed.fact).collect();
    let mission = mission(1).key();
    assert_eq!(
        told,
        [
            changed(B256::ZERO, first, false, ""),
            changed(first, second, false, "it writes better code"),
            changed(second, first, true, ""),
            ChainFact::CoPilotChanged { mission, required: true, by: owner },
        ]
    );
}

#[tokio::test]
async fn a_step_is_released_by_the_operator_or_the_guild_and_by_nobody_else() {
    let world = World::start().await;
    let (operator, guild) = (world.account(DevRole::Operator), world.account(DevRole::Validator));
    let request = |step, deadline| StepReleaseRequest {
        chain_id: 31_337,
        escrow: world.deployment.contracts.escrow,
        mission: mission(1).key(),
        step: StepId(step),
        deadline,
    };
    let open = request(2, seconds_from_now(60));
    let sign = async |by: Address, request: &StepReleaseRequest| -> Bytes {
        let typed = request.typed_data_json();
        world.rpc.ask("eth_signTypedData_v4", json!([by, typed])).await.unwrap()
    };
    let verify = async |request: &StepReleaseRequest, by: Address, signature: &Bytes| {
        release::verify(&world.reader, request, by, signature, operator)
            .await
            .map_err(|error| error.code().as_str())
    };

    for by in [operator, guild] {
        let signature = sign(by, &open).await;
        assert_eq!(verify(&open, by, &signature).await, Ok(signature));
    }

    let owner = world.account(DevRole::Owner);
    let strange = sign(owner, &open).await;
    assert_eq!(verify(&open, owner, &strange).await, Err("not_a_validator"));
    assert_eq!(verify(&open, operator, &strange).await, Err("bad_signature"));
    let other = sign(operator, &request(3, open.deadline)).await;
    assert_eq!(verify(&open, operator, &other).await, Err("bad_signature"));
    let past = request(2, 1);
    let late = sign(operator, &past).await;
    assert_eq!(verify(&past, operator, &late).await, Err("approval_expired"));
}
