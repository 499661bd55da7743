//! docs/OPERATOR.md, carried out: each of its commands as it stands there, in its order, by a shell in an operator's folder.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use phase8_shared::id::MissionId;
use phase8_tests::{Chain, MissionControl, Parts};
use tempfile::TempDir;
use tokio::process::Command;

/// Hours of the job in a minute.
const SCALE: u32 = 960;
/// The owner of the development chain. Everybody knows this key.
const OWNER_KEY: &str = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const LAUNCHES: &str = "<!-- the operator launches and the agents begin -->";

/// What the document asks for.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// Somebody does something in the page.
    Launch,
    /// A block of commands, and how it ends.
    Run { commands: String, code: i32 },
}

/// Steps in the document's order: blocks that open with ```` ```sh ````, where `exit=N` says how they end if not with 0.
fn steps(document: &str) -> Result<Vec<Step>> {
    let mut steps = Vec::new();
    let mut lines = document.lines();
    while let Some(line) = lines.next() {
        if line == LAUNCHES {
            steps.push(Step::Launch);
        } else if let Some(rest) = line.strip_prefix("```") {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            let Some(rest) = rest.strip_prefix("sh") else { continue };
            let code = match rest.trim().strip_prefix("exit=") {
                Some(code) => code.parse().with_context(|| format!("`{line}`"))?,
                None => 0,
            };
            steps.push(Step::Run { commands: block.join("\n"), code });
        }
    }
    Ok(steps)
}

/// An operator's folder, with the program on the path.
struct Folder {
    place: TempDir,
    environment: Vec<(String, String)>,
}

impl Folder {
    fn make(parts: &Parts, control: &MissionControl, mission: MissionId) -> Result<Self> {
        let place = tempfile::tempdir()?;
        let at = |name: &str| place.path().join(name);
        fs::create_dir(at("bin"))?;
        symlink(&parts.phase8, at("bin/phase8"))?;
        symlink(control.data(), at(".phase8"))?;
        copy(&parts.root.join("configs"), &at("configs"))?;
        fs::write(at("owner.key"), OWNER_KEY)?;
        fs::set_permissions(at("owner.key"), fs::Permissions::from_mode(0o600))?;
        let port = control.url.trim_end_matches('/').rsplit(':').next().context("a port")?;
        let path = format!("{}:/usr/bin:/bin", at("bin").display());
        let environment = [
            ("PATH", path.as_str()),
            ("MISSION", &mission.to_string()),
            ("NO_COLOR", "1"),
            ("PHASE8__HTTP__PORT", port),
            ("PHASE8__HTTP__DIST", &parts.dist.display().to_string()),
            ("PHASE8__CHAIN__ANVIL", &parts.anvil.display().to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
        Ok(Self { place, environment })
    }

    async fn run(&self, commands: &str, code: i32) -> Result<()> {
        let output = Command::new("bash")
            .args(["-euo", "pipefail", "-c", commands])
            .current_dir(self.place.path())
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .kill_on_drop(true)
            .output()
            .await?;
        let said = [output.stdout, output.stderr].concat();
        ensure!(
            output.status.code() == Some(code),
            "{commands}\nended with {}, not {code}:\n{}",
            output.status,
            String::from_utf8_lossy(&said)
        );
        Ok(())
    }

    fn has(&self, name: &str) -> Result<()> {
        let length = fs::metadata(self.place.path().join(name)).map(|it| it.len());
        ensure!(length.is_ok_and(|length| length > 0), "{name} was not written");
        Ok(())
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn every_command_of_the_operators_playbook_does_what_it_says() -> Result<()> {
    let parts = Parts::find()?;
    let control = MissionControl::start(&parts).await?;
    let chain = control.chain().await?;
    let mission = MissionId::from_bytes([0x0b; 16]);
    let folder = Folder::make(&parts, &control, mission)?;
    let document = fs::read_to_string(parts.root.join("docs/OPERATOR.md"))?;
    let steps = steps(&document)?;
    let commands = steps.iter().filter(|step| matches!(step, Step::Run { .. })).count();
    ensure!(commands > 10 && steps.contains(&Step::Launch), "{steps:?}");

    // Validators sign in the page whenever they are asked, from the launch on.
    let people = |chain: Chain| {
        let control = &control;
        async move {
            control.launch_usual(&parts, &chain, mission, SCALE).await?;
            control.fund(&chain, mission).await?;
            control.see_through(&chain, mission, Duration::from_mins(4)).await
        }
    };
    let (before, after) =
        steps.split_at(steps.iter().position(|step| *step == Step::Launch).context("the launch")?);
    for step in before {
        carry_out(&folder, step).await?;
    }
    let rest = async {
        for step in after {
            carry_out(&folder, step).await?;
        }
        Ok(())
    };
    tokio::try_join!(people(chain), rest)?;

    for file in [
        "output/phase8-governance-calldata.json",
        "output/phase8-safe-transaction-batch.json",
        "output/phase8-bootstrap-history.jsonl",
        "output/phase8-autonomy-simulation.json",
        "output/phase8-mission-timeline.md",
        "output/phase8-owner-command-center.md",
        "output/model-adapters.scored.json",
        &format!("storage/phase8/{mission}.json"),
        &format!("storage/phase8/{mission}.car"),
    ] {
        folder.has(file)?;
    }
    ensure!(!folder.place.path().join("wrong").exists(), "a refused manifest writes nothing");
    Ok(())
}

async fn carry_out(folder: &Folder, step: &Step) -> Result<()> {
    match step {
        Step::Launch => Ok(()),
        Step::Run { commands, code } => folder.run(commands, *code).await,
    }
}
