//! `POST /api/v1/transactions`.

use axum::extract::State;
use axum::http::StatusCode;
use phase8_shared::api::{Problem, SubmitTransaction, TransactionView};

use crate::http::error::ApiError;
use crate::http::extract::Json;
use crate::http::state::AppState;

/// Relays a signed transaction. Sending it twice is the same as once.
#[utoipa::path(post, path = "/api/v1/transactions", tag = "chain", request_body = SubmitTransaction, responses(
    (status = 202, description = "Taken in; ask for it by its hash", body = TransactionView),
    (status = 400, body = Problem),
    (status = 403, description = "Not a call that this server relays", body = Problem),
    (status = 422, description = "It cannot be read, is for another chain, or the chain refuses it", body = Problem),
    (status = 503, description = "The chain does not answer", body = Problem),
))]
pub(in crate::http) async fn submit(
    State(state): State<AppState>,
    Json(submitted): Json<SubmitTransaction>,
) -> Result<(StatusCode, Json<TransactionView>), ApiError> {
    let view = state.transactions.submit(submitted.raw).await?;
    Ok((StatusCode::ACCEPTED, Json(view)))
}
