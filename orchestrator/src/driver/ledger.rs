//! A mission's ledger as the driver holds it: the fold of its events, beside the hashes of their bytes.

use std::sync::Arc;

use phase8_shared::api::MissionHead;
use phase8_shared::id::{MissionId, Seq};
use phase8_shared::ledger::{CompactTree, TreeHead, leaf_hash};
use phase8_shared::mission::{Event, MissionState};

use super::EngineError;
use crate::mission::{Decision, Outbox};
use crate::store::{EventStore, LogId, StorageError, Stored};

/// Events read at a time.
const PAGE: usize = 1_000;

/// A mission after its last event, for everyone who looks. Clones share the fold.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The fold.
    pub state: Arc<MissionState>,
    /// What is left to do.
    pub outbox: Outbox,
    /// The ledger's head.
    pub head: MissionHead,
}

/// The ledger of one mission. Its fold is changed in place unless somebody still looks at what it was.
#[derive(Debug, Clone)]
pub(super) struct Ledger {
    state: Arc<MissionState>,
    outbox: Outbox,
    tree: CompactTree,
}

/// Events as they will be, with their bytes.
pub(super) type Written = Vec<(Event, Arc<[u8]>)>;

impl Ledger {
    /// Replays a mission; `None` if the store has no event of it.
    pub(super) async fn load(
        store: &dyn EventStore,
        mission: MissionId,
    ) -> Result<Option<Self>, StorageError> {
        let log = LogId::Mission(mission);
        let first = store.read(log, Seq::ZERO, PAGE).await?;
        let Some((stored, rest)) = first.split_first() else { return Ok(None) };
        let event = read(log, stored, Seq(1))?;
        let begun = Self::begin(&event, &stored.bytes);
        let mut ledger = begun.ok_or_else(|| broken(log, "bytes", stored.seq))?;
        ledger.fold_all(log, rest)?;
        ledger.read_on(store, mission).await?;
        Ok(Some(ledger))
    }

    /// Folds in what the store has beyond this, until both have the same head. Answers whether there was anything.
    pub(super) async fn read_on(
        &mut self,
        store: &dyn EventStore,
        mission: MissionId,
    ) -> Result<bool, StorageError> {
        let log = LogId::Mission(mission);
        let before = self.seq();
        loop {
            let head = store.head(log).await?;
            let missing = head.is_some_and(|head| head.size > self.seq().0);
            if !missing {
                if head == Some(self.tree.head()) {
                    return Ok(self.seq() > before);
                }
                return Err(broken_head(log));
            }
            let page = store.read(log, self.seq(), PAGE).await?;
            if page.is_empty() {
                return Err(broken(log, "seq", self.seq().next()));
            }
            self.fold_all(log, &page)?;
        }
    }

    /// The ledger of events that were just appended to an empty one.
    pub(super) fn of(written: &Written) -> Option<Self> {
        let ((event, bytes), rest) = written.split_first()?;
        let mut ledger = Self::begin(event, bytes)?;
        for (event, bytes) in rest {
            ledger.fold(event, bytes);
        }
        Some(ledger)
    }

    fn begin(first: &Event, bytes: &[u8]) -> Option<Self> {
        let state = Arc::new(MissionState::begin(first)?);
        let tree = CompactTree::of(&[leaf_hash(bytes)]);
        Some(Self { state, outbox: Outbox::default(), tree })
    }

    fn fold_all(&mut self, log: LogId, page: &[Stored]) -> Result<(), StorageError> {
        for stored in page {
            let event = read(log, stored, self.seq().next())?;
            self.fold(&event, &stored.bytes);
        }
        Ok(())
    }

    /// Folds in one event.
    pub(super) fn fold(&mut self, event: &Event, bytes: &[u8]) {
        Arc::make_mut(&mut self.state).apply(event);
        self.tree.push(leaf_hash(bytes));
        // The root is worth its hashes only where an event asks for an anchor.
        self.outbox.apply(event, || self.tree.head());
    }

    /// The last event that is folded in.
    pub(super) fn seq(&self) -> Seq {
        self.state.seq
    }

    pub(super) fn state(&self) -> &Arc<MissionState> {
        &self.state
    }

    pub(super) fn tree(&self) -> TreeHead {
        self.tree.head()
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot {
            state: Arc::clone(&self.state),
            outbox: self.outbox,
            head: MissionHead { seq: self.state.seq, tree: self.tree.head() },
        }
    }
}

fn read(log: LogId, stored: &Stored, next: Seq) -> Result<Event, StorageError> {
    let event: Event =
        serde_json::from_slice(&stored.bytes).map_err(|_| broken(log, "bytes", stored.seq))?;
    if event.seq == next && stored.seq == next {
        Ok(event)
    } else {
        Err(broken(log, "seq", stored.seq))
    }
}

fn broken(log: LogId, column: &'static str, seq: Seq) -> StorageError {
    StorageError::Inconsistent { table: "events", column, row: format!("{log}/{seq}") }
}

fn broken_head(log: LogId) -> StorageError {
    StorageError::Inconsistent { table: "logs", column: "subtrees", row: log.to_string() }
}

/// Numbers a decision and writes it down: these bytes are what is hashed, stored and served.
pub(super) fn write(
    decision: Decision,
    after: Seq,
    at: phase8_shared::time::Timestamp,
) -> Result<Written, EngineError> {
    let mut seq = after;
    decision
        .into_iter()
        .map(|(actor, payload)| {
            seq = seq.next();
            let event = Event { seq, version: Event::VERSION, actor, at, payload };
            let bytes = serde_json::to_vec(&event).map_err(EngineError::Unwritable)?;
            Ok((event, Arc::from(bytes)))
        })
        .collect()
}
