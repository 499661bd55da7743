//! The npm package `ipfs-car`, as `cargo xtask test` installs it.

use std::path::{Path, PathBuf};
use std::process::Command;

fn folder() -> PathBuf {
    let usual = || {
        let home = std::env::var_os("HOME").unwrap_or_default();
        PathBuf::from(home).join(".cache/phase8/tools/ipfs-car-3.1.0")
    };
    std::env::var_os("PHASE8_IPFS_CAR").map_or_else(usual, PathBuf::from)
}

fn run(what: &str, path: &Path) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/archive/peer.mjs");
    let folder = folder();
    assert!(folder.is_dir(), "{} is not there: `cargo xtask test` installs it", folder.display());
    let output = Command::new("node").arg(script).arg(folder).arg(what).arg(path).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    assert!(output.status.success(), "{said} {}", String::from_utf8_lossy(&output.stderr));
    said
}

/// What the file is called on IPFS.
pub(crate) fn name(file: &Path) -> String {
    run("name", file)
}

/// Root of a CAR, and the SHA-256 of the file below it; every block is checked.
pub(crate) fn unpack(car: &Path) -> (String, String) {
    let said = run("unpack", car);
    let (root, sha256) = said.split_once(' ').unwrap();
    (root.to_owned(), sha256.to_owned())
}
