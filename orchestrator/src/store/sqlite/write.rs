//! The writer. A batch is whatever queued up while the last one was on its way to the disk: under load many appends
//! share one `fsync`, and a lone append waits for nobody.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::mpsc;

use phase8_shared::id::{MissionId, Seq};
use phase8_shared::ledger::{Commitment, LeafHash, TreeHead, leaf_hash};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use tokio::sync::oneshot;

use super::read::{self, LogRow};
use super::{AppendError, Batch, LogId, StorageError, driver};
use crate::store::{Blob, Epoch};

/// Appends that share a commit, at most.
const LARGEST_GROUP: usize = 256;
/// Ledgers whose ends are kept in mind, at most.
const KNOWN: usize = 4_096;

/// What the writer is asked.
#[derive(Debug)]
pub(super) enum Request {
    /// To append; appends that wait share a commit.
    Append(Append),
    /// To change something beside the ledgers, in a commit of its own.
    Apart(Apart),
}

/// One append and where its answer goes.
#[derive(Debug)]
pub(super) struct Append {
    pub(super) batch: Batch,
    pub(super) answer: oneshot::Sender<Answer>,
}

/// A change that answers by itself.
pub(super) struct Apart(pub(super) Box<dyn FnOnce(&Connection) + Send>);

impl fmt::Debug for Apart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Apart")
    }
}

type Answer = Result<Vec<TreeHead>, AppendError>;

/// Appends and changes until every sender is gone.
pub(super) fn run(mut connection: Connection, requests: &mpsc::Receiver<Request>) {
    let mut rows = Rows::default();
    while let Ok(first) = requests.recv() {
        let mut group = Vec::new();
        let mut next = Some(first);
        // A change beside the ledgers waits until what came before it is on the disk.
        let mut apart = None;
        while let Some(request) = next {
            match request {
                Request::Append(append) => group.push(append),
                Request::Apart(change) => {
                    apart = Some(change);
                    break;
                }
            }
            next = if group.len() < LARGEST_GROUP { requests.try_recv().ok() } else { None };
        }
        append_group(&mut connection, &mut rows, group);
        if let Some(Apart(change)) = apart {
            change(&connection);
            rows.forget();
        }
    }
}

/// Where the ledgers end, as last written. Nobody else writes the file, so what is known here need not be read again.
#[derive(Debug, Default)]
struct Rows {
    known: BTreeMap<LogId, LogRow>,
}

impl Rows {
    /// For when it is not certain what was written.
    fn forget(&mut self) {
        self.known.clear();
    }

    fn learn(&mut self, staged: Vec<(LogId, LogRow)>) {
        if self.known.len() >= KNOWN {
            self.forget();
        }
        self.known.extend(staged);
    }
}

fn append_group(connection: &mut Connection, rows: &mut Rows, group: Vec<Append>) {
    if group.is_empty() {
        return;
    }
    let (batches, answers): (Vec<_>, Vec<_>) =
        group.into_iter().map(|append| (append.batch, append.answer)).unzip();
    match commit(connection, rows, &batches) {
        Ok(outcomes) => {
            for (answer, outcome) in answers.into_iter().zip(outcomes) {
                // Who does not wait for the answer any more reads the ledger instead.
                drop(answer.send(outcome));
            }
        }
        Err(error) => {
            rows.forget();
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "a group of appends was not committed"
            );
            let mut error = Some(error);
            for answer in answers {
                // The first gets the cause; nothing of the others was committed either.
                let error = error
                    .take()
                    .unwrap_or_else(|| StorageError::Busy("the commit did not succeed".into()));
                drop(answer.send(Err(error.into())));
            }
        }
    }
}

