//! The table of relayed transactions.

use std::collections::BTreeSet;

use alloy::primitives::{Address, B256, Bytes};
use phase8_shared::api::{TransactionStatus, TransactionView};
use phase8_shared::time::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::super::db::StorageError;

const TABLE: &str = "relayed_transactions";
const COLUMNS: &str =
    "hash, sender, nonce, target, call, raw, intent, state, block, block_hash, reason, accepted_at";

/// A transaction as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stored {
    /// What the page sees.
    pub(super) view: TransactionView,
    /// Its signed bytes.
    pub(super) raw: Bytes,
    /// Hash of the block that includes it.
    pub(super) block_hash: Option<B256>,
    /// What this server wants with it, if it is one of its own.
    pub(super) intent: Option<String>,
}

/// Finds a transaction.
pub(super) fn find(db: &Transaction<'_>, hash: B256) -> Result<Option<Stored>, StorageError> {
    let query = format!("SELECT {COLUMNS} FROM {TABLE} WHERE hash = ?1");
    let row = db.query_row(&query, params![hash.as_slice()], |row| Ok(read(row))).optional()?;
    row.transpose()
}

/// The newest of all, the newest first.
pub(super) fn list(db: &Transaction<'_>, limit: u32) -> Result<Vec<Stored>, StorageError> {
    let query =
        format!("SELECT {COLUMNS} FROM {TABLE} ORDER BY accepted_at DESC, rowid DESC LIMIT ?1");
    let mut statement = db.prepare_cached(&query)?;
    let rows = statement.query_map(params![limit], |row| Ok(read(row)))?;
    rows.map(|row| row?).collect()
}

/// Those of a chain that are not settled, or settled in or after a block.
pub(super) fn unsettled(
    db: &Transaction<'_>,
    instance: B256,
    since: u64,
) -> Result<Vec<Stored>, StorageError> {
    let query = format!(
        "SELECT {COLUMNS} FROM {TABLE} WHERE instance = ?1
         AND (state IN ('stored', 'sent') OR (state IN ('included', 'reverted') AND block >= ?2))
         ORDER BY sender, nonce"
    );
    let mut statement = db.prepare_cached(&query)?;
    let rows =
        statement.query_map(params![instance.as_slice(), signed(since)], |row| Ok(read(row)))?;
    rows.map(|row| row?).collect()
}

/// The newest transaction for an intent.
pub(super) fn latest_for(
    db: &Transaction<'_>,
    instance: B256,
    intent: &str,
) -> Result<Option<Stored>, StorageError> {
    let query = format!(
        "SELECT {COLUMNS} FROM {TABLE} WHERE instance = ?1 AND intent = ?2 ORDER BY accepted_at DESC, rowid DESC LIMIT 1"
    );
    let row = db
        .query_row(&query, params![instance.as_slice(), intent], |row| Ok(read(row)))
        .optional()?;
    row.transpose()
}

/// Nonces that open transactions of a sender hold.
pub(super) fn open_nonces(
    db: &Transaction<'_>,
    instance: B256,
    sender: Address,
) -> Result<BTreeSet<u64>, StorageError> {
    let query = format!(
        "SELECT nonce FROM {TABLE} WHERE instance = ?1 AND sender = ?2 AND state IN ('stored', 'sent')"
    );
    let mut statement = db.prepare_cached(&query)?;
    let rows = statement
        .query_map(params![instance.as_slice(), sender.as_slice()], |row| row.get::<_, i64>(0))?;
    rows.map(|nonce| Ok(nonce?.unsigned_abs())).collect()
}

/// Stores a new transaction.
pub(super) fn insert(
    db: &Transaction<'_>,
    instance: B256,
    stored: &Stored,
) -> Result<(), StorageError> {
    let view = &stored.view;
    db.execute(
        "INSERT INTO relayed_transactions
         (hash, instance, sender, nonce, target, call, raw, intent, state, accepted_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'stored', ?9)",
        params![
            view.hash.as_slice(),
            instance.as_slice(),
            view.from.as_slice(),
            signed(view.nonce),
            view.to.as_slice(),
            view.call,
            stored.raw.as_ref(),
            stored.intent,
            signed(view.accepted_at.millis()),
        ],
    )?;
    Ok(())
}

/// Writes how far a transaction is.
pub(super) fn update(
    db: &Transaction<'_>,
    hash: B256,
    status: &TransactionStatus,
    block_hash: Option<B256>,
) -> Result<(), StorageError> {
    let (state, block, reason) = match status {
        TransactionStatus::Stored => ("stored", None, None),
        TransactionStatus::Sent => ("sent", None, None),
        TransactionStatus::Included { block }
        | TransactionStatus::Safe { block }
        | TransactionStatus::Final { block } => ("included", Some(*block), None),
        TransactionStatus::Reverted { block, reason } => ("reverted", Some(*block), Some(reason)),
        TransactionStatus::Replaced {} => ("replaced", None, None),
        TransactionStatus::Refused { reason } => ("refused", None, Some(reason)),
    };
    db.execute(
        "UPDATE relayed_transactions SET state = ?2, block = ?3, block_hash = ?4, reason = ?5 WHERE hash = ?1",
        params![hash.as_slice(), state, block.map(signed), block_hash.as_ref().map(B256::as_slice), reason],
    )?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<Stored, StorageError> {
    let fixed = |column: &'static str| -> Result<Vec<u8>, StorageError> { Ok(row.get(column)?) };
    let wrong = |column: &'static str| StorageError::Inconsistent { table: TABLE, column };
    let hash =
        |column: &'static str| B256::try_from(fixed(column)?.as_slice()).map_err(|_| wrong(column));
    let address = |column: &'static str| {
        Address::try_from(fixed(column)?.as_slice()).map_err(|_| wrong(column))
    };
    let number =
        |column: &'static str| Ok::<_, StorageError>(row.get::<_, i64>(column)?.unsigned_abs());
    let block = || row.get::<_, Option<i64>>("block")?.map(i64::unsigned_abs).ok_or(wrong("block"));
    let reason =
        || Ok::<_, StorageError>(row.get::<_, Option<String>>("reason")?.unwrap_or_default());
    let status = match row.get_ref("state")?.as_str().map_err(|_| wrong("state"))? {
        "stored" => TransactionStatus::Stored,
        "sent" => TransactionStatus::Sent,
        "included" => TransactionStatus::Included { block: block()? },
        "reverted" => TransactionStatus::Reverted { block: block()?, reason: reason()? },
        "replaced" => TransactionStatus::Replaced {},
        "refused" => TransactionStatus::Refused { reason: reason()? },
        _ => return Err(wrong("state")),
    };
    let block_hash = row.get::<_, Option<Vec<u8>>>("block_hash")?;
    let block_hash = block_hash
        .map(|bytes| B256::try_from(bytes.as_slice()).map_err(|_| wrong("block_hash")))
        .transpose()?;
    Ok(Stored {
        view: TransactionView {
            hash: hash("hash")?,
            from: address("sender")?,
            nonce: number("nonce")?,
            to: address("target")?,
            call: row.get("call")?,
            status,
            replaced_by: None,
            taken_back: 0,
            taken_back_from: None,
            accepted_at: Timestamp::from_millis(number("accepted_at")?),
        },
        raw: fixed("raw")?.into(),
        block_hash,
        intent: row.get("intent")?,
    })
}

/// `SQLite` counts to 2⁶³; nonces, blocks and clocks never get there.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
