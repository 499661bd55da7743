//! What the server tells: its start on stdout for people, everything else as a log on stderr.

use std::io::{self, IsTerminal, Write};

use tracing_subscriber::EnvFilter;

/// Starts the log on stderr. `RUST_LOG` chooses what is in it; without it, everything from `info` on.
pub fn start_log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| {
        EnvFilter::new("info,hyper=warn,hyper_util=warn,reqwest=warn,alloy=warn")
    });
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false)
        .compact();
    // A second log in one process would be a test's; the first one serves.
    drop(log.try_init());
}

/// Writes a line for the person at the terminal. A closed terminal is no reason to stop.
pub fn say(line: &str) {
    let mut out = io::stdout().lock();
    let _written = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Writes a step of the start with its outcome, aligned with the others.
pub fn say_step(name: &str, outcome: &str) {
    say(&format!("  {name:<14}{outcome}"));
}

/// Writes why the program ends to stderr.
pub fn complain(line: &str) {
    let _written = writeln!(io::stderr().lock(), "{line}");
}
