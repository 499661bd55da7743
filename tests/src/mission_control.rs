//! The program under test as a child process with a data folder of its own.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use phase8_shared::api::{
    ApproveMilestone, CreateMission, EventPage, MissionView, Problem, SystemView, routes,
};
use phase8_shared::id::{MilestoneIndex, MissionId, Seq};
use phase8_shared::mission::Event;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::{Chain, Parts, now};

/// How long the program may take to come up.
const START: Duration = Duration::from_mins(2);
/// How long it may take to end.
const END: Duration = Duration::from_secs(10);

/// Settings of the program beside the usual ones, by the name of their environment variable.
#[derive(Debug, Clone, Default)]
pub struct Settings(Vec<(String, String)>);

impl Settings {
    /// The same with one more.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// A running `phase8 serve --devnet`, killed on drop.
#[derive(Debug)]
pub struct MissionControl {
    child: Child,
    data: TempDir,
    parts: Parts,
    settings: Settings,
    http: reqwest::Client,
    /// Where the page is.
    pub url: String,
}

impl MissionControl {
    /// Starts the program on a free port with an empty data folder.
    pub async fn start(parts: &Parts) -> Result<Self> {
        Self::start_with(parts, Settings::default()).await
    }

    /// The same with settings.
    pub async fn start_with(parts: &Parts, settings: Settings) -> Result<Self> {
        let data = tempfile::tempdir()?;
        let (child, url) = spawn(parts, &settings, data.path()).await?;
        let http = client(data.path())?;
        Ok(Self { child, data, parts: parts.clone(), settings, http, url })
    }

    /// Its process id; none once it has ended.
    pub fn process(&self) -> Option<u32> {
        self.child.id()
    }

    /// Its data folder.
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// Kills the program as a power cut would, and starts it again on the same data.
    pub async fn kill_and_restart(&mut self) -> Result<()> {
        self.child.kill().await?;
        (self.child, self.url) = spawn(&self.parts, &self.settings, self.data.path()).await?;
        Ok(())
    }

    /// The chain it runs on.
    pub async fn chain(&self) -> Result<Chain> {
        let system: SystemView = self.get(routes::SYSTEM).await?;
        let log = self.data.path().join("devnet.json");
        let text =
            std::fs::read_to_string(&log).with_context(|| format!("read {}", log.display()))?;
        let devnet: serde_json::Value = serde_json::from_str(&text)?;
        let url = devnet
            .get("url")
            .and_then(serde_json::Value::as_str)
            .context("devnet.json names the endpoint")?;
        Ok(Chain::new(url, system.deployment))
    }

    /// The program's log so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    fn log_path(&self) -> PathBuf {
        self.data.path().join("phase8.log")
    }

    /// Launches a mission under an id; the same launch may be sent again.
    pub async fn create(&self, mission: MissionId, launch: &CreateMission) -> Result<MissionView> {
        let request = self.http.put(self.at(&routes::mission(mission))).json(launch);
        read(request.send().await?).await
    }

    /// One mission.
    pub async fn mission(&self, mission: MissionId) -> Result<MissionView> {
        self.get(&routes::mission(mission)).await
    }

    /// The whole ledger of a mission.
    pub async fn ledger(&self, mission: MissionId) -> Result<Vec<Event>> {
        let mut events: Vec<Event> = Vec::new();
        loop {
            let after = events.last().map_or(Seq::ZERO, |event| event.seq);
            let page: EventPage = self.get(&routes::events(mission, after)).await?;
            let complete = page.events.is_empty();
            events.extend(page.events);
            if complete || events.last().is_some_and(|event| event.seq >= page.last) {
                return Ok(events);
            }
        }
    }

    /// Gives a validator's signature.
    pub async fn approve(
        &self,
        mission: MissionId,
        milestone: MilestoneIndex,
        approval: &ApproveMilestone,
    ) -> Result<()> {
        let answer = self.post(&routes::approvals(mission, milestone), approval).await?;
        read::<serde_json::Value>(answer).await.map(|_| ())
    }

