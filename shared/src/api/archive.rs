//! A mission's archive: its export as a file, packed for IPFS, with the documents that guardians get.

use alloy_primitives::B256;
use serde::{Deserialize, Serialize};

use crate::id::MissionId;
use crate::time::Timestamp;

/// An archive that was made. Its files are kept as they are until the ledger grows and it is made anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ArchiveView {
    /// Of which mission.
    pub mission: MissionId,
    /// The job's name.
    pub name: String,
    /// Events in it.
    pub events: u64,
    /// Root over the leaves of those events.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub root: B256,
    /// When it was made.
    pub made_at: Timestamp,
    /// The export's name on IPFS: CID version 1, as `ipfs add --cid-version 1` computes it.
    pub cid: String,
    /// SHA-256 of the export.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub sha256: B256,
    /// Export, CAR and the documents.
    pub files: Vec<ArchiveFile>,
    /// What became of the upload, where an IPFS node is configured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upload: Option<UploadView>,
}

/// A file of an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ArchiveFile {
    /// Its name.
    pub name: String,
    /// MIME type.
    pub media_type: String,
    /// Its size.
    pub bytes: u64,
}

/// An upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UploadView {
    /// Scheme and host of the node.
    pub node: String,
    /// When it ended.
    pub at: Timestamp,
    /// How it ended.
    #[serde(flatten)]
    pub outcome: UploadOutcome,
}

/// How an upload ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum UploadOutcome {
    /// The node holds it under the archive's own name, and pinned it.
    Pinned {},
    /// It did not get there.
    Failed {
        /// Why, and what to do.
        why: String,
    },
}
