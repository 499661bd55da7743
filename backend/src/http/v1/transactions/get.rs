//! `GET /api/v1/transactions/{hash}`.

use alloy::primitives::B256;
use axum::extract::State;
use phase8_shared::api::{Problem, TransactionView};

use crate::http::error::ApiError;
use crate::http::extract::{Json, Path};
use crate::http::state::AppState;

/// What became of a relayed transaction.
#[utoipa::path(get, path = "/api/v1/transactions/{hash}", tag = "chain",
    params(("hash" = String, Path, description = "0x and 64 hex digits")),
    responses((status = 200, body = TransactionView), (status = 404, body = Problem)))]
pub(in crate::http) async fn get(
    State(state): State<AppState>,
    Path(hash): Path<B256>,
) -> Result<Json<TransactionView>, ApiError> {
    let found = state.transactions.find(hash).await?;
    found.map(Json).ok_or_else(|| {
        ApiError::not_found(format!("this server has not relayed a transaction {hash}"))
    })
}
