//! The archives of a server: made when somebody asks, kept until the ledger grows, uploaded where a node is configured.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use axum::body::Body;
use axum::http::Request;
use futures_util::StreamExt as _;
use phase8_shared::api::{
    ArchiveFile, ArchiveView, MissionView, Problem, UploadOutcome, UploadView, routes,
};
use phase8_shared::id::MissionId;
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::Mutex;
use tracing::{info, warn};

use super::{ArchiveError, half_of, kubo, make, make_folder, media_type, write_whole};
use crate::config::Endpoint;
use crate::http::error::ApiError;
use crate::http::ports::ArchivePort;
use crate::relay::Now;
use crate::relay::orchestrator::OrchestratorPort;

/// The most bytes of an answer about a mission.
const MOST_VIEW: usize = 4 * 1024 * 1024;

/// The archives of a server.
pub struct Archives {
    folder: PathBuf,
    node: Option<Endpoint>,
    orchestrator: Arc<dyn OrchestratorPort>,
    now: Now,
    /// One is made at a time: each reads a whole ledger.
    making: Mutex<()>,
}

impl std::fmt::Debug for Archives {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Archives").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl Archives {
    /// Archives in this folder, uploaded to this node.
    pub fn new(
        folder: PathBuf,
        node: Option<Endpoint>,
        orchestrator: Arc<dyn OrchestratorPort>,
        now: Now,
    ) -> Self {
        Self { folder, node, orchestrator, now, making: Mutex::new(()) }
    }

    fn of(&self, mission: MissionId) -> PathBuf {
        self.folder.join(mission.to_string())
    }

    fn kept(&self, mission: MissionId) -> Option<ArchiveView> {
        let text = fs::read(self.of(mission).join("archive.json")).ok()?;
        serde_json::from_slice(&text).ok()
    }

    async fn ask(&self, path: String) -> Result<axum::http::Response<Body>, ApiError> {
        let request = Request::get(path).body(Body::empty()).map_err(ApiError::internal)?;
        let response = self.orchestrator.forward(request).await?;
        if response.status().is_success() {
            return Ok(response);
        }
        let body = axum::body::to_bytes(response.into_body(), MOST_VIEW).await;
        let body = body.map_err(ApiError::internal)?;
        let problem: Problem = serde_json::from_slice(&body).map_err(ApiError::internal)?;
        Err(problem.into())
    }

    async fn head(&self, mission: MissionId) -> Result<MissionView, ApiError> {
        let response = self.ask(routes::mission(mission)).await?;
        let body = axum::body::to_bytes(response.into_body(), MOST_VIEW).await;
        serde_json::from_slice(&body.map_err(ApiError::internal)?).map_err(ApiError::internal)
    }

    /// Writes the export as it is read.
    async fn fetch(&self, mission: MissionId, to: &Path) -> Result<(), ApiError> {
        let half = half_of(to);
        let mut pieces = self.ask(routes::export(mission)).await?.into_body().into_data_stream();
        let written = async {
            let mut file = File::create(&half).await.map_err(ApiError::internal)?;
            while let Some(piece) = pieces.next().await {
                file.write_all(&piece.map_err(ApiError::internal)?)
                    .await
                    .map_err(ApiError::internal)?;
            }
            file.sync_all().await.map_err(ApiError::internal)
        };
        let written = written.await;
        if written.is_err() {
            drop(fs::remove_file(&half));
        }
        written?;
        fs::rename(&half, to).map_err(ApiError::internal)
    }

    async fn make_new(&self, mission: MissionId, name: String) -> Result<ArchiveView, ApiError> {
        let folder = self.of(mission);
        make_folder(&folder).map_err(ApiError::internal)?;
        let export = folder.join(format!("{mission}.json"));
        self.fetch(mission, &export).await?;
        let made_at = (self.now)();
        let view = tokio::task::spawn_blocking(move || lay_down(&folder, mission, name, made_at));
        view.await.map_err(ApiError::internal)?.map_err(ApiError::internal)
    }

    /// Uploads an archive that is not pinned yet, and keeps what became of it.
    async fn upload(&self, mut view: ArchiveView) -> Result<ArchiveView, ApiError> {
        let pinned = view.upload.as_ref().is_some_and(|it| it.outcome == UploadOutcome::Pinned {});
        let Some(node) = self.node.as_ref().filter(|_| !pinned) else { return Ok(view) };
        let folder = self.of(view.mission);
        let car = folder.join(format!("{}.car", view.mission));
        let outcome = match kubo::upload(node, &car, &view.cid).await {
            Ok(()) => UploadOutcome::Pinned {},
            Err(error) => {
                warn!("an archive was not uploaded: {error}");
                UploadOutcome::Failed { why: error.to_string() }
            }
        };
        view.upload = Some(UploadView { node: node.to_string(), at: (self.now)(), outcome });
        record(&folder, &view).map_err(ApiError::internal)?;
        Ok(view)
    }
}

/// Packs the export, writes the documents, and the record last: what the record names is there.
fn lay_down(
    folder: &Path,
    mission: MissionId,
    name: String,
    made_at: phase8_shared::time::Timestamp,
) -> Result<ArchiveView, ArchiveError> {
    let (export, car) = (format!("{mission}.json"), format!("{mission}.car"));
    let made = make(&folder.join(&export), &folder.join(&car))?;
    let file = |name: &str, bytes: u64| ArchiveFile {
        name: name.to_owned(),
        media_type: media_type(name).to_owned(),
        bytes,
    };
    let mut files = vec![file(&export, made.packed.bytes), file(&car, made.packed.car_bytes)];
    for document in &made.documents {
        write_whole(&folder.join(document.name), document.text.as_bytes())?;
        files.push(file(document.name, document.text.len() as u64));
    }
    let view = ArchiveView {
        mission,
        name,
        events: made.read.tree.size,
        root: made.read.tree.root,
        made_at,
        cid: made.packed.cid.to_string(),
        sha256: made.sha256,
        files,
        upload: None,
    };
    record(folder, &view)?;
    info!(mission.id = %mission, "archived mission {mission} as {}", view.cid);
    Ok(view)
}

fn record(folder: &Path, view: &ArchiveView) -> Result<(), ArchiveError> {
    let text = serde_json::to_vec_pretty(view).unwrap_or_default();
    write_whole(&folder.join("archive.json"), &text)
}

#[async_trait]
impl ArchivePort for Archives {
    async fn make(&self, mission: MissionId) -> Result<ArchiveView, ApiError> {
        let _one_at_a_time = self.making.lock().await;
        let MissionView { summary, head, .. } = self.head(mission).await?;
        let kept = self.kept(mission).filter(|kept| kept.events == head.tree.size);
        let view = match kept {
            Some(kept) => kept,
            None => self.make_new(mission, summary.name).await?,
        };
        self.upload(view).await
    }

    async fn find(&self, mission: MissionId) -> Result<Option<ArchiveView>, ApiError> {
        Ok(self.kept(mission))
    }

    async fn file(&self, mission: MissionId, name: &str) -> Result<(PathBuf, String), ApiError> {
        let none = || {
            ApiError::not_found(format!(
                "mission {mission} has no archived file {name:?}: make the archive first, it tells the names"
            ))
        };
        let view = self.kept(mission).ok_or_else(none)?;
        let file = view.files.into_iter().find(|file| file.name == name).ok_or_else(none)?;
        Ok((self.of(mission).join(file.name), file.media_type))
    }
}
