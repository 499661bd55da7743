//! `GET /api/v1/missions`.

use axum::extract::{Request, State};
use axum::response::Response;

use super::relay;
use crate::http::error::ApiError;
use crate::http::state::AppState;

/// Every mission, the newest first.
pub(in crate::http) async fn list(
    State(state): State<AppState>,
    request: Request,
) -> Result<Response, ApiError> {
    relay(&state, request).await
}
