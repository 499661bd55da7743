//! The ledger's hashing and its proofs: RFC 6962 leaves and trees over the exact bytes of stored events, tiles,
//! checkpoints as signed notes, salted commitments to what is stored apart, and the verifier of all of it.

mod commitment;
mod export;
mod leaf;
#[cfg(feature = "verify")]
mod note;
mod proof;
mod rows;
mod tile;
mod tree;
#[cfg(feature = "verify")]
pub mod verify;

pub use commitment::{Commitment, Salt};
pub use export::{
    ChainContext, EXPORT_FORMAT, EXPORT_VERSION, Export, ExportedAnchor, ExportedPayload,
    ExportedRegistration,
};
pub use leaf::{LeafHash, leaf_hash};
#[cfg(feature = "verify")]
pub use note::{
    Checkpoint, LogKey, LogVerifier, NoteError, Origin, ParseLogKeyError, ParseOriginError,
    ParseVerifierError,
};
pub use proof::{ConsistencyProof, InclusionProof, LeafRange, Subtree};
pub use rows::{HashTree, TileRoots, part, subtree_root};
pub use tile::{ParseTileError, TILE_HEIGHT, TILE_WIDTH, Tile, TileKind};
pub use tree::{CompactTree, ParseCompactTreeError, TreeHead};
