//! `cargo xtask run`: from whatever state the machine is in to a Mission Control that answers.

use std::io::{self, IsTerminal};
use std::os::unix::process::CommandExt;

use anyhow::{Context, Error, Result, bail};

use crate::args::{Past, RunRequest};
use crate::setup::{self, Need, remove};
use crate::workspace::Workspace;
use crate::{build, progress};

/// Where a running Mission Control keeps its data, from the root of the checkout.
const DATA: &str = ".phase8";

/// Sets up, builds, and becomes the server: signals reach it directly, and it ends its own children.
pub(crate) fn run(workspace: &Workspace, request: &RunRequest) -> Result<()> {
    forget_the_past(workspace, request.past)?;
    let kit = setup::ensure(workspace, &[Need::Page, Need::Contracts])?;
    build::everything(&kit)?;
    let server = kit.server();
    let mut command = kit.command(&server.to_string_lossy());
    command
        .args(["serve", "--devnet", "--config", "configs/default.toml"])
        .args(["--data", DATA, "--dist", build::DIST, "--anvil"])
        .arg(kit.anvil()?)
        .args(&request.passed_on);
    let error = command.exec();
    Err(Error::new(error).context(format!("cannot start {}", server.display())))
}

fn forget_the_past(workspace: &Workspace, past: Past) -> Result<()> {
    let data = workspace.at(DATA);
    if past == Past::Keep || !data.exists() {
        return Ok(());
    }
    if past == Past::ForgetAfterAsking && !is_confirmed(&data.to_string_lossy())? {
        bail!("nothing was forgotten; without --fresh the earlier missions go on");
    }
    remove(&data)
}

fn is_confirmed(data: &str) -> Result<bool> {
    if !io::stdin().is_terminal() {
        bail!(
            "--fresh asks before it forgets, and there is nobody to ask here; -y forgets without asking"
        );
    }
    progress::say(&format!(
        "This forgets every mission and the chain kept in {data}. Go on? [y/N]"
    ));
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).context("cannot read the answer")?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
