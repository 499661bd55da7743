//! Why somebody does not come in, or may not do a thing.

use alloy::primitives::Address;
use phase8_orchestrator::ports::NoChance;
use phase8_shared::api::ProblemCode;
use phase8_shared::siwe::{NotHeld, ParseMessageError};
use phase8_shared::time::Timestamp;

use crate::chain::QuorumError;
use crate::relay::StorageError;
use crate::relay::approval::ApprovalError;

/// Why somebody does not come in, or may not do a thing.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The message cannot be read.
    #[error("{0}")]
    Message(#[from] ParseMessageError),
    /// The message can be read and does not hold here and now.
    #[error("{0}")]
    NotHeld(#[from] NotHeld),
    /// The nonce was never given out here, or too long ago.
    #[error(
        "the nonce of the message is not one that this server gave out in the last {0} minutes: ask for a new one and sign again"
    )]
    NonceUnknown(u64),
    /// The nonce was used.
    #[error(
        "the nonce of the message was used already: each signing in takes a message of its own; sign a new one"
    )]
    NonceUsed,
    /// Too many nonces wait for signatures.
    #[error("too many people are signing in at this moment; try again in a few minutes")]
    NoncesExhausted,
    /// The signature is another's, or over something else.
    #[error("{0}")]
    Signature(ApprovalError),
    /// The session is unknown, or over.
    #[error(
        "the session ended: it was signed out, its time was over, or its link was revoked; sign in again"
    )]
    Ended,
    /// The access key is another.
    #[error(
        "that is not the access key of this server; it is in the file access.key of its data folder"
    )]
    KeyRefused,
    /// There is no such link.
    #[error(
        "this server knows no such link: it may have been cut off when it was copied; ask for the whole address"
    )]
    LinkUnknown,
    /// The link's time is over.
    #[error("the link was good until {0}: ask whoever gave it to you for a new one")]
    LinkExpired(Timestamp),
    /// The link was taken back.
    #[error("the link was revoked at {0}: ask whoever gave it to you why, or for a new one")]
    LinkRevoked(Timestamp),
    /// Nobody is signed in.
    #[error("{0} takes somebody who has signed in: with the wallet of {1}, or with a link")]
    SignInNeeded(&'static str, &'static str),
    /// Somebody is signed in, and is not who it takes.
    #[error("{what} takes {needed}; you are {found}. {how}")]
    RoleNeeded {
        /// What was to be done.
        what: &'static str,
        /// Whom it takes.
        needed: &'static str,
        /// Who asks.
        found: String,
        /// How to get there.
        how: &'static str,
    },
    /// A link's label or time cannot be taken.
    #[error("{0}")]
    Link(String),
    /// The chain does not tell the roles.
    #[error("the chain does not tell which roles {0} has")]
    Roles(Address, #[source] QuorumError),
    /// The chain answers something else than it was asked.
    #[error("the chain's answer about the roles of {0} cannot be read")]
    Garbled(Address),
    /// It could not be kept.
    #[error("the session could not be kept")]
    Storage(#[from] StorageError),
    /// No random bytes.
    #[error(transparent)]
    NoChance(#[from] NoChance),
}

impl SessionError {
    /// The problem code that goes with it.
    pub const fn code(&self) -> ProblemCode {
        match self {
            Self::Message(_) => ProblemCode::SignInRefused,
            Self::NotHeld(held) => match held {
                NotHeld::Domain { .. } | NotHeld::Uri { .. } => ProblemCode::ForeignDomain,
                NotHeld::Chain { .. } => ProblemCode::ForeignChain,
                NotHeld::Future(_) | NotHeld::Old(_) | NotHeld::Expired(_) | NotHeld::NotYet(_) => {
                    ProblemCode::SignInRefused
                }
            },
            Self::NonceUnknown(_) | Self::NonceUsed => ProblemCode::SignInNonceUsed,
            Self::NoncesExhausted => ProblemCode::Busy,
            Self::Signature(error) => error.code(),
            Self::Ended => ProblemCode::SessionEnded,
            Self::KeyRefused => ProblemCode::KeyRefused,
            Self::LinkUnknown | Self::LinkExpired(_) | Self::LinkRevoked(_) => {
                ProblemCode::LinkRefused
            }
            Self::SignInNeeded(..) => ProblemCode::SignInNeeded,
            Self::RoleNeeded { .. } => ProblemCode::RoleNeeded,
            Self::Link(_) => ProblemCode::Malformed,
            Self::Roles(_, error) => error.code(),
            Self::Garbled(_) => ProblemCode::EndpointsDisagree,
            Self::Storage(_) | Self::NoChance(_) => ProblemCode::Internal,
        }
    }
}
