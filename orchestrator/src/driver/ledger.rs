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

/// A mission after its last event, for everyone who looks.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The fold.
    pub state: MissionState,
    /// What is left to do.
    pub outbox: Outbox,
    /// The ledger's head.
    pub head: MissionHead,
    /// The events of the last append, for those who follow closely.
    pub recent: Arc<[Stored]>,
}

/// The ledger of one mission.
#[derive(Debug, Clone)]
pub(super) struct Ledger {
    pub(super) state: MissionState,
    pub(super) outbox: Outbox,
    tree: CompactTree,
    recent: Arc<[Stored]>,
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
        let mut ledger: Option<Self> = None;
        let mut after = Seq::ZERO;
        loop {
            let page = store.read(log, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.seq;
            for stored in &page {
                let broken = |column| StorageError::Inconsistent {
                    table: "events",
                    column,
                    row: format!("{log}/{}", stored.seq),
                };
                let event: Event =
                    serde_json::from_slice(&stored.bytes).map_err(|_| broken("bytes"))?;
                let next = ledger.as_ref().map_or(Seq(1), |ledger| ledger.state.seq.next());
                if event.seq != next || stored.seq != next {
                    return Err(broken("seq"));
                }
                match &mut ledger {
                    Some(ledger) => ledger.fold(&event, &stored.bytes),
                    None => {
                        ledger = Some(
                            Self::begin(&event, &stored.bytes).ok_or_else(|| broken("bytes"))?,
                        );
                    }
                }
            }
        }
        let Some(ledger) = ledger else { return Ok(None) };
        if store.head(log).await? != Some(ledger.tree.head()) {
            return Err(StorageError::Inconsistent {
                table: "logs",
                column: "subtrees",
                row: log.to_string(),
            });
        }
        Ok(Some(ledger))
    }

    /// The ledger of a mission's first event.
    pub(super) fn begin(first: &Event, bytes: &[u8]) -> Option<Self> {
        let state = MissionState::begin(first)?;
        let tree = CompactTree::of(&[leaf_hash(bytes)]);
        Some(Self { state, outbox: Outbox::default(), tree, recent: Arc::from([]) })
    }

    fn fold(&mut self, event: &Event, bytes: &[u8]) {
        self.state.apply(event);
        self.tree.push(leaf_hash(bytes));
        self.outbox.apply(event, self.tree.head());
    }

    /// Folds in what was appended. Answers whether the store has the same head.
    pub(super) fn take_in(&mut self, written: Written, head: Option<&TreeHead>) -> bool {
        for (event, bytes) in &written {
            self.fold(event, bytes);
        }
        self.recent =
            written.into_iter().map(|(event, bytes)| Stored { seq: event.seq, bytes }).collect();
        head == Some(&self.tree.head())
    }

    pub(super) fn head(&self) -> TreeHead {
        self.tree.head()
    }

    pub(super) fn snapshot(&self) -> Arc<Snapshot> {
        Arc::new(Snapshot {
            state: self.state.clone(),
            outbox: self.outbox,
            head: MissionHead { seq: self.state.seq, tree: self.tree.head() },
            recent: Arc::clone(&self.recent),
        })
    }
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
