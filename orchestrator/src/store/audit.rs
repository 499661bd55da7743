//! Walks a database that may have been tampered with: every row is read as it lies there, and nothing is believed that can
//! be computed. One snapshot is read, so engines may be at work meanwhile.

use std::collections::BTreeMap;

use phase8_shared::id::{MissionId, Seq};
use phase8_shared::ledger::verify::{BadCard, Cards, Check, MissionVerifier, Report};
use phase8_shared::ledger::{
    ChainContext, Checkpoint, Commitment, CompactTree, LeafHash, LogVerifier, Salt, TreeHead,
};

use super::{LogId, StorageError};
use crate::registry::{RegistryEntry, RegistryEvent};
use crate::tlog::SignedHeads;

const DATABASE: &str = "the head in the database";
const SIGNED: &str = "the checkpoint that was signed";
const KEPT: &str = "the kept checkpoint";

/// What the database is compared with.
#[derive(Debug)]
pub struct Audit<'a> {
    /// The key that signed the kept checkpoints, if it is known.
    pub key: Option<LogVerifier>,
    /// What was signed.
    pub signed: &'a dyn SignedHeads,
    /// Chain and contracts that approvals are signed for, if they are known.
    pub chain: Option<ChainContext>,
}

/// What was found in one part of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audited {
    /// Which part, for people.
    pub part: String,
    /// What was found.
    pub report: Report,
}

/// A ledger's row, as it lies there.
#[derive(Debug)]
pub(super) struct LogRow<K> {
    /// What its events are found by.
    pub(super) key: K,
    pub(super) name: String,
    pub(super) size: i64,
    pub(super) subtrees: Vec<u8>,
}

/// What to do with an event's bytes and the leaf kept beside them.
pub(super) type EachEvent<'a> = &'a mut (dyn FnMut(&[u8], &[u8]) + Send);

/// What to do with a content: its commitment, its salt, and itself.
pub(super) type EachContent<'a> = &'a mut (dyn FnMut(&[u8], &[u8], &[u8]) + Send);

/// The rows of one snapshot, as they lie there.
pub(super) trait Rows {
    /// What a ledger's events are found by.
    type Key;

    /// Every ledger's row.
    async fn logs(&self) -> Result<Vec<LogRow<Self::Key>>, StorageError>;

    /// What holds for the database as a whole.
    async fn general(&self) -> Result<Vec<Check>, StorageError>;

    /// Every event of a ledger, in order.
    async fn events(&self, log: &Self::Key, each: EachEvent<'_>) -> Result<(), StorageError>;

    /// Every content beside a ledger.
    async fn contents(&self, log: &Self::Key, each: EachContent<'_>) -> Result<(), StorageError>;
}

/// Walks all rows.
pub(super) async fn walk<R: Rows>(
    rows: &R,
    against: &Audit<'_>,
) -> Result<Vec<Audited>, StorageError> {
    let walk = Walk { rows, against };
    let mut logs: BTreeMap<LogId, LogRow<R::Key>> = BTreeMap::new();
    let mut general = rows.general().await?;
    for row in rows.logs().await? {
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
    let (registry, listed) = walk.registry(logs.get(&LogId::Registry)).await?;
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
        let mut report = walk.mission(*mission, row).await?;
        let found = listed
            .get(mission)
            .map_or_else(|| "it does not".to_owned(), |seq| format!("as entry {seq}"));
        let is_listed = listed.contains_key(mission);
        report.checks.push(Check::holds("the registry lists it", is_listed, found, "it does"));
        parts.push(Audited { part: format!("mission {mission}"), report });
    }
    Ok(parts)
}

struct Walk<'a, R> {
    rows: &'a R,
    against: &'a Audit<'a>,
}

impl<R: Rows> Walk<'_, R> {
    /// Ledgers that signed a checkpoint and are not there any more.
    fn lost(&self, logs: &BTreeMap<LogId, LogRow<R::Key>>) -> Result<Vec<Check>, StorageError> {
        let signed = self.against.signed.logs()?;
        let lost: Vec<String> =
            signed.iter().filter(|log| !logs.contains_key(log)).map(ToString::to_string).collect();
        let found = if lost.is_empty() { "none".to_owned() } else { lost.join(", ") };
        Ok(vec![Check::same("ledgers that were signed and are gone", found, "none")])
    }

