//! What a mission's ledger tells of those who worked on it: of each model adapter what it cost and what became of its work, of
//! each validator how they voted and how soon. One fold, whoever asks: command line, server and page get the same numbers.

mod adapters;
mod votes;

use std::collections::BTreeMap;

use self::adapters::AdapterFold;
pub use self::adapters::AdapterRecord;
use self::votes::VoteFold;
pub use self::votes::{ValidatorStanding, Vote, VoteKind, standings};
use crate::id::{MissionId, Role, Seq};
use crate::mission::{Event, Payload, Work};
use crate::time::Timestamp;

/// What one mission tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissionRecord {
    /// The mission.
    pub mission: MissionId,
    /// The job's name.
    pub name: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// The last event that is folded in.
    pub seq: Seq,
    /// The adapter that its plan gives each role.
    pub planned: BTreeMap<Role, String>,
    /// By the adapter's id.
    pub adapters: BTreeMap<String, AdapterRecord>,
    /// In the order of the ledger.
    pub votes: Vec<Vote>,
}

/// Folds a ledger into a [`MissionRecord`], event by event.
#[derive(Debug, Default)]
pub struct RecordFold {
    head: Option<Head>,
    /// Of the last event; zero before the first.
    last: u64,
    adapters: AdapterFold,
    votes: VoteFold,
}

#[derive(Debug)]
struct Head {
    mission: MissionId,
    name: String,
    created_at: Timestamp,
    planned: BTreeMap<Role, String>,
}

impl RecordFold {
    /// Takes the next event.
    pub fn push(&mut self, event: &Event) {
        self.last = event.seq.0;
        if let Payload::MissionCreated(created) = &event.payload {
            let planned = created.plan.iter().filter_map(|step| match &step.work {
                Work::Agent { adapter, .. } => Some((step.role.clone(), adapter.clone())),
                Work::SignOff => None,
            });
            self.head = Some(Head {
                mission: created.mission,
                name: created.name.clone(),
                created_at: event.at,
                planned: planned.collect(),
            });
        }
        self.adapters.push(event);
        self.votes.push(event);
    }

    /// The last event that was taken.
    pub const fn seq(&self) -> Seq {
        Seq(self.last)
    }

    /// What the events so far tell; none before the first.
    pub fn record(&self) -> Option<MissionRecord> {
        let head = self.head.as_ref()?;
        Some(MissionRecord {
            mission: head.mission,
            name: head.name.clone(),
            created_at: head.created_at,
            seq: Seq(self.last),
            planned: head.planned.clone(),
            adapters: self.adapters.finish(),
            votes: self.votes.finish(),
        })
    }
}

impl MissionRecord {
    /// Of a whole ledger; none if it does not begin with the mission.
    pub fn of<'e>(events: impl IntoIterator<Item = &'e Event>) -> Option<Self> {
        let mut fold = RecordFold::default();
        events.into_iter().for_each(|event| fold.push(event));
        fold.record()
    }
}

/// The middle one, of two the smaller; none of none.
pub(super) fn median(mut values: Vec<u64>) -> Option<u64> {
    values.sort_unstable();
    values.get(values.len().checked_sub(1)? / 2).copied()
}
