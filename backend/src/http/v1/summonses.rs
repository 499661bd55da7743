//! `POST /api/v1/summonses/{token}/delivered` and `POST /api/v1/summonses/{token}/acknowledge`.

use alloy::primitives::U256;
use axum::extract::State;
use phase8_shared::api::{AcknowledgeSummons, Problem, ProblemCode, SummonsView, TransactionView};

use crate::http::error::ApiError;
use crate::http::extract::{Json, Path};
use crate::http::state::AppState;

/// Takes note that a page with the validator's account has fetched the notification of a summons. The first report stays;
/// anybody can send it, so it proves nothing. What proves something is the acknowledgement on the chain.
#[utoipa::path(post, path = "/api/v1/summonses/{token}/delivered", tag = "chain",
    params(("token" = String, Path, description = "number of the read token, in decimal digits")),
    responses(
        (status = 200, body = SummonsView),
        (status = 404, body = Problem),
        (status = 503, description = "The chain was not read yet", body = Problem),
    ))]
pub(in crate::http) async fn delivered(
    State(state): State<AppState>,
    Path(token): Path<String>,
) -> Result<Json<SummonsView>, ApiError> {
    state.governance.delivered(number(&token)?).await.map(Json)
}

/// Carries the validator's signed acknowledgement to the chain; this server's wallet pays the gas. What the contract would
/// refuse is not sent.
#[utoipa::path(post, path = "/api/v1/summonses/{token}/acknowledge", tag = "chain",
    params(("token" = String, Path, description = "number of the read token, in decimal digits")),
    request_body = AcknowledgeSummons,
    responses(
        (status = 200, body = TransactionView),
        (status = 404, body = Problem),
        (status = 422, description = "`transaction_refused`: the detail names the contract's error", body = Problem),
        (status = 503, description = "`no_relayer`, `chain_unreachable`", body = Problem),
    ))]
pub(in crate::http) async fn acknowledge(
    State(state): State<AppState>,
    Path(token): Path<String>,
    Json(acknowledgement): Json<AcknowledgeSummons>,
) -> Result<Json<TransactionView>, ApiError> {
    state.governance.acknowledge(number(&token)?, acknowledgement).await.map(Json)
}

fn number(token: &str) -> Result<U256, ApiError> {
    let digits = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.then(|| token.parse().ok()).flatten();
    number.ok_or_else(|| {
        let detail = format!("{token:?} is no number of a read token: decimal digits are expected");
        ApiError::new(ProblemCode::Malformed, detail)
    })
}