/// Commits what can be committed of the group, in one transaction.
fn commit(
    connection: &mut Connection,
    rows: &mut Rows,
    batches: &[Batch],
) -> Result<Vec<Answer>, StorageError> {
    let mut transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(driver)?;
    let mut outcomes = Vec::with_capacity(batches.len());
    for batch in batches {
        let mut staged = match Staged::of(&transaction, rows, batch) {
            Ok(staged) => staged,
            // Nothing was written for it.
            Err(refused) => {
                outcomes.push(Err(refused));
                continue;
            }
        };
        let written = if batch.blobs.is_empty() {
            // It fits, so that it fails only with all the others.
            staged.write(&transaction, batch).map_err(AppendError::Storage)
        } else {
            write_apart(&mut transaction, &mut staged, batch)
        };
        match written {
            Ok(()) => {
                outcomes.push(Ok(staged.heads));
                rows.learn(staged.rows);
            }
            // Out of space or memory, `SQLite` rolls back the whole transaction by itself: nothing is left to go on with.
            Err(AppendError::Storage(error))
                if batch.blobs.is_empty() || transaction.is_autocommit() =>
            {
                return Err(error);
            }
            Err(error) => outcomes.push(Err(error)),
        }
    }
    transaction.commit().map_err(driver)?;
    Ok(outcomes)
}

/// Writes a batch with payloads of its own: one that does not go in does not take the others with it.
fn write_apart(
    transaction: &mut Transaction<'_>,
    staged: &mut Staged,
    batch: &Batch,
) -> Result<(), AppendError> {
    // A savepoint that is dropped rolls back.
    let savepoint = transaction.savepoint().map_err(driver)?;
    staged.write(&savepoint, batch)?;
    batch.blobs.iter().try_for_each(|blob| insert_blob(&savepoint, blob))?;
    Ok(savepoint.commit().map_err(driver)?)
}

/// A batch that fits, with what it makes of the ledgers.
struct Staged {
    /// The end of each ledger, in the order in which the batch names them.
    rows: Vec<(LogId, LogRow)>,
    /// The leaf of each event, append by append.
    leaves: Vec<Vec<LeafHash>>,
    /// The head after each append.
    heads: Vec<TreeHead>,
}

impl Staged {
    /// Refuses what does not fit, before anything is written.
    fn of(connection: &Connection, known: &Rows, batch: &Batch) -> Result<Self, AppendError> {
        let mut staged = Self { rows: Vec::new(), leaves: Vec::new(), heads: Vec::new() };
        for append in &batch.appends {
            let log = append.log;
            if !staged.rows.iter().any(|(named, _)| *named == log) {
                let row = match known.known.get(&log) {
                    Some(row) => Some(row.clone()),
                    None => read::log(connection, log)?,
                };
                staged.rows.push((log, row.unwrap_or_default()));
            }
            let Some((_, row)) = staged.rows.iter_mut().find(|(named, _)| *named == log) else {
                continue;
            };
            if let Some(fence) = append.fence.filter(|fence| *fence != row.epoch) {
                return Err(AppendError::Fenced { log, epoch: fence, found: row.epoch });
            }
            let found = Seq(row.tree.size());
            if found != append.expected {
                return Err(AppendError::Conflict { log, expected: append.expected, found });
            }
            let leaves: Vec<LeafHash> =
                append.events.iter().map(|event| leaf_hash(event)).collect();
            for leaf in &leaves {
                row.tree.push(*leaf);
            }
            staged.heads.push(row.tree.head());
            staged.leaves.push(leaves);
        }
        Ok(staged)
    }

    fn write(&mut self, connection: &Connection, batch: &Batch) -> Result<(), StorageError> {
        for (log, row) in &mut self.rows {
            if row.id.is_none() {
                row.id = Some(begin_log(connection, *log)?);
            }
        }
        let mut insert = connection
            .prepare_cached("INSERT INTO events (log, seq, bytes, leaf) VALUES (?1, ?2, ?3, ?4)")
            .map_err(driver)?;
        for (append, leaves) in batch.appends.iter().zip(&self.leaves) {
            let id = self.rows.iter().find(|(log, _)| *log == append.log).map(|(_, row)| row.id);
            for ((bytes, leaf), seq) in
                append.events.iter().zip(leaves).zip(append.expected.0 + 1..)
            {
                let row = params![id, to_signed(seq)?, &bytes[..], leaf.as_slice()];
                changed(1, insert.execute(row).map_err(driver)?)?;
            }
        }
        let mut update = connection
            .prepare_cached("UPDATE logs SET size = ?2, subtrees = ?3 WHERE id = ?1")
            .map_err(driver)?;
        for (_, row) in &self.rows {
            let values = params![row.id, to_signed(row.tree.size())?, row.tree.to_bytes()];
            changed(1, update.execute(values).map_err(driver)?)?;
        }
        Ok(())
    }
}

