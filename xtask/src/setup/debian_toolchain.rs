//! Debian's Rust toolchain with a standard library for WASM built from its source. Used only where
//! rustup cannot fetch the target.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::progress::{self, Step};
use crate::setup::wasm_target::{DEBIAN_TOOLCHAIN_NAME, sysroot, target_libraries};
use crate::setup::{apt, kit};
use crate::tools::WASM_TARGET;
use crate::workspace::Workspace;
use crate::{fingerprint, process};

const RUSTC: &str = "/usr/bin/rustc";
const CARGO: &str = "/usr/bin/cargo";
const PACKAGES: [&str; 6] =
    ["rustc-web", "cargo-web", "rust-web-src", "rust-web-clippy", "rustfmt-web", "lld"];
const WHAT: &str = "Debian's Rust toolchain";
const WHY: &str = "to compile the page, because rustup could not fetch its target";

/// Whether an earlier run came to its end, and with the compiler that is installed now.
pub(super) fn is_ready(workspace: &Workspace) -> bool {
    version().is_ok_and(|version| fingerprint::is_stamped(&stamp(workspace), &version))
}

/// Installs the toolchain, builds the standard library and links both into rustup.
pub(super) fn install(workspace: &Workspace) -> Result<()> {
    progress::step("Debian's Rust toolchain", |step| {
        apt::install(workspace, step, &PACKAGES, WHAT, WHY)
    })?;
    progress::step("the standard library for the page, from source", |step| {
        let crate_folder = workspace.tools().join(".partial-std");
        kit::remove(&crate_folder)?;
        build_std(workspace, step, &crate_folder)?;
        copy_libraries(workspace, step, &crate_folder)?;
        kit::remove(&crate_folder)
    })?;
    progress::step("Debian's toolchain linked into rustup", |step| {
        let mut command = Command::new("rustup");
        command.args(["toolchain", "link", DEBIAN_TOOLCHAIN_NAME, "/usr"]);
        process::run(step, &mut command, &workspace.log("rustup-link"))
    })?;
    fingerprint::stamp(&stamp(workspace), &version()?)
}

fn version() -> Result<String> {
    process::output(Command::new(RUSTC).arg("--version")).map(|text| text.trim().to_owned())
}

fn build_std(workspace: &Workspace, step: &mut Step, folder: &Path) -> Result<()> {
    let source = folder.join("src");
    fs::create_dir_all(&source).with_context(|| format!("cannot create {}", source.display()))?;
    let manifest = "[package]\nname = \"std-for-the-page\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n[workspace]\n";
    fs::write(folder.join("Cargo.toml"), manifest)
        .and_then(|()| fs::write(source.join("lib.rs"), "//! Empty.\n"))
        .with_context(|| format!("cannot write into {}", folder.display()))?;
    let mut command = Command::new(CARGO);
    command
        .args(["build", "--release", "-Zbuild-std=std,panic_abort,test", "--target", WASM_TARGET])
        .current_dir(folder)
        .env("RUSTC", RUSTC)
        // Debian's cargo takes `-Z` flags from its own standard library's source only with this.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .env("CARGO_TARGET_DIR", folder.join("target"));
    kit::forget_own_cargo(&mut command);
    process::run(step, &mut command, &workspace.log("debian-std"))
}

fn copy_libraries(workspace: &Workspace, step: &mut Step, folder: &Path) -> Result<()> {
    let built = folder.join("target").join(WASM_TARGET).join("release/deps");
    let entries =
        fs::read_dir(&built).with_context(|| format!("cannot read {}", built.display()))?;
    let libraries: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| is_library_of_std(path))
        .collect();
    if libraries.is_empty() {
        bail!("no libraries were built in {}", built.display());
    }
    let to = target_libraries(&sysroot(Path::new(RUSTC))?);
    let list = PACKAGES.join(" ");
    // Libraries of an earlier compiler beside the new ones would leave the new one in doubt.
    let mut clear = apt::as_root(step, WHAT, WHY, &list)?;
    clear.args(["rm", "-rf"]).arg(&to);
    process::run(step, &mut clear, &workspace.log("debian-clear"))?;
    let mut make = apt::as_root(step, WHAT, WHY, &list)?;
    make.args(["mkdir", "-p"]).arg(&to);
    process::run(step, &mut make, &workspace.log("debian-mkdir"))?;
    let mut copy = apt::as_root(step, WHAT, WHY, &list)?;
    copy.arg("cp").args(&libraries).arg(&to);
    process::run(step, &mut copy, &workspace.log("debian-copy"))
}

/// `lib*.rlib`, but not the empty crate itself.
fn is_library_of_std(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.extension().is_some_and(|extension| extension == "rlib")
        && name.starts_with("lib")
        && !name.starts_with("libstd_for_the_page")
}

fn stamp(workspace: &Workspace) -> PathBuf {
    workspace.tools().join("debian-toolchain")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_crate_stays_behind() {
        assert!(is_library_of_std(Path::new("deps/libstd-0a1b.rlib")));
        assert!(!is_library_of_std(Path::new("deps/libstd_for_the_page-0a1b.rlib")));
        assert!(!is_library_of_std(Path::new("deps/libstd-0a1b.rmeta")));
    }
}
