//! `GET /api/v1/missions`.

use axum::Extension;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use phase8_shared::api::{MissionList, Reads};

use super::relay;
use crate::http::body::{self, Limit};
use crate::http::error::ApiError;
use crate::http::extract::{Json, parse};
use crate::http::state::AppState;
use crate::session::Visitor;

/// Every mission that the asker may read, the newest first.
pub(in crate::http) async fn list(
    State(state): State<AppState>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
) -> Result<Response, ApiError> {
    let response = relay(&state, request).await?;
    let reads = visitor.reads();
    if reads == (Reads::All {}) {
        return Ok(response);
    }
    let bytes = body::collect(response.into_body(), Limit::UPLOAD).await?;
    let mut list: MissionList = parse(&bytes)?;
    list.missions.retain(|mission| reads.includes(&mission.id));
    Ok(Json(list).into_response())
}
