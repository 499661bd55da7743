//! `POST /api/v1/transactions/watch`.

use axum::extract::State;
use axum::http::StatusCode;
use phase8_shared::api::{Problem, TransactionView, WatchTransaction};

use crate::http::error::ApiError;
use crate::http::extract::Json;
use crate::http::state::AppState;

/// Follows a transaction that a wallet sent by itself. Naming it twice is the same as once.
#[utoipa::path(post, path = "/api/v1/transactions/watch", tag = "chain", request_body = WatchTransaction, responses(
    (status = 202, description = "Followed from now on; ask for it by its hash", body = TransactionView),
    (status = 403, description = "Not a call of Mission Control", body = Problem),
    (status = 404, description = "The node knows no such transaction", body = Problem),
    (status = 503, description = "The chain does not answer", body = Problem),
))]
pub(in crate::http) async fn watch(
    State(state): State<AppState>,
    Json(named): Json<WatchTransaction>,
) -> Result<(StatusCode, Json<TransactionView>), ApiError> {
    let view = state.transactions.watch(named.hash).await?;
    Ok((StatusCode::ACCEPTED, Json(view)))
}
