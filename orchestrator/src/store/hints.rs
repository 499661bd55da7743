//! Hints that ledgers may have changed. They wake who waits; what is true is in the ledgers.

use tokio::sync::broadcast;

use super::{Batch, Hint, LogId};

/// Hints that wait for a slow listener, at most; then it hears [`Hint::Anything`].
const WAITING: usize = 256;

/// Who tells.
#[derive(Debug, Clone)]
pub(super) struct Hints {
    sender: broadcast::Sender<Hint>,
}

impl Hints {
    pub(super) fn new() -> Self {
        Self { sender: broadcast::Sender::new(WAITING) }
    }

    /// Tells everybody who listens; nobody need.
    pub(super) fn tell(&self, hint: Hint) {
        self.sender.send(hint).ok();
    }

    pub(super) fn tell_of(&self, logs: impl IntoIterator<Item = LogId>) {
        logs.into_iter().for_each(|log| self.tell(Hint::Log(log)));
    }

    pub(super) fn listen(&self) -> Changes {
        Changes { receiver: self.sender.subscribe() }
    }
}

/// Who listens: from when it was made, no hint between two calls is missed.
#[derive(Debug)]
pub struct Changes {
    receiver: broadcast::Receiver<Hint>,
}

impl Changes {
    /// Returns when something may have changed. A hint, never the truth: who must know also looks every second or two.
    pub async fn next(&mut self) -> Hint {
        match self.receiver.recv().await {
            Ok(hint) => hint,
            Err(broadcast::error::RecvError::Lagged(_)) => Hint::Anything,
            // The store is gone, and nothing changes any more.
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}

/// The ledgers that a batch is for.
pub(super) fn logs_of(batch: &Batch) -> Vec<LogId> {
    batch.appends.iter().map(|append| append.log).collect()
}
