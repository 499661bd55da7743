//! `SQLite`: one file, one writer thread with group commit, a few readers. `synchronous = FULL`: an append is answered
//! when it is on the disk.

mod audit;
#[cfg(test)]
mod full;
mod notes;
mod read;
mod schema;
#[cfg(test)]
mod tampered;
mod write;

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use async_trait::async_trait;
use phase8_shared::id::{MissionId, Seq};
use phase8_shared::ledger::{Commitment, LeafHash, TreeHead};
use phase8_shared::time::Timestamp;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use tokio::sync::{Semaphore, oneshot};

pub use audit::audit;

use super::hints::{self, Hints};
use super::lease::{Claim, Leases};
use super::{
    AppendError, Batch, Blob, Changes, EventStore, Lease, LeaseClock, LogHead, LogId, Note,
    StorageError, Stored, WorkerId,
};

/// Connections that read.
const READERS: usize = 2;

/// Ledgers in a `SQLite` file.
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    /// Locked as long as the store is open; the operating system unlocks it when the process ends, however it ends.
    lock: Mutex<Option<File>>,
    writer: Mutex<Option<mpsc::Sender<write::Request>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    readers: Mutex<Vec<Connection>>,
    turns: Semaphore,
    leases: Leases,
    claiming: tokio::sync::Mutex<()>,
    hints: Hints,
}

impl SqliteStore {
    /// Opens the file, or creates it, and brings it to today's format.
    pub fn open(path: &Path) -> Result<std::sync::Arc<Self>, StorageError> {
        Self::open_with_clock(path, LeaseClock::steady())
    }

    /// Like [`Self::open`], with leases that run out by this clock.
    pub fn open_with_clock(
        path: &Path,
        clock: LeaseClock,
    ) -> Result<std::sync::Arc<Self>, StorageError> {
        let lock = lock(path)?;
        let mut connection =
            connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        schema::migrate(&mut connection)?;
        let (sender, receiver) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("ledger-writer".to_owned())
            .spawn(move || write::run(connection, &receiver))
            .map_err(|error| StorageError::Driver(Box::new(error)))?;
        Ok(std::sync::Arc::new(Self {
            path: path.to_owned(),
            lock: Mutex::new(Some(lock)),
            writer: Mutex::new(Some(sender)),
            thread: Mutex::new(Some(thread)),
            readers: Mutex::new(Vec::new()),
            turns: Semaphore::new(READERS),
            leases: Leases::new(clock),
            claiming: tokio::sync::Mutex::new(()),
            hints: Hints::new(),
        }))
    }

    /// Hands the writer a request; afterwards the answer comes through the request's own channel.
    fn request(&self, request: write::Request) -> Result<(), StorageError> {
        let sender = self.writer.lock().unwrap_or_else(PoisonError::into_inner).clone();
        sender.and_then(|sender| sender.send(request).ok()).ok_or(StorageError::Closed)
    }

    /// Runs a query on one of the readers, off the async threads.
    async fn query<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, StorageError> {
        let _turn = self.turns.acquire().await.map_err(|_| StorageError::Closed)?;
        let pooled = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let path = self.path.clone();
        let task = tokio::task::spawn_blocking(move || {
            let connection = match pooled {
                Some(connection) => connection,
                None => connect(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)?,
            };
            let answer = query(&connection)?;
            Ok((answer, connection))
        });
        let (answer, connection) =
            task.await.map_err(|error| StorageError::Driver(Box::new(error)))??;
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        Ok(answer)
    }

    /// Changes something beside the ledgers on the writer's connection, in a commit of its own.
    async fn apart<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Connection) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, StorageError> {
        let (answer, answered) = oneshot::channel();
        self.request(write::Request::Apart(write::Apart(Box::new(move |connection| {
            // Who does not wait for the answer any more looks again.
            drop(answer.send(change(connection)));
        }))))?;
        answered.await.map_err(|_| StorageError::Closed)?
    }
}

#[async_trait]
impl EventStore for SqliteStore {
    async fn append(&self, batch: Batch) -> Result<Vec<TreeHead>, AppendError> {
        let logs = hints::logs_of(&batch);
        let (answer, answered) = oneshot::channel();
        self.request(write::Request::Append(write::Append { batch, answer }))?;
        // The writer answers everything it took, unless it broke down.
        let heads =
            answered.await.map_err(|_| AppendError::OutcomeUnknown(StorageError::Closed))??;
        self.hints.tell_of(logs);
        Ok(heads)
    }

