//! The development chain as a child process.

use std::path::PathBuf;
use std::time::Duration;

use phase8_backend::chain::{Devnet, DevnetConfig, DevnetError, DevnetState, Rpc};
use serde_json::json;

use crate::support::{anvil, start_devnet, until};

async fn mine(rpc: &Rpc) {
    rpc.ask::<serde_json::Value>("evm_mine", json!([])).await.unwrap();
}

fn rpc(devnet: &Devnet) -> Rpc {
    Rpc::connect(devnet.url(), Duration::from_secs(5)).unwrap()
}

/// The process id that stands beside the chain's state.
fn pid(folder: &std::path::Path) -> i32 {
    std::fs::read_to_string(folder.join("anvil-state.json.pid")).unwrap().parse().unwrap()
}

fn kill(pid: i32) {
    rustix::process::kill_process(
        rustix::process::Pid::from_raw(pid).unwrap(),
        rustix::process::Signal::KILL,
    )
    .unwrap();
}

#[tokio::test]
async fn the_chain_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let devnet = start_devnet(folder.path(), None).await;
    for _ in 0..3 {
        mine(&rpc(&devnet)).await;
    }
    let before = rpc(&devnet).latest_block().await.unwrap();
    devnet.stop().await;

    let devnet = start_devnet(folder.path(), None).await;

    assert_eq!(rpc(&devnet).find_block(3).await.unwrap(), Some(before));
}

#[tokio::test]
async fn a_chain_that_dies_is_started_again_on_the_same_port() {
    let folder = tempfile::tempdir().unwrap();
    let devnet = start_devnet(folder.path(), None).await;
    let mut state = devnet.state();

    kill(pid(folder.path()));

    state.wait_for(|state| matches!(state, DevnetState::Died(_))).await.unwrap();
    state.wait_for(|state| *state == DevnetState::Running).await.unwrap();
    assert_eq!(rpc(&devnet).chain_id().await.unwrap(), 31_337);
}

#[tokio::test]
async fn a_taken_port_is_left_to_whoever_has_it() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = listener.local_addr().unwrap().port();
    let folder = tempfile::tempdir().unwrap();

    let devnet = start_devnet(folder.path(), Some(taken)).await;

    assert_ne!(devnet.url(), format!("http://127.0.0.1:{taken}"));
    assert_eq!(rpc(&devnet).chain_id().await.unwrap(), 31_337);
}

#[tokio::test]
async fn one_chain_is_used_by_one_server_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let _devnet = start_devnet(folder.path(), None).await;
    let config =
        DevnetConfig { anvil: anvil(), state: folder.path().join("anvil-state.json"), port: None };

    let error = Devnet::start(config).await.unwrap_err();

    assert!(matches!(error, DevnetError::InUse { .. }), "{error}");
}

#[tokio::test]
async fn a_missing_binary_is_named_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let config = DevnetConfig {
        anvil: PathBuf::from("/nowhere/anvil"),
        state: folder.path().join("anvil-state.json"),
        port: None,
    };

    let error = Devnet::start(config).await.unwrap_err();

    assert_eq!(
        error.to_string(),
        "anvil cannot be started from /nowhere/anvil: run `cargo xtask run`, which installs it, or set the path of an anvil binary"
    );
}

#[tokio::test]
async fn a_program_that_is_no_anvil_is_named_with_its_last_words() {
    let folder = tempfile::tempdir().unwrap();
    let config = DevnetConfig {
        anvil: PathBuf::from("/bin/ls"),
        state: folder.path().join("anvil-state.json"),
        port: None,
    };

    let error = Devnet::start(config).await.unwrap_err();

    let text = error.to_string();
    assert!(
        text.starts_with("/bin/ls ended while starting (exit status: 2)")
            && text.contains("--help"),
        "{text}"
    );
}

#[tokio::test]
async fn an_anvil_that_a_killed_run_left_behind_is_ended_and_its_chain_kept() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("anvil-state.json");
    let port = crate::support::free_port();
    let mut left = tokio::process::Command::new(anvil())
        .args(["--quiet", "--port", &port.to_string(), "--chain-id", "31337", "--state"])
        .arg(&state)
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let orphan = Rpc::connect(&format!("http://127.0.0.1:{port}"), Duration::from_secs(5)).unwrap();
    until("the orphan answers", || async { orphan.chain_id().await.ok() }).await;
    mine(&orphan).await;
    mine(&orphan).await;
    std::fs::write(folder.path().join("anvil-state.json.pid"), left.id().unwrap().to_string())
        .unwrap();
    // A child that nobody waits for stays a zombie, which an orphan of a killed server does not.
    let waiting = tokio::spawn(async move { left.wait().await });

    let devnet = start_devnet(folder.path(), Some(port)).await;

    assert!(waiting.await.unwrap().unwrap().success());
    assert_eq!(rpc(&devnet).head().await.unwrap(), 2);
}
