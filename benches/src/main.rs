//! `phase8-bench`: every speed goal beside its peer in one run. `cargo xtask bench` builds it and installs the peers.
//! Goals that are named, such as `R2`, are measured alone, and then no file is written.
//! With `--now` it does not wait until the machine is at rest, and then its figures are for a look only: no file is written.
//! `missions` and `tripwires` are measured like goals: what missions cost in memory and in replays; how much the tripwires on
//! text catch, how often they are wrong, and how fast they read. `playbook` is what an operator waits for.

mod floor;
mod ledger;
mod machine;
mod missions;
mod pairs;
mod playbook;
mod relay;
mod report;
mod signatures;
mod tripwires;

use std::env;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use phase8_shared::time::Timestamp;
use phase8_tests::Parts;
use serde_json::json;

/// Goals that are measured together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    Signatures,
    Relay,
    Ledger,
    Missions,
    Tripwires,
    Playbook,
}

/// Every group, with the goals that it measures.
const GROUPS: [(Group, &[&str]); 6] = [
    // The first, while this process holds nothing else.
    (Group::Missions, &["missions"]),
    (Group::Signatures, &["C1"]),
    (Group::Relay, &["R2"]),
    (Group::Ledger, &["L1", "L2", "L3", "L4"]),
    (Group::Tripwires, &["tripwires"]),
    (Group::Playbook, &["playbook"]),
];

/// The groups of the goals that were named; all of them if none was.
fn groups<'a>(goals: impl Iterator<Item = &'a String> + Clone) -> Result<Vec<Group>> {
    for goal in goals.clone() {
        if !GROUPS.iter().any(|(_, known)| known.contains(&goal.as_str())) {
            let known: Vec<&str> = GROUPS.iter().flat_map(|(_, known)| *known).copied().collect();
            bail!(
                "`{goal}` is nothing that is measured here: {} are, and `--now` measures without waiting",
                known.join(", ")
            );
        }
    }
    let all = goals.clone().next().is_none();
    let is_meant = |known: &[&str]| all || goals.clone().any(|goal| known.contains(&goal.as_str()));
    Ok(GROUPS.iter().filter(|(_, known)| is_meant(known)).map(|(group, _)| *group).collect())
}

#[tokio::main]
async fn main() -> Result<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    if let [floor::WORD, node] = words.iter().map(String::as_str).collect::<Vec<&str>>().as_slice()
    {
        return floor::run(node).await;
    }
    if let [playbook::WORD, export] =
        words.iter().map(String::as_str).collect::<Vec<&str>>().as_slice()
    {
        return playbook::alone(export);
    }
    let at_once = words.iter().any(|word| word == "--now");
    let chosen = groups(words.iter().filter(|word| *word != "--now"))?;
    let parts = Parts::find()?;
    let path = |name| env::var_os(name).map(PathBuf::from);
    if !at_once {
        machine::at_rest().await?;
    }

    let (mut rows, mut apart) = (Vec::new(), String::new());
    for group in &chosen {
        match group {
            Group::Signatures => {
                rows.extend(signatures::rows(path("PHASE8_VIEM").as_deref()).await?);
            }
            Group::Relay => rows.extend(relay::rows(&parts).await?),
            Group::Ledger => rows.extend(ledger::rows().await?),
            Group::Missions => apart = format!("{apart}\n{}", missions::table().await?),
            Group::Tripwires => apart = format!("{apart}\n{}", tripwires::table()?),
            Group::Playbook => apart = format!("{apart}\n{}", playbook::table(&parts).await?),
        }
    }

    let (table, processor) = (report::table(&rows) + &apart, machine::processor());
    writeln!(std::io::stdout().lock(), "{processor}\n{table}")?;
    if at_once || chosen.len() < GROUPS.len() {
        return Ok(());
    }
    if let Some(path) = path("PHASE8_BENCH_JSON") {
        let text = json!({ "processor": processor, "load": machine::load()?, "rows": rows });
        std::fs::write(&path, serde_json::to_vec_pretty(&text)?)
            .with_context(|| format!("write {}", path.display()))?;
    }
    if let Some(path) = path("PHASE8_BENCH_DOC") {
        let commit = env::var("PHASE8_BENCH_COMMIT").unwrap_or_else(|_| "unknown".to_owned());
        let last = format!("Last run: commit `{commit}`, {processor}, {}.", today()?);
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
        let text = report::with_figures(&text, &format!("{last}\n\n{table}"))
            .with_context(|| format!("{} has no place for figures", path.display()))?;
        std::fs::write(&path, text).with_context(|| format!("write {}", path.display()))?;
    }
    Ok(())
}

/// The day by the wall clock.
#[expect(clippy::disallowed_methods, reason = "figures are dated by the wall clock")]
fn today() -> Result<String> {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    let now = Timestamp::from_millis(since.as_millis().try_into()?).to_string();
    Ok(now.split('T').next().unwrap_or_default().to_owned())
}
