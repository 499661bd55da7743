//! The engine over HTTP: exactly the routes of `shared::api::routes`, JSON and server-sent events, every refusal a
//! `Problem`.

mod approvals;
mod deliverables;
mod error;
mod events;
mod export;
mod extract;
mod internal;
mod log;
mod missions;
mod questions;
mod steps;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use phase8_shared::api::{Problem, ProblemCode, routes};
use utoipa::OpenApi;

pub use error::ApiError;

use crate::driver::Engine;
use crate::tlog::Logs;

/// A launch carries a job spec of up to 4 MiB as a JSON string, in which every character may be escaped.
const LARGEST_LAUNCH: usize = 9 * 1024 * 1024;
/// Facts come in batches of whole blocks.
const LARGEST_FACTS: usize = 8 * 1024 * 1024;
/// Everything else is small.
const LARGEST_BODY: usize = 64 * 1024;

/// What browsers may reach.
pub fn public(engine: Engine, logs: Logs) -> Router {
    let launch = get(missions::get).put(missions::put).layer(DefaultBodyLimit::max(LARGEST_LAUNCH));
    Router::new()
        .route(routes::MISSIONS, get(missions::list))
        .route(routes::MISSION, launch)
        .route(routes::EVENTS, get(events::page))
        .route(routes::STREAM, get(events::stream))
        .route(routes::APPROVALS, post(approvals::post).layer(DefaultBodyLimit::max(LARGEST_BODY)))
        .route(
            routes::STEP_RELEASE,
            post(steps::release).layer(DefaultBodyLimit::max(LARGEST_BODY)),
        )
        .route(routes::ANSWERS, post(questions::answer).layer(DefaultBodyLimit::max(LARGEST_BODY)))
        .route(routes::DELIVERABLE, get(deliverables::get))
        .with_state(engine)
        .merge(transparency(logs))
}

/// Ledgers as logs, for any C2SP tool.
fn transparency(logs: Logs) -> Router {
    Router::new()
        .route(routes::EXPORT, get(export::get))
        .route(routes::CHECKPOINT, get(log::checkpoint))
        .route(routes::TILE, get(log::tile))
        .route(routes::INCLUSION, get(log::inclusion))
        .route(routes::CONSISTENCY, get(log::consistency))
        .route(routes::LEDGER_KEY, get(log::key))
        .route(routes::REGISTRY_CHECKPOINT, get(log::registry_checkpoint))
        .route(routes::REGISTRY_TILE, get(log::registry_tile))
        .route(routes::REGISTRY_INCLUSION, get(log::registry_inclusion))
        .route(routes::REGISTRY_CONSISTENCY, get(log::registry_consistency))
        .with_state(logs)
}

/// What the backend alone may reach.
pub fn internal(engine: Engine) -> Router {
    Router::new()
        .route(
            routes::INTERNAL_FACTS,
            post(internal::facts).layer(DefaultBodyLimit::max(LARGEST_FACTS)),
        )
        .route(routes::INTERNAL_EFFECTS, get(internal::effects))
        .route(routes::INTERNAL_LEADS, get(internal::leads))
        .route(routes::INTERNAL_HEALTH, get(internal::health))
        .with_state(engine)
}

/// Both, without a fallback: to be embedded behind a server that keeps strangers from the internal routes.
pub fn router(engine: Engine, logs: Logs) -> Router {
    public(engine.clone(), logs).merge(internal(engine))
}

/// Both, for an orchestrator that runs on its own.
pub fn standalone(engine: Engine, logs: Logs) -> Router {
    router(engine, logs)
        .fallback(|| async {
            ApiError::of(ProblemCode::NotFound, "there is nothing at this address")
        })
        .method_not_allowed_fallback(|| async {
            ApiError::of(
                ProblemCode::MethodNotAllowed,
                "this address exists, but does not take that method",
            )
        })
}

/// Describes the public routes.
#[derive(Debug, OpenApi)]
#[openapi(
    paths(
        missions::list,
        missions::get,
        missions::put,
        events::page,
        events::stream,
        approvals::post,
        steps::release,
        questions::answer,
        deliverables::get,
        export::get,
        log::checkpoint,
        log::tile,
        log::inclusion,
        log::consistency,
        log::key,
        log::registry_checkpoint,
        log::registry_tile,
        log::registry_inclusion,
        log::registry_consistency
    ),
    components(schemas(Problem)),
    tags(
        (name = "missions", description = "Launch missions, follow their ledgers, approve their milestones."),
        (name = "logs", description = "Ledgers as transparency logs (C2SP tlog-tiles): the prefix of a log ends in `/log`."),
    )
)]
struct Api;

/// The description of the public routes, to be merged into the server's own.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Api::openapi()
}
