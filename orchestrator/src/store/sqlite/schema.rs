//! The tables, and how an older file is brought up to them. `PRAGMA user_version` counts the steps taken.

use rusqlite::Connection;

use super::{StorageError, driver};

/// Each brings a file from the version before to the next; never edited once released.
const MIGRATIONS: [&str; 1] = ["
    CREATE TABLE logs (
        id        INTEGER PRIMARY KEY,
        name      TEXT    NOT NULL UNIQUE,
        size      INTEGER NOT NULL CHECK (size >= 0),
        subtrees  BLOB    NOT NULL
    ) STRICT;
    CREATE TABLE events (
        log       INTEGER NOT NULL REFERENCES logs (id),
        seq       INTEGER NOT NULL CHECK (seq >= 1),
        bytes     BLOB    NOT NULL,
        PRIMARY KEY (log, seq)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE blobs (
        log        INTEGER NOT NULL REFERENCES logs (id),
        commitment BLOB    NOT NULL CHECK (length(commitment) = 32),
        salt       BLOB    NOT NULL CHECK (length(salt) = 32),
        media_type TEXT    NOT NULL,
        content    BLOB    NOT NULL,
        PRIMARY KEY (log, commitment)
    ) STRICT;
"];

/// Brings the file to today's tables.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StorageError> {
    connection.pragma_update(None, "journal_mode", "WAL").map_err(driver)?;
    connection.pragma_update(None, "synchronous", "FULL").map_err(driver)?;
    let found: i64 =
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(driver)?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    let done = usize::try_from(found)
        .ok()
        .filter(|_| found <= known)
        .ok_or(StorageError::TooNew { found, known })?;
    let transaction = connection.transaction().map_err(driver)?;
    for migration in MIGRATIONS.iter().skip(done) {
        transaction.execute_batch(migration).map_err(driver)?;
    }
    transaction.pragma_update(None, "user_version", known).map_err(driver)?;
    transaction.commit().map_err(driver)
}
