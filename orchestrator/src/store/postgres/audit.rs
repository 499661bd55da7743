//! The rows of a database that may have been tampered with: as they lie there, in one snapshot that no engine waits for.

use futures_util::{StreamExt, TryStreamExt};
use phase8_shared::ledger::verify::Check;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Row};

use super::pool::Pool;
use super::read::get;
use super::{PostgresStore, StorageError};
use crate::store::audit::{Audit, Audited, EachContent, EachEvent, LogRow, Rows, walk};

const PAGES: &str = "checksums of the server's pages";

impl PostgresStore {
    /// Walks the database at this address; `None` if it has none of this program's tables. Nothing in it is changed, and
    /// engines may be at work meanwhile.
    pub async fn audit(
        url: &str,
        against: &Audit<'_>,
    ) -> Result<Option<Vec<Audited>>, StorageError> {
        let pool = Pool::new(url)?;
        let (client, connection) = pool.connect().await?;
        let driven = tokio::spawn(connection);
        let rows = Snapshot { pool: &pool, client };
        let walked = async {
            let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TimeZone = 'UTC'";
            pool.answered(rows.client.batch_execute(begin)).await?;
            if rows.is_empty().await? { Ok(None) } else { walk(&rows, against).await.map(Some) }
        }
        .await;
        drop(rows);
        driven.abort();
        walked
    }
}

struct Snapshot<'a> {
    pool: &'a Pool,
    client: Client,
}

impl Snapshot<'_> {
    async fn is_empty(&self) -> Result<bool, StorageError> {
        let sql =
            "SELECT to_regclass('phase8.heads') IS NULL OR to_regclass('phase8.events') IS NULL";
        get(&self.one(sql).await?, 0)
    }

    async fn one(&self, sql: &str) -> Result<Row, StorageError> {
        self.pool.answered(self.client.query_typed_one(sql, &[])).await
    }

    /// Rows of one ledger, one after the other: a ledger need not fit into memory.
    async fn each(
        &self,
        sql: &str,
        log: &String,
        mut each: impl FnMut(&Row) -> Result<(), StorageError>,
    ) -> Result<(), StorageError> {
        let params = [(log, Type::TEXT)];
        let rows = self.pool.answered(self.client.query_typed_raw(sql, params)).await?;
        let mut rows = std::pin::pin!(rows.map_err(|error| self.pool.error(error)));
        while let Some(row) = rows.next().await {
            each(&row?)?;
        }
        Ok(())
    }
}

impl Rows for Snapshot<'_> {
    type Key = String;

    async fn logs(&self) -> Result<Vec<LogRow<String>>, StorageError> {
        let sql = "SELECT log, size, subtrees FROM phase8.heads ORDER BY log";
        let rows = self.pool.answered(self.client.query_typed(sql, &[])).await?;
        rows.iter()
            .map(|row| {
                let name: String = get(row, 0)?;
                Ok(LogRow { key: name.clone(), name, size: get(row, 1)?, subtrees: get(row, 2)? })
            })
            .collect()
    }

    async fn general(&self) -> Result<Vec<Check>, StorageError> {
        let checksums: String =
            get(&self.one("SELECT current_setting('data_checksums')").await?, 0)?;
        let pages = if checksums == "on" {
            Check::holds(PAGES, true, "kept, and looked at whenever a page is read", "kept")
        } else {
            let words =
                "it keeps none, so that a page which the disk garbled shows only in the cards";
            Check::unknown(PAGES, words, "pg_checksums --enable switches them on")
        };
        let sql = "SELECT count(*) FROM phase8.events AS event
                   WHERE NOT EXISTS (SELECT FROM phase8.heads WHERE log = event.log)";
        let orphans: i64 = get(&self.one(sql).await?, 0)?;
        Ok(vec![pages, Check::same("events of no ledger", orphans, 0)])
    }

    async fn events(&self, log: &String, each: EachEvent<'_>) -> Result<(), StorageError> {
        let sql = "SELECT bytes, leaf FROM phase8.events WHERE log = $1 ORDER BY seq";
        self.each(sql, log, |row| {
            each(bytes(row, 0)?, bytes(row, 1)?);
            Ok(())
        })
        .await
    }

    async fn contents(&self, log: &String, each: EachContent<'_>) -> Result<(), StorageError> {
        let sql =
            "SELECT commitment, salt, content FROM phase8.blobs WHERE log = $1 ORDER BY commitment";
        self.each(sql, log, |row| {
            each(bytes(row, 0)?, bytes(row, 1)?, bytes(row, 2)?);
            Ok(())
        })
        .await
    }
}

/// A column's bytes; nothing where somebody took them away.
fn bytes(row: &Row, column: usize) -> Result<&[u8], StorageError> {
    Ok(get::<Option<&[u8]>>(row, column)?.unwrap_or_default())
}
