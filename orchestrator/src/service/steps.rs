//! People who work along.

use axum::extract::State;
use phase8_shared::api::{MissionView, Problem, ReleaseStep, routes};
use phase8_shared::id::{MissionId, StepId};

use super::ApiError;
use super::extract::{Json, Path};
use crate::driver::Engine;

/// Lets a step start that waits for a person. The backend proves the signature, and that it is the operator's or a guild
/// member's, before it passes the request on.
#[utoipa::path(
    post,
    path = routes::STEP_RELEASE,
    tag = "missions",
    params(
        ("mission" = String, Path, description = "32 lower-case hex digits"),
        ("step" = u16, Path, description = "counted from 0"),
    ),
    request_body = ReleaseStep,
    responses(
        (status = 200, body = MissionView),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "`not_a_validator`"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "`not_found`"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "`step_not_held`, `approval_expired`, `mission_closed`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`bad_signature`"),
    )
)]
pub(super) async fn release(
    State(engine): State<Engine>,
    Path((mission, step)): Path<(MissionId, StepId)>,
    Json(release): Json<ReleaseStep>,
) -> Result<Json<MissionView>, ApiError> {
    Ok(Json(engine.release_step(mission, step, release).await?))
}
