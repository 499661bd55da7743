//! What the server tells: its start on stdout for people, everything else as a log on stderr, and measurements to whoever
//! asks for them.

pub mod log;
pub mod metrics;

use std::io::{self, Write};

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
