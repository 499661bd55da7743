//! A store that forgets everything with the process: the double of the real ones in tests.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use phase8_shared::id::{MissionId, Seq, StepId};
use phase8_shared::ledger::{Commitment, CompactTree, TreeHead, leaf_hash};
use phase8_shared::time::Timestamp;

use super::hints::{self, Hints};
use super::lease::{Claim, Leases};
use super::{
    AppendError, Batch, Blob, Changes, Epoch, EventStore, Lease, LeaseClock, LogAppend, LogHead,
    LogId, Note, StorageError, Stored, WorkerId,
};

/// Ledgers in memory.
#[derive(Debug, Clone)]
pub struct MemoryStore {
    inner: Arc<Mutex<Inner>>,
    leases: Leases,
    hints: Hints,
    shared: bool,
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
    epoch: Epoch,
}

impl Inner {
    fn check(&self, append: &LogAppend) -> Result<(), AppendError> {
        let log = append.log;
        let (found, epoch) = self
            .logs
            .get(&log)
            .map_or((Seq::ZERO, Epoch::ZERO), |log| (Seq(log.tree.size()), log.epoch));
        match append.fence {
            Some(fence) if fence != epoch => {
                Err(AppendError::Fenced { log, epoch: fence, found: epoch })
            }
            Some(_) | None if found != append.expected => {
                Err(AppendError::Conflict { log, expected: append.expected, found })
            }
            Some(_) | None => Ok(()),
        }
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryStore {
    /// The same store, for several engines: each works on what it holds a lease of.
    #[must_use]
    pub fn for_several(mut self) -> Self {
        self.shared = true;
        self
    }

    /// An empty store.
    pub fn new() -> Self {
        Self::with_clock(LeaseClock::steady())
    }

    /// An empty store whose leases run out by this clock.
    pub fn with_clock(clock: LeaseClock) -> Self {
        Self {
            inner: Arc::default(),
            leases: Leases::new(clock),
            hints: Hints::new(),
            shared: false,
        }
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
        batch.appends.iter().try_for_each(|append| inner.check(append))?;
        let logs = hints::logs_of(&batch);
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
        drop(inner);
        self.hints.tell_of(logs);
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
        let inner = self.lock();
        let begun = inner.logs.get(&log).filter(|log| log.tree.size() > 0);
        Ok(begun.map(|log| log.tree.head()))
    }

    async fn logs(&self) -> Result<Vec<LogId>, StorageError> {
        let inner = self.lock();
        let begun = inner.logs.iter().filter(|(_, log)| log.tree.size() > 0);
        Ok(begun.map(|(log, _)| *log).collect())
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

    async fn claim(
        &self,
        log: LogId,
        worker: WorkerId,
        ttl: Duration,
    ) -> Result<Option<Lease>, StorageError> {
        let mut inner = self.lock();
        if inner.closed {
            return Err(StorageError::Closed);
        }
        if log == LogId::Registry {
            inner.logs.entry(log).or_default();
        }
        let Some(stored) = inner.logs.get_mut(&log) else { return Ok(None) };
        match self.leases.claim(log, worker, ttl) {
            Claim::Taken => Ok(None),
            Claim::Extended(epoch) => Ok(Some(Lease { log, worker, epoch })),
            Claim::Free => {
                stored.epoch = Epoch(stored.epoch.0.saturating_add(1));
                let lease = Lease { log, worker, epoch: stored.epoch };
                self.leases.grant(lease, ttl);
                Ok(Some(lease))
            }
        }
    }

    async fn renew(&self, leases: &[Lease], ttl: Duration) -> Result<Vec<LogId>, StorageError> {
        Ok(self.leases.renew(leases, ttl))
    }

    async fn release(&self, leases: &[Lease]) -> Result<(), StorageError> {
        self.leases.release(leases);
        self.hints.tell_of(leases.iter().map(|lease| lease.log));
        Ok(())
    }

    async fn heads(&self) -> Result<Vec<LogHead>, StorageError> {
        let inner = self.lock();
        let heads = inner.logs.iter().map(|(&log, stored)| LogHead {
            log,
            seq: Seq(stored.tree.size()),
            epoch: stored.epoch,
            holder: self.leases.holder(log),
        });
        Ok(heads.collect())
    }

    fn changes(&self) -> Changes {
        self.hints.listen()
    }

    fn is_shared(&self) -> bool {
        self.shared
    }

    async fn close(&self) {
        self.lock().closed = true;
    }
}
