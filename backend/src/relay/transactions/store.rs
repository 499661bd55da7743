//! The table of relayed and watched transactions.

use std::collections::BTreeSet;

use alloy::primitives::{Address, B256, Bytes};
use phase8_shared::api::{TransactionStatus, TransactionView};
use phase8_shared::time::Timestamp;
use rusqlite::{OptionalExtension, Params, Row, Transaction, params};

use super::super::db::StorageError;

const TABLE: &str = "relayed_transactions";
const COLUMNS: &str = "hash, sender, nonce, target, call, raw, data, intent, state, block, block_hash, reason, replaced_by, \
                       taken_back, taken_back_from, settled, accepted_at";

/// A transaction as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::relay) struct Stored {
    /// What the page sees.
    pub(in crate::relay) view: TransactionView,
    /// What it is made of.
    pub(super) body: Body,
    /// The block that its status rests on: when that is gone, so is the status.
    pub(super) rests_on: Option<Place>,
    /// What this server wants with it, if it is one of its own.
    pub(super) intent: Option<String>,
    /// Whether nothing changes it any more.
    pub(in crate::relay) settled: bool,
    /// The same call signed again at a higher price, the newest last; read only for those that may need it.
    pub(super) again: Vec<SignedAgain>,
}

/// What a stored transaction is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Body {
    /// Signed bytes, which can be sent.
    Signed(Bytes),
    /// The call of a transaction that a wallet sent by itself.
    Watched(Bytes),
}

/// A block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) number: u64,
    pub(super) hash: B256,
}

/// One more signature for the same call and nonce.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SignedAgain {
    pub(super) hash: B256,
    pub(super) raw: Bytes,
    pub(super) signed_at: Timestamp,
}

/// How far a transaction is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) status: TransactionStatus,
    pub(super) rests_on: Option<Place>,
    pub(super) replaced_by: Option<B256>,
}

impl Found {
    /// A status that rests on no block.
    pub(super) const fn nowhere(status: TransactionStatus) -> Self {
        Self { status, rests_on: None, replaced_by: None }
    }
}

impl Stored {
    /// Puts in what was found out.
    pub(super) fn set(&mut self, found: Found) {
        self.view.status = found.status;
        self.view.replaced_by = found.replaced_by;
        self.rests_on = found.rests_on;
    }

    /// Every hash under which it may be included, the newest first.
    pub(super) fn hashes(&self) -> impl Iterator<Item = B256> {
        self.again.iter().rev().map(|again| again.hash).chain([self.view.hash])
    }

    /// The bytes to send, which are the newest.
    pub(super) fn raw(&self) -> Option<&Bytes> {
        match (self.again.last(), &self.body) {
            (Some(newest), _) => Some(&newest.raw),
            (None, Body::Signed(raw)) => Some(raw),
            (None, Body::Watched(_)) => None,
        }
    }
}

/// Finds a transaction by its hash, or by that of one of its later signatures.
pub(super) fn find(db: &Transaction<'_>, hash: B256) -> Result<Option<Stored>, StorageError> {
    let hash = hash.as_slice();
    let mut found = one(db, "WHERE hash = ?1", params![hash])?;
    if found.is_none() {
        let which = "WHERE hash = (SELECT first FROM signed_again WHERE hash = ?1)";
        found = one(db, which, params![hash])?;
    }
    if let Some(stored) = found.as_mut().filter(|stored| stored.intent.is_some()) {
        stored.again = signed_again(db, stored.view.hash)?;
    }
    Ok(found)
}

/// The newest of all, the newest first.
pub(super) fn list(db: &Transaction<'_>, limit: u32) -> Result<Vec<Stored>, StorageError> {
    several(db, "ORDER BY rowid DESC LIMIT ?1", params![limit])
}

