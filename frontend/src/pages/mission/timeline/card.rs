//! A timeline card, derived from an event when it is looked at and never stored: who, what, cost, time, evidence.

use phase8_shared::id::{MilestoneIndex, Seq, StepId};
use phase8_shared::mission::{Actor, CallOutcome, Event, PauseCause, Payload};
use phase8_shared::time::{MissionTime, Timestamp};

use super::kind;
use super::lane::Lane;
use crate::format;
use crate::live::{Journal, evidence};
use crate::ui::Tone;

/// One card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Card {
    /// Position in the ledger.
    pub(crate) seq: Seq,
    /// The kind's name on the wire.
    pub(crate) kind: &'static str,
    /// The kind's name for people.
    pub(crate) kind_words: &'static str,
    /// The status in a word.
    pub(crate) status: &'static str,
    /// How that feels.
    pub(crate) tone: Tone,
    /// Whose work it is.
    pub(crate) lane: Lane,
    /// Who did it.
    pub(crate) who: String,
    /// What happened.
    pub(crate) title: String,
    /// More of it.
    pub(crate) detail: String,
    /// What it cost, paid or held back.
    pub(crate) cost: Option<String>,
    /// How long it took, in mission time.
    pub(crate) duration: Option<String>,
    /// Mission time.
    pub(crate) mission_time: String,
    /// Wall time.
    pub(crate) at: Timestamp,
    /// The quiet before it, in mission time, where that was long.
    pub(crate) quiet: Option<String>,
    /// What proves it: name and whole value.
    pub(crate) evidence: Vec<(&'static str, String)>,
}

/// Quiet of this length between two cards is told.
const LONG_QUIET_MILLIS: u64 = 20 * 60_000;

