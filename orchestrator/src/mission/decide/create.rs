//! Launching: the first event, with everything the mission starts from.

use alloy_primitives::B256;
use phase8_shared::mission::{Actor, EscrowTerms, MissionCreated, Offer, Payload};
use sha2::{Digest, Sha256};

use super::{Context, Decision};
use crate::command::NewMission;
use crate::plan::plan;
use crate::refusal::Refusal;

/// Accepts a job spec. The escrow's deadlines count from this very moment.
pub(super) fn create(new: &NewMission, ctx: &Context) -> Result<Decision, Refusal> {
    if ctx.fleet.is_some() {
        return Err(Refusal::FleetPaused);
    }
    if new.operator.is_zero() {
        return Err(Refusal::NoOperator);
    }
    if new.clock_scale.is_scaled() && !new.rehearsal {
        return Err(Refusal::ScaledClock);
    }
    let hash = B256::from_slice(&Sha256::digest(new.source.as_bytes()));
    let offer = Offer {
        reward: new.reward,
        base_stake: new.base_stake,
        payees: new.payees.clone(),
        created_at: ctx.now,
        spec_hash: hash,
    };
    let created = MissionCreated {
        mission: new.mission,
        name: new.spec.job_name.to_string(),
        operator: new.operator,
        spec: new.source.clone(),
        spec_hash: hash,
        terms: EscrowTerms::derive(&new.spec, &offer)?,
        plan: plan(&new.spec)?,
        adapters: new.adapters.clone(),
        rehearsal: new.rehearsal,
        clock_scale: new.clock_scale,
        duration_minutes: new.spec.max_duration_minutes.get(),
        check_in_minutes: new.spec.autonomy.checkpoint_interval_minutes.get(),
        idle_minutes: new.spec.autonomy.max_idle_minutes.get(),
        safety: Some(new.safety.clone()),
    };
    Ok(vec![(Actor::Operator(new.operator), Payload::MissionCreated(Box::new(created)))])
}
