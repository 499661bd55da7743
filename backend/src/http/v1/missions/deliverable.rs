//! `GET /api/v1/missions/{mission}/deliverables/{commitment}`.

use axum::extract::{Request, State};
use axum::response::Response;
use phase8_shared::id::MissionId;
use phase8_shared::ledger::Commitment;

use super::relay;
use crate::http::error::ApiError;
use crate::http::extract::Path;
use crate::http::state::AppState;

/// A deliverable's content with the salt that opens its commitment.
pub(in crate::http) async fn deliverable(
    State(state): State<AppState>,
    Path((_mission, _commitment)): Path<(MissionId, Commitment)>,
    request: Request,
) -> Result<Response, ApiError> {
    relay(&state, request).await
}
