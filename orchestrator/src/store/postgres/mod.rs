//! `PostgreSQL`: for more than one process on the same ledgers. Each append is one transaction on its ledgers' heads,
//! with `synchronous_commit = on`: it is answered when it is on the server's disk.
//!
//! What is erased is gone from every answer at once. Its bytes leave the server's files when they are vacuumed, its
//! write-ahead log when that is recycled, and backups when they are deleted: that is the database's operator's part.

mod append;
mod audit;
mod lease;
mod notes;
mod pool;
mod read;
mod schema;
mod tell;
mod wallet;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use phase8_shared::id::{MissionId, Seq};
use phase8_shared::ledger::{Commitment, LeafHash, TreeHead};
use phase8_shared::time::Timestamp;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_postgres::types::Type;

use self::pool::Pool;
pub use self::wallet::{SharedWallet, WalletTurn};
use super::hints::{self, Hints};
use super::{
    AppendError, Batch, Blob, Changes, EventStore, Lease, LogHead, LogId, Note, StorageError,
    Stored, WorkerId,
};

/// Ledgers in a `PostgreSQL` database.
#[derive(Debug)]
pub struct PostgresStore {
    pool: Arc<Pool>,
    hints: Hints,
    changed: mpsc::Sender<LogId>,
    listener: Mutex<Option<JoinHandle<()>>>,
}

impl PostgresStore {
    /// Connects to the database at this address, `postgres://user:password@host:port/name`, and brings its tables to
    /// today's. Must be called in a runtime, which also listens for changes.
    pub async fn open(url: &str) -> Result<Arc<Self>, StorageError> {
        let pool = Arc::new(Pool::new(url)?);
        schema::migrate(&pool).await?;
        let flushes = pool.query("SELECT current_setting('fsync') = 'on'", &[]).await?;
        if let Some(row) = flushes.first()
            && !read::get::<bool>(row, 0)?
        {
            tracing::warn!(
                "the database {} runs with fsync = off: a power cut loses what it answered for",
                pool.target()
            );
        }
        let hints = Hints::new();
        let (changed, told) = mpsc::channel(tell::WAITING);
        let listener = tokio::spawn(tell::run(Arc::clone(&pool), hints.clone(), told));
        Ok(Arc::new(Self { pool, hints, changed, listener: Mutex::new(Some(listener)) }))
    }

    /// The database at an address as people may see it, without the password, or why the address cannot be used.
    pub fn describe(url: &str) -> Result<String, StorageError> {
        Pool::new(url).map(|pool| pool.target().to_owned())
    }

    /// Tells this process at once, and others as soon as it can be done.
    fn tell_of(&self, logs: impl IntoIterator<Item = LogId>) {
        for log in logs {
            self.hints.tell_of([log]);
            // Where too many wait the others look for themselves.
            self.changed.try_send(log).ok();
        }
    }

    fn stop_listening(&self) {
        let listener = self.listener.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(listener) = listener {
            listener.abort();
        }
    }
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        self.stop_listening();
    }
}

#[async_trait]
impl EventStore for PostgresStore {
    async fn append(&self, batch: Batch) -> Result<Vec<TreeHead>, AppendError> {
        let heads = append::append(&self.pool, &batch).await?;
        self.tell_of(hints::logs_of(&batch));
        Ok(heads)
    }

    async fn read(
        &self,
        log: LogId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Stored>, StorageError> {
        read::find_events(&self.pool, log, after, limit).await
    }

    async fn leaves(
        &self,
        log: LogId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<LeafHash>, StorageError> {
        read::leaves(&self.pool, log, after, limit).await
    }

    async fn head(&self, log: LogId) -> Result<Option<TreeHead>, StorageError> {
        let begun = read::find_head(&self.pool, log).await?.filter(|head| head.tree.size() > 0);
        Ok(begun.map(|head| head.tree.head()))
    }

    async fn logs(&self) -> Result<Vec<LogId>, StorageError> {
        read::logs(&self.pool).await
    }

    async fn blob(
        &self,
        mission: MissionId,
        commitment: Commitment,
    ) -> Result<Option<Blob>, StorageError> {
        read::blob(&self.pool, mission, commitment).await
    }

    async fn erase(
        &self,
        mission: MissionId,
        commitment: Commitment,
    ) -> Result<bool, StorageError> {
        let sql = "DELETE FROM phase8.blobs WHERE log = $1 AND commitment = $2";
        let (log, wanted) = (LogId::Mission(mission).to_string(), commitment.0.as_slice());
        let params = [(&log as _, Type::TEXT), (&wanted as _, Type::BYTEA)];
        Ok(self.pool.execute(sql, &params).await? > 0)
    }

    async fn remember(&self, note: Note) -> Result<(), StorageError> {
        notes::insert(&self.pool, &note).await
    }

    async fn recall(
        &self,
        bucket: &str,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Note>, StorageError> {
        notes::select(&self.pool, bucket, now, limit).await
    }

    async fn forget(&self, now: Timestamp) -> Result<u64, StorageError> {
        notes::delete(&self.pool, now).await
    }

    async fn claim(
        &self,
        log: LogId,
        worker: WorkerId,
        ttl: Duration,
    ) -> Result<Option<Lease>, StorageError> {
        lease::claim(&self.pool, log, worker, ttl).await
    }

    async fn renew(&self, leases: &[Lease], ttl: Duration) -> Result<Vec<LogId>, StorageError> {
        lease::renew(&self.pool, leases, ttl).await
    }

    async fn release(&self, leases: &[Lease]) -> Result<(), StorageError> {
        lease::release(&self.pool, leases).await?;
        self.tell_of(leases.iter().map(|lease| lease.log));
        Ok(())
    }

    async fn heads(&self) -> Result<Vec<LogHead>, StorageError> {
        read::heads(&self.pool).await
    }

    fn is_shared(&self) -> bool {
        true
    }

    fn changes(&self) -> Changes {
        self.hints.listen()
    }

    async fn was_appended(&self, batch: &Batch) -> Result<bool, StorageError> {
        append::was_appended(&self.pool, batch).await
    }

    async fn close(&self) {
        self.stop_listening();
        self.pool.close().await;
    }
}
