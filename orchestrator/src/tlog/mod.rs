//! Ledgers as transparency logs that any C2SP tool can read: signed checkpoints, tiles, proofs, and exports. Nothing here
//! writes a ledger; everything is computed from what the store keeps.

mod checkpoint;
mod error;
mod export;
mod nodes;
mod signed;
mod tiles;

#[cfg(test)]
mod tampered;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use alloy_primitives::B256;
use phase8_shared::api::{ConsistencyView, InclusionView, LedgerKey};
use phase8_shared::id::{MissionId, Seq};
use phase8_shared::ledger::{
    ChainContext, ConsistencyProof, InclusionProof, LogKey, Origin, TreeHead,
};

pub use error::LogError;
pub use export::ExportStream;
pub use signed::{MemorySignedHeads, SignedHeads};
pub use tiles::TileBytes;

use self::nodes::Nodes;
use crate::ports::Clock;
use crate::store::{EventStore, LogId};

/// What logs are served with.
#[derive(Debug, Clone)]
pub struct LogParts {
    /// Keeps the ledgers.
    pub store: Arc<dyn EventStore>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Signs checkpoints.
    pub key: LogKey,
    /// The engine's name; each log has one below it.
    pub origin: Origin,
    /// Remembers what was signed.
    pub signed: Arc<dyn SignedHeads>,
    /// Chain and contracts, where they are known.
    pub chain: Option<ChainContext>,
}

/// Every ledger as a log. Clones are handles of the same one.
#[derive(Clone)]
pub struct Logs {
    inner: Arc<Inner>,
}

struct Inner {
    parts: LogParts,
    nodes: Nodes,
    /// Held while a checkpoint is signed: of two, the later one is never the smaller.
    signing: tokio::sync::Mutex<BTreeMap<LogId, checkpoint::Signed>>,
    registered: tokio::sync::Mutex<Registered>,
}

/// Which entry of the registry begins which mission, as far as it was read.
#[derive(Debug, Default)]
struct Registered {
    /// Entries that were read.
    read: u64,
    missions: BTreeMap<MissionId, u64>,
}

impl fmt::Debug for Logs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Logs").field("origin", &self.inner.parts.origin).finish_non_exhaustive()
    }
}

impl Logs {
    /// Serves the logs of this store.
    pub fn new(parts: LogParts) -> Self {
        let nodes = Nodes::new(Arc::clone(&parts.store));
        Self {
            inner: Arc::new(Inner {
                parts,
                nodes,
                signing: tokio::sync::Mutex::default(),
                registered: tokio::sync::Mutex::default(),
            }),
        }
    }

    /// The public key under the engine's name and under the registry's.
    pub fn key(&self) -> LedgerKey {
        let LogParts { key, origin, .. } = &self.inner.parts;
        let name = |origin: Origin| key.verifier(origin).to_string();
        LedgerKey {
            origin: origin.to_string(),
            vkey: name(origin.clone()),
            registry_vkey: name(origin.registry()),
        }
    }

    /// The name of a log.
    fn origin(&self, log: LogId) -> Origin {
        match log {
            LogId::Registry => self.inner.parts.origin.registry(),
            LogId::Mission(mission) => self.inner.parts.origin.mission(mission),
        }
    }

    /// The head of a log now.
    async fn head(&self, log: LogId) -> Result<TreeHead, LogError> {
        self.inner.parts.store.head(log).await?.ok_or(LogError::NoSuchLog(log))
    }

    /// That an event is in the log; in the log as it is now if no size is named.
    pub async fn inclusion(
        &self,
        log: LogId,
        seq: Seq,
        size: Option<u64>,
    ) -> Result<InclusionView, LogError> {
        let size = self.known_size(log, size).await?;
        let index = seq.0.checked_sub(1).filter(|index| *index < size);
        let outside = LogError::OutOfRange(format!(
            "a log of {size} entries has the entries 1 to {size}; entry {seq} is not among them"
        ));
        let Some(index) = index else { return Err(outside) };
        let mut ranges = InclusionProof::ranges(index, size).unwrap_or_default();
        ranges.extend([nodes::one(index), nodes::all(size)]);
        let window = self.inner.nodes.window(log, size, &ranges).await?;
        let node = |subtree| window.node(subtree);
        let proof = InclusionProof::make(index, size, node);
        let (leaf, root) = (nodes::one(index).root(node), nodes::all(size).root(node));
        match (proof, leaf, root) {
            (Some(proof), Some(leaf), Some(root)) => {
                Ok(InclusionView { seq, leaf, tree: TreeHead { size, root }, proof })
            }
            _ => Err(nodes::missing(log)),
        }
    }

    /// That a log begins with what it was at a smaller size; as it is now if no larger size is named.
    pub async fn consistency(
        &self,
        log: LogId,
        old: u64,
        new: Option<u64>,
    ) -> Result<ConsistencyView, LogError> {
        let new = self.known_size(log, new).await?;
        let outside = || {
            LogError::OutOfRange(format!(
                "a proof leads from a size of at least 1 to one that is not smaller; found {old} and {new}"
            ))
        };
        let mut ranges = ConsistencyProof::ranges(old, new).ok_or_else(outside)?;
        ranges.extend([nodes::all(old), nodes::all(new)]);
        let window = self.inner.nodes.window(log, new, &ranges).await?;
        let node = |subtree| window.node(subtree);
        let head = |size| nodes::all(size).root(node).map(|root: B256| TreeHead { size, root });
        match (ConsistencyProof::make(old, new, node), head(old), head(new)) {
            (Some(proof), Some(old), Some(new)) => Ok(ConsistencyView { old, new, proof }),
            _ => Err(nodes::missing(log)),
        }
    }

    /// The size that is meant, if the log is that large.
    async fn known_size(&self, log: LogId, size: Option<u64>) -> Result<u64, LogError> {
        let head = self.head(log).await?;
        match size {
            None => Ok(head.size),
            Some(size) if (1..=head.size).contains(&size) => Ok(size),
            Some(size) => {
                let words = format!("the log has {} entries; {size} is no size of it", head.size);
                Err(LogError::OutOfRange(words))
            }
        }
    }
}
