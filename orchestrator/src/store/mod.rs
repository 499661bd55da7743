//! Event stores. A store keeps ledgers: gapless sequences of exact bytes, each with its Merkle head, and beside them the
//! contents that ledgers only commit to. What it answered for is on disk.

mod audit;
#[cfg(test)]
mod conformance;
mod hints;
mod lease;
mod memory;
mod postgres;
mod signed;
mod sqlite;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use phase8_shared::id::{MissionId, Role, Seq, StepId};
use phase8_shared::ledger::{Commitment, LeafHash, Salt, TreeHead, leaf_hash};
use phase8_shared::time::Timestamp;

pub use audit::{Audit, Audited};
pub use hints::Changes;
pub use lease::{Epoch, Hint, Holder, Lease, LeaseClock, LogHead, WorkerId};
pub use memory::MemoryStore;
pub use postgres::{PostgresStore, SharedWallet, WalletTurn};
pub use signed::SignedFolder;
pub use sqlite::{SqliteStore, audit};

use crate::ports::Retry;

/// Which ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogId {
    /// The one that lists all missions.
    Registry,
    /// A mission's.
    Mission(MissionId),
}

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Registry => f.write_str("registry"),
            Self::Mission(mission) => mission.fmt(f),
        }
    }
}

impl FromStr for LogId {
    type Err = phase8_shared::id::ParseMissionIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "registry" { Ok(Self::Registry) } else { text.parse().map(Self::Mission) }
    }
}

/// What is appended at once, or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Batch {
    /// Each ledger at most once.
    pub appends: Vec<LogAppend>,
    /// Contents that the appended events commit to.
    pub blobs: Vec<Blob>,
}

/// Events for one ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogAppend {
    /// Which one.
    pub log: LogId,
    /// Its last event as the writer knows it; any other refuses the whole batch.
    pub expected: Seq,
    /// The epoch of the writer's lease; any other refuses the whole batch. `None`: whoever knows the last event may
    /// append, as for a command that arrives at a process that does not hold the lease.
    pub fence: Option<Epoch>,
    /// The exact bytes that are stored, hashed and served.
    pub events: Vec<Arc<[u8]>>,
}

impl LogAppend {
    /// Whether these events, read from where the append goes, are the append's own.
    fn is_in(&self, stored: &[Stored]) -> bool {
        self.events.len() == stored.len()
            && self.events.iter().zip(stored).all(|(ours, theirs)| *ours == theirs.bytes)
    }
}

/// A content that is stored apart from the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// The mission it belongs to.
    pub mission: MissionId,
    /// What the ledger holds of it.
    pub commitment: Commitment,
    /// Opens the commitment.
    pub salt: Salt,
    /// MIME type.
    pub media_type: String,
    /// The content.
    pub content: Vec<u8>,
}

/// That an agent delivered something: its memory beyond the mission. The content itself is not kept twice, so what was
/// erased is not remembered either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Where it is kept; only agents with the same bucket recall it.
    pub bucket: String,
    /// In which mission it was made.
    pub mission: MissionId,
    /// By which step; a step has one note in a bucket.
    pub step: StepId,
    /// Who made it.
    pub role: Role,
    /// What it is.
    pub title: String,
    /// What the mission's ledger holds of its content.
    pub commitment: Commitment,
    /// When it was delivered.
    pub at: Timestamp,
    /// From then on it is not recalled.
    pub expires_at: Timestamp,
}

/// A stored event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its position.
    pub seq: Seq,
    /// Its exact bytes.
    pub bytes: Arc<[u8]>,
}

/// Keeps ledgers.
#[async_trait]
pub trait EventStore: Send + Sync + fmt::Debug {
    /// Appends everything in the batch, or nothing. The answer has the head of each ledger, in the order of the batch.
    async fn append(&self, batch: Batch) -> Result<Vec<TreeHead>, AppendError>;

    /// At most `limit` events after `after`, in order.
    async fn read(&self, log: LogId, after: Seq, limit: usize)
    -> Result<Vec<Stored>, StorageError>;

