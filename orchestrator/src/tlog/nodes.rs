//! The hashes that tiles and proofs are made of. Roots of full tiles never change, so they are kept: one hash for 256
//! entries. Leaves are read from the store, 256 at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use alloy_primitives::B256;
use phase8_shared::id::Seq;
use phase8_shared::ledger::{
    LeafHash, LeafRange, Subtree, TILE_HEIGHT, TILE_WIDTH, TileRoots, part, subtree_root,
};

use super::LogError;
use crate::store::{EventStore, LogId, StorageError};

/// Logs whose roots are kept; those that nobody asks for make way.
const MOST_LOGS: usize = 512;
/// Tiles of leaves that are read at once.
const PAGE: u64 = 16;

#[expect(clippy::cast_possible_truncation, reason = "256 fits everywhere")]
const WIDTH: usize = TILE_WIDTH as usize;

/// Keeps roots.
#[derive(Debug)]
pub(super) struct Nodes {
    store: Arc<dyn EventStore>,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    turn: u64,
    logs: BTreeMap<LogId, (u64, Arc<TileRoots>)>,
}

/// All hashes that some tiles or proofs need.
#[derive(Debug)]
pub(super) struct Window {
    roots: Arc<TileRoots>,
    /// Leaves, by full or partial tile.
    leaves: BTreeMap<u64, Vec<LeafHash>>,
}

impl Nodes {
    pub(super) fn new(store: Arc<dyn EventStore>) -> Self {
        Self { store, kept: Mutex::default() }
    }

    /// The roots of every full tile in a log of this size.
    pub(super) async fn roots(&self, log: LogId, size: u64) -> Result<Arc<TileRoots>, LogError> {
        let mut roots = self.kept(log);
        let blocks = size / TILE_WIDTH;
        while roots.blocks() < blocks {
            let from = roots.blocks();
            let count = (blocks - from).min(PAGE);
            let leaves = self.leaves(log, from * TILE_WIDTH, count * TILE_WIDTH).await?;
            let grown = Arc::make_mut(&mut roots);
            for block in leaves.chunks(WIDTH) {
                grown.push(subtree_root(block).ok_or_else(|| missing(log))?);
            }
        }
        self.keep(log, &roots);
        Ok(roots)
    }

    /// Everything that the ranges of a log of this size need.
    pub(super) async fn window(
        &self,
        log: LogId,
        size: u64,
        ranges: &[LeafRange],
    ) -> Result<Window, LogError> {
        let roots = self.roots(log, size).await?;
        let parts = ranges.iter().flat_map(|range| range.subtrees());
        let blocks: BTreeSet<u64> = parts
            .filter(|part| u32::from(part.level) < TILE_HEIGHT)
            .map(|part| (part.index << part.level) / TILE_WIDTH)
            .collect();
        let mut leaves = BTreeMap::new();
        for block in blocks {
            let from = block * TILE_WIDTH;
            let count = size.saturating_sub(from).min(TILE_WIDTH);
            leaves.insert(block, self.leaves(log, from, count).await?);
        }
        Ok(Window { roots, leaves })
    }

    /// So many leaves from a position on, and not one fewer.
    pub(super) async fn leaves(
        &self,
        log: LogId,
        from: u64,
        count: u64,
    ) -> Result<Vec<LeafHash>, LogError> {
        let limit = usize::try_from(count).unwrap_or(usize::MAX);
        let leaves = self.store.leaves(log, Seq(from), limit).await?;
        if leaves.len() == limit { Ok(leaves) } else { Err(missing(log)) }
    }

    fn kept(&self, log: LogId) -> Arc<TileRoots> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.logs.get(&log).map(|(_, roots)| Arc::clone(roots)).unwrap_or_default()
    }

    fn keep(&self, log: LogId, roots: &Arc<TileRoots>) {
        if roots.blocks() == 0 {
            return;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.turn += 1;
        let turn = kept.turn;
        let entry = kept.logs.entry(log).or_default();
        entry.0 = turn;
        // Of two that grew at the same time the longer one stays.
        if entry.1.blocks() < roots.blocks() {
            entry.1 = Arc::clone(roots);
        }
        if kept.logs.len() > MOST_LOGS {
            let oldest = kept.logs.iter().min_by_key(|(_, (turn, _))| *turn).map(|(log, _)| *log);
            if let Some(oldest) = oldest {
                kept.logs.remove(&oldest);
            }
        }
    }
}

impl Window {
    /// The root of a complete subtree, if it was asked for.
    pub(super) fn node(&self, subtree: Subtree) -> Option<B256> {
        let height = u32::from(subtree.level);
        if height >= TILE_HEIGHT {
            return self.roots.node(subtree);
        }
        let first = subtree.index << height;
        let leaves = self.leaves.get(&(first / TILE_WIDTH))?;
        part(leaves, (first % TILE_WIDTH) >> height, height)
    }
}

/// The range of one leaf.
pub(super) const fn one(index: u64) -> LeafRange {
    LeafRange { from: index, to: index + 1 }
}

/// The range of every leaf.
pub(super) const fn all(size: u64) -> LeafRange {
    LeafRange { from: 0, to: size }
}

/// The store has fewer leaves than its head says.
pub(super) fn missing(log: LogId) -> LogError {
    StorageError::Inconsistent { table: "events", column: "leaf", row: log.to_string() }.into()
}
