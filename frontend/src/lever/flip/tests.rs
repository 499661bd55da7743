//! How far a flip is, told from what is known.

use alloy_primitives::{Bytes, U256};
use phase8_shared::api::CouncilView;
use phase8_shared::chain::Call;
use phase8_shared::money::MicroUsd;

use super::*;
use crate::live::sample;

fn at(progress: Progress) -> Flip {
    Flip { progress, ..Flip::proposed(Lever::PauseFleet) }
}

fn track(byte: u8) -> Track {
    Track::transaction(B256::repeat_byte(byte))
}

fn around<'a>(
    journal: Option<&'a Journal>,
    governance: Option<&'a GovernanceView>,
) -> Surroundings<'a> {
    Surroundings { journal, engine: Engine::Listening, governance }
}

fn governance(id: B256, state: OperationState) -> GovernanceView {
    GovernanceView {
        block: 9,
        block_hash: B256::repeat_byte(9),
        block_time: 1_000,
        delay: 60,
        operations: vec![OperationView {
            timelock: Address::repeat_byte(7),
            id,
            calls: Vec::new(),
            predecessor: B256::ZERO,
            salt: B256::ZERO,
            ready_at: 1_060,
            state,
            blocked: None,
            scheduled: sample::tx(2),
        }],
        extensions: Vec::new(),
        summonses: Vec::new(),
        adapters: Vec::new(),
        active: Vec::new(),
        council: CouncilView { members: Vec::new(), cosignatures_needed: 1 },
        trip: None,
        executed: Vec::new(),
        proposals: Vec::new(),
    }
}

#[test]
fn confirmed_is_not_obeyed_until_the_ledger_says_so() {
    let flip =
        at(Progress::Confirmed { track: Track::transaction(sample::tx(2).transaction), block: 2 });
    let before = sample::journal_of(sample::ledger().into_iter().take(12).collect());

    assert_eq!(flip.standing(around(Some(&before), None)), Standing::Confirmed { block: 2 });
    let after = sample::journal();
    let obeyed = Standing::Obeyed { by: Witness::Ledger };
    assert_eq!(flip.standing(around(Some(&after), None)), obeyed);

    let late = at(Progress::Signed { track: Track::transaction(sample::tx(2).transaction) });
    assert_eq!(late.standing(around(Some(&after), None)), obeyed, "however late its receipt is");
}

#[test]
fn a_reading_of_the_chain_is_enough_where_no_engine_listens() {
    let flip = at(Progress::Read { track: track(0xee), block: 5 });

    let here = Surroundings { journal: None, engine: Engine::Absent, governance: None };
    assert_eq!(flip.standing(here), Standing::Obeyed { by: Witness::Chain(5) });
    let journal = sample::journal();
    assert_eq!(flip.standing(around(Some(&journal), None)), Standing::Confirmed { block: 5 });
}

#[test]
fn a_delayed_flip_waits_until_its_operation_is_done() {
    let id = B256::repeat_byte(5);
    let flip =
        Flip { operation: Some(id), ..at(Progress::Confirmed { track: track(1), block: 3 }) };
    let standing = |state| {
        let view = governance(id, state);
        flip.standing(around(None, Some(&view)))
    };

    assert_eq!(flip.standing(around(None, None)), Standing::Confirmed { block: 3 });
    let waiting = standing(OperationState::Waiting {});
    assert_eq!(waiting, Standing::Waiting { ready_at: 1_060, operation: id });
    assert_eq!(waiting.name(), "waiting");
    assert_eq!(
        standing(OperationState::Done { evidence: sample::tx(4) }),
        Standing::CarriedOut { block: 4 }
    );
    let by = OperationState::Cancelled { by: None, evidence: sample::tx(4) };
    assert!(matches!(standing(by), Standing::Failed { why } if why.contains("owner cancelled")));
}

#[test]
fn a_delayed_flip_is_obeyed_by_the_event_of_its_execution() {
    let id = B256::repeat_byte(5);
    let flip =
        Flip { operation: Some(id), ..at(Progress::Confirmed { track: track(1), block: 1 }) };
    let view = governance(id, OperationState::Done { evidence: sample::tx(2) });
    let journal = sample::journal();

    assert_eq!(
        flip.standing(around(Some(&journal), Some(&view))),
        Standing::Obeyed { by: Witness::Ledger }
    );
}

#[test]
fn marks_show_what_is_reached_and_what_failed() {
    let tones = |flip: Flip| {
        let standing = flip.standing(around(None, None));
        flip.marks(&standing).iter().map(|mark| mark.tone).collect::<Vec<_>>()
    };

    assert_eq!(
        tones(at(Progress::Proposed { trouble: None })),
        [Tone::Ok, Tone::Wait, Tone::Off, Tone::Off, Tone::Off]
    );
    assert_eq!(
        tones(at(Progress::Failed { track: track(1), why: String::new() })),
        [Tone::Ok, Tone::Ok, Tone::Ok, Tone::Bad, Tone::Off]
    );
    let raised = Lever::BudgetCap {
        mission: sample::mission().key(),
        now: MicroUsd::new(1),
        new: MicroUsd::new(2),
    };
    assert_eq!(tones(Flip::proposed(raised)).len(), 6, "a delayed lever has the stage in between");
}

#[test]
fn a_reload_while_the_wallet_is_asked_goes_back_to_the_proposal_with_a_warning() {
    let flip = at(Progress::Asking { signer: sample::OWNER, way: Way::Relay }).restored();

    assert!(matches!(flip.progress, Progress::Proposed { trouble: Some(_) }));
    assert_eq!(flip.lever, Lever::PauseFleet);
}

#[test]
fn a_flip_survives_its_way_through_storage() {
    let lever = Lever::RevokeSummons {
        token: U256::from(3),
        mission: sample::mission().key(),
        validator: sample::VALIDATOR,
        expiry: 9,
    };
    let flip = Flip {
        progress: Progress::Sent { track: track(1) },
        operation: Some(B256::repeat_byte(2)),
        expect: vec![Expected {
            call: Call { to: Address::ZERO, data: vec![1].into() },
            answer: vec![2].into(),
            before: Bytes::new(),
            told_later: vec![0],
        }],
        note: Some("sped up".to_owned()),
        ..Flip::proposed(lever)
    };

    let text = serde_json::to_string(&flip).unwrap();

    assert_eq!(serde_json::from_str::<Flip>(&text).unwrap(), flip);
}
