//! Queries. What does not parse is a contradiction in the database, never a default.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use alloy_primitives::B256;
use phase8_shared::id::{MissionId, Seq};
use phase8_shared::ledger::{Commitment, CompactTree, LeafHash, Salt};
use tokio_postgres::types::{FromSql, Type};
use tokio_postgres::{Client, Row};

use super::StorageError;
use super::pool::{Param, Pool};
use crate::store::{Blob, Epoch, Holder, LogHead, LogId, Stored, WorkerId};

type Answer<T> = Result<T, tokio_postgres::Error>;

/// A ledger's row.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) log: LogId,
    pub(super) tree: CompactTree,
    pub(super) epoch: Epoch,
}

const HEAD: &str = "SELECT log, size, subtrees, epoch FROM phase8.heads WHERE log = $1";

const EVENTS: &str =
    "SELECT seq, bytes FROM phase8.events WHERE log = $1 AND seq > $2 ORDER BY seq LIMIT $3";

/// A ledger's row, read on this connection.
pub(super) async fn head_row(client: &Client, log: LogId) -> Answer<Option<Row>> {
    client.query_typed_opt(HEAD, &[(&log.to_string(), Type::TEXT)]).await
}

pub(super) async fn find_head(pool: &Pool, log: LogId) -> Result<Option<Head>, StorageError> {
    let rows = pool.query(HEAD, &[(&log.to_string(), Type::TEXT)]).await?;
    rows.first().map(head).transpose()
}

pub(super) fn head(row: &Row) -> Result<Head, StorageError> {
    let log = log_id(row)?;
    let broken = |column| inconsistent("heads", column, log.to_string());
    let size = u64::try_from(get::<i64>(row, 1)?).map_err(|_| broken("size"))?;
    let tree = CompactTree::from_bytes(size, get(row, 2)?).map_err(|_| broken("subtrees"))?;
    let epoch = Epoch(u64::try_from(get::<i64>(row, 3)?).map_err(|_| broken("epoch"))?);
    Ok(Head { log, tree, epoch })
}

pub(super) async fn logs(pool: &Pool) -> Result<Vec<LogId>, StorageError> {
    let sql = "SELECT log FROM phase8.heads WHERE size > 0 ORDER BY log";
    let rows = pool.query(sql, &[]).await?;
    rows.iter().map(log_id).collect()
}

/// Every ledger's end and who works on it, by the database's clock.
pub(super) async fn heads(pool: &Pool) -> Result<Vec<LogHead>, StorageError> {
    let sql = "SELECT log, size, epoch, worker,
                      floor(extract(epoch FROM lease_until - clock_timestamp()) * 1000000)::bigint
               FROM phase8.heads ORDER BY log";
    let rows = pool.query(sql, &[]).await?;
    rows.iter()
        .map(|row| {
            let log = log_id(row)?;
            let broken = |column| inconsistent("heads", column, log.to_string());
            let left = get::<Option<i64>>(row, 4)?.and_then(|left| u64::try_from(left).ok());
            let worker = get::<Option<&[u8]>>(row, 3)?;
            let worker = worker.map(<[u8; 16]>::try_from).transpose();
            let holder = worker.map_err(|_| broken("worker"))?.zip(left.filter(|left| *left > 0));
            Ok(LogHead {
                log,
                seq: Seq(u64::try_from(get::<i64>(row, 1)?).map_err(|_| broken("size"))?),
                epoch: Epoch(u64::try_from(get::<i64>(row, 2)?).map_err(|_| broken("epoch"))?),
                holder: holder.map(|(worker, left)| Holder {
                    worker: WorkerId(worker),
                    left: Duration::from_micros(left),
                }),
            })
        })
        .collect()
}

