//! The ledger's hashing: RFC 6962 leaves and trees over the exact bytes of stored events, and salted commitments to
//! what is stored apart.

mod commitment;
mod leaf;
mod tree;

pub use commitment::{Commitment, Salt};
pub use leaf::{LeafHash, leaf_hash};
pub use tree::{CompactTree, ParseCompactTreeError, TreeHead};
