//! The state of a mission: nothing but the fold of its events.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use alloy_primitives::{Address, Bytes, U256};

use super::{
    MissionClock, MissionCreated, PauseCause, Payment, PlanStep, PricedAdapter, Question,
    TripState, Tripwire, TxEvidence, Watch, Work,
};
use crate::id::{CallId, MilestoneIndex, Role, Seq, StepId};
use crate::ledger::{Commitment, TreeHead};
use crate::money::{MicroUsd, TokenAmount};
use crate::time::{MissionTime, Timestamp};

/// Everything that is known of a mission after an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissionState {
    /// What it started from. It never changes, so that copies of a state share it.
    pub created: Arc<MissionCreated>,
    /// When it was created.
    pub created_at: Timestamp,
    /// The last event that is folded in.
    pub seq: Seq,
    /// When that was.
    pub as_of: Timestamp,
    /// Where it stands.
    pub lifecycle: Lifecycle,
    /// Why it stands still; empty while it runs.
    pub pauses: BTreeSet<PauseCause>,
    /// Whether a tripwire is among the reasons for a pause of the fleet.
    pub tripped: bool,
    /// Its own clock.
    pub clock: MissionClock,
    /// What may be spent and what is.
    pub budget: Budget,
    /// In plan order.
    pub steps: Vec<StepState>,
    /// Calls whose outcome is not recorded.
    pub open_calls: BTreeMap<CallId, OpenCall>,
    /// Number of the next call.
    pub next_call: CallId,
    /// By role.
    pub agents: BTreeMap<Role, AgentState>,
    /// In the order of the job spec.
    pub milestones: Vec<MilestoneState>,
    /// Whether a person must release each agent's step before it starts.
    pub co_pilot: bool,
    /// Steps that a person released.
    pub released: BTreeSet<StepId>,
    /// Validators that were called in, by read token.
    pub summonses: BTreeMap<U256, SummonsState>,
    /// What waits for a person's answer, by the event that asked.
    pub questions: BTreeMap<Seq, Question>,
    /// What tripped, in order.
    pub trips: Vec<TripState>,
    /// What the engine's own tripwires keep in mind.
    pub watch: Watch,
    /// Logs that events rest on already.
    pub evidence: BTreeSet<TxEvidence>,
    /// Largest checkpoint that stands on the chain.
    pub anchored: Option<TreeHead>,
}

/// Where a mission stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lifecycle {
    /// Accepted; the escrow is not funded yet.
    AwaitingFunding,
    /// Funded and at work, or paused.
    Running {
        /// When it was launched.
        since: Timestamp,
    },
    /// Over.
    Closed {
        /// How.
        outcome: Outcome,
        /// When.
        at: Timestamp,
    },
}

/// How a mission ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Everything is delivered and paid.
    Completed,
    /// The owner declared it failed, with these words.
    Failed(String),
    /// The operator took the rest back after the term.
    Refunded,
}

/// What may be spent and what is. `spent + reserved` never exceeds the cap at the moment of a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Never to be exceeded.
    pub cap: MicroUsd,
    /// Settled.
    pub spent: MicroUsd,
    /// Held back for calls under way.
    pub reserved: MicroUsd,
}

impl Budget {
    /// What a new reservation may take; zero when the cap was lowered below what is spent.
    pub fn remaining(&self) -> MicroUsd {
        self.cap.saturating_sub(self.spent.saturating_add(self.reserved))
    }
}

/// A step and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepState {
    /// What it is.
    pub plan: PlanStep,
    /// How far it is.
    pub status: StepStatus,
    /// Turns that were answered.
    pub turns_done: u8,
    /// Calls that failed since the last answer.
    pub failures: u8,
    /// What was written in the turns that were answered, in order; stored apart.
    pub texts: Vec<Commitment>,
    /// Whether it is to come to its end with what is left of the budget: its next call is its last. Nothing new begins
    /// until the cap is raised.
    pub wraps_up: bool,
    /// The call for its next turn whose outcome nobody knows, while that turn was not asked anew.
    pub lost: Option<CallId>,
    /// Turns that were asked anew because nobody knows what became of the call before.
    pub repeated: u32,
}