/// Those of a chain that may still change.
pub(super) fn unsettled(db: &Transaction<'_>, instance: B256) -> Result<Vec<Stored>, StorageError> {
    let mut found = several(
        db,
        "WHERE instance = ?1 AND settled = 0 ORDER BY sender, nonce",
        params![instance.as_slice()],
    )?;
    for stored in found.iter_mut().filter(|stored| stored.intent.is_some()) {
        stored.again = signed_again(db, stored.view.hash)?;
    }
    Ok(found)
}

/// Those of a chain that wait to be included.
pub(super) fn open(db: &Transaction<'_>, instance: B256) -> Result<Vec<Stored>, StorageError> {
    several(
        db,
        "WHERE instance = ?1 AND settled = 0 AND state IN ('stored', 'sent')",
        params![instance.as_slice()],
    )
}

/// The newest transaction for an intent.
pub(in crate::relay) fn latest_for(
    db: &Transaction<'_>,
    instance: B256,
    intent: &str,
) -> Result<Option<Stored>, StorageError> {
    one(
        db,
        "WHERE instance = ?1 AND intent = ?2 ORDER BY accepted_at DESC, rowid DESC LIMIT 1",
        params![instance.as_slice(), intent],
    )
}

/// Nonces that open transactions of a sender hold.
pub(super) fn open_nonces(
    db: &Transaction<'_>,
    instance: B256,
    sender: Address,
) -> Result<BTreeSet<u64>, StorageError> {
    let query = format!(
        "SELECT nonce FROM {TABLE}
         WHERE instance = ?1 AND settled = 0 AND sender = ?2 AND state IN ('stored', 'sent')"
    );
    let mut statement = db.prepare_cached(&query)?;
    let rows = statement
        .query_map(params![instance.as_slice(), sender.as_slice()], |row| row.get::<_, i64>(0))?;
    rows.map(|nonce| Ok(nonce?.unsigned_abs())).collect()
}

/// The nonce after the highest that a sender is known to have used.
pub(super) fn used_up(
    db: &Transaction<'_>,
    instance: B256,
    sender: Address,
) -> Result<u64, StorageError> {
    // What somebody else relayed from the same wallet counts while it is new, and later the chain counts it.
    let used = "instance = ?1 AND sender = ?2
                AND state IN ('included', 'safe', 'final', 'reverted', 'replaced')";
    let query = format!(
        "SELECT max(nonce) FROM (
             SELECT nonce FROM (SELECT nonce FROM {TABLE} WHERE {used} AND intent IS NOT NULL ORDER BY nonce DESC LIMIT 1)
             UNION ALL SELECT nonce FROM {TABLE} WHERE {used} AND settled = 0
         )"
    );
    let highest: Option<i64> = db
        .prepare_cached(&query)?
        .query_row(params![instance.as_slice(), sender.as_slice()], |row| row.get(0))?;
    Ok(highest.map_or(0, |highest| highest.unsigned_abs().saturating_add(1)))
}

/// Stores a new transaction.
pub(super) fn insert(
    db: &Transaction<'_>,
    instance: B256,
    stored: &Stored,
) -> Result<(), StorageError> {
    insert_by(db, instance, stored, "").map(drop)
}

/// Stores a transaction unless one with its hash is there already, and answers whether it did.
pub(super) fn insert_if_new(
    db: &Transaction<'_>,
    instance: B256,
    stored: &Stored,
) -> Result<bool, StorageError> {
    let rows = insert_by(db, instance, stored, "ON CONFLICT (hash) DO NOTHING")?;
    Ok(rows == 1)
}

/// Stores a transaction unless its hash, its intent or its nonce is taken.
pub(super) fn insert_unless_taken(
    db: &Transaction<'_>,
    instance: B256,
    stored: &Stored,
) -> Result<(), StorageError> {
    insert_by(db, instance, stored, "ON CONFLICT DO NOTHING").map(drop)
}

