//! `GET /health/live` and `GET /health/ready`.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures_util::future::join3;
use phase8_shared::api::ServiceHealth;
use tokio::time::timeout;

use crate::http::extract::Json;
use crate::http::state::AppState;

/// Whoever asks waits no longer than this, whatever hangs.
const PATIENCE: Duration = Duration::from_secs(5);

/// 200 while the process answers.
#[utoipa::path(get, path = "/health/live", tag = "health", responses((status = 200, description = "The process answers")))]
pub(in crate::http) async fn live() -> &'static str {
    "live\n"
}

/// One line for each part; 503 if any of them does not work, or the server is stopping.
#[utoipa::path(get, path = "/health/ready", tag = "health", responses(
    (status = 200, description = "Every part works", body = Vec<ServiceHealth>),
    (status = 503, description = "At least one part does not", body = Vec<ServiceHealth>),
))]
pub(in crate::http) async fn ready(State(state): State<AppState>) -> Response {
    if state.stopping.is_cancelled() {
        return answer(vec![away("server", "it is stopping")]);
    }
    let (chain, orchestrator, relayer) = join3(
        within("chain", state.chain.health()),
        within("orchestrator", state.orchestrator.health()),
        timeout(PATIENCE, state.transactions.relayer()),
    )
    .await;
    let relayer = relayer.unwrap_or_else(|_| Some(away("relayer", SILENT)));
    answer([chain, orchestrator, state.room.health()].into_iter().chain(relayer).collect())
}

const SILENT: &str = "it does not answer in time";

async fn within(part: &str, health: impl Future<Output = ServiceHealth>) -> ServiceHealth {
    timeout(PATIENCE, health).await.unwrap_or_else(|_| away(part, SILENT))
}

fn away(part: &str, detail: &str) -> ServiceHealth {
    ServiceHealth { name: part.to_owned(), ok: false, detail: detail.to_owned(), block: None }
}

/// The parts, with the status that they come to.
pub(in crate::http) fn answer(parts: Vec<ServiceHealth>) -> Response {
    let ready = parts.iter().all(|part| part.ok);
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(parts)).into_response()
}
