//! The hashes of a growing log in rows of tiles, from which any root and any proof is made quickly.

use alloy_primitives::B256;

use super::leaf::{LeafHash, node_hash, sha256};
use super::proof::{LeafRange, Subtree};
use super::tile::{TILE_HEIGHT, TILE_WIDTH};
use super::tree::TreeHead;

#[expect(clippy::cast_possible_truncation, reason = "256 fits everywhere")]
const WIDTH: usize = TILE_WIDTH as usize;

/// The root of up to 256 hashes of complete subtrees whose number is a power of two; `None` for any other number.
pub fn subtree_root(hashes: &[B256]) -> Option<B256> {
    if !hashes.len().is_power_of_two() || hashes.len() > WIDTH {
        return None;
    }
    let mut layer = [B256::ZERO; WIDTH];
    layer.get_mut(..hashes.len())?.copy_from_slice(hashes);
    let mut length = hashes.len();
    while length > 1 {
        length /= 2;
        for at in 0..length {
            let (left, right) = (layer.get(2 * at)?, layer.get(2 * at + 1)?);
            let parent = node_hash(left, right);
            *layer.get_mut(at)? = parent;
        }
    }
    layer.first().copied()
}

/// Above the leaves: the root of each full tile, row by row. A log of a million entries has 4 000 of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TileRoots {
    /// `rows[0]` has the roots of full tiles of leaves, `rows[1]` those of full tiles of these, and so on.
    rows: Vec<Vec<B256>>,
}

impl TileRoots {
    /// Full tiles of leaves so far.
    pub fn blocks(&self) -> u64 {
        self.rows.first().map_or(0, |row| row.len() as u64)
    }

    /// Takes the root of the next full tile of leaves.
    pub fn push(&mut self, root: B256) {
        let mut root = root;
        let mut level = 0;
        loop {
            if self.rows.len() == level {
                self.rows.push(Vec::new());
            }
            let Some(row) = self.rows.get_mut(level) else { return };
            row.push(root);
            let full = row.len().is_multiple_of(WIDTH);
            let last = row.len().checked_sub(WIDTH).and_then(|from| row.get(from..));
            match last.filter(|_| full).and_then(subtree_root) {
                Some(above) => root = above,
                None => return,
            }
            level += 1;
        }
    }

    /// Hashes of a tile's row: level 1 has the roots of full tiles of leaves. Level 0, the leaves, is not kept here.
    pub fn row(&self, level: u8) -> &[B256] {
        let at = usize::from(level).checked_sub(1);
        at.and_then(|at| self.rows.get(at)).map_or(&[], Vec::as_slice)
    }

    /// The root of a complete subtree of at least 256 leaves.
    pub fn node(&self, subtree: Subtree) -> Option<B256> {
        let level = u32::from(subtree.level);
        let row = self.row(u8::try_from(level / TILE_HEIGHT).ok()?);
        part(row, subtree.index, level % TILE_HEIGHT)
    }
}

/// The root of `2^height` hashes of a row, the `index`-th such group.
pub fn part(row: &[B256], index: u64, height: u32) -> Option<B256> {
    let count = 1_usize.checked_shl(height)?;
    let from = usize::try_from(index).ok()?.checked_mul(count)?;
    subtree_root(row.get(from..from.checked_add(count)?)?)
}

/// Every leaf of a log in memory, with the rows above: 33 bytes an entry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HashTree {
    leaves: Vec<LeafHash>,
    roots: TileRoots,
}

