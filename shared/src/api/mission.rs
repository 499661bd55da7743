//! Missions and their ledgers.

use alloy_primitives::{Address, Bytes};
use serde::{Deserialize, Serialize};

use super::FundingOffer;
use crate::id::{MissionId, Seq};
use crate::ledger::{Commitment, Salt, TreeHead};
use crate::mission::{Answer, Event, Lifecycle, MissionState, Outcome, PauseCause};
use crate::money::{MicroUsd, TokenAmount};
use crate::time::{MissionTime, Timestamp};

/// Every mission, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MissionList {
    /// The missions.
    pub missions: Vec<MissionSummary>,
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MissionSummary {
    /// The mission.
    pub id: MissionId,
    /// The job's name.
    pub name: String,
    /// The wallet that launched it.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub operator: Address,
    /// When it was created.
    pub created_at: Timestamp,
    /// Where it stands.
    pub phase: MissionPhase,
    /// Why it stands still.
    pub pauses: Vec<PauseCause>,
    /// Cap of the budget.
    pub cap: MicroUsd,
    /// Spent and held back.
    pub committed: MicroUsd,
    /// Mission time so far.
    pub elapsed: MissionTime,
    /// Steps done.
    pub steps_done: u16,
    /// Steps in all.
    pub steps: u16,
    /// Milestones that wait for validators.
    pub awaiting_approval: u16,
    /// Questions and held steps that wait for a person.
    #[serde(default)]
    pub questions: u16,
    /// Paid to agents.
    pub paid: TokenAmount,
    /// Whether it is a rehearsal.
    pub rehearsal: bool,
}

/// Where a mission stands, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MissionPhase {
    /// The escrow is not funded yet.
    AwaitingFunding,
    /// At work.
    Running,
    /// Launched, but standing still.
    Paused,
    /// Agents are done; validators are not.
    AwaitingValidators,
    /// Delivered and paid.
    Completed,
    /// Declared failed.
    Failed,
    /// The rest was taken back.
    Refunded,
}

impl From<&MissionState> for MissionPhase {
    fn from(state: &MissionState) -> Self {
        match &state.lifecycle {
            Lifecycle::AwaitingFunding => Self::AwaitingFunding,
            Lifecycle::Running { .. } if !state.pauses.is_empty() => Self::Paused,
            Lifecycle::Running { .. } if state.steps.iter().all(|step| step.status.is_done()) => {
                Self::AwaitingValidators
            }
            Lifecycle::Running { .. } => Self::Running,
            Lifecycle::Closed { outcome: Outcome::Completed, .. } => Self::Completed,
            Lifecycle::Closed { outcome: Outcome::Failed(_), .. } => Self::Failed,
            Lifecycle::Closed { outcome: Outcome::Refunded, .. } => Self::Refunded,
        }
    }
}

impl MissionSummary {
    /// The line of a mission at a moment.
    pub fn of(state: &MissionState, now: Timestamp) -> Self {
        let count = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
        Self {
            id: state.created.mission,
            name: state.created.name.clone(),
            operator: state.created.operator,
            created_at: state.created_at,
            phase: state.into(),
            pauses: state.pauses.iter().copied().collect(),
            cap: state.budget.cap,
            committed: state.budget.spent.saturating_add(state.budget.reserved),
            elapsed: state.clock.at(now),
            steps_done: count(state.steps.iter().filter(|step| step.status.is_done()).count()),
            steps: count(state.steps.len()),
            awaiting_approval: count(state.awaiting_approval().count()),
            questions: count(state.questions.len() + state.held_steps().count()),
            paid: state.paid(),
            rehearsal: state.created.rehearsal,
        }
    }
}

/// One mission: its line, the head of its ledger, and what to fund while it waits for that. Everything else the page
/// folds from the events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MissionView {
    /// The line of the list.
    pub summary: MissionSummary,
    /// The head of its ledger.
    pub head: MissionHead,
    /// What its escrow is to hold.
    pub funding: FundingOffer,
}

/// The head of a mission's ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MissionHead {
    /// The last event.
    pub seq: Seq,
    /// Size and root over the leaves of all events.
    pub tree: TreeHead,
}

/// A page of a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventPage {
    /// In order, without a gap.
    pub events: Vec<Event>,
    /// The ledger's last event when the page was read: more pages follow while the last one here is smaller.
    pub last: Seq,
}

/// A validator's signature over exactly what the ledger asks approval for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ApproveMilestone {
    /// Who signed.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub validator: Address,
    /// Unix seconds; part of what was signed.
    pub deadline: u64,
    /// EIP-712 signature of `MilestoneApproval`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub signature: Bytes,
}

/// A person's signature that lets a step start while the co-pilot is required.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReleaseStep {
    /// Who signed: the mission's operator or a member of the guild.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub by: Address,
    /// Unix seconds; part of what was signed.
    pub deadline: u64,
    /// EIP-712 signature of `StepRelease`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub signature: Bytes,
}

/// A person's signed answer to what a mission asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AnswerQuestion {
    /// Who signed.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub by: Address,
    /// What is answered.
    #[serde(flatten)]
    pub answer: Answer,
    /// In the signer's words; part of what was signed, may be empty, at most 1 000 characters.
    #[serde(default)]
    pub reason: String,
    /// Unix seconds; part of what was signed.
    pub deadline: u64,
    /// EIP-712 signature of `MissionAnswer`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub signature: Bytes,
}

/// A deliverable's content with the salt that opens its commitment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeliverableView {
    /// What the ledger holds.
    pub commitment: Commitment,
    /// Opens it.
    pub salt: Salt,
    /// MIME type.
    pub media_type: String,
    /// The content; deliverables are text.
    pub content: String,
}
