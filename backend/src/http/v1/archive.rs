//! `/api/v1/missions/{mission}/archive`.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use phase8_shared::api::{ArchiveView, Problem, routes};
use phase8_shared::id::MissionId;
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;

use crate::http::error::ApiError;
use crate::http::extract::{Json, Path};
use crate::http::state::AppState;

/// Bytes that are read at a time.
const PIECE: usize = 64 * 1024;

/// Archives a mission as it is now: its export, a CAR with its IPFS name, and the documents for guardians. Where an IPFS node
/// is configured it is uploaded there; an upload that fails is told in the answer, and tried again when this is asked again.
/// An archive that holds every event already is kept.
#[utoipa::path(post, path = routes::ARCHIVE, tag = "missions",
    params(("mission" = String, Path, description = "32 lower-case hex digits")),
    responses(
        (status = 200, body = ArchiveView),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "`not_found`"),
    )
)]
pub(in crate::http) async fn make(
    State(state): State<AppState>,
    Path(mission): Path<MissionId>,
) -> Result<Json<ArchiveView>, ApiError> {
    state.archive.make(mission).await.map(Json)
}

/// The archive that was made last.
#[utoipa::path(get, path = routes::ARCHIVE, tag = "missions",
    params(("mission" = String, Path, description = "32 lower-case hex digits")),
    responses(
        (status = 200, body = ArchiveView),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "`not_found`: none was made"),
    )
)]
pub(in crate::http) async fn get(
    State(state): State<AppState>,
    Path(mission): Path<MissionId>,
) -> Result<Json<ArchiveView>, ApiError> {
    let none = || ApiError::not_found(format!("no archive of mission {mission} was made yet"));
    state.archive.find(mission).await?.map(Json).ok_or_else(none)
}

/// A file of the archive, by the name that the archive gives it.
#[utoipa::path(get, path = routes::ARCHIVE_FILE, tag = "missions",
    params(
        ("mission" = String, Path, description = "32 lower-case hex digits"),
        ("file" = String, Path, description = "A name from the archive's `files`"),
    ),
    responses(
        (status = 200, description = "The file", content_type = "application/octet-stream"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "`not_found`"),
    )
)]
pub(in crate::http) async fn file(
    State(state): State<AppState>,
    Path((mission, name)): Path<(MissionId, String)>,
) -> Result<Response, ApiError> {
    let (path, media_type) = state.archive.file(mission, &name).await?;
    let file = File::open(path).await.map_err(ApiError::internal)?;
    let pieces = stream::try_unfold(file, |mut file| async move {
        let mut piece = vec![0; PIECE];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then_some((piece, file)))
    });
    let mut response = Body::from_stream(pieces).into_response();
    let headers = response.headers_mut();
    // The name is one of the archive's own, so it cannot break out of its quotes.
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")).ok();
    headers.extend(disposition.map(|value| (header::CONTENT_DISPOSITION, value)));
    let media_type = HeaderValue::from_str(&media_type).ok();
    headers.extend(media_type.map(|value| (header::CONTENT_TYPE, value)));
    Ok(response)
}
