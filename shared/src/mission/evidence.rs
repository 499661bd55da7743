//! What on the chain an event rests on.

use alloy_primitives::B256;
use serde::{Deserialize, Serialize};

/// One log of one transaction. Two events never rest on the same log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TxEvidence {
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// Number of the block that includes the transaction.
    pub block_number: u64,
    /// Hash of that block.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub block_hash: B256,
    /// Hash of the transaction.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub transaction: B256,
    /// Index of the log within the block.
    pub log_index: u64,
}
