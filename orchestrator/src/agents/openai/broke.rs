//! How a call ends without an answer. The words name neither the key nor anything that the endpoint wrote.

use std::time::Duration;

use crate::sse::TooLarge;

/// The request was sent and there is no whole answer: nobody knows what the model did and what it will bill.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broke {
    #[error("the endpoint did not begin to answer within {0:?}")]
    NoFirstByte(Duration),
    #[error("the endpoint fell silent for {0:?} in the middle of its answer")]
    Stalled(Duration),
    #[error("the endpoint did not finish within {0:?}")]
    TooSlow(Duration),
    #[error("the connection was cut")]
    Cut(#[source] reqwest::Error),
    #[error("the answer ended before its end")]
    Truncated,
    #[error("the answer is not what the protocol says")]
    NotTheProtocol,
    #[error("the endpoint reports an error in the middle of its answer")]
    ErrorInside,
    #[error("the answer is longer than any answer to this question can be")]
    TooLong,
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    #[error("the endpoint answered with status {0}")]
    Status(u16),
}

/// How one attempt failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// Nothing was done and nothing is billed; it may be tried again after a while.
    NotNow {
        /// For people.
        why: String,
        /// When the endpoint wants to be asked again, if it says so.
        after: Option<Duration>,
    },
    /// Nothing was done and nothing is billed; the same request will be refused again.
    Never {
        /// For people.
        why: String,
    },
    /// The endpoint wants the most tokens under their other name. Nothing was done.
    OtherName,
    /// Nobody knows.
    Lost(Broke),
}

impl From<Broke> for Failure {
    fn from(broke: Broke) -> Self {
        Self::Lost(broke)
    }
}
