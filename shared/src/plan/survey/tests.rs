//! Surveys against a chain that answers from a table.

use alloy_primitives::{Address, B256, U256, address};
use alloy_sol_types::{SolCall, SolValue};

use super::*;
use crate::chain::abi::{IOwnerProxy, ITimelock};
use crate::chain::manager::samples::empty_answers;

const OWNER: Address = Address::repeat_byte(0x0a);
const DELAY: u64 = 30;

/// The manager that the usual manifest names.
const MANAGER: Address = address!("77c7E3905c21177Be97956c6620567596492C497");

fn contracts() -> Contracts {
    let contracts = Contracts::locate(|name| Address::with_last_byte(1 + name as u8));
    Contracts { manager: MANAGER, ..contracts }
}

fn survey() -> Survey {
    Survey {
        manifest: include_str!("../../../../configs/universal.value.manifest.json").to_owned(),
        policies: Some(include_str!("../../../../configs/governance-policies.json").to_owned()),
        adapters: Some(include_str!("../../../../configs/model-adapters.json").to_owned()),
        contracts: contracts(),
        chain_id: 31_337,
        now: Timestamp::from_millis(1_795_415_820_000),
        chain_now: 1_795_415_820,
        answers: Vec::new(),
    }
}

fn returned(value: impl SolValue) -> ReadValue {
    ReadValue::Returned { data: value.abi_encode().into() }
}

/// What an empty chain answers; every operation has this timestamp in the timelock.
fn answer(calls: &[Call], brake: Address, timestamp: u64) -> Vec<ReadValue> {
    let contracts = contracts();
    let mut of_manager = empty_answers(contracts.owner_proxy).into_iter();
    let of_call = |call: &Call| match call.to {
        to if to == contracts.manager => of_manager.next().unwrap(),
        to if to == contracts.owner_proxy => {
            let selector: [u8; 4] = call.data[..4].try_into().unwrap();
            if selector == IOwnerProxy::ownerCall::SELECTOR {
                returned(OWNER)
            } else {
                returned(U256::from(7))
            }
        }
        to if to == contracts.pause_guardian => returned(brake),
        to if to == contracts.owner_timelock => {
            let selector: [u8; 4] = call.data[..4].try_into().unwrap();
            let is_delay = selector == ITimelock::getMinDelayCall::SELECTOR;
            returned(U256::from(if is_delay { DELAY } else { timestamp }))
        }
        // Nobody is in the guild, and no adapter is registered.
        to if to == contracts.validator_registry => returned(Vec::<Address>::new()),
        _ if call.data.len() > 4 => ReadValue::Returned { data: vec![0; 32 * 12].into() },
        _ => returned(Vec::<B256>::new()),
    };
    calls.iter().map(of_call).collect()
}

fn carry_on(mut survey: Survey, brake: Address, timestamp: u64) -> (Surveyed, usize) {
    loop {
        match survey.next() {
            Surveyed::Ask(calls) => survey.answers.push(answer(&calls, brake, timestamp)),
            end @ (Surveyed::Refused { .. } | Surveyed::Trouble { .. } | Surveyed::Ready(_)) => {
                return (end, survey.answers.len());
            }
        }
    }
}