/// How far a step is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepStatus {
    /// Others come first.
    Waiting,
    /// At work.
    Working {
        /// Since this mission time.
        since: MissionTime,
    },
    /// Its deliverable stands.
    Delivered {
        /// Commitment to the content.
        commitment: Commitment,
        /// Words for people.
        title: String,
    },
    /// Done.
    Done {
        /// Commitment to the content.
        commitment: Commitment,
        /// Words for people.
        title: String,
        /// At this mission time.
        at: MissionTime,
    },
}

impl StepStatus {
    /// The commitment to the step's deliverable, once there is one.
    pub const fn commitment(&self) -> Option<Commitment> {
        match self {
            Self::Waiting | Self::Working { .. } => None,
            Self::Delivered { commitment, .. } | Self::Done { commitment, .. } => Some(*commitment),
        }
    }

    /// Whether work is under way.
    pub const fn is_working(&self) -> bool {
        matches!(self, Self::Working { .. })
    }

    /// Whether nothing is left to do.
    pub const fn is_done(&self) -> bool {
        matches!(self, Self::Done { .. })
    }
}

/// A model call whose outcome is not recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCall {
    /// For this step.
    pub step: StepId,
    /// Turn within the step.
    pub turn: u8,
    /// Id of the model adapter.
    pub adapter: String,
    /// That adapter as it was priced when it was asked; none if the mission knew none with that id.
    pub priced: Option<PricedAdapter>,
    /// Worst case, held back.
    pub reserved: MicroUsd,
    /// Whether the step ends with this turn, because the budget ran short.
    pub wraps_up: bool,
    /// When it was asked for.
    pub since: MissionTime,
}

/// What is known of an agent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AgentState {
    /// Mission time of its last sign of life.
    pub last_heard: MissionTime,
    /// Check-ins that fell due so far, kept or missed.
    pub check_ins: u32,
    /// Those it missed.
    pub missed: u32,
    /// Those it missed since it kept one.
    pub missed_in_a_row: u32,
    /// What tripped in its present silence.
    pub tripped: BTreeSet<Tripwire>,
    /// What its calls cost.
    pub spent: MicroUsd,
    /// The adapter that the owner chose for it; the plan's while there is none.
    pub adapter: Option<PricedAdapter>,
}

/// A validator who was called in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SummonsState {
    /// Who.
    pub validator: Address,
    /// Unix seconds at which the read token ends.
    pub expiry: u64,
    /// When the validator confirmed it.
    pub acknowledged: Option<Timestamp>,
    /// When the owner took it back.
    pub revoked: Option<Timestamp>,
}

/// A milestone and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MilestoneState {
    /// Which one.
    pub index: MilestoneIndex,
    /// Its name in the job spec.
    pub name: String,
    /// What it pays to agents.
    pub payout: TokenAmount,
    /// How far it is.
    pub status: MilestoneStatus,
}

/// How far a milestone is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MilestoneStatus {
    /// Nothing is delivered yet.
    Pending,
    /// The guild is asked.
    AwaitingApproval {
        /// Commitment to the deliverable.
        deliverable: Commitment,
        /// The ledger as it stood when it was asked.
        tree: TreeHead,
        /// Approvals are void after this.
        expires_at: Timestamp,
        /// Signatures so far, by validator.
        approvals: BTreeMap<Address, Approval>,
    },
    /// The escrow paid.
    Paid {
        /// To agents.
        amount: TokenAmount,
        /// To validators.
        validator_reward: TokenAmount,
        /// Every single transfer.
        payments: Vec<Payment>,
        /// The release on chain.
        evidence: TxEvidence,
    },
}

