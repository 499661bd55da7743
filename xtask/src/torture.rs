//! `cargo xtask torture`: the engine's promises under kill -9, for as many rounds as are asked for. The tests run a few.

use anyhow::Result;

use crate::args::Torture;
use crate::setup::{self, Need};
use crate::workspace::Workspace;
use crate::{build, process};

/// Builds the server and lets the harness loose on it; what it counted is on the terminal.
pub(crate) fn run(workspace: &Workspace, request: Torture) -> Result<()> {
    let kit = setup::ensure(workspace, &[Need::Contracts, Need::Database, Need::Clock])?;
    build::server_and_tests(&kit, &["--package", "phase8-backend"])?;
    let mut command = kit.command("cargo");
    command
        .args(["test", "--locked", "--package", "phase8-backend", "--test", "reliability"])
        .args(["--", "--nocapture", "--test-threads=1"])
        .env("PHASE8_ANVIL", kit.anvil()?)
        .env("PHASE8_ROUNDS", request.rounds.to_string())
        .env("PHASE8_SEED", request.seed.to_string());
    process::run_openly(&mut command)
}
