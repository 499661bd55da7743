//! Node.js, and what comes from the npm registry.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::fingerprint::{self, Fingerprint};
use crate::setup::{kit, missing};
use crate::tools::{NODE_AT_LEAST, NpmTool};
use crate::workspace::Workspace;
use crate::{process, progress};

/// Nothing is run on installation, and nothing is reported anywhere.
const QUIETLY: [&str; 4] = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];

/// Makes sure that Node.js and npm are there; these scripts do not install them.
pub(super) fn check_node() -> Result<()> {
    let why = "to compile the contracts and to start the development chain";
    let remedy = format!(
        "install Node.js {NODE_AT_LEAST} or newer with npm, then run this again; \
         `node --version` and `npm --version` must both answer"
    );
    let Ok(version) = process::output(Command::new("node").arg("--version")) else {
        return Err(missing("Node.js", why, &remedy));
    };
    if major(&version).is_none_or(|major| major < NODE_AT_LEAST) {
        let what = format!("Node.js {NODE_AT_LEAST} (found {})", version.trim());
        return Err(missing(&what, why, &remedy));
    }
    if kit::find_program("npm").is_none() {
        return Err(missing("npm", why, &remedy));
    }
    Ok(())
}

/// Whether the contracts' packages are those of the lock file.
pub(super) fn has_contract_packages(workspace: &Workspace) -> Result<bool> {
    Ok(fingerprint::is_stamped(&stamp(workspace), &lock_fingerprint(workspace)?))
}

/// Installs the contracts' packages: compiler, libraries, anvil and forge.
pub(super) fn install_contract_packages(workspace: &Workspace) -> Result<()> {
    progress::step("npm packages of the contracts: anvil, forge, solc, OpenZeppelin", |step| {
        let lock = lock_fingerprint(workspace)?;
        fingerprint::unstamp(&stamp(workspace))?;
        let mut command = Command::new("npm");
        command.arg("ci").args(QUIETLY).current_dir(workspace.at("contracts"));
        process::run(step, &mut command, &workspace.log("npm-contracts")).with_context(|| {
            "the contracts' packages could not be installed.\n  \
             What to do: look at the end of the log above; when the registry cannot be reached, \
             try again once it can"
        })?;
        fingerprint::stamp(&stamp(workspace), &lock)
    })
}

/// Whether the pinned version lies in the cache.
pub(super) fn has_tool(workspace: &Workspace, tool: &NpmTool) -> bool {
    manifest(&workspace.tools().join(tool.folder()), tool).is_file()
}

/// Installs the pinned version into the cache.
pub(super) fn install_tool(workspace: &Workspace, tool: &NpmTool) -> Result<()> {
    let label = format!("{} {}, {}", tool.package, tool.version, tool.purpose);
    progress::step(&label, |step| {
        kit::install_whole(&workspace.tools().join(tool.folder()), |partial| {
            fs::write(partial.join("package.json"), "{ \"private\": true }\n")
                .with_context(|| format!("cannot write into {}", partial.display()))?;
            let mut command = Command::new("npm");
            command
                .args(["install", "--save-exact"])
                .args(QUIETLY)
                .arg(format!("{}@{}", tool.package, tool.version))
                .current_dir(partial);
            process::run(step, &mut command, &workspace.log(tool.package)).with_context(|| {
                format!(
                    "{} {} could not be installed. It is needed {}.\n  What to do: look at the end of the log \
                     above; when the registry cannot be reached, try again once it can",
                    tool.package, tool.version, tool.purpose
                )
            })
        })
    })
}

fn manifest(folder: &Path, tool: &NpmTool) -> PathBuf {
    folder.join("node_modules").join(tool.package).join("package.json")
}

fn stamp(workspace: &Workspace) -> PathBuf {
    workspace.at("contracts/node_modules/.installed")
}

fn lock_fingerprint(workspace: &Workspace) -> Result<String> {
    let mut fingerprint = Fingerprint::default();
    fingerprint.path(workspace.root(), "contracts/package.json")?;
    fingerprint.path(workspace.root(), "contracts/package-lock.json")?;
    Ok(fingerprint.text())
}

fn major(version: &str) -> Option<u32> {
    version.trim().trim_start_matches('v').split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_of_node_is_read() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("unknown"), None);
    }
}
