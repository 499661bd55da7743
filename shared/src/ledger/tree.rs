//! The Merkle tree of a growing log, kept as its compact range: one hash per complete subtree (RFC 6962 section 2.1).

use alloy_primitives::B256;
use serde::{Deserialize, Serialize};

use super::leaf::{LeafHash, node_hash, sha256};

/// What a checkpoint says: so many entries, with this root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TreeHead {
    /// Number of entries.
    pub size: u64,
    /// RFC 6962 Merkle tree hash of the entries.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub root: B256,
}

/// The right edge of a tree: appends and roots cost O(log n), memory is at most 64 hashes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CompactTree {
    size: u64,
    /// Roots of the complete subtrees, the largest first: one for each bit set in `size`.
    subtrees: Vec<B256>,
}

/// Bytes that no [`CompactTree`] was written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a compact tree of {size} entries has {expected} subtree hashes, found {found} bytes")]
pub struct ParseCompactTreeError {
    size: u64,
    expected: u32,
    found: usize,
}

impl CompactTree {
    /// The tree of these leaves.
    pub fn of<'a>(leaves: impl IntoIterator<Item = &'a LeafHash>) -> Self {
        let mut tree = Self::default();
        leaves.into_iter().for_each(|leaf| tree.push(*leaf));
        tree
    }

    /// Number of leaves.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Appends one leaf.
    pub fn push(&mut self, leaf: LeafHash) {
        let mut subtree = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.subtrees.pop() {
                subtree = node_hash(&left, &subtree);
            }
        }
        self.subtrees.push(subtree);
        self.size = self.size.saturating_add(1);
    }

    /// Size and root. The root of the empty tree is SHA-256 of nothing.
    pub fn head(&self) -> TreeHead {
        let mut subtrees = self.subtrees.iter().rev().copied();
        let root = match subtrees.next() {
            None => sha256(&[]),
            Some(last) => subtrees.fold(last, |right, left| node_hash(&left, &right)),
        };
        TreeHead { size: self.size, root }
    }

    /// The subtree hashes as bytes, for storing beside [`Self::size`].
    pub fn to_bytes(&self) -> Vec<u8> {
        self.subtrees.iter().flat_map(|hash| hash.0).collect()
    }

    /// The tree written by [`Self::to_bytes`].
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Result<Self, ParseCompactTreeError> {
        let expected = size.count_ones();
        let (hashes, rest) = bytes.as_chunks::<32>();
        if !rest.is_empty() || hashes.len() != expected as usize {
            return Err(ParseCompactTreeError { size, expected, found: bytes.len() });
        }
        Ok(Self { size, subtrees: hashes.iter().map(|hash| B256::from(*hash)).collect() })
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::hex;
    use proptest::prelude::*;

    use super::*;
    use crate::ledger::leaf_hash;

    /// The definition of RFC 6962, word for word: split at the largest power of two below n.
    fn root_by_definition(leaves: &[B256]) -> B256 {
        match leaves {
            [] => sha256(&[]),
            [leaf] => *leaf,
            _ => {
                let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
                node_hash(&root_by_definition(left), &root_by_definition(right))
            }
        }
    }

    #[test]
    fn roots_equal_the_vectors_of_certificate_transparency() {
        let entries: [&[u8]; 8] = [
            b"",
            &hex!("00"),
            &hex!("10"),
            &hex!("2021"),
            &hex!("3031"),
            &hex!("40414243"),
            &hex!("5051525354555657"),
            &hex!("606162636465666768696a6b6c6d6e6f"),
        ];
        let mut tree = CompactTree::default();
        assert_eq!(
            tree.head().root,
            B256::from(hex!("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"))
        );
        for entry in &entries {
            tree.push(leaf_hash(entry));
        }
        assert_eq!(
            tree.head().root,
            B256::from(hex!("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"))
        );
    }

    #[test]
    fn roots_equal_those_of_an_implementation_that_nobody_here_wrote() {
        let entries: Vec<Vec<u8>> = (0_u32..70).map(|n| n.to_be_bytes().to_vec()).collect();
        let mut tree = CompactTree::default();
        let mut stored = Stored::default();
        for (n, entry) in entries.iter().enumerate() {
            tree.push(leaf_hash(entry));
            let hashes = tlog_tiles::stored_hashes(n as u64, entry, &stored).unwrap();
            stored.0.extend(hashes);
            let theirs = tlog_tiles::tree_hash(n as u64 + 1, &stored).unwrap();
            assert_eq!(tree.head().root.0, theirs.0, "{} entries", n + 1);
        }
    }

    #[derive(Default)]
    struct Stored(Vec<tlog_tiles::Hash>);

    impl tlog_tiles::HashReader for Stored {
        fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
            Ok(indexes.iter().map(|index| self.0[usize::try_from(*index).unwrap()]).collect())
        }
    }

    proptest! {
        #[test]
        fn any_tree_has_the_root_of_the_definition_and_survives_storing(count in 0_usize..200) {
            let leaves: Vec<B256> = (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect();
            let tree = CompactTree::of(&leaves);
            prop_assert_eq!(tree.head(), TreeHead { size: count as u64, root: root_by_definition(&leaves) });
            prop_assert_eq!(CompactTree::from_bytes(tree.size(), &tree.to_bytes()), Ok(tree));
        }
    }

    #[test]
    fn stored_bytes_of_another_size_are_refused() {
        assert!(CompactTree::from_bytes(3, &[0; 32]).is_err());
        assert!(CompactTree::from_bytes(1, &[0; 33]).is_err());
    }
}
