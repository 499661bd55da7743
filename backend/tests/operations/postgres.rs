//! A `PostgreSQL` server of one's own, with a user who needs a password.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{ChildStdin, Command, Stdio};

/// The server. It ends when this is dropped.
pub(crate) struct Postgres {
    url: String,
    host: String,
    _alive: ChildStdin,
}

impl Postgres {
    #[expect(clippy::zombie_processes, reason = "the script ends by itself when its input does")]
    pub(crate) fn start() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../xtask/private-postgres.sh");
        let mut child = Command::new("sh")
            .arg(script)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
        assert!(!url.is_empty(), "PostgreSQL did not start; `cargo xtask setup` installs it");
        let url = url.trim().to_owned();
        let host = url.rsplit_once("host=").unwrap().1.to_owned();
        Self { url, host, _alive: child.stdin.take().unwrap() }
    }

    /// Its address for a user with this password.
    pub(crate) fn url_of(&self, user: &str, password: &str) -> String {
        let folder = self.host.replace('/', "%2F");
        format!("postgres://{user}:{password}@{folder}/postgres")
    }

    /// Makes a user who has to give a password.
    pub(crate) fn add_user(&self, user: &str, password: &str) {
        self.run(&format!("CREATE ROLE {user} LOGIN PASSWORD '{password}'"));
        self.run(&format!("GRANT CREATE ON DATABASE postgres TO {user}"));
        let file = self.run("SHOW hba_file");
        let rules = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, format!("local all {user} scram-sha-256\n{rules}")).unwrap();
        self.run("SELECT pg_reload_conf()");
    }

    fn run(&self, sql: &str) -> String {
        let output = Command::new("psql").args([&self.url, "-qtAc", sql]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}
