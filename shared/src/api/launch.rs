//! Launching.

use alloy_primitives::Address;
use serde::{Deserialize, Serialize};

use crate::mission::EscrowTerms;
use crate::money::TokenAmount;
use crate::time::{ClockScale, Timestamp};

/// `PUT /api/v1/missions/{mission}`: the same body under the same id is the same launch, however often it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateMission {
    /// The job spec exactly as it was uploaded.
    pub spec: String,
    /// The wallet that will fund the mission.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub operator: Address,
    /// What agents earn over all milestones.
    pub reward: TokenAmount,
    /// Speed of the mission's clock; more than 1 only when every adapter is a rehearsal.
    pub clock_scale: ClockScale,
}

/// What the operator's wallet is asked to fund. The page derives the terms itself and compares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FundingOffer {
    /// The terms.
    pub terms: EscrowTerms,
    /// What they cost.
    pub deposit: TokenAmount,
    /// The moment that the deadlines are counted from.
    pub created_at: Timestamp,
}
