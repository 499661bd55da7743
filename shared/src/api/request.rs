//! Requests that an owner signed and this server sends, so that the owner pays no gas.

use alloy_primitives::{Address, B256, Bytes, U256};
use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// `POST /api/v1/requests`: an owner's request with its signature. Its EIP-712 digest names it: again is as once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SubmitRequest {
    /// The contract that the owner's door is to call.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub target: Address,
    /// Selector and arguments.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub data: Bytes,
    /// The owner's nonce at the door.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub nonce: U256,
    /// Unix seconds after which the signature is void.
    pub deadline: u64,
    /// The chain that it is signed for, if the sender says so; the deployment's is expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chain_id: Option<u64>,
    /// A wallet's 65 bytes, or whatever the owner's contract takes (EIP-1271).
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub signature: Bytes,
}

/// What became of an owner's request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RequestView {
    /// The EIP-712 digest that was signed.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub digest: B256,
    /// The contract that it calls.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub target: Address,
    /// Selector and arguments.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub data: Bytes,
    /// The call in words, such as `OwnerProxy.executeSigned → BudgetManager.updateCap(mission, cap)`.
    pub call: String,
    /// The owner's nonce at the door.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub nonce: U256,
    /// Unix seconds after which the signature is void.
    pub deadline: u64,
    /// The owner who signed it.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub signer: Address,
    /// How far it is.
    pub state: RequestState,
    /// When it was accepted here.
    pub accepted_at: Timestamp,
    /// The transaction that carries it, or carried it last.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub transaction: Option<B256>,
}

/// How far an owner's request is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum RequestState {
    /// Signed and not on its way: anybody who has the signature can still use it.
    Outstanding {
        /// Why this server did not send it, if it tried.
        #[serde(default)]
        reason: Option<String>,
    },
    /// A transaction carries it.
    Sent {
        /// Which.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        transaction: B256,
    },
    /// It was carried out.
    Included {
        /// By which transaction.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        transaction: B256,
        /// Number of the block.
        block: u64,
    },
    /// The transaction that carried it reverted: the signature can still be used until the deadline.
    Failed {
        /// Why.
        reason: String,
    },
    /// Its deadline passed before it was carried out.
    Expired,
    /// The owner's nonce moved past it: the signature is worth nothing any more.
    Void,
}

impl RequestState {
    /// Whether the signature can still be used by whoever has it.
    pub const fn is_outstanding(&self) -> bool {
        match self {
            Self::Outstanding { .. } | Self::Sent { .. } | Self::Failed { .. } => true,
            Self::Included { .. } | Self::Expired | Self::Void => false,
        }
    }
}
