//! `phase8 bootstrap` as a program, on a real chain with the real contracts.

mod dry_run;
mod plans;
mod refused;
mod sent;

use std::path::{Path, PathBuf};
use std::process::Output;

use phase8_shared::chain::Deployment;
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

use crate::support::World;

/// The manifest that is shipped, made for another set of contracts.
pub(crate) fn manifest(change: impl FnOnce(&mut Value)) -> Value {
    let mut manifest: Value =
        serde_json::from_str(&shipped("universal.value.manifest.json")).unwrap();
    change(&mut manifest);
    manifest
}

/// Makes it about a deployment.
pub(crate) fn about(manifest: &mut Value, deployment: &Deployment) {
    let contracts = &deployment.contracts;
    let global = &mut manifest["global"];
    global["guardianCouncil"] = contracts.guardian_council.to_string().into();
    global["systemPause"] = contracts.system_pause.to_string().into();
    global["phase8Manager"] = contracts.manager.to_string().into();
}

fn shipped(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../configs").join(name);
    std::fs::read_to_string(path).unwrap()
}

/// A folder in which an operator works.
pub(crate) struct Desk {
    pub(crate) folder: TempDir,
    environment: Vec<(&'static str, String)>,
}

/// What a command said.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self}"))
    }

    /// Labels of the calls, with their slugs.
    pub(crate) fn calls(&self) -> Vec<String> {
        let plan = self.json();
        let groups = plan["groups"].as_array().unwrap().iter();
        let calls = groups.flat_map(|group| group["calls"].as_array().unwrap());
        calls
            .map(|call| {
                let slug = call["slug"].as_str().unwrap_or_default();
                format!("{} {slug}", call["label"].as_str().unwrap()).trim().to_owned()
            })
            .collect()
    }
}

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit code {}\n{}\n{}", self.code, self.out, self.err)
    }
}

impl Desk {
    /// A folder with the shipped configuration, at no chain.
    pub(crate) fn alone() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let configs = folder.path().join("configs");
        std::fs::create_dir(&configs).unwrap();
        for name in ["governance-policies.json", "model-adapters.json"] {
            std::fs::write(configs.join(name), shipped(name)).unwrap();
        }
        let desk = Self { folder, environment: Vec::new() };
        desk.put(&manifest(|_| {}));
        desk
    }

    /// The same with the chain of a world in `.env`, and a manifest for it.
    pub(crate) fn at(world: &World) -> Self {
        let desk = Self::alone();
        let data = desk.folder.path().join(".phase8");
        std::fs::create_dir(&data).unwrap();
        let deployment = serde_json::to_string(&world.deployment).unwrap();
        std::fs::write(data.join("deployment.json"), deployment).unwrap();
        let lines = format!("RPC_URL={}\nPHASE8_CHAIN_ID=31337\n", world.devnet.url());
        std::fs::write(desk.folder.path().join(".env"), lines).unwrap();
        desk.put(&manifest(|manifest| about(manifest, &world.deployment)));
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The manifest from now on.
    pub(crate) fn put(&self, manifest: &Value) {
        let text = serde_json::to_string_pretty(manifest).unwrap();
        std::fs::write(self.path("configs/universal.value.manifest.json"), text).unwrap();
    }

    /// A variable of the environment from now on.
    pub(crate) fn set(&mut self, name: &'static str, value: impl ToString) {
        self.environment.push((name, value.to_string()));
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_phase8"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("NO_COLOR", "1")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(std::process::Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// Runs a command to its end.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Said {
        let Output { status, stdout, stderr } = self.command(arguments).output().await.unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Said { code: status.code().unwrap_or(-1), out: text(stdout), err: text(stderr) }
    }

    /// Names in the folder of documents.
    pub(crate) fn documents(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.path("output")) else { return Vec::new() };
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The lines of the history.
    pub(crate) fn history(&self) -> Vec<Value> {
        let path = self.path("output/phase8-bootstrap-history.jsonl");
        let text = std::fs::read_to_string(path).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    pub(crate) fn document(&self, name: &str) -> String {
        std::fs::read_to_string(self.path("output").join(name)).unwrap()
    }
}
