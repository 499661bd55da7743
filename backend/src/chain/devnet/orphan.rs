//! Ends an anvil that a killed run left behind. It is known by a file with its process id and by its command line.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use tokio::time::sleep;
use tracing::info;

use super::beside;

/// Writes down which process runs on this state.
pub(super) fn remember(state: &Path, pid: Option<u32>) {
    if let Some(pid) = pid {
        // Without the file nothing breaks but the tidying up after a kill.
        drop(fs::write(beside(state, ".pid"), pid.to_string()));
    }
}

/// The process has ended.
pub(super) fn forget(state: &Path) {
    drop(fs::remove_file(beside(state, ".pid")));
}

/// Ends what an earlier run left, and waits until it has written its chain down.
pub(super) async fn end(state: &Path) {
    let Some(pid) = left_behind(state) else { return };
    info!(
        pid = pid.as_raw_nonzero().get(),
        "ending the development chain that an earlier run left behind"
    );
    for (signal, tenths) in [(Signal::TERM, 100), (Signal::KILL, 20)] {
        if kill_process(pid, signal).is_err() {
            break;
        }
        for _ in 0..tenths {
            if test_kill_process(pid).is_err() {
                return;
            }
            sleep(Duration::from_millis(100)).await;
        }
    }
}

fn left_behind(state: &Path) -> Option<Pid> {
    let text = fs::read_to_string(beside(state, ".pid")).ok()?;
    let pid = Pid::from_raw(text.trim().parse().ok()?)?;
    // Process ids are used again: only an anvil on this very state is ours.
    let command = command_line(pid)?;
    (command.contains("--state") && command.contains(&*state.to_string_lossy())).then_some(pid)
}

fn command_line(pid: Pid) -> Option<String> {
    let pid = pid.as_raw_nonzero();
    if let Ok(words) = fs::read(format!("/proc/{pid}/cmdline")) {
        return Some(String::from_utf8_lossy(&words).replace('\0', " "));
    }
    let answer = std::process::Command::new("ps")
        .args(["-o", "command=", "-p"])
        .arg(pid.to_string())
        .output()
        .ok()?;
    Some(String::from_utf8_lossy(&answer.stdout).into_owned())
}
