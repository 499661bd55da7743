//! The compilation target of the page: rustup's, or where rustup cannot fetch it, Debian's.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow};

use crate::setup::debian_toolchain;
use crate::tools::WASM_TARGET;
use crate::workspace::Workspace;
use crate::{process, progress};

/// The name under which rustup knows Debian's toolchain.
pub(super) const DEBIAN_TOOLCHAIN_NAME: &str = "phase8";

/// Which toolchain can compile the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Toolchain {
    /// The one in use.
    Active,
    /// Debian's, linked into rustup.
    Debian,
    /// None yet.
    WithoutWasm,
}

/// Looks for a toolchain that has the target.
pub(super) fn find(workspace: &Workspace) -> Result<Toolchain> {
    let sysroot = sysroot(Path::new("rustc"))
        .context("`rustc` does not answer; install Rust with rustup, then run this again")?;
    Ok(if has_target(&sysroot) {
        Toolchain::Active
    } else if debian_toolchain::is_ready(workspace) {
        Toolchain::Debian
    } else {
        Toolchain::WithoutWasm
    })
}

/// Adds the target.
pub(super) fn install(workspace: &Workspace) -> Result<()> {
    let by_rustup = progress::noted_step(&format!("Rust's {WASM_TARGET} target"), |step| {
        let mut command = Command::new("rustup");
        command.args(["target", "add", WASM_TARGET]).current_dir(workspace.root());
        let outcome = process::run(step, &mut command, &workspace.log("rustup-target"));
        let note = if outcome.is_ok() { "" } else { "refused by rustup; Debian's will do" };
        Ok((outcome, note.to_owned()))
    })?;
    let Err(refusal) = by_rustup else { return Ok(()) };
    debian_toolchain::install(workspace).map_err(|error| {
        anyhow!(
            "Rust's {WASM_TARGET} target is missing. It is needed to build the page.\n  \
             What to do: run `rustup target add {WASM_TARGET}` where the network allows it\n\
             rustup said: {refusal}\nDebian's toolchain would not do either: {error:#}"
        )
    })
}

/// Where a compiler keeps its libraries.
pub(super) fn sysroot(rustc: &Path) -> Result<PathBuf> {
    let printed = process::output(Command::new(rustc).args(["--print", "sysroot"]))?;
    Ok(PathBuf::from(printed.trim()))
}

/// The folder of the target's libraries.
pub(super) fn target_libraries(sysroot: &Path) -> PathBuf {
    sysroot.join("lib/rustlib").join(WASM_TARGET).join("lib")
}

fn has_target(sysroot: &Path) -> bool {
    target_libraries(sysroot).is_dir()
}
