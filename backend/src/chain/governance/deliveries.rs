//! Which summonses were delivered: when a page with the validator's account fetched the notification. A page reports it,
//! and anybody can; it proves nothing and is shown as what it is.

use std::collections::BTreeMap;

use alloy::primitives::{B256, U256};
use phase8_shared::api::SummonsView;
use phase8_shared::time::Timestamp;
use rusqlite::{OptionalExtension, params};

use crate::relay::{RelayDb, StorageError};

/// The first report for each summons.
#[derive(Debug, Clone)]
pub struct Deliveries {
    db: RelayDb,
}

impl Deliveries {
    /// Keeps them in this database.
    pub async fn open(db: RelayDb) -> Result<Self, StorageError> {
        db.transact(|db| {
            db.execute_batch(
                "CREATE TABLE IF NOT EXISTS summonses_delivered (
                   transaction_hash BLOB NOT NULL,
                   token BLOB NOT NULL,
                   delivered_at INTEGER NOT NULL,
                   PRIMARY KEY (transaction_hash, token)
                 ) STRICT, WITHOUT ROWID",
            )?;
            Ok(())
        })
        .await?;
        Ok(Self { db })
    }

    /// Takes note of a delivery, once: the first moment stays. Answers that moment.
    pub async fn report(
        &self,
        summons: &SummonsView,
        now: Timestamp,
    ) -> Result<Timestamp, StorageError> {
        let (transaction, token) = key(summons);
        self.db
            .transact(move |db| {
                db.execute(
                    "INSERT OR IGNORE INTO summonses_delivered VALUES (?1, ?2, ?3)",
                    params![transaction.as_slice(), token.as_slice(), signed(now)],
                )?;
                let first = db
                    .query_row(
                        "SELECT delivered_at FROM summonses_delivered
                         WHERE transaction_hash = ?1 AND token = ?2",
                        params![transaction.as_slice(), token.as_slice()],
                        |row| row.get::<_, i64>(0),
                    )
                    .optional()?;
                Ok(first.map_or(now, moment))
            })
            .await
    }

    /// Writes into each summons when it was delivered.
    pub async fn annotate(&self, summonses: &mut [SummonsView]) -> Result<(), StorageError> {
        if summonses.is_empty() {
            return Ok(());
        }
        let known = self
            .db
            .transact(|db| {
                let mut statement = db.prepare_cached(
                    "SELECT transaction_hash, token, delivered_at FROM summonses_delivered",
                )?;
                let rows = statement.query_map([], |row| {
                    Ok((
                        (row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?),
                        row.get::<_, i64>(2)?,
                    ))
                })?;
                Ok(rows.collect::<Result<BTreeMap<_, _>, _>>()?)
            })
            .await?;
        for summons in summonses {
            let (transaction, token) = key(summons);
            let found = known.get(&(transaction.to_vec(), token.to_vec()));
            summons.delivered_at = found.copied().map(moment);
        }
        Ok(())
    }
}

/// A summons by the transaction that issued it: on a development chain that began anew, tokens are counted from 1 again.
fn key(summons: &SummonsView) -> (B256, B256) {
    (summons.summoned.transaction, B256::from(U256::to_be_bytes(&summons.token)))
}

fn signed(at: Timestamp) -> i64 {
    i64::try_from(at.millis()).unwrap_or(i64::MAX)
}

const fn moment(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis.unsigned_abs())
}
