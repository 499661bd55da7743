//! What was signed: a log never signs a checkpoint that does not continue the last one, whatever became of its store.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use crate::store::{LogId, StorageError};

/// Remembers the last signed checkpoint of each log, apart from the store.
pub trait SignedHeads: Send + Sync + fmt::Debug {
    /// The last note that was kept for a log.
    fn last(&self, log: LogId) -> Result<Option<String>, StorageError>;

    /// Every log that a note was kept for.
    fn logs(&self) -> Result<Vec<LogId>, StorageError>;

    /// Keeps a note in place of the last.
    fn keep(&self, log: LogId, note: &str) -> Result<(), StorageError>;
}

/// Forgets everything with the process.
#[derive(Debug, Default)]
pub struct MemorySignedHeads {
    notes: Mutex<BTreeMap<LogId, String>>,
}

impl SignedHeads for MemorySignedHeads {
    fn last(&self, log: LogId) -> Result<Option<String>, StorageError> {
        Ok(self.notes.lock().unwrap_or_else(PoisonError::into_inner).get(&log).cloned())
    }

    fn logs(&self) -> Result<Vec<LogId>, StorageError> {
        Ok(self.notes.lock().unwrap_or_else(PoisonError::into_inner).keys().copied().collect())
    }

    fn keep(&self, log: LogId, note: &str) -> Result<(), StorageError> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).insert(log, note.to_owned());
        Ok(())
    }
}
