//! Where the parts are. `cargo xtask test` names them in the environment; the defaults find them after `cargo xtask build`.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// Paths of the real parts.
#[derive(Debug, Clone)]
pub struct Parts {
    /// The program `phase8`.
    pub phase8: PathBuf,
    /// anvil.
    pub anvil: PathBuf,
    /// The built page.
    pub dist: PathBuf,
    /// Chromium.
    pub chromium: PathBuf,
    /// The checkout.
    pub root: PathBuf,
}

impl Parts {
    /// Finds every part, or says which one is missing and what makes it.
    pub fn find() -> Result<Self> {
        // Built together with the server, the HTTP client asks for a TLS provider even for plain HTTP. A test that runs
        // beside another in one process finds it there already.
        rustls::crypto::ring::default_provider().install_default().ok();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("the tests crate stands in a workspace")?;
        let beside_tests = env::current_exe()?
            .ancestors()
            .nth(2)
            .context("a test runs in target/<profile>/deps")?
            .join("phase8");
        let anvil = root.join("contracts/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil");
        let parts = Self {
            phase8: from_env("PHASE8_BIN", beside_tests),
            anvil: from_env("PHASE8_ANVIL", anvil),
            dist: from_env("PHASE8_DIST", root.join("dist")),
            chromium: from_env("PHASE8_CHROMIUM", PathBuf::from("/usr/bin/chromium")),
            root: root.to_owned(),
        };
        for part in [&parts.phase8, &parts.anvil, &parts.dist, &parts.chromium] {
            ensure!(part.exists(), "{} is missing: run `cargo xtask build` first", part.display());
        }
        Ok(parts)
    }

    /// A file of `configs/`, as text.
    pub fn config(&self, name: &str) -> Result<String> {
        let path = self.root.join("configs").join(name);
        std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))
    }

    /// What `phase8 COMMAND FILE --json` prints, if it ends with this code.
    pub async fn printed(&self, command: &str, file: &Path, code: i32) -> Result<Value> {
        let output = tokio::process::Command::new(&self.phase8)
            .current_dir(&self.root)
            .arg(command)
            .arg(file)
            .arg("--json")
            .output()
            .await?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.code() == Some(code), "{:?}: {said}", output.status);
        serde_json::from_slice(&output.stdout).with_context(|| said.into_owned())
    }

    /// Where screenshots and logs of this run are kept.
    pub fn artifacts(&self) -> Result<PathBuf> {
        let folder = from_env("PHASE8_ARTIFACTS", self.root.join("tests/artifacts"));
        std::fs::create_dir_all(&folder)?;
        Ok(folder)
    }
}

fn from_env(name: &str, default: PathBuf) -> PathBuf {
    env::var_os(name).map_or(default, PathBuf::from)
}
