//! How model calls end, and why missions stand still.

use serde::{Deserialize, Serialize};

use crate::ledger::Commitment;

/// How a model call ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum CallOutcome {
    /// It answered.
    Answered {
        /// Tokens sent.
        input_tokens: u64,
        /// Tokens received.
        output_tokens: u64,
        /// One line of what the agent did, for people.
        words: String,
        /// What it wrote, stored apart.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<Commitment>,
    },
    /// It answered, and a tripwire held the text back: the trips stand in the events after this one.
    Withheld {
        /// Tokens sent.
        input_tokens: u64,
        /// Tokens received.
        output_tokens: u64,
    },
    /// It is known that it did not answer.
    Failed {
        /// Why, for people.
        reason: String,
    },
    /// It was cut off on purpose, and is known to have cost nothing.
    CutOff {
        /// Why, for people.
        reason: String,
    },
    /// The engine stopped while the call was under way: charged at its worst case, never silently repeated.
    Unknown {},
}

/// Why a mission stands still. It goes on when no cause is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PauseCause {
    /// The contracts are paused: Pause Fleet or Tripwire Pause.
    Fleet,
    /// The next call does not fit into the budget.
    Budget,
    /// A tripwire tripped, and nobody has answered yet.
    Tripwire,
    /// No validator looked at what was delivered.
    CheckIn,
    /// A person stopped it.
    Stopped,
}
