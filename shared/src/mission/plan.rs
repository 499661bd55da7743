//! The plan: which steps the mission's work consists of. The engine makes it from the job spec and writes it into the
//! first event, so that a later version of the planner cannot change a mission under way.

use serde::{Deserialize, Serialize};

use crate::id::{MilestoneIndex, Role, StepId};
use crate::spec::CheckpointRef;

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlanStep {
    /// Position in the plan.
    pub id: StepId,
    /// Who does it; `validator` is the guild.
    pub role: Role,
    /// Words for people.
    pub title: String,
    /// The checkpoint that its deliverable reaches.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub checkpoint: CheckpointRef,
    /// Steps that must be done before.
    pub needs: Vec<StepId>,
    /// What kind of work it is.
    pub work: Work,
    /// The milestone that its deliverable claims, if it pays.
    pub milestone: Option<MilestoneIndex>,
}

/// Who or what makes a step's deliverable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Work {
    /// An agent, in so many turns with a model adapter.
    Agent {
        /// Id of the model adapter.
        adapter: String,
        /// Model calls until the deliverable stands.
        turns: u8,
        /// Mission minutes that the plan allots.
        minutes: u32,
    },
    /// The engine compiles a dossier of everything delivered, for the guild to sign off.
    SignOff,
}

impl Work {
    /// Model calls until the deliverable stands.
    pub const fn turns(&self) -> u8 {
        match self {
            Self::Agent { turns, .. } => *turns,
            Self::SignOff => 0,
        }
    }
}
