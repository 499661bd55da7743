//! A bounded pool of connections. One is given back only after everything on it went as it should; every other is
//! closed, and the server rolls back what it left open.

use std::error::Error as _;
use std::fmt;
use std::future::Future;
use std::io::ErrorKind;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
use tokio_postgres::error::{DbError, Severity, SqlState};
use tokio_postgres::tls::NoTlsStream;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Config, Connection, NoTls, Row, Socket};

use super::StorageError;

/// Connections at once, at most; the one that listens comes on top.
const SIZE: u32 = 8;

/// Longest wait for a free connection, and for a new one.
const PATIENCE: Duration = Duration::from_secs(10);

/// Longest wait for an answer. The server gives up before (see [`SETTINGS`]), so only a dead line lasts that long.
const ANSWER: Duration = Duration::from_secs(30);

/// An append is durable when it is answered, and nobody waits for ever: neither for a statement or a lock, nor for a
/// process that froze or vanished in mid-transaction.
const SETTINGS: &str = "
    SET synchronous_commit = on;
    SET default_transaction_isolation = 'read committed';
    SET statement_timeout = '20s';
    SET lock_timeout = '15s';
    SET idle_in_transaction_session_timeout = '10s';
    SET TimeZone = 'UTC'";

/// A parameter with its type: statements go out without a round trip for preparing them.
pub(super) type Param<'a> = (&'a (dyn ToSql + Sync), Type);

/// Connections to one database.
pub(super) struct Pool {
    config: Config,
    target: String,
    idle: Mutex<Vec<Client>>,
    turns: Semaphore,
}

/// A connection taken from the pool.
pub(super) struct Taken<'a> {
    client: Client,
    pool: &'a Pool,
    _turn: SemaphorePermit<'a>,
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("target", &self.target).finish_non_exhaustive()
    }
}

impl fmt::Debug for Taken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Taken").field("pool", &self.pool).finish_non_exhaustive()
    }
}

impl Taken<'_> {
    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Keeps the connection for the next one; nothing is open on it.
    pub(super) fn give_back(self) {
        self.pool.idle().push(self.client);
    }
}

