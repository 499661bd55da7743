//! `GET /health/live` and `GET /health/ready`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use phase8_shared::api::ServiceHealth;

use crate::http::extract::Json;
use crate::http::state::AppState;

/// 200 while the process answers.
#[utoipa::path(get, path = "/health/live", tag = "health", responses((status = 200, description = "The process answers")))]
pub(in crate::http) async fn live() -> &'static str {
    "live\n"
}

/// One line for each part; 503 if any of them does not work.
#[utoipa::path(get, path = "/health/ready", tag = "health", responses(
    (status = 200, description = "Every part works", body = Vec<ServiceHealth>),
    (status = 503, description = "At least one part does not", body = Vec<ServiceHealth>),
))]
pub(in crate::http) async fn ready(State(state): State<AppState>) -> Response {
    let (chain, orchestrator, relayer) = futures_util::future::join3(
        state.chain.health(),
        state.orchestrator.health(),
        state.transactions.relayer(),
    )
    .await;
    let parts: Vec<ServiceHealth> = [chain, orchestrator].into_iter().chain(relayer).collect();
    let ready = parts.iter().all(|part| part.ok);
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(parts)).into_response()
}
