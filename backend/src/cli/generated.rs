//! Files that are generated from types: written, or compared with what is there.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

/// Writes the file, or with `check` only says whether it is what would be written.
pub(super) fn write_or_check(path: &Path, text: &str, check: bool) -> Result<()> {
    if check {
        let found =
            fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        if found != text {
            bail!(
                "{} is not what the program makes: run `cargo xtask codegen` and commit the result",
                path.display()
            );
        }
        return Ok(());
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
    }
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
