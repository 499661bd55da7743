//! `GET /api/v1/requests/{digest}`.

use alloy::primitives::B256;
use axum::extract::State;
use phase8_shared::api::{Problem, RequestView};

use crate::http::error::ApiError;
use crate::http::extract::{Json, Path};
use crate::http::state::AppState;

/// What became of an owner's request.
#[utoipa::path(get, path = "/api/v1/requests/{digest}", tag = "chain",
    params(("digest" = String, Path, description = "0x and 64 hex digits")),
    responses((status = 200, body = RequestView), (status = 404, body = Problem)))]
pub(in crate::http) async fn get(
    State(state): State<AppState>,
    Path(digest): Path<B256>,
) -> Result<Json<RequestView>, ApiError> {
    let found = state.requests.find(digest).await?;
    found.map(Json).ok_or_else(|| {
        ApiError::not_found(format!("no request with the digest {digest} was sent here"))
    })
}
