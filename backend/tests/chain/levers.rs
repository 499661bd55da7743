//! The bytes that the page builds do on the chain what the page says.

use phase8_shared::chain::{DevRole, Lever};
use phase8_shared::money::MicroUsd;

use crate::support::{Flip, World, mission, terms};

#[tokio::test]
async fn pause_fleet_and_resume_fleet_stop_and_start_the_escrow() {
    let world = World::start().await;
    let contracts = world.deployment.contracts;
    let owner = world.account(DevRole::Owner);

    let paused = world.relay_well(owner, &Lever::PauseFleet.call(&contracts)).await;
    let path =
        "OwnerProxy.execute → Phase8UniversalValueManager.forwardPauseCall → SystemPause.pauseAll";
    assert_eq!(paused.call, path);
    assert!(world.reader.is_fleet_paused().await.unwrap());

    world.relay_well(owner, &Lever::PauseFleet.inverse().unwrap().call(&contracts)).await;
    assert!(!world.reader.is_fleet_paused().await.unwrap());
}

#[tokio::test]
async fn the_pause_guardian_brakes_and_only_the_owner_resumes() {
    let world = World::start().await;
    let contracts = world.deployment.contracts;
    let guardian = world.account(DevRole::PauseGuardian);

    world.relay_well(guardian, &Lever::TripwirePause.call(&contracts)).await;
    assert!(world.reader.is_fleet_paused().await.unwrap());

    let refused = world.relay(guardian, &Lever::ResumeFleet.call(&contracts)).await.unwrap_err();
    assert!(refused.to_string().contains("OwnerProxyNotAllowed"), "{refused}");

    let owner = world.account(DevRole::Owner);
    let refused = world.relay(owner, &Lever::ResumeFleet.call(&contracts)).await.unwrap_err();
    assert!(refused.to_string().contains("SystemPauseTripped"), "{refused}");

    world.cosign_resume().await;
    world.flip(owner, &Lever::TripwirePause.inverse().unwrap()).await;
    assert!(!world.reader.is_fleet_paused().await.unwrap());
}

#[tokio::test]
async fn a_stranger_at_the_brake_hears_who_was_expected() {
    let world = World::start().await;
    let operator = world.account(DevRole::Operator);

    let refused = world
        .relay(operator, &Lever::TripwirePause.call(&world.deployment.contracts))
        .await
        .unwrap_err();

    let text = refused.to_string();
    assert!(text.starts_with("PAUSE_GUARDIAN_NOT_OWNER"), "{text}");
    assert!(text.contains(&operator.to_string()), "{text}");
    assert!(text.contains(&world.deployment.contracts.owner_proxy.to_string()), "{text}");
}

#[tokio::test]
async fn the_budget_cap_goes_down_and_up_again() {
    let world = World::start().await;
    let (contracts, owner) = (world.deployment.contracts, world.account(DevRole::Owner));
    let terms = terms(&world);
    let key = mission(1).key();
    world.fund(mission(1), &terms).await;
    assert_eq!(world.reader.cap_of(key).await.unwrap(), terms.budget_cap);

    let lower =
        Lever::BudgetCap { mission: key, now: terms.budget_cap, new: MicroUsd::new(300_000_000) };
    world.relay_well(owner, &lower.call(&contracts)).await;
    assert_eq!(world.reader.cap_of(key).await.unwrap(), MicroUsd::new(300_000_000));

    world.flip(owner, &lower.inverse().unwrap()).await;
    assert_eq!(world.reader.cap_of(key).await.unwrap(), terms.budget_cap);
}
