//! Relayed and watched transactions.

use alloy_primitives::{Address, B256, Bytes};
use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// `POST /api/v1/transactions`: a transaction that a wallet signed. Sending it twice is the same as once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SubmitTransaction {
    /// EIP-2718 envelope, signed.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub raw: Bytes,
}

/// `POST /api/v1/transactions/watch`: a transaction that a wallet sent by itself and answered the hash of. Again is as
/// once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WatchTransaction {
    /// Its hash.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub hash: B256,
}

/// What became of a relayed or watched transaction. It is followed by its sender and nonce: whatever transaction uses
/// up that nonce decides how it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TransactionView {
    /// Its hash.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub hash: B256,
    /// Who signed it.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub from: Address,
    /// The signer's nonce that it uses up.
    pub nonce: u64,
    /// The contract it calls.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub to: Address,
    /// The call in words, such as `OwnerProxy.execute → BudgetManager.updateCap`.
    pub call: String,
    /// How far it is.
    pub status: TransactionStatus,
    /// The other transaction that used the nonce: the same call at another price, if this one counts as included, or
    /// another call, if it is replaced.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub replaced_by: Option<B256>,
    /// How often a reorganisation of the chain took it back.
    #[serde(default)]
    pub taken_back: u32,
    /// The block that included it before it was last taken back.
    #[serde(default)]
    pub taken_back_from: Option<u64>,
    /// When it was accepted here.
    pub accepted_at: Timestamp,
}

/// How far a transaction is. A reorganisation can take it back to `sent` until it is `final`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum TransactionStatus {
    /// Stored, not sent yet.
    Stored,
    /// The chain has it.
    Sent,
    /// In a block, and it succeeded.
    Included {
        /// Number of the block.
        block: u64,
    },
    /// It succeeded in a block that the chain calls safe, or that enough blocks follow.
    Safe {
        /// Number of the block.
        block: u64,
    },
    /// It succeeded in a block that no reorganisation takes back any more.
    Final {
        /// Number of the block.
        block: u64,
    },
    /// In a block, and it reverted.
    Reverted {
        /// Number of the block.
        block: u64,
        /// Why, decoded where possible.
        reason: String,
    },
    /// Its nonce was used by another call.
    Replaced {},
    /// The chain refused to take it.
    Refused {
        /// Why.
        reason: String,
    },
}

impl TransactionStatus {
    /// The block that it succeeded in, if it did.
    pub const fn succeeded_in(&self) -> Option<u64> {
        match self {
            Self::Included { block } | Self::Safe { block } | Self::Final { block } => Some(*block),
            Self::Stored
            | Self::Sent
            | Self::Reverted { .. }
            | Self::Replaced {}
            | Self::Refused { .. } => None,
        }
    }

    /// Whether it may still be included without being signed anew.
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Stored | Self::Sent)
    }
}
