//! `POST /api/v1/missions/{mission}/milestones/{milestone}/approvals`.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use phase8_shared::api::{ApproveMilestone, ProblemCode, routes};
use phase8_shared::chain::ApprovalRequest;
use phase8_shared::id::{MilestoneIndex, MissionId};
use phase8_shared::mission::{Lifecycle, MilestoneStatus, MissionState};

use crate::http::error::ApiError;
use crate::http::extract::{Json, Path};
use crate::http::state::AppState;
use crate::http::v1::missions::relay_json;

/// Takes a validator's signature: proved here against the ledger and the guild on the chain, recorded there.
pub(in crate::http) async fn give(
    State(state): State<AppState>,
    Path((mission, milestone)): Path<(MissionId, MilestoneIndex)>,
    headers: HeaderMap,
    Json(mut approval): Json<ApproveMilestone>,
) -> Result<Response, ApiError> {
    let ledger = state.orchestrator.find_state(mission).await?;
    let ledger =
        ledger.ok_or_else(|| ApiError::not_found(format!("there is no mission {mission}")))?;
    if let Some(request) = asked_for(&state, &ledger, milestone, approval.deadline)? {
        approval.signature =
            state.approvals.verify(&request, &approval, ledger.created.operator).await?;
    }
    relay_json(&state, routes::approvals(mission, milestone), &headers, &approval).await
}

/// What the ledger asks the guild to sign for this milestone; `None` if the milestone was paid already, which the
/// orchestrator knows how to answer.
fn asked_for(
    state: &AppState,
    ledger: &MissionState,
    milestone: MilestoneIndex,
    deadline: u64,
) -> Result<Option<ApprovalRequest>, ApiError> {
    let found = ledger.milestones.get(usize::from(milestone.0));
    let found = found
        .ok_or_else(|| ApiError::not_found(format!("the mission has no milestone {milestone}")))?;
    if let Lifecycle::Closed { .. } = ledger.lifecycle {
        return Err(ApiError::new(
            ProblemCode::MissionClosed,
            "the mission is over; nothing is left to approve",
        ));
    }
    match &found.status {
        MilestoneStatus::AwaitingApproval { deliverable, tree, .. } => Ok(Some(ApprovalRequest {
            chain_id: state.deployment.chain_id,
            escrow: state.deployment.contracts.escrow,
            mission: ledger.created.mission.key(),
            milestone,
            deliverable: *deliverable,
            root: tree.root,
            deadline,
        })),
        MilestoneStatus::Pending => Err(ApiError::new(
            ProblemCode::NotAwaitingApproval,
            format!(
                "nothing is delivered for milestone {:?} yet; wait until it asks for approval",
                found.name
            ),
        )),
        MilestoneStatus::Paid { .. } => Ok(None),
    }
}
