//! What the check tells before a signature.

use alloy_primitives::b256;
use phase8_shared::money::MicroUsd;

use super::*;
use crate::live::sample;

const OWNER: Address = Address::repeat_byte(0x0a);
const GUARDIAN: Address = Address::repeat_byte(0x0b);

fn deployment() -> Deployment {
    Deployment {
        chain_id: 31_337,
        from_block: 0,
        contracts: Contracts::locate(|name| Address::with_last_byte(1 + name as u8)),
        payees: std::collections::BTreeMap::new(),
        dev_accounts: Vec::new(),
    }
}

const KNOWN: Known = Known { owner: OWNER, guardian: GUARDIAN, delay: 60 };

fn word(number: u64) -> ReadValue {
    ReadValue::Returned { data: U256::from(number).to_be_bytes::<32>().to_vec().into() }
}

fn address(address: Address) -> ReadValue {
    ReadValue::Returned { data: address.into_word().to_vec().into() }
}

fn refuses() -> ReadValue {
    ReadValue::Reverted { data: Bytes::new(), why: "it refuses".to_owned() }
}

/// What the endpoints say of an honest deployment with this nonce, to a plan's first questions.
fn basics(nonce: u64) -> Vec<ReadValue> {
    vec![address(OWNER), address(GUARDIAN), word(60), word(nonce), word(0), word(0), refuses()]
}

fn answer(before: Vec<ReadValue>, after: Option<Vec<ReadValue>>) -> ReadAnswer {
    ReadAnswer {
        block: 12,
        block_hash: B256::repeat_byte(1),
        timestamp: 1_000_000,
        as_of: 1_000_001,
        before,
        outcome: Some(SimulatedOutcome::Succeeds {
            return_data: Bytes::new(),
            gas_used: 1,
            logs: Vec::new(),
        }),
        after,
        endpoints: vec![EndpointSaid { name: "a:1".to_owned(), said: Said::Agreed {} }],
        quorum: 1,
    }
}

fn plan(lever: Lever, account: Option<Address>) -> Plan {
    let draft = Draft::new(lever, B256::repeat_byte(7));
    Plan::new(draft, &deployment(), KNOWN, account, Named::default())
}

fn lowered() -> Lever {
    Lever::BudgetCap {
        mission: sample::mission().key(),
        now: MicroUsd::new(5),
        new: MicroUsd::new(4),
    }
}

/// The plan's questions answered so that the cap moves from 5 to 4 and nothing else.
fn answered(plan: &Plan, nonce: u64, moved: u64) -> ReadAnswer {
    let cap = deployment().contracts.budget_manager;
    let rest = plan.request.calls.get(BASICS..).unwrap();
    let side = |value: u64| {
        let mut all = basics(nonce);
        all.extend(rest.iter().map(|call| if call.to == cap { word(value) } else { word(0) }));
        all
    };
    answer(side(5), Some(side(moved)))
}

#[test]
fn one_request_asks_for_everything_that_a_signature_needs() {
    let plan = plan(lowered(), Some(OWNER));

    let simulated = plan.request.simulate.as_ref().unwrap();
    assert_eq!((simulated.from, simulated.to), (OWNER, deployment().contracts.owner_proxy));
    assert_eq!(plan.request.check(), Ok(()));
    let checked = plan.read(&answered(&plan, 3, 4)).unwrap().unwrap();
    assert_eq!(checked.intent.request.nonce, U256::from(3));
    assert_eq!(checked.intent.request.deadline, 1_000_001 + GOOD_FOR);
    assert_eq!(checked.block(), None);
    assert_eq!(checked.expect.len(), 1, "the cap as it will be");
    assert_eq!(checked.said(), "1 endpoint: quorum of one");
    let changed: Vec<_> = checked.lines.iter().filter(|line| line.changed).collect();
    assert_eq!(changed.len(), 1);
    assert!(changed.iter().all(|line| line.expected));
}

#[test]
fn a_change_that_the_lever_does_not_mean_is_a_surprise() {
    let plan = plan(lowered(), Some(OWNER));

    let checked = plan.read(&answered(&plan, 3, 9)).unwrap().unwrap();

    let surprises: Vec<_> = checked.surprises().map(|line| line.new.clone()).collect();
    assert_eq!(surprises.len(), 1, "{surprises:?}");
}

#[test]
fn another_owner_or_delay_makes_it_ask_again_instead_of_signing() {
    let plan = plan(lowered(), Some(OWNER));
    let mut told = answered(&plan, 3, 4);
    if let Some(owner) = told.before.first_mut() {
        *owner = address(GUARDIAN);
    }

    let found = plan.read(&told).unwrap().unwrap_err();

    assert_eq!(found.owner, GUARDIAN);
}

