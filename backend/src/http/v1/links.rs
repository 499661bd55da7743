//! `/api/v1/missions/{mission}/links`: links for reading one mission.

use axum::Extension;
use axum::extract::State;
use phase8_shared::api::{MadeLink, MakeLink, Problem, ReadLink, ReadLinks};
use phase8_shared::id::MissionId;

use crate::http::error::ApiError;
use crate::http::extract::{Json, Path};
use crate::http::state::AppState;
use crate::session::Visitor;

/// Makes a link. Its token is in this answer alone: the server keeps a hash.
#[utoipa::path(post, path = "/api/v1/missions/{mission}/links", tag = "session",
    params(("mission" = String, Path)), request_body = MakeLink,
    responses(
        (status = 200, body = MadeLink),
        (status = 400, description = "The label or the time cannot be taken", body = Problem),
        (status = 403, description = "`role_needed`", body = Problem),
        (status = 404, body = Problem),
    ))]
pub(in crate::http) async fn make(
    State(state): State<AppState>,
    Path(mission): Path<MissionId>,
    Extension(visitor): Extension<Visitor>,
    Json(asked): Json<MakeLink>,
) -> Result<Json<MadeLink>, ApiError> {
    if state.orchestrator.find_state(mission).await?.is_none() {
        return Err(ApiError::not_found(format!("there is no mission {mission}")));
    }
    Ok(Json(state.sessions.make_link(mission, &asked, visitor.account()).await?))
}

/// The links of a mission, the newest first, with when each was last used.
#[utoipa::path(get, path = "/api/v1/missions/{mission}/links", tag = "session",
    params(("mission" = String, Path)),
    responses((status = 200, body = ReadLinks), (status = 403, description = "`role_needed`", body = Problem)))]
pub(in crate::http) async fn list(
    State(state): State<AppState>,
    Path(mission): Path<MissionId>,
) -> Json<ReadLinks> {
    Json(ReadLinks { links: state.sessions.links_of(mission) })
}

/// Revokes a link: whoever came in by it is out, and their event streams end. Again is as once.
#[utoipa::path(delete, path = "/api/v1/missions/{mission}/links/{link}", tag = "session",
    params(("mission" = String, Path), ("link" = String, Path)),
    responses(
        (status = 200, body = ReadLink),
        (status = 403, description = "`role_needed`", body = Problem),
        (status = 404, body = Problem),
    ))]
pub(in crate::http) async fn revoke(
    State(state): State<AppState>,
    Path((mission, link)): Path<(MissionId, String)>,
) -> Result<Json<ReadLink>, ApiError> {
    let revoked = state.sessions.revoke_link(mission, &link).await?;
    let missing = || ApiError::not_found(format!("mission {mission} has no link {link:?}"));
    revoked.map(Json).ok_or_else(missing)
}
