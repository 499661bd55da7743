//! `GET /api/v1/registry/log/…`: the log that lists every mission, and the key of all logs.

use axum::extract::{Request, State};
use axum::response::Response;

use super::missions::relay;
use crate::http::error::ApiError;
use crate::http::state::AppState;

/// Key, checkpoint, tiles and proofs of the registry's log.
pub(in crate::http) async fn log(
    State(state): State<AppState>,
    request: Request,
) -> Result<Response, ApiError> {
    relay(&state, request).await
}
