//! What a mission starts from: the content of its first event.

use alloy_primitives::{Address, B256};
use serde::{Deserialize, Serialize};

use super::{EscrowTerms, PlanStep, Safety};
use crate::id::MissionId;
use crate::money::MicroUsd;
use crate::time::ClockScale;

/// Everything a mission starts from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MissionCreated {
    /// The mission.
    pub mission: MissionId,
    /// The job's name.
    pub name: String,
    /// The wallet that launches and funds it.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub operator: Address,
    /// The job spec exactly as it was uploaded.
    pub spec: String,
    /// SHA-256 of that text.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub spec_hash: B256,
    /// What the escrow must hold.
    pub terms: EscrowTerms,
    /// The steps.
    pub plan: Vec<PlanStep>,
    /// The adapters that the plan uses, with their prices.
    pub adapters: Vec<PricedAdapter>,
    /// Whether every adapter is a rehearsal: no model is asked, no dollar is really spent.
    pub rehearsal: bool,
    /// Speed of the mission's clock.
    pub clock_scale: ClockScale,
    /// Length of the mission in mission minutes.
    pub duration_minutes: u32,
    /// Agents at work check in this often, in mission minutes.
    pub check_in_minutes: u32,
    /// Silence longer than this is a missed check-in, in mission minutes.
    pub idle_minutes: u32,
    /// The rules it runs under; none in ledgers that were begun before there were any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safety: Option<Safety>,
}

/// A model adapter as it was when the mission was created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PricedAdapter {
    /// Its id.
    pub id: String,
    /// Price of a thousand tokens.
    pub per_1k_tokens: MicroUsd,
    /// Largest context it takes, in tokens.
    pub max_context: u64,
}