/// One validator's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Unix seconds after which it is void.
    pub deadline: u64,
    /// EIP-712 signature of `MilestoneApproval`.
    pub signature: Bytes,
}

impl MissionState {
    /// Whether agents may spend: launched, not over, not paused.
    pub fn may_spend(&self) -> bool {
        matches!(self.lifecycle, Lifecycle::Running { .. }) && self.pauses.is_empty()
    }

    /// The adapter that an agent's step uses from its next call on: the owner's choice, else the plan's.
    pub fn adapter_of(&self, step: &StepState) -> Option<&PricedAdapter> {
        let Work::Agent { adapter, .. } = &step.plan.work else { return None };
        let chosen = self.agents.get(&step.plan.role).and_then(|agent| agent.adapter.as_ref());
        chosen.or_else(|| self.created.adapters.iter().find(|known| known.id == *adapter))
    }

    /// How many turns a step has as this call sees it: the call of a step that wraps up is its last.
    pub fn turns_of(&self, call: &OpenCall) -> u8 {
        let turns = self.step(call.step).map_or(0, |step| step.plan.work.turns());
        if call.wraps_up { call.turn.saturating_add(1) } else { turns }
    }

    /// Whether the budget's last was given to a step, so that no other agent's step begins until the cap is raised.
    pub fn begins_nothing_new(&self) -> bool {
        self.steps.iter().any(|step| step.wraps_up)
    }

    /// Whether everything before a step is done and it did not start.
    pub fn is_ready(&self, step: &StepState) -> bool {
        let done = |id: &StepId| self.step(*id).is_some_and(|step| step.status.is_done());
        step.status == StepStatus::Waiting && step.plan.needs.iter().all(done)
    }

    /// Whether a step waits for a person and for nothing else: the co-pilot is required and nobody released it.
    pub fn is_held(&self, step: &StepState) -> bool {
        let by_agent = matches!(step.plan.work, Work::Agent { .. });
        self.co_pilot && by_agent && !self.released.contains(&step.plan.id) && self.is_ready(step)
    }

    /// Steps that wait for a person to release them.
    pub fn held_steps(&self) -> impl Iterator<Item = &StepState> {
        let running = matches!(self.lifecycle, Lifecycle::Running { .. });
        self.steps.iter().filter(move |step| running && self.is_held(step))
    }

    /// Whether it is over.
    pub const fn is_closed(&self) -> bool {
        matches!(self.lifecycle, Lifecycle::Closed { .. })
    }

    /// The step with this id.
    pub fn step(&self, id: StepId) -> Option<&StepState> {
        self.steps.get(usize::from(id.0))
    }

    /// The milestone with this index.
    pub fn milestone(&self, index: MilestoneIndex) -> Option<&MilestoneState> {
        self.milestones.get(usize::from(index.0))
    }

    /// The role's step that is under way.
    pub fn working_step(&self, role: &Role) -> Option<&StepState> {
        self.steps.iter().find(|step| step.plan.role == *role && step.status.is_working())
    }

    /// Milestones that wait for validators: quorum not reached.
    pub fn awaiting_approval(&self) -> impl Iterator<Item = &MilestoneState> {
        let quorum = usize::from(self.created.terms.quorum);
        self.milestones.iter().filter(move |milestone| match &milestone.status {
            MilestoneStatus::AwaitingApproval { approvals, .. } => approvals.len() < quorum,
            MilestoneStatus::Pending | MilestoneStatus::Paid { .. } => false,
        })
    }

    /// Paid to agents so far.
    pub fn paid(&self) -> TokenAmount {
        self.milestones.iter().fold(TokenAmount::ZERO, |sum, milestone| match &milestone.status {
            MilestoneStatus::Paid { amount, .. } => sum.checked_add(*amount).unwrap_or(sum),
            MilestoneStatus::Pending | MilestoneStatus::AwaitingApproval { .. } => sum,
        })
    }
}
