//! Queries. What does not parse is a contradiction in the file, never a default.

use std::sync::Arc;

use alloy_primitives::B256;
use phase8_shared::id::{MissionId, Seq};
use phase8_shared::ledger::{Commitment, CompactTree, LeafHash, Salt};
use rusqlite::{Connection, OptionalExtension, params};

use super::{LogId, StorageError, driver};
use crate::store::{Blob, Epoch, LogHead, Stored};

/// A ledger's row.
#[derive(Debug, Clone, Default)]
pub(super) struct LogRow {
    /// What its events refer to it by; nothing while it is not there yet.
    pub(super) id: Option<i64>,
    pub(super) tree: CompactTree,
    pub(super) epoch: Epoch,
}

pub(super) fn log(connection: &Connection, log: LogId) -> Result<Option<LogRow>, StorageError> {
    let mut select = connection
        .prepare_cached("SELECT id, size, subtrees, epoch FROM logs WHERE name = ?1")
        .map_err(driver)?;
    let row = select
        .query_row(params![log.to_string()], |row| {
            let (id, size) = (row.get::<_, i64>(0)?, row.get::<_, i64>(1)?);
            Ok((id, size, row.get::<_, Vec<u8>>(2)?, row.get::<_, i64>(3)?))
        })
        .optional()
        .map_err(driver)?;
    let Some((id, size, subtrees, epoch)) = row else { return Ok(None) };
    let broken =
        |column| StorageError::Inconsistent { table: "logs", column, row: log.to_string() };
    let size = u64::try_from(size).map_err(|_| broken("size"))?;
    let tree = CompactTree::from_bytes(size, &subtrees).map_err(|_| broken("subtrees"))?;
    let epoch = Epoch(u64::try_from(epoch).map_err(|_| broken("epoch"))?);
    Ok(Some(LogRow { id: Some(id), tree, epoch }))
}

/// Every ledger's end, without who works on it.
pub(super) fn heads(connection: &Connection) -> Result<Vec<LogHead>, StorageError> {
    let mut select = connection
        .prepare_cached("SELECT name, size, epoch FROM logs ORDER BY id")
        .map_err(driver)?;
    let rows = select
        .query_map([], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
        })
        .map_err(driver)?;
    rows.map(|row| {
        let (name, size, epoch) = row.map_err(driver)?;
        let broken =
            |column| StorageError::Inconsistent { table: "logs", column, row: name.clone() };
        Ok(LogHead {
            log: name.parse().map_err(|_| broken("name"))?,
            seq: Seq(u64::try_from(size).map_err(|_| broken("size"))?),
            epoch: Epoch(u64::try_from(epoch).map_err(|_| broken("epoch"))?),
            holder: None,
        })
    })
    .collect()
}

pub(super) fn logs(connection: &Connection) -> Result<Vec<LogId>, StorageError> {
    let mut select = connection
        .prepare_cached("SELECT name FROM logs WHERE size > 0 ORDER BY id")
        .map_err(driver)?;
    let names = select.query_map([], |row| row.get::<_, String>(0)).map_err(driver)?;
    names
        .map(|name| {
            let name = name.map_err(driver)?;
            name.parse().map_err(|_| StorageError::Inconsistent {
                table: "logs",
                column: "name",
                row: name,
            })
        })
        .collect()
}

pub(super) fn events(
    connection: &Connection,
    log: LogId,
    after: Seq,
    limit: usize,
) -> Result<Vec<Stored>, StorageError> {
    let sql = "SELECT seq, bytes FROM events WHERE log = (SELECT id FROM logs WHERE name = ?1) AND seq > ?2
               ORDER BY seq LIMIT ?3";
    let mut select = connection.prepare_cached(sql).map_err(driver)?;
    let after = i64::try_from(after.0).unwrap_or(i64::MAX);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = select
        .query_map(params![log.to_string(), after, limit], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
        })
        .map_err(driver)?;
    rows.map(|row| {
        let (seq, bytes) = row.map_err(driver)?;
        let broken = |_| StorageError::Inconsistent {
            table: "events",
            column: "seq",
            row: format!("{log}/{seq}"),
        };
        Ok(Stored { seq: Seq(u64::try_from(seq).map_err(broken)?), bytes: Arc::from(bytes) })
    })
    .collect()
}

/// The stored leaf hashes: what the events were when they were appended.
pub(super) fn leaves(
    connection: &Connection,
    log: LogId,
    after: Seq,
    limit: usize,
) -> Result<Vec<LeafHash>, StorageError> {
    let sql = "SELECT seq, leaf FROM events WHERE log = (SELECT id FROM logs WHERE name = ?1) AND seq > ?2
               ORDER BY seq LIMIT ?3";
    let mut select = connection.prepare_cached(sql).map_err(driver)?;
    let after = i64::try_from(after.0).unwrap_or(i64::MAX);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = select
        .query_map(params![log.to_string(), after, limit], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
        })
        .map_err(driver)?;
    rows.map(|row| {
        let (seq, leaf) = row.map_err(driver)?;
        let broken = |_| StorageError::Inconsistent {
            table: "events",
            column: "leaf",
            row: format!("{log}/{seq}"),
        };
        LeafHash::try_from(leaf.as_slice()).map_err(broken)
    })
    .collect()
}

pub(super) fn blob(
    connection: &Connection,
    mission: MissionId,
    commitment: Commitment,
) -> Result<Option<Blob>, StorageError> {
    let sql = "SELECT salt, media_type, content FROM blobs
               WHERE log = (SELECT id FROM logs WHERE name = ?1) AND commitment = ?2";
    let mut select = connection.prepare_cached(sql).map_err(driver)?;
    let row = select
        .query_row(params![LogId::Mission(mission).to_string(), commitment.0.as_slice()], |row| {
            Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, String>(1)?, row.get::<_, Vec<u8>>(2)?))
        })
        .optional()
        .map_err(driver)?;
    let Some((salt, media_type, content)) = row else { return Ok(None) };
    let broken =
        |column| StorageError::Inconsistent { table: "blobs", column, row: commitment.to_string() };
    let salt = Salt(B256::try_from(salt.as_slice()).map_err(|_| broken("salt"))?);
    if !commitment.opens_to(salt, &content) {
        return Err(broken("content"));
    }
    Ok(Some(Blob { mission, commitment, salt, media_type, content }))
}
