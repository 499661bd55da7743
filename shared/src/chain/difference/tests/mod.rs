//! What a lever changes, line by line.

mod later;

use alloy_dyn_abi::DynSolValue;
use alloy_primitives::{Address, B256, Bytes, U256};

use super::super::manager::samples::{
    NOW, contracts, domain, parameters, registry, returned, uint,
};
use super::super::manager::{self, EntryKind};
use super::super::{AdapterScope, Circumstances, Lever, slug_key};
use super::*;
use crate::id::MissionKey;
use crate::money::MicroUsd;

const MISSION: MissionKey = MissionKey(B256::repeat_byte(0xaa));

fn intent(lever: Lever) -> Intent {
    let around = Circumstances {
        chain_id: 31337,
        nonce: U256::ZERO,
        deadline: NOW + 60,
        delay: 3_600,
        salt: B256::ZERO,
    };
    Intent::new(lever, &contracts(), around)
}

fn names() -> Names {
    registry().names(Names::default()).with(MISSION.0, "3f2a…91bc")
}

fn asked(intent: &Intent, stage: Stage) -> Vec<Question> {
    let (contracts, names, registry) = (contracts(), names(), registry());
    let subject = Subject { contracts: &contracts, names: &names, registry: Some(&registry) };
    questions(intent, subject, stage)
}

fn answer(values: Vec<DynSolValue>) -> ReadValue {
    ReadValue::Returned { data: DynSolValue::Tuple(values).abi_encode_params().into() }
}

