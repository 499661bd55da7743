//! Why there is no answer, with who said what.

use std::time::Duration;

use phase8_shared::api::{EndpointSaid, ProblemCode, ReadRequestError, Said};

use crate::chain::error::Retry;

/// There is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuorumError {
    /// The request is out of bounds.
    #[error(transparent)]
    Request(#[from] ReadRequestError),
    /// Enough endpoints answer, and too few of them say the same.
    #[error("{}: {}", disagreement(*.needed, .endpoints), sentences(.endpoints))]
    Disagree {
        /// How many must agree.
        needed: u8,
        /// Who said what.
        endpoints: Vec<EndpointSaid>,
    },
    /// Too few endpoints answer.
    #[error("{}: {}", silence(*.needed, .endpoints), sentences(.endpoints))]
    TooFew {
        /// How many must agree.
        needed: u8,
        /// Who said what.
        endpoints: Vec<EndpointSaid>,
    },
}

impl QuorumError {
    /// The problem code that goes with it.
    pub const fn code(&self) -> ProblemCode {
        match self {
            Self::Request(_) => ProblemCode::Malformed,
            Self::Disagree { .. } => ProblemCode::EndpointsDisagree,
            Self::TooFew { .. } => ProblemCode::ChainUnreachable,
        }
    }

    /// Whether asking again may help.
    pub const fn retry(&self) -> Retry {
        match self {
            Self::Request(_) => Retry::Never,
            Self::Disagree { .. } | Self::TooFew { .. } => Retry::After(Duration::from_secs(1)),
        }
    }
}

fn disagreement(needed: u8, endpoints: &[EndpointSaid]) -> String {
    match endpoints.len() {
        1 => "the only endpoint cannot be used".to_owned(),
        count => format!("{needed} of {count} endpoints must say the same and do not"),
    }
}

fn silence(needed: u8, endpoints: &[EndpointSaid]) -> String {
    match endpoints.len() {
        1 => "the only endpoint gives no answer".to_owned(),
        count => format!("fewer than {needed} of {count} endpoints answer"),
    }
}

fn sentences(endpoints: &[EndpointSaid]) -> String {
    let sentences: Vec<String> = endpoints
        .iter()
        .map(|EndpointSaid { name, said }| match said {
            Said::Agreed {} => format!("{name} answers"),
            Said::Dissents { what } => format!("{name} {what}"),
            Said::Behind { block } => format!("{name} has only reached block {block}"),
            Said::Silent { why } => format!("{name}: {why}"),
        })
        .collect();
    sentences.join("; ")
}
