//! Where things are: the checkout, and the cache outside of it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;

/// The folders that the build scripts read and write.
#[derive(Debug, Clone)]
pub(crate) struct Workspace {
    root: PathBuf,
    cache: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// Finds the checkout this program was compiled from and the user's cache.
    pub(crate) fn locate() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("xtask must lie one folder below the root of the checkout")?
            .to_path_buf();
        let cache = user_cache()
            .context("neither XDG_CACHE_HOME nor HOME is set, so there is no place for tools")?
            .join("phase8");
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(chosen) if !chosen.is_empty() => root.join(chosen),
            _ => cache.join("target"),
        };
        Ok(Self { root, cache, target })
    }

    /// The root of the checkout.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A path inside the checkout.
    pub(crate) fn at(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// The files of the checkout from its root: those that git keeps, and new ones that it does not ignore.
    pub(crate) fn files(&self) -> Result<Vec<String>> {
        let mut git = Command::new("git");
        git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(&self.root);
        let listed = process::output(&mut git).context("git must say which files there are")?;
        let is_there = |path: &&str| !path.is_empty() && self.root.join(path).is_file();
        Ok(listed.split('\0').filter(is_there).map(str::to_owned).collect())
    }

    /// Where installed tools live, one folder for each tool and version.
    pub(crate) fn tools(&self) -> PathBuf {
        self.cache.join("tools")
    }

    /// Where cargo puts what it builds.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// Logs, stamps and half-made pages: on the same disk as the checkout, ignored by git.
    pub(crate) fn scratch(&self) -> PathBuf {
        self.root.join("target").join("xtask")
    }

    /// The log file of one step.
    pub(crate) fn log(&self, step: &str) -> PathBuf {
        self.scratch().join("logs").join(format!("{step}.log"))
    }
}

fn user_cache() -> Option<PathBuf> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")))
}