impl Card {
    /// The card of the event at a position.
    pub(crate) fn at(journal: &Journal, seq: Seq) -> Option<Self> {
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
    pub(crate) fn accessible_name(&self) -> String {
        format!("Event {}: {}", self.kind_words, self.status)
    }

    /// Whether a search, in lower case, finds it.
    pub(crate) fn matches(&self, search: &str) -> bool {
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

/// What an event says, before it is put on a card.
struct Words {
    status: &'static str,
    tone: Tone,
    title: String,
    detail: String,
    cost: Option<String>,
    since: Option<Seq>,
}

impl Words {
    fn new(tone: Tone, status: &'static str, title: impl Into<String>) -> Self {
        Self { status, tone, title: title.into(), detail: String::new(), cost: None, since: None }
    }

    fn with(self, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..self }
    }

    fn cost(self, cost: impl ToString) -> Self {
        Self { cost: Some(cost.to_string()), ..self }
    }

    fn since(self, since: Option<Seq>) -> Self {
        Self { since, ..self }
    }

    fn of(journal: &Journal, event: &Event) -> Self {
        match &event.payload {
            Payload::MissionCreated(created) => {
                Self::new(Tone::Ok, "accepted", created.name.clone()).with(format!(
                    "{}, {}, reward {}, cap {}",
                    format::count(created.plan.len(), "step", "steps"),
                    format::count(created.terms.milestones.len(), "milestone", "milestones"),
                    created.terms.reward,
                    created.terms.budget_cap,
                ))
            }
            Payload::EscrowFunded { deposit, .. } => {
                Self::new(Tone::Ok, "funded", "The escrow holds the deposit").cost(deposit)
            }
            Payload::MissionLaunched {} => Self::new(Tone::Ok, "launched", "The agents may start"),
            Payload::StepStarted { step } => {
                Self::new(Tone::Work, "started", step_title(journal, *step))
            }
            Payload::ModelCallRequested { call, step, turn, adapter, reserved } => {
                let open = journal.settlement_of(*call).is_none();
                let (tone, status) =
                    if open { (Tone::Work, "under way") } else { (Tone::Off, "asked") };
                Self::new(
                    tone,
                    status,
                    format!("Turn {} of {}", turn.saturating_add(1), step_title(journal, *step)),
                )
                .with(format!("{adapter} asked"))
                .cost(format!("≤ {reserved} held"))
            }
            Payload::ModelCallSettled { call, outcome, cost } => {
                let since = journal.request_of(*call);
                match outcome {
                    CallOutcome::Answered { input_tokens, output_tokens, words } => {
                        Self::new(Tone::Ok, "answered", words.clone())
                            .with(format!("{input_tokens} tokens in, {output_tokens} out"))
                    }
                    CallOutcome::Failed { reason } => {
                        Self::new(Tone::Bad, "failed", reason.clone())
                    }
                    CallOutcome::Unknown {} => {
                        Self::new(Tone::Warn, "outcome unknown", "The answer was lost in a restart")
                            .with("Charged at its worst case; never silently repeated")
                    }
                }
                .cost(cost)
                .since(since)
            }
            Payload::DeliverableRecorded { title, media_type, bytes, .. } => {
                Self::new(Tone::Ok, "recorded", title.clone())
                    .with(format!("{media_type}, {bytes} bytes"))
            }
            Payload::StepCompleted { step } => {
                Self::new(Tone::Ok, "done", step_title(journal, *step))
                    .since(journal.start_of(*step))
            }
            Payload::CheckedIn { index, progress_percent, .. } => Self::new(
                Tone::Ok,
                "on time",
                format!("Check-in {index}: {progress_percent} % of the step done"),
            ),
            Payload::CheckInMissed { index, .. } => {
                Self::new(Tone::Bad, "missed", format!("Check-in {index} did not come"))
                    .with("The agent was at work and stayed silent")
            }
            Payload::ApprovalRequested { milestone, tree, expires_at, .. } => Self::new(
                Tone::Wait,
                "asked",
                format!("The guild is asked for {}", milestone_name(journal, *milestone)),
            )
            .with(format!("Over the first {} events; void after {expires_at}", tree.size)),
            Payload::ApprovalGiven { milestone, .. } => Self::new(
                Tone::Ok,
                "signed",
                format!("Signed for {}", milestone_name(journal, *milestone)),
            )
            .since(journal.approval_request_of(*milestone)),
            Payload::MilestonePaid { milestone, amount, validator_reward, payments, .. } => {
                Self::new(
                    Tone::Ok,
                    "paid",
                    format!("{} is paid", milestone_name(journal, *milestone)),
                )
                .with(format!(
                    "{}; {validator_reward} to validators",
                    format::count(payments.len(), "transfer", "transfers")
                ))
                .cost(amount)
                .since(journal.approval_request_of(*milestone))
            }
            Payload::BudgetCapChanged { previous, current, .. } => {
                let (tone, status) =
                    if current < previous { (Tone::Warn, "lowered") } else { (Tone::Ok, "raised") };
                Self::new(tone, status, format!("{previous} → {current}"))
            }
            Payload::BudgetExhausted { step, needed, remaining } => Self::new(
                Tone::Warn,
                "exhausted",
                format!("{} needs more than is left", step_title(journal, *step)),
            )
            .with(format!("The next call takes up to {needed}; {remaining} is left")),
            Payload::MissionPaused { cause, .. } => Self::new(
                Tone::Paused,
                "paused",
                match cause {
                    PauseCause::Fleet => "The fleet stands still: no new spend",
                    PauseCause::Budget => "The mission stands still: the budget is used up",
                },
            ),
            Payload::MissionResumed { cause, .. } => Self::new(
                Tone::Ok,
                "resumed",
                match cause {
                    PauseCause::Fleet => "The fleet goes on",
                    PauseCause::Budget => "There is budget again",
                },
            ),
            Payload::CheckpointAnchored { tree, .. } => Self::new(
                Tone::Ok,
                "anchored",
                format!("The first {} events are anchored on the chain", tree.size),
            ),
            Payload::MissionCompleted {} => {
                Self::new(Tone::Ok, "completed", "Everything is delivered and paid")
            }
            Payload::MissionFailed { reason, .. } => {
                Self::new(Tone::Bad, "failed", "The owner declared the mission failed")
                    .with(reason.clone())
            }
            Payload::MissionRefunded { .. } => {
                Self::new(Tone::Warn, "refunded", "The operator took the rest back")
            }
        }
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

fn step_title(journal: &Journal, step: StepId) -> String {
    let known =
        journal.state().and_then(|state| state.step(step)).map(|step| step.plan.title.clone());
    known.unwrap_or_else(|| format!("step {step}"))
}

fn milestone_name(journal: &Journal, index: MilestoneIndex) -> String {
    let known = journal
        .state()
        .and_then(|state| state.milestone(index))
        .map(|milestone| milestone.name.clone());
    known
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| format!("milestone {}", u16::from(index.0) + 1))
}

/// `45s`, `12m`, `2h 05m`.
pub(crate) fn lasted(millis: u64) -> String {
    if millis < 60_000 {
        return format!("{}s", millis / 1_000);
    }
    MissionTime::from_millis(millis).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::sample;

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
