//! Ledgers as transparency logs: the key, and proofs as JSON. Checkpoints and tiles have C2SP's own forms.

use alloy_primitives::B256;
use serde::{Deserialize, Serialize};

use crate::id::Seq;
use crate::ledger::{ConsistencyProof, InclusionProof, TreeHead};

/// The public key that checkpoints are signed with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LedgerKey {
    /// The engine's name. Its logs are `<origin>/registry` and `<origin>/missions/<mission>`.
    pub origin: String,
    /// The key under the engine's name, as C2SP writes it. Compare it with an export's.
    pub vkey: String,
    /// The key under the name of the registry's log.
    pub registry_vkey: String,
}

/// That an event is in a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InclusionView {
    /// The event, from 1.
    pub seq: Seq,
    /// Its leaf hash.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub leaf: B256,
    /// The log that it is in.
    pub tree: TreeHead,
    /// The proof.
    pub proof: InclusionProof,
}

/// That a log begins with what it was before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConsistencyView {
    /// As it was.
    pub old: TreeHead,
    /// As it is.
    pub new: TreeHead,
    /// The proof.
    pub proof: ConsistencyProof,
}
