//! The copy of the checkout in which guards are taken out. It is kept between runs, so that a guard costs the compiling of
//! what it stands in and no more; whatever an interrupted run left in it is put right first. The checkout is only read.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::mutants::Mutant;
use crate::progress;
use crate::workspace::Workspace;

/// What is made in the copy and stays there, from its root.
const MADE: [&str; 3] = ["contracts/out", "contracts/cache", PACKAGES];
/// The installed packages of the contracts: the checkout's own, behind a link.
const PACKAGES: &str = "contracts/node_modules";

/// A copy that nobody else works in.
#[derive(Debug)]
pub(super) struct Copy {
    root: PathBuf,
    target: PathBuf,
    _lock: File,
}

impl Copy {
    /// Brings the copy up to the checkout, files that are not committed included.
    pub(super) fn of(workspace: &Workspace) -> Result<Self> {
        let folder = workspace.target().join("mutants");
        let root = folder.join("tree");
        fs::create_dir_all(&root).with_context(|| format!("cannot create {}", root.display()))?;
        let lock = File::create(folder.join("lock"))
            .with_context(|| format!("cannot write in {}", folder.display()))?;
        if lock.try_lock().is_err() {
            progress::say("  another `cargo xtask mutants` is at work; waiting for it");
            lock.lock().with_context(|| format!("cannot lock {}", folder.display()))?;
        }
        let files: BTreeSet<PathBuf> = workspace.files()?.into_iter().map(PathBuf::from).collect();
        sweep(&root, Path::new(""), &files)?;
        for file in &files {
            renew(&workspace.root().join(file), &root.join(file))?;
        }
        link(&workspace.at(PACKAGES), &root.join(PACKAGES))?;
        Ok(Self { root, target: folder.join("target"), _lock: lock })
    }

    /// Its root.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// What cargo builds from it, apart from what it builds from the checkout.
    pub(super) fn target(&self) -> &Path {
        &self.target
    }

    /// Takes the guard out for as long as the answer lives.
    pub(super) fn without(&self, mutant: &Mutant) -> Result<Without> {
        let path = self.root.join(mutant.file);
        let whole =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let changed = mutant.apply(&whole)?;
        write(&path, &changed)?;
        Ok(Without { path, whole })
    }
}

impl Mutant {
    /// The text of its file without the guard.
    pub(crate) fn apply(&self, text: &str) -> Result<String> {
        let times = text.matches(self.find).count();
        if times != 1 {
            bail!(
                "the guard `{}` stands {times} times in {}, and should once: bring its entry in xtask/src/mutants/guards up to date",
                self.name,
                self.file
            );
        }
        Ok(text.replacen(self.find, self.replace, 1))
    }
}

/// A file without its guard; dropped, the guard is back.
#[derive(Debug)]
pub(super) struct Without {
    path: PathBuf,
    whole: String,
}

impl Drop for Without {
    fn drop(&mut self) {
        // What cannot be put back here is put back when the copy is taken up again.
        drop(fs::write(&self.path, &self.whole));
    }
}

/// Removes what the checkout does not have, so that nothing is built from it.
fn sweep(root: &Path, relative: &Path, files: &BTreeSet<PathBuf>) -> Result<()> {
    let folder = root.join(relative);
    let entries =
        fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot read {}", folder.display()))?;
        let relative = relative.join(entry.file_name());
        if MADE.iter().any(|made| relative == Path::new(made)) {
            continue;
        }
        let kind = entry.file_type().context("cannot tell a file from a folder")?;
        if kind.is_dir() {
            sweep(root, &relative, files)?;
        } else if !files.contains(&relative) {
            fs::remove_file(entry.path())
                .with_context(|| format!("cannot remove {}", entry.path().display()))?;
        }
    }
    Ok(())
}

/// Copies a file unless it is the same: what is not touched need not be compiled again.
fn renew(from: &Path, to: &Path) -> Result<()> {
    let now = fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
    if fs::read(to).is_ok_and(|before| before == now) {
        return Ok(());
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
    }
    fs::copy(from, to).map(drop).with_context(|| format!("cannot write {}", to.display()))
}

fn link(from: &Path, to: &Path) -> Result<()> {
    let from = from.canonicalize().with_context(|| format!("cannot find {}", from.display()))?;
    if fs::read_link(to).is_ok_and(|known| known == from) {
        return Ok(());
    }
    if to.symlink_metadata().is_ok() {
        fs::remove_file(to).with_context(|| format!("cannot remove {}", to.display()))?;
    }
    std::os::unix::fs::symlink(&from, to).with_context(|| format!("cannot link {}", to.display()))
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use crate::mutants::all;

    use super::*;

    #[test]
    fn a_guard_is_taken_out_where_it_stands_once_and_nowhere_else() {
        let mutant = Mutant { find: "guard", replace: "hole", ..*all().next().unwrap() };

        assert_eq!(mutant.apply("a guard here").unwrap(), "a hole here");
        for text in ["none here", "a guard and a guard"] {
            let words = mutant.apply(text).unwrap_err().to_string();
            assert!(words.contains("and should once"), "{words}");
        }
    }

    #[test]
    fn a_copy_loses_what_the_checkout_lost_and_keeps_what_was_made_in_it() {
        let root = std::env::temp_dir().join(format!("xtask-copy-{}", std::process::id()));
        fs::create_dir_all(root.join("src")).unwrap();
        fs::create_dir_all(root.join("contracts/out")).unwrap();
        for file in ["src/a.rs", "src/b.rs", "contracts/out/A.json"] {
            fs::write(root.join(file), file).unwrap();
        }

        sweep(&root, Path::new(""), &[PathBuf::from("src/a.rs")].into()).unwrap();

        assert!(root.join("src/a.rs").is_file());
        assert!(!root.join("src/b.rs").exists());
        assert!(root.join("contracts/out/A.json").is_file());
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn a_guard_is_back_when_its_absence_is_over() {
        let path = std::env::temp_dir().join(format!("xtask-without-{}", std::process::id()));
        fs::write(&path, "hole").unwrap();

        drop(Without { path: path.clone(), whole: "guard".to_owned() });

        assert_eq!(fs::read_to_string(&path).unwrap(), "guard");
        fs::remove_file(path).unwrap();
    }
}
