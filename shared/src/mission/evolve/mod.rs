//! The fold. It cannot fail: whatever an event names that is not there is passed over, in every place the same way.

mod questions;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::state::{
    AgentState, Approval, Budget, Lifecycle, MilestoneState, MilestoneStatus, MissionState,
    OpenCall, Outcome, StepState, StepStatus, SummonsState,
};
use super::{
    CallOutcome, Event, MissionClock, MissionCreated, PauseCause, Payload, PricedAdapter,
    QuestionAbout, Tripwire, TxEvidence, Watch,
};
use crate::id::{CallId, MilestoneIndex, StepId};
use crate::money::{MicroUsd, TokenAmount};
use crate::time::{MissionTime, Timestamp};

impl MissionState {
    /// Folds a whole ledger. `None` if it does not begin with [`Payload::MissionCreated`].
    pub fn fold<'a>(events: impl IntoIterator<Item = &'a Event>) -> Option<Self> {
        let mut events = events.into_iter();
        let mut state = Self::begin(events.next()?)?;
        events.for_each(|event| state.apply(event));
        Some(state)
    }

    /// The state after the first event.
    pub fn begin(first: &Event) -> Option<Self> {
        let Payload::MissionCreated(created) = &first.payload else { return None };
        Some(Self {
            created_at: first.at,
            seq: first.seq,
            as_of: first.at,
            lifecycle: Lifecycle::AwaitingFunding,
            pauses: BTreeSet::new(),
            tripped: false,
            clock: MissionClock::new(created.clock_scale, first.at)
                .at_most_between_events(longest_gap(created)),
            budget: Budget {
                cap: created.terms.budget_cap,
                spent: MicroUsd::ZERO,
                reserved: MicroUsd::ZERO,
            },
            steps: created.plan.iter().map(waiting_step).collect(),
            open_calls: BTreeMap::new(),
            next_call: CallId(1),
            agents: agents(created),
            milestones: milestones(created),
            co_pilot: false,
            released: BTreeSet::new(),
            summonses: BTreeMap::new(),
            questions: BTreeMap::new(),
            trips: Vec::new(),
            watch: Watch::default(),
            evidence: BTreeSet::new(),
            anchored: None,
            created: Arc::new((**created).clone()),
        })
    }

    /// Folds in one event.
    pub fn apply(&mut self, event: &Event) {
        self.clock.advance(event.at);
        self.seq = event.seq;
        self.as_of = event.at;
        self.absorb(event);
        let waits_for_people_alone = !self.steps.iter().any(|step| step.status.is_working());
        self.clock.set_running(match self.lifecycle {
            Lifecycle::AwaitingFunding | Lifecycle::Closed { .. } => false,
            Lifecycle::Running { .. } if !self.clock.scale.is_scaled() => true,
            Lifecycle::Running { .. } => self.pauses.is_empty() && !waits_for_people_alone,
        });
    }

    fn absorb(&mut self, event: &Event) {
        match &event.payload {
            Payload::EscrowFunded { evidence, .. } | Payload::AdapterNotUsed { evidence, .. } => {
                self.saw(evidence);
            }
            Payload::MissionLaunched {} => self.lifecycle = Lifecycle::Running { since: event.at },
            Payload::StepStarted { step } => self.start_step(*step, event.at),
            Payload::ModelCallRequested {
                call,
                step,
                turn,
                adapter,
                reserved,
                wraps_up,
                repeats,
            } => {
                let open = OpenCall {
                    step: *step,
                    turn: *turn,
                    adapter: adapter.clone(),
                    priced: self.priced(*step, adapter),
                    reserved: *reserved,
                    wraps_up: *wraps_up,
                    since: self.clock.at(event.at),
                };
                if repeats.is_some() {
                    self.repeat_call(*step);
                }
                self.budget.reserved = self.budget.reserved.saturating_add(*reserved);
                self.open_calls.insert(*call, open);
                self.next_call = CallId(self.next_call.0.max(call.0.saturating_add(1)));
                self.hear_from_step(*step, event.at);
            }
            Payload::ModelCallSettled { call, outcome, cost } => {
                self.settle_call(*call, outcome, *cost, event);
            }
            Payload::DeliverableRecorded { step, title, commitment, .. } => {
                self.set_status(
                    *step,
                    StepStatus::Delivered { commitment: *commitment, title: title.clone() },
                );
                self.hear_from_step(*step, event.at);
            }
            Payload::StepCompleted { step } => self.complete_step(*step, event.at),
            Payload::CheckedIn { role, index, .. } => {
                // The engine asks; only what the agent does itself counts as a sign of life.
                let agent = self.agents.entry(role.clone()).or_default();
                agent.check_ins = *index;
                agent.missed_in_a_row = 0;
            }
            Payload::CheckInMissed { role, index } => {
                let agent = self.agents.entry(role.clone()).or_default();
                agent.check_ins = *index;
                agent.missed = agent.missed.saturating_add(1);
                agent.missed_in_a_row = agent.missed_in_a_row.saturating_add(1);
            }
            Payload::ApprovalRequested { milestone, deliverable, tree, expires_at } => {
                let status = MilestoneStatus::AwaitingApproval {
                    deliverable: *deliverable,
                    tree: *tree,
                    expires_at: *expires_at,
                    approvals: BTreeMap::new(),
                };
                self.set_milestone(*milestone, status);
            }
            Payload::ApprovalGiven { milestone, validator, deadline, signature } => {
                let milestone = self
                    .milestones
                    .get_mut(usize::from(milestone.0))
                    .map(|milestone| &mut milestone.status);
                if let Some(MilestoneStatus::AwaitingApproval { approvals, .. }) = milestone {
                    approvals.insert(
                        *validator,
                        Approval { deadline: *deadline, signature: signature.clone() },
                    );
                }
                self.look(event);
            }
            Payload::MilestonePaid { milestone, amount, validator_reward, payments, evidence } => {
                self.saw(evidence);
                let status = MilestoneStatus::Paid {
                    amount: *amount,
                    validator_reward: *validator_reward,
                    payments: payments.clone(),
                    evidence: *evidence,
                };
                self.set_milestone(*milestone, status);
            }
            Payload::BudgetCapChanged { current, evidence, .. } => {
                self.saw(evidence);
                self.change_cap(*current);
            }
            Payload::AdapterChanged { roles, adapter, evidence, .. } => {
                self.saw(evidence);
                for role in roles {
                    self.agents.entry(role.clone()).or_default().adapter.clone_from(adapter);
                }
            }
            Payload::CoPilotChanged { required, evidence, .. } => {
                self.saw(evidence);
                self.co_pilot = *required;
            }
            Payload::StepReleased { step, .. } => {
                self.released.insert(*step);
            }
            Payload::ValidatorSummoned { token, validator, expiry, evidence, .. } => {
                self.saw(evidence);
                let summons = SummonsState {
                    validator: *validator,
                    expiry: *expiry,
                    acknowledged: None,
                    revoked: None,
                };
                self.summonses.insert(*token, summons);
            }
            Payload::SummonsAcknowledged { token, evidence, .. } => {
                self.saw(evidence);
                if let Some(summons) = self.summonses.get_mut(token) {
                    summons.acknowledged = Some(event.at);
                }
            }
            Payload::SummonsRevoked { token, evidence, .. } => {
                self.saw(evidence);
                if let Some(summons) = self.summonses.get_mut(token) {
                    summons.revoked = Some(event.at);
                }
            }
            // Only the first event creates; a second one says nothing new.
            Payload::MissionCreated(_) => {}
            Payload::BudgetExhausted { step, needed, remaining } => {
                let (step, needed, remaining) = (*step, *needed, *remaining);
                self.ask(event, QuestionAbout::Budget { step, needed, remaining });
            }
            Payload::TripwireTripped { trip, step, halts, .. } => {
                self.trip(event, trip, *step, *halts);
            }
            Payload::ValidatorCheckInDue { step, due_at } => {
                let about = QuestionAbout::CheckIn { step: *step, due_at: *due_at, missed: false };
                self.ask(event, about);
            }
            Payload::ValidatorCheckInMissed { question } => {
                if let Some(QuestionAbout::CheckIn { missed, .. }) =
                    self.questions.get_mut(question).map(|question| &mut question.about)
                {
                    *missed = true;
                }
            }
            Payload::QuestionAnswered { question, answer, .. } => self.answer(*question, *answer),
            Payload::MissionPaused { cause, tripwire, evidence, .. } => {
                self.saw_if_any(evidence.as_ref());
                self.pauses.insert(*cause);
                self.tripped |= tripwire;
                if *cause == PauseCause::Stopped {
                    self.ask(event, QuestionAbout::Stopped {});
                }
            }
            Payload::MissionResumed { cause, evidence, .. } => {
                self.resume(*cause, evidence.as_ref(), event.at);
            }
            Payload::CheckpointAnchored { tree, evidence } => {
                self.saw(evidence);
                self.anchored = Some(*tree);
            }
            Payload::MissionCompleted {} => self.close(Outcome::Completed, event.at),
            Payload::MissionFailed { reason, evidence } => {
                self.saw(evidence);
                self.close(Outcome::Failed(reason.clone()), event.at);
            }
            Payload::MissionRefunded { evidence } => {
                self.saw(evidence);
                self.close(Outcome::Refunded, event.at);
            }
        }
    }

    /// The adapter with this id as this step knows it: the owner's choice for its agent, or the plan's.
    fn priced(&self, step: StepId, adapter: &str) -> Option<PricedAdapter> {
        let role = self.step(step).map(|step| &step.plan.role);
        let chosen = role.and_then(|role| self.agents.get(role)?.adapter.as_ref());
        let mut known = chosen.into_iter().chain(&self.created.adapters);
        known.find(|known| known.id == adapter).cloned()
    }

    fn saw(&mut self, evidence: &TxEvidence) {
        self.evidence.insert(*evidence);
    }

    fn saw_if_any(&mut self, evidence: Option<&TxEvidence>) {
        if let Some(evidence) = evidence {
            self.saw(evidence);
        }
    }

    fn close(&mut self, outcome: Outcome, at: Timestamp) {
        self.lifecycle = Lifecycle::Closed { outcome, at };
        self.questions.clear();
    }

    fn set_status(&mut self, step: StepId, status: StepStatus) {
        if let Some(step) = self.steps.get_mut(usize::from(step.0)) {
            step.status = status;
        }
    }

    fn set_milestone(&mut self, milestone: MilestoneIndex, status: MilestoneStatus) {
        if let Some(milestone) = self.milestones.get_mut(usize::from(milestone.0)) {
            milestone.status = status;
        }
    }

    fn start_step(&mut self, step: StepId, at: Timestamp) {
        let since = self.clock.at(at);
        self.set_status(step, StepStatus::Working { since });
        self.hear_from_step(step, at);
    }

    fn complete_step(&mut self, id: StepId, at: Timestamp) {
        let now = self.clock.at(at);
        let Some(step) = self.steps.get_mut(usize::from(id.0)) else { return };
        if let StepStatus::Delivered { commitment, title } = &step.status {
            step.status =
                StepStatus::Done { commitment: *commitment, title: title.clone(), at: now };
        }
    }

    /// Whoever raises the cap lets steps run their full length again, and new ones begin.
    fn change_cap(&mut self, current: MicroUsd) {
        if current > self.budget.cap {
            self.steps.iter_mut().for_each(|step| step.wraps_up = false);
            self.watch.rearm(Tripwire::BudgetSurge);
        }
        self.budget.cap = current;
    }

    fn repeat_call(&mut self, step: StepId) {
        let Some(step) = self.steps.get_mut(usize::from(step.0)) else { return };
        step.lost = None;
        step.repeated = step.repeated.saturating_add(1);
    }

    fn settle_call(&mut self, call: CallId, outcome: &CallOutcome, cost: MicroUsd, event: &Event) {
        let Some(open) = self.open_calls.remove(&call) else { return };
        self.budget.reserved = self.budget.reserved.saturating_sub(open.reserved);
        self.budget.spent = self.budget.spent.saturating_add(cost);
        if matches!(outcome, CallOutcome::Unknown {}) {
            self.lose_call(event, call, open.step, cost);
        }
        if let Some(answered) = Self::was_answered(outcome) {
            self.watch.settle(answered);
        }
        self.hear_from_step(open.step, event.at);
        let Some(step) = self.steps.get_mut(usize::from(open.step.0)) else { return };
        match outcome {
            CallOutcome::Answered { text, .. } => {
                step.turns_done = step.turns_done.max(open.turn.saturating_add(1));
                step.failures = 0;
                step.texts.extend(*text);
            }
            CallOutcome::Withheld { .. } | CallOutcome::Failed { .. } | CallOutcome::Unknown {} => {
                step.failures = step.failures.saturating_add(1);
            }
            // Nobody's fault: it is asked again when the mission goes on.
            CallOutcome::CutOff { .. } => {}
        }
        if let Some(agent) = self.agents.get_mut(&step.plan.role) {
            agent.spent = agent.spent.saturating_add(cost);
        }
    }

    fn hear_from_step(&mut self, step: StepId, at: Timestamp) {
        let now = self.clock.at(at);
        let Some(role) = self.step(step).map(|step| step.plan.role.clone()) else { return };
        if let Some(agent) = self.agents.get_mut(&role) {
            agent.last_heard = agent.last_heard.max(now);
            agent.tripped.clear();
        }
    }

    fn resume(&mut self, cause: PauseCause, evidence: Option<&TxEvidence>, at: Timestamp) {
        self.saw_if_any(evidence);
        self.pauses.remove(&cause);
        self.withdraw(cause);
        self.tripped &= cause != PauseCause::Fleet;
        if self.pauses.is_empty() {
            // Silence during a pause is nobody's fault.
            let now = self.clock.at(at);
            for agent in self.agents.values_mut() {
                agent.last_heard = now;
                agent.tripped.clear();
            }
        }
    }
}

