//! `GET /api/v1/missions/{mission}/log/…`.

use axum::extract::{Request, State};
use axum::response::Response;

use super::relay;
use crate::http::error::ApiError;
use crate::http::state::AppState;

/// Checkpoint, tiles and proofs of a mission's log.
pub(in crate::http) async fn log(
    State(state): State<AppState>,
    request: Request,
) -> Result<Response, ApiError> {
    relay(&state, request).await
}
