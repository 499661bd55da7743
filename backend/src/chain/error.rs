//! What can go wrong between this program and a chain's endpoint.

use std::error::Error as StdError;
use std::time::Duration;

use super::revert::Reason;

/// A question to the chain has no good answer.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// No answer, or none in time.
    #[error("the chain at {endpoint} does not answer")]
    Unreachable {
        /// Scheme, host and port; a path may hold a key.
        endpoint: String,
        /// Why.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The endpoint serves another chain.
    #[error("the endpoint serves chain {found}, expected chain {expected}")]
    WrongChain {
        /// The configured chain id.
        expected: u64,
        /// What the endpoint says.
        found: u64,
    },
    /// The endpoint answered with an error: a contract reverted, or the node does not take the request.
    #[error("{0}")]
    Refused(Reason),
    /// The endpoint answered something else than was asked for.
    #[error("the chain answered {what} with something that cannot be read")]
    Garbled {
        /// What was asked.
        what: String,
        /// Why it cannot be read.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
}

/// Whether and when to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// The same question gets the same answer.
    Never,
    /// At once.
    Now,
    /// After a while.
    After(Duration),
}

impl ChainError {
    /// Whether asking again may help.
    pub const fn retry(&self) -> Retry {
        match self {
            Self::Unreachable { .. } => Retry::After(Duration::from_secs(1)),
            Self::Garbled { .. } => Retry::After(Duration::from_secs(5)),
            Self::WrongChain { .. } | Self::Refused(_) => Retry::Never,
        }
    }

    /// What a contract or node said, if it said no.
    pub const fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Refused(reason) => Some(reason),
            Self::Unreachable { .. } | Self::WrongChain { .. } | Self::Garbled { .. } => None,
        }
    }
}
