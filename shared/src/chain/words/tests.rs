//! Every lever in words.

use alloy_dyn_abi::DynSolValue;
use alloy_primitives::U256;

use super::super::decode::signature::{Kind, Leaf};
use super::super::decode::{self, FUNCTIONS};
use super::super::manager;
use super::super::manager::samples::{NOW, domain, empty, parameters, registry, uint};
use super::super::{Change, ContractName, slug_key};
use super::*;
use crate::id::MissionKey;
use crate::money::MicroUsd;

const MISSION: MissionKey = MissionKey(B256::repeat_byte(0xaa));
const SMALL: B256 = B256::repeat_byte(1);
const LARGE: B256 = B256::repeat_byte(2);

fn words(lever: &Lever) -> LeverWords {
    let names = registry().names(Names::default());
    let names = names.with(MISSION.0, "3f2a…91bc").with(SMALL, "small").with(LARGE, "large");
    lever_words(lever, 600, &names)
}

fn check(lever: &Lever, expected: [&str; 4]) {
    let words = words(lever);
    assert_eq!(
        [words.now.as_str(), words.new.as_str(), words.effect.as_str(), words.undo.as_str()],
        expected,
        "{}",
        words.title
    );
}

fn manager_lever(function: &str, values: Vec<DynSolValue>) -> Lever {
    manager::lever(function, values, &registry(), NOW).unwrap()
}

const AT_ONCE: &str = "At once, when the transaction is in a block.";
const WAITS: &str = "After 10 minutes: until then it waits in the owner's timelock, where a guardian can cancel it; then anybody may carry it out.";
const STANDS: &str = "every mission stands still: no new spend, no payout";

#[test]
fn brakes_act_at_once_and_their_undo_waits() {
    check(
        &Lever::PauseFleet,
        [
            "the fleet runs",
            STANDS,
            "At once, when the transaction is in a block. Calls under way are cut off.",
            "Resume Fleet, by the owner, at once",
        ],
    );
    check(
        &Lever::TripwirePause,
        [
            "the fleet runs",
            STANDS,
            "At once, when the transaction is in a block. Calls under way are cut off, and nobody's consent is needed.",
            "Resume after Tripwire, by the owner, after 10 minutes and with the guardian council's co-signatures",
        ],
    );
    check(
        &Lever::ResumeAfterTripwire,
        [
            "a tripwire holds the fleet",
            "missions go on where they stopped",
            &format!(
                "{WAITS} The guardian council must co-sign as well, and the delay is counted from the tripwire too."
            ),
            "Tripwire Pause, by the pause guardian, at once",
        ],
    );
    let cap = |now, new| Lever::BudgetCap {
        mission: MISSION,
        now: MicroUsd::new(now),
        new: MicroUsd::new(new),
    };
    check(
        &cap(2_500_000, 1_000_000),
        [
            "$2.50 may be spent",
            "$1.00 may be spent",
            AT_ONCE,
            "Budget Cap back to $2.50, by the owner, after 10 minutes",
        ],
    );
    check(
        &cap(1_000_000, 2_500_000),
        [
            "$1.00 may be spent",
            "$2.50 may be spent",
            WAITS,
            "Budget Cap back to $1.00, by the owner, at once",
        ],
    );
}

#[test]
fn adapters_are_called_by_name() {
    let scope = || AdapterScope::Mission { mission: MISSION };
    let choose = |now, reason: &str| Lever::ActiveAdapter {
        scope: scope(),
        now,
        new: LARGE,
        reason: reason.to_owned(),
    };
    check(
        &choose(SMALL, "cheaper"),
        [
            "small answers for every agent of mission 3f2a…91bc",
            "large answers for every agent of mission 3f2a…91bc, because: cheaper",
            WAITS,
            "Roll Back Adapter to small, by the owner, at once",
        ],
    );
    check(
        &choose(B256::ZERO, ""),
        [
            "the mission's plan decides who answers for every agent of mission 3f2a…91bc",
            "large answers for every agent of mission 3f2a…91bc",
            WAITS,
            "Nothing gives the choice back to the mission's plan; another adapter can be chosen",
        ],
    );
    check(
        &Lever::RollBackAdapter { scope: scope(), now: LARGE, new: SMALL },
        [
            "large answers for every agent of mission 3f2a…91bc",
            "again small answers for every agent of mission 3f2a…91bc",
            AT_ONCE,
            "Active Adapter back to large, by the owner, after 10 minutes",
        ],
    );
}

#[test]
fn people_are_asked_and_sent_away_in_words() {
    let validator = Address::repeat_byte(0x11);
    check(
        &Lever::Summon { mission: MISSION, validator, expiry: NOW },
        [
            "0x1111111111111111111111111111111111111111 has no read token for mission 3f2a…91bc",
            "0x1111111111111111111111111111111111111111 may read mission 3f2a…91bc until 2026-11-23T06:37:00Z",
            AT_ONCE,
            "Revoke Summons, by the owner, at once, as soon as the summons has its number",
        ],
    );
    check(
        &Lever::CoPilot { mission: MISSION, required: true },
        [
            "agents work alone in mission 3f2a…91bc",
            "a person must work along in mission 3f2a…91bc",
            AT_ONCE,
            "Human Co-pilot, by the owner, after 10 minutes",
        ],
    );
}

