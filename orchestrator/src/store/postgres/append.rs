//! Appending: one transaction, on the heads of its ledgers. Whoever finds another end or another epoch than it expected
//! changes nothing; zero rows are never a success.

use std::collections::BTreeMap;

use phase8_shared::id::Seq;
use phase8_shared::ledger::{CompactTree, LeafHash, TreeHead, leaf_hash};
use tokio_postgres::Client;
use tokio_postgres::types::Type;

use super::pool::{Commit, Param, Pool};
use super::read::{self, Head};
use crate::store::{AppendError, Batch, Blob, Epoch, LogAppend, LogId, StorageError};

/// A refused transaction is not worth a connection.
const ROLLBACK: &str = "ROLLBACK";

/// Appends the batch and waits until it is on the disk.
pub(super) async fn append(pool: &Pool, batch: &Batch) -> Result<Vec<TreeHead>, AppendError> {
    let taken = pool.take().await?;
    let client = taken.client();
    match write(pool, client, batch).await {
        Ok(heads) => match pool.committed(client.batch_execute("COMMIT")).await {
            Ok(()) => {
                taken.give_back();
                Ok(heads)
            }
            Err(Commit::Refused(error)) => Err(AppendError::Storage(error)),
            Err(Commit::Unknown(error)) => Err(AppendError::OutcomeUnknown(error)),
        },
        // What the connection has open is rolled back by closing it; a ledger that moved on is no reason to close it.
        Err(refused @ (AppendError::Conflict { .. } | AppendError::Fenced { .. })) => {
            if pool.answered(client.batch_execute(ROLLBACK)).await.is_ok() {
                taken.give_back();
            }
            Err(refused)
        }
        Err(error @ (AppendError::Storage(_) | AppendError::OutcomeUnknown(_))) => Err(error),
    }
}

/// Everything of the batch but its commit.
async fn write(pool: &Pool, client: &Client, batch: &Batch) -> Result<Vec<TreeHead>, AppendError> {
    let found = lock(pool, client, batch).await?;
    let mut heads: BTreeMap<LogId, TreeHead> = BTreeMap::new();
    let mut writes = Vec::new();
    // In the order of the locks: who waits for a ledger that another is about to begin waits in that order, too.
    for append in in_order(batch) {
        let head = found.get(&append.log);
        check(append, head)?;
        let mut tree = head.map_or_else(CompactTree::default, |head| head.tree.clone());
        let leaves: Vec<LeafHash> = append.events.iter().map(|bytes| leaf_hash(bytes)).collect();
        for leaf in &leaves {
            tree.push(*leaf);
        }
        heads.insert(append.log, tree.head());
        writes.push((append, head.map(|head| head.epoch), tree, leaves));
    }
    for (append, epoch, tree, leaves) in &writes {
        move_head(pool, client, append, *epoch, tree).await?;
        insert_events(pool, client, append, leaves).await?;
    }
    for blob in &batch.blobs {
        insert_blob(pool, client, blob).await?;
    }
    Ok(batch.appends.iter().filter_map(|append| heads.get(&append.log).copied()).collect())
}

