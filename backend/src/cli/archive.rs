//! `phase8 archive`: a mission as evidence that lasts: its export, the same packed for IPFS, and the documents for guardians.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Args;
use phase8_shared::api::{ArchiveView, Problem, UploadOutcome, UploadView, routes};
use phase8_shared::id::MissionId;
use phase8_shared::time::Timestamp;
use serde::Serialize;

use super::export::fetch;
use super::{ConfigSource, block_on};
use crate::archive::{Made, kubo, make, make_folder, write_whole};
use crate::config::Endpoint;
use crate::session::Bearer;
use crate::{telemetry, tls};

pub(super) const EXAMPLES: &str = "\
Examples:
  phase8 archive 0f1e2d3c4b5a69788796a5b4c3d2e1f0
  phase8 archive 0f1e2d3c4b5a69788796a5b4c3d2e1f0 --ipfs http://127.0.0.1:5001
  phase8 archive 0f1e2d3c4b5a69788796a5b4c3d2e1f0 --storage storage/phase8 --output output --json";

/// Making an archive of a large mission takes a server this long at most.
const PATIENCE: Duration = Duration::from_mins(5);

/// Archive a mission: its export, a CAR under its IPFS name, and the documents for guardians.
#[derive(Debug, Args)]
pub(super) struct Archive {
    /// The mission: 32 lower-case hex digits.
    #[arg(value_name = "MISSION")]
    mission: MissionId,
    /// Folder of the export, the CAR and the record of both.
    #[arg(long, value_name = "DIR", default_value = "storage/phase8")]
    storage: PathBuf,
    /// Folder of the documents for guardians.
    #[arg(long, value_name = "DIR", default_value = "output")]
    output: PathBuf,
    /// Address of a Kubo RPC to upload to; `archive.kubo_url` (or `KUBO_RPC_URL`) if left out, and nowhere if that is not set.
    #[arg(long, value_name = "URL")]
    ipfs: Option<String>,
    /// Print the record as JSON instead of words.
    #[arg(long)]
    json: bool,
    /// Address of Mission Control; the configured one on this machine if left out.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    #[command(flatten)]
    source: ConfigSource,
}

/// What lies beside the archive, as `<MISSION>.archive.json`.
#[derive(Debug, Serialize)]
struct Record {
    #[serde(flatten)]
    archive: ArchiveView,
    /// The files as they were written here.
    written: Vec<PathBuf>,
}

impl Archive {
    pub(super) fn run(self) -> Result<()> {
        let config = self.source.load(Vec::new())?;
        let url = self.url.clone();
        let url = url.unwrap_or_else(|| format!("http://{}", config.http.address()));
        let node = self.ipfs.clone().map(Endpoint::new).or(config.archive.kubo_url);
        let bearer = Bearer::for_server(&url, &config.storage.data)?;
        block_on(self.archive(url.trim_end_matches('/'), node, &bearer))
    }

    async fn archive(self, url: &str, node: Option<Endpoint>, bearer: &Bearer) -> Result<()> {
        // A folder that cannot be written is known before anything is fetched.
        make_folder(&self.storage)?;
        make_folder(&self.output)?;
        let served = ask(url, self.mission, bearer).await?;
        let export = self.storage.join(format!("{}.json", self.mission));
        let car = self.storage.join(format!("{}.car", self.mission));
        let name = format!("{}.json", self.mission);
        let file = format!("{url}{}", routes::archive_file(self.mission, &name));
        fetch(&file, &export, bearer).await?;
        let made = tokio::task::spawn_blocking({
            let (export, car) = (export.clone(), car.clone());
            move || make(&export, &car)
        });
        let made = made.await.context("the archive was not made")??;
        check(&served, &made, self.mission)?;
        let mut written = vec![export.clone(), car.clone()];
        for document in &made.documents {
            let path = self.output.join(document.name);
            write_whole(&path, document.text.as_bytes())?;
            written.push(path);
        }
        let mut record = Record { archive: served, written };
        let uploaded = match &node {
            Some(node) => Some(self.upload(node, &car, &mut record).await),
            None => None,
        };
        let path = self.storage.join(format!("{}.archive.json", self.mission));
        write_whole(&path, &serde_json::to_vec_pretty(&record)?)?;
        record.written.push(path);
        self.tell(&record)?;
        uploaded.transpose().map(drop)
    }

    async fn upload(&self, node: &Endpoint, car: &Path, record: &mut Record) -> Result<()> {
        telemetry::complain(&format!("uploading to {node}"));
        let ended = kubo::upload(node, car, &record.archive.cid).await;
        let outcome = match &ended {
            Ok(()) => UploadOutcome::Pinned {},
            Err(error) => UploadOutcome::Failed { why: error.to_string() },
        };
        record.archive.upload = Some(UploadView { node: node.to_string(), at: now(), outcome });
        Ok(ended?)
    }

    fn tell(&self, record: &Record) -> Result<()> {
        if self.json {
            telemetry::say(&serde_json::to_string_pretty(record)?);
            return Ok(());
        }
        let archive = &record.archive;
        telemetry::say(&format!(
            "{} events of mission {} are archived",
            archive.events, self.mission
        ));
        telemetry::say(&format!("CID     {}", archive.cid));
        telemetry::say(&format!("SHA-256 {}", archive.sha256));
        for path in &record.written {
            telemetry::say(&format!("wrote   {}", path.display()));
        }
        let upload = match archive.upload.as_ref().map(|upload| (&upload.outcome, &upload.node)) {
            Some((UploadOutcome::Pinned {}, node)) => format!("pinned  at {node}"),
            Some((UploadOutcome::Failed { why }, _)) => format!("upload  failed: {why}"),
            None => format!(
                "upload  none: set archive.kubo_url, or `ipfs dag import {}`",
                self.storage.join(format!("{}.car", self.mission)).display()
            ),
        };
        telemetry::say(&upload);
        Ok(())
    }
}

/// Has the server make the archive, or tell of the one that holds every event already.
async fn ask(url: &str, mission: MissionId, bearer: &Bearer) -> Result<ArchiveView> {
    tls::install();
    let client = bearer
        .on(reqwest::Client::builder())
        .connect_timeout(Duration::from_secs(10))
        .timeout(PATIENCE)
        .build()
        .context("the HTTP client cannot be made")?;
    let address = format!("{url}{}", routes::archive(mission));
    let response =
        client.post(&address).send().await.with_context(|| format!("{address} does not answer"))?;
    if response.status().is_success() {
        return response.json().await.with_context(|| format!("{address} answers something else"));
    }
    let status = response.status();
    match response.json::<Problem>().await {
        Ok(problem) => Err(anyhow::anyhow!("{problem}")),
        Err(_) => Err(anyhow::anyhow!("{address} answers {status}")),
    }
}

/// What is here must be what the server named: nobody cites a name that this machine did not compute.
fn check(served: &ArchiveView, made: &Made, mission: MissionId) -> Result<()> {
    let cid = made.packed.cid.to_string();
    ensure!(
        made.read.mission == mission,
        "the server sent mission {}, expected {mission}",
        made.read.mission
    );
    ensure!(
        cid == served.cid && made.sha256 == served.sha256,
        "the server names the archive {}, and what it sent is {cid}: fetch it again, and ask its operator if that stays",
        served.cid
    );
    Ok(())
}

fn now() -> Timestamp {
    use phase8_orchestrator::ports::Clock as _;
    phase8_orchestrator::ports::SystemClock.now()
}
