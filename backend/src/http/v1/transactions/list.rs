//! `GET /api/v1/transactions`.

use axum::extract::State;
use phase8_shared::api::TransactionView;

use crate::http::error::ApiError;
use crate::http::extract::Json;
use crate::http::state::AppState;

/// The transactions relayed last, the newest first.
#[utoipa::path(get, path = "/api/v1/transactions", tag = "chain", responses((status = 200, body = Vec<TransactionView>)))]
pub(in crate::http) async fn list(
    State(state): State<AppState>,
) -> Result<Json<Vec<TransactionView>>, ApiError> {
    state.transactions.list().await.map(Json)
}
