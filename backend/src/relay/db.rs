//! `relay.db`: what this server promised to send, and how far it has read the chain.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use super::migrations::MIGRATIONS;

/// Prepared statements that are kept.
const STATEMENTS: usize = 64;

/// The database. Clones share it.
#[derive(Clone)]
pub struct RelayDb {
    connection: Arc<Mutex<Open>>,
}

struct Open {
    connection: Connection,
    durability: Durability,
}

/// What a commit survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Durability {
    /// A power cut: what was promised to somebody.
    PowerCut,
    /// The end of the process: what the chain can be asked again. A later promise carries it to the disk.
    Crash,
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
    /// A newer program wrote it.
    #[error(
        "the relay's database has version {found} and this program knows up to {known}: start the newer program, or name \
         another folder in storage.data"
    )]
    TooNew {
        /// The database's version.
        found: u32,
        /// The newest that is known here.
        known: u32,
    },
    /// What was to be stored could not be made, so nothing was stored.
    #[error("nothing was stored")]
    Undone(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The task that used the database was cut off.
    #[error("the relay's database was asked while the server stops")]
    Interrupted,
}

impl RelayDb {
    /// Opens or creates it; one of an older program is brought up to date without losing a row.
    pub fn open(path: &Path) -> Result<Self, StorageError> {
        Self::with(Connection::open(path)?)
    }

    /// One that is gone with the process.
    pub fn in_memory() -> Result<Self, StorageError> {
        Self::with(Connection::open_in_memory()?)
    }

    fn with(mut connection: Connection) -> Result<Self, StorageError> {
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", Durability::PowerCut.pragma())?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        migrate(&mut connection)?;
        let open = Open { connection, durability: Durability::PowerCut };
        Ok(Self { connection: Arc::new(Mutex::new(open)) })
    }

    /// Runs statements in one transaction that survives a power cut, away from the async workers.
    pub async fn transact<T, F>(&self, statements: F) -> Result<T, StorageError>
    where
        T: Send + 'static,
        F: FnOnce(&rusqlite::Transaction<'_>) -> Result<T, StorageError> + Send + 'static,
    {
        self.run(Durability::PowerCut, statements).await
    }

    /// The same for what is short, and read only or could be asked of the chain again: it does not wait for the disk.
    pub async fn note<T, F>(&self, statements: F) -> Result<T, StorageError>
    where
        T: Send + 'static,
        F: FnOnce(&rusqlite::Transaction<'_>) -> Result<T, StorageError> + Send + 'static,
    {
        self.run(Durability::Crash, statements).await
    }

    async fn run<T, F>(&self, durability: Durability, statements: F) -> Result<T, StorageError>
    where
        T: Send + 'static,
        F: FnOnce(&rusqlite::Transaction<'_>) -> Result<T, StorageError> + Send + 'static,
    {
        // What does not wait for the disk is done before another thread would have been woken for it.
        if durability == Durability::Crash {
            match self.connection.try_lock() {
                Ok(mut open) => return open.run(durability, statements),
                Err(TryLockError::Poisoned(open)) => {
                    return open.into_inner().run(durability, statements);
                }
                Err(TryLockError::WouldBlock) => {}
            }
        }
        let connection = Arc::clone(&self.connection);
        let done = tokio::task::spawn_blocking(move || {
            // A panic in another transaction rolled it back, so the connection is as good as before.
            let mut open = connection.lock().unwrap_or_else(PoisonError::into_inner);
            open.run(durability, statements)
        });
        done.await.unwrap_or(Err(StorageError::Interrupted))
    }
}

impl Open {
    fn run<T>(
        &mut self,
        durability: Durability,
        statements: impl FnOnce(&rusqlite::Transaction<'_>) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        if self.durability != durability {
            self.connection.pragma_update(None, "synchronous", durability.pragma())?;
            self.durability = durability;
        }
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = statements(&transaction)?;
        transaction.commit()?;
        Ok(value)
    }
}

/// Brings the tables up to date, one step after the other; each step happens whole or not at all.
fn migrate(connection: &mut Connection) -> Result<(), StorageError> {
    let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > known {
        return Err(StorageError::TooNew { found, known });
    }
    for (version, statements) in (1..).zip(MIGRATIONS).filter(|(version, _)| *version > found) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(statements)?;
        transaction.pragma_update(None, "user_version", version)?;
        transaction.commit()?;
    }
    Ok(())
}

impl Durability {
    const fn pragma(self) -> &'static str {
        match self {
            Self::PowerCut => "FULL",
            Self::Crash => "NORMAL",
        }
    }
}

impl fmt::Debug for RelayDb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RelayDb").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_of_the_first_program_keeps_its_rows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("relay.db");
        let old = Connection::open(&path).unwrap();
        old.execute_batch(MIGRATIONS[0]).unwrap();
        old.execute_batch(
            "INSERT INTO relayed_transactions VALUES
             (x'01', x'aa', x'bb', 3, x'cc', 'a call', x'02ff', 'pay', 'included', 7, x'dd', NULL, 1000),
             (x'02', x'aa', x'bb', 4, x'cc', 'a call', x'02fe', NULL, 'refused', NULL, NULL, 'no', 2000),
             (x'03', x'aa', x'bb', 5, x'cc', 'a call', x'02fd', NULL, 'sent', NULL, NULL, NULL, 3000);
             INSERT INTO blocks_read VALUES ('scope', 9, x'ee');",
        )
        .unwrap();
        drop(old);

        drop(RelayDb::open(&path).unwrap());
        drop(RelayDb::open(&path).unwrap());

        let new = Connection::open(&path).unwrap();
        let mut statement = new
            .prepare("SELECT hex(hash) || state || settled || taken_back FROM relayed_transactions ORDER BY accepted_at")
            .unwrap();
        let rows: Vec<String> =
            statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        assert_eq!(rows, ["01included00", "02refused10", "03sent00"]);
        let blocks: i64 =
            new.query_row("SELECT count(*) FROM blocks_read", [], |row| row.get(0)).unwrap();
        assert_eq!(blocks, 1);
    }

    #[test]
    fn a_database_of_a_newer_program_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("relay.db");
        Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();

        let error = RelayDb::open(&path).unwrap_err();

        assert!(matches!(error, StorageError::TooNew { found: 99, .. }), "{error}");
    }
}
