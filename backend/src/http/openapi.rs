//! The description of the API: the backend's own routes and those that it relays to the orchestrator.

use std::sync::OnceLock;

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use phase8_shared::api::{Problem, routes};
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Description;

use super::v1;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Phase 8 Mission Control",
        description = "Missions, their ledgers as pages and as server-sent events, approvals, and transactions on their \
                       way to the chain. Errors are problems (RFC 9457) with a stable `code`.",
    ),
    paths(
        v1::health::live,
        v1::health::ready,
        serve,
        v1::system::get,
        v1::preflight::get,
        v1::scoreboard::get,
        v1::bootstrap::get,
        v1::transactions::submit,
        v1::transactions::list,
        v1::transactions::get,
        v1::transactions::watch,
        v1::requests::submit,
        v1::requests::list,
        v1::requests::get,
        v1::reads::read,
        v1::archive::make,
        v1::archive::get,
        v1::archive::file,
        v1::evaluations::list,
        v1::evaluations::evaluate,
        v1::evaluations::validators,
        v1::governance::get,
        v1::summonses::delivered,
        v1::summonses::acknowledge,
        v1::rpc::pass,
        v1::session::get,
        v1::session::end,
        v1::session::nonce,
        v1::session::wallet,
        v1::session::link,
        v1::session::key,
        v1::links::make,
        v1::links::list,
        v1::links::revoke,
    ),
    components(schemas(Problem)),
    tags(
        (name = "health", description = "Whether it works"),
        (name = "system", description = "What this server is, runs on and offers"),
        (name = "session", description = "Signing in, and links for reading"),
        (name = "missions", description = "Missions and their ledgers"),
        (name = "chain", description = "Transactions and read-only JSON-RPC"),
    ),
)]
struct Backend;

/// The whole description: the mission routes are described where they are answered, and nothing internal is in it.
pub fn description() -> Description {
    let mut description = Backend::openapi();
    description.merge(phase8_orchestrator::openapi());
    description.paths.paths.retain(|path, _| !path.starts_with("/internal/"));
    description
}

/// The description as the text that is served and committed.
pub fn text() -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&description()).map(|text| text + "\n")
}

/// The description of this API.
#[utoipa::path(get, path = "/api/openapi.json", tag = "system", responses((status = 200, description = "OpenAPI 3.1")))]
pub(super) async fn serve() -> Result<impl IntoResponse, super::error::ApiError> {
    static TEXT: OnceLock<String> = OnceLock::new();
    let text = if let Some(text) = TEXT.get() {
        text.as_str()
    } else {
        let text = text().map_err(super::error::ApiError::internal)?;
        TEXT.get_or_init(|| text)
    };
    Ok(([(CONTENT_TYPE, "application/json")], text))
}

/// Paths that must be described, from the one place where URLs live.
pub const DESCRIBED: [&str; 46] = [
    routes::SYSTEM,
    routes::HEALTH_LIVE,
    routes::HEALTH_READY,
    routes::OPENAPI,
    routes::PREFLIGHT,
    routes::SCOREBOARD,
    routes::BOOTSTRAP,
    routes::MISSIONS,
    routes::MISSION,
    routes::EVENTS,
    routes::STREAM,
    routes::APPROVALS,
    routes::STEP_RELEASE,
    routes::ANSWERS,
    routes::DELIVERABLE,
    routes::EXPORT,
    routes::ARCHIVE,
    routes::ARCHIVE_FILE,
    routes::CHECKPOINT,
    routes::TILE,
    routes::INCLUSION,
    routes::CONSISTENCY,
    routes::LEDGER_KEY,
    routes::REGISTRY_CHECKPOINT,
    routes::REGISTRY_TILE,
    routes::REGISTRY_INCLUSION,
    routes::REGISTRY_CONSISTENCY,
    routes::TRANSACTIONS,
    routes::TRANSACTION,
    routes::WATCH,
    routes::REQUESTS,
    routes::REQUEST,
    routes::READS,
    routes::EVALUATIONS,
    routes::VALIDATORS,
    routes::GOVERNANCE,
    routes::SUMMONS_DELIVERED,
    routes::SUMMONS_ACKNOWLEDGE,
    routes::RPC,
    routes::SESSION,
    routes::SESSION_NONCE,
    routes::SESSION_WALLET,
    routes::SESSION_LINK,
    routes::SESSION_KEY,
    routes::LINKS,
    routes::LINK,
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_route_is_described_and_every_described_path_is_a_route() {
        let description = description();
        let described: BTreeSet<&str> =
            description.paths.paths.keys().map(String::as_str).collect();

        assert_eq!(described, DESCRIBED.into_iter().collect());
    }

    /// `routes.rs` is read as text, so that a constant added there cannot be forgotten here.
    #[test]
    fn no_route_is_forgotten() {
        let source = include_str!("../../../shared/src/api/routes.rs");
        let constants: BTreeSet<&str> = source
            .lines()
            .filter(|line| line.starts_with("pub const "))
            .filter_map(|line| line.split('"').nth(1))
            .filter(|path| !path.starts_with("/internal/"))
            .collect();

        assert_eq!(constants, DESCRIBED.into_iter().collect());
    }
}
