//! What missions ask people.

use axum::extract::State;
use phase8_shared::api::{AnswerQuestion, MissionView, Problem, routes};
use phase8_shared::id::{MissionId, Seq};

use super::ApiError;
use super::extract::{Json, Path};
use crate::driver::Engine;

/// Answers a question of the mission. The backend proves the signature and the signer's role before it passes the
/// request on.
#[utoipa::path(
    post,
    path = routes::ANSWERS,
    tag = "missions",
    params(
        ("mission" = String, Path, description = "32 lower-case hex digits"),
        ("question" = u64, Path, description = "number of the event that asks"),
    ),
    request_body = AnswerQuestion,
    responses(
        (status = 200, body = MissionView),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "`missing_role`"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "`not_found`"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "`not_asked`, `approval_expired`, `mission_closed`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`answer_refused`, `bad_signature`"),
    )
)]
pub(super) async fn answer(
    State(engine): State<Engine>,
    Path((mission, question)): Path<(MissionId, Seq)>,
    Json(answered): Json<AnswerQuestion>,
) -> Result<Json<MissionView>, ApiError> {
    Ok(Json(engine.answer(mission, question, answered).await?))
}
