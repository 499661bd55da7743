//! Votes on adapters on a real chain: from the proposal to the adapter that is active.

use std::time::Duration;

use alloy::primitives::U256;
use phase8_backend::chain::governance::{Executor, GovernanceIndex};
use phase8_backend::chain::rpc::{At, Simulated};
use phase8_backend::evaluation::Proposer;
use phase8_shared::api::{GovernanceView, ProposalEnd, ProposalStage, ProposalView};
use phase8_shared::chain::abi::{IGuardianCouncil, IModelRegistry};
use phase8_shared::chain::governor::{Support, Upgrade, delegate, queue, vote};
use phase8_shared::chain::{AdapterScope, Call, DevRole, adapter_key};
use phase8_shared::id::Role;
use phase8_shared::money::TokenAmount;
use phase8_shared::score::evaluate::UpgradeProposal;

use crate::support::{DELAY, World, adapters, now, policies, relayer};

/// Seconds from a proposal to its vote, and of the vote, as the deployment has them.
const VOTING_DELAY: u64 = 10;
const VOTING_PERIOD: u64 = 300;

fn index(world: &World) -> GovernanceIndex {
    let every = Duration::from_millis(50);
    GovernanceIndex::new(world.reader.clone(), world.deployment.from_block, every)
        .executing(Executor::new(world.restarted_relay(), relayer(), now()))
}

async fn view(index: &mut GovernanceIndex) -> GovernanceView {
    index.look().await.unwrap();
    index.known().borrow().as_deref().unwrap().clone()
}

async fn proposal(index: &mut GovernanceIndex) -> (ProposalView, ProposalStage) {
    let known = view(index).await;
    let stage = known.proposals[0].stage(known.block_time);
    (known.proposals[0].clone(), stage)
}

fn analyst() -> Role {
    "analyst".parse().unwrap()
}

fn tokens(whole: &str) -> TokenAmount {
    TokenAmount::from_tokens_decimal(whole).unwrap()
}

#[tokio::test]
async fn an_upgrade_that_is_voted_for_is_queued_carried_out_and_active() {
    let world = World::start().await;
    let contracts = world.deployment.contracts;
    let operator = world.account(DevRole::Operator);
    let (role, adapter) = (analyst(), adapters()[1].id.as_str());
    let upgrade = Upgrade { role: &role, adapter, reason: "measured-1: it is better" };
    let mut index = index(&world);

    let call = upgrade.propose(&contracts);
    let simulated = Simulated { from: operator, to: call.to, data: call.data.clone() };
    let early = world.rpc.simulate(&simulated, At::Pending).await.unwrap_err().to_string();
    assert!(early.contains("votes"), "tokens that nobody delegated do not vote: {early}");
    world.relay_well(operator, &delegate(&contracts, operator)).await;
    world.skip(1).await;
    world.relay_well(operator, &call).await;

    let (made, stage) = proposal(&mut index).await;
    assert!(matches!(stage, ProposalStage::Pending(_)), "{stage:?}");
    assert_eq!((made.proposer, made.quorum), (operator, None));
    assert_eq!(made.calls, [upgrade.effect(&contracts)]);
    assert_eq!(made.description, upgrade.description());

    world.skip(VOTING_DELAY + 1).await;
    world.relay_well(operator, &vote(&contracts, made.id, Support::For)).await;
    let (voted, stage) = proposal(&mut index).await;
    assert!(matches!(stage, ProposalStage::Voting(_)), "{stage:?}");
    assert_eq!(voted.quorum, Some(tokens("40000")), "four percent of a million");
    assert_eq!((voted.votes_for, voted.voters), (tokens("1000000"), vec![operator]));

    world.skip(VOTING_PERIOD).await;
    let (passed, stage) = proposal(&mut index).await;
    assert_eq!(stage, ProposalStage::Passed);
    world.relay_well(operator, &queue(&contracts, &passed.calls, &passed.description)).await;
    let (_, stage) = proposal(&mut index).await;
    assert!(matches!(stage, ProposalStage::Queued(_)), "{stage:?}");
    let scope = AdapterScope::Role { role: role.clone() }.key();
    let active = || async {
        let call = IModelRegistry::activeAdapterCall { scope };
        world.rpc.view(contracts.model_registry, call).await.unwrap()
    };
    assert!(active().await.is_zero(), "nothing changes before the delay");

    world.skip(u64::from(DELAY)).await;
    view(&mut index).await;
    let known = view(&mut index).await;

    assert!(matches!(known.proposals[0].end, Some(ProposalEnd::Executed { .. })), "{known:?}");
    assert_eq!(active().await, adapter_key(adapter));
    assert_eq!(known.active[0].history, [adapter_key(adapter)]);
}

#[tokio::test]
async fn a_guardian_cancels_what_passed_while_it_waits() {
    let world = World::start().await;
    let contracts = world.deployment.contracts;
    let operator = world.account(DevRole::Operator);
    let (role, adapter) = (analyst(), adapters()[1].id.as_str());
    let upgrade = Upgrade { role: &role, adapter, reason: "it is better" };
    let mut index = index(&world);
    world.relay_well(operator, &delegate(&contracts, operator)).await;
    world.skip(1).await;
    world.relay_well(operator, &upgrade.propose(&contracts)).await;
    let (made, _) = proposal(&mut index).await;
    world.skip(VOTING_DELAY + 1).await;
    world.relay_well(operator, &vote(&contracts, made.id, Support::For)).await;
    world.skip(VOTING_PERIOD).await;
    world.relay_well(operator, &queue(&contracts, &made.calls, &made.description)).await;
    let waiting = view(&mut index).await;
    let operation = &waiting.operations[0];
    assert_eq!(operation.timelock, contracts.governor_timelock);

    let cancel =
        IGuardianCouncil::cancelOperationCall { timelock: operation.timelock, id: operation.id };
    let data = alloy::sol_types::SolCall::abi_encode(&cancel).into();
    let call = Call { to: contracts.guardian_council, data };
    world.relay_well(policies().governance_council[0], &call).await;

    let (_, stage) = proposal(&mut index).await;
    assert_eq!(stage, ProposalStage::Cancelled);
}

#[tokio::test]
async fn the_server_proposes_by_itself_only_with_votes_of_its_own_and_only_once() {
    let world = World::start().await;
    let contracts = world.deployment.contracts;
    let operator = world.account(DevRole::Operator);
    let mut index = index(&world);
    let proposer =
        Proposer { reader: world.reader.clone(), relay: world.relay.clone(), relayer: relayer() };
    let wanted = [UpgradeProposal {
        role: analyst(),
        incumbent: adapters()[0].id.to_string(),
        challenger: adapters()[1].id.to_string(),
        lead: 700,
        reason: "measured-1: it leads".to_owned(),
    }];
    view(&mut index).await;

    proposer.propose(&wanted, &index.known()).await;
    assert!(world.relay.list().await.unwrap().is_empty(), "it has no votes, so it sends nothing");

    world.relay_well(operator, &delegate(&contracts, relayer().address())).await;
    world.skip(1).await;
    for _ in 0..2 {
        view(&mut index).await;
        proposer.propose(&wanted, &index.known()).await;
        for sent in world.relay.list().await.unwrap() {
            world.decided(&world.relay, sent.hash).await;
        }
    }

    let known = view(&mut index).await;
    assert_eq!(known.proposals.len(), 1);
    assert_eq!(known.proposals[0].proposer, relayer().address());
    assert_eq!(known.proposals[0].votes_for.get(), U256::ZERO);
}
