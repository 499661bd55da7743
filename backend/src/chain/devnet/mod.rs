//! The development chain: anvil as a child process whose chain survives a restart.

mod orphan;
mod state_file;

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tracing::{info, warn};

use super::error::ChainError;
use super::rpc::Rpc;

/// EIP-155 id of the development chain.
pub const DEV_CHAIN_ID: u64 = 31_337;
/// The mnemonic that every development tool knows: its keys are public and good for nothing else.
pub const DEV_MNEMONIC: &str = "test test test test test test test test test test test junk";

/// Anvil answers by then, or something is wrong with it.
const START_TIMEOUT: Duration = Duration::from_secs(20);
/// Writing the chain to disk on the way out takes well under a second.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);
/// Anvil writes its state this often, in seconds, so that even a power cut loses little.
const STATE_INTERVAL: &str = "2";
/// A chain that dies is started again after this.
const RESTART_DELAY: Duration = Duration::from_secs(2);

/// How to start the development chain.
#[derive(Debug, Clone)]
pub struct DevnetConfig {
    /// The anvil binary.
    pub anvil: PathBuf,
    /// The file that holds the chain between two runs.
    pub state: PathBuf,
    /// The port to listen on; another free one is taken if this is in use.
    pub port: Option<u16>,
}

/// How the development chain is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DevnetState {
    /// It runs.
    Running,
    /// It ended by itself and is being started again.
    Died(String),
    /// It was stopped.
    Stopped,
}

/// A running development chain. Dropping it stops anvil.
#[derive(Debug)]
pub struct Devnet {
    url: String,
    state: watch::Receiver<DevnetState>,
    stop: Option<oneshot::Sender<()>>,
    supervisor: Option<JoinHandle<()>>,
}

/// The development chain did not start.
#[derive(Debug, thiserror::Error)]
pub enum DevnetError {
    /// The binary is not there or cannot be run.
    #[error(
        "anvil cannot be started from {path}: run `cargo xtask run`, which installs it, or set the path of an anvil binary"
    )]
    Spawn {
        /// What was tried.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file beside the chain's state cannot be written or read.
    #[error("{path} cannot be used: check that the folder is there and may be written to")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Another process uses the same chain.
    #[error(
        "another phase8 uses the development chain in {path}: stop it first, or choose another data folder"
    )]
    InUse {
        /// The chain's state.
        path: PathBuf,
    },
    /// Anvil ended while starting.
    #[error("{path} ended while starting ({status}); its last words in {log} are: {words}")]
    Ended {
        /// The binary.
        path: PathBuf,
        /// How it ended.
        status: String,
        /// Its log.
        log: PathBuf,
        /// The end of its log.
        words: String,
    },
    /// Anvil does not answer.
    #[error("{path} was started on port {port} and did not answer within {} seconds", START_TIMEOUT.as_secs())]
    Silent {
        /// The binary.
        path: PathBuf,
        /// Where it should answer.
        port: u16,
        /// The last answer.
        #[source]
        source: Box<ChainError>,
    },
}

impl Devnet {
    /// Starts anvil and waits until it answers. An anvil that a killed run left behind is ended first, so that it
    /// writes its chain down.
    pub async fn start(config: DevnetConfig) -> Result<Self, DevnetError> {
        if let Some(folder) = config.state.parent().filter(|folder| !folder.as_os_str().is_empty())
        {
            std::fs::create_dir_all(folder)
                .map_err(|source| DevnetError::File { path: folder.to_owned(), source })?;
        }
        let lock = lock(&config.state)?;
        orphan::end(&config.state).await;
        state_file::mend(&config.state)?;
        let (child, port) = launch(&config).await?;
        state_file::back_up(&config.state);

        let url = format!("http://127.0.0.1:{port}");
        let (tell, state) = watch::channel(DevnetState::Running);
        let (stop, stopped) = oneshot::channel();
        let supervisor =
            tokio::spawn(supervise(Supervised { config, port, child, _lock: lock }, stopped, tell));
        info!(%url, "development chain answers at {url}");
        Ok(Self { url, state, stop: Some(stop), supervisor: Some(supervisor) })
    }

    /// Where it answers.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How it is, now and from now on.
    pub fn state(&self) -> watch::Receiver<DevnetState> {
        self.state.clone()
    }

    /// Stops anvil after it has written its chain to disk.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        if let Some(supervisor) = self.supervisor.take() {
            // The supervisor ends by itself; a panic in it has nothing left to say.
            drop(supervisor.await);
        }
    }
}

struct Supervised {
    config: DevnetConfig,
    port: u16,
    child: Child,
    /// Held for as long as the chain is used.
    _lock: File,
}

async fn supervise(
    mut chain: Supervised,
    mut stop: oneshot::Receiver<()>,
    tell: watch::Sender<DevnetState>,
) {
    loop {
        let words = tokio::select! {
            status = chain.child.wait() => status.map_or_else(|error| error.to_string(), |status| status.to_string()),
            _ = &mut stop => {
                end(&mut chain.child).await;
                orphan::forget(&chain.config.state);
                tell.send_replace(DevnetState::Stopped);
                return;
            }
        };
        warn!(%words, "development chain ended by itself ({words}); it is started again");
        tell.send_replace(DevnetState::Died(format!("anvil ended by itself: {words}")));
        loop {
            tokio::select! {
                () = sleep(RESTART_DELAY) => {}
                _ = &mut stop => {
                    orphan::forget(&chain.config.state);
                    tell.send_replace(DevnetState::Stopped);
                    return;
                }
            }
            let restarted = match state_file::mend(&chain.config.state) {
                Ok(()) => spawn_and_wait(&chain.config, chain.port).await,
                Err(error) => Err(error),
            };
            match restarted {
                Ok(child) => {
                    chain.child = child;
                    tell.send_replace(DevnetState::Running);
                    info!("development chain answers again");
                    break;
                }
                Err(error) => {
                    tell.send_replace(DevnetState::Died(error.to_string()));
                }
            }
        }
    }
}

