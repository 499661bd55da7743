//! How far the watcher has read the chain: the last blocks with their hashes, so that a reorganisation is noticed and
//! only what changed is read again. Nothing here waits for the disk: whoever forgets the last blocks in a power cut reads
//! them again, and facts are delivered at least once.

use alloy::primitives::{Address, B256};
use rusqlite::params;

use crate::relay::{RelayDb, StorageError};

/// Blocks that are remembered. Deeper reorganisations read from the deployment's first block again.
pub(super) const REMEMBERED: u16 = 256;

/// A block that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadBlock {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: B256,
}

/// The blocks that were read for one deployment.
#[derive(Debug, Clone)]
pub struct Cursor {
    db: RelayDb,
    scope: String,
}

impl Cursor {
    /// The cursor of the deployment that has this escrow on this chain.
    pub fn new(db: RelayDb, chain_id: u64, escrow: Address) -> Self {
        Self { db, scope: format!("{chain_id}:{escrow}") }
    }

    /// The newest blocks that were read, the newest first.
    pub async fn list(&self) -> Result<Vec<ReadBlock>, StorageError> {
        let scope = self.scope.clone();
        self.db
            .note(move |db| {
                let mut statement = db.prepare_cached(
                    "SELECT number, hash FROM blocks_read WHERE scope = ?1 ORDER BY number DESC",
                )?;
                let rows = statement.query_map(params![scope], |row| {
                    Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
                })?;
                rows.map(|row| {
                    let (number, hash) = row?;
                    let hash = B256::try_from(hash.as_slice()).map_err(|_| {
                        StorageError::Inconsistent { table: "blocks_read", column: "hash" }
                    })?;
                    Ok(ReadBlock { number: number.unsigned_abs(), hash })
                })
                .collect()
            })
            .await
    }

    /// Everything up to this block has been delivered.
    pub async fn advance(&self, block: ReadBlock) -> Result<(), StorageError> {
        let scope = self.scope.clone();
        self.db
            .note(move |db| {
                let number = signed(block.number);
                db.prepare_cached("DELETE FROM blocks_read WHERE scope = ?1 AND number >= ?2")?
                    .execute(params![scope, number])?;
                db.prepare_cached("INSERT INTO blocks_read (scope, number, hash) VALUES (?1, ?2, ?3)")?
                    .execute(params![scope, number, block.hash.as_slice()])?;
                db.prepare_cached(
                    "DELETE FROM blocks_read WHERE scope = ?1 AND number <=
                     (SELECT number FROM blocks_read WHERE scope = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)",
                )?
                .execute(params![scope, REMEMBERED])?;
                Ok(())
            })
            .await
    }

    /// Forgets blocks that the chain no longer has: those after `kept`, or all.
    pub async fn rewind(&self, kept: Option<ReadBlock>) -> Result<(), StorageError> {
        let scope = self.scope.clone();
        let above = kept.map_or(-1, |block| signed(block.number));
        self.db
            .note(move |db| {
                db.execute(
                    "DELETE FROM blocks_read WHERE scope = ?1 AND number > ?2",
                    params![scope, above],
                )?;
                Ok(())
            })
            .await
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(number: u64) -> ReadBlock {
        ReadBlock { number, hash: B256::left_padding_from(&number.to_be_bytes()) }
    }

    #[tokio::test]
    async fn the_cursor_goes_forward_and_back() {
        let cursor = Cursor::new(RelayDb::in_memory().unwrap(), 1, Address::repeat_byte(7));
        for number in [1, 5, 9] {
            cursor.advance(block(number)).await.unwrap();
        }
        assert_eq!(cursor.list().await.unwrap(), [block(9), block(5), block(1)]);

        cursor.rewind(Some(block(5))).await.unwrap();
        assert_eq!(cursor.list().await.unwrap(), [block(5), block(1)]);

        cursor.rewind(None).await.unwrap();
        assert_eq!(cursor.list().await.unwrap(), []);
    }

    #[tokio::test]
    async fn old_blocks_are_forgotten_and_deployments_kept_apart() {
        let db = RelayDb::in_memory().unwrap();
        let one = Cursor::new(db.clone(), 1, Address::repeat_byte(7));
        let other = Cursor::new(db, 1, Address::repeat_byte(8));
        for number in 0..300 {
            one.advance(block(number)).await.unwrap();
        }

        assert_eq!(one.list().await.unwrap().len(), 256);
        assert_eq!(other.list().await.unwrap(), []);
    }
}
