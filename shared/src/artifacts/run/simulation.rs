//! `phase8-autonomy-simulation.json` of a mission that ran: the shape that guardians know, filled with what happened, and
//! what was simulated beside it.

use alloy_primitives::B256;
use serde::Serialize;

use super::super::json;
use super::{Artifact, Compared, Run};
use crate::id::{MissionId, Seq};
use crate::ledger::TreeHead;
use crate::mission::{Event, Payload, TxEvidence};
use crate::money::{MicroUsd, TokenAmount};
use crate::simulate::{OWNER_CONTROLS, OwnerControl};
use crate::timeline::{Card, evidence};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'a> {
    mission: MissionId,
    name: &'a str,
    basis: &'static str,
    outcome: String,
    started_at: String,
    /// The last event where the mission is not over.
    completed_at: String,
    total_duration_minutes: u64,
    ledger: TreeHead,
    comparison: Vec<Compared>,
    timeline: Vec<Happened>,
    check_ins: Vec<CheckIn>,
    scoreboard: Scoreboard,
    owner_controls: &'static [OwnerControl],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Happened {
    seq: Seq,
    offset_minutes: u64,
    at: String,
    actor: String,
    headline: String,
    detail: String,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    checkpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction: Option<B256>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CheckIn {
    name: String,
    due_at_minutes: u64,
    description: String,
    delivered: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Scoreboard {
    rehearsal: bool,
    budget_cap: MicroUsd,
    spent: MicroUsd,
    steps_done: usize,
    steps: usize,
    milestones_paid: usize,
    milestones: usize,
    paid_to_agents: TokenAmount,
    paid_to_validators: TokenAmount,
    tripwires: usize,
    false_alarms: usize,
    check_ins_on_time: usize,
    check_ins_missed: usize,
    open_questions: usize,
}

impl Run<'_> {
    /// What was simulated, and what happened.
    pub fn simulation(&self) -> Artifact {
        let state = &self.state;
        let check_ins: Vec<CheckIn> =
            self.events().filter_map(|event| self.check_in(event)).collect();
        let on_time = check_ins.iter().filter(|it| it.delivered).count();
        let paid = self.payouts();
        let started =
            self.events().find(|event| matches!(event.payload, Payload::MissionLaunched {}));
        json(
            "phase8-autonomy-simulation.json",
            &Told {
                mission: state.created.mission,
                name: &state.created.name,
                basis: "the mission's ledger",
                outcome: self.outcome_words(),
                started_at: started.map_or(state.created_at, |event| event.at).to_string(),
                completed_at: state.as_of.to_string(),
                total_duration_minutes: self.minutes(),
                ledger: TreeHead {
                    size: self.journal.last().0,
                    root: self.journal.root_at(self.journal.last().0).unwrap_or_default(),
                },
                comparison: self.compared(),
                timeline: self.events().filter_map(|event| self.happened(event)).collect(),
                scoreboard: Scoreboard {
                    rehearsal: state.created.rehearsal,
                    budget_cap: state.budget.cap,
                    spent: state.budget.spent,
                    steps_done: state.steps.iter().filter(|it| it.status.is_done()).count(),
                    steps: state.steps.len(),
                    milestones_paid: paid.len(),
                    milestones: state.milestones.len(),
                    paid_to_agents: state.paid(),
                    paid_to_validators: paid.iter().fold(TokenAmount::ZERO, |sum, paid| {
                        sum.checked_add(paid.validator_reward).unwrap_or(sum)
                    }),
                    tripwires: state.trips.len(),
                    false_alarms: state
                        .trips
                        .iter()
                        .filter(|it| it.judged_wrong == Some(true))
                        .count(),
                    check_ins_on_time: on_time,
                    check_ins_missed: check_ins.len() - on_time,
                    open_questions: state.questions.len(),
                },
                check_ins,
                owner_controls: &OWNER_CONTROLS,
            },
        )
    }

    fn happened(&self, event: &Event) -> Option<Happened> {
        if !is_telling(&event.payload) {
            return None;
        }
        let card = Card::at(self.journal, event.seq)?;
        let step = if let Payload::StepCompleted { step }
        | Payload::DeliverableRecorded { step, .. } = &event.payload
        {
            self.state.step(*step)
        } else {
            None
        };
        Some(Happened {
            seq: event.seq,
            offset_minutes: self.minute(event.seq),
            at: event.at.to_string(),
            actor: card.who,
            headline: card.title,
            detail: card.detail,
            severity: card.tone.as_str(),
            checkpoint: step.map(|step| step.plan.checkpoint.to_string()),
            transaction: evidence(&event.payload)
                .map(|TxEvidence { transaction, .. }| *transaction),
        })
    }

    fn check_in(&self, event: &Event) -> Option<CheckIn> {
        let (role, index, delivered, description) =
            if let Payload::CheckedIn { role, index, progress_percent } = &event.payload {
                (role, index, true, format!("{progress_percent} % of the step was done"))
            } else if let Payload::CheckInMissed { role, index } = &event.payload {
                (role, index, false, "the agent was at work and stayed silent".to_owned())
            } else {
                return None;
            };
        let name = format!("{role} {index}");
        Some(CheckIn { name, due_at_minutes: self.minute(event.seq), description, delivered })
    }
}

/// Whether an event is worth a line: calls and check-ins are counted elsewhere.
pub(super) const fn is_telling(payload: &Payload) -> bool {
    !matches!(
        payload,
        Payload::ModelCallRequested { .. }
            | Payload::ModelCallSettled { .. }
            | Payload::CheckedIn { .. }
            | Payload::CheckpointAnchored { .. }
    )
}
