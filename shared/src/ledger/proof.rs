//! Proofs over a log's tree (RFC 6962 section 2.1): that an entry is in it, and that a larger tree begins with a
//! smaller one. A proof is made from hashes of complete subtrees, wherever they are kept.

use alloy_primitives::B256;
use serde::{Deserialize, Serialize};

use super::leaf::{LeafHash, node_hash};
use super::tree::TreeHead;

/// A complete subtree: the `2^level` leaves from `index · 2^level` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subtree {
    /// Height over the leaves.
    pub level: u8,
    /// Which one at that height, from 0.
    pub index: u64,
}

/// The leaves from `from` up to, but without, `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeafRange {
    /// First leaf.
    pub from: u64,
    /// After the last leaf.
    pub to: u64,
}

/// That one entry is in a tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InclusionProof {
    /// Position of the entry, from 0.
    pub index: u64,
    /// Entries of the tree.
    pub size: u64,
    /// Sibling hashes from the leaf up.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub hashes: Vec<B256>,
}

/// That a tree begins with a smaller one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConsistencyProof {
    /// Entries of the smaller tree, at least 1.
    pub old: u64,
    /// Entries of the larger tree.
    pub new: u64,
    /// As RFC 6962 section 2.1.2 orders them.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub hashes: Vec<B256>,
}

impl LeafRange {
    /// The complete subtrees that make it up, from left to right. The ranges of proofs are aligned so that these grow
    /// smaller.
    pub fn subtrees(self) -> Vec<Subtree> {
        let mut parts = Vec::new();
        let mut at = self.from;
        while at < self.to {
            let fits = (self.to - at).ilog2();
            let aligned = if at == 0 { u64::BITS } else { at.trailing_zeros() };
            let level = fits.min(aligned);
            // At most 63, since a range has fewer than 2^64 leaves.
            parts.push(Subtree { level: u8::try_from(level).unwrap_or(63), index: at >> level });
            at += 1 << level;
        }
        parts
    }

    /// The Merkle tree hash of the range; `None` where a subtree is not known, or the range is empty.
    pub fn root(self, mut node: impl FnMut(Subtree) -> Option<B256>) -> Option<B256> {
        let mut root = None;
        for part in self.subtrees().into_iter().rev() {
            let left = node(part)?;
            root = Some(root.map_or(left, |right| node_hash(&left, &right)));
        }
        root
    }

    /// The largest power of two that is smaller than the length: where RFC 6962 splits.
    const fn middle(self) -> u64 {
        self.from + (1 << (self.to - self.from - 1).ilog2())
    }
}

impl InclusionProof {
    /// The ranges whose hashes are the proof, from the leaf up; `None` if the entry is not in a tree of that size.
    pub fn ranges(index: u64, size: u64) -> Option<Vec<LeafRange>> {
        if index >= size {
            return None;
        }
        let mut ranges = Vec::new();
        let mut range = LeafRange { from: 0, to: size };
        while range.to - range.from > 1 {
            let middle = range.middle();
            let (left, right) =
                (LeafRange { to: middle, ..range }, LeafRange { from: middle, ..range });
            if index < middle {
                ranges.push(right);
                range = left;
            } else {
                ranges.push(left);
                range = right;
            }
        }
        ranges.reverse();
        Some(ranges)
    }

    /// Makes the proof; `None` if the entry is not in a tree of that size, or a subtree is not known.
    pub fn make(
        index: u64,
        size: u64,
        mut node: impl FnMut(Subtree) -> Option<B256>,
    ) -> Option<Self> {
        let ranges = Self::ranges(index, size)?;
        let hashes =
            ranges.into_iter().map(|range| range.root(&mut node)).collect::<Option<_>>()?;
        Some(Self { index, size, hashes })
    }

    /// Whether it proves that a leaf is in the tree with this head (RFC 9162 section 2.1.3.2).
    pub fn holds(&self, leaf: LeafHash, head: TreeHead) -> bool {
        if self.index >= self.size || self.size != head.size {
            return false;
        }
        let mut place = Place { node: self.index, last: self.size - 1 };
        let mut root = leaf;
        for hash in &self.hashes {
            if place.last == 0 {
                return false;
            }
            root = if place.is_right() { node_hash(hash, &root) } else { node_hash(&root, hash) };
            place.rise();
        }
        place.last == 0 && root == head.root
    }
}

impl ConsistencyProof {
    /// The ranges whose hashes are the proof; `None` unless `1 ≤ old ≤ new`.
    pub fn ranges(old: u64, new: u64) -> Option<Vec<LeafRange>> {
        if old == 0 || old > new {
            return None;
        }
        let mut ranges = Vec::new();
        let mut range = LeafRange { from: 0, to: new };
        let mut is_whole = true;
        while range.to != old {
            let middle = range.middle();
            let (left, right) =
                (LeafRange { to: middle, ..range }, LeafRange { from: middle, ..range });
            if old <= middle {
                ranges.push(right);
                range = left;
            } else {
                ranges.push(left);
                range = right;
                is_whole = false;
            }
        }
        // The smaller tree's own root is known to whoever asks.
        if !is_whole {
            ranges.push(range);
        }
        ranges.reverse();
        Some(ranges)
    }

    /// Makes the proof; `None` unless `1 ≤ old ≤ new` and every subtree is known.
    pub fn make(old: u64, new: u64, mut node: impl FnMut(Subtree) -> Option<B256>) -> Option<Self> {
        let ranges = Self::ranges(old, new)?;
        let hashes =
            ranges.into_iter().map(|range| range.root(&mut node)).collect::<Option<_>>()?;
        Some(Self { old, new, hashes })
    }

    /// Whether it proves that one tree begins with the other (RFC 9162 section 2.1.4.2).
    pub fn holds(&self, old: TreeHead, new: TreeHead) -> bool {
        if self.old == 0 || self.old > self.new || (self.old, self.new) != (old.size, new.size) {
            return false;
        }
        if self.old == self.new {
            return self.hashes.is_empty() && old.root == new.root;
        }
        let known = self.old.is_power_of_two().then_some(old.root);
        let mut hashes = known.into_iter().chain(self.hashes.iter().copied());
        let Some(first) = hashes.next() else { return false };
        let mut place = Place { node: self.old - 1, last: self.new - 1 };
        while place.node & 1 == 1 {
            place.climb();
        }
        let (mut old_root, mut new_root) = (first, first);
        for hash in hashes {
            if place.last == 0 {
                return false;
            }
            if place.is_right() {
                old_root = node_hash(&hash, &old_root);
                new_root = node_hash(&hash, &new_root);
            } else {
                new_root = node_hash(&new_root, &hash);
            }
            place.rise();
        }
        place.last == 0 && old_root == old.root && new_root == new.root
    }
}

/// Where a verifier stands on its way up: a node, and the last node of its level.
struct Place {
    node: u64,
    last: u64,
}

impl Place {
    const fn is_right(&self) -> bool {
        self.node & 1 == 1 || self.node == self.last
    }

    const fn climb(&mut self) {
        self.node >>= 1;
        self.last >>= 1;
    }

    /// One level up; a node without a right sibling rises until it is itself a right child.
    const fn rise(&mut self) {
        if self.is_right() {
            while self.node & 1 == 0 && self.node != 0 {
                self.climb();
            }
        }
        self.climb();
    }
}
