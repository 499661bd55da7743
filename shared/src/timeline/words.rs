//! What an event says on its card: status, title, detail, cost, and since when it was under way.

use crate::id::{MilestoneIndex, Seq, StepId};
use crate::mission::{Event, Payload};

use super::{Journal, Tone, safety};
use crate::format;

/// What an event says, before it is put on a card.
pub(super) struct Words {
    /// The status in a word.
    pub(super) status: &'static str,
    /// How that feels.
    pub(super) tone: Tone,
    /// What happened.
    pub(super) title: String,
    /// More of it.
    pub(super) detail: String,
    /// What it cost, paid or held back.
    pub(super) cost: Option<String>,
    /// The event that it ends the wait for.
    pub(super) since: Option<Seq>,
}

impl Words {
    pub(super) fn new(tone: Tone, status: &'static str, title: impl Into<String>) -> Self {
        Self { status, tone, title: title.into(), detail: String::new(), cost: None, since: None }
    }

    pub(super) fn with(self, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..self }
    }

    fn cost(self, cost: impl ToString) -> Self {
        Self { cost: Some(cost.to_string()), ..self }
    }

    fn since(self, since: Option<Seq>) -> Self {
        Self { since, ..self }
    }

    /// The words for an event.
    pub(super) fn of(journal: &Journal, event: &Event) -> Self {
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
            Payload::ModelCallRequested {
                call,
                step,
                turn,
                adapter,
                reserved,
                wraps_up,
                repeats,
            } => {
                let open = journal.settlement_of(*call).is_none();
                let (tone, status) =
                    if open { (Tone::Work, "under way") } else { (Tone::Off, "asked") };
                Self::new(
                    tone,
                    status,
                    format!("Turn {} of {}", turn.saturating_add(1), step_title(journal, *step)),
                )
                .with(safety::asked(adapter, *wraps_up, *repeats))
                .cost(format!("≤ {reserved} held"))
            }
            Payload::ModelCallSettled { call, outcome, cost } => {
                let since = journal.request_of(*call);
                safety::outcome(outcome).cost(cost).since(since)
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
            Payload::AdapterChanged { roles, adapter, rolled_back, reason, .. } => {
                let agents = crate::format::listed(
                    &roles.iter().map(crate::id::Role::as_str).collect::<Vec<_>>(),
                );
                let status = if *rolled_back { "rolled back" } else { "changed" };
                let words = match adapter {
                    Some(adapter) => format!(
                        "From the next call on: {} at {} per 1,000 tokens, for {agents}",
                        adapter.id, adapter.per_1k_tokens
                    ),
                    None => format!("From the next call on: as the plan says, for {agents}"),
                };
                Self::new(Tone::Ok, status, words).with(reason.clone())
            }
            Payload::AdapterNotUsed { why, .. } => {
                Self::new(Tone::Warn, "not used", "The registry names an adapter that is not used")
                    .with(why.clone())
            }
            Payload::CoPilotChanged { required: true, .. } => Self::new(
                Tone::Warn,
                "required",
                "Each agent's step waits for a person before it starts",
            ),
            Payload::CoPilotChanged { required: false, .. } => {
                Self::new(Tone::Ok, "released", "Agents' steps start by themselves")
            }
            Payload::StepReleased { step, by, .. } => {
                Self::new(Tone::Ok, "released", step_title(journal, *step))
                    .with(format!("Signed by {by}"))
            }
            Payload::ValidatorSummoned { validator, token, .. } => {
                Self::new(Tone::Wait, "summoned", format!("{validator} is called in"))
                    .with(format!("Read token {token}"))
            }
            Payload::SummonsAcknowledged { validator, token, .. } => {
                Self::new(Tone::Ok, "acknowledged", format!("{validator} confirms the summons"))
                    .with(format!("Read token {token}"))
            }
            Payload::SummonsRevoked { validator, token, .. } => Self::new(
                Tone::Warn,
                "revoked",
                format!("The summons of {validator} is taken back"),
            )
            .with(format!("Read token {token}")),
            Payload::BudgetExhausted { step, needed, remaining } => Self::new(
                Tone::Warn,
                "exhausted",
                format!("{} needs more than is left", step_title(journal, *step)),
            )
            .with(format!("The next call takes up to {needed}; {remaining} is left")),
            Payload::MissionPaused { cause, tripwire, .. } => {
                Self::new(Tone::Paused, "paused", safety::paused(*cause, *tripwire))
            }
            Payload::MissionResumed { cause, .. } => {
                Self::new(Tone::Ok, "resumed", safety::resumed(*cause))
            }
            Payload::TripwireTripped { trip, halts, .. } => safety::tripped(trip, *halts),
            Payload::ValidatorCheckInDue { step, due_at } => Self::new(
                Tone::Wait,
                "asked",
                format!("A validator is asked to look at {}", step_title(journal, *step)),
            )
            .with(format!("The mission stands still if nobody did by {due_at}")),
            Payload::ValidatorCheckInMissed { question } => {
                Self::new(Tone::Bad, "missed", "No validator looked in time").since(Some(*question))
            }
            Payload::QuestionAnswered { question, answer, reason, .. } => {
                safety::answered(*answer, reason).since(Some(*question))
            }
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
