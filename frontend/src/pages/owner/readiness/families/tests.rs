//! Which levers are armed, and why others are not.

use alloy_primitives::Address;
use phase8_shared::chain::Contracts;

use super::super::standing::{OWNED, Standing};
use super::{Armed, families};

fn contracts() -> Contracts {
    Contracts::locate(|name| Address::with_last_byte(1 + name as u8))
}

fn sound() -> Standing {
    let contracts = contracts();
    Standing {
        owner: Some(Address::with_last_byte(99)),
        manager_governance: Some(contracts.owner_proxy),
        manager_pause: Some(contracts.system_pause),
        pause_governance: Some(contracts.manager),
        paused: Some(false),
        tripped: Some(false),
        guardian: Some(Address::with_last_byte(98)),
        guardian_council: Some(contracts.guardian_council),
        guardian_timelock: Some(contracts.owner_timelock),
        delay: Some(120),
        can_propose: Some(true),
        can_cancel: Some(true),
        members: Some(vec![]),
        cosignatures_needed: Some(1),
        owners: OWNED.map(|_| Some(contracts.owner_proxy)).to_vec(),
        ..Standing::default()
    }
}

fn armed(standing: &Standing, id: &str) -> Armed {
    let family = families(standing, &contracts()).into_iter().find(|family| family.id == id);
    family.unwrap().armed
}

#[test]
fn a_sound_deployment_arms_every_lever() {
    for family in families(&sound(), &contracts()) {
        assert!(matches!(family.armed, Armed::Yes(_)), "{family:?}");
    }
    assert_eq!(
        armed(&sound(), "resume_after_tripwire").why(),
        "Waits 2 min and needs 1 co-signature of the council."
    );
}

#[test]
fn a_foreign_pause_guardian_is_explained_with_found_and_expected() {
    let mut standing = sound();
    *standing.owners.last_mut().unwrap() = Some(Address::with_last_byte(0x77));

    let armed = armed(&standing, "tripwire");

    assert_eq!(
        armed.why(),
        "PAUSE_GUARDIAN_NOT_OWNER: the pause guardian contract belongs to 0x0000…0077, expected 0x0000…0002."
    );
    assert_eq!(armed.state().1, "Not armed");
}

#[test]
fn a_switch_that_obeys_somebody_else_disarms_the_fleet_levers_alone() {
    let standing = Standing { pause_governance: Some(Address::with_last_byte(0x55)), ..sound() };

    assert!(armed(&standing, "fleet").why().starts_with("SystemPause obeys 0x0000…0055"));
    assert!(matches!(armed(&standing, "registry"), Armed::Yes(_)));
}

#[test]
fn an_address_without_code_is_named() {
    let standing = Standing { can_propose: None, ..sound() };

    assert!(armed(&standing, "budget_cap").why().starts_with("No OwnerTimelock answers at"));
}

#[test]
fn a_trip_shows_at_the_fleet_levers() {
    let standing = Standing { tripped: Some(true), paused: Some(true), ..sound() };

    assert_eq!(armed(&standing, "fleet").state().1, "Armed, look");
}
