//! `GET /api/v1/missions/{mission}/events`.

use axum::extract::{Request, State};
use axum::response::Response;
use phase8_shared::id::MissionId;

use super::relay;
use crate::http::error::ApiError;
use crate::http::extract::Path;
use crate::http::state::AppState;

/// A page of a mission's ledger.
pub(in crate::http) async fn events(
    State(state): State<AppState>,
    Path(_mission): Path<MissionId>,
    request: Request,
) -> Result<Response, ApiError> {
    relay(&state, request).await
}