    /// A `GET` that must succeed.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        read(self.http.get(self.at(path)).send().await?).await
    }

    /// A `POST` with whatever answer it gets.
    pub async fn post(&self, path: &str, body: &impl Serialize) -> Result<reqwest::Response> {
        Ok(self.http.post(self.at(path)).json(body).send().await?)
    }

    /// The whole address of a path with the access key behind it, as the program prints it for its own operator.
    pub fn with_key(&self, path: &str) -> Result<String> {
        Ok(format!("{}#key={}", self.at(path), access_key(self.data.path())?))
    }

    /// The whole address of a path.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url.trim_end_matches('/'))
    }
}

impl Drop for MissionControl {
    /// Asks the program to end, so that it takes its chain with it.
    fn drop(&mut self) {
        let Some(pid) = self.child.id() else { return };
        if std::process::Command::new("kill").arg(pid.to_string()).status().is_ok() {
            let start = now();
            while matches!(self.child.try_wait(), Ok(None)) && start.elapsed() < END {
                std::thread::yield_now();
            }
        }
    }
}

/// The access key that the program made in its data folder.
fn access_key(data: &Path) -> Result<String> {
    let file = data.join("access.key");
    let key = std::fs::read_to_string(&file).with_context(|| format!("read {}", file.display()))?;
    Ok(key.trim().to_owned())
}

/// A client that is the server's own operator.
fn client(data: &Path) -> Result<reqwest::Client> {
    let bearer = format!("Bearer {}", access_key(data)?).parse()?;
    let headers = reqwest::header::HeaderMap::from_iter([(reqwest::header::AUTHORIZATION, bearer)]);
    Ok(reqwest::Client::builder().default_headers(headers).build()?)
}

/// Starts the program on a data folder and waits for its address.
async fn spawn(parts: &Parts, settings: &Settings, data: &Path) -> Result<(Child, String)> {
    let mut child = Command::new(&parts.phase8)
        .current_dir(&parts.root)
        .args(["serve", "--devnet", "--port", "0", "--config"])
        .arg(parts.root.join("configs/default.toml"))
        .arg("--data")
        .arg(data)
        .arg("--dist")
        .arg(&parts.dist)
        .arg("--anvil")
        .arg(&parts.anvil)
        .envs(settings.0.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log_file(data)?)
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("start {}", parts.phase8.display()))?;
    let stdout = child.stdout.take().context("stdout is piped")?;
    let log = || std::fs::read_to_string(data.join("phase8.log")).unwrap_or_default();
    let Ok(url) = tokio::time::timeout(START, url_line(stdout)).await else {
        bail!("the program printed no address within {START:?}; log:\n{}", log())
    };
    let url = url.with_context(log)?;
    Ok((child, url))
}

/// The body of a good answer, or the problem of another in words.
async fn read<T: DeserializeOwned>(answer: reqwest::Response) -> Result<T> {
    let (status, url) = (answer.status(), answer.url().clone());
    let body = answer.text().await?;
    if !status.is_success() {
        match serde_json::from_str::<Problem>(&body) {
            Ok(problem) => bail!("{status} at {url}: {problem} {:?}", problem.findings),
            Err(_) => bail!("{status} at {url}: {body}"),
        }
    }
    let body = if body.is_empty() { "null" } else { &body };
    serde_json::from_str(body).with_context(|| format!("read the answer of {url}: {body}"))
}

async fn url_line(stdout: tokio::process::ChildStdout) -> Result<String> {
    let mut lines = BufReader::new(stdout).lines();
    while let Some(line) = lines.next_line().await? {
        if let Some(at) =
            line.find("http://127.0.0.1:").filter(|_| line.contains("Mission Control is at"))
        {
            let url = line.get(at..).unwrap_or_default().trim().to_owned();
            // Keep the pipe open, or the program would fail at its next line.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok(url);
        }
    }
    bail!("the program ended before it printed an address")
}

fn log_file(data: &Path) -> Result<std::fs::File> {
    Ok(std::fs::OpenOptions::new().create(true).append(true).open(data.join("phase8.log"))?)
}
