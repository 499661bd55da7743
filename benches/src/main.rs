//! `phase8-bench`: every speed goal beside its peer in one run. `cargo xtask bench` builds it and installs the peers.
//! With `--now` it does not wait until the machine is at rest, and then its figures are for a look only: no file is written.
//! `phase8-bench tripwires` tells how much the tripwires on text catch, how often they are wrong, and how fast they read.
//! `phase8-bench missions` tells what missions cost in memory and in replays.

mod ledger;
mod machine;
mod missions;
mod pairs;
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

#[tokio::main]
async fn main() -> Result<()> {
    let at_once = match env::args().skip(1).collect::<Vec<String>>().as_slice() {
        [] => false,
        [word] if word == "--now" => true,
        [word] if word == "tripwires" => {
            writeln!(
                std::io::stdout().lock(),
                "{}\n{}",
                machine::processor(),
                tripwires::table()?
            )?;
            return Ok(());
        }
        [word] if word == "missions" => return missions::run().await,
        words => bail!(
            "`{}` is not known: --now measures without waiting, tripwires measures what they catch, missions what they cost",
            words.join(" ")
        ),
    };
    let parts = Parts::find()?;
    let path = |name| env::var_os(name).map(PathBuf::from);
    if !at_once {
        machine::at_rest().await?;
    }

    let mut rows = signatures::rows(path("PHASE8_VIEM").as_deref()).await?;
    rows.extend(relay::rows(&parts).await?);
    rows.extend(ledger::rows().await?);

    let (table, processor) = (report::table(&rows), machine::processor());
    writeln!(std::io::stdout().lock(), "{processor}\n{table}")?;
    if at_once {
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
