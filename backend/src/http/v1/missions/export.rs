//! `GET /api/v1/missions/{mission}/export`.

use axum::extract::{Request, State};
use axum::response::Response;
use phase8_shared::id::MissionId;

use super::relay;
use crate::http::error::ApiError;
use crate::http::extract::Path;
use crate::http::state::AppState;

/// Everything that a verifier of the mission needs, in one file; it flows through as it is read.
pub(in crate::http) async fn export(
    State(state): State<AppState>,
    Path(_mission): Path<MissionId>,
    request: Request,
) -> Result<Response, ApiError> {
    relay(&state, request).await
}