/// A chain that answers with what is told here, and everything else as on a quiet day.
type Told<'a> = &'a [(&'a str, ReadValue)];

fn answers(questions: &[Question], told: Told<'_>) -> Vec<ReadValue> {
    let find = |question: &Question| {
        let name = question.view.name();
        let found = told.iter().find(|(view, _)| *view == name).map(|(_, answer)| answer.clone());
        found.unwrap_or_else(|| match name {
            "owner" | "governance" | "guardian" => answer(vec![Address::repeat_byte(1).into()]),
            "paused" | "tripped" => answer(vec![false.into()]),
            "getMinDelay" => answer(vec![uint(3_600, 256)]),
            "getTimestamp" => answer(vec![uint(0, 256)]),
            other => panic!("say what {other} answers"),
        })
    };
    questions.iter().map(find).collect()
}

/// Each line as `label: now → new`, with a mark: `*` changed, `!` not as the lever means it.
fn lines(intent: &Intent, stage: Stage, before: Told<'_>, after: Told<'_>) -> Vec<String> {
    let questions = asked(intent, stage);
    let (before, after) = (answers(&questions, before), answers(&questions, after));
    difference(&questions, &before, &after, &names())
        .into_iter()
        .map(|line| {
            let mark = match (line.changed, line.expected) {
                (true, true) => "* ",
                (false, true) => "  ",
                (_, false) => "! ",
            };
            format!("{mark}{}: {} → {}", line.label, line.now, line.new)
        })
        .collect()
}

const SOMEBODY: &str = "0x0101010101010101010101010101010101010101";

fn quiet() -> Vec<String> {
    vec![
        format!("  Owner: {SOMEBODY} → {SOMEBODY}"),
        format!("  Pause guardian: {SOMEBODY} → {SOMEBODY}"),
        "  Fleet: runs → runs".to_owned(),
        format!("  Governance of the manager: {SOMEBODY} → {SOMEBODY}"),
        "  Delay of the timelock: 1 hour → 1 hour".to_owned(),
    ]
}

fn cap(now: u64, new: u64) -> Lever {
    Lever::BudgetCap { mission: MISSION, now: MicroUsd::new(now), new: MicroUsd::new(new) }
}

fn manager_lever(function: &str, values: Vec<DynSolValue>) -> Lever {
    manager::lever(function, values, &registry(), NOW).unwrap()
}

#[test]
fn lowering_a_cap_changes_the_cap_and_nothing_else() {
    let intent = intent(cap(5_000_000, 2_500_000));
    let capped = |micro| [("capOf", answer(vec![uint(micro, 256)]))];

    let found = lines(&intent, Stage::Signed, &capped(5_000_000), &capped(2_500_000));

    let mut expected = vec!["* Budget cap of mission 3f2a…91bc: $5.00 → $2.50".to_owned()];
    expected.extend(quiet());
    assert_eq!(found, expected);
    let other = lines(&intent, Stage::Signed, &capped(5_000_000), &capped(9_000_000));
    assert_eq!(
        other.first().map(String::as_str),
        Some("! Budget cap of mission 3f2a…91bc: $5.00 → $9.00")
    );
}

#[test]
fn raising_a_cap_begins_to_wait_and_changes_the_cap_later() {
    let intent = intent(cap(2_500_000, 5_000_000));
    let capped = |micro| ("capOf", answer(vec![uint(micro, 256)]));
    let waits = |at| ("getTimestamp", answer(vec![uint(at, 256)]));

    let signed = lines(
        &intent,
        Stage::Signed,
        &[capped(2_500_000), waits(0)],
        &[capped(2_500_000), waits(NOW)],
    );
    let waited = lines(&intent, Stage::Waited, &[capped(2_500_000)], &[capped(5_000_000)]);
    let sneaky = lines(
        &intent,
        Stage::Signed,
        &[capped(2_500_000), waits(0)],
        &[capped(5_000_000), waits(0)],
    );

    assert_eq!(
        signed.get(..2).unwrap(),
        [
            "  Budget cap of mission 3f2a…91bc: $2.50 → $2.50",
            "* Waits in the timelock: does not wait → until 2026-11-23T06:37:00Z",
        ]
    );
    assert_eq!(
        waited.first().map(String::as_str),
        Some("* Budget cap of mission 3f2a…91bc: $2.50 → $5.00")
    );
    assert_eq!(
        sneaky.get(..2).unwrap(),
        [
            "! Budget cap of mission 3f2a…91bc: $2.50 → $5.00",
            "! Waits in the timelock: does not wait → does not wait",
        ]
    );
}

#[test]
fn a_change_of_owner_in_passing_is_told_apart() {
    let intent = intent(cap(5, 4));
    let questions = asked(&intent, Stage::Signed);
    let capped = |micro| ("capOf", answer(vec![uint(micro, 256)]));
    let thief = ("owner", answer(vec![Address::repeat_byte(0x66).into()]));
    let before = answers(&questions, &[capped(5)]);
    let after = answers(&questions, &[capped(4), thief]);

    let found = difference(&questions, &before, &after, &names());

    let loud: Vec<&Difference> = found.iter().filter(|line| !line.expected).collect();
    let [line] = loud.as_slice() else { panic!("one line: {loud:?}") };
    assert!(line.guarded && line.changed);
    assert_eq!((line.label.as_str(), line.now.as_str()), ("Owner", SOMEBODY));
}

#[test]
fn pausing_is_the_purpose_of_a_pause_and_nothing_elses() {
    let paused = |fleet: bool, wire: bool| {
        [("paused", answer(vec![fleet.into()])), ("tripped", answer(vec![wire.into()]))]
    };
    let first = |lever: Lever, after: Told<'_>| {
        lines(&intent(lever), Stage::Signed, &paused(false, false), after)
            .into_iter()
            .take(2)
            .collect::<Vec<_>>()
    };

    assert_eq!(
        first(Lever::PauseFleet, &paused(true, false)),
        ["* Fleet: runs → paused", "  Tripwire: no tripwire holds it → no tripwire holds it"]
    );
    assert_eq!(
        first(Lever::PauseFleet, &paused(true, true)),
        ["* Fleet: runs → paused", "! Tripwire: no tripwire holds it → held by a tripwire"]
    );
    assert_eq!(
        first(Lever::TripwirePause, &paused(true, true)),
        ["* Fleet: runs → paused", "* Tripwire: no tripwire holds it → held by a tripwire"]
    );
    let fleet = asked(&intent(Lever::PauseFleet), Stage::Signed)
        .into_iter()
        .filter(|question| question.view.name() == "paused")
        .collect::<Vec<_>>();
    assert!(fleet.len() == 1 && fleet.first().unwrap().guarded, "asked once, and guarded");
}

#[test]
fn adapters_are_called_by_the_id_that_the_registry_tells() {
    let (now, new) = (B256::repeat_byte(1), B256::repeat_byte(2));
    let lever = Lever::ActiveAdapter {
        scope: AdapterScope::Role { role: "analyst".parse().unwrap() },
        now,
        new,
        reason: String::new(),
    };
    let intent = intent(lever);
    let questions = asked(&intent, Stage::Waited);
    let told = |key: B256, ids: [&str; 2]| {
        let mut ids = ids.into_iter();
        questions
            .iter()
            .map(|question| match question.view.name() {
                "adapterOf" => answer(vec![
                    ids.next().unwrap().to_owned().into(),
                    B256::ZERO.into(),
                    DynSolValue::Int(alloy_primitives::I256::ZERO, 256),
                    true.into(),
                ]),
                "activeAdapter" => answer(vec![key.into()]),
                _ => answers(std::slice::from_ref(question), &[]).remove(0),
            })
            .collect::<Vec<_>>()
    };

    let found = difference(
        &questions,
        &told(now, ["small", "large"]),
        &told(new, ["small", "large"]),
        &names(),
    );

    let line = found.first().unwrap();
    assert_eq!(
        (line.label.as_str(), line.now.as_str(), line.new.as_str(), line.expected),
        ("Adapter for every analyst", "small", "large", true)
    );
}

#[test]
fn a_registration_is_shown_field_by_field() {
    let intent = intent(manager_lever("registerDomain", vec![domain("moon-base")]));
    let mut unknown = alloy_primitives::keccak256("UnknownDomain(bytes32)")[..4].to_vec();
    unknown.extend(slug_key("moon-base"));
    let missing = ReadValue::Reverted { data: unknown.into(), why: "no such domain".to_owned() };
    let there = returned("getDomain", vec![domain("moon-base")]);

    let found = lines(&intent, Stage::Signed, &[("getDomain", missing)], &[("getDomain", there)]);

    assert_eq!(
        found.get(..13).unwrap(),
        [
            "* Domain moon-base: not registered → registered",
            "* Domain moon-base: slug: – → moon-base",
            "* Domain moon-base: name: – → The moon-base",
            "* Domain moon-base: metadata URI: – → ipfs://domain",
            "* Domain moon-base: orchestrator: – → 0x1111111111111111111111111111111111111111",
            "* Domain moon-base: capital vault: – → 0x1212121212121212121212121212121212121212",
            "* Domain moon-base: validator module: – → 0x1313131313131313131313131313131313131313",
            "* Domain moon-base: policy kernel: – → 0x1414141414141414141414141414141414141414",
            "* Domain moon-base: heartbeat: – → 10 minutes",
            "* Domain moon-base: TVL limit: – → 5,000,000",
            "* Domain moon-base: autonomy level: – → 8000 bps (80 %)",
            "* Domain moon-base: status: – → active",
            &quiet().first().unwrap().clone(),
        ]
    );
}

#[test]
fn a_removal_unbinds_and_says_so() {
    let intent = intent(manager_lever("removeDomain", vec![slug_key("earth-grid").into()]));
    let mut unknown = alloy_primitives::keccak256("UnknownDomain(bytes32)")[..4].to_vec();
    unknown.extend(slug_key("earth-grid"));
    let gone = ReadValue::Reverted { data: unknown.into(), why: "no such domain".to_owned() };
    let ids = |slugs: &[&str]| {
        let ids = slugs.iter().map(|slug| DynSolValue::from(slug_key(slug)));
        answer(vec![DynSolValue::Array(ids.collect())])
    };

    let found = lines(
        &intent,
        Stage::Signed,
        &[
            ("getDomain", returned("getDomain", vec![domain("Earth-Grid")])),
            ("getSentinelDomains", ids(&["earth-grid"])),
            ("getCapitalStreamDomains", ids(&["sea-lanes", "earth-grid"])),
        ],
        &[
            ("getDomain", gone),
            ("getSentinelDomains", ids(&[])),
            ("getCapitalStreamDomains", ids(&["sea-lanes"])),
        ],
    );

    assert_eq!(
        found.first().map(String::as_str),
        Some("* Domain Earth-Grid: registered → not registered")
    );
    assert_eq!(
        found.get(12..14).unwrap(),
        [
            "* Sentinel watch: domains: Earth-Grid → every domain",
            "* Capital stream fund: domains: Earth-Grid, sea-lanes → sea-lanes",
        ]
    );
}

#[test]
fn a_parameter_that_moves_along_is_told_apart() {
    let values = vec![uint(60, 64), uint(3_600, 64), uint(1_500, 256)];
    let intent = intent(manager_lever("updateRiskParameters", values));
    let mut after = parameters();
    *after.get_mut(6).unwrap() = uint(60, 64);
    *after.first_mut().unwrap() = Address::repeat_byte(0x66).into();

    let found = lines(
        &intent,
        Stage::Signed,
        &[("globalParameters", returned("globalParameters", parameters()))],
        &[("globalParameters", returned("globalParameters", after))],
    );

    let moved: Vec<&String> = found.iter().filter(|line| !line.starts_with("  ")).collect();
    assert_eq!(
        moved,
        [
            "! Parameters: treasury: 0x4141414141414141414141414141414141414141 → \
             0x6666666666666666666666666666666666666666",
            "* Parameters: heartbeat: 5 minutes → 1 minute",
        ]
    );
}

#[test]
fn what_cannot_be_read_is_never_as_expected() {
    let intent = intent(cap(5, 4));
    let reverted = ReadValue::Reverted { data: Bytes::new(), why: "out of gas".to_owned() };
    let nothing = ReadValue::Returned { data: Bytes::new() };
    let capped = answer(vec![uint(5_000_000, 256)]);

    let found = lines(&intent, Stage::Signed, &[("capOf", capped)], &[("capOf", reverted)]);
    let empty = lines(&intent, Stage::Signed, &[("capOf", nothing.clone())], &[("capOf", nothing)]);
    let missing = difference(&asked(&intent, Stage::Signed), &[], &[], &names());

    assert_eq!(
        found.first().map(String::as_str),
        Some("! Budget cap of mission 3f2a…91bc: $5.00 → cannot be read: out of gas")
    );
    assert_eq!(
        empty.first().map(String::as_str),
        Some(
            "! Budget cap of mission 3f2a…91bc: cannot be read: there is no BudgetManager → \
             cannot be read: there is no BudgetManager"
        )
    );
    assert!(missing.iter().all(|line| !line.expected) && missing.len() == 6);
}

#[test]
fn every_manager_call_has_questions_of_its_own() {
    for (function, values) in manager::samples::calls() {
        let intent = intent(manager_lever(function, values));
        let questions = asked(&intent, Stage::Signed);
        assert!(
            questions.iter().any(|question| question.hope != Hope::Fields(Vec::new())),
            "{function}"
        );
        assert!(questions.iter().filter(|question| question.guarded).count() == 5, "{function}");
    }
}

#[test]
fn each_stage_is_tried_out_as_who_makes_the_call() {
    let (owner, guardian) = (Address::repeat_byte(1), Address::repeat_byte(2));
    let raise = intent(cap(4, 5));
    let trip = intent(Lever::TripwirePause);
    let simulate = |intent: &Intent, signer, stage| {
        simulated_call(intent, &contracts(), signer, stage).map(|call| (call.from, call.to))
    };

    let contracts = contracts();
    assert_eq!(
        simulate(&raise, Signer::Owner(owner), Stage::Signed),
        Some((owner, contracts.owner_proxy))
    );
    assert_eq!(
        simulate(&raise, Signer::Owner(owner), Stage::Waited),
        Some((contracts.owner_timelock, contracts.budget_manager))
    );
    assert_eq!(
        simulate(&trip, Signer::PauseGuardian(guardian), Stage::Signed),
        Some((guardian, contracts.pause_guardian))
    );
    assert_eq!(simulate(&raise, Signer::PauseGuardian(guardian), Stage::Signed), None);
    assert_eq!(simulate(&trip, Signer::Owner(owner), Stage::Waited), None);
}

#[test]
fn what_only_needs_time_or_consent_is_no_refusal() {
    let revert = |signature: &str, number: Option<u64>| {
        let mut data = alloy_primitives::keccak256(signature)[..4].to_vec();
        data.extend(number.into_iter().flat_map(|it| U256::from(it).to_be_bytes::<32>()));
        hindrance(&data).map(|it| it.to_string())
    };

    for (signature, number, words) in [
        (
            "PauseGuardianTooEarly(uint256)",
            Some(NOW),
            Some("it can be carried out from 2026-11-23T06:37:00Z on"),
        ),
        (
            "UpgradeCoordinatorTooEarly(uint256)",
            Some(NOW),
            Some("it can be carried out from 2026-11-23T06:37:00Z on"),
        ),
        (
            "PauseGuardianNotCosigned(uint256)",
            Some(3),
            Some("the guardian council must co-sign the resume after tripwire 3 first"),
        ),
        ("UpgradeCoordinatorFleetRunning()", None, Some("the fleet must be paused first")),
        ("UpgradeCoordinatorVetoed(bytes32)", Some(1), None),
    ] {
        assert_eq!(revert(signature, number).as_deref(), words, "{signature}");
    }
    assert_eq!(hindrance(&[]), None);
}

#[test]
fn every_error_that_is_waited_out_is_one_of_the_contracts() {
    for (artifact, error) in [
        ("PauseGuardian", "PauseGuardianTooEarly"),
        ("PauseGuardian", "PauseGuardianNotCosigned"),
        ("UpgradeCoordinator", "UpgradeCoordinatorTooEarly"),
        ("UpgradeCoordinator", "UpgradeCoordinatorFleetRunning"),
        ("Phase8UniversalValueManager", "UnknownDomain"),
        ("Phase8UniversalValueManager", "UnknownSentinel"),
        ("Phase8UniversalValueManager", "UnknownStream"),
    ] {
        let path = format!("{}/../contracts/artifacts/{artifact}.json", env!("CARGO_MANIFEST_DIR"));
        let artifact: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let items = artifact["abi"].as_array().unwrap();
        assert!(items.iter().any(|it| it["type"] == "error" && it["name"] == error), "{error}");
    }
    assert_eq!(EntryKind::ALL.len(), 3);
}
