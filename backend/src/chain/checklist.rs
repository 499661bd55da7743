//! One line of a checklist under way: what is checked, then what was found and what to do about it.

use std::fmt::Display;

use alloy::primitives::Address;
use phase8_shared::api::{Check, CheckState};

use super::error::ChainError;

/// A line that is being filled in.
pub(crate) struct Line {
    id: &'static str,
    label: &'static str,
    expected: String,
}

impl Line {
    /// What is checked, and what is expected.
    pub(crate) fn new(id: &'static str, label: &'static str, expected: impl Display) -> Self {
        Self { id, label, expected: expected.to_string() }
    }

    fn end(self, state: CheckState, found: impl Display, mend: impl Into<String>) -> Check {
        Check {
            id: self.id.to_owned(),
            label: self.label.to_owned(),
            state,
            found: found.to_string(),
            expected: self.expected,
            mend: mend.into(),
        }
    }

    /// All is well.
    pub(crate) fn pass(self, found: impl Display) -> Check {
        self.end(CheckState::Pass, found, "")
    }

    /// It works, but look at it.
    pub(crate) fn warn(self, found: impl Display, mend: impl Into<String>) -> Check {
        self.end(CheckState::Warn, found, mend)
    }

    /// It would not work.
    pub(crate) fn fail(self, found: impl Display, mend: impl Into<String>) -> Check {
        self.end(CheckState::Fail, found, mend)
    }

    /// The chain could not be asked.
    pub(crate) fn unknown(self, error: &ChainError) -> Check {
        let mend = match error {
            ChainError::Unreachable { endpoint, .. } => {
                format!("start the node at {endpoint}, or correct its address")
            }
            ChainError::WrongChain { .. } | ChainError::Refused(_) | ChainError::Garbled { .. } => {
                "check that the endpoint and the deployment file belong to the same chain"
                    .to_owned()
            }
        };
        self.end(CheckState::Unknown, error, mend)
    }

    /// Passes if the chain says what is expected.
    pub(crate) fn compare(
        self,
        found: Result<Address, ChainError>,
        expected: Address,
        mend: impl FnOnce(Address) -> String,
    ) -> Check {
        match found {
            Ok(found) if found == expected => self.pass(found),
            Ok(found) => self.fail(found, mend(found)),
            Err(error) => self.unknown(&error),
        }
    }
}
