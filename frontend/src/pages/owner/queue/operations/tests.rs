//! Operations as the queue shows them.

use alloy_primitives::{B256, U256};
use phase8_shared::chain::abi::IBudgetManager;

use super::*;
use crate::live::sample;

fn contracts() -> Contracts {
    Contracts::locate(|name| Address::with_last_byte(1 + name as u8))
}

fn operation() -> OperationView {
    let contracts = contracts();
    let data =
        IBudgetManager::updateCapCall { mission: B256::repeat_byte(7), microUsd: U256::from(9) }
            .abi_encode();
    let effect = Call { to: contracts.budget_manager, data: data.into() };
    let id = Operation {
        timelock: contracts.owner_timelock,
        effect: effect.clone(),
        predecessor: B256::ZERO,
        salt: B256::repeat_byte(1),
        delay: 60,
    }
    .id();
    OperationView {
        timelock: contracts.owner_timelock,
        id,
        calls: vec![effect],
        predecessor: B256::ZERO,
        salt: B256::repeat_byte(1),
        ready_at: 1_000,
        state: OperationState::Waiting {},
        blocked: None,
        scheduled: sample::tx(1),
    }
}

#[test]
fn the_countdown_runs_on_the_chains_time() {
    let operation = operation();
    let at = |now| Phase::of(&operation, std::slice::from_ref(&operation), now);

    assert_eq!(at(940), Phase::Waits { left: 60 });
    assert_eq!(at(999), Phase::Waits { left: 1 });
    assert_eq!(at(1_000), Phase::Ready);
}

#[test]
fn an_operation_that_was_cancelled_and_scheduled_again_has_two_rows() {
    let (newest, mut before) = (operation(), operation());
    before.scheduled = sample::tx(9);
    before.state = OperationState::Cancelled { by: None, evidence: sample::tx(4) };

    let rows = rows(&[newest.clone(), before], &contracts(), 940);

    let [first, second] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!(first.id, newest.id.to_string());
    assert_ne!(second.id, first.id);
}

#[test]
fn an_operation_waits_for_the_one_before_it() {
    let mut second = operation();
    second.predecessor = second.id;
    second.id = B256::repeat_byte(2);
    let mut first = operation();
    let at = |first: &OperationView, second: &OperationView| {
        Phase::of(second, &[first.clone(), second.clone()], 2_000)
    };

    assert_eq!(at(&first, &second), Phase::Blocked);
    first.state = OperationState::Done { evidence: sample::tx(3) };
    assert_eq!(at(&first, &second), Phase::Ready);
}

#[test]
fn a_row_says_what_will_happen_and_who_cancelled() {
    let mut operation = operation();
    let told = |operation: &OperationView| {
        rows(std::slice::from_ref(operation), &contracts(), 940).remove(0).cells
    };
    let cells = told(&operation);
    assert_eq!(
        cells.first(),
        Some(&Cell::lines(
            "Budget Cap",
            "BudgetManager.updateCap: mission 0x0707…0707, microUsd $0.000009 (9)"
        ))
    );
    assert_eq!(
        cells.get(3).map(|cell| &cell.face),
        Some(&Cell::state_why(Tone::Wait, "in 1 min", "").face)
    );

    operation.state =
        OperationState::Cancelled { by: Some(Address::repeat_byte(9)), evidence: sample::tx(4) };
    let cancelled = Cell::state_why(Tone::Off, "Cancelled", "by guardian 0x0909…0909 in block 4");
    assert_eq!(told(&operation).get(3).map(|cell| &cell.face), Some(&cancelled.face));
}

#[test]
fn undoing_a_cancel_schedules_the_very_same_operation() {
    let operation = operation();
    let Some(Lever::Change(change)) = cancel(&operation, &contracts(), 60) else {
        panic!("the owner may cancel")
    };
    let undo = ITimelock::scheduleCall::abi_decode(&change.undo.unwrap()).unwrap();

    assert_eq!((undo.salt, undo.delay), (operation.salt, U256::from(60)));
    assert_eq!(undo.data, operation.calls.first().unwrap().data);
}

#[test]
fn the_owner_cannot_cancel_what_the_governor_decided() {
    let contracts = contracts();
    let operation = OperationView { timelock: contracts.governor_timelock, ..operation() };

    assert_eq!(cancel(&operation, &contracts, 60), None);
}