/// Events, read on this connection.
pub(super) fn event_rows(
    client: &Client,
    log: LogId,
    after: Seq,
    limit: usize,
) -> impl Future<Output = Answer<Vec<Row>>> + Send {
    let (log, after, limit) = (log.to_string(), bounded(after.0), bounded(limit as u64));
    async move {
        let params: [Param<'_>; 3] =
            [(&log, Type::TEXT), (&after, Type::INT8), (&limit, Type::INT8)];
        client.query_typed(EVENTS, &params).await
    }
}

pub(super) async fn find_events(
    pool: &Pool,
    log: LogId,
    after: Seq,
    limit: usize,
) -> Result<Vec<Stored>, StorageError> {
    let (name, after, limit) = (log.to_string(), bounded(after.0), bounded(limit as u64));
    let params: [Param<'_>; 3] = [(&name, Type::TEXT), (&after, Type::INT8), (&limit, Type::INT8)];
    events(log, &pool.query(EVENTS, &params).await?)
}

pub(super) fn events(log: LogId, rows: &[Row]) -> Result<Vec<Stored>, StorageError> {
    rows.iter()
        .map(|row| {
            let seq: i64 = get(row, 0)?;
            let broken = |_| inconsistent("events", "seq", format!("{log}/{seq}"));
            let bytes: &[u8] = get(row, 1)?;
            Ok(Stored { seq: Seq(u64::try_from(seq).map_err(broken)?), bytes: Arc::from(bytes) })
        })
        .collect()
}

/// The stored leaf hashes: what the events were when they were appended.
pub(super) async fn leaves(
    pool: &Pool,
    log: LogId,
    after: Seq,
    limit: usize,
) -> Result<Vec<LeafHash>, StorageError> {
    let sql =
        "SELECT seq, leaf FROM phase8.events WHERE log = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    let (name, after, limit) = (log.to_string(), bounded(after.0), bounded(limit as u64));
    let params: [Param<'_>; 3] = [(&name, Type::TEXT), (&after, Type::INT8), (&limit, Type::INT8)];
    let rows = pool.query(sql, &params).await?;
    rows.iter()
        .map(|row| {
            let seq: i64 = get(row, 0)?;
            let broken = |_| inconsistent("events", "leaf", format!("{log}/{seq}"));
            LeafHash::try_from(get::<&[u8]>(row, 1)?).map_err(broken)
        })
        .collect()
}

pub(super) async fn blob(
    pool: &Pool,
    mission: MissionId,
    commitment: Commitment,
) -> Result<Option<Blob>, StorageError> {
    let sql = "SELECT salt, media_type, content FROM phase8.blobs
               WHERE log = $1 AND commitment = $2";
    let log = LogId::Mission(mission).to_string();
    let wanted = commitment.0.as_slice();
    let rows = pool.query(sql, &[(&log, Type::TEXT), (&wanted, Type::BYTEA)]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let broken = |column| inconsistent("blobs", column, commitment.to_string());
    let salt = Salt(B256::try_from(get::<&[u8]>(row, 0)?).map_err(|_| broken("salt"))?);
    let (media_type, content): (String, Vec<u8>) = (get(row, 1)?, get(row, 2)?);
    if !commitment.opens_to(salt, &content) {
        return Err(broken("content"));
    }
    Ok(Some(Blob { mission, commitment, salt, media_type, content }))
}

/// The ledger that a row begins with.
pub(super) fn log_id(row: &Row) -> Result<LogId, StorageError> {
    let name: &str = get(row, 0)?;
    name.parse().map_err(|_| inconsistent("heads", "log", name.to_owned()))
}

/// A column's value.
pub(super) fn get<'a, T: FromSql<'a>>(row: &'a Row, column: usize) -> Result<T, StorageError> {
    row.try_get(column).map_err(|error| StorageError::Driver(Box::new(error)))
}

pub(super) const fn inconsistent(
    table: &'static str,
    column: &'static str,
    row: String,
) -> StorageError {
    StorageError::Inconsistent { table, column, row }
}

/// Past the largest number of the database there is nothing.
pub(super) fn bounded(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
