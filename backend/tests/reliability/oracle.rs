//! What was acknowledged must be there, once, and within the budget.

use std::collections::{BTreeMap, BTreeSet};

use phase8_shared::api::MissionHead;
use phase8_shared::id::MissionId;
use phase8_shared::ledger::{CompactTree, leaf_hash};
use phase8_shared::mission::{Event, MissionState, Payload};
use phase8_shared::money::MicroUsd;

/// What became of the promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Count {
    /// Single comparisons that were made.
    pub(crate) checks: u64,
    pub(crate) lost: u64,
    pub(crate) repeated: u64,
    pub(crate) overspent: u64,
    pub(crate) paid_twice: u64,
}

/// What is known of one mission from outside.
#[derive(Debug, Default)]
struct Known {
    /// Every event that was ever served, exactly.
    events: Vec<Vec<u8>>,
    /// The farthest head that was ever answered.
    head: Option<MissionHead>,
}

/// Keeps everything that was acknowledged.
#[derive(Debug, Default)]
pub(crate) struct Oracle {
    missions: BTreeMap<MissionId, Known>,
    pub(crate) count: Count,
}

impl Oracle {
    /// The worker answered with this head.
    pub(crate) fn acknowledged(&mut self, mission: MissionId, head: MissionHead) {
        let known = self.missions.entry(mission).or_default();
        if known.head.is_none_or(|before| before.seq < head.seq) {
            known.head = Some(head);
        }
    }

    /// Everything that a mission's ledger has now, read from its beginning.
    pub(crate) fn sees(&mut self, mission: MissionId, events: &[Event]) {
        let known = self.missions.entry(mission).or_default();
        let bytes: Vec<Vec<u8>> =
            events.iter().map(|event| serde_json::to_vec(event).unwrap()).collect();
        self.count.checks += known.events.len() as u64;
        let kept = known.events.iter().zip(&bytes).filter(|(before, now)| before == now).count();
        self.count.lost += (known.events.len() - kept) as u64;
        if let Some(head) = known.head {
            self.count.checks += 1;
            let size = usize::try_from(head.seq.0).unwrap();
            let leaves: Vec<_> = bytes.iter().take(size).map(|bytes| leaf_hash(bytes)).collect();
            if CompactTree::of(&leaves).head() != head.tree {
                self.count.lost += 1;
            }
        }
        if bytes.len() > known.events.len() {
            known.events = bytes;
        }
        self.count.repeated += repeated(events, &mut self.count.checks);
        self.count.overspent += overspent(events, &mut self.count.checks);
    }

    /// Missions of which anything is known.
    pub(crate) fn missions(&self) -> Vec<MissionId> {
        self.missions.keys().copied().collect()
    }
}

/// Whatever happens at most once, and did so more often.
fn repeated(events: &[Event], checks: &mut u64) -> u64 {
    let mut seen = BTreeSet::new();
    let mut again = 0;
    let mut once = |what: String| {
        *checks += 1;
        again += u64::from(!seen.insert(what));
    };
    for (event, seq) in events.iter().zip(1_u64..) {
        once(format!("{} stands at {seq}", if event.seq.0 == seq { seq } else { 0 }));
        match &event.payload {
            Payload::ModelCallRequested { call, .. } => once(format!("call {call} asked")),
            Payload::ModelCallSettled { call, .. } => once(format!("call {call} settled")),
            Payload::DeliverableRecorded { step, .. } => once(format!("step {step} delivered")),
            Payload::StepStarted { step } => once(format!("step {step} started")),
            Payload::StepCompleted { step } => once(format!("step {step} completed")),
            Payload::MilestonePaid { milestone, .. } => once(format!("{milestone:?} paid")),
            Payload::MissionCreated(_) => once("created".to_owned()),
            Payload::MissionLaunched {} => once("launched".to_owned()),
            Payload::MissionCompleted {} => once("completed".to_owned()),
            Payload::EscrowFunded { .. } => once("funded".to_owned()),
            Payload::CheckedIn { role, index, .. } | Payload::CheckInMissed { role, index } => {
                once(format!("check-in {index} of {role}"));
            }
            Payload::CheckpointAnchored { tree, .. } => once(format!("anchor of {}", tree.size)),
            _ => {}
        }
    }
    again
}

/// Moments at which more was spent or held back than the cap, or spend was not the sum of its calls.
fn overspent(events: &[Event], checks: &mut u64) -> u64 {
    let Some((first, rest)) = events.split_first() else { return 0 };
    let Some(mut state) = MissionState::begin(first) else { return 1 };
    let mut sum = MicroUsd::ZERO;
    let mut over = 0;
    for event in rest {
        state.apply(event);
        if let Payload::ModelCallSettled { cost, .. } = &event.payload {
            sum = sum.saturating_add(*cost);
        }
        *checks += 2;
        let committed = state.budget.spent.saturating_add(state.budget.reserved);
        over += u64::from(committed > state.budget.cap) + u64::from(state.budget.spent != sum);
    }
    over
}
