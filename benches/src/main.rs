//! `phase8-bench`: every speed goal beside its peer in one run. `cargo xtask bench` builds it and installs the peers.

mod machine;
mod pairs;
mod relay;
mod report;
mod signatures;

use std::env;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use phase8_tests::Parts;
use serde_json::json;

#[tokio::main]
async fn main() -> Result<()> {
    let parts = Parts::find()?;
    let viem = env::var_os("PHASE8_VIEM").map(PathBuf::from);
    machine::at_rest().await?;

    let mut rows = signatures::rows(viem.as_deref()).await?;
    rows.extend(relay::rows(&parts).await?);

    let table = report::table(&rows);
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}\n{table}", machine::processor())?;
    if let Some(path) = env::var_os("PHASE8_BENCH_JSON").map(PathBuf::from) {
        let text =
            json!({ "processor": machine::processor(), "load": machine::load()?, "rows": rows });
        std::fs::write(&path, serde_json::to_vec_pretty(&text)?)
            .with_context(|| format!("write {}", path.display()))?;
    }
    Ok(())
}