fn insert_by(
    db: &Transaction<'_>,
    instance: B256,
    stored: &Stored,
    otherwise: &'static str,
) -> Result<usize, StorageError> {
    let view = &stored.view;
    let (raw, data) = match &stored.body {
        Body::Signed(raw) => (Some(raw.as_ref()), None),
        Body::Watched(data) => (None, Some(data.as_ref())),
    };
    let rows = db
        .prepare_cached(&format!(
            "INSERT INTO relayed_transactions
             (hash, instance, sender, nonce, target, call, raw, data, intent, state, accepted_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) {otherwise}"
        ))?
        .execute(params![
            view.hash.as_slice(),
            instance.as_slice(),
            view.from.as_slice(),
            signed(view.nonce),
            view.to.as_slice(),
            view.call,
            raw,
            data,
            stored.intent,
            word(&view.status),
            signed(view.accepted_at.millis()),
        ])?;
    Ok(rows)
}

/// Writes how far a transaction is.
pub(super) fn update(db: &Transaction<'_>, stored: &Stored) -> Result<(), StorageError> {
    let view = &stored.view;
    let reason = match &view.status {
        TransactionStatus::Reverted { reason, .. } | TransactionStatus::Refused { reason } => {
            Some(reason)
        }
        TransactionStatus::Stored
        | TransactionStatus::Sent
        | TransactionStatus::Included { .. }
        | TransactionStatus::Safe { .. }
        | TransactionStatus::Final { .. }
        | TransactionStatus::Replaced {} => None,
    };
    db.prepare_cached(
        "UPDATE relayed_transactions SET state = ?2, block = ?3, block_hash = ?4, reason = ?5, replaced_by = ?6,
         taken_back = ?7, taken_back_from = ?8, settled = ?9 WHERE hash = ?1",
    )?
    .execute(params![
        view.hash.as_slice(),
        word(&view.status),
        stored.rests_on.map(|place| signed(place.number)),
        stored.rests_on.as_ref().map(|place| place.hash.as_slice()),
        reason,
        view.replaced_by.as_ref().map(B256::as_slice),
        view.taken_back,
        view.taken_back_from.map(signed),
        stored.settled,
    ])?;
    Ok(())
}

/// Forgets a transaction that the node never took.
pub(super) fn forget(db: &Transaction<'_>, hash: B256) -> Result<(), StorageError> {
    db.execute("DELETE FROM relayed_transactions WHERE hash = ?1", params![hash.as_slice()])?;
    Ok(())
}

/// Stores one more signature, before it is sent.
pub(super) fn insert_again(
    db: &Transaction<'_>,
    first: B256,
    again: &SignedAgain,
) -> Result<(), StorageError> {
    db.execute(
        "INSERT INTO signed_again (hash, first, raw, signed_at) VALUES (?1, ?2, ?3, ?4)",
        params![
            again.hash.as_slice(),
            first.as_slice(),
            again.raw.as_ref(),
            signed(again.signed_at.millis())
        ],
    )?;
    Ok(())
}

/// The later signatures of a transaction, the newest last.
pub(super) fn signed_again(
    db: &Transaction<'_>,
    first: B256,
) -> Result<Vec<SignedAgain>, StorageError> {
    let mut statement = db.prepare_cached(
        "SELECT hash, raw, signed_at FROM signed_again WHERE first = ?1 ORDER BY signed_at, rowid",
    )?;
    let rows = statement.query_map(params![first.as_slice()], |row| {
        Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?, row.get::<_, i64>(2)?))
    })?;
    rows.map(|row| {
        let (hash, raw, signed_at) = row?;
        let hash = B256::try_from(hash.as_slice())
            .map_err(|_| StorageError::Inconsistent { table: "signed_again", column: "hash" })?;
        let signed_at = Timestamp::from_millis(signed_at.unsigned_abs());
        Ok(SignedAgain { hash, raw: raw.into(), signed_at })
    })
    .collect()
}

fn one(
    db: &Transaction<'_>,
    which: &str,
    params: impl Params,
) -> Result<Option<Stored>, StorageError> {
    let mut statement = db.prepare_cached(&format!("SELECT {COLUMNS} FROM {TABLE} {which}"))?;
    statement.query_row(params, |row| Ok(read(row))).optional()?.transpose()
}

