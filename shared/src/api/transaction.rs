//! Relayed transactions.

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

/// What became of a relayed transaction.
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
    /// When it was accepted here.
    pub accepted_at: Timestamp,
}

/// How far a transaction is. A reorganisation can take it back from `included` to `sent`.
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
    /// In a block, and it reverted.
    Reverted {
        /// Number of the block.
        block: u64,
        /// Why, decoded where possible.
        reason: String,
    },
    /// Its nonce was used by another transaction.
    Replaced {},
    /// The chain refused to take it.
    Refused {
        /// Why.
        reason: String,
    },
}
