//! Why a transaction is not relayed.

use alloy::primitives::B256;
use phase8_shared::api::ProblemCode;

use super::super::db::StorageError;
use crate::chain::ChainError;

/// A transaction is not relayed.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// Not a signed transaction of a kind that is relayed.
    #[error("the transaction cannot be relayed: {0}")]
    Unreadable(String),
    /// Signed for another chain.
    #[error("the transaction is signed for {}, expected chain {expected}: switch the wallet's network and sign again", chain_words(*.found))]
    WrongChain {
        /// The chain it is signed for; `None` if for any chain.
        found: Option<u64>,
        /// The chain of the deployment.
        expected: u64,
    },
    /// Not one of the calls that are relayed.
    #[error(
        "{found}; this server relays token approvals for the escrow, funding, refunds and governance levers"
    )]
    NotAllowed {
        /// What was found.
        found: String,
    },
    /// The node knows no transaction with this hash.
    #[error(
        "the node knows no transaction {0}: if a wallet sent it a moment ago, try again in a few seconds; if not, the wallet's \
         network is another chain"
    )]
    Unknown(B256),
    /// The pause guardian contract has another owner than its caller.
    #[error("{0}. Ensure OWNER_ADDRESS matches the owner of the existing pause guardian contract")]
    PauseGuardianNotOwner(String),
    /// The chain would refuse it, or did.
    #[error("{0}")]
    Refused(String),
    /// The chain could not be asked.
    #[error("the chain could not be asked")]
    Chain(#[source] ChainError),
    /// It could not be stored, so it was not sent.
    #[error("the transaction could not be stored, so it was not sent")]
    Storage(#[from] StorageError),
    /// The database that a group of servers shares does not answer.
    #[error("it is not known what other servers signed, so nothing was signed here")]
    Group(#[from] phase8_orchestrator::store::StorageError),
    /// This server's own wallet could not sign.
    #[error("the relayer's wallet could not sign")]
    Signer(#[from] alloy::signers::Error),
}

fn chain_words(chain_id: Option<u64>) -> String {
    chain_id.map_or_else(|| "no chain in particular".to_owned(), |id| format!("chain {id}"))
}

impl RelayError {
    /// The problem code that goes with it.
    pub const fn code(&self) -> ProblemCode {
        match self {
            Self::Unreadable(_) => ProblemCode::BadTransaction,
            Self::WrongChain { .. } => ProblemCode::WrongChain,
            Self::NotAllowed { .. } => ProblemCode::NotAllowed,
            Self::Unknown(_) => ProblemCode::NotFound,
            Self::PauseGuardianNotOwner(_) => ProblemCode::PauseGuardianNotOwner,
            Self::Refused(_) => ProblemCode::TransactionRefused,
            Self::Chain(
                ChainError::Unreachable { .. }
                | ChainError::WrongChain { .. }
                | ChainError::Garbled { .. },
            ) => ProblemCode::ChainUnreachable,
            Self::Chain(ChainError::Refused(_))
            | Self::Storage(_)
            | Self::Group(_)
            | Self::Signer(_) => ProblemCode::Internal,
        }
    }
}

impl From<ChainError> for RelayError {
    fn from(error: ChainError) -> Self {
        match error.reason() {
            Some(reason) if reason.name == Some(PAUSE_GUARDIAN_NOT_OWNER) => {
                Self::PauseGuardianNotOwner(reason.to_string())
            }
            Some(reason) => Self::Refused(reason.to_string()),
            None => Self::Chain(error),
        }
    }
}

/// The contract's error with this name has a code and a remedy of its own.
const PAUSE_GUARDIAN_NOT_OWNER: &str = "PauseGuardianNotOwner";
