//! The tools at hand, and the environment in which they are started.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::setup::wasm_target::{self, Toolchain};
use crate::tools;
use crate::workspace::Workspace;

/// Names under which a browser of the Chromium family may be found.
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// A machine that has been set up.
#[derive(Debug)]
pub(crate) struct Kit {
    workspace: Workspace,
    search_path: OsString,
    toolchain: Toolchain,
}

impl Kit {
    /// Describes the machine as it is now.
    pub(crate) fn new(workspace: &Workspace) -> Result<Self> {
        let toolchain = wasm_target::find(workspace)?;
        let tools = workspace.tools();
        let mut folders = vec![
            tools.join(tools::TRUNK.folder()).join("bin"),
            tools.join(tools::WASM_BINDGEN.folder()).join("bin"),
            tools.join(tools::NEXTEST.folder()).join("bin"),
            tools.join(tools::BINARYEN.folder()).join("node_modules/.bin"),
        ];
        for program in ["anvil", "forge", "cast"] {
            folders.extend(foundry_folder(workspace, program));
        }
        folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
        let search_path = env::join_paths(folders).context("a folder's name contains a colon")?;
        Ok(Self { workspace: workspace.clone(), search_path, toolchain })
    }

    /// The folders of the checkout and the cache.
    pub(crate) fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// A program, to be started at the root of the checkout with the pinned tools first on its path.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.workspace.root())
            .env("PATH", &self.search_path)
            .env("CARGO_TARGET_DIR", self.workspace.target());
        if self.toolchain == Toolchain::Debian {
            command.env("RUSTUP_TOOLCHAIN", wasm_target::DEBIAN_TOOLCHAIN_NAME);
        }
        forget_own_cargo(&mut command);
        command
    }

    /// The development chain's program.
    pub(crate) fn anvil(&self) -> Result<PathBuf> {
        foundry_folder(&self.workspace, "anvil")
            .map(|folder| folder.join("anvil"))
            .context("the npm package of anvil has no binary for this machine")
    }

    /// What the lines for a shell are tested with.
    pub(crate) fn cast(&self) -> Result<PathBuf> {
        foundry_folder(&self.workspace, "cast")
            .map(|folder| folder.join("cast"))
            .context("the npm package of cast has no binary for this machine")
    }

    /// The server, once it has been built.
    pub(crate) fn server(&self) -> PathBuf {
        self.workspace.target().join("debug").join("phase8")
    }
}

/// The browser of the journeys: the one that `PHASE8_CHROMIUM` names, or the first on the PATH.
pub(crate) fn find_chromium() -> Option<PathBuf> {
    match env::var_os("PHASE8_CHROMIUM") {
        Some(chosen) if !chosen.is_empty() => Some(PathBuf::from(chosen)),
        _ => BROWSERS.iter().find_map(|name| find_program(name)),
    }
}

/// Looks a program up on the PATH.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

/// The npm package of a Foundry program keeps its binary in a package named after the platform.
fn foundry_folder(workspace: &Workspace, program: &str) -> Option<PathBuf> {
    let prefix = format!("{program}-");
    fs::read_dir(workspace.at("contracts/node_modules/@foundry-rs"))
        .ok()?
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(&prefix))
        .map(|entry| entry.path().join("bin"))
        .find(|folder| folder.join(program).is_file())
}

/// What cargo told this program about itself must not reach the cargo that this program starts.
pub(crate) fn forget_own_cargo(command: &mut Command) {
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text == "CARGO" || text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_")
        {
            command.env_remove(&name);
        }
    }
}

/// A folder that comes to be complete or not at all: filled under another name, then renamed.
pub(super) fn install_whole(folder: &Path, fill: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let name = folder.file_name().context("a tool's folder must have a name")?.to_string_lossy();
    let partial = folder.with_file_name(format!(".partial-{name}"));
    remove(&partial)?;
    fs::create_dir_all(&partial).with_context(|| format!("cannot create {}", partial.display()))?;
    fill(&partial)?;
    remove(folder)?;
    fs::rename(&partial, folder).with_context(|| format!("cannot create {}", folder.display()))
}

/// Removes a folder that may not be there.
pub(crate) fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    #[test]
    fn an_installation_that_fails_leaves_nothing_behind_under_its_name() {
        let root = env::temp_dir().join(format!("xtask-whole-{}", std::process::id()));
        let folder = root.join("tool-1.0");

        let outcome = install_whole(&folder, |partial| {
            fs::write(partial.join("half"), "").unwrap();
            bail!("the network went away")
        });

        assert!(outcome.is_err());
        assert!(!folder.exists());

        install_whole(&folder, |partial| {
            assert!(!partial.join("half").exists());
            fs::write(partial.join("whole"), "").context("writes")
        })
        .unwrap();

        assert!(folder.join("whole").is_file());
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn a_program_is_found_on_the_path() {
        assert!(find_program("sh").is_some());
        assert!(find_program("no-such-program-8").is_none());
    }
}