/// While agents work, every check-in is an event: a longer gap means that the engine was stopped.
fn longest_gap(created: &MissionCreated) -> MissionTime {
    MissionTime::from_minutes(created.check_in_minutes.saturating_mul(2))
}

fn waiting_step(plan: &super::PlanStep) -> StepState {
    StepState {
        plan: plan.clone(),
        status: StepStatus::Waiting,
        turns_done: 0,
        failures: 0,
        texts: Vec::new(),
        wraps_up: false,
        lost: None,
        repeated: 0,
    }
}

fn agents(created: &MissionCreated) -> BTreeMap<crate::id::Role, AgentState> {
    let roles =
        created.plan.iter().map(|step| step.role.clone()).filter(|role| !role.is_validator());
    roles.map(|role| (role, AgentState::default())).collect()
}

fn milestones(created: &MissionCreated) -> Vec<MilestoneState> {
    (0_u8..)
        .zip(&created.terms.milestones)
        .map(|(index, _)| {
            let step =
                created.plan.iter().find(|step| step.milestone == Some(MilestoneIndex(index)));
            MilestoneState {
                index: MilestoneIndex(index),
                name: step.map_or_else(String::new, |step| step.title.clone()),
                payout: created.terms.payout(usize::from(index)).unwrap_or(TokenAmount::ZERO),
                status: MilestoneStatus::Pending,
            }
        })
        .collect()
}