/// Begins the transaction and takes the ledgers that are there, in one round trip and in one order for everybody.
async fn lock(
    pool: &Pool,
    client: &Client,
    batch: &Batch,
) -> Result<BTreeMap<LogId, Head>, StorageError> {
    let logs: Vec<String> = batch.appends.iter().map(|append| append.log.to_string()).collect();
    let sql = "SELECT log, size, subtrees, epoch FROM phase8.heads WHERE log = ANY($1)
               ORDER BY log FOR NO KEY UPDATE";
    let params: [Param<'_>; 1] = [(&logs, Type::TEXT_ARRAY)];
    let begun = client.batch_execute("BEGIN");
    let locked = client.query_typed(sql, &params);
    let ((), rows) =
        pool.answered(async { futures_util::future::try_join(begun, locked).await }).await?;
    rows.iter().map(|row| read::head(row).map(|head| (head.log, head))).collect()
}

fn in_order(batch: &Batch) -> Vec<&LogAppend> {
    let mut appends: Vec<&LogAppend> = batch.appends.iter().collect();
    appends.sort_by_key(|append| append.log.to_string());
    appends
}

fn check(append: &LogAppend, head: Option<&Head>) -> Result<(), AppendError> {
    let log = append.log;
    let epoch = head.map_or(Epoch::ZERO, |head| head.epoch);
    if let Some(fence) = append.fence.filter(|fence| *fence != epoch) {
        return Err(AppendError::Fenced { log, epoch: fence, found: epoch });
    }
    let found = Seq(head.map_or(0, |head| head.tree.size()));
    if found != append.expected {
        return Err(AppendError::Conflict { log, expected: append.expected, found });
    }
    Ok(())
}

/// Moves the head on, or begins the ledger; only from where the writer thinks it is, and in the epoch it was found in.
async fn move_head(
    pool: &Pool,
    client: &Client,
    append: &LogAppend,
    epoch: Option<Epoch>,
    tree: &CompactTree,
) -> Result<(), AppendError> {
    let log = append.log.to_string();
    let (size, subtrees) = (number(tree.size())?, tree.to_bytes());
    let changed = if let Some(epoch) = epoch {
        let sql = "UPDATE phase8.heads SET size = $4, subtrees = $5
                   WHERE log = $1 AND size = $2 AND epoch = $3";
        let (expected, epoch) = (number(append.expected.0)?, number(epoch.0)?);
        let params: [Param<'_>; 5] = [
            (&log, Type::TEXT),
            (&expected, Type::INT8),
            (&epoch, Type::INT8),
            (&size, Type::INT8),
            (&subtrees, Type::BYTEA),
        ];
        pool.answered(client.execute_typed(sql, &params)).await?
    } else {
        let sql = "INSERT INTO phase8.heads (log, size, subtrees) VALUES ($1, $2, $3)
                   ON CONFLICT (log) DO NOTHING";
        let params: [Param<'_>; 3] =
            [(&log, Type::TEXT), (&size, Type::INT8), (&subtrees, Type::BYTEA)];
        pool.answered(client.execute_typed(sql, &params)).await?
    };
    if changed == 1 {
        return Ok(());
    }
    // Somebody began the ledger since it was looked for.
    let found = pool.answered(read::head_row(client, append.log)).await?;
    let found = found.as_ref().map(read::head).transpose()?;
    check(append, found.as_ref())?;
    Err(StorageError::RowsAffected { expected: 1, actual: 0 }.into())
}

async fn insert_events(
    pool: &Pool,
    client: &Client,
    append: &LogAppend,
    leaves: &[LeafHash],
) -> Result<(), StorageError> {
    let sql = "INSERT INTO phase8.events (log, seq, bytes, leaf)
               SELECT $1, $2 + place, bytes, leaf
               FROM unnest($3::bytea[], $4::bytea[]) WITH ORDINALITY AS event (bytes, leaf, place)";
    let (log, expected) = (append.log.to_string(), number(append.expected.0)?);
    let bytes: Vec<&[u8]> = append.events.iter().map(AsRef::as_ref).collect();
    let leaves: Vec<&[u8]> = leaves.iter().map(alloy_primitives::FixedBytes::as_slice).collect();
    let params: [Param<'_>; 4] = [
        (&log, Type::TEXT),
        (&expected, Type::INT8),
        (&bytes, Type::BYTEA_ARRAY),
        (&leaves, Type::BYTEA_ARRAY),
    ];
    changed(append.events.len(), pool.answered(client.execute_typed(sql, &params)).await?)
}

async fn insert_blob(pool: &Pool, client: &Client, blob: &Blob) -> Result<(), StorageError> {
    let sql = "INSERT INTO phase8.blobs (log, commitment, salt, media_type, content)
               VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (log, commitment) DO UPDATE SET salt = excluded.salt";
    let log = LogId::Mission(blob.mission).to_string();
    let (commitment, salt) = (blob.commitment.0.as_slice(), blob.salt.0.as_slice());
    let params: [Param<'_>; 5] = [
        (&log, Type::TEXT),
        (&commitment, Type::BYTEA),
        (&salt, Type::BYTEA),
        (&blob.media_type, Type::TEXT),
        (&blob.content, Type::BYTEA),
    ];
    changed(1, pool.answered(client.execute_typed(sql, &params)).await?)
}

/// Whether a batch whose commit was not answered is there. It takes the ledgers as the append did: so it waits for the
/// server to come to an end with that one, which has them as long as it can still come true.
pub(super) async fn was_appended(pool: &Pool, batch: &Batch) -> Result<bool, StorageError> {
    let taken = pool.take().await?;
    let client = taken.client();
    pool.answered(client.batch_execute("BEGIN")).await?;
    let mut is_there = true;
    for append in in_order(batch) {
        let log = append.log.to_string();
        if append.expected == Seq::ZERO {
            // A row that is not committed yet cannot be seen, but it can be stumbled over.
            let stumble = "INSERT INTO phase8.heads (log, size, subtrees) VALUES ($1, 0, '')
                           ON CONFLICT (log) DO NOTHING";
            pool.answered(client.execute_typed(stumble, &[(&log, Type::TEXT)])).await?;
        }
        let lock = "SELECT 1 FROM phase8.heads WHERE log = $1 FOR NO KEY UPDATE";
        pool.answered(client.query_typed(lock, &[(&log, Type::TEXT)])).await?;
        let limit = append.events.len();
        let rows = pool.answered(read::event_rows(client, append.log, append.expected, limit));
        is_there &= append.is_in(&read::events(append.log, &rows.await?)?);
    }
    pool.answered(client.batch_execute(ROLLBACK)).await?;
    taken.give_back();
    Ok(is_there)
}

fn number(value: u64) -> Result<i64, StorageError> {
    i64::try_from(value).map_err(|error| StorageError::Driver(Box::new(error)))
}

fn changed(expected: usize, actual: u64) -> Result<(), StorageError> {
    let actual = usize::try_from(actual).unwrap_or(usize::MAX);
    if expected == actual { Ok(()) } else { Err(StorageError::RowsAffected { expected, actual }) }
}
