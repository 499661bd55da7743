//! Following a ledger: first what is stored, then what is appended, each event once and in order.

use std::sync::Arc;

use phase8_shared::id::{MissionId, Seq};
use tokio::sync::watch;

use crate::ports::Meter;
use crate::store::{EventStore, LogId, StorageError, Stored};

/// Events handed over at a time.
const PAGE: usize = 256;

/// How far a ledger is.
#[derive(Debug, Clone)]
pub(super) struct News {
    /// Its last event.
    pub(super) seq: Seq,
    /// The events of the last append, for those who follow closely; empty where it was made elsewhere.
    pub(super) recent: Arc<[Stored]>,
}

/// A reader of one mission's ledger that waits at its end.
#[derive(Debug)]
pub struct EventTail {
    pub(super) store: Arc<dyn EventStore>,
    pub(super) mission: MissionId,
    pub(super) after: Seq,
    pub(super) news: watch::Receiver<News>,
    pub(super) place: Follower,
}

/// Somebody who follows, as long as this lives.
#[derive(Debug)]
pub(super) struct Follower(Arc<dyn Meter>);

impl Follower {
    pub(super) fn arrives(meter: &Arc<dyn Meter>) -> Self {
        meter.follows();
        Self(Arc::clone(meter))
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.0.left();
    }
}

impl EventTail {
    /// The next events; `None` when the engine stops.
    pub async fn next(&mut self) -> Result<Option<Vec<Stored>>, StorageError> {
        loop {
            let News { seq, recent } = self.news.borrow_and_update().clone();
            if seq > self.after {
                let events = match recent.first() {
                    Some(first) if first.seq == self.after.next() => recent.to_vec(),
                    Some(_) | None => {
                        self.store.read(LogId::Mission(self.mission), self.after, PAGE).await?
                    }
                };
                if let Some(newest) = events.last() {
                    self.after = newest.seq;
                    self.place.0.delivered(events.len());
                    return Ok(Some(events));
                }
            }
            if self.news.changed().await.is_err() {
                return Ok(None);
            }
        }
    }
}