    async fn read(
        &self,
        log: LogId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Stored>, StorageError> {
        self.query(move |connection| read::events(connection, log, after, limit)).await
    }

    async fn leaves(
        &self,
        log: LogId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<LeafHash>, StorageError> {
        self.query(move |connection| read::leaves(connection, log, after, limit)).await
    }

    async fn head(&self, log: LogId) -> Result<Option<TreeHead>, StorageError> {
        self.query(move |connection| {
            let begun = read::log(connection, log)?.filter(|row| row.tree.size() > 0);
            Ok(begun.map(|row| row.tree.head()))
        })
        .await
    }

    async fn logs(&self) -> Result<Vec<LogId>, StorageError> {
        self.query(read::logs).await
    }

    async fn blob(
        &self,
        mission: MissionId,
        commitment: Commitment,
    ) -> Result<Option<Blob>, StorageError> {
        self.query(move |connection| read::blob(connection, mission, commitment)).await
    }

    async fn erase(
        &self,
        mission: MissionId,
        commitment: Commitment,
    ) -> Result<bool, StorageError> {
        self.apart(move |connection| write::erase_blob(connection, mission, commitment)).await
    }

    async fn remember(&self, note: Note) -> Result<(), StorageError> {
        self.apart(move |connection| notes::insert(connection, &note)).await
    }

    async fn recall(
        &self,
        bucket: &str,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Note>, StorageError> {
        let bucket = bucket.to_owned();
        self.query(move |connection| notes::select(connection, &bucket, now, limit)).await
    }

    async fn forget(&self, now: Timestamp) -> Result<u64, StorageError> {
        self.apart(move |connection| notes::delete(connection, now)).await
    }

    async fn claim(
        &self,
        log: LogId,
        worker: WorkerId,
        ttl: Duration,
    ) -> Result<Option<Lease>, StorageError> {
        // One claim at a time: between finding a ledger free and granting it nobody else gets it.
        let _claiming = self.claiming.lock().await;
        match self.leases.claim(log, worker, ttl) {
            Claim::Taken => return Ok(None),
            Claim::Extended(epoch) => return Ok(Some(Lease { log, worker, epoch })),
            Claim::Free => {}
        }
        let raised = self.apart(move |connection| write::raise_epoch(connection, log)).await?;
        Ok(raised.map(|epoch| {
            let lease = Lease { log, worker, epoch };
            self.leases.grant(lease, ttl);
            lease
        }))
    }

    async fn renew(&self, leases: &[Lease], ttl: Duration) -> Result<Vec<LogId>, StorageError> {
        Ok(self.leases.renew(leases, ttl))
    }

    async fn release(&self, leases: &[Lease]) -> Result<(), StorageError> {
        self.leases.release(leases);
        self.hints.tell_of(leases.iter().map(|lease| lease.log));
        Ok(())
    }

    async fn heads(&self) -> Result<Vec<LogHead>, StorageError> {
        let mut heads = self.query(read::heads).await?;
        for head in &mut heads {
            head.holder = self.leases.holder(head.log);
        }
        Ok(heads)
    }

    fn changes(&self) -> Changes {
        self.hints.listen()
    }

    async fn close(&self) {
        // Without a sender the writer finishes what is queued and ends.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        let ended = tokio::task::spawn_blocking(move || thread.map(JoinHandle::join)).await;
        if !matches!(ended, Ok(None | Some(Ok(())))) {
            tracing::error!("the ledger's writer did not end in order");
        }
        self.lock.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// Keeps a second engine off the file: `SQLite` itself would let both write.
fn lock(path: &Path) -> Result<File, StorageError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let opened = File::options().create(true).truncate(false).write(true).open(name);
    let file = opened.map_err(|error| StorageError::Driver(Box::new(error)))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StorageError::InUse(path.display().to_string())),
        Err(TryLockError::Error(error)) => Err(StorageError::Driver(Box::new(error))),
    }
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StorageError> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(driver)?;
    connection.busy_timeout(std::time::Duration::from_secs(10)).map_err(driver)?;
    connection.pragma_update(None, "foreign_keys", true).map_err(driver)?;
    Ok(connection)
}

fn driver(error: rusqlite::Error) -> StorageError {
    let passing = [
        ErrorCode::DatabaseBusy,
        ErrorCode::DatabaseLocked,
        ErrorCode::DiskFull,
        ErrorCode::OutOfMemory,
        ErrorCode::SystemIoFailure,
    ];
    match error.sqlite_error_code() {
        Some(code) if passing.contains(&code) => StorageError::Busy(Box::new(error)),
        Some(_) | None => StorageError::Driver(Box::new(error)),
    }
}
