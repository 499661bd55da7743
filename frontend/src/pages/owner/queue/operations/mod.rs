//! Operations of the timelocks: what each will do, how long it waits, and what can be done about it.

#[cfg(test)]
mod tests;

use alloy_primitives::{Address, Bytes};
use alloy_sol_types::SolCall;
use phase8_shared::api::{OperationState, OperationView};
use phase8_shared::chain::abi::{IGuardianCouncil, ITimelock};
use phase8_shared::chain::{Call, Change, ContractName, Contracts, Lever, Operation};

use crate::format;
use crate::pages::owner::rows::{Cell, Row};
use crate::pages::owner::words::{call_lines, duration, moment};
use crate::ui::Tone;

/// Headings of the table.
pub(super) const HEADINGS: &[&str] =
    &["What it will do", "Timelock", "Ready", "State", "Operation"];

/// Where an operation stands now, by the chain's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Its delay runs.
    Waits {
        /// Seconds left.
        left: u64,
    },
    /// Its delay is over; anyone may carry it out.
    Ready,
    /// Its delay is over, but another operation must be done before.
    Blocked,
    /// Carried out.
    Done,
    /// Cancelled.
    Cancelled,
}

impl Phase {
    /// Where an operation stands at a time of the chain.
    pub(crate) fn of(operation: &OperationView, all: &[OperationView], now: u64) -> Self {
        match &operation.state {
            OperationState::Done { .. } => Self::Done,
            OperationState::Cancelled { .. } => Self::Cancelled,
            OperationState::Waiting {} if now < operation.ready_at => {
                Self::Waits { left: operation.ready_at.saturating_sub(now) }
            }
            OperationState::Waiting {} if is_blocked(operation, all) => Self::Blocked,
            OperationState::Waiting {} => Self::Ready,
        }
    }

    /// Whether it can still be cancelled.
    pub(crate) const fn is_pending(self) -> bool {
        matches!(self, Self::Waits { .. } | Self::Ready | Self::Blocked)
    }
}

fn is_blocked(operation: &OperationView, all: &[OperationView]) -> bool {
    if operation.predecessor.is_zero() {
        return false;
    }
    let before = all
        .iter()
        .find(|other| other.timelock == operation.timelock && other.id == operation.predecessor);
    before.is_none_or(|before| !matches!(before.state, OperationState::Done { .. }))
}

/// The table's rows.
pub(super) fn rows(operations: &[OperationView], contracts: &Contracts, now: u64) -> Vec<Row> {
    operations.iter().map(|operation| row(operation, operations, contracts, now)).collect()
}

fn row(operation: &OperationView, all: &[OperationView], contracts: &Contracts, now: u64) -> Row {
    let phase = Phase::of(operation, all, now);
    let timelock = contracts
        .name_of(operation.timelock)
        .map_or_else(|| format::short_address(&operation.timelock), |name| name.to_string());
    let cells = vec![
        what(operation, contracts),
        Cell::words(timelock),
        Cell::words(moment(operation.ready_at)).by(operation.ready_at),
        state(operation, phase).by(rank(phase)),
        Cell::copy(operation.id, "operation id"),
    ];
    Row { id: row_id(operation, all), cells }
}

/// Id of an operation's row. Scheduled again after a cancel it has the same id in the timelock: the newest keeps it, and the
/// others are told apart by the event that scheduled them.
pub(super) fn row_id(operation: &OperationView, all: &[OperationView]) -> String {
    let (id, scheduled) = (operation.id, operation.scheduled);
    let same = |other: &&OperationView| (other.timelock, other.id) == (operation.timelock, id);
    if all.iter().find(same).is_none_or(|newest| newest.scheduled == scheduled) {
        id.to_string()
    } else {
        format!("{id}-{}-{}", scheduled.block_number, scheduled.log_index)
    }
}

/// What waits comes first, the next to be ready on top.
fn rank(phase: Phase) -> u64 {
    const LAST: u64 = u64::MAX;
    match phase {
        Phase::Ready => 0,
        Phase::Waits { left } => left.saturating_add(1).min(LAST - 3),
        Phase::Blocked => LAST - 2,
        Phase::Done => LAST - 1,
        Phase::Cancelled => LAST,
    }
}

fn what(operation: &OperationView, contracts: &Contracts) -> Cell {
    let lines: Vec<_> = operation.calls.iter().map(|call| call_lines(contracts, call)).collect();
    match lines.as_slice() {
        [] => Cell::words("Nothing"),
        [(title, path)] => Cell::lines(title.clone(), path.clone()),
        several => {
            let titles: Vec<_> = several.iter().map(|(title, _)| title.as_str()).collect();
            let paths: Vec<_> = several.iter().map(|(_, path)| path.as_str()).collect();
            Cell::lines(titles.join(", "), paths.join("; "))
        }
    }
}

fn state(operation: &OperationView, phase: Phase) -> Cell {
    match (phase, &operation.state) {
        (Phase::Waits { left }, _) => {
            Cell::state_why(Tone::Wait, format!("in {}", duration(left)), "")
        }
        (Phase::Ready, _) => match &operation.blocked {
            Some(why) => Cell::state_why(Tone::Warn, "Ready, refused", why.clone()),
            None => Cell::state_why(Tone::Work, "Ready", "anyone may carry it out"),
        },
        (Phase::Blocked, _) => {
            Cell::state_why(Tone::Paused, "Blocked", "another operation must be done before")
        }
        (_, OperationState::Done { evidence }) => {
            Cell::state_why(Tone::Ok, "Done", format!("in block {}", evidence.block_number))
        }
        (_, OperationState::Cancelled { by: Some(by), evidence }) => Cell::state_why(
            Tone::Off,
            "Cancelled",
            format!("by guardian {} in block {}", format::short_address(by), evidence.block_number),
        ),
        (_, OperationState::Cancelled { by: None, evidence }) => Cell::state_why(
            Tone::Off,
            "Cancelled",
            format!("by the owner in block {}", evidence.block_number),
        ),
        (Phase::Done | Phase::Cancelled, OperationState::Waiting {}) => {
            Cell::state(Tone::Unknown, "Unknown")
        }
    }
}

/// The owner's lever that cancels it; `None` where the owner may not. Undo schedules it again, with the whole delay.
pub(super) fn cancel(
    operation: &OperationView,
    contracts: &Contracts,
    delay: u64,
) -> Option<Lever> {
    if operation.timelock != contracts.owner_timelock {
        return None;
    }
    let data = ITimelock::cancelCall { id: operation.id }.abi_encode();
    let undo = single(operation, delay).map(|operation| operation.schedule().data);
    Some(Lever::Change(Change { contract: ContractName::OwnerTimelock, data: data.into(), undo }))
}

/// A guardian's call that cancels it.
pub(super) fn guardian_cancel(operation: &OperationView, council: Address) -> Call {
    let call =
        IGuardianCouncil::cancelOperationCall { timelock: operation.timelock, id: operation.id };
    Call { to: council, data: Bytes::from(call.abi_encode()) }
}

/// The call that carries it out; `None` for a batch, which this page does not carry out.
pub(super) fn carry_out(operation: &OperationView) -> Option<Call> {
    single(operation, 0).map(|operation| operation.execute())
}

fn single(operation: &OperationView, delay: u64) -> Option<Operation> {
    let [effect] = operation.calls.as_slice() else { return None };
    Some(Operation {
        timelock: operation.timelock,
        effect: effect.clone(),
        predecessor: operation.predecessor,
        salt: operation.salt,
        delay,
    })
}
