//! An export examined for a person: every line of the verifier with what it means, what happened in plain words, what is
//! missing, what is new, and what only the chain can tell.

mod chain;
mod meaning;
mod story;

use serde::{Deserialize, Serialize};

pub use self::chain::{ChainQuestion, Claim};
use self::meaning::meaning;
use super::export::{Known, read_export, verify_known};
use super::{Check, Report, Verdict};
use crate::format::counted;
use crate::id::MissionId;
use crate::ledger::{Export, HashTree, TreeHead, leaf_hash};
use crate::scoreboard::Measure;
use crate::time::Timestamp;
use crate::timeline::{Card, Ingest, Journal};

/// New cards that are told one by one.
const TOLD: usize = 100;

/// An export, examined.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Examined {
    /// Every check, in the order in which they were made: those of `phase8 verify`.
    pub lines: Vec<Line>,
    /// Whether nothing speaks against the ledger.
    pub holds: bool,
    /// The first card that cannot be believed, and why.
    pub bad: Option<String>,
    /// The mission and what else names the file; none if it could not be read.
    pub subject: Option<Subject>,
    /// What happened.
    pub story: Vec<Measure>,
    /// What is missing, or not as it might be.
    pub missing: Vec<String>,
    /// Cards that are new, the newest last; at most a hundred.
    pub news: Vec<News>,
    /// How many are new in all; none where nothing was seen before.
    pub new: Option<u64>,
    /// What only the chain can tell.
    pub questions: Vec<ChainQuestion>,
}

/// What a file is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The mission.
    pub mission: MissionId,
    /// Its name.
    pub name: String,
    /// When the file was made.
    pub exported_at: Timestamp,
    /// The log's key, as the file tells it.
    pub vkey: String,
    /// The head of the cards in it, computed.
    pub head: TreeHead,
}

/// One check with what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What is checked.
    pub what: String,
    /// What became of it.
    pub verdict: Verdict,
    /// What the file says.
    pub found: String,
    /// What it must say.
    pub expected: String,
    /// Why it matters, in a sentence.
    pub meaning: String,
}

/// A card that is new to the reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// Its number.
    pub card: u64,
    /// What happened.
    pub title: String,
    /// Who did it, and how it stands.
    pub status: String,
}

impl From<Check> for Line {
    fn from(check: Check) -> Self {
        let Check { what, verdict, found, expected } = check;
        Self { what: what.to_owned(), verdict, found, expected, meaning: meaning(what).to_owned() }
    }
}

/// Examines a text as the export of a mission; `progress` is told how many cards are done, and of how many.
pub fn examine(text: &str, known: Known<'_>, mut progress: impl FnMut(u64, u64)) -> Examined {
    let (form, export) = match read_export(text) {
        Ok(read) => read,
        Err(report) => return Examined::of(report),
    };
    let cards = export.events.len() as u64;
    progress(0, cards);
    let (mut report, state) = verify_known(&export, known, |done| progress(done, cards));
    report.checks.insert(0, form);
    let mut examined = Examined::of(report);
    let tree: HashTree = export.events.iter().map(|text| leaf_hash(text.as_bytes())).collect();
    let name = state.as_ref().map_or_else(String::new, |state| state.created.name.clone());
    examined.subject = Some(Subject {
        mission: export.mission,
        name,
        exported_at: export.exported_at,
        vkey: export.vkey.clone(),
        head: tree.head(),
    });
    if let Some(state) = &state {
        examined.story = story::told(state);
        examined.missing = story::missing(state, &export, known);
        examined.questions = chain::questions(state, &export);
    }
    if let Some(seen) = known.seen {
        examined.new = Some(cards.saturating_sub(seen.size));
        examined.news = news(&export, seen);
    }
    examined
}

impl Examined {
    fn of(report: Report) -> Self {
        Self {
            holds: report.is_ok(),
            bad: report.bad.as_ref().map(ToString::to_string),
            lines: report.into_lines().into_iter().map(Line::from).collect(),
            ..Self::default()
        }
    }

    /// The verdict in a sentence.
    pub fn verdict(&self) -> String {
        let count = |verdict| self.lines.iter().filter(|line| line.verdict == verdict).count();
        let (held, unknown) = (count(Verdict::Holds), count(Verdict::Unknown));
        match &self.bad {
            Some(bad) => format!("Do not believe this history: {bad}."),
            None if self.holds => {
                let cannot = match unknown {
                    0 => String::new(),
                    _ => format!(
                        " {} cannot be made from the file alone.",
                        counted(unknown, "check")
                    ),
                };
                format!(
                    "Nothing speaks against this history: {} hold.{cannot}",
                    counted(held, "check")
                )
            }
            None => {
                let differ = counted(count(Verdict::Differs), "check");
                format!("Do not believe this file: {differ} of {} do not hold.", self.lines.len())
            }
        }
    }
}

/// The cards after what was seen before.
fn news(export: &Export, seen: TreeHead) -> Vec<News> {
    let from = usize::try_from(seen.size).unwrap_or(usize::MAX);
    if from >= export.events.len() {
        return Vec::new();
    }
    let mut journal = Journal::default();
    for event in &export.events {
        let Ok(event) = serde_json::from_str(event) else { break };
        if journal.ingest(event) != Ingest::Appended {
            break;
        }
    }
    let first = export.events.len().saturating_sub(TOLD).max(from);
    let cards = (first..export.events.len()).filter_map(|at| {
        let card = Card::at(&journal, crate::id::Seq(at as u64 + 1))?;
        let status = format!("{}, {}", card.who, card.status);
        Some(News { card: card.seq.0, title: card.title, status })
    });
    cards.collect()
}
