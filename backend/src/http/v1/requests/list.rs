//! `GET /api/v1/requests`.

use axum::extract::State;
use phase8_shared::api::RequestView;

use crate::http::error::ApiError;
use crate::http::extract::Json;
use crate::http::state::AppState;

/// The requests that were sent here last, the newest first.
#[utoipa::path(get, path = "/api/v1/requests", tag = "chain", responses((status = 200, body = Vec<RequestView>)))]
pub(in crate::http) async fn list(
    State(state): State<AppState>,
) -> Result<Json<Vec<RequestView>>, ApiError> {
    state.requests.list().await.map(Json)
}
