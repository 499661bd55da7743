//! `/api/v1/evaluations` and `/api/v1/validators`.

use axum::extract::State;
use phase8_shared::api::{EvaluationView, EvaluationsView, ValidatorsView, routes};

use crate::http::error::ApiError;
use crate::http::extract::Json;
use crate::http::state::AppState;

/// What was evaluated, the newest first, and when the server does it again by itself.
#[utoipa::path(get, path = routes::EVALUATIONS, tag = "missions", responses((status = 200, body = EvaluationsView)))]
pub(in crate::http) async fn list(
    State(state): State<AppState>,
) -> Result<Json<EvaluationsView>, ApiError> {
    state.evaluations.history().await.map(Json)
}

/// Evaluates the model adapters over the newest missions. What says the same as the last evaluation is not kept again.
#[utoipa::path(post, path = routes::EVALUATIONS, tag = "missions", responses((status = 200, body = EvaluationView)))]
pub(in crate::http) async fn evaluate(
    State(state): State<AppState>,
) -> Result<Json<EvaluationView>, ApiError> {
    state.evaluations.evaluate().await.map(Json)
}

/// Everybody who voted in a mission, with each vote: how many, how soon, how many did not stand, and what was paid.
#[utoipa::path(get, path = routes::VALIDATORS, tag = "missions", responses((status = 200, body = ValidatorsView)))]
pub(in crate::http) async fn validators(
    State(state): State<AppState>,
) -> Result<Json<ValidatorsView>, ApiError> {
    state.evaluations.validators().await.map(Json)
}
