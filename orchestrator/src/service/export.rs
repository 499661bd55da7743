//! The export of a mission.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, stream};
use phase8_shared::api::{Problem, routes};
use phase8_shared::id::MissionId;
use phase8_shared::ledger::Export;

use super::ApiError;
use super::extract::Path;
use crate::tlog::{ExportStream, LogError, Logs};

/// Everything that a verifier of the mission needs, in one file: `phase8 verify FILE` checks it without a network. Contents
/// that were erased are absent, and said to be.
#[utoipa::path(
    get,
    path = routes::EXPORT,
    tag = "logs",
    params(("mission" = String, Path, description = "32 lower-case hex digits")),
    responses(
        (status = 200, body = Export),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "`not_found`"),
    )
)]
pub(super) async fn get(
    State(logs): State<Logs>,
    Path(mission): Path<MissionId>,
) -> Result<Response, ApiError> {
    let export = logs.export(mission).await?;
    let name = format!("attachment; filename=\"mission-{mission}.json\"");
    let disposition = HeaderValue::from_str(&name).ok();
    let json = HeaderValue::from_static("application/json");
    let mut response =
        ([(header::CONTENT_TYPE, json)], Body::from_stream(pieces(export))).into_response();
    if let Some(disposition) = disposition {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

/// An export that cannot be read on breaks off: half a file must not look like a whole one.
fn pieces(export: ExportStream) -> impl Stream<Item = Result<String, LogError>> {
    stream::unfold(Some(export), |export| async move {
        let mut export = export?;
        match export.next().await {
            Ok(Some(piece)) => Some((Ok(piece), Some(export))),
            Ok(None) => None,
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "an export broke off: {error}"
                );
                Some((Err(error), None))
            }
        }
    })
}