    /// The registry, and which entry lists which mission.
    async fn registry(
        &self,
        row: Option<&LogRow<R::Key>>,
    ) -> Result<(Report, BTreeMap<MissionId, Seq>), StorageError> {
        let mut listed = BTreeMap::new();
        let Some(row) = row else { return Ok((Report::default(), listed)) };
        let mut cards = Cards::default();
        let mut each = |bytes: &[u8], leaf: &[u8]| {
            let place = cards.push(bytes);
            if let Ok(leaf) = LeafHash::try_from(leaf) {
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
        };
        self.rows.events(&row.key, &mut each).await?;
        let (kept, head) = (self.kept(LogId::Registry)?, head_of(row));
        if let Some(Ok(head)) = &kept {
            cards.told(SIGNED, *head);
        }
        let (mut checks, bad) = cards.check(DATABASE, head.unwrap_or_else(empty));
        checks.extend(kept.map(|kept| kept_check(&kept)));
        Ok((Report { checks, bad }, listed))
    }

    async fn mission(
        &self,
        mission: MissionId,
        row: &LogRow<R::Key>,
    ) -> Result<Report, StorageError> {
        let mut verifier = MissionVerifier::new(mission, self.against.chain);
        let mut each = |bytes: &[u8], leaf: &[u8]| {
            verifier.push(bytes);
            if let Ok(leaf) = LeafHash::try_from(leaf) {
                verifier.push_kept(leaf);
            }
        };
        self.rows.events(&row.key, &mut each).await?;
        let kept = self.kept(LogId::Mission(mission))?;
        if let Some(Ok(head)) = &kept {
            verifier.told(SIGNED, *head);
        }
        let contents = self.contents(row, &verifier).await?;
        let mut report = verifier.finish(DATABASE, head_of(row).unwrap_or_else(empty));
        report.checks.extend(kept.map(|kept| kept_check(&kept)));
        report.checks.push(contents);
        Ok(report)
    }

    /// Every content opens its commitment; what no card commits to does not belong there.
    async fn contents(
        &self,
        row: &LogRow<R::Key>,
        verifier: &MissionVerifier,
    ) -> Result<Check, StorageError> {
        const WHAT: &str = "contents";
        const EXPECTED: &str = "each opens a commitment in the cards";
        let mut committed = verifier.texts().clone();
        committed.extend(verifier.contents());
        let (mut there, mut trouble) = (0_usize, None);
        let mut each = |commitment: &[u8], salt: &[u8], content: &[u8]| {
            there += 1;
            if trouble.is_some() {
                return;
            }
            let commitment = LeafHash::try_from(commitment).map(Commitment);
            let salt = LeafHash::try_from(salt).map(Salt);
            trouble = match (commitment, salt) {
                (Ok(commitment), Ok(salt)) => match committed.get(&commitment) {
                    None => Some(format!("no card commits to {commitment}")),
                    Some(card) if !commitment.opens_to(salt, content) => {
                        Some(format!("the content of card {card} is not what was committed to"))
                    }
                    Some(_) => None,
                },
                _ => Some("a row holds no commitment".to_owned()),
            };
        };
        self.rows.contents(&row.key, &mut each).await?;
        if let Some(words) = trouble {
            return Ok(Check::holds(WHAT, false, words, EXPECTED));
        }
        let erased = committed.len().saturating_sub(there);
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
fn head_of<K>(row: &LogRow<K>) -> Option<TreeHead> {
    let size = u64::try_from(row.size).ok()?;
    CompactTree::from_bytes(size, &row.subtrees).ok().map(|tree| tree.head())
}

fn empty() -> TreeHead {
    CompactTree::default().head()
}
