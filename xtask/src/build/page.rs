//! The page: built by Trunk in a folder of its own, compressed, then put in place whole.

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::fingerprint::{self, Fingerprint};
use crate::progress::{self, Step};
use crate::setup::{Kit, remove};
use crate::{process, tools};

/// Where the finished page lies, from the root of the checkout.
pub(crate) const DIST: &str = "dist";

/// Everything that the page is made of. What is absent counts as absent.
const INPUTS: [&str; 10] = [
    "index.html",
    "Trunk.toml",
    "Cargo.toml",
    "Cargo.lock",
    "frontend",
    "shared",
    "configs",
    "contracts/abi",
    "contracts/artifacts",
    "xtask/src/build",
];

/// Builds the page, unless nothing that it is made of has changed.
pub(super) fn build(kit: &Kit) -> Result<()> {
    let workspace = kit.workspace();
    let scratch = workspace.scratch();
    fs::create_dir_all(&scratch).with_context(|| format!("cannot create {}", scratch.display()))?;
    progress::noted_step("page", |step| {
        let _lock = lock(&scratch.join("page.lock"), step)?;
        let stamp = scratch.join("page.stamp");
        let fingerprint = fingerprint(kit)?;
        let dist = workspace.at(DIST);
        if dist.join("index.html").is_file() && fingerprint::is_stamped(&stamp, &fingerprint) {
            return Ok(((), "unchanged".to_owned()));
        }
        fetch(kit, step)?;
        let next = scratch.join("page-next");
        remove(&next)?;
        bundle(kit, step, &next)?;
        compress(kit, step, &next)?;
        fingerprint::unstamp(&stamp)?;
        put_in_place(&next, &dist, &scratch.join("page-previous"))?;
        fingerprint::stamp(&stamp, &fingerprint)?;
        Ok(((), String::new()))
    })
}

fn fingerprint(kit: &Kit) -> Result<String> {
    let mut fingerprint = Fingerprint::default();
    fingerprint.words(tools::TRUNK.version);
    fingerprint.words(tools::WASM_BINDGEN.version);
    fingerprint.words(tools::BINARYEN.version);
    fingerprint.words(&process::output(kit.command("rustc").arg("--version"))?);
    for input in INPUTS {
        fingerprint.path(kit.workspace().root(), input)?;
    }
    Ok(fingerprint.text())
}

/// Trunk works offline, so what cargo needs must have been fetched before.
fn fetch(kit: &Kit, step: &mut Step) -> Result<()> {
    let mut command = kit.command("cargo");
    command.args(["fetch", "--target", tools::WASM_TARGET]);
    process::run(step, &mut command, &kit.workspace().log("page-fetch"))
}

fn bundle(kit: &Kit, step: &mut Step, to: &Path) -> Result<()> {
    let mut command = kit.command("trunk");
    command
        .args(["build", "--release", "--frozen", "--dist"])
        .arg(to)
        .env("TRUNK_TOOLS_WASM_BINDGEN", tools::WASM_BINDGEN.version)
        .env("TRUNK_TOOLS_WASM_OPT", tools::wasm_opt_name())
        .env("TRUNK_SKIP_VERSION_CHECK", "true")
        // Leptos then compiles each component's view once, whatever it is put into: a tenth less to download.
        .env("RUSTFLAGS", "--cfg erase_components")
        // Trunk takes no other value than true or false here, whatever the person has set.
        .env("NO_COLOR", "true");
    process::run(step, &mut command, &kit.workspace().log("page-trunk"))
}

/// Writes `.br` and `.gz` beside every file that gets smaller by it.
fn compress(kit: &Kit, step: &mut Step, folder: &Path) -> Result<()> {
    let mut command: Command = kit.command("node");
    command.arg(kit.workspace().at("xtask/src/build/precompress.mjs")).arg(folder);
    process::run(step, &mut command, &kit.workspace().log("page-compress"))
}

/// Two renames: the page is the old one, absent for an instant, or the new one; never half of one.
fn put_in_place(next: &Path, dist: &Path, previous: &Path) -> Result<()> {
    remove(previous)?;
    if dist.exists() {
        fs::rename(dist, previous)
            .with_context(|| format!("cannot move {} away", dist.display()))?;
    }
    fs::rename(next, dist).with_context(|| format!("cannot put {} in place", dist.display()))?;
    remove(previous)
}

/// One build of the page at a time in this checkout. The lock falls when the file is closed.
fn lock(path: &Path, step: &mut Step) -> Result<File> {
    let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
    if file.try_lock().is_err() {
        step.show("another build of the page is at work; waiting for it");
        file.lock().with_context(|| format!("cannot lock {}", path.display()))?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_new_page_replaces_the_old_one_whole() {
        let root = std::env::temp_dir().join(format!("xtask-page-{}", std::process::id()));
        let (next, dist, previous) = (root.join("next"), root.join("dist"), root.join("previous"));
        fs::create_dir_all(&next).unwrap();
        fs::create_dir_all(&dist).unwrap();
        fs::write(next.join("new.js"), "").unwrap();
        fs::write(dist.join("old.js"), "").unwrap();

        put_in_place(&next, &dist, &previous).unwrap();

        assert!(dist.join("new.js").is_file());
        assert!(!dist.join("old.js").exists());
        assert!(!next.exists() && !previous.exists());
        fs::remove_dir_all(root).unwrap();
    }
}