fn ready(survey: Survey, timestamp: u64) -> Outline {
    match carry_on(survey, contracts().owner_proxy, timestamp) {
        (Surveyed::Ready(outline), 3) => *outline,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_empty_chain_is_asked_three_times_and_gets_everything() {
    let outline = ready(survey(), 0);

    let groups: Vec<String> = outline
        .groups
        .iter()
        .map(|group| format!("{} {}", group.orders.len(), group.title))
        .collect();
    insta::assert_snapshot!(groups.join("\n"), @r"
    1 Global parameters
    2 Guardians and pause switch
    7 Domains
    5 Sentinels
    4 Capital streams
    1 Self-improvement
    7 Coverage and funding
    3 Validators' guild
    4 Model adapters
    ");
    assert_eq!((outline.owner, outline.nonce, outline.delay), (OWNER, U256::from(7), DELAY));
    let keys: std::collections::BTreeSet<_> = outline.orders().map(|order| &order.key).collect();
    assert_eq!(keys.len(), outline.orders().count(), "each order has a key of its own");
    let plain = |key: &str| key.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-');
    assert!(keys.iter().all(|key| plain(key)), "{keys:?}");
    assert_eq!(outline.files.len(), 16);
    let batch = outline.batch.as_ref().unwrap();
    let calls = IOwnerProxy::executeBatchCall::abi_decode(&batch.data).unwrap().calls;
    assert_eq!(calls.len(), keys.len(), "the batch has every call");
}

#[test]
fn the_safe_batch_among_the_documents_has_every_call() {
    let outline = ready(survey(), 0);
    let orders = outline.orders().count();

    let file = outline.files.iter().find(|file| file.name.contains("safe-transaction")).unwrap();
    let batch: serde_json::Value = serde_json::from_str(&file.text).unwrap();

    assert_eq!(batch["transactions"].as_array().unwrap().len(), orders);
}

#[test]
fn what_waits_in_the_timelock_is_told_and_not_ordered_again() {
    let delayed = ready(survey(), 0).orders().filter(|order| order.lever.is_delayed()).count();

    let waits = ready(survey(), 1_795_419_420);
    let due = ready(survey(), 1_795_415_000);

    assert!(delayed > 0);
    for outline in [&waits, &due] {
        assert_eq!(outline.waiting.len(), delayed);
        assert!(outline.orders().all(|order| !order.lever.is_delayed()));
    }
    assert!(waits.waiting[0].ends_with("waits until 2026-11-23T07:37:00Z"), "{:?}", waits.waiting);
    assert!(due.waiting[0].ends_with("can be carried out"), "{:?}", due.waiting);
}

#[test]
fn a_brake_that_belongs_to_somebody_else_stops_the_plan() {
    let (end, _) = carry_on(survey(), Address::repeat_byte(9), 0);

    let Surveyed::Trouble { what, .. } = end else { panic!("{end:?}") };
    assert!(what.starts_with("PAUSE_GUARDIAN_NOT_OWNER"), "{what}");
}

#[test]
fn a_refused_file_asks_nothing_of_the_chain() {
    let usual = survey();
    let wrong = usual.manifest.replacen("\"maxDrawdownBps\": 3200", "\"maxDrawdownBps\": 32000", 1);
    let another = usual.manifest.replacen(
        "\"phase8Manager\": \"",
        "\"phase8Manager\": \"0x9999999999999999999999999999999999999999\", \"was\": \"",
        1,
    );
    for (survey, words) in [
        (Survey { manifest: wrong, ..survey() }, "$.global.maxDrawdownBps"),
        (Survey { manifest: String::new(), ..survey() }, "the manifest"),
        (Survey { policies: Some("{".to_owned()), ..survey() }, "the governance policies"),
        (Survey { adapters: Some("[1]".to_owned()), ..survey() }, "the model adapters"),
        (Survey { manifest: another, ..survey() }, "0x9999999999999999999999999999999999999999"),
    ] {
        let (end, rounds) = carry_on(survey, contracts().owner_proxy, 0);

        assert_eq!(rounds, 0, "{words}");
        assert!(format!("{end:?}").contains(words), "{words}: {end:?}");
    }
}

#[test]
fn a_survey_and_its_outline_cross_to_the_worker_and_back() {
    let asked = Survey { answers: vec![vec![returned(U256::ZERO)]], ..survey() };
    let wire = serde_json::to_string(&asked).unwrap();
    assert_eq!(serde_json::from_str::<Survey>(&wire).unwrap(), asked);

    let (end, _) = carry_on(survey(), contracts().owner_proxy, 0);
    let wire = serde_json::to_string(&end).unwrap();
    assert_eq!(serde_json::from_str::<Surveyed>(&wire).unwrap(), end);
}
