//! Why a log does not answer.

use phase8_shared::ledger::{Tile, TreeHead};

use crate::store::{LogId, StorageError};

/// Why a log does not answer.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// There is no such ledger.
    #[error("there is no log of {0} here; look at the list of missions")]
    NoSuchLog(LogId),
    /// The log is not that large.
    #[error(
        "tile {tile} begins when the log has {needs} entries; it has {size}: ask for the tiles of its checkpoint"
    )]
    NoSuchTile {
        /// What was asked for.
        tile: Tile,
        /// Entries that it needs.
        needs: u64,
        /// Entries that there are.
        size: u64,
    },
    /// An entry is longer than an entry bundle of the specification can carry.
    #[error(
        "entry {seq} has {bytes} bytes, and an entry bundle carries up to 65535: take {instead}"
    )]
    EntryTooLong {
        /// Which entry.
        seq: u64,
        /// Its length.
        bytes: usize,
        /// The bundle that carries it.
        instead: Tile,
    },
    /// A size or a position that the log does not have.
    #[error("{0}")]
    OutOfRange(String),
    /// The ledger contradicts what was signed before.
    #[error(
        "the ledger of {log} does not continue the {} entries that were signed before: nothing else is signed; \
         `phase8 verify --data` names the first bad card",
        .signed.size
    )]
    Contradiction {
        /// Which ledger.
        log: LogId,
        /// What was signed.
        signed: TreeHead,
        /// What the store has.
        found: TreeHead,
    },
    /// The key could not sign.
    #[error("the key cannot sign for {0}")]
    Unsigned(LogId),
    /// The store does not work.
    #[error(transparent)]
    Storage(#[from] StorageError),
}