impl HashTree {
    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.leaves.len() as u64
    }

    /// Every leaf, in order.
    pub fn leaves(&self) -> &[LeafHash] {
        &self.leaves
    }

    /// Appends a leaf.
    pub fn push(&mut self, leaf: LeafHash) {
        self.leaves.push(leaf);
        if self.leaves.len().is_multiple_of(WIDTH) {
            let from = self.leaves.len().saturating_sub(WIDTH);
            if let Some(root) = self.leaves.get(from..).and_then(subtree_root) {
                self.roots.push(root);
            }
        }
    }

    /// The root of a complete subtree; `None` if the log does not reach that far.
    pub fn node(&self, subtree: Subtree) -> Option<B256> {
        match u32::from(subtree.level) {
            height if height < TILE_HEIGHT => part(&self.leaves, subtree.index, height),
            _ => self.roots.node(subtree),
        }
    }

    /// The head that the log had at this size; `None` if it is not that large.
    pub fn head_at(&self, size: u64) -> Option<TreeHead> {
        if size == 0 {
            return Some(TreeHead { size, root: sha256(&[]) });
        }
        if size > self.size() {
            return None;
        }
        let root = LeafRange { from: 0, to: size }.root(|subtree| self.node(subtree))?;
        Some(TreeHead { size, root })
    }

    /// The head of all leaves.
    pub fn head(&self) -> TreeHead {
        // A tree knows its own head; the empty one stands in for what cannot be.
        self.head_at(self.size()).unwrap_or(TreeHead { size: 0, root: sha256(&[]) })
    }
}

impl FromIterator<LeafHash> for HashTree {
    fn from_iter<I: IntoIterator<Item = LeafHash>>(leaves: I) -> Self {
        let mut tree = Self::default();
        leaves.into_iter().for_each(|leaf| tree.push(leaf));
        tree
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ledger::{CompactTree, ConsistencyProof, InclusionProof, leaf_hash};

    fn leaf(number: u64) -> LeafHash {
        leaf_hash(&number.to_be_bytes())
    }

    /// Their hashes of the same entries, as an implementation that nobody here wrote keeps them.
    #[derive(Default)]
    struct Theirs(Vec<tlog_tiles::Hash>);

    impl Theirs {
        fn of(size: u64) -> Self {
            let mut theirs = Self::default();
            for number in 0..size {
                let hashes =
                    tlog_tiles::stored_hashes(number, &number.to_be_bytes(), &theirs).unwrap();
                theirs.0.extend(hashes);
            }
            theirs
        }
    }

    impl tlog_tiles::HashReader for Theirs {
        fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
            Ok(indexes.iter().map(|index| self.0[usize::try_from(*index).unwrap()]).collect())
        }
    }

    fn theirs(hash: B256) -> tlog_tiles::Hash {
        tlog_tiles::Hash(hash.0)
    }

    fn all_theirs(hashes: &[B256]) -> Vec<tlog_tiles::Hash> {
        hashes.iter().copied().map(theirs).collect()
    }

    const SIZES: [u64; 12] = [1, 2, 3, 7, 8, 64, 100, 255, 256, 257, 700, 1_025];

    #[test]
    fn every_earlier_head_is_that_of_the_compact_tree() {
        let tree: HashTree = (0..1_025).map(leaf).collect();
        let mut compact = CompactTree::default();
        for size in 0..=1_025 {
            assert_eq!(tree.head_at(size), Some(compact.head()), "{size}");
            compact.push(leaf(size));
        }
        assert_eq!(tree.head_at(1_026), None);
    }

    #[test]
    fn a_foreign_verifier_takes_our_inclusion_proofs_and_we_take_its_and_both_refuse_tampered_ones()
    {
        let tree: HashTree = (0..1_025).map(leaf).collect();
        let stored = Theirs::of(1_025);
        let mut checked = 0;
        for size in SIZES {
            let head = tree.head_at(size).unwrap();
            for index in [0, size / 3, size / 2, size - 1] {
                let ours = InclusionProof::make(index, size, |subtree| tree.node(subtree)).unwrap();
                let check = |hashes: &[B256], leaf: B256| {
                    tlog_tiles::check_record(
                        &all_theirs(hashes),
                        size,
                        theirs(head.root),
                        index,
                        theirs(leaf),
                    )
                };
                assert!(check(&ours.hashes, leaf(index)).is_ok(), "{index} of {size}");
                assert!(check(&ours.hashes, leaf(index + 1)).is_err());
                let made = tlog_tiles::prove_record(size, index, &stored).unwrap();
                assert_eq!(all_theirs(&ours.hashes), made);

                assert!(ours.holds(leaf(index), head));
                assert!(!ours.holds(leaf(index + 1), head));
                for bad in tampered(&ours.hashes) {
                    assert!(check(&bad, leaf(index)).is_err());
                    assert!(
                        !InclusionProof { hashes: bad, ..ours.clone() }.holds(leaf(index), head)
                    );
                }
                let moved = InclusionProof { index: (index + 1) % size, ..ours.clone() };
                assert!(size == 1 || !moved.holds(leaf(index), head), "{index} of {size}");
                checked += 1;
            }
        }
        assert_eq!(checked, 48);
        assert_eq!(InclusionProof::make(5, 5, |subtree| tree.node(subtree)), None);
    }

