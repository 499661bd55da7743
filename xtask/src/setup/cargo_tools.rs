//! Tools that are built from the crate registry.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::setup::kit;
use crate::tools::{CargoTool, LockFile};
use crate::workspace::Workspace;
use crate::{process, progress};

/// A build tool runs for seconds and takes minutes to optimise: it is built quickly instead.
const QUICK_BUILD: [(&str, &str); 4] = [
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "0"),
];

/// Whether the pinned version lies in the cache.
pub(super) fn is_installed(workspace: &Workspace, tool: &CargoTool) -> bool {
    workspace.tools().join(tool.folder()).join("bin").join(tool.program).is_file()
}

/// Whether the pinned version lies in the cache or is the machine's own.
pub(super) fn is_at_hand(workspace: &Workspace, tool: &CargoTool) -> bool {
    is_installed(workspace, tool)
        || process::output(Command::new(tool.program).arg("--version"))
            .is_ok_and(|printed| says_version(&printed, tool.version))
}

/// Builds the pinned version into the cache.
pub(super) fn install(workspace: &Workspace, tool: &CargoTool) -> Result<()> {
    let label = format!("{} {}, {} (some minutes)", tool.package, tool.version, tool.purpose);
    progress::step(&label, |step| {
        kit::install_whole(&workspace.tools().join(tool.folder()), |partial| {
            let mut command = Command::new("cargo");
            command
                .args(["install", tool.package, "--version", tool.version, "--root"])
                .arg(partial)
                .current_dir(workspace.tools())
                .env("CARGO_TARGET_DIR", build_folder(workspace))
                .envs(QUICK_BUILD);
            if tool.lock == LockFile::Kept {
                command.arg("--locked");
            }
            kit::forget_own_cargo(&mut command);
            process::run(step, &mut command, &workspace.log(tool.package)).with_context(|| {
                format!(
                    "{} {} could not be built. It is needed {}.\n  What to do: look at the end of the log above; \
                     when the registry cannot be reached, try again once it can",
                    tool.package, tool.version, tool.purpose
                )
            })
        })
    })
}

/// What the tools were built from is not needed any more.
pub(super) fn tidy_up(workspace: &Workspace) -> Result<()> {
    kit::remove(&build_folder(workspace))
}

fn build_folder(workspace: &Workspace) -> PathBuf {
    workspace.tools().join("build")
}

fn says_version(printed: &str, version: &str) -> bool {
    printed.lines().next().unwrap_or_default().split_whitespace().any(|word| word == version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_pinned_version_will_do() {
        assert!(says_version("cargo-nextest 0.9.143 (60fa45f63 2026-08-04)\n", "0.9.143"));
        assert!(!says_version("cargo-nextest 0.9.14\n", "0.9.143"));
        assert!(!says_version("", "0.9.143"));
    }
}
