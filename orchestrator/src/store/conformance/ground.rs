//! `PostgreSQL` for tests: the server that `PHASE8_POSTGRES` names, or else a private one that ends with this process;
//! each test has a database of its own on it.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio_postgres::{Client, NoTls};

use crate::store::{PostgresStore, WorkerId};

/// The address of a server, and what keeps it alive: it ends when this closes, which it does with the process.
static SERVER: OnceLock<(String, Option<ChildStdin>)> = OnceLock::new();

/// A database of one's own.
#[derive(Debug)]
pub(super) struct Database {
    name: String,
    url: String,
}

impl Database {
    /// An empty one.
    pub(super) async fn create() -> Self {
        let (server, _) = SERVER.get_or_init(server);
        // The machine's chance, as workers have theirs, keeps tests that share a server apart.
        let name = format!("phase8_test_{}", WorkerId::draw().unwrap());
        run(&connect(server).await, &format!("CREATE DATABASE {name}")).await;
        let (address, query) = server.split_once('?').unwrap_or((server, ""));
        let (address, _) = address.rsplit_once('/').unwrap();
        Self { url: format!("{address}/{name}?{query}"), name }
    }

    /// Another one with the same in it. Nobody may be connected to this one.
    pub(super) async fn copy(&self) -> Self {
        let (server, _) = SERVER.get_or_init(server);
        let name = format!("phase8_test_{}", WorkerId::draw().unwrap());
        let client = connect(server).await;
        // A connection that was closed a moment ago may still be on its way out.
        let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1";
        while client.query_one(sql, &[&self.name]).await.unwrap().get::<_, i64>(0) > 0 {
            tokio::task::yield_now().await;
        }
        run(&client, &format!("CREATE DATABASE {name} TEMPLATE {}", self.name)).await;
        Self { url: self.url.replace(&self.name, &name), name }
    }

    /// Its address.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Its name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// A store in it.
    pub(super) async fn open(&self) -> Arc<PostgresStore> {
        PostgresStore::open(&self.url).await.unwrap()
    }

    /// A connection beside those of stores.
    pub(super) async fn client(&self) -> Client {
        connect(&self.url).await
    }

    /// Lets its leases grow older.
    pub(super) async fn pass(&self, time: Duration) {
        let micros = time.as_micros();
        let sql = format!(
            "UPDATE phase8.heads SET lease_until = lease_until - {micros} * interval '1 microsecond'"
        );
        run(&self.client().await, &sql).await;
    }

    /// Removes it. A test that fails leaves it to the end of the server.
    pub(super) async fn end(&self) {
        let (server, _) = SERVER.get_or_init(server);
        run(&connect(server).await, &format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
    }
}

/// Runs a statement on such a connection.
pub(super) async fn run(client: &Client, sql: &str) {
    client.batch_execute(sql).await.unwrap();
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

#[expect(clippy::zombie_processes, reason = "the script ends by itself when its input does")]
fn server() -> (String, Option<ChildStdin>) {
    if let Ok(url) = std::env::var("PHASE8_POSTGRES") {
        return (url, None);
    }
    let mut script = Command::new("sh")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../xtask/private-postgres.sh"))
        // Who stops the tests stops their group; the script outlives that for as long as it needs to tidy up.
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut url = String::new();
    BufReader::new(script.stdout.take().unwrap()).read_line(&mut url).unwrap();
    if url.is_empty() {
        let mut words = String::new();
        script.stderr.take().unwrap().read_to_string(&mut words).unwrap();
        panic!("{words}");
    }
    (url.trim().to_owned(), script.stdin.take())
}
