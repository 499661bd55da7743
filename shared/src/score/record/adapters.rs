//! What a ledger tells of the model adapters: calls, cost, time, deliverables and what became of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::id::{CallId, MilestoneIndex, Seq, StepId};
use crate::ledger::Commitment;
use crate::mission::{Answer, CallOutcome, Event, Payload};
use crate::money::MicroUsd;
use crate::time::{ClockScale, Timestamp};

/// What was measured of one adapter. Records of several missions add up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AdapterRecord {
    /// Calls that answered.
    pub answered: u64,
    /// Calls whose text a tripwire held back.
    pub withheld: u64,
    /// Calls that failed.
    pub failed: u64,
    /// Calls whose outcome nobody knows.
    pub unknown: u64,
    /// Tokens, questions and answers together.
    pub tokens: u64,
    /// What its calls cost.
    pub cost: MicroUsd,
    /// How long each answer took, in milliseconds of the mission's own clock.
    pub latencies: Vec<u64>,
    /// Steps that it brought to a deliverable.
    pub delivered: u32,
    /// Those whose milestone was paid; where a step pays nothing, those of a mission that was completed.
    pub accepted: u32,
    /// Steps that it worked on in a mission that is over, without a deliverable.
    pub abandoned: u32,
    /// Tripwires over its texts and steps, less those that a person called wrong.
    pub trips: u32,
    /// Validators' signatures and check-ins over its deliverables.
    pub verdicts_for: u32,
    /// Signatures that were void because the deliverable changed, and answers that stopped its step.
    pub verdicts_against: u32,
}

impl AdapterRecord {
    /// Adds what another mission measured.
    pub fn add(&mut self, other: &Self) {
        self.answered += other.answered;
        self.withheld += other.withheld;
        self.failed += other.failed;
        self.unknown += other.unknown;
        self.tokens = self.tokens.saturating_add(other.tokens);
        self.cost = self.cost.saturating_add(other.cost);
        self.latencies.extend_from_slice(&other.latencies);
        self.delivered += other.delivered;
        self.accepted += other.accepted;
        self.abandoned += other.abandoned;
        self.trips += other.trips;
        self.verdicts_for += other.verdicts_for;
        self.verdicts_against += other.verdicts_against;
    }

    /// Calls that came to an end, but for those cut off on purpose.
    pub const fn calls(&self) -> u64 {
        self.answered + self.withheld + self.failed + self.unknown
    }

    /// The middle answer's time.
    pub fn median_ms(&self) -> Option<u64> {
        super::median(self.latencies.clone())
    }

    /// What an accepted deliverable cost, rounded up; none if none was accepted.
    pub fn cost_per_accepted(&self) -> Option<MicroUsd> {
        (self.accepted > 0).then(|| MicroUsd::new(self.cost.get().div_ceil(self.accepted.into())))
    }
}

#[derive(Debug, Default)]
pub(super) struct AdapterFold {
    scale: Option<ClockScale>,
    found: BTreeMap<String, AdapterRecord>,
    /// Adapter, step and time of each call.
    calls: BTreeMap<CallId, (String, StepId, Timestamp)>,
    /// The adapter that was asked last for each step.
    steps: BTreeMap<StepId, String>,
    milestones: BTreeMap<StepId, MilestoneIndex>,
    delivered: BTreeSet<StepId>,
    paid: BTreeSet<MilestoneIndex>,
    /// What each milestone asks approval for, and how many signed that.
    asked: BTreeMap<MilestoneIndex, (Commitment, u32)>,
    signed: BTreeMap<MilestoneIndex, u32>,
    void: BTreeMap<MilestoneIndex, u32>,
    /// Adapter and step of what waits for an answer.
    questions: BTreeMap<Seq, (Option<String>, Option<StepId>)>,
    ended: Ended,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Ended {
    #[default]
    No,
    Completed,
    Otherwise,
}

impl AdapterFold {
    fn of(&mut self, adapter: &str) -> &mut AdapterRecord {
        self.found.entry(adapter.to_owned()).or_default()
    }

