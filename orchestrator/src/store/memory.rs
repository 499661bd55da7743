//! A store that forgets everything with the process: the double of the real ones in tests.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use phase8_shared::id::{MissionId, Seq, StepId};
use phase8_shared::ledger::{Commitment, CompactTree, TreeHead, leaf_hash};
use phase8_shared::time::Timestamp;

use super::{AppendError, Batch, Blob, EventStore, LogId, Note, StorageError, Stored};

/// Ledgers in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    logs: BTreeMap<LogId, Log>,
    blobs: BTreeMap<(MissionId, Commitment), Blob>,
    notes: BTreeMap<(String, MissionId, StepId), Note>,
    closed: bool,
}

#[derive(Debug, Default)]
struct Log {
    events: Vec<Arc<[u8]>>,
    tree: CompactTree,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl EventStore for MemoryStore {
    async fn append(&self, batch: Batch) -> Result<Vec<TreeHead>, AppendError> {
        let mut inner = self.lock();
        if inner.closed {
            return Err(StorageError::Closed.into());
        }
        for append in &batch.appends {
            let found = inner.logs.get(&append.log).map_or(Seq::ZERO, |log| Seq(log.tree.size()));
            if found != append.expected {
                return Err(AppendError::Conflict {
                    log: append.log,
                    expected: append.expected,
                    found,
                });
            }
        }
        let mut heads = Vec::new();
        for append in batch.appends {
            let log = inner.logs.entry(append.log).or_default();
            for bytes in append.events {
                log.tree.push(leaf_hash(&bytes));
                log.events.push(bytes);
            }
            heads.push(log.tree.head());
        }
        for blob in batch.blobs {
            inner.blobs.insert((blob.mission, blob.commitment), blob);
        }
        Ok(heads)
    }

    async fn read(
        &self,
        log: LogId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Stored>, StorageError> {
        let inner = self.lock();
        let Some(log) = inner.logs.get(&log) else { return Ok(Vec::new()) };
        let skipped = usize::try_from(after.0).unwrap_or(usize::MAX);
        let events = log.events.iter().enumerate().skip(skipped).take(limit);
        Ok(events
            .map(|(index, bytes)| Stored { seq: Seq(index as u64 + 1), bytes: Arc::clone(bytes) })
            .collect())
    }

    async fn head(&self, log: LogId) -> Result<Option<TreeHead>, StorageError> {
        Ok(self.lock().logs.get(&log).map(|log| log.tree.head()))
    }

    async fn logs(&self) -> Result<Vec<LogId>, StorageError> {
        Ok(self.lock().logs.keys().copied().collect())
    }

    async fn blob(
        &self,
        mission: MissionId,
        commitment: Commitment,
    ) -> Result<Option<Blob>, StorageError> {
        Ok(self.lock().blobs.get(&(mission, commitment)).cloned())
    }

    async fn erase(
        &self,
        mission: MissionId,
        commitment: Commitment,
    ) -> Result<bool, StorageError> {
        let mut inner = self.lock();
        if inner.closed {
            return Err(StorageError::Closed);
        }
        Ok(inner.blobs.remove(&(mission, commitment)).is_some())
    }

    async fn remember(&self, note: Note) -> Result<(), StorageError> {
        let mut inner = self.lock();
        if inner.closed {
            return Err(StorageError::Closed);
        }
        inner.notes.entry((note.bucket.clone(), note.mission, note.step)).or_insert(note);
        Ok(())
    }

    async fn recall(
        &self,
        bucket: &str,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Note>, StorageError> {
        let inner = self.lock();
        let live = |note: &&Note| note.bucket == bucket && note.expires_at > now;
        let mut notes: Vec<Note> = inner.notes.values().filter(live).cloned().collect();
        notes.sort_by_key(|note| std::cmp::Reverse((note.at, note.mission, note.step)));
        notes.truncate(limit);
        Ok(notes)
    }

    async fn forget(&self, now: Timestamp) -> Result<u64, StorageError> {
        let mut inner = self.lock();
        if inner.closed {
            return Err(StorageError::Closed);
        }
        let before = inner.notes.len();
        inner.notes.retain(|_, note| note.expires_at > now);
        Ok((before - inner.notes.len()) as u64)
    }

    async fn close(&self) {
        self.lock().closed = true;
    }
}
