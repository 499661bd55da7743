//! Missions: list, read, launch.

use axum::extract::State;
use phase8_shared::api::{CreateMission, MissionList, MissionView, Problem, routes};
use phase8_shared::id::MissionId;

use super::ApiError;
use super::extract::{Json, Path};
use crate::driver::Engine;

/// Every mission, the newest first.
#[utoipa::path(get, path = routes::MISSIONS, tag = "missions", responses((status = 200, body = MissionList)))]
pub(super) async fn list(State(engine): State<Engine>) -> Result<Json<MissionList>, ApiError> {
    Ok(Json(engine.list().await?))
}

/// One mission: where it stands, the head of its ledger, what its escrow is to hold.
#[utoipa::path(
    get,
    path = routes::MISSION,
    tag = "missions",
    params(("mission" = String, Path, description = "32 lower-case hex digits")),
    responses(
        (status = 200, body = MissionView),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "`not_found`"),
    )
)]
pub(super) async fn get(
    State(engine): State<Engine>,
    Path(mission): Path<MissionId>,
) -> Result<Json<MissionView>, ApiError> {
    Ok(Json(engine.view(mission).await?))
}

/// Launches a mission under an id that the client draws. The same body under the same id is the same launch.
#[utoipa::path(
    put,
    path = routes::MISSION,
    tag = "missions",
    params(("mission" = String, Path, description = "32 lower-case hex digits, drawn by the client")),
    request_body = CreateMission,
    responses(
        (status = 200, body = MissionView),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "`mission_exists`, `fleet_paused`, `global_pause`"),
        (status = 413, body = Problem, content_type = "application/problem+json", description = "`too_large`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`spec_refused` with findings, `offer_refused`"),
    )
)]
pub(super) async fn put(
    State(engine): State<Engine>,
    Path(mission): Path<MissionId>,
    Json(request): Json<CreateMission>,
) -> Result<Json<MissionView>, ApiError> {
    Ok(Json(engine.create(mission, &request).await?))
}
