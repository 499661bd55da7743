//! Every other lever.

use alloy::primitives::{Address, B256, U256};
use phase8_shared::api::SimulatedOutcome;
use phase8_shared::chain::difference::{Hindrance, Signer, Stage, hindrance};
use phase8_shared::chain::field::DynSolValue;
use phase8_shared::chain::{AdapterScope, ContractName, DevRole, Lever, adapter_key, module_key};
use phase8_shared::money::MicroUsd;

use super::watched::{SOMEBODY, Watched, change};
use crate::support::{DELAY, adapters, mission, seconds_from_now, terms};

#[tokio::test]
async fn every_lever_changes_what_it_means_to_and_nothing_else() {
    let watched = Watched::start().await;
    let (world, key) = (&watched.world, mission(1).key());
    let terms = terms(world);
    world.fund(mission(1), &terms).await;

    watched.there_and_back(&Lever::PauseFleet).await;
    let new = MicroUsd::new(1_000_000);
    watched.there_and_back(&Lever::BudgetCap { mission: key, now: terms.budget_cap, new }).await;
    watched.there_and_back(&Lever::CoPilot { mission: key, required: true }).await;

    let ids: Vec<B256> = adapters().iter().map(|it| adapter_key(it.id.as_str())).collect();
    let choose = |now, new| Lever::ActiveAdapter {
        scope: AdapterScope::Mission { mission: key },
        now,
        new,
        reason: "to see".to_owned(),
    };
    watched.flip(&choose(B256::ZERO, ids[0])).await;
    let other = choose(ids[0], ids[1]);
    watched.there_and_back(&other).await;
    watched.flip(&other.inverse().unwrap().inverse().unwrap()).await;

    let validator = world.account(DevRole::Validator);
    let expiry = seconds_from_now(86_400);
    watched.flip(&Lever::Summon { mission: key, validator, expiry }).await;
    let revoke = Lever::RevokeSummons { token: U256::from(1), mission: key, validator, expiry };
    watched.there_and_back(&revoke).await;
}

#[tokio::test]
async fn a_tripwire_is_resumed_by_time_and_consent() {
    let watched = Watched::start().await;
    watched.flip(&Lever::TripwirePause).await;
    let owner = watched.owner();
    let resume = watched.intent(&Lever::ResumeAfterTripwire);
    watched.as_meant(&resume, Signer::Owner(owner), Stage::Signed).await;
    watched.send(owner, &resume.transaction()).await;

    let early = watched.tried(&resume, Signer::Owner(owner), Stage::Waited).await.0;
    watched.world.cosign_resume().await;
    let consented = watched.tried(&resume, Signer::Owner(owner), Stage::Waited).await.0;

    assert_eq!(held_up(&early), Some(Hindrance::NotCosigned(1)));
    assert!(matches!(held_up(&consented), Some(Hindrance::NotBefore(_))), "{consented:?}");
    watched.world.skip(u64::from(DELAY) + 1).await;
    watched.as_meant(&resume, Signer::Owner(owner), Stage::Waited).await;
}

fn held_up(outcome: &SimulatedOutcome) -> Option<Hindrance> {
    let SimulatedOutcome::Refused { data, .. } = outcome else { panic!("{outcome:?}") };
    hindrance(data)
}

#[tokio::test]
async fn an_extension_is_staged_activated_and_retired() {
    let watched = Watched::start().await;
    let coordinator = ContractName::UpgradeCoordinator;
    let module = || DynSolValue::from(module_key("Scheduler"));
    let implementation = watched.world.deployment.contracts.token;
    let stage = || {
        let values = vec![
            module(),
            implementation.into(),
            false.into(),
            DynSolValue::Uint(U256::from(3_600), 64),
            DynSolValue::Bytes(Vec::new()),
        ];
        Lever::Change(change(coordinator, "stageExtension", values))
    };
    let simple = |function| Lever::Change(change(coordinator, function, vec![module()]));

    for lever in [
        stage(),
        simple("withdrawExtension"),
        stage(),
        simple("activateExtension"),
        simple("retireExtension"),
    ] {
        watched.flip(&lever).await;
    }
}

#[tokio::test]
async fn the_keys_of_the_fleet_change_hands_in_plain_sight() {
    let watched = Watched::start().await;
    let owner = watched.owner();
    let stranger = Address::repeat_byte(0x66);
    let guardian = watched.world.account(DevRole::PauseGuardian);
    let member = |member: bool| vec![stranger.into(), DynSolValue::from(member)];
    for (contract, function, values) in [
        (ContractName::PauseGuardian, "setGuardian", vec![stranger.into()]),
        (ContractName::PauseGuardian, "setGuardian", vec![guardian.into()]),
        (ContractName::GuardianCouncil, "setMember", member(true)),
        (ContractName::GuardianCouncil, "setMember", member(false)),
        (ContractName::ValidatorRegistry, "addValidator", vec![stranger.into()]),
        (ContractName::ValidatorRegistry, "removeValidator", vec![stranger.into()]),
        (
            ContractName::OwnerTimelock,
            "updateDelay",
            vec![DynSolValue::Uint(U256::from(DELAY), 256)],
        ),
    ] {
        let lever = Lever::Change(change(contract, function, values));
        if function == "updateDelay" {
            // The delay stays as it is: the question is whether its line is taken for a danger.
            let intent = watched.intent(&lever);
            let (_, lines) = watched.tried(&intent, Signer::Owner(owner), Stage::Signed).await;
            assert!(lines.iter().all(|line| line.expected), "{lines:#?}");
            continue;
        }
        watched.flip(&lever).await;
    }

    let hand_over = watched.form("setGovernance", None, &[("newGovernance", SOMEBODY)]).await;
    let intent = watched.intent(&hand_over);
    let (_, lines) = watched.tried(&intent, Signer::Owner(owner), Stage::Signed).await;
    let line = lines.iter().find(|line| line.changed).unwrap();
    assert!(line.guarded && line.expected, "{line:?}");
}
