//! The HTTP edge: routes, what every request passes through, and the page.

mod access;
pub mod alone;
mod body;
mod busy;
pub mod error;
pub mod extract;
mod guard;
mod headers;
mod log;
pub mod metrics;
pub mod openapi;
pub mod page;
pub mod ports;
pub mod room;
pub mod server;
pub mod state;
mod v1;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{delete, get, post};
use phase8_shared::api::{ProblemCode, routes};
use tokio::sync::Semaphore;

use self::busy::Bound;
use self::error::ApiError;
use self::guard::Names;
use self::headers::PageHeaders;
use self::log::RequestIds;
pub use self::metrics::METRICS;
use self::state::AppState;
use crate::config::HttpConfig;

/// Everything that is served. Requests pass, in this order: the count, request id and log, headers, admission, the bound on
/// work.
pub fn router(state: AppState, config: &HttpConfig) -> Router {
    let seats = usize::try_from(config.max_in_flight)
        .unwrap_or(Semaphore::MAX_PERMITS)
        .min(Semaphore::MAX_PERMITS);
    let page_headers = PageHeaders::new(&state.page);
    let metrics = state.metrics.clone();
    let bound = Bound { seats: Arc::new(Semaphore::new(seats)), metrics: metrics.clone() };
    Router::new()
        .merge(api().route_layer(from_fn_with_state(state.clone(), access::admit)))
        .fallback(elsewhere)
        .layer(from_fn_with_state(bound, busy::bound))
        .merge(watched())
        .merge(metrics::route(&metrics, config))
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(state)
        .layer(from_fn_with_state(Names::new(&config.allowed_hosts), guard::admit))
        .layer(from_fn_with_state(page_headers, headers::set))
        .layer(from_fn_with_state(RequestIds::default(), log::log))
        .layer(from_fn_with_state(metrics, metrics::count))
}

/// Whoever looks after this server is answered however busy it is.
fn watched() -> Router<AppState> {
    Router::new()
        .route(routes::HEALTH_LIVE, get(v1::health::live))
        .route(routes::HEALTH_READY, get(v1::health::ready))
}

fn api() -> Router<AppState> {
    Router::new()
        .route(routes::OPENAPI, get(openapi::serve))
        .route(routes::SYSTEM, get(v1::system::get))
        .route(routes::PREFLIGHT, get(v1::preflight::get))
        .route(routes::SCOREBOARD, get(v1::scoreboard::get))
        .route(routes::BOOTSTRAP, get(v1::bootstrap::get))
        .route(routes::MISSIONS, get(v1::missions::list))
        .route(routes::MISSION, get(v1::missions::get).put(v1::missions::create))
        .route(routes::EVENTS, get(v1::missions::events))
        .route(routes::STREAM, get(v1::missions::stream))
        .route(routes::APPROVALS, post(v1::approvals::give))
        .route(routes::STEP_RELEASE, post(v1::steps::release))
        .route(routes::ANSWERS, post(v1::questions::answer))
        .route(routes::DELIVERABLE, get(v1::missions::deliverable))
        .route(routes::EXPORT, get(v1::missions::export))
        .route(routes::ARCHIVE, get(v1::archive::get).post(v1::archive::make))
        .route(routes::ARCHIVE_FILE, get(v1::archive::file))
        .route(routes::CHECKPOINT, get(v1::missions::log))
        .route(routes::TILE, get(v1::missions::log))
        .route(routes::INCLUSION, get(v1::missions::log))
        .route(routes::CONSISTENCY, get(v1::missions::log))
        .route(routes::LEDGER_KEY, get(v1::registry::log))
        .route(routes::REGISTRY_CHECKPOINT, get(v1::registry::log))
        .route(routes::REGISTRY_TILE, get(v1::registry::log))
        .route(routes::REGISTRY_INCLUSION, get(v1::registry::log))
        .route(routes::REGISTRY_CONSISTENCY, get(v1::registry::log))
        .route(routes::TRANSACTIONS, get(v1::transactions::list).post(v1::transactions::submit))
        .route(routes::TRANSACTION, get(v1::transactions::get))
        .route(routes::WATCH, post(v1::transactions::watch))
        .route(routes::REQUESTS, get(v1::requests::list).post(v1::requests::submit))
        .route(routes::REQUEST, get(v1::requests::get))
        .route(routes::READS, post(v1::reads::read))
        .route(routes::EVALUATIONS, get(v1::evaluations::list).post(v1::evaluations::evaluate))
        .route(routes::VALIDATORS, get(v1::evaluations::validators))
        .route(routes::GOVERNANCE, get(v1::governance::get))
        .route(routes::SUMMONS_DELIVERED, post(v1::summonses::delivered))
        .route(routes::SUMMONS_ACKNOWLEDGE, post(v1::summonses::acknowledge))
        .route(routes::RPC, post(v1::rpc::pass))
        .route(routes::SESSION, get(v1::session::get).delete(v1::session::end))
        .route(routes::SESSION_NONCE, post(v1::session::nonce))
        .route(routes::SESSION_WALLET, post(v1::session::wallet))
        .route(routes::SESSION_LINK, post(v1::session::link))
        .route(routes::SESSION_KEY, post(v1::session::key))
        .route(routes::LINKS, get(v1::links::list).post(v1::links::make))
        .route(routes::LINK, delete(v1::links::revoke))
}

/// Whatever is no route of the API: the page, or a problem.
async fn elsewhere(State(state): State<AppState>, request: Request) -> Response {
    state.page.answer(request.method(), request.uri(), request.headers())
}

async fn method_not_allowed(method: Method, request: Request) -> ApiError {
    ApiError::new(
        ProblemCode::MethodNotAllowed,
        format!("{} does not take {method}", request.uri().path()),
    )
}

#[cfg(test)]
pub(crate) mod tests;
