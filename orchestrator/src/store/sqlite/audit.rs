//! Walks a file that may have been tampered with: every row is read as it lies there, and nothing is believed that can be
//! computed. The engine may be at work meanwhile; one snapshot is read.

use std::collections::BTreeMap;
use std::path::Path;

use phase8_shared::id::{MissionId, Seq};
use phase8_shared::ledger::verify::{BadCard, Cards, Check, MissionVerifier, Report};
use phase8_shared::ledger::{
    ChainContext, Checkpoint, Commitment, CompactTree, LeafHash, LogVerifier, Salt, TreeHead,
};
use rusqlite::{Connection, OpenFlags, params};

use super::{LogId, StorageError, connect, driver};
use crate::registry::{RegistryEntry, RegistryEvent};
use crate::tlog::SignedHeads;

const DATABASE: &str = "the head in the database";
const SIGNED: &str = "the checkpoint that was signed";
const KEPT: &str = "the kept checkpoint";

/// What the file is compared with.
#[derive(Debug)]
pub struct Audit<'a> {
    /// The key that signed the kept checkpoints, if it is known.
    pub key: Option<LogVerifier>,
    /// What was signed.
    pub signed: &'a dyn SignedHeads,
    /// Chain and contracts that approvals are signed for, if they are known.
    pub chain: Option<ChainContext>,
}

/// What was found in one part of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audited {
    /// Which part, for people.
    pub part: String,
    /// What was found.
    pub report: Report,
}

/// A ledger's row, as it lies there.
struct LogRow {
    id: i64,
    name: String,
    size: i64,
    subtrees: Vec<u8>,
}

/// Walks the file.
pub fn audit(path: &Path, against: &Audit<'_>) -> Result<Vec<Audited>, StorageError> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.execute_batch("BEGIN").map_err(driver)?;
    let walk = Walk { connection, against };
    let rows = walk.logs()?;
    let mut logs: BTreeMap<LogId, LogRow> = BTreeMap::new();
    let mut general = walk.general()?;
    for row in rows {
        match row.name.parse() {
            Ok(log) => {
                logs.insert(log, row);
            }
            Err(_) => general.push(Check::holds(
                "names of ledgers",
                false,
                format!("a ledger is called {:?}", row.name),
                "registry, or the id of a mission",
            )),
        }
    }
    let (registry, listed) = walk.registry(logs.get(&LogId::Registry))?;
    general.extend(walk.lost(&logs)?);
    let mut parts = vec![
        Audited { part: "the database".to_owned(), report: Report { checks: general, bad: None } },
        Audited { part: "the registry of missions".to_owned(), report: registry },
    ];
    for (mission, seq) in &listed {
        if !logs.contains_key(&LogId::Mission(*mission)) {
            let found = format!("it is gone; entry {seq} of the registry lists it");
            let check = Check::holds("the ledger", false, found, "there");
            let report =
                Report { checks: vec![check], bad: Some(BadCard::at(Seq(1), "it is gone")) };
            parts.push(Audited { part: format!("mission {mission}"), report });
        }
    }
    for (log, row) in &logs {
        let LogId::Mission(mission) = log else { continue };
        let mut report = walk.mission(*mission, row)?;
        let found = listed
            .get(mission)
            .map_or_else(|| "it does not".to_owned(), |seq| format!("as entry {seq}"));
        let is_listed = listed.contains_key(mission);
        report.checks.push(Check::holds("the registry lists it", is_listed, found, "it does"));
        parts.push(Audited { part: format!("mission {mission}"), report });
    }
    Ok(parts)
}

struct Walk<'a> {
    connection: Connection,
    against: &'a Audit<'a>,
}

