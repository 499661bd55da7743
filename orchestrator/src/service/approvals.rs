//! Validators' signatures.

use axum::extract::State;
use phase8_shared::api::{ApproveMilestone, MissionView, Problem, routes};
use phase8_shared::id::{MilestoneIndex, MissionId};

use super::ApiError;
use super::extract::{Json, Path};
use crate::driver::Engine;

/// Adds a validator's signature to a milestone. The backend proves the signature and the guild membership before it
/// passes the request on; the escrow proves both again before it pays.
#[utoipa::path(
    post,
    path = routes::APPROVALS,
    tag = "missions",
    params(
        ("mission" = String, Path, description = "32 lower-case hex digits"),
        ("milestone" = u8, Path, description = "counted from 0"),
    ),
    request_body = ApproveMilestone,
    responses(
        (status = 200, body = MissionView),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "`own_mission`, `not_a_validator`"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "`not_found`"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "`not_awaiting_approval`, `approval_expired`, `mission_closed`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`bad_signature`"),
    )
)]
pub(super) async fn post(
    State(engine): State<Engine>,
    Path((mission, milestone)): Path<(MissionId, MilestoneIndex)>,
    Json(approval): Json<ApproveMilestone>,
) -> Result<Json<MissionView>, ApiError> {
    Ok(Json(engine.approve(mission, milestone, approval).await?))
}
