//! One mission's ledger as this browser holds it. History and live events enter through the same door, and the state is
//! folded by the same code as on the server.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::id::{CallId, MilestoneIndex, Seq, StepId};
use crate::ledger::{CompactTree, LeafHash, leaf_hash};
use crate::mission::{Event, MissionState, Payload, TxEvidence};
use crate::time::MissionTime;
use alloy_primitives::B256;

/// The events so far, flat and in order, with what is looked up by people: never anything that could disagree with them.
#[derive(Debug, Default)]
pub struct Journal {
    events: Vec<Event>,
    times: Vec<MissionTime>,
    leaves: Vec<LeafHash>,
    calls: BTreeMap<CallId, Seq>,
    settled: BTreeMap<CallId, Seq>,
    starts: BTreeMap<StepId, Seq>,
    requests: BTreeMap<MilestoneIndex, Seq>,
    transactions: BTreeMap<B256, Seq>,
    roots: BTreeMap<u64, B256>,
    state: Option<Arc<MissionState>>,
}

/// What became of an event at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ingest {
    /// It is the next one.
    Appended,
    /// It was here before.
    Known,
    /// Events before it are missing; it was not taken.
    Gap,
    /// Another event stands at its place, or the ledger does not begin as one must.
    Contradicts,
}

impl Journal {
    /// Takes one event, if it is the next.
    pub fn ingest(&mut self, event: Event) -> Ingest {
        if let Some(known) = self.event(event.seq) {
            return if *known == event { Ingest::Known } else { Ingest::Contradicts };
        }
        if event.seq != self.last().next() {
            return if event.seq == Seq::ZERO { Ingest::Contradicts } else { Ingest::Gap };
        }
        match &mut self.state {
            Some(state) => Arc::make_mut(state).apply(&event),
            None => match MissionState::begin(&event) {
                Some(state) => self.state = Some(Arc::new(state)),
                None => return Ingest::Contradicts,
            },
        }
        self.index(&event);
        let time = self.state.as_ref().map_or(MissionTime::ZERO, |state| state.clock.at(event.at));
        self.times.push(time);
        self.leaves.push(leaf_hash(&serde_json::to_vec(&event).unwrap_or_default()));
        self.events.push(event);
        Ingest::Appended
    }

    /// The last event's position.
    pub fn last(&self) -> Seq {
        Seq(self.events.len() as u64)
    }

    /// The state after the last event.
    pub fn state(&self) -> Option<&Arc<MissionState>> {
        self.state.as_ref()
    }

    /// The event at a position.
    pub fn event(&self, seq: Seq) -> Option<&Event> {
        self.events.get(place(seq)?)
    }

    /// Mission time at a position.
    pub fn time(&self, seq: Seq) -> Option<MissionTime> {
        self.times.get(place(seq)?).copied()
    }

    /// Where a model call was asked for.
    pub fn request_of(&self, call: CallId) -> Option<Seq> {
        self.calls.get(&call).copied()
    }

    /// Where a model call was settled.
    pub fn settlement_of(&self, call: CallId) -> Option<Seq> {
        self.settled.get(&call).copied()
    }

    /// Where a step was started.
    pub fn start_of(&self, step: StepId) -> Option<Seq> {
        self.starts.get(&step).copied()
    }

    /// Where approval of a milestone was asked for.
    pub fn approval_request_of(&self, milestone: MilestoneIndex) -> Option<Seq> {
        self.requests.get(&milestone).copied()
    }

    /// The event that rests on a transaction.
    pub fn obeyed(&self, transaction: B256) -> Option<Seq> {
        self.transactions.get(&transaction).copied()
    }

    /// The ledger's root when it had so many entries, computed here from the events themselves.
    pub fn root_at(&self, size: u64) -> Option<B256> {
        self.roots.get(&size).copied().or_else(|| self.compute_root(size))
    }

    fn compute_root(&self, size: u64) -> Option<B256> {
        let leaves = self.leaves.get(..usize::try_from(size).ok()?)?;
        Some(CompactTree::of(leaves).head().root)
    }

    fn index(&mut self, event: &Event) {
        if let Payload::ModelCallRequested { call, .. } = &event.payload {
            self.calls.insert(*call, event.seq);
        } else if let Payload::ModelCallSettled { call, .. } = &event.payload {
            self.settled.insert(*call, event.seq);
        } else if let Payload::StepStarted { step } = &event.payload {
            self.starts.insert(*step, event.seq);
        } else if let Payload::ApprovalRequested { milestone, tree, .. } = &event.payload {
            self.requests.insert(*milestone, event.seq);
            // Asked for at every look at the approvals, so it is computed once.
            if let Some(root) = self.compute_root(tree.size) {
                self.roots.insert(tree.size, root);
            }
        }
        if let Some(evidence) = evidence(&event.payload) {
            self.transactions.entry(evidence.transaction).or_insert(event.seq);
        }
    }
}

