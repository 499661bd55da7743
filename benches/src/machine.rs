//! What the machine says: its load, and the processor time that a process has used.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// More work than this beside ours makes every figure a guess.
const MOST_LOAD: f64 = 0.5;
/// How long a start waits for the machine to come to rest.
const PATIENCE: u32 = 60;

/// Waits until the machine is at rest, and gives up after some minutes.
pub(crate) async fn at_rest() -> Result<()> {
    for _ in 0..PATIENCE {
        if load()? <= MOST_LOAD {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_secs(5)).await;
    }
    bail!(
        "the machine has a load of {:.2}, and figures taken above {MOST_LOAD} say nothing: end what else runs, then try again",
        load()?
    )
}

/// The load of the last minute.
pub(crate) fn load() -> Result<f64> {
    let text = fs::read_to_string("/proc/loadavg").context("read /proc/loadavg")?;
    let first = text.split_whitespace().next().context("/proc/loadavg is empty")?;
    first.parse().context("the load is a number")
}

/// Microseconds that every thread of a process has spent on a processor, by the scheduler's own account. Threads that
/// ended are not counted, so ask only of processes that keep theirs.
pub(crate) fn cpu_micros(process: u32) -> Result<f64> {
    let mut nanos = 0_u64;
    for task in fs::read_dir(format!("/proc/{process}/task")).context("the process is gone")? {
        let path = task?.path().join("schedstat");
        // A thread may end between the listing and the reading.
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let spent = text.split_whitespace().next().context("schedstat is empty")?;
        nanos += spent.parse::<u64>().context("schedstat counts in numbers")?;
    }
    Ok(Duration::from_nanos(nanos).as_secs_f64() * 1e6)
}

/// What the processor is.
pub(crate) fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let named =
        |line: &str| Some(line.strip_prefix("model name")?.split_once(':')?.1.trim().to_owned());
    let name = text.lines().find_map(named).unwrap_or_else(|| "unknown processor".to_owned());
    let count = text.lines().filter(|line| line.starts_with("processor")).count();
    format!("{count} × {name}")
}
