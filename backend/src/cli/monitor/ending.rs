//! What ends a watch: the mission is over, or it stands still for a reason that a person must deal with.

use std::fmt;

use phase8_shared::mission::{Lifecycle, MissionState, Outcome, PauseCause, TripState};
use phase8_shared::money::MicroUsd;
use phase8_shared::timeline::Journal;

/// Why a watch ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ending {
    /// Delivered and paid.
    Completed,
    /// The owner declared it failed.
    Failed(String),
    /// The operator took the rest back.
    Refunded,
    /// The next call needs more than is left.
    BudgetExceeded { cap: MicroUsd, spent: MicroUsd, remaining: MicroUsd },
    /// A tripwire halted it.
    Tripped { rule: String, words: String },
}

impl Ending {
    /// Whether the ledger so far ends a watch.
    pub(super) fn of(journal: &Journal) -> Option<Self> {
        let state = journal.state()?;
        if let Lifecycle::Closed { outcome, .. } = &state.lifecycle {
            return Some(match outcome {
                Outcome::Completed => Self::Completed,
                Outcome::Failed(reason) => Self::Failed(reason.clone()),
                Outcome::Refunded => Self::Refunded,
            });
        }
        halted(state)
    }

    /// Whether nothing more will happen.
    pub(super) const fn is_over(&self) -> bool {
        match self {
            Self::Completed | Self::Failed(_) | Self::Refunded => true,
            Self::BudgetExceeded { .. } | Self::Tripped { .. } => false,
        }
    }

    /// The exit code.
    pub(super) const fn code(&self) -> u8 {
        match self {
            Self::Completed => 0,
            Self::Failed(_) | Self::Refunded => 1,
            Self::BudgetExceeded { .. } => 3,
            Self::Tripped { .. } => 4,
        }
    }

    /// Its name for programs.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Failed(_) => "failed",
            Self::Refunded => "refunded",
            Self::BudgetExceeded { .. } => "budget_exceeded",
            Self::Tripped { .. } => "tripwire",
        }
    }
}

fn halted(state: &MissionState) -> Option<Ending> {
    let tripped = |last: Option<&TripState>| {
        let trip = last.map(|last| &last.trip);
        Ending::Tripped {
            rule: trip
                .map_or_else(String::new, |trip| format!("{} / {}", trip.tripwire, trip.rule)),
            words: trip.map_or_else(String::new, |trip| trip.words.clone()),
        }
    };
    state.pauses.iter().find_map(|cause| match cause {
        PauseCause::Budget => Some(Ending::BudgetExceeded {
            cap: state.budget.cap,
            spent: state.budget.spent,
            remaining: state.budget.remaining(),
        }),
        PauseCause::Tripwire => Some(tripped(state.trips.last())),
        PauseCause::Fleet if state.tripped => Some(Ending::Tripped {
            rule: "Tripwire Pause".to_owned(),
            words: "the fleet was halted on suspicion".to_owned(),
        }),
        PauseCause::Fleet | PauseCause::CheckIn | PauseCause::Stopped => None,
    })
}

impl fmt::Display for Ending {
    /// What happened, and what to do about it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Completed => {
                f.write_str("the mission is completed: everything is delivered and paid")
            }
            Self::Failed(reason) => write!(f, "the owner declared the mission failed: {reason}"),
            Self::Refunded => f.write_str("the operator took the rest of the deposit back"),
            Self::BudgetExceeded { cap, spent, remaining } => write!(
                f,
                "Budget exceeded: {spent} of {cap} are spent and {remaining} left, less than the next call may cost. The owner \
                 can raise the cap, let the step finish, or stop; or raise maxBudgetUSD in the job spec and relaunch, or let \
                 fewer agents work at once"
            ),
            Self::Tripped { rule, words } => write!(
                f,
                "Tripwire: {rule}: {words}. The mission stands still until a person answers on its page"
            ),
        }
    }
}