    pub(super) fn push(&mut self, event: &Event) {
        let payload = &event.payload;
        if let Payload::MissionCreated(created) = payload {
            self.scale = Some(created.clock_scale);
            let paying = created.plan.iter().filter_map(|step| Some((step.id, step.milestone?)));
            self.milestones = paying.collect();
        } else if let Payload::ModelCallRequested { call, step, adapter, .. } = payload {
            self.calls.insert(*call, (adapter.clone(), *step, event.at));
            self.steps.insert(*step, adapter.clone());
        } else if let Payload::ModelCallSettled { call, outcome, cost } = payload {
            self.settled(*call, outcome, *cost, event.at);
        } else if let Payload::DeliverableRecorded { step, .. } = payload {
            self.delivered.insert(*step);
        } else if let Payload::MilestonePaid { milestone, .. } = payload {
            self.paid.insert(*milestone);
        } else if let Payload::ApprovalRequested { milestone, deliverable, .. } = payload {
            let before = self.asked.insert(*milestone, (*deliverable, 0));
            if let Some((_, signed)) = before.filter(|(before, _)| before != deliverable) {
                *self.void.entry(*milestone).or_default() += signed;
            }
        } else if let Payload::ApprovalGiven { milestone, .. } = payload {
            if let Some((_, signed)) = self.asked.get_mut(milestone) {
                *signed += 1;
            }
            *self.signed.entry(*milestone).or_default() += 1;
        } else if let Payload::TripwireTripped { step, call, .. } = payload {
            let by_call = call.and_then(|call| self.calls.get(&call)).map(|(id, ..)| id.clone());
            let by_step = step.and_then(|step| self.steps.get(&step)).cloned();
            let adapter = by_call.or(by_step);
            if let Some(adapter) = &adapter {
                self.of(adapter).trips += 1;
            }
            self.questions.insert(event.seq, (adapter, *step));
        } else if let Payload::ValidatorCheckInDue { step, .. } = payload {
            self.questions.insert(event.seq, (self.steps.get(step).cloned(), Some(*step)));
        } else if let Payload::QuestionAnswered { question, answer, .. } = payload {
            self.answered(*question, *answer);
        } else if matches!(payload, Payload::MissionCompleted {}) {
            self.ended = Ended::Completed;
        } else if matches!(payload, Payload::MissionFailed { .. } | Payload::MissionRefunded { .. })
        {
            self.ended = Ended::Otherwise;
        }
    }

    fn settled(&mut self, call: CallId, outcome: &CallOutcome, cost: MicroUsd, at: Timestamp) {
        let Some((adapter, _, asked_at)) = self.calls.get(&call).cloned() else { return };
        let took = at.since(asked_at);
        let took = self.scale.map_or(took, |scale| scale.mission_millis(took));
        let record = self.of(&adapter);
        record.cost = record.cost.saturating_add(cost);
        match outcome {
            CallOutcome::Answered { input_tokens, output_tokens, .. } => {
                record.answered += 1;
                record.tokens = record.tokens.saturating_add(input_tokens + output_tokens);
                record.latencies.push(took);
            }
            CallOutcome::Withheld { input_tokens, output_tokens } => {
                record.withheld += 1;
                record.tokens = record.tokens.saturating_add(input_tokens + output_tokens);
            }
            CallOutcome::Failed { .. } => record.failed += 1,
            CallOutcome::Unknown {} => record.unknown += 1,
            // People cut it off; it tells nothing of the adapter.
            CallOutcome::CutOff { .. } => {}
        }
    }

    fn answered(&mut self, question: Seq, answer: Answer) {
        let Some((Some(adapter), _)) = self.questions.get(&question).cloned() else { return };
        let record = self.of(&adapter);
        match answer {
            Answer::FalseAlarm {} => record.trips = record.trips.saturating_sub(1),
            Answer::CheckIn {} => record.verdicts_for += 1,
            Answer::Stop {} => record.verdicts_against += 1,
            Answer::FinishStep {} | Answer::Resume {} | Answer::Reconcile { .. } => {}
        }
    }

    pub(super) fn finish(&self) -> BTreeMap<String, AdapterRecord> {
        let mut found = self.found.clone();
        for (step, adapter) in &self.steps {
            let record = found.entry(adapter.clone()).or_default();
            let milestone = self.milestones.get(step);
            if self.delivered.contains(step) {
                record.delivered += 1;
                let accepted = match milestone {
                    Some(milestone) => self.paid.contains(milestone),
                    None => self.ended == Ended::Completed,
                };
                record.accepted += u32::from(accepted);
            } else if self.ended != Ended::No {
                record.abandoned += 1;
            }
            let of = |votes: &BTreeMap<MilestoneIndex, u32>| {
                milestone.and_then(|milestone| votes.get(milestone)).copied().unwrap_or_default()
            };
            let void = of(&self.void);
            record.verdicts_for += of(&self.signed).saturating_sub(void);
            record.verdicts_against += void;
        }
        found
    }
}
