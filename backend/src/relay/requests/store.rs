//! The table of owners' requests.

use alloy::primitives::{Address, B256, Bytes, U256};
use phase8_shared::time::Timestamp;
use rusqlite::{OptionalExtension, Params, Transaction, params};

use super::intent;
use crate::relay::StorageError;
use crate::relay::transactions::latest_for;

const TABLE: &str = "owner_requests";
const COLUMNS: &str = "digest, target, data, nonce, deadline, signature, signer, call, reason, ended, carried_by, block, \
                       settled, accepted_at";

/// A request as it is stored. What its transaction came to stands with the transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::relay) struct Row {
    pub(super) digest: B256,
    pub(super) target: Address,
    pub(super) data: Bytes,
    pub(super) nonce: U256,
    pub(super) deadline: u64,
    pub(super) signature: Bytes,
    pub(super) signer: Address,
    /// The call behind the door, in words.
    pub(super) call: String,
    /// Why it was not sent, if it was not.
    pub(super) reason: Option<String>,
    /// How it ended without a transaction from here.
    pub(super) ended: Option<Ended>,
    /// Whether nothing changes it any more.
    pub(super) settled: bool,
    pub(super) accepted_at: Timestamp,
}

/// How a request ended without a transaction from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// Somebody else carried it to the chain.
    Carried { by: B256, block: u64 },
    /// Its deadline passed.
    Expired,
    /// The owner's nonce moved past it.
    Void,
}

/// Finds a request.
pub(super) fn find(db: &Transaction<'_>, digest: B256) -> Result<Option<Row>, StorageError> {
    let query = format!("SELECT {COLUMNS} FROM {TABLE} WHERE digest = ?1");
    let mut statement = db.prepare_cached(&query)?;
    statement.query_row(params![digest.as_slice()], |row| Ok(read(row))).optional()?.transpose()
}

/// The newest of a chain, the newest first.
pub(super) fn list(
    db: &Transaction<'_>,
    instance: B256,
    limit: u32,
) -> Result<Vec<Row>, StorageError> {
    several(
        db,
        "WHERE instance = ?1 ORDER BY accepted_at DESC, rowid DESC LIMIT ?2",
        params![instance.as_slice(), limit],
    )
}

/// Those of a chain that may still change.
pub(in crate::relay) fn unsettled(
    db: &Transaction<'_>,
    instance: B256,
) -> Result<Vec<Row>, StorageError> {
    several(db, "WHERE instance = ?1 AND settled = 0", params![instance.as_slice()])
}

/// Whether a transaction carries another request of the same signer with the same nonce.
pub(super) fn is_rivalled(
    db: &Transaction<'_>,
    instance: B256,
    row: &Row,
) -> Result<bool, StorageError> {
    let others = several(
        db,
        "WHERE instance = ?1 AND signer = ?2 AND nonce = ?3 AND digest != ?4 AND settled = 0",
        params![
            instance.as_slice(),
            row.signer.as_slice(),
            row.nonce.to_be_bytes::<32>(),
            row.digest.as_slice()
        ],
    )?;
    for other in others {
        let carrier = latest_for(db, instance, &intent(other.digest))?;
        if carrier.is_some_and(|stored| stored.view.status.is_open()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Stores a request, or a new attempt at it.
pub(super) fn keep(db: &Transaction<'_>, instance: B256, row: &Row) -> Result<(), StorageError> {
    db.prepare_cached(
        "INSERT INTO owner_requests
         (digest, instance, target, data, nonce, deadline, signature, signer, call, reason, accepted_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         ON CONFLICT (digest) DO UPDATE SET signature = excluded.signature, reason = excluded.reason",
    )?
    .execute(params![
        row.digest.as_slice(),
        instance.as_slice(),
        row.target.as_slice(),
        row.data.as_ref(),
        row.nonce.to_be_bytes::<32>(),
        signed(row.deadline),
        row.signature.as_ref(),
        row.signer.as_slice(),
        row.call,
        row.reason,
        signed(row.accepted_at.millis()),
    ])?;
    Ok(())
}

/// Writes how a request stands.
pub(super) fn update(db: &Transaction<'_>, row: &Row) -> Result<(), StorageError> {
    let (ended, by, block) = match row.ended {
        Some(Ended::Carried { by, block }) => (Some("carried"), Some(by), Some(block)),
        Some(Ended::Expired) => (Some("expired"), None, None),
        Some(Ended::Void) => (Some("void"), None, None),
        None => (None, None, None),
    };
    db.prepare_cached(
        "UPDATE owner_requests SET ended = ?2, carried_by = ?3, block = ?4, settled = ?5 WHERE digest = ?1",
    )?
    .execute(params![
        row.digest.as_slice(),
        ended,
        by.as_ref().map(B256::as_slice),
        block.map(signed),
        row.settled
    ])?;
    Ok(())
}

fn several(
    db: &Transaction<'_>,
    which: &str,
    params: impl Params,
) -> Result<Vec<Row>, StorageError> {
    let mut statement = db.prepare_cached(&format!("SELECT {COLUMNS} FROM {TABLE} {which}"))?;
    let rows = statement.query_map(params, |row| Ok(read(row)))?;
    rows.map(|row| row?).collect()
}

fn read(row: &rusqlite::Row<'_>) -> Result<Row, StorageError> {
    let wrong = |column: &'static str| StorageError::Inconsistent { table: TABLE, column };
    let bytes = |column: &'static str| -> Result<Vec<u8>, StorageError> { Ok(row.get(column)?) };
    let hash =
        |column: &'static str| B256::try_from(bytes(column)?.as_slice()).map_err(|_| wrong(column));
    let address = |column: &'static str| {
        Address::try_from(bytes(column)?.as_slice()).map_err(|_| wrong(column))
    };
    let number =
        |column: &'static str| Ok::<_, StorageError>(row.get::<_, i64>(column)?.unsigned_abs());
    let ended = match row.get::<_, Option<String>>("ended")?.as_deref() {
        None => None,
        Some("carried") => {
            Some(Ended::Carried { by: hash("carried_by")?, block: number("block")? })
        }
        Some("expired") => Some(Ended::Expired),
        Some("void") => Some(Ended::Void),
        Some(_) => return Err(wrong("ended")),
    };
    Ok(Row {
        digest: hash("digest")?,
        target: address("target")?,
        data: bytes("data")?.into(),
        nonce: U256::try_from_be_slice(&bytes("nonce")?).ok_or(wrong("nonce"))?,
        deadline: number("deadline")?,
        signature: bytes("signature")?.into(),
        signer: address("signer")?,
        call: row.get("call")?,
        reason: row.get("reason")?,
        ended,
        settled: row.get("settled")?,
        accepted_at: Timestamp::from_millis(number("accepted_at")?),
    })
}

/// `SQLite` counts to 2⁶³; blocks and clocks never get there, and no deadline that far ahead is taken in.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