/// What on the chain an event rests on.
pub const fn evidence(payload: &Payload) -> Option<&TxEvidence> {
    match payload {
        Payload::EscrowFunded { evidence, .. }
        | Payload::MilestonePaid { evidence, .. }
        | Payload::BudgetCapChanged { evidence, .. }
        | Payload::AdapterChanged { evidence, .. }
        | Payload::AdapterNotUsed { evidence, .. }
        | Payload::CoPilotChanged { evidence, .. }
        | Payload::ValidatorSummoned { evidence, .. }
        | Payload::SummonsAcknowledged { evidence, .. }
        | Payload::SummonsRevoked { evidence, .. }
        | Payload::CheckpointAnchored { evidence, .. }
        | Payload::MissionFailed { evidence, .. }
        | Payload::MissionRefunded { evidence } => Some(evidence),
        Payload::MissionPaused { evidence, .. } | Payload::MissionResumed { evidence, .. } => {
            evidence.as_ref()
        }
        Payload::MissionCreated(_)
        | Payload::MissionLaunched {}
        | Payload::StepStarted { .. }
        | Payload::ModelCallRequested { .. }
        | Payload::ModelCallSettled { .. }
        | Payload::DeliverableRecorded { .. }
        | Payload::StepCompleted { .. }
        | Payload::CheckedIn { .. }
        | Payload::CheckInMissed { .. }
        | Payload::ApprovalRequested { .. }
        | Payload::ApprovalGiven { .. }
        | Payload::StepReleased { .. }
        | Payload::BudgetExhausted { .. }
        | Payload::TripwireTripped { .. }
        | Payload::ValidatorCheckInDue { .. }
        | Payload::ValidatorCheckInMissed { .. }
        | Payload::QuestionAnswered { .. }
        | Payload::MissionCompleted {} => None,
    }
}

fn place(seq: Seq) -> Option<usize> {
    usize::try_from(seq.0.checked_sub(1)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::sample;

    #[test]
    fn replaying_the_events_gives_the_servers_state() {
        let events = sample::ledger();
        let mut journal = Journal::default();

        for event in events.clone() {
            assert_eq!(journal.ingest(event), Ingest::Appended);
        }

        assert_eq!(journal.state().map(|state| (**state).clone()), MissionState::fold(&events));
        assert_eq!(journal.last(), Seq(events.len() as u64));
    }

    #[test]
    fn an_event_that_comes_twice_is_taken_once() {
        let mut journal = sample::journal();
        let before = journal.last();

        let again = sample::ledger().remove(2);

        assert_eq!(journal.ingest(again), Ingest::Known);
        assert_eq!(journal.last(), before);
    }

    #[test]
    fn a_gap_is_refused_and_leaves_the_state_alone() {
        let events = sample::ledger();
        let mut journal = Journal::default();
        journal.ingest(events[0].clone());

        assert_eq!(journal.ingest(events[2].clone()), Ingest::Gap);
        assert_eq!(journal.last(), Seq(1));
        assert_eq!(journal.ingest(events[1].clone()), Ingest::Appended);
    }

    #[test]
    fn a_changed_past_is_a_contradiction() {
        let mut journal = sample::journal();
        let mut changed = sample::ledger().remove(1);
        changed.payload = Payload::MissionCompleted {};

        assert_eq!(journal.ingest(changed), Ingest::Contradicts);
    }

    #[test]
    fn a_ledger_begins_with_the_mission_or_not_at_all() {
        let mut second = sample::ledger().remove(1);
        second.seq = Seq(1);

        assert_eq!(Journal::default().ingest(second), Ingest::Contradicts);
    }

    #[test]
    fn the_root_is_recomputed_from_the_events() {
        let journal = sample::journal();
        let leaves: Vec<_> = sample::ledger()
            .iter()
            .map(|event| leaf_hash(&serde_json::to_vec(event).unwrap()))
            .collect();

        assert_eq!(journal.root_at(3), Some(CompactTree::of(&leaves[..3]).head().root));
        assert_eq!(journal.root_at(leaves.len() as u64 + 1), None);
    }
}
