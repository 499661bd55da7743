//! The real program, as a child that may die at any moment.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use reqwest::Client;
use rustix::process::{Pid, Signal, kill_process};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// The program under test.
pub(crate) const PHASE8: &str = env!("CARGO_BIN_EXE_phase8");
/// A start on a busy machine takes no longer.
const START: Duration = Duration::from_mins(1);

/// Where workers keep their ledgers, and what they are told.
#[derive(Debug)]
pub(crate) struct Ground {
    folder: tempfile::TempDir,
}

impl Ground {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let configs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../configs");
        let file = |name: &str| configs.join(name).display().to_string();
        let text = format!(
            "[orchestrator]\nlease_seconds = 2\n\n[files]\npolicies = {:?}\nadapters = {:?}\n\n[launch.payees]\nplanner = \"{}\"\ndev = \"{}\"\nanalyst = \"{}\"\n",
            file("governance-policies.json"),
            file("model-adapters.json"),
            alloy::primitives::Address::repeat_byte(0xa1),
            alloy::primitives::Address::repeat_byte(0xa2),
            alloy::primitives::Address::repeat_byte(0xa3),
        );
        std::fs::write(folder.path().join("torture.toml"), text).unwrap();
        Self { folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What workers on this ground logged so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.path("stderr.log")).unwrap_or_default()
    }
}

/// A running orchestrator.
#[derive(Debug)]
pub(crate) struct Worker {
    child: Child,
    client: Client,
    base: String,
}

/// The worker is gone, or said no.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// There was no whole answer.
    Gone,
    /// It refused, in these words.
    Refused(u16, String),
}

impl Worker {
    /// Starts on this ground, with these ledgers.
    pub(crate) async fn start(ground: &Ground, more: &[(&str, &str)]) -> Self {
        Self::start_by(ground, Command::new(PHASE8), more).await
    }

    /// The same by another program, which is told to start it.
    pub(crate) async fn start_by(
        ground: &Ground,
        mut command: Command,
        more: &[(&str, &str)],
    ) -> Self {
        command
            .args(["orchestrator", "--port", "0", "--config", "torture.toml", "--data"])
            .arg(ground.path("data"));
        Self::run(ground, command, more).await
    }

    /// Starts page, API and engine in one process, with the configuration `serve.toml` of this ground.
    pub(crate) async fn serve(ground: &Ground, more: &[(&str, &str)]) -> Self {
        let mut command = Command::new(PHASE8);
        command
            .args(["serve", "--port", "0", "--config", "serve.toml", "--data"])
            .arg(ground.path("data"))
            .arg("--dist")
            .arg(ground.path("dist"));
        Self::run(ground, command, more).await
    }

    async fn run(ground: &Ground, mut command: Command, more: &[(&str, &str)]) -> Self {
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(ground.path("stderr.log"))
            .unwrap();
        command
            .current_dir(ground.folder.path())
            .envs(more.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said = async {
            while let Some(line) = lines.next_line().await.unwrap() {
                if let Some((_, url)) = line.split_once(" is at http://") {
                    return Some(format!("http://{}", url.trim()));
                }
            }
            None
        };
        let base = timeout(START, said).await.expect("the worker does not start");
        let base =
            base.unwrap_or_else(|| panic!("the worker ended at its start:\n{}", ground.log()));
        // There may be one already.
        phase8_orchestrator::agents::openai::tls::install();
        let client = Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap();
        Self { child, client, base }
    }

    /// A URL of it.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn pid(&self) -> Pid {
        let pid = i32::try_from(self.child.id().expect("it runs")).unwrap();
        Pid::from_raw(pid).unwrap()
    }

    /// Ends it without warning. Answers when nothing of it is left.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Ends it without warning, from elsewhere.
    pub(crate) fn strike(pid: Pid) {
        // It may be gone already.
        kill_process(pid, Signal::KILL).ok();
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Trouble> {
        let text = self.ask(self.client.get(self.at(path))).await?;
        serde_json::from_str(&text)
            .map_err(|error| Trouble::Refused(200, format!("{error}: {text}")))
    }

    pub(crate) async fn put<B: Serialize + Sync, T: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<T, Trouble> {
        let text = self.ask(self.client.put(self.at(path)).json(body)).await?;
        serde_json::from_str(&text)
            .map_err(|error| Trouble::Refused(200, format!("{error}: {text}")))
    }

    pub(crate) async fn post<B: Serialize + Sync>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<String, Trouble> {
        self.ask(self.client.post(self.at(path)).json(body)).await
    }

    async fn ask(&self, request: reqwest::RequestBuilder) -> Result<String, Trouble> {
        let answer = request.send().await.map_err(|_| Trouble::Gone)?;
        let status = answer.status();
        let text = answer.text().await.map_err(|_| Trouble::Gone)?;
        if status.is_success() { Ok(text) } else { Err(Trouble::Refused(status.as_u16(), text)) }
    }
}
