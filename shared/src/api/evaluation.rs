//! Evaluations of the model adapters, and how validators stand.

use serde::{Deserialize, Serialize};

use crate::id::{MissionId, Seq};
use crate::score::evaluate::{ScoredAdapter, UpgradeProposal};
use crate::score::record::ValidatorStanding;
use crate::time::Timestamp;

/// `GET /api/v1/evaluations`: what was evaluated, the newest first; at most 100.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EvaluationsView {
    /// When the server evaluates by itself the next time; absent if it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Timestamp>,
    /// The newest first.
    pub history: Vec<EvaluationView>,
}

/// An evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EvaluationView {
    /// When.
    pub at: Timestamp,
    /// Name and version of the measured score.
    pub version: String,
    /// Whether the server did it by its schedule, and not because somebody asked.
    pub scheduled: bool,
    /// Ten-thousandths by which a challenger must lead.
    pub margin: u32,
    /// The missions that were measured, the newest first.
    pub missions: Vec<EvaluatedMission>,
    /// Every adapter with its scores, the best first.
    pub adapters: Vec<ScoredAdapter>,
    /// Upgrades that follow.
    pub proposals: Vec<UpgradeProposal>,
}

/// A mission that was measured, up to which card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EvaluatedMission {
    /// Which.
    pub mission: MissionId,
    /// The job's name.
    pub name: String,
    /// The last card.
    pub seq: Seq,
}

/// `GET /api/v1/validators`: everybody who voted, with each vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ValidatorsView {
    /// Missions whose ledgers were read.
    pub missions: u32,
    /// Most approvals first.
    pub validators: Vec<ValidatorStanding>,
}
