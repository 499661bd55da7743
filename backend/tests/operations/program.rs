//! The real program as a child whose every word is kept.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use reqwest::{Client, StatusCode};
use tokio::process::{Child, Command};
use tokio::time::{Instant, interval, timeout};

/// Whatever is to come about does so by then.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running program.
#[derive(Debug)]
pub(crate) struct Program {
    child: Child,
    client: Client,
    folder: PathBuf,
    pub(crate) base: String,
}

/// What it was answered.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) status: StatusCode,
    /// Status line, headers and body in one text.
    pub(crate) whole: String,
    pub(crate) body: String,
}

impl Said {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.whole))
    }
}

fn command(folder: &Path, arguments: &[&str], environment: &[(&str, String)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_phase8"));
    command
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

/// Runs a command to its end, and answers everything that it wrote, and whether it went well.
pub(crate) async fn run(
    folder: &Path,
    arguments: &[&str],
    environment: &[(&str, String)],
) -> (bool, String) {
    let ended = timeout(PATIENCE, command(folder, arguments, environment).output()).await;
    let output = ended.expect("the command does not end").unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout) + &text(&output.stderr))
}

pub(crate) fn client() -> Client {
    phase8_backend::tls::install();
    Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap()
}

impl Program {
    /// Starts in a folder and waits for its address.
    pub(crate) async fn start(
        folder: &Path,
        arguments: &[&str],
        environment: &[(&str, String)],
    ) -> Self {
        let file = |name: &str| File::create(folder.join(name)).unwrap();
        let mut command = command(folder, arguments, environment);
        command.stdout(file("stdout")).stderr(file("stderr"));
        let child = command.spawn().unwrap();
        let (client, folder) = (client(), folder.to_owned());
        let mut program = Self { child, client, folder, base: String::new() };
        let mut ticks = interval(Duration::from_millis(20));
        let begun = Instant::now();
        loop {
            ticks.tick().await;
            let said = program.written();
            let address = said.lines().find_map(|line| line.split_once(" is at http://"));
            if let Some((_, address)) = address {
                program.base = format!("http://{}", address.trim());
                return program;
            }
            let ended = program.child.try_wait().unwrap();
            assert!(ended.is_none() && begun.elapsed() < PATIENCE, "it does not start: {said}");
        }
    }

    /// Everything that it wrote so far.
    pub(crate) fn written(&self) -> String {
        let read = |name: &str| fs::read_to_string(self.folder.join(name)).unwrap_or_default();
        read("stdout") + &read("stderr")
    }

    /// Its log so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.join("stderr")).unwrap_or_default()
    }

    pub(crate) async fn get(&self, path: &str) -> Said {
        self.send(self.client.get(self.at(path))).await
    }

    pub(crate) async fn post(&self, path: &str, body: impl Into<String>) -> Said {
        let request = self.client.post(self.at(path)).header("content-type", "application/json");
        self.send(request.body(body.into())).await
    }

    pub(crate) async fn put(&self, path: &str, body: impl Into<String>) -> Said {
        let request = self.client.put(self.at(path)).header("content-type", "application/json");
        self.send(request.body(body.into())).await
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Said {
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let head = format!("{status}\n{:#?}\n", answer.headers());
        let body = answer.text().await.unwrap();
        Said { status, whole: head + &body, body }
    }

    /// Waits until an answer is as it should be.
    pub(crate) async fn until(&self, path: &str, so: impl Fn(&Said) -> bool) -> Said {
        let (begun, mut ticks) = (Instant::now(), interval(Duration::from_millis(50)));
        loop {
            ticks.tick().await;
            let said = self.get(path).await;
            if so(&said) {
                return said;
            }
            let late = begun.elapsed() > PATIENCE;
            assert!(!late, "{path} does not come about: {}\n{}", said.whole, self.written());
        }
    }

    /// A sample of its measurements.
    pub(crate) async fn measured(&self, sample: &str) -> Option<f64> {
        let text = self.get("/metrics").await.body;
        let line = text.lines().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
        line.map(|value| value.parse().unwrap())
    }

    /// Asks it to end, and waits for that.
    pub(crate) async fn stop(mut self) -> String {
        let pid = i32::try_from(self.child.id().expect("it runs")).unwrap();
        let pid = rustix::process::Pid::from_raw(pid).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        timeout(PATIENCE, self.child.wait()).await.expect("it does not end").unwrap();
        self.written()
    }
}
