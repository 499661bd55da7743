//! Between backend and orchestrator alone.

use axum::extract::State;
use axum::http::StatusCode;
use phase8_shared::api::ServiceHealth;
use phase8_shared::chain::{ChainEffect, Observed};

use super::ApiError;
use super::extract::Json;
use crate::driver::Engine;

/// Takes note of contracts' events, in order. Answered when they stand in the ledgers.
pub(super) async fn facts(
    State(engine): State<Engine>,
    Json(facts): Json<Vec<Observed>>,
) -> Result<StatusCode, ApiError> {
    engine.observe(facts).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is to be done on the chain.
pub(super) async fn effects(
    State(engine): State<Engine>,
) -> Result<Json<Vec<ChainEffect>>, ApiError> {
    Ok(Json(engine.chain_effects().await?))
}

/// Whether the engine can do its work.
pub(super) async fn health(State(engine): State<Engine>) -> Json<ServiceHealth> {
    Json(engine.health().await)
}

/// Whether this engine is the one of its group that may act on the chain.
pub(super) async fn leads(State(engine): State<Engine>) -> Json<bool> {
    let leads = *engine.leads().borrow();
    Json(leads)
}
