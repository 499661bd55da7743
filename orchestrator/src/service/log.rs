//! Ledgers as transparency logs (C2SP tlog-tiles, tlog-checkpoint): checkpoint and tiles in their own forms, proofs as
//! JSON. Hashes tell nothing and may be kept by anybody; entries only by who fetched them.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use phase8_shared::api::{ConsistencyView, InclusionView, LedgerKey, Problem, ProblemCode, routes};
use phase8_shared::id::{MissionId, Seq};
use phase8_shared::ledger::{Tile, TileKind};
use serde::Deserialize;

use super::ApiError;
use super::extract::{Json, Path, Query};
use crate::store::LogId;
use crate::tlog::{Logs, TileBytes};

/// Which entry, in which log.
#[derive(Debug, Deserialize)]
pub(super) struct Included {
    /// The entry, from 1.
    seq: u64,
    /// Entries of the log; all of them if left out.
    size: Option<u64>,
}

/// From which size to which.
#[derive(Debug, Deserialize)]
pub(super) struct Between {
    /// Entries before.
    old: u64,
    /// Entries after; all of them if left out.
    new: Option<u64>,
}

/// The signed checkpoint of a mission's log (C2SP tlog-checkpoint). Its key is told by `/api/v1/registry/log/key`.
#[utoipa::path(
    get,
    path = routes::CHECKPOINT,
    tag = "logs",
    params(("mission" = String, Path, description = "32 lower-case hex digits")),
    responses(
        (status = 200, content_type = "text/plain; charset=utf-8", body = String),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "`not_found`"),
    )
)]
pub(super) async fn checkpoint(
    State(logs): State<Logs>,
    Path(mission): Path<MissionId>,
) -> Result<Response, ApiError> {
    note(&logs, LogId::Mission(mission)).await
}

/// The signed checkpoint of the log that lists every mission.
#[utoipa::path(
    get,
    path = routes::REGISTRY_CHECKPOINT,
    tag = "logs",
    responses(
        (status = 200, content_type = "text/plain; charset=utf-8", body = String),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "`not_found`: no mission was launched yet"),
    )
)]
pub(super) async fn registry_checkpoint(State(logs): State<Logs>) -> Result<Response, ApiError> {
    note(&logs, LogId::Registry).await
}

/// A tile of a mission's log (C2SP tlog-tiles): `<level>/<index>` and `entries/<index>`, with `.p/<width>` after a partial
/// one. Where an entry is longer than 65 535 bytes, `entries32/<index>` has its length in four bytes.
#[utoipa::path(
    get,
    path = routes::TILE,
    tag = "logs",
    params(
        ("mission" = String, Path, description = "32 lower-case hex digits"),
        ("tile" = String, Path, description = "such as `0/x001/x234/067`, `1/000.p/5` or `entries/000`"),
    ),
    responses(
        (status = 200, content_type = "application/octet-stream", body = Vec<u8>),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "`malformed`"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "`not_found`"),
    )
)]
pub(super) async fn tile(
    State(logs): State<Logs>,
    Path((mission, tile)): Path<(MissionId, String)>,
) -> Result<Response, ApiError> {
    piece(&logs, LogId::Mission(mission), &tile).await
}

/// A tile of the log that lists every mission.
#[utoipa::path(
    get,
    path = routes::REGISTRY_TILE,
    tag = "logs",
    params(("tile" = String, Path, description = "as for a mission's log")),
    responses(
        (status = 200, content_type = "application/octet-stream", body = Vec<u8>),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "`malformed`"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "`not_found`"),
    )
)]
pub(super) async fn registry_tile(
    State(logs): State<Logs>,
    Path(tile): Path<String>,
) -> Result<Response, ApiError> {
    piece(&logs, LogId::Registry, &tile).await
}

