//! Validators' signatures. They bind to the request that stands in the ledger and end with it.

use phase8_shared::api::ApproveMilestone;
use phase8_shared::id::MilestoneIndex;
use phase8_shared::mission::{Actor, MilestoneStatus, Payload};
use phase8_shared::time::Timestamp;

use super::{Draft, questions};
use crate::refusal::Refusal;

/// A request for approval stands for seven days of the wall clock: people sign on their own time, however fast a
/// rehearsal runs.
const APPROVAL_MILLIS: u64 = 7 * 86_400_000;

/// Adds one signature.
pub(super) fn approve(
    draft: &mut Draft<'_>,
    milestone: MilestoneIndex,
    approval: &ApproveMilestone,
) -> Result<(), Refusal> {
    let ApproveMilestone { validator, deadline, signature } = approval;
    let state = &draft.state;
    if state.is_closed() {
        return Err(Refusal::MissionClosed(state.created.mission));
    }
    if *validator == state.created.operator {
        return Err(Refusal::OwnMission(*validator));
    }
    let count = state.milestones.len();
    let found = state.milestone(milestone).ok_or(Refusal::NoSuchMilestone { milestone, count })?;
    let (approvals, expires_at) = match &found.status {
        MilestoneStatus::Pending => return Err(Refusal::NothingDelivered(milestone)),
        MilestoneStatus::Paid { .. } => return Err(Refusal::AlreadyPaid(milestone)),
        MilestoneStatus::AwaitingApproval { approvals, expires_at, .. } => (approvals, *expires_at),
    };
    let latest = expires_at.unix_seconds();
    if *deadline > latest {
        return Err(Refusal::DeadlineTooLate { deadline: *deadline, latest });
    }
    if *deadline <= draft.ctx.now.unix_seconds() {
        return Err(Refusal::ApprovalExpired(Timestamp::from_millis(
            deadline.saturating_mul(1000),
        )));
    }
    match approvals.get(validator) {
        Some(earlier) if earlier.signature == *signature && earlier.deadline == *deadline => {
            return Ok(());
        }
        Some(earlier) if earlier.deadline > draft.ctx.now.unix_seconds() => {
            return Err(Refusal::AlreadyApproved { milestone, validator: *validator });
        }
        Some(_) | None => {}
    }
    let given = Payload::ApprovalGiven {
        milestone,
        validator: *validator,
        deadline: *deadline,
        signature: signature.clone(),
    };
    draft.emit(Actor::Validator(*validator), given);
    // Who approves has looked.
    questions::resume_if_looked_at(draft, *validator);
    Ok(())
}

/// Asks the guild for what was delivered, and asks again when a request ran out unpaid.
pub(super) fn request(draft: &mut Draft<'_>) {
    let now = draft.ctx.now;
    for milestone in draft.state.milestones.clone() {
        let due = match &milestone.status {
            MilestoneStatus::Pending => true,
            MilestoneStatus::AwaitingApproval { expires_at, .. } => *expires_at <= now,
            MilestoneStatus::Paid { .. } => false,
        };
        let step =
            draft.state.steps.iter().find(|step| step.plan.milestone == Some(milestone.index));
        let Some(step) = step.filter(|step| due && draft.delivered_before.contains(&step.plan.id))
        else {
            continue;
        };
        let Some(deliverable) = step.status.commitment() else { continue };
        let requested = Payload::ApprovalRequested {
            milestone: milestone.index,
            deliverable,
            tree: draft.ctx.tree,
            // Whole seconds, because that is what a validator signs.
            expires_at: Timestamp::from_millis(
                now.plus_millis(APPROVAL_MILLIS).unix_seconds().saturating_mul(1000),
            ),
        };
        draft.emit(Actor::Engine, requested);
    }
}