fn to_signed(number: u64) -> Result<i64, StorageError> {
    i64::try_from(number).map_err(|error| StorageError::Driver(Box::new(error)))
}

fn begin_log(connection: &Connection, log: LogId) -> Result<i64, StorageError> {
    let mut insert = connection
        .prepare_cached("INSERT INTO logs (name, size, subtrees) VALUES (?1, 0, x'')")
        .map_err(driver)?;
    changed(1, insert.execute(params![log.to_string()]).map_err(driver)?)?;
    Ok(connection.last_insert_rowid())
}

fn insert_blob(connection: &Connection, blob: &Blob) -> Result<(), StorageError> {
    let sql = "INSERT INTO blobs (log, commitment, salt, media_type, content)
               SELECT id, ?2, ?3, ?4, ?5 FROM logs WHERE name = ?1
               ON CONFLICT DO UPDATE SET salt = excluded.salt";
    let mut insert = connection.prepare_cached(sql).map_err(driver)?;
    let values = params![
        LogId::Mission(blob.mission).to_string(),
        blob.commitment.0.as_slice(),
        blob.salt.0.as_slice(),
        blob.media_type,
        blob.content,
    ];
    changed(1, insert.execute(values).map_err(driver)?)
}

pub(super) fn raise_epoch(
    connection: &Connection,
    log: LogId,
) -> Result<Option<Epoch>, StorageError> {
    if log == LogId::Registry {
        let begin =
            "INSERT INTO logs (name, size, subtrees) VALUES (?1, 0, x'') ON CONFLICT DO NOTHING";
        connection.execute(begin, params![log.to_string()]).map_err(driver)?;
    }
    let mut update = connection
        .prepare_cached("UPDATE logs SET epoch = epoch + 1 WHERE name = ?1 RETURNING epoch")
        .map_err(driver)?;
    let epoch: Option<i64> =
        update.query_row(params![log.to_string()], |row| row.get(0)).optional().map_err(driver)?;
    let broken =
        |_| StorageError::Inconsistent { table: "logs", column: "epoch", row: log.to_string() };
    epoch.map(|epoch| u64::try_from(epoch).map(Epoch).map_err(broken)).transpose()
}

/// Deletes the row, which zeroes its pages, and empties the log of changes, where the content would stay readable.
pub(super) fn erase_blob(
    connection: &Connection,
    mission: MissionId,
    commitment: Commitment,
) -> Result<bool, StorageError> {
    let sql =
        "DELETE FROM blobs WHERE log = (SELECT id FROM logs WHERE name = ?1) AND commitment = ?2";
    let mut delete = connection.prepare_cached(sql).map_err(driver)?;
    let erased = delete
        .execute(params![LogId::Mission(mission).to_string(), commitment.0.as_slice()])
        .map_err(driver)?;
    let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
    let busy: i64 = connection.query_row(checkpoint, [], |row| row.get(0)).map_err(driver)?;
    if busy != 0 {
        // The content is gone from every answer; a reader still needs the log of changes, and the next erasure or the
        // end of the process empties it.
        tracing::warn!("an erased content stays in the log of changes until the readers are done");
    }
    Ok(erased > 0)
}

fn changed(expected: usize, actual: usize) -> Result<(), StorageError> {
    if expected == actual { Ok(()) } else { Err(StorageError::RowsAffected { expected, actual }) }
}
