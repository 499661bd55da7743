//! `GET /api/v1/missions/{mission}/stream`.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use futures_util::StreamExt;
use phase8_shared::id::MissionId;

use super::relay;
use crate::http::error::ApiError;
use crate::http::extract::Path;
use crate::http::state::AppState;

/// A mission's ledger as server-sent events. Each event flows through as it comes; the stream ends when the server is
/// stopped, and the browser then resumes by `Last-Event-ID`.
pub(in crate::http) async fn stream(
    State(state): State<AppState>,
    Path(_mission): Path<MissionId>,
    request: Request,
) -> Result<Response, ApiError> {
    let response = relay(&state, request).await?;
    let stopping = state.stopping.clone();
    let open = state.metrics.http().streams();
    Ok(response.map(|body| {
        let until_stopped =
            body.into_data_stream().take_until(async move { stopping.cancelled().await });
        // Counted as open for as long as somebody holds the body.
        Body::from_stream(until_stopped.inspect(move |_| {
            let _open = &open;
        }))
    }))
}
