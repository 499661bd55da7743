//! `cargo xtask bench`: the release build beside its peers. Never a part of the tests: a figure is not a verdict.

use std::process::Command;

use anyhow::Result;

use crate::setup::{self, Kit, Need};
use crate::tools;
use crate::workspace::Workspace;
use crate::{build, process, progress};

/// Where the figures are written as JSON, below the scratch folder.
const FIGURES: &str = "bench.json";
/// Where the last figures are shown.
const DOCUMENT: &str = "docs/BENCHMARKS.md";

/// Installs the peers, builds with optimisation, and measures these goals; all of them if none is named.
pub(crate) fn run(workspace: &Workspace, goals: &[String]) -> Result<()> {
    let kit = setup::ensure(workspace, &[Need::Page, Need::Contracts, Need::Browser, Need::Peers])?;
    build::page(&kit)?;
    release(&kit)?;
    let program = |name| workspace.target().join("release").join(name);
    let figures = workspace.scratch().join(FIGURES);
    let peer = workspace.tools().join(tools::VIEM.folder());
    let mut command = kit.command(&program("phase8-bench").to_string_lossy());
    command
        .args(goals)
        .env("PHASE8_BIN", program("phase8"))
        .env("PHASE8_ANVIL", kit.anvil()?)
        .env("PHASE8_DIST", workspace.at(build::DIST))
        .env("PHASE8_VIEM", peer)
        .env("PHASE8_BENCH_JSON", &figures)
        .env("PHASE8_BENCH_DOC", workspace.at(DOCUMENT))
        .env("PHASE8_BENCH_COMMIT", commit(workspace)?);
    process::run_openly(&mut command)
}

/// The commit that is measured, and whether there is more than it.
fn commit(workspace: &Workspace) -> Result<String> {
    let describe = ["describe", "--always", "--dirty= and changes after it", "--exclude=*"];
    let words = process::output(Command::new("git").current_dir(workspace.root()).args(describe))?;
    Ok(words.trim().to_owned())
}

fn release(kit: &Kit) -> Result<()> {
    progress::step("server and benchmarks, optimised", |step| {
        let mut command = kit.command("cargo");
        command.args(["build", "--release", "--locked"]);
        command.args(["--package", "phase8-backend", "--package", "phase8-bench", "--bins"]);
        process::run(step, &mut command, &kit.workspace().log("bench-build"))
    })
}
