//! `PUT /api/v1/missions/{mission}`.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use axum::response::Response;
use phase8_shared::api::CreateMission;
use phase8_shared::id::MissionId;

use super::relay;
use crate::http::body::{self, Limit};
use crate::http::error::ApiError;
use crate::http::extract::{Path, demand_json, parse};
use crate::http::state::AppState;

/// Launches a mission: the same body under the same id is the same launch, however often it is sent.
pub(in crate::http) async fn create(
    State(state): State<AppState>,
    Path(_mission): Path<MissionId>,
    request: Request,
) -> Result<Response, ApiError> {
    demand_json(request.headers())?;
    let (parts, incoming) = request.into_parts();
    let bytes = body::read(Request::from_parts(parts.clone(), incoming), Limit::UPLOAD).await?;
    // Read here for its errors alone: the orchestrator gets the very bytes that came.
    parse::<CreateMission>(&bytes)?;
    let mut onward = Request::from_parts(parts, Body::empty());
    onward.headers_mut().remove(TRANSFER_ENCODING);
    onward.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    onward.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *onward.body_mut() = Body::from(bytes);
    relay(&state, onward).await
}
