//! The export of a mission: one JSON file with everything that a verifier needs, and nothing that it must believe.

use alloy_primitives::{Address, B256, Bytes};
use serde::{Deserialize, Serialize};

use super::commitment::{Commitment, Salt};
use super::tree::TreeHead;
use crate::chain::Contracts;
use crate::id::{MissionId, Seq};
use crate::mission::TxEvidence;
use crate::time::Timestamp;

/// What the file calls itself.
pub const EXPORT_FORMAT: &str = "phase8-mission-export";

/// The version written today.
pub const EXPORT_VERSION: u16 = 1;

/// The file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Export {
    /// [`EXPORT_FORMAT`].
    pub format: String,
    /// [`EXPORT_VERSION`].
    pub version: u16,
    /// Which mission.
    pub mission: MissionId,
    /// When the file was made, on the clock of the machine that made it.
    pub exported_at: Timestamp,
    /// Name of the mission's log.
    pub origin: String,
    /// The log's public key, as C2SP writes it. Compare it with one that you got another way.
    pub vkey: String,
    /// The log's signed checkpoint (C2SP tlog-checkpoint in a signed note).
    pub checkpoint: String,
    /// Size and root that the checkpoint signs.
    pub tree: TreeHead,
    /// That the registry of missions lists this one; absent if it did not.
    pub registration: Option<ExportedRegistration>,
    /// Chain and contracts that approvals are signed for; absent where the engine knew none.
    pub chain: Option<ChainContext>,
    /// Checkpoints that stand on the chain.
    pub anchors: Vec<ExportedAnchor>,
    /// Every event: the exact text whose bytes are hashed into the tree.
    pub events: Vec<String>,
    /// The leaf hash of every event as the log keeps it, 32 bytes each, one after the other.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub leaves: Bytes,
    /// Contents that events commit to.
    pub payloads: Vec<ExportedPayload>,
    /// Commitments whose content and salt were erased.
    pub erased: Vec<Commitment>,
}

/// An entry of the registry's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ExportedRegistration {
    /// Name of the registry's log.
    pub origin: String,
    /// The registry's signed checkpoint.
    pub checkpoint: String,
    /// Position of the entry, from 0.
    pub index: u64,
    /// The exact text of the entry.
    pub entry: String,
    /// Sibling hashes from the leaf up.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub proof: Vec<B256>,
}

/// Chain and contracts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChainContext {
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// Addresses.
    pub contracts: Contracts,
}

/// A checkpoint on the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ExportedAnchor {
    /// The event that tells of it.
    pub seq: Seq,
    /// What was anchored.
    pub tree: TreeHead,
    /// The contract that holds it; absent where the engine knew none.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub contract: Option<Address>,
    /// The contract's event.
    pub evidence: TxEvidence,
}

/// A content with the salt that opens its commitment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ExportedPayload {
    /// What the ledger holds.
    pub commitment: Commitment,
    /// Opens it.
    pub salt: Salt,
    /// MIME type.
    pub media_type: String,
    /// The content; deliverables are text.
    pub content: String,
}
