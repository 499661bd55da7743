//! Whether the engine can do its work: read its ledgers, and write them.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use phase8_shared::api::ServiceHealth;
use phase8_shared::ledger::TreeHead;
use tokio::time::{Instant, timeout};

use super::engine::Engine;
use super::inner::Inner;
use crate::store::{AppendError, Batch, LogId, StorageError};

/// A store that has not answered by then is called silent.
const PATIENCE: Duration = Duration::from_secs(2);
/// After a failed append that nothing followed, for so long the store is said not to take any.
const REMEMBERED: Duration = Duration::from_secs(30);

/// When the store last did not take an append, unless it took one since.
#[derive(Debug, Default)]
pub(super) struct Trouble(Mutex<Option<Instant>>);

impl Trouble {
    fn set(&self, since: Option<Instant>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = since;
    }

    fn is_recent(&self) -> bool {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_some_and(|last| last.elapsed() < REMEMBERED)
    }
}

impl Inner {
    /// Appends, and takes note of how that went.
    pub(super) async fn append(&self, batch: Batch) -> Result<Vec<TreeHead>, AppendError> {
        let events = batch.appends.iter().map(|append| append.events.len()).sum();
        let asked = Instant::now();
        let outcome = self.parts.store.append(batch).await;
        match &outcome {
            // Somebody else was first: the store works.
            Ok(_) | Err(AppendError::Conflict { .. } | AppendError::Fenced { .. }) => {
                self.trouble.set(None);
            }
            Err(AppendError::Storage(_) | AppendError::OutcomeUnknown(_)) => {
                self.trouble.set(Some(Instant::now()));
            }
        }
        self.meter.appended(events, asked.elapsed(), outcome.as_ref().map(|_| ()));
        outcome
    }

    async fn is_readable(&self) -> Result<(), StorageError> {
        match timeout(PATIENCE, self.parts.store.head(LogId::Registry)).await {
            Ok(head) => head.map(drop),
            Err(_) => Err(StorageError::Busy("the store does not answer".into())),
        }
    }
}

impl Engine {
    /// Whether the engine can do its work, in words for people. Why not is in the log alone.
    pub async fn health(&self) -> ServiceHealth {
        let inner = &self.inner;
        let (ok, detail) = if inner.is_stopping() {
            (false, "it is stopping".to_owned())
        } else if let Err(error) = inner.is_readable().await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the ledgers cannot be read: {error}"
            );
            (false, "its ledgers cannot be read; its log says why".to_owned())
        } else if inner.trouble.is_recent() {
            (false, "its ledgers cannot be written; its log says why".to_owned())
        } else {
            let missions = self.count();
            let part = if inner.is_leading() { "leads" } else { "does not lead" };
            (true, format!("{missions} missions; it {part}"))
        };
        ServiceHealth { name: "orchestrator".to_owned(), ok, detail, block: None }
    }
}
