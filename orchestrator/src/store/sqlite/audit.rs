//! The rows of a file that may have been tampered with.

use std::path::Path;

use futures_util::FutureExt;
use phase8_shared::ledger::verify::Check;
use rusqlite::{Connection, OpenFlags, params};

use super::{StorageError, connect, driver};
use crate::store::audit::{Audit, Audited, EachContent, EachEvent, LogRow, Rows, walk};

/// Walks the file. The engine may be at work meanwhile; one snapshot is read.
pub fn audit(path: &Path, against: &Audit<'_>) -> Result<Vec<Audited>, StorageError> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.execute_batch("BEGIN").map_err(driver)?;
    let rows = FileRows { connection };
    // Rows of a file are there when they are asked for: nothing is ever waited for.
    walk(&rows, against).now_or_never().unwrap_or(Err(StorageError::Closed))
}

struct FileRows {
    connection: Connection,
}

impl Rows for FileRows {
    type Key = i64;

    async fn logs(&self) -> Result<Vec<LogRow<i64>>, StorageError> {
        let sql = "SELECT id, name, size, subtrees FROM logs ORDER BY id";
        let mut select = self.connection.prepare(sql).map_err(driver)?;
        let rows = select
            .query_map([], |row| {
                Ok(LogRow {
                    key: row.get(0)?,
                    name: row.get(1)?,
                    size: row.get(2)?,
                    subtrees: row.get(3)?,
                })
            })
            .map_err(driver)?;
        rows.map(|row| row.map_err(driver)).collect()
    }

    async fn general(&self) -> Result<Vec<Check>, StorageError> {
        let pages: String = self
            .connection
            .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
            .unwrap_or_else(|error| error.to_string());
        let sql = "SELECT count(*) FROM events WHERE log NOT IN (SELECT id FROM logs)";
        let orphans: i64 = self.connection.query_row(sql, [], |row| row.get(0)).map_err(driver)?;
        Ok(vec![
            Check::same("the file's pages", pages, "ok"),
            Check::same("events of no ledger", orphans, 0),
        ])
    }

    async fn events(&self, log: &i64, each: EachEvent<'_>) -> Result<(), StorageError> {
        let sql = "SELECT bytes, leaf FROM events WHERE log = ?1 ORDER BY seq";
        let mut select = self.connection.prepare_cached(sql).map_err(driver)?;
        let mut rows = select.query(params![log]).map_err(driver)?;
        while let Some(event) = rows.next().map_err(driver)? {
            let bytes: Vec<u8> = event.get(0).map_err(driver)?;
            let leaf: Vec<u8> = event.get(1).map_err(driver)?;
            each(&bytes, &leaf);
        }
        Ok(())
    }

    async fn contents(&self, log: &i64, each: EachContent<'_>) -> Result<(), StorageError> {
        let sql = "SELECT commitment, salt, content FROM blobs WHERE log = ?1 ORDER BY commitment";
        let mut select = self.connection.prepare_cached(sql).map_err(driver)?;
        let mut rows = select.query(params![log]).map_err(driver)?;
        while let Some(blob) = rows.next().map_err(driver)? {
            let bytes = |column: usize| blob.get::<_, Vec<u8>>(column).map_err(driver);
            each(&bytes(0)?, &bytes(1)?, &bytes(2)?);
        }
        Ok(())
    }
}
