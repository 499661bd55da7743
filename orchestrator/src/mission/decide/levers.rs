//! Levers that steer agents: which adapter they use, whether a person works along, and who was called in to look.

use phase8_shared::api::ReleaseStep;
use phase8_shared::chain::AdapterScope;
use phase8_shared::id::{Role, StepId};
use phase8_shared::mission::{Actor, MissionState, Payload};
use phase8_shared::time::Timestamp;

use super::{Draft, facts};
use crate::command::{AdapterSwitch, SwitchTo};
use crate::refusal::Refusal;

/// Follows the model registry, as far as it is about agents of this mission. The calls under way end with the adapter
/// that they began with.
pub(super) fn switch(draft: &mut Draft<'_>, switch: AdapterSwitch) {
    let AdapterSwitch { evidence, scope, previous, current, to, rolled_back, reason, by } = switch;
    if draft.state.evidence.contains(&evidence) || draft.state.is_closed() {
        return;
    }
    let mission = draft.state.created.mission.key();
    let covered = |role: &Role| {
        AdapterScope::covering(mission, role).iter().any(|covering| covering.key() == scope)
    };
    let roles: Vec<Role> =
        draft.state.agents.keys().filter(|role| covered(role)).cloned().collect();
    if roles.is_empty() {
        return;
    }
    let not_used =
        |roles, why| Payload::AdapterNotUsed { scope, roles, adapter: current, why, by, evidence };
    let adapter = match to {
        SwitchTo::Unusable { why } => {
            return draft.emit(Actor::Chain, not_used(roles, why));
        }
        SwitchTo::Adapter { priced, rehearsal } => {
            if draft.state.created.rehearsal && !rehearsal {
                let why =
                    format!("`{}` asks a real model, and this mission is a rehearsal", priced.id);
                return draft.emit(Actor::Chain, not_used(roles, why));
            }
            Some(priced)
        }
        SwitchTo::Plan {} => None,
    };
    let changed = Payload::AdapterChanged {
        scope,
        roles,
        previous,
        adapter,
        rolled_back,
        reason,
        by,
        evidence,
    };
    draft.emit(Actor::Chain, changed);
    facts::resume_if_there_is_room(draft, by);
}

/// A person lets a step start.
pub(super) fn release(
    draft: &mut Draft<'_>,
    step: StepId,
    release: &ReleaseStep,
) -> Result<(), Refusal> {
    let ReleaseStep { by, deadline, signature } = release;
    let state = &draft.state;
    if state.is_closed() {
        return Err(Refusal::MissionClosed(state.created.mission));
    }
    let count = state.steps.len();
    let found = state.step(step).ok_or(Refusal::NoSuchStep { step, count })?;
    if state.released.contains(&step) {
        return Ok(());
    }
    if !state.held_steps().any(|held| held.plan.id == found.plan.id) {
        return Err(Refusal::StepNotHeld(step));
    }
    if *deadline <= draft.ctx.now.unix_seconds() {
        let ended = Timestamp::from_millis(deadline.saturating_mul(1_000));
        return Err(Refusal::ReleaseExpired(ended));
    }
    let actor = person(state, *by);
    let (by, deadline, signature) = (*by, *deadline, signature.clone());
    draft.emit(actor, Payload::StepReleased { step, by, deadline, signature });
    Ok(())
}

pub(super) fn person(state: &MissionState, by: alloy_primitives::Address) -> Actor {
    if by == state.created.operator { Actor::Operator(by) } else { Actor::Validator(by) }
}
