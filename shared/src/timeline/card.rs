//! A timeline card, derived from an event when it is looked at and never stored: who, what, cost, time, evidence.

use crate::id::Seq;
use crate::mission::{Actor, Event, Payload};
use crate::time::{MissionTime, Timestamp};

use super::kind;
use super::lane::Lane;
use super::words::Words;
use super::{Journal, Tone, evidence};
use crate::format;

/// One card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Position in the ledger.
    pub seq: Seq,
    /// The kind's name on the wire.
    pub kind: &'static str,
    /// The kind's name for people.
    pub kind_words: &'static str,
    /// The status in a word.
    pub status: &'static str,
    /// How that feels.
    pub tone: Tone,
    /// Whose work it is.
    pub lane: Lane,
    /// Who did it.
    pub who: String,
    /// What happened.
    pub title: String,
    /// More of it.
    pub detail: String,
    /// What it cost, paid or held back.
    pub cost: Option<String>,
    /// How long it took, in mission time.
    pub duration: Option<String>,
    /// Mission time.
    pub mission_time: String,
    /// Wall time.
    pub at: Timestamp,
    /// The quiet before it, in mission time, where that was long.
    pub quiet: Option<String>,
    /// What proves it: name and whole value.
    pub evidence: Vec<(&'static str, String)>,
}

/// Quiet of this length between two cards is told.
const LONG_QUIET_MILLIS: u64 = 20 * 60_000;

impl Card {
    /// The card of the event at a position.
    pub fn at(journal: &Journal, seq: Seq) -> Option<Self> {
        let event = journal.event(seq)?;
        let (kind, kind_words) = kind::names(&event.payload);
        let time = journal.time(seq).unwrap_or(MissionTime::ZERO);
        let before = seq.0.checked_sub(1).and_then(|seq| journal.time(Seq(seq)));
        let quiet =
            before.map(|before| time.since(before)).filter(|millis| *millis >= LONG_QUIET_MILLIS);
        let words = Words::of(journal, event);
        Some(Self {
            seq,
            kind,
            kind_words,
            status: words.status,
            tone: words.tone,
            lane: Lane::of(journal, &event.payload),
            who: who(journal, event),
            title: words.title,
            detail: words.detail,
            cost: words.cost,
            duration: words
                .since
                .and_then(|start| journal.time(start))
                .map(|start| lasted(time.since(start))),
            mission_time: format!("T+{time}"),
            at: event.at,
            quiet: quiet.map(lasted),
            evidence: proofs(&event.payload),
        })
    }

    /// Name for screen readers.
    pub fn accessible_name(&self) -> String {
        format!("Event {}: {}", self.kind_words, self.status)
    }

    /// Whether a search, in lower case, finds it.
    pub fn matches(&self, search: &str) -> bool {
        let has = |text: &str| text.to_lowercase().contains(search);
        has(&self.title)
            || has(&self.detail)
            || has(&self.who)
            || has(self.kind_words)
            || has(self.status)
            || self.kind.contains(search)
            || self.lane.label().contains(search)
            || self.evidence.iter().any(|(_, value)| has(value))
    }
}

fn who(journal: &Journal, event: &Event) -> String {
    if let Payload::MissionPaused { by: Some(signer), .. }
    | Payload::MissionResumed { by: Some(signer), .. }
    | Payload::BudgetCapChanged { by: signer, .. } = &event.payload
    {
        return format::short_address(signer);
    }
    match &event.actor {
        Actor::Engine => match Lane::of(journal, &event.payload) {
            Lane::Agent(role) => role.to_string(),
            Lane::Mission | Lane::Validators | Lane::Levers | Lane::Chain => "engine".to_owned(),
        },
        Actor::Chain => "chain".to_owned(),
        Actor::Agent(role) => role.to_string(),
        Actor::Operator(address) => format!("operator {}", format::short_address(address)),
        Actor::Validator(address) => format!("validator {}", format::short_address(address)),
        Actor::Person(address) => format!("owner or guild {}", format::short_address(address)),
    }
}

fn proofs(payload: &Payload) -> Vec<(&'static str, String)> {
    let mut proofs = Vec::new();
    if let Some(evidence) = evidence(payload) {
        proofs.push(("transaction", evidence.transaction.to_string()));
    }
    if let Payload::DeliverableRecorded { commitment, .. } = payload {
        proofs.push(("commitment", commitment.to_string()));
    } else if let Payload::ApprovalRequested { deliverable, tree, .. } = payload {
        proofs.push(("commitment", deliverable.to_string()));
        proofs.push(("ledger root", tree.root.to_string()));
    } else if let Payload::CheckpointAnchored { tree, .. } = payload {
        proofs.push(("ledger root", tree.root.to_string()));
    } else if let Payload::MissionCreated(created) = payload {
        proofs.push(("spec hash", created.spec_hash.to_string()));
    }
    proofs
}

/// `45s`, `12m`, `2h 05m`.
pub fn lasted(millis: u64) -> String {
    if millis < 60_000 {
        return format!("{}s", millis / 1_000);
    }
    MissionTime::from_millis(millis).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::sample;

    fn card(seq: u64) -> Card {
        Card::at(&sample::journal(), Seq(seq)).unwrap()
    }

    #[test]
    fn every_event_has_a_card_with_a_name() {
        let journal = sample::journal();
        for seq in 1..=journal.last().0 {
            let card = Card::at(&journal, Seq(seq)).unwrap();
            assert!(card.accessible_name().starts_with("Event "), "{seq}");
            assert!(!card.title.is_empty(), "{seq}");
        }
        assert_eq!(Card::at(&journal, Seq(99)), None);
    }

    #[test]
    fn an_answer_says_who_what_cost_and_how_long() {
        let card = card(6);

        assert_eq!(card.accessible_name(), "Event Model answer: answered");
        assert_eq!(card.who, "planner");
        assert_eq!(card.title, "Outlined three workstreams");
        assert_eq!(card.cost.as_deref(), Some("$1.50"));
        assert_eq!(card.duration.as_deref(), Some("8m"));
    }

    #[test]
    fn a_call_is_under_way_until_it_is_settled() {
        let open = sample::journal_of(sample::ledger().into_iter().take(5).collect());

        assert_eq!(Card::at(&open, Seq(5)).unwrap().status, "under way");
        assert_eq!(card(5).status, "asked");
    }

    #[test]
    fn a_pause_names_its_signer_and_its_transaction() {
        let card = card(13);

        assert_eq!(card.who, format::short_address(&sample::OWNER));
        assert_eq!(card.evidence, [("transaction", sample::tx(2).transaction.to_string())]);
        assert_eq!(card.lane, Lane::Levers);
    }

    #[test]
    fn a_search_finds_words_people_and_hashes() {
        let card = card(13);

        for search in ["stands still", "0x0202", "levers", "paused", &card.who.to_lowercase()] {
            assert!(card.matches(search), "{search}");
        }
        assert!(!card.matches("blueprint"));
    }
}