fn several(
    db: &Transaction<'_>,
    which: &str,
    params: impl Params,
) -> Result<Vec<Stored>, StorageError> {
    let mut statement = db.prepare_cached(&format!("SELECT {COLUMNS} FROM {TABLE} {which}"))?;
    let rows = statement.query_map(params, |row| Ok(read(row)))?;
    rows.map(|row| row?).collect()
}

fn read(row: &Row<'_>) -> Result<Stored, StorageError> {
    let wrong = |column: &'static str| StorageError::Inconsistent { table: TABLE, column };
    let bytes =
        |column: &'static str| -> Result<Option<Vec<u8>>, StorageError> { Ok(row.get(column)?) };
    let fixed = |column: &'static str| bytes(column)?.ok_or(wrong(column));
    let to_hash = |column: &'static str, bytes: Vec<u8>| {
        B256::try_from(bytes.as_slice()).map_err(|_| wrong(column))
    };
    let hash = |column: &'static str| to_hash(column, fixed(column)?);
    let maybe_hash =
        |column: &'static str| bytes(column)?.map(|bytes| to_hash(column, bytes)).transpose();
    let address = |column: &'static str| {
        Address::try_from(fixed(column)?.as_slice()).map_err(|_| wrong(column))
    };
    let maybe = |column: &'static str| {
        Ok::<_, StorageError>(row.get::<_, Option<i64>>(column)?.map(i64::unsigned_abs))
    };
    let number = |column: &'static str| maybe(column)?.ok_or(wrong(column));
    let reason =
        || Ok::<_, StorageError>(row.get::<_, Option<String>>("reason")?.unwrap_or_default());
    let status = match row.get_ref("state")?.as_str().map_err(|_| wrong("state"))? {
        "stored" => TransactionStatus::Stored,
        "sent" => TransactionStatus::Sent,
        "included" => TransactionStatus::Included { block: number("block")? },
        "safe" => TransactionStatus::Safe { block: number("block")? },
        "final" => TransactionStatus::Final { block: number("block")? },
        "reverted" => TransactionStatus::Reverted { block: number("block")?, reason: reason()? },
        "replaced" => TransactionStatus::Replaced {},
        "refused" => TransactionStatus::Refused { reason: reason()? },
        _ => return Err(wrong("state")),
    };
    let rests_on = match (maybe("block")?, maybe_hash("block_hash")?) {
        (Some(number), Some(hash)) => Some(Place { number, hash }),
        _ => None,
    };
    let body = match (bytes("raw")?, bytes("data")?) {
        (Some(raw), _) => Body::Signed(raw.into()),
        (None, Some(data)) => Body::Watched(data.into()),
        (None, None) => return Err(wrong("raw")),
    };
    Ok(Stored {
        view: TransactionView {
            hash: hash("hash")?,
            from: address("sender")?,
            nonce: number("nonce")?,
            to: address("target")?,
            call: row.get("call")?,
            status,
            replaced_by: maybe_hash("replaced_by")?,
            taken_back: row.get("taken_back")?,
            taken_back_from: maybe("taken_back_from")?,
            accepted_at: Timestamp::from_millis(number("accepted_at")?),
        },
        body,
        rests_on,
        intent: row.get("intent")?,
        settled: row.get("settled")?,
        again: Vec::new(),
    })
}

/// The name of a status in the table and in the log.
pub(super) const fn word(status: &TransactionStatus) -> &'static str {
    match status {
        TransactionStatus::Stored => "stored",
        TransactionStatus::Sent => "sent",
        TransactionStatus::Included { .. } => "included",
        TransactionStatus::Safe { .. } => "safe",
        TransactionStatus::Final { .. } => "final",
        TransactionStatus::Reverted { .. } => "reverted",
        TransactionStatus::Replaced {} => "replaced",
        TransactionStatus::Refused { .. } => "refused",
    }
}

/// `SQLite` counts to 2⁶³; nonces, blocks and clocks never get there.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
