//! `phase8 export`: a mission as one file that anybody can check.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use phase8_shared::api::{Problem, routes};
use phase8_shared::id::MissionId;

use super::{ConfigSource, block_on};
use crate::session::Bearer;
use crate::{telemetry, tls};

pub(super) const EXAMPLES: &str = "\
Examples:
  phase8 export 0f1e2d3c4b5a69788796a5b4c3d2e1f0
  phase8 export 0f1e2d3c4b5a69788796a5b4c3d2e1f0 --output mission.json --url http://127.0.0.1:8080";

/// A server that says nothing for so long is given up.
const SILENCE: Duration = Duration::from_mins(1);

/// Write a mission as one file that anybody can check with `phase8 verify`.
#[derive(Debug, Args)]
pub(super) struct Export {
    /// The mission: 32 lower-case hex digits.
    #[arg(value_name = "MISSION")]
    mission: MissionId,
    /// The file; `mission-<MISSION>.json` if left out. It appears when it is whole.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Address of Mission Control; the configured one on this machine if left out.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    #[command(flatten)]
    source: ConfigSource,
}

impl Export {
    pub(super) fn run(self) -> Result<()> {
        let config = self.source.load(Vec::new())?;
        let url = self.url.unwrap_or_else(|| format!("http://{}", config.http.address()));
        let bearer = Bearer::for_server(&url, &config.storage.data)?;
        let output = self.output.unwrap_or_else(|| format!("mission-{}.json", self.mission).into());
        let address = format!("{}{}", url.trim_end_matches('/'), routes::export(self.mission));
        block_on(fetch(&address, &output, &bearer))?;
        telemetry::say(&format!(
            "{} is written; `phase8 verify {}` checks it without a network",
            output.display(),
            output.display()
        ));
        Ok(())
    }
}

/// Fetches the file beside its name and moves it there when it is whole.
pub(super) async fn fetch(address: &str, output: &Path, bearer: &Bearer) -> Result<()> {
    tls::install();
    let client = bearer
        .on(reqwest::Client::builder())
        .connect_timeout(Duration::from_secs(10))
        .read_timeout(SILENCE)
        .build()
        .context("the HTTP client cannot be made")?;
    let mut response =
        client.get(address).send().await.with_context(|| format!("{address} does not answer"))?;
    if !response.status().is_success() {
        let status = response.status();
        let problem: Option<Problem> = response.json().await.ok();
        match problem {
            Some(problem) => bail!("{problem}"),
            None => bail!("{address} answers {status}"),
        }
    }
    let mut half = output.as_os_str().to_owned();
    half.push(".half");
    let half = PathBuf::from(half);
    let written = async {
        let mut file =
            File::create(&half).with_context(|| format!("{} cannot be written", half.display()))?;
        while let Some(piece) =
            response.chunk().await.context("the export broke off; the server's log says why")?
        {
            file.write_all(&piece).context("the file cannot be written")?;
        }
        file.sync_all().context("the file cannot be written")
    }
    .await;
    if let Err(error) = written {
        drop(std::fs::remove_file(&half));
        return Err(error);
    }
    std::fs::rename(&half, output)
        .with_context(|| format!("{} cannot be written", output.display()))
}
