//! `relay.db`: what this server promised to send, and how far it has read the chain.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

/// The tables. `raw` is stored before anything is sent, so that a crash can only ever lead to sending the same bytes.
const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS relayed_transactions (
    hash        BLOB PRIMARY KEY,
    instance    BLOB NOT NULL,
    sender      BLOB NOT NULL,
    nonce       INTEGER NOT NULL,
    target      BLOB NOT NULL,
    call        TEXT NOT NULL,
    raw         BLOB NOT NULL,
    intent      TEXT,
    state       TEXT NOT NULL CHECK (state IN ('stored', 'sent', 'included', 'reverted', 'replaced', 'refused')),
    block       INTEGER,
    block_hash  BLOB,
    reason      TEXT,
    accepted_at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS relayed_by_sender ON relayed_transactions (instance, sender, nonce);
CREATE INDEX IF NOT EXISTS relayed_by_intent ON relayed_transactions (instance, intent) WHERE intent IS NOT NULL;
CREATE UNIQUE INDEX IF NOT EXISTS one_open_transaction_per_intent
    ON relayed_transactions (instance, intent) WHERE intent IS NOT NULL AND state IN ('stored', 'sent');
CREATE UNIQUE INDEX IF NOT EXISTS one_open_transaction_per_own_nonce
    ON relayed_transactions (instance, sender, nonce) WHERE intent IS NOT NULL AND state IN ('stored', 'sent');

CREATE TABLE IF NOT EXISTS blocks_read (
    scope  TEXT NOT NULL,
    number INTEGER NOT NULL,
    hash   BLOB NOT NULL,
    PRIMARY KEY (scope, number)
) STRICT, WITHOUT ROWID;
";

/// The database. Clones share it.
#[derive(Clone)]
pub struct RelayDb {
    connection: Arc<Mutex<Connection>>,
}

/// The database did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// `SQLite` says no.
    #[error("the relay's database cannot be used")]
    Driver(#[from] rusqlite::Error),
    /// A stored value is not what was written.
    #[error("the relay's database holds a {column} in {table} that cannot be read")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// The task that used the database was cut off.
    #[error("the relay's database was asked while the server stops")]
    Interrupted,
}

impl RelayDb {
    /// Opens or creates it.
    pub fn open(path: &Path) -> Result<Self, StorageError> {
        Self::with(Connection::open(path)?)
    }

    /// One that is gone with the process.
    pub fn in_memory() -> Result<Self, StorageError> {
        Self::with(Connection::open_in_memory()?)
    }

    fn with(connection: Connection) -> Result<Self, StorageError> {
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // A promise to send must survive a power cut.
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)) })
    }

    /// Runs statements in one transaction, away from the async workers.
    pub async fn transact<T, F>(&self, statements: F) -> Result<T, StorageError>
    where
        T: Send + 'static,
        F: FnOnce(&rusqlite::Transaction<'_>) -> Result<T, StorageError> + Send + 'static,
    {
        let connection = Arc::clone(&self.connection);
        let done = tokio::task::spawn_blocking(move || {
            // A panic in another transaction rolled it back, so the connection is as good as before.
            let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = statements(&transaction)?;
            transaction.commit()?;
            Ok(value)
        });
        done.await.unwrap_or(Err(StorageError::Interrupted))
    }
}

impl fmt::Debug for RelayDb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RelayDb").finish_non_exhaustive()
    }
}
