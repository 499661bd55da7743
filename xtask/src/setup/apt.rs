//! Debian packages, through `apt-get`, with `sudo` where it takes that.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::progress::Step;
use crate::setup::{kit, missing};
use crate::tools::{CHROMIUM_PACKAGE, FAKETIME_LIBRARY, FAKETIME_PACKAGE};
use crate::workspace::Workspace;
use crate::{process, progress};

/// Installs the browser of the journeys.
pub(super) fn install_chromium(workspace: &Workspace) -> Result<()> {
    progress::step("Chromium, for the browser journeys", |step| {
        install(
            workspace,
            step,
            &[CHROMIUM_PACKAGE],
            "A Chromium browser",
            "for the journeys that `cargo xtask test` drives; `cargo xtask test --fast` does without",
        )
    })
}

/// Whether a program can be shown another time. The folder below `/usr/lib` is named after the machine.
pub(super) fn has_faketime() -> bool {
    let libraries = ["/usr/lib", "/usr/local/lib"].map(Path::new);
    let below = libraries.iter().filter_map(|folder| folder.read_dir().ok()).flatten();
    let below = below.filter_map(Result::ok).map(|entry| entry.path());
    let mut folders = libraries.iter().map(|folder| folder.to_path_buf()).chain(below);
    folders.any(|folder| folder.join(FAKETIME_LIBRARY).is_file())
}

/// Installs what sets the clock of one program.
pub(super) fn install_faketime(workspace: &Workspace) -> Result<()> {
    progress::step("libfaketime, for the tests that set a clock", |step| {
        install(
            workspace,
            step,
            &[FAKETIME_PACKAGE],
            "libfaketime",
            "for the tests that set the clock of one program by a day",
        )
    })
}

/// Installs Debian packages; `what` and `why` go into the words for somebody who has no apt.
pub(super) fn install(
    workspace: &Workspace,
    step: &mut Step,
    packages: &[&str],
    what: &str,
    why: &str,
) -> Result<()> {
    update(workspace, step, packages, what, why)?;
    let list = packages.join(" ");
    let mut install = as_root(step, what, why, &list)?;
    install.args(["apt-get", "-q", "install", "-y", "--no-install-recommends"]).args(packages);
    process::run(step, &mut install, &workspace.log("apt-install"))
        .with_context(|| by_hand(what, why, &list))
}

/// Asks Debian which packages there are now.
pub(super) fn update(
    workspace: &Workspace,
    step: &mut Step,
    packages: &[&str],
    what: &str,
    why: &str,
) -> Result<()> {
    let list = packages.join(" ");
    if kit::find_program("apt-get").is_none() {
        let remedy = format!(
            "install it with your system's package manager (Debian calls it: {list}), then run this again"
        );
        return Err(missing(what, why, &remedy));
    }
    let mut update = as_root(step, what, why, &list)?;
    update.args(["apt-get", "-q", "update"]);
    process::run(step, &mut update, &workspace.log("apt-update"))
        .with_context(|| by_hand(what, why, &list))
}

/// Something to start a program as root with; `env` when this is root already.
pub(super) fn as_root(step: &Step, what: &str, why: &str, list: &str) -> Result<Command> {
    let mut command = if is_root() {
        Command::new("env")
    } else if kit::find_program("sudo").is_some() {
        // sudo asks for its password on the terminal, once; after that it need not.
        step.clear();
        process::run_openly(Command::new("sudo").arg("-v"))
            .with_context(|| by_hand(what, why, list))?;
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", "env"]);
        sudo
    } else {
        return Err(missing(
            what,
            why,
            &format!("as root, run `apt-get install {list}`, then run this again"),
        ));
    };
    command.arg("DEBIAN_FRONTEND=noninteractive");
    Ok(command)
}

pub(super) fn by_hand(what: &str, why: &str, list: &str) -> String {
    format!(
        "{what} could not be installed. It is needed {why}.\n  \
         What to do: as root, run `apt-get update && apt-get install {list}`, then run this again"
    )
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}