    #[test]
    fn a_foreign_verifier_takes_our_consistency_proofs_and_we_take_its_and_both_refuse_tampered_ones()
     {
        let tree: HashTree = (0..1_025).map(leaf).collect();
        let stored = Theirs::of(1_025);
        let mut checked = 0;
        for (new, old) in SIZES.iter().flat_map(|new| SIZES.map(|old| (*new, old))) {
            if old > new {
                assert_eq!(ConsistencyProof::make(old, new, |subtree| tree.node(subtree)), None);
                continue;
            }
            let (was, is) = (tree.head_at(old).unwrap(), tree.head_at(new).unwrap());
            let ours = ConsistencyProof::make(old, new, |subtree| tree.node(subtree)).unwrap();
            let check = |hashes: &[B256], root: B256| {
                tlog_tiles::check_tree(
                    &all_theirs(hashes),
                    new,
                    theirs(root),
                    old,
                    theirs(was.root),
                )
            };
            assert!(check(&ours.hashes, is.root).is_ok(), "{old} in {new}");
            assert!(check(&ours.hashes, leaf(0)).is_err() || new == 1);
            assert_eq!(
                all_theirs(&ours.hashes),
                tlog_tiles::prove_tree(new, old, &stored).unwrap()
            );

            assert!(ours.holds(was, is));
            assert!(!ours.holds(TreeHead { root: leaf(9_999), ..was }, is));
            assert!(!ours.holds(was, TreeHead { root: leaf(9_999), ..is }));
            for bad in tampered(&ours.hashes) {
                assert!(check(&bad, is.root).is_err());
                assert!(!ConsistencyProof { hashes: bad, ..ours.clone() }.holds(was, is));
            }
            checked += 1;
        }
        assert_eq!(checked, 78);
    }

    /// Each hash flipped, the last one gone, one more, and two swapped.
    fn tampered(hashes: &[B256]) -> Vec<Vec<B256>> {
        let mut all: Vec<Vec<B256>> = (0..hashes.len())
            .map(|at| {
                let mut bad = hashes.to_vec();
                bad[at].0[31] ^= 1;
                bad
            })
            .collect();
        if let [rest @ .., _] = hashes {
            all.push(rest.to_vec());
        }
        all.push([hashes, &[B256::ZERO]].concat());
        if let [first, second, rest @ ..] = hashes {
            all.push([&[*second, *first], rest].concat());
        }
        all
    }

    proptest! {
        #[test]
        fn any_proof_of_any_tree_holds(size in 1_u64..600, a in 0_u64..600, b in 1_u64..600) {
            let tree: HashTree = (0..size).map(leaf).collect();
            let (index, old) = (a % size, 1 + b % size);
            let head = tree.head();
            let inclusion = InclusionProof::make(index, size, |subtree| tree.node(subtree)).unwrap();
            prop_assert!(inclusion.holds(leaf(index), head));
            let consistency = ConsistencyProof::make(old, size, |subtree| tree.node(subtree)).unwrap();
            prop_assert!(consistency.holds(tree.head_at(old).unwrap(), head));
        }
    }
}
