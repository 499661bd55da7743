//! The driver: loads, lets the core decide, appends, folds, and does what is pending. A mission's decisions are made one
//! after the other, and missions never wait for each other. A mission that waits for somebody costs a card in memory.

mod calls;
mod census;
mod desk;
mod engine;
mod health;
#[cfg(test)]
mod http_tests;
mod inner;
mod ledger;
mod recollect;
mod registry;
mod seat;
mod shelf;
mod tail;
mod tenure;
#[cfg(test)]
mod tests;
mod timers;

pub use census::{BudgetSums, Census, Waits};
pub use engine::{Engine, EngineOptions, EngineParts, EventsPage};
pub use ledger::Snapshot;
pub use tail::EventTail;

use phase8_shared::api::ProblemCode;

use crate::ports::NoChance;
use crate::refusal::Refusal;
use crate::store::{AppendError, StorageError};

/// Why the engine did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The core refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store does not work.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Another engine writes the same ledgers.
    #[error("another engine writes the same ledgers")]
    Contended(#[source] AppendError),
    /// No random bytes.
    #[error(transparent)]
    NoChance(#[from] NoChance),
    /// An event cannot be written as JSON.
    #[error("an event cannot be written")]
    Unwritable(#[source] serde_json::Error),
    /// The mission's ledger cannot be written any more.
    #[error(
        "mission {0} stands still because its ledger cannot be written; the server's log says why"
    )]
    Halted(phase8_shared::id::MissionId),
    /// Another engine took the mission over.
    #[error("mission {0} was taken over by another engine, which goes on with it")]
    TakenOver(phase8_shared::id::MissionId),
    /// The engine is stopping.
    #[error("the engine is stopping; try again when it is back")]
    Stopped,
}

impl EngineError {
    /// The code for programs.
    pub const fn code(&self) -> ProblemCode {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Stopped => ProblemCode::OrchestratorUnreachable,
            Self::Storage(_)
            | Self::Contended(_)
            | Self::NoChance(_)
            | Self::Unwritable(_)
            | Self::Halted(_)
            | Self::TakenOver(_) => ProblemCode::Internal,
        }
    }
}

impl From<AppendError> for EngineError {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::Storage(error) | AppendError::OutcomeUnknown(error) => {
                Self::Storage(error)
            }
            AppendError::Conflict { .. } | AppendError::Fenced { .. } => Self::Contended(error),
        }
    }
}
