//! Signing. What is signed adds up: the head is the root of the kept leaves, and it continues what was signed before.

use phase8_shared::ledger::{Checkpoint, TreeHead};

use super::{LogError, LogParts, Logs, nodes};
use crate::store::{LogId, StorageError};

/// A signed checkpoint.
#[derive(Debug, Clone)]
pub(super) struct Signed {
    /// What it says.
    pub(super) tree: TreeHead,
    /// The note.
    pub(super) note: String,
}

impl Logs {
    /// The signed checkpoint of a log as it is now (C2SP tlog-checkpoint).
    pub async fn checkpoint(&self, log: LogId) -> Result<String, LogError> {
        self.signed(log).await.map(|signed| signed.note)
    }

    /// The same, with what it says.
    pub(super) async fn signed(&self, log: LogId) -> Result<Signed, LogError> {
        let LogParts { key, .. } = &self.inner.parts;
        let mut signing = self.inner.signing.lock().await;
        let tree = self.head(log).await?;
        let last = match signing.get(&log) {
            Some(last) => Some(last.clone()),
            None => self.remembered(log).await?,
        };
        let before = last.as_ref().map(|last| last.tree);
        if let Some(last) = last.filter(|last| last.tree == tree) {
            signing.insert(log, last.clone());
            return Ok(last);
        }
        self.demand_continuation(log, before, tree).await?;
        let checkpoint = Checkpoint { origin: self.origin(log), tree };
        let note = key.sign(&checkpoint).ok_or(LogError::Unsigned(log))?;
        self.remember(log, note.clone()).await?;
        let signed = Signed { tree, note };
        signing.insert(log, signed.clone());
        Ok(signed)
    }

    /// The last checkpoint that this engine's key signed for the log under its present name.
    async fn remembered(&self, log: LogId) -> Result<Option<Signed>, LogError> {
        let signed = std::sync::Arc::clone(&self.inner.parts.signed);
        let Some(note) = off_thread(move || signed.last(log)).await? else { return Ok(None) };
        let verifier = self.inner.parts.key.verifier(self.origin(log));
        // With a new key or name it is another log, which has signed nothing yet.
        Ok(verifier.open(&note).ok().map(|checkpoint| Signed { tree: checkpoint.tree, note }))
    }

    async fn remember(&self, log: LogId, note: String) -> Result<(), LogError> {
        let signed = std::sync::Arc::clone(&self.inner.parts.signed);
        off_thread(move || signed.keep(log, &note)).await.map_err(Into::into)
    }

    async fn demand_continuation(
        &self,
        log: LogId,
        before: Option<TreeHead>,
        tree: TreeHead,
    ) -> Result<(), LogError> {
        let contradiction = |signed| LogError::Contradiction { log, signed, found: tree };
        let old = before.unwrap_or(tree);
        if old.size > tree.size {
            return Err(contradiction(old));
        }
        let ranges = [nodes::all(old.size), nodes::all(tree.size)];
        let window = self.inner.nodes.window(log, tree.size, &ranges).await?;
        let root = |size| nodes::all(size).root(|subtree| window.node(subtree));
        if root(tree.size) != Some(tree.root) {
            return Err(nodes::missing(log));
        }
        if root(old.size) == Some(old.root) { Ok(()) } else { Err(contradiction(old)) }
    }
}

/// Reads or writes a small file.
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StorageError> + Send + 'static,
) -> Result<T, StorageError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| StorageError::Driver(Box::new(error)))?
}