#[test]
fn what_cannot_be_tried_out_blocks() {
    let plan = plan(lowered(), Some(OWNER));
    let with = |change: fn(&mut ReadAnswer)| {
        let mut told = answered(&plan, 3, 4);
        change(&mut told);
        plan.read(&told).unwrap().unwrap().block()
    };

    assert!(matches!(with(|told| told.outcome = None), Some(Block::Unavailable(_))));
    let refused = with(|told| {
        let why = "paused".to_owned();
        told.outcome = Some(SimulatedOutcome::Refused { data: Bytes::new(), why });
    });
    assert_eq!(refused, Some(Block::Refused("paused".to_owned())));
    let empty = with(|told| {
        if let Some(probe) = told.before.get_mut(6) {
            *probe = ReadValue::Returned { data: Bytes::new() };
        }
    });
    assert_eq!(empty, Some(Block::NoCode(deployment().contracts.budget_manager)));
}

#[test]
fn the_guardian_brakes_directly_and_the_owner_through_the_door() {
    let contracts = deployment().contracts;
    let sent_to = |account| {
        let plan = plan(Lever::TripwirePause, account);
        let simulated = plan.request.simulate.unwrap();
        (account_of(plan.signer), simulated.to)
    };

    assert_eq!(sent_to(Some(GUARDIAN)), (GUARDIAN, contracts.pause_guardian));
    assert_eq!(sent_to(Some(OWNER)), (OWNER, contracts.owner_proxy));
    assert_eq!(sent_to(None), (OWNER, contracts.owner_proxy));
}

#[test]
fn the_bytes_stay_the_same_from_look_to_click() {
    let first = plan(lowered(), Some(OWNER));
    let shown = first.read(&answered(&first, 3, 4)).unwrap().unwrap();
    let again = Plan::new(shown.draft.clone(), &deployment(), KNOWN, Some(OWNER), Named::default());
    let mut later = answered(&again, 3, 4);
    later.as_of += 600;

    let clicked = again.read(&later).unwrap().unwrap();
    assert_eq!(clicked.intent.digest(), shown.intent.digest());
    assert_eq!(clicked.differs_from(&shown, Way::Relay), None);

    let other_nonce = again.read(&answered(&again, 4, 4)).unwrap().unwrap();
    assert!(other_nonce.differs_from(&shown, Way::Relay).is_some());
    assert_eq!(
        other_nonce.differs_from(&shown, Way::Wallet),
        None,
        "a transaction carries no nonce"
    );
    let moved = again.read(&answered(&again, 3, 9)).unwrap().unwrap();
    assert!(moved.differs_from(&shown, Way::Wallet).is_some());
}

#[test]
fn a_delayed_lever_is_scheduled_and_looked_at_ahead() {
    let raised = Lever::BudgetCap {
        mission: sample::mission().key(),
        now: MicroUsd::new(4),
        new: MicroUsd::new(5),
    };
    let plan = plan(raised, Some(OWNER));
    let mut checked = plan.read(&answered(&plan, 0, 5)).unwrap().unwrap();
    assert!(checked.intent.operation.is_some());
    assert!(checked.expect.is_empty(), "scheduling is not the effect");

    let contracts = deployment().contracts;
    let ahead = LookAhead::new(&checked, &contracts, Named::default()).unwrap();
    assert_eq!(ahead.request.simulate.as_ref().unwrap().from, contracts.owner_timelock);
    let side = |value: u64| {
        let calls = ahead.request.calls.iter();
        calls
            .map(|call| if call.to == contracts.budget_manager { word(value) } else { word(0) })
            .collect::<Vec<_>>()
    };
    let told = answer(side(4), Some(side(5)));
    ahead.clone().read(&mut checked, &told);

    assert_eq!(checked.expect.len(), 1);
    assert_eq!(checked.later.as_ref().and_then(Later::hindrance), None);
}

#[test]
fn what_a_tripwire_still_waits_for_is_no_refusal() {
    // PauseGuardianNotCosigned(uint256), for trip 3.
    let mut data = alloy_primitives::keccak256("PauseGuardianNotCosigned(uint256)")
        .get(..4)
        .unwrap_or_default()
        .to_vec();
    data.extend(b256!("0000000000000000000000000000000000000000000000000000000000000003"));
    let later = Later {
        outcome: SimulatedOutcome::Refused { data: data.into(), why: "not co-signed".to_owned() },
        lines: Vec::new(),
    };

    assert!(later.hindrance().unwrap().starts_with("Before it can be carried out: "));
}
