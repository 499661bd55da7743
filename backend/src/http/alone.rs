//! The orchestrator that runs on its own: its routes, with what operators need around them.

use axum::Router;
use axum::extract::State;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::get;
use phase8_orchestrator::tlog::Logs;
use phase8_orchestrator::{Engine, service};
use phase8_shared::api::routes;

use super::log::{self, RequestIds};
use super::metrics;
use super::v1::health;
use crate::config::HttpConfig;
use crate::telemetry::metrics::Metrics;

/// The orchestrator's own routes, health, and measurements.
pub fn router(engine: Engine, logs: Logs, metrics: &Metrics, config: &HttpConfig) -> Router {
    Router::new()
        .route(routes::HEALTH_LIVE, get(health::live))
        .route(routes::HEALTH_READY, get(ready).with_state(engine.clone()))
        .merge(metrics::route(metrics, config))
        .merge(service::standalone(engine, logs))
        .layer(from_fn_with_state(RequestIds::of_callers(), log::log))
        .layer(from_fn_with_state(metrics.clone(), metrics::count))
}

/// One line for the engine; 503 if it does not work.
async fn ready(State(engine): State<Engine>) -> Response {
    health::answer(vec![engine.health().await])
}