/// That an event is in a mission's log (RFC 6962 section 2.1.1).
#[utoipa::path(
    get,
    path = routes::INCLUSION,
    tag = "logs",
    params(
        ("mission" = String, Path, description = "32 lower-case hex digits"),
        ("seq" = u64, Query, description = "the event, from 1"),
        ("size" = Option<u64>, Query, description = "entries of the log; all of them if left out"),
    ),
    responses(
        (status = 200, body = InclusionView),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "`malformed`"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "`not_found`"),
    )
)]
pub(super) async fn inclusion(
    State(logs): State<Logs>,
    Path(mission): Path<MissionId>,
    Query(asked): Query<Included>,
) -> Result<Json<InclusionView>, ApiError> {
    Ok(Json(logs.inclusion(LogId::Mission(mission), Seq(asked.seq), asked.size).await?))
}

/// That an entry is in the log that lists every mission.
#[utoipa::path(
    get,
    path = routes::REGISTRY_INCLUSION,
    tag = "logs",
    params(
        ("seq" = u64, Query, description = "the entry, from 1"),
        ("size" = Option<u64>, Query, description = "entries of the log; all of them if left out"),
    ),
    responses(
        (status = 200, body = InclusionView),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "`malformed`"),
    )
)]
pub(super) async fn registry_inclusion(
    State(logs): State<Logs>,
    Query(asked): Query<Included>,
) -> Result<Json<InclusionView>, ApiError> {
    Ok(Json(logs.inclusion(LogId::Registry, Seq(asked.seq), asked.size).await?))
}

/// That a mission's log continues what it was (RFC 6962 section 2.1.2).
#[utoipa::path(
    get,
    path = routes::CONSISTENCY,
    tag = "logs",
    params(
        ("mission" = String, Path, description = "32 lower-case hex digits"),
        ("old" = u64, Query, description = "entries before, at least 1"),
        ("new" = Option<u64>, Query, description = "entries after; all of them if left out"),
    ),
    responses(
        (status = 200, body = ConsistencyView),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "`malformed`"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "`not_found`"),
    )
)]
pub(super) async fn consistency(
    State(logs): State<Logs>,
    Path(mission): Path<MissionId>,
    Query(asked): Query<Between>,
) -> Result<Json<ConsistencyView>, ApiError> {
    Ok(Json(logs.consistency(LogId::Mission(mission), asked.old, asked.new).await?))
}

/// That the log that lists every mission continues what it was.
#[utoipa::path(
    get,
    path = routes::REGISTRY_CONSISTENCY,
    tag = "logs",
    params(
        ("old" = u64, Query, description = "entries before, at least 1"),
        ("new" = Option<u64>, Query, description = "entries after; all of them if left out"),
    ),
    responses(
        (status = 200, body = ConsistencyView),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "`malformed`"),
    )
)]
pub(super) async fn registry_consistency(
    State(logs): State<Logs>,
    Query(asked): Query<Between>,
) -> Result<Json<ConsistencyView>, ApiError> {
    Ok(Json(logs.consistency(LogId::Registry, asked.old, asked.new).await?))
}

/// The key that checkpoints are signed with.
#[utoipa::path(get, path = routes::LEDGER_KEY, tag = "logs", responses((status = 200, body = LedgerKey)))]
pub(super) async fn key(State(logs): State<Logs>) -> Json<LedgerKey> {
    Json(logs.key())
}

async fn note(logs: &Logs, log: LogId) -> Result<Response, ApiError> {
    let note = logs.checkpoint(log).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    Ok((headers, note).into_response())
}

async fn piece(logs: &Logs, log: LogId, path: &str) -> Result<Response, ApiError> {
    let tile: Tile = path
        .parse()
        .map_err(|error| ApiError::of(ProblemCode::Malformed, format!("{path}: {error}")))?;
    let TileBytes { tile, bytes } = logs.tile(log, tile).await?;
    let cache = match tile.kind {
        TileKind::Hashes { .. } => "public, max-age=31536000, immutable",
        TileKind::Entries | TileKind::LongEntries => "private, max-age=31536000, immutable",
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
    ];
    Ok((headers, bytes).into_response())
}