/// Asks the child to end and waits, so that it writes its chain down; kills it only if it does not.
async fn end(child: &mut Child) {
    terminate(child);
    if timeout(STOP_TIMEOUT, child.wait()).await.is_err() {
        warn!("development chain does not end when asked; it is killed");
        // It may have ended in between, which is as well.
        drop(child.kill().await);
    }
}

fn terminate(child: &Child) {
    let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    if let Some(pid) = pid {
        // No such process: it has ended already.
        let _ = kill_process(pid, Signal::TERM);
    }
}

/// Only one process may use a chain's state.
fn lock(state: &Path) -> Result<File, DevnetError> {
    let path = beside(state, ".lock");
    let file =
        File::create(&path).map_err(|source| DevnetError::File { path: path.clone(), source })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => {
            Err(DevnetError::InUse { path: state.to_owned() })
        }
        Err(std::fs::TryLockError::Error(source)) => Err(DevnetError::File { path, source }),
    }
}

/// Starts anvil on the wanted port, or on a free one. Another program may take a free port first: then once more.
async fn launch(config: &DevnetConfig) -> Result<(Child, u16), DevnetError> {
    let mut wanted = config.port;
    let mut attempts = 0;
    loop {
        let port = free_port(wanted.take())
            .map_err(|source| DevnetError::Spawn { path: config.anvil.clone(), source })?;
        attempts += 1;
        match spawn_and_wait(config, port).await {
            Ok(child) => return Ok((child, port)),
            Err(DevnetError::Ended { .. }) if attempts < 3 => {}
            Err(error) => return Err(error),
        }
    }
}

fn free_port(wanted: Option<u16>) -> io::Result<u16> {
    if let Some(port) = wanted {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(_) => return Ok(port),
            Err(error) => {
                info!(port, "port {port} is taken ({error}); the development chain takes another");
            }
        }
    }
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr().map(|address| address.port())
}

async fn spawn_and_wait(config: &DevnetConfig, port: u16) -> Result<Child, DevnetError> {
    let log_path = beside(&config.state, ".log");
    let file_error = |source| DevnetError::File { path: log_path.clone(), source };
    let log = File::create(&log_path).map_err(file_error)?;
    let errors = log.try_clone().map_err(file_error)?;
    let mut child = Command::new(&config.anvil)
        .args([
            "--host",
            "127.0.0.1",
            "--no-cors",
            "--quiet",
            "--accounts",
            "10",
            "--mnemonic",
            DEV_MNEMONIC,
        ])
        .args(["--state-interval", STATE_INTERVAL])
        .arg("--port")
        .arg(port.to_string())
        .arg("--chain-id")
        .arg(DEV_CHAIN_ID.to_string())
        .arg("--state")
        .arg(&config.state)
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(errors)
        // A Ctrl-C in the terminal is for this program, which then ends anvil in good order.
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(|source| DevnetError::Spawn { path: config.anvil.clone(), source })?;
    orphan::remember(&config.state, child.id());
    wait_for_answer(&mut child, config, port, &log_path).await?;
    Ok(child)
}

async fn wait_for_answer(
    child: &mut Child,
    config: &DevnetConfig,
    port: u16,
    log: &Path,
) -> Result<(), DevnetError> {
    let path = config.anvil.clone();
    let rpc = Rpc::connect(&format!("http://127.0.0.1:{port}"), Duration::from_secs(2)).map_err(
        |error| DevnetError::Spawn { path: path.clone(), source: io::Error::other(error) },
    )?;
    let answered = timeout(START_TIMEOUT, async {
        loop {
            let answer = rpc.chain_id().await;
            // Whoever else answers on that port is not our child, which then ends because the port is taken.
            if let Some(status) = child.try_wait().ok().flatten() {
                let (status, words) = (status.to_string(), last_lines(log));
                return Err(DevnetError::Ended {
                    path: path.clone(),
                    status,
                    log: log.to_owned(),
                    words,
                });
            }
            match answer {
                Ok(DEV_CHAIN_ID) => return Ok(()),
                _ => sleep(Duration::from_millis(30)).await,
            }
        }
    });
    match answered.await {
        Ok(result) => result,
        Err(_) => match rpc.chain_id().await {
            Ok(_) => Ok(()),
            Err(source) => Err(DevnetError::Silent { path, port, source: Box::new(source) }),
        },
    }
}

fn last_lines(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    match lines.split_at_checked(lines.len().saturating_sub(3)) {
        Some((_, last)) if !last.is_empty() => last.join(" | "),
        _ => "(nothing)".to_owned(),
    }
}

/// A file that goes with the chain's state.
fn beside(state: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(state.as_os_str());
    name.push(suffix);
    name.into()
}