impl Walk<'_> {
    fn logs(&self) -> Result<Vec<LogRow>, StorageError> {
        let sql = "SELECT id, name, size, subtrees FROM logs ORDER BY id";
        let mut select = self.connection.prepare(sql).map_err(driver)?;
        let rows = select
            .query_map([], |row| {
                Ok(LogRow {
                    id: row.get(0)?,
                    name: row.get(1)?,
                    size: row.get(2)?,
                    subtrees: row.get(3)?,
                })
            })
            .map_err(driver)?;
        rows.map(|row| row.map_err(driver)).collect()
    }

    /// What holds for the file as a whole.
    fn general(&self) -> Result<Vec<Check>, StorageError> {
        let pages: String = self
            .connection
            .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
            .unwrap_or_else(|error| error.to_string());
        let sql = "SELECT count(*) FROM events WHERE log NOT IN (SELECT id FROM logs)";
        let orphans: i64 = self.connection.query_row(sql, [], |row| row.get(0)).map_err(driver)?;
        Ok(vec![
            Check::same("the file's pages", pages, "ok"),
            Check::same("events of no ledger", orphans, 0),
        ])
    }

    /// Ledgers that signed a checkpoint and are not there any more.
    fn lost(&self, logs: &BTreeMap<LogId, LogRow>) -> Result<Vec<Check>, StorageError> {
        let signed = self.against.signed.logs()?;
        let lost: Vec<String> =
            signed.iter().filter(|log| !logs.contains_key(log)).map(ToString::to_string).collect();
        let found = if lost.is_empty() { "none".to_owned() } else { lost.join(", ") };
        Ok(vec![Check::same("ledgers that were signed and are gone", found, "none")])
    }

    /// Every event of a ledger in order: its bytes, and the leaf kept beside it.
    fn events(
        &self,
        row: &LogRow,
        mut each: impl FnMut(&[u8], Option<LeafHash>),
    ) -> Result<(), StorageError> {
        let sql = "SELECT bytes, leaf FROM events WHERE log = ?1 ORDER BY seq";
        let mut select = self.connection.prepare_cached(sql).map_err(driver)?;
        let mut rows = select.query(params![row.id]).map_err(driver)?;
        while let Some(event) = rows.next().map_err(driver)? {
            let bytes: Vec<u8> = event.get(0).map_err(driver)?;
            let leaf: Vec<u8> = event.get(1).map_err(driver)?;
            each(&bytes, LeafHash::try_from(leaf.as_slice()).ok());
        }
        Ok(())
    }

    /// The registry, and which entry lists which mission.
    fn registry(
        &self,
        row: Option<&LogRow>,
    ) -> Result<(Report, BTreeMap<MissionId, Seq>), StorageError> {
        let mut listed = BTreeMap::new();
        let Some(row) = row else { return Ok((Report::default(), listed)) };
        let mut cards = Cards::default();
        self.events(row, |bytes, leaf| {
            let place = cards.push(bytes);
            if let Some(leaf) = leaf {
                cards.push_kept(leaf);
            }
            match serde_json::from_slice::<RegistryEvent>(bytes) {
                Ok(event) => {
                    cards.is_numbered(place, event.seq);
                    if let RegistryEntry::MissionRegistered { mission } = event.entry {
                        listed.insert(mission, place);
                    }
                }
                Err(error) => {
                    let words = format!("it cannot be read as an entry: {error}");
                    cards.blame(BadCard::at(place, words));
                }
            }
        })?;
        let (kept, head) = (self.kept(LogId::Registry)?, head_of(row));
        if let Some(Ok(head)) = &kept {
            cards.told(SIGNED, *head);
        }
        let (mut checks, bad) = cards.check(DATABASE, head.unwrap_or_else(empty));
        checks.extend(kept.map(|kept| kept_check(&kept)));
        Ok((Report { checks, bad }, listed))
    }

    fn mission(&self, mission: MissionId, row: &LogRow) -> Result<Report, StorageError> {
        let mut verifier = MissionVerifier::new(mission, self.against.chain);
        self.events(row, |bytes, leaf| {
            verifier.push(bytes);
            if let Some(leaf) = leaf {
                verifier.push_kept(leaf);
            }
        })?;
        let kept = self.kept(LogId::Mission(mission))?;
        if let Some(Ok(head)) = &kept {
            verifier.told(SIGNED, *head);
        }
        let contents = self.contents(row, &verifier)?;
        let mut report = verifier.finish(DATABASE, head_of(row).unwrap_or_else(empty));
        report.checks.extend(kept.map(|kept| kept_check(&kept)));
        report.checks.push(contents);
        Ok(report)
    }

    /// Every content opens its commitment; what no card commits to does not belong there.
    fn contents(&self, row: &LogRow, verifier: &MissionVerifier) -> Result<Check, StorageError> {
        const WHAT: &str = "contents";
        const EXPECTED: &str = "each opens a commitment in the cards";
        let sql = "SELECT commitment, salt, content FROM blobs WHERE log = ?1 ORDER BY commitment";
        let mut select = self.connection.prepare_cached(sql).map_err(driver)?;
        let mut rows = select.query(params![row.id]).map_err(driver)?;
        let mut there = 0_usize;
        while let Some(blob) = rows.next().map_err(driver)? {
            let bytes = |column: usize| blob.get::<_, Vec<u8>>(column).map_err(driver);
            let (commitment, salt, content) = (bytes(0)?, bytes(1)?, bytes(2)?);
            let commitment = LeafHash::try_from(commitment.as_slice()).map(Commitment);
            let salt = LeafHash::try_from(salt.as_slice()).map(Salt);
            let (Ok(commitment), Ok(salt)) = (commitment, salt) else {
                return Ok(Check::holds(WHAT, false, "a row holds no commitment", EXPECTED));
            };
            let Some(card) = verifier.contents().get(&commitment) else {
                let words = format!("no card commits to {commitment}");
                return Ok(Check::holds(WHAT, false, words, EXPECTED));
            };
            if !commitment.opens_to(salt, &content) {
                let words = format!("the content of card {card} is not what was committed to");
                return Ok(Check::holds(WHAT, false, words, EXPECTED));
            }
            there += 1;
        }
        let erased = verifier.contents().len().saturating_sub(there);
        let mut found = format!("{there} open their commitments");
        if erased > 0 {
            found = format!("{found}; {erased} were erased");
        }
        Ok(Check::holds(WHAT, true, found, EXPECTED))
    }

    /// The head of the last checkpoint that was signed, or why it cannot be believed.
    fn kept(&self, log: LogId) -> Result<Option<Result<TreeHead, String>>, StorageError> {
        let Some(note) = self.against.signed.last(log)? else { return Ok(None) };
        let opened = Checkpoint::unverified(&note).and_then(|checkpoint| match &self.against.key {
            Some(key) => key.named(checkpoint.origin).open(&note),
            None => Ok(checkpoint),
        });
        Ok(Some(match opened {
            Ok(checkpoint) if is_of(&checkpoint, log) => Ok(checkpoint.tree),
            Ok(checkpoint) => Err(format!("it is of {}", checkpoint.origin)),
            Err(error) => Err(error.to_string()),
        }))
    }
}

fn is_of(checkpoint: &Checkpoint, log: LogId) -> bool {
    let ending = match log {
        LogId::Registry => "/registry".to_owned(),
        LogId::Mission(mission) => format!("/missions/{mission}"),
    };
    checkpoint.origin.as_str().ends_with(&ending)
}

fn kept_check(kept: &Result<TreeHead, String>) -> Check {
    match kept {
        Ok(head) => {
            Check::holds(KEPT, true, format!("{} cards", head.size), "signed by the engine")
        }
        Err(why) => Check::holds(KEPT, false, why, "signed by the engine's key for this ledger"),
    }
}

/// The head that the row of a ledger tells; `None` if it tells none.
fn head_of(row: &LogRow) -> Option<TreeHead> {
    let size = u64::try_from(row.size).ok()?;
    CompactTree::from_bytes(size, &row.subtrees).ok().map(|tree| tree.head())
}

fn empty() -> TreeHead {
    CompactTree::default().head()
}