    /// At most `limit` leaf hashes after `after`, in order, as they were when the events were appended. A store that keeps
    /// none hashes what it has.
    async fn leaves(
        &self,
        log: LogId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<LeafHash>, StorageError> {
        let events = self.read(log, after, limit).await?;
        Ok(events.iter().map(|event| leaf_hash(&event.bytes)).collect())
    }

    /// The head of a ledger; `None` if it has no event.
    async fn head(&self, log: LogId) -> Result<Option<TreeHead>, StorageError>;

    /// Every ledger.
    async fn logs(&self) -> Result<Vec<LogId>, StorageError>;

    /// A content.
    async fn blob(
        &self,
        mission: MissionId,
        commitment: Commitment,
    ) -> Result<Option<Blob>, StorageError>;

    /// Erases a content and its salt for good; the ledger keeps the commitment. Answers whether there was one.
    async fn erase(&self, mission: MissionId, commitment: Commitment)
    -> Result<bool, StorageError>;

    /// Keeps a note. The first one of a step stays: again is as once.
    async fn remember(&self, note: Note) -> Result<(), StorageError>;

    /// At most `limit` notes of a bucket that are not expired at `now`, the newest first.
    async fn recall(
        &self,
        bucket: &str,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Note>, StorageError>;

    /// Deletes every note that is expired at `now`. Answers how many there were.
    async fn forget(&self, now: Timestamp) -> Result<u64, StorageError>;

    /// Takes a ledger to work on, for `ttl` by the store's clock. Whoever holds it already extends it and keeps the
    /// epoch; every other claim raises it. `None` while another's lease has not run out, or where there is no such
    /// ledger. The registry can be claimed before it has an entry: somebody leads from the beginning.
    async fn claim(
        &self,
        log: LogId,
        worker: WorkerId,
        ttl: Duration,
    ) -> Result<Option<Lease>, StorageError>;

    /// Extends leases to `ttl` from now and answers those that were lost: they ran out, or another worker has them.
    async fn renew(&self, leases: &[Lease], ttl: Duration) -> Result<Vec<LogId>, StorageError>;

    /// Gives leases back before they run out; those that were lost stay as they are.
    async fn release(&self, leases: &[Lease]) -> Result<(), StorageError>;

    /// Every ledger with its end and who works on it.
    async fn heads(&self) -> Result<Vec<LogHead>, StorageError>;

    /// Whether other processes may work on the same ledgers. Where none can, nobody needs a lease.
    fn is_shared(&self) -> bool {
        false
    }

    /// Hints that ledgers may have changed, by this process or by another.
    fn changes(&self) -> Changes;

    /// After [`AppendError::OutcomeUnknown`]: whether the batch is in the ledgers. It answers only once the append that
    /// was cut off cannot come true any more.
    async fn was_appended(&self, batch: &Batch) -> Result<bool, StorageError> {
        for append in &batch.appends {
            let stored = self.read(append.log, append.expected, append.events.len()).await?;
            if !append.is_in(&stored) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Ends the store: everything it answered for stays, and nothing more is taken.
    async fn close(&self);
}

/// Why nothing was appended.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Somebody else appended first.
    #[error("ledger {log} ends at {found}, not at {expected}")]
    Conflict {
        /// The ledger.
        log: LogId,
        /// As the writer knew it.
        expected: Seq,
        /// As it is.
        found: Seq,
    },
    /// The ledger was claimed anew since the writer claimed it.
    #[error(
        "ledger {log} is in epoch {found}, the writer's lease is of epoch {epoch}: another worker took it over"
    )]
    Fenced {
        /// The ledger.
        log: LogId,
        /// Of the writer.
        epoch: Epoch,
        /// Of the ledger.
        found: Epoch,
    },
    /// The answer to the commit was lost. Appending again would be wrong, and so would giving up: ask
    /// [`EventStore::was_appended`].
    #[error("the answer to an append was lost: it is in the ledger as a whole, or not at all")]
    OutcomeUnknown(#[source] StorageError),
    /// The store does not work.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// The store does not work.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The database answered with an error.
    #[error("the database does not take this")]
    Driver(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database is not there, or the line to it broke.
    #[error(
        "the database {target} cannot be reached: see that it runs and that DATABASE_URL names it rightly"
    )]
    Unreachable {
        /// Which one: name, host, port and user.
        target: String,
        /// What happened.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The database is there and does not let this program do its work.
    #[error(
        "the database {target} refuses this program: correct the user, password or name in DATABASE_URL, or grant the user its rights"
    )]
    Refused {
        /// Which one: name, host, port and user.
        target: String,
        /// The database's words.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The address of the database cannot be used.
    #[error(
        "the address of the database cannot be used: {reason}; it looks like postgres://user:password@host:5432/name"
    )]
    Address {
        /// Why; without the address, which has a password in it.
        reason: String,
    },
    /// The database is held up or full; later it may work.
    #[error("the database is busy or out of space")]
    Busy(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What is stored contradicts itself.
    #[error("{table}.{column} of {row} does not hold together")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// Which row.
        row: String,
    },
    /// A statement changed another number of rows than it should.
    #[error("{actual} rows were changed where {expected} should have been")]
    RowsAffected {
        /// So many.
        expected: usize,
        /// Instead of so many.
        actual: usize,
    },
    /// The database was written by a later version of this program.
    #[error(
        "the database has format {found}, this program knows formats up to {known}: use the newer program"
    )]
    TooNew {
        /// Of the file.
        found: i64,
        /// Of the program.
        known: i64,
    },
    /// Another process has the database.
    #[error("another process works on {0}; two engines on one database would do everything twice")]
    InUse(String),
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
}

impl StorageError {
    /// Whether trying again can help.
    pub const fn retry(&self) -> Retry {
        match self {
            Self::Busy(_) => Retry::After(Duration::from_millis(200)),
            Self::Driver(_) | Self::Unreachable { .. } => Retry::After(Duration::from_secs(1)),
            Self::Inconsistent { .. }
            | Self::RowsAffected { .. }
            | Self::TooNew { .. }
            | Self::Refused { .. }
            | Self::Address { .. }
            | Self::InUse(_)
            | Self::Closed => Retry::Never,
        }
    }
}
