//! What can go wrong between the page and the server.

use phase8_shared::api::{Problem, ProblemCode};

/// A request without a usable answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ClientError {
    /// No answer came.
    #[error("the server does not answer")]
    Offline,
    /// The server said what is wrong.
    #[error("{0}")]
    Problem(Problem),
    /// The answer is not one that this page understands.
    #[error("the answer cannot be read: {0}")]
    Garbled(String),
}

impl ClientError {
    /// The server's code, if it gave one.
    pub(crate) const fn code(&self) -> Option<ProblemCode> {
        match self {
            Self::Problem(problem) => Some(problem.code),
            Self::Offline | Self::Garbled(_) => None,
        }
    }
}
