//! What the machine says: its load, and the processor time that a process has used.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::time::ClockId;
use nix::unistd::Pid;

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

/// Microseconds that a process has spent on processors, with every thread that it ever had, by the scheduler's account.
pub(crate) fn cpu_micros(process: u32) -> Result<f64> {
    let clock = ClockId::pid_cpu_clock_id(Pid::from_raw(process.try_into()?))
        .context("the process has no clock: it is gone")?;
    Ok(Duration::from(clock.now()?).as_secs_f64() * 1e6)
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
