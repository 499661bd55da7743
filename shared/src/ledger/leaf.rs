//! Leaf and node hashes (RFC 6962 section 2.1).

use alloy_primitives::B256;
use sha2::{Digest, Sha256};

/// The hash of one ledger entry: `SHA-256(0x00 ‖ entry)`.
pub type LeafHash = B256;

/// Hashes one entry's exact stored bytes.
pub fn leaf_hash(entry: &[u8]) -> LeafHash {
    sha256(&[&[0x00], entry])
}

/// Hashes two subtrees: `SHA-256(0x01 ‖ left ‖ right)`.
pub(in crate::ledger) fn node_hash(left: &B256, right: &B256) -> B256 {
    sha256(&[&[0x01], left.as_slice(), right.as_slice()])
}

/// SHA-256 over the parts, one after the other.
pub(in crate::ledger) fn sha256(parts: &[&[u8]]) -> B256 {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    B256::from_slice(&hasher.finalize())
}
