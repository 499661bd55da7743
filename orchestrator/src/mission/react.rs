//! What is left to do in the world. The outbox is a fold of the ledger: an effect is pending because an event asked for
//! it and no event has settled it. There is no second store that could disagree, and a replay finds the same effects.

use phase8_shared::chain::{ChainEffect, ReleaseApproval};
use phase8_shared::id::{CallId, MilestoneIndex, StepId};
use phase8_shared::ledger::TreeHead;
use phase8_shared::mission::{
    Event, MilestoneState, MilestoneStatus, MissionState, PauseCause, Payload, Work,
};
use phase8_shared::time::Timestamp;

/// Something to be done outside the core. Doing it twice is the same as once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Call a model. An effect that disappears before the call ends is cut off.
    CallModel {
        /// Number of the call.
        call: CallId,
        /// For this step.
        step: StepId,
        /// Turn within the step.
        turn: u8,
        /// Id of the adapter.
        adapter: String,
    },
    /// Compile the dossier of a sign-off step.
    CompileDossier {
        /// The step.
        step: StepId,
    },
    /// Do something on the chain.
    Chain(ChainEffect),
}

/// What an effect would change: two effects with the same key are the same effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EffectKey {
    /// The outcome of a call.
    Call(CallId),
    /// The deliverable of a step.
    Dossier(StepId),
    /// The payment of a milestone.
    Release(MilestoneIndex),
    /// The checkpoint of this size.
    Anchor(u64),
}

impl Effect {
    /// What it would change.
    pub const fn key(&self) -> EffectKey {
        match self {
            Self::CallModel { call, .. } => EffectKey::Call(*call),
            Self::CompileDossier { step } => EffectKey::Dossier(*step),
            Self::Chain(ChainEffect::ReleaseMilestone { milestone, .. }) => {
                EffectKey::Release(*milestone)
            }
            Self::Chain(ChainEffect::AnchorCheckpoint { tree, .. }) => EffectKey::Anchor(tree.size),
        }
    }
}

/// What events asked for beside what the mission's state says itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outbox {
    /// The largest checkpoint that ought to stand on the chain and does not.
    anchor: Option<TreeHead>,
}

impl Outbox {
    /// Folds in one event. `head` is the ledger's head after it; a root costs hashes, so it is only asked for where it is
    /// needed.
    pub fn apply(&mut self, event: &Event, head: impl FnOnce() -> TreeHead) {
        match &event.payload {
            Payload::MissionLaunched {}
            | Payload::CheckedIn { .. }
            | Payload::CheckInMissed { .. }
            | Payload::ApprovalRequested { .. }
            | Payload::MilestonePaid { .. }
            | Payload::MissionCompleted {}
            | Payload::MissionFailed { .. }
            | Payload::MissionRefunded { .. } => self.anchor = Some(head()),
            Payload::CheckpointAnchored { tree, .. } => {
                if let Some(wanted) = self.anchor
                    && wanted.size <= tree.size
                {
                    self.anchor = None;
                }
            }
            Payload::MissionCreated(_)
            | Payload::EscrowFunded { .. }
            | Payload::StepStarted { .. }
            | Payload::ModelCallRequested { .. }
            | Payload::ModelCallSettled { .. }
            | Payload::DeliverableRecorded { .. }
            | Payload::StepCompleted { .. }
            | Payload::ApprovalGiven { .. }
            | Payload::BudgetCapChanged { .. }
            | Payload::AdapterChanged { .. }
            | Payload::AdapterNotUsed { .. }
            | Payload::CoPilotChanged { .. }
            | Payload::StepReleased { .. }
            | Payload::ValidatorSummoned { .. }
            | Payload::SummonsAcknowledged { .. }
            | Payload::SummonsRevoked { .. }
            | Payload::BudgetExhausted { .. }
            | Payload::TripwireTripped { .. }
            | Payload::ValidatorCheckInDue { .. }
            | Payload::ValidatorCheckInMissed { .. }
            | Payload::QuestionAnswered { .. }
            | Payload::MissionPaused { .. }
            | Payload::MissionResumed { .. } => {}
        }
    }

    /// The checkpoint that ought to stand on the chain and does not.
    pub const fn anchor(&self) -> Option<TreeHead> {
        self.anchor
    }

    /// Whether anything is pending that is not on the chain: agents are at work, or a dossier is to be compiled.
    pub fn is_busy(&self, state: &MissionState) -> bool {
        let elsewhere = |effect: &Effect| !matches!(effect, Effect::Chain(_));
        self.pending(state, state.as_of).iter().any(elsewhere)
    }

    /// Every effect that is asked for and not settled.
    pub fn pending(&self, state: &MissionState, now: Timestamp) -> Vec<Effect> {
        let mut effects: Vec<Effect> = state
            .open_calls
            .iter()
            .map(|(call, open)| Effect::CallModel {
                call: *call,
                step: open.step,
                turn: open.turn,
                adapter: open.adapter.clone(),
            })
            .collect();
        if state.may_spend() {
            let dossiers = state
                .steps
                .iter()
                .filter(|step| step.status.is_working() && step.plan.work == Work::SignOff);
            effects.extend(dossiers.map(|step| Effect::CompileDossier { step: step.plan.id }));
        }
        effects.extend(self.chain(state, now).into_iter().map(Effect::Chain));
        effects
    }

    /// Those of them that are to be done on the chain.
    pub fn chain(&self, state: &MissionState, now: Timestamp) -> Vec<ChainEffect> {
        let mission = state.created.mission;
        let mut effects: Vec<ChainEffect> = Vec::new();
        // A paused escrow pays nothing, and a closed one has nothing left.
        if !state.is_closed() && !state.pauses.contains(&PauseCause::Fleet) {
            effects.extend(
                state.milestones.iter().filter_map(|milestone| release(state, milestone, now)),
            );
        }
        effects.extend(self.anchor.map(|tree| ChainEffect::AnchorCheckpoint { mission, tree }));
        effects
    }

    /// Whether nothing is left to do or to wait for: such a mission needs no attention any more.
    pub const fn is_settled(&self, state: &MissionState) -> bool {
        state.is_closed() && self.anchor.is_none()
    }
}

/// The payment of a milestone whose quorum of signatures still holds.
fn release(
    state: &MissionState,
    milestone: &MilestoneState,
    now: Timestamp,
) -> Option<ChainEffect> {
    let MilestoneStatus::AwaitingApproval { deliverable, tree, approvals, .. } = &milestone.status
    else {
        return None;
    };
    // Ascending by validator, as the escrow wants them.
    let holding = approvals.iter().filter(|(_, approval)| approval.deadline > now.unix_seconds());
    let approvals: Vec<ReleaseApproval> = holding
        .map(|(validator, approval)| ReleaseApproval {
            validator: *validator,
            deadline: approval.deadline,
            signature: approval.signature.clone(),
        })
        .collect();
    (approvals.len() >= usize::from(state.created.terms.quorum)).then(|| {
        ChainEffect::ReleaseMilestone {
            mission: state.created.mission,
            milestone: milestone.index,
            deliverable: *deliverable,
            root: tree.root,
            approvals,
        }
    })
}
