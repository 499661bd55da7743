//! The tables, and how an older file is brought up to them. `PRAGMA user_version` counts the steps taken.

use phase8_shared::ledger::leaf_hash;
use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;

use super::{StorageError, driver};

/// Each brings a file from the version before to the next; never edited once released.
const MIGRATIONS: [&str; 4] = [
    "
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
",
    "
    ALTER TABLE events ADD COLUMN leaf BLOB NOT NULL DEFAULT x'' CHECK (length(leaf) IN (0, 32));
    UPDATE events SET leaf = leaf_hash(bytes);
",
    "
    CREATE TABLE notes (
        bucket     TEXT    NOT NULL,
        mission    TEXT    NOT NULL,
        step       INTEGER NOT NULL CHECK (step >= 0),
        role       TEXT    NOT NULL,
        title      TEXT    NOT NULL,
        commitment BLOB    NOT NULL CHECK (length(commitment) = 32),
        at         INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        PRIMARY KEY (bucket, mission, step)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX notes_by_age ON notes (bucket, at);
    CREATE INDEX notes_by_end ON notes (expires_at);
",
    "
    ALTER TABLE logs ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0 CHECK (epoch >= 0);
",
];

/// Brings the file to today's tables.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StorageError> {
    connection.pragma_update(None, "journal_mode", "WAL").map_err(driver)?;
    connection.pragma_update(None, "synchronous", "FULL").map_err(driver)?;
    // What is erased must not stay behind in a free page.
    connection.pragma_update(None, "secure_delete", true).map_err(driver)?;
    define_leaf_hash(connection).map_err(driver)?;
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

/// `leaf_hash(bytes)` in SQL, for rows that are older than their column.
fn define_leaf_hash(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("leaf_hash", 1, flags, |call| {
        let bytes: Vec<u8> = call.get(0)?;
        Ok(leaf_hash(&bytes).to_vec())
    })
}

#[cfg(test)]
mod tests {
    use rusqlite::params;

    use super::*;

    #[test]
    fn a_file_from_before_leaves_were_kept_gets_them() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(MIGRATIONS[0]).unwrap();
        connection.pragma_update(None, "user_version", 1).unwrap();
        connection
            .execute(
                "INSERT INTO logs (id, name, size, subtrees) VALUES (1, 'registry', 1, x'')",
                [],
            )
            .unwrap();
        connection.execute("INSERT INTO events VALUES (1, 1, ?1)", params![b"old"]).unwrap();

        migrate(&mut connection).unwrap();

        let leaf: Vec<u8> =
            connection.query_row("SELECT leaf FROM events", [], |row| row.get(0)).unwrap();
        assert_eq!(leaf, leaf_hash(b"old").as_slice());
    }
}
