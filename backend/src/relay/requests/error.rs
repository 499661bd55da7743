//! Why an owner's request is not relayed.

use alloy::primitives::{Address, U256};
use phase8_shared::api::ProblemCode;
use phase8_shared::time::Timestamp;

use crate::relay::{RelayError, StorageError};

/// A request is not relayed.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// Signed for another chain.
    #[error(
        "the request is signed for chain {found}, expected chain {expected}: switch the wallet's network and sign again"
    )]
    WrongChain {
        /// The chain it says.
        found: u64,
        /// The deployment's.
        expected: u64,
    },
    /// The deadline has passed.
    #[error("the request was valid until {}, and the chain's clock stands at {}: sign it again", moment(*.deadline), moment(*.now))]
    Expired {
        /// What was signed.
        deadline: u64,
        /// Time of the newest block.
        now: u64,
    },
    /// The deadline is further ahead than is relayed.
    #[error(
        "the request is valid until {}, and at most until {} is relayed: a signature that lives long is found by others; sign \
         it again with a nearer deadline", moment(*.deadline), moment(*.latest)
    )]
    TooFarAhead {
        /// What was signed.
        deadline: u64,
        /// The latest that is relayed.
        latest: u64,
    },
    /// The owner's nonce is another one.
    #[error(
        "the request carries nonce {found}, expected {expected}, which is the owner's next at the owner proxy: {}",
        remedy(.found, .expected)
    )]
    Nonce {
        /// What was signed.
        found: U256,
        /// The owner's next.
        expected: U256,
    },
    /// Something else with the same nonce is on its way.
    #[error(
        "something else with the owner's nonce {0} is on its way to the chain: wait for it, then sign again with the next nonce"
    )]
    NonceTaken(U256),
    /// Somebody else than the owner signed.
    #[error(
        "the request is signed by {found}, expected {expected}, who owns the owner proxy; if {expected} did sign, other \
         content was signed: reload and sign again"
    )]
    NotTheOwner {
        /// Who signed.
        found: Address,
        /// Who owns the proxy.
        expected: Address,
    },
    /// The signature counts for nobody.
    #[error("{0}")]
    BadSignature(String),
    /// Nobody pays the gas.
    #[error(
        "this server cannot pay the gas: {0}. The request is kept as outstanding, and its signature can be used by whoever \
         has it: send it from a wallet, or void it"
    )]
    NoRelayer(String),
    /// What is wrong with any transaction.
    #[error(transparent)]
    Relay(#[from] RelayError),
}

impl RequestError {
    /// The problem code that goes with it.
    pub const fn code(&self) -> ProblemCode {
        match self {
            Self::WrongChain { .. } => ProblemCode::WrongChain,
            Self::Expired { .. } => ProblemCode::RequestExpired,
            Self::TooFarAhead { .. } => ProblemCode::DeadlineTooFar,
            Self::Nonce { .. } | Self::NonceTaken(_) => ProblemCode::NonceUsed,
            Self::NotTheOwner { .. } => ProblemCode::NotTheOwner,
            Self::BadSignature(_) => ProblemCode::BadSignature,
            Self::NoRelayer(_) => ProblemCode::NoRelayer,
            Self::Relay(error) => error.code(),
        }
    }
}

impl From<StorageError> for RequestError {
    fn from(error: StorageError) -> Self {
        Self::Relay(error.into())
    }
}

impl From<crate::chain::ChainError> for RequestError {
    fn from(error: crate::chain::ChainError) -> Self {
        Self::Relay(error.into())
    }
}

fn remedy(found: &U256, expected: &U256) -> &'static str {
    if found < expected {
        "it was carried out already, or voided; sign again"
    } else {
        "an earlier one must be carried out first; sign again"
    }
}

fn moment(seconds: u64) -> Timestamp {
    Timestamp::from_millis(seconds.saturating_mul(1000))
}