impl Pool {
    /// A pool for the database at this address; it connects when it is asked to.
    pub(super) fn new(url: &str) -> Result<Self, StorageError> {
        let mut config: Config =
            url.parse().map_err(|error: tokio_postgres::Error| StorageError::Address {
                reason: error.source().map_or_else(|| error.to_string(), ToString::to_string),
            })?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(StorageError::Address { reason: "it names no host".to_owned() });
        }
        if config.get_ssl_mode() == SslMode::Require {
            let reason = "it asks for TLS, which this program does not speak to databases: reach the server over \
                          loopback, a private network or a tunnel, and leave sslmode out";
            return Err(StorageError::Address { reason: reason.to_owned() });
        }
        config
            .application_name("phase8")
            .connect_timeout(PATIENCE)
            .tcp_user_timeout(ANSWER)
            .keepalives_idle(Duration::from_secs(30))
            // A replica lags behind; what is read there is not what is.
            .target_session_attrs(TargetSessionAttrs::ReadWrite);
        let target = target(&config);
        let turns = Semaphore::new(SIZE as usize);
        Ok(Self { config, target, idle: Mutex::default(), turns })
    }

    /// The database as people may see it: without the password.
    pub(super) fn target(&self) -> &str {
        &self.target
    }

    /// A connection, as soon as there is one.
    pub(super) async fn take(&self) -> Result<Taken<'_>, StorageError> {
        let turn = tokio::time::timeout(PATIENCE, self.turns.acquire())
            .await
            .map_err(|_| StorageError::Busy("every connection to it is at work".into()))?
            .map_err(|_| StorageError::Closed)?;
        while let Some(client) = self.pooled() {
            if !client.is_closed() {
                return Ok(Taken { client, pool: self, _turn: turn });
            }
        }
        let (client, connection) = self.connect().await?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                let error: &dyn std::error::Error = &error;
                tracing::debug!(error, "a connection to the database ended");
            }
        });
        self.answered(client.batch_execute(SETTINGS)).await?;
        Ok(Taken { client, pool: self, _turn: turn })
    }

    /// A connection beside the pool; whoever asks for it drives it.
    pub(super) async fn connect(
        &self,
    ) -> Result<(Client, Connection<Socket, NoTlsStream>), StorageError> {
        let connecting = tokio::time::timeout(PATIENCE, self.config.connect(NoTls));
        match connecting.await {
            // A server that only reads is there, and yet it is not the one to talk to.
            Ok(Err(error)) if io_kind(&error) == Some(ErrorKind::PermissionDenied) => {
                Err(self.refused(Box::new(error)))
            }
            Ok(connected) => connected.map_err(|error| match self.error(error) {
                // Neither is one with which there is no agreement on how to talk.
                StorageError::Driver(source) => self.refused(source),
                error @ (StorageError::Unreachable { .. }
                | StorageError::Refused { .. }
                | StorageError::Address { .. }
                | StorageError::Busy(_)
                | StorageError::Inconsistent { .. }
                | StorageError::RowsAffected { .. }
                | StorageError::TooNew { .. }
                | StorageError::InUse(_)
                | StorageError::Closed) => error,
            }),
            Err(elapsed) => Err(self.unreachable(Box::new(elapsed))),
        }
    }

    /// Runs one statement that answers with rows.
    pub(super) async fn query(
        &self,
        sql: &str,
        params: &[Param<'_>],
    ) -> Result<Vec<Row>, StorageError> {
        let taken = self.take().await?;
        let rows = self.answered(taken.client().query_typed(sql, params)).await?;
        taken.give_back();
        Ok(rows)
    }

    /// Runs one statement that changes something, and answers with the number of rows.
    pub(super) async fn execute(
        &self,
        sql: &str,
        params: &[Param<'_>],
    ) -> Result<u64, StorageError> {
        let taken = self.take().await?;
        let changed = self.answered(taken.client().execute_typed(sql, params)).await?;
        taken.give_back();
        Ok(changed)
    }

    /// Waits for an answer, but not for ever.
    pub(super) async fn answered<T>(
        &self,
        answer: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, StorageError> {
        match tokio::time::timeout(ANSWER, answer).await {
            Ok(answer) => answer.map_err(|error| self.error(error)),
            Err(elapsed) => Err(self.unreachable(Box::new(elapsed))),
        }
    }

    /// Waits for the answer to a commit. `Err(Err(_))`: nobody knows whether it happened. Only an error that the server
    /// answers with and lives on says that it did not.
    pub(super) async fn committed(
        &self,
        answer: impl Future<Output = Result<(), tokio_postgres::Error>>,
    ) -> Result<(), Commit> {
        match tokio::time::timeout(ANSWER, answer).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) if error.as_db_error().is_some_and(is_mere_error) => {
                Err(Commit::Refused(self.error(error)))
            }
            Ok(Err(error)) => Err(Commit::Unknown(self.error(error))),
            Err(elapsed) => Err(Commit::Unknown(self.unreachable(Box::new(elapsed)))),
        }
    }

    /// Waits until everything taken is back, and lends nothing more.
    pub(super) async fn close(&self) {
        let all = tokio::time::timeout(ANSWER, self.turns.acquire_many(SIZE)).await;
        self.turns.close();
        drop(all);
        self.idle().clear();
    }

    /// What an error of the driver means.
    pub(super) fn error(&self, error: tokio_postgres::Error) -> StorageError {
        match error.as_db_error() {
            Some(answer) if is_ending(answer.code()) => self.unreachable(Box::new(error)),
            Some(answer) if is_passing(answer.code()) => StorageError::Busy(Box::new(error)),
            Some(answer) if is_refusal(answer.code()) => self.refused(Box::new(error)),
            None if io_kind(&error).is_some() || error.is_closed() => {
                self.unreachable(Box::new(error))
            }
            Some(_) | None => StorageError::Driver(Box::new(error)),
        }
    }

    fn unreachable(&self, source: Box<dyn std::error::Error + Send + Sync>) -> StorageError {
        StorageError::Unreachable { target: self.target.clone(), source }
    }

    fn refused(&self, source: Box<dyn std::error::Error + Send + Sync>) -> StorageError {
        StorageError::Refused { target: self.target.clone(), source }
    }

    fn pooled(&self) -> Option<Client> {
        self.idle().pop()
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Client>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What became of a commit that was not answered with yes.
#[derive(Debug)]
pub(super) enum Commit {
    /// It did not happen.
    Refused(StorageError),
    /// It happened, or will, or will not.
    Unknown(StorageError),
}

/// Whether the server lives on after it: then nothing was committed.
fn is_mere_error(answer: &DbError) -> bool {
    answer.parsed_severity() == Some(Severity::Error)
}

/// The connection or the server comes to its end.
fn is_ending(code: &SqlState) -> bool {
    code.code().starts_with("08")
        || [
            SqlState::ADMIN_SHUTDOWN,
            SqlState::CRASH_SHUTDOWN,
            SqlState::CANNOT_CONNECT_NOW,
            SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
        ]
        .contains(code)
}

/// It may work later: out of memory, space or connections, waited too long, or two who waited for each other.
fn is_passing(code: &SqlState) -> bool {
    code.code().starts_with("53")
        || [
            SqlState::LOCK_NOT_AVAILABLE,
            SqlState::QUERY_CANCELED,
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::T_R_SERIALIZATION_FAILURE,
        ]
        .contains(code)
}

/// The server wants somebody else, another password or another database.
fn is_refusal(code: &SqlState) -> bool {
    ["28", "3D", "42501"].iter().any(|class| code.code().starts_with(class))
}

/// The error of the line that an error of the driver comes from, if it does.
fn io_kind(error: &tokio_postgres::Error) -> Option<ErrorKind> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            return Some(error.kind());
        }
        cause = error.source();
    }
    None
}

fn target(config: &Config) -> String {
    let ports = config.get_ports();
    let hosts: Vec<String> = config
        .get_hosts()
        .iter()
        .enumerate()
        .map(|(index, host)| {
            let port = ports.get(index).or(ports.first()).unwrap_or(&5432);
            match host {
                Host::Tcp(name) => format!("{name}:{port}"),
                Host::Unix(folder) => format!("{} (port {port})", folder.display()),
            }
        })
        .collect();
    let user = config.get_user().unwrap_or("the system's user");
    let name = config.get_dbname().unwrap_or(user);
    format!("{name} at {} as {user}", hosts.join(", "))
}