#[test]
fn an_update_names_what_differs() {
    let mut config = domain("Earth-Grid").as_tuple().unwrap().to_vec();
    *config.get_mut(7).unwrap() = uint(60, 64);
    *config.get_mut(10).unwrap() = false.into();
    let lever = manager_lever(
        "updateDomain",
        vec![slug_key("earth-grid").into(), DynSolValue::Tuple(config)],
    );

    check(
        &lever,
        [
            "domain Earth-Grid: heartbeat 10 minutes, status active",
            "domain Earth-Grid: heartbeat 1 minute, status switched off",
            AT_ONCE,
            "Update Domain back as it is now, by the owner, at once",
        ],
    );
    assert_eq!(
        words(&lever).changes.first(),
        Some(&FieldChange {
            label: "Heartbeat".to_owned(),
            now: Some("10 minutes".to_owned()),
            new: Some("1 minute".to_owned()),
        })
    );
}

#[test]
fn entries_come_and_go_in_words() {
    let register = manager_lever("registerDomain", vec![domain("moon-base")]);
    check(
        &register,
        [
            "no domain moon-base",
            "domain moon-base is registered",
            AT_ONCE,
            "Retire Domain, by the owner, at once",
        ],
    );
    assert_eq!(words(&register).changes.len(), 11);
    check(
        &manager_lever("removeDomain", vec![slug_key("sea-lanes").into()]),
        [
            "domain sea-lanes is registered",
            "no domain sea-lanes",
            AT_ONCE,
            "Register Domain, by the owner, at once; sentinels and streams that were bound to it are bound anew afterwards",
        ],
    );
    check(
        &manager_lever(
            "setSentinelDomains",
            vec![slug_key("watch").into(), DynSolValue::Array(Vec::new())],
        ),
        [
            "sentinel watch: domains Earth-Grid",
            "sentinel watch: domains every domain",
            AT_ONCE,
            "Sentinel Domains back as it is now, by the owner, at once",
        ],
    );
}

#[test]
fn what_cannot_be_undone_says_so() {
    let first = |registry: &manager::Registry, function: &str, values| {
        words(&manager::lever(function, values, registry, NOW).unwrap()).undo
    };

    assert_eq!(
        first(&empty(), "setGlobalParameters", vec![DynSolValue::Tuple(parameters())]),
        "Nothing: no parameters are set yet, and none cannot be set again"
    );
    assert_eq!(
        first(&registry(), "setGovernance", vec![Address::repeat_byte(1).into()]),
        "Nothing here: only whoever governs then can hand it back"
    );
}

#[test]
fn a_call_that_changes_nothing_says_so() {
    let lever = manager_lever("setGlobalParameters", vec![DynSolValue::Tuple(parameters())]);
    assert_eq!(words(&lever).new, "the same as now: nothing changes");
}

fn sample(kind: &Kind) -> DynSolValue {
    match kind {
        Kind::Leaf(Leaf::Address) => Address::repeat_byte(9).into(),
        Kind::Leaf(Leaf::Bool) => true.into(),
        Kind::Leaf(Leaf::String) => "text".to_owned().into(),
        Kind::Leaf(Leaf::Bytes) => DynSolValue::Bytes(Vec::new()),
        Kind::Leaf(Leaf::FixedBytes(size)) => DynSolValue::FixedBytes(B256::ZERO, *size),
        Kind::Leaf(Leaf::Uint(bits)) => DynSolValue::Uint(U256::from(90), *bits),
        Kind::Leaf(Leaf::Int(bits)) => DynSolValue::Int(alloy_primitives::I256::ONE, *bits),
        Kind::Tuple(fields) => {
            DynSolValue::Tuple(fields.iter().map(|field| sample(&field.kind)).collect())
        }
        Kind::Array(item) => DynSolValue::Array(vec![sample(item)]),
    }
}

#[test]
fn every_function_of_the_table_has_words() {
    for function in FUNCTIONS {
        let (_, parameters) = decode::find_named(function.contract, function.name()).unwrap();
        let values = parameters.iter().map(|parameter| sample(&parameter.kind)).collect();
        let data = decode::encode(function, values).unwrap();
        let change = Change { contract: function.contract, data, undo: None };

        let words = words(&Lever::Change(change));

        assert!(
            !words.now.is_empty() && !words.new.contains("unknown"),
            "{}",
            function.declaration
        );
        assert_eq!(words.title, function.title);
    }
    let odd = Change { contract: ContractName::Manager, data: vec![1, 2, 3, 4].into(), undo: None };
    assert_eq!(words(&Lever::Change(odd)).new, "unknown: the call cannot be taken apart");
}
