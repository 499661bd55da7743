//! What processes that sign with one wallet must know of each other: one signs at a time, so that no two take the same
//! nonce, and what was signed for a purpose is there for whoever takes over, so that it is sent again and not signed again.

use std::sync::Arc;

use tokio::sync::{Mutex, MutexGuard};
use tokio_postgres::types::Type;

use super::pool::{Param, Pool, Taken};
use super::{StorageError, read};

/// A wallet that several processes on one database sign with.
#[derive(Debug, Clone)]
pub struct SharedWallet {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    pool: Pool,
    /// One of this process asks at a time: who waits here holds no connection.
    own: Mutex<()>,
}

/// One process's turn. It ends with [`Self::end`], with the process, or ten seconds after that froze.
#[derive(Debug)]
pub struct WalletTurn<'a> {
    pool: &'a Pool,
    taken: Taken<'a>,
    _own: MutexGuard<'a, ()>,
}

impl SharedWallet {
    /// Those who sign know each other by the database at this address, whose tables are there. It connects when it is
    /// asked to.
    pub fn at(url: &str) -> Result<Self, StorageError> {
        Ok(Self { inner: Arc::new(Inner { pool: Pool::new(url)?, own: Mutex::default() }) })
    }

    /// Waits until nobody else has the turn of this wallet.
    pub async fn turn(&self, wallet: &str) -> Result<WalletTurn<'_>, StorageError> {
        let Inner { pool, own } = self.inner.as_ref();
        let own = own.lock().await;
        let taken = pool.take().await?;
        let client = taken.client();
        // Held as long as the transaction is open; nothing is written in it. A server ends one that stands still.
        let sql = "SELECT 1 FROM pg_advisory_xact_lock(hashtextextended($1, 0))";
        let name = format!("phase8 wallet {wallet}");
        let params: [Param<'_>; 1] = [(&name, Type::TEXT)];
        let begun = client.batch_execute("BEGIN");
        let locked = client.query_typed(sql, &params);
        pool.answered(async { futures_util::future::try_join(begun, locked).await }).await?;
        Ok(WalletTurn { pool, taken, _own: own })
    }
}

impl WalletTurn<'_> {
    /// What was signed last for a purpose.
    pub async fn find(&self, purpose: &str) -> Result<Option<Vec<u8>>, StorageError> {
        let sql = "SELECT signed FROM phase8.signed WHERE purpose = $1";
        let rows = self.pool.query(sql, &[(&purpose, Type::TEXT)]).await?;
        rows.first().map(|row| read::get(row, 0)).transpose()
    }

    /// Keeps what was signed for a purpose, before it is sent.
    pub async fn keep(&self, purpose: &str, signed: &[u8]) -> Result<(), StorageError> {
        let sql = "INSERT INTO phase8.signed (purpose, signed) VALUES ($1, $2)
                   ON CONFLICT (purpose) DO UPDATE SET signed = excluded.signed, at = now()";
        let params: [Param<'_>; 2] = [(&purpose, Type::TEXT), (&signed, Type::BYTEA)];
        self.pool.execute(sql, &params).await.map(drop)
    }

    /// Lets the next one sign. Where that cannot be said, the connection is closed, which says the same.
    pub async fn end(self) {
        let Self { pool, taken, .. } = self;
        if pool.answered(taken.client().batch_execute("ROLLBACK")).await.is_ok() {
            taken.give_back();
        }
    }
}
