//! A database server of a test's own, and waiting for what other processes do.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{ChildStdin, Stdio};
use std::time::Duration;

use tokio::time::{Instant, interval};

/// A `PostgreSQL` server that ends with the test.
#[derive(Debug)]
pub(crate) struct Postgres {
    pub(crate) url: String,
    _alive: ChildStdin,
}

impl Postgres {
    #[expect(clippy::zombie_processes, reason = "the script ends by itself when its input does")]
    pub(crate) fn start() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../xtask/private-postgres.sh");
        let mut child = std::process::Command::new("sh")
            .arg(script)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
        assert!(!url.is_empty(), "PostgreSQL did not start; `cargo xtask setup` installs it");
        Self { url: url.trim().to_owned(), _alive: child.stdin.take().unwrap() }
    }
}

/// Waits until something is so, and gives up after a minute.
pub(crate) async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let (begun, mut ticks) = (Instant::now(), interval(Duration::from_millis(50)));
    while !so().await {
        assert!(begun.elapsed() < Duration::from_mins(1), "{what} does not come about");
        ticks.tick().await;
    }
}
