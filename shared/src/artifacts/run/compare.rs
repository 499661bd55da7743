//! What was simulated beside what happened, line by line.

use serde::Serialize;

use super::Run;
use crate::format::counted;
use crate::id::{Seq, StepId};
use crate::mission::{CallOutcome, Event, MilestoneStatus, Payload};

/// One line: what the plan promised, what the ledger holds, and whether the promise was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Compared {
    /// What is compared.
    pub subject: String,
    /// As it was simulated; absent where the plan says nothing.
    pub simulated: Option<String>,
    /// As it was.
    pub actual: String,
    /// Whether it was as good as simulated or better; absent where neither can be said.
    pub kept: Option<bool>,
}

impl Run<'_> {
    /// Every line.
    pub fn compared(&self) -> Vec<Compared> {
        let mut lines = vec![self.duration()];
        lines.extend(self.steps());
        lines.extend(self.milestones());
        lines.push(self.check_ins());
        lines.push(self.calls());
        lines.push(self.cost());
        lines
    }

    pub(super) fn events(&self) -> impl Iterator<Item = &Event> {
        (1..=self.journal.last().0).filter_map(|seq| self.journal.event(Seq(seq)))
    }

    /// Mission minutes at an event.
    pub(super) fn minute(&self, seq: Seq) -> u64 {
        self.journal.time(seq).map_or(0, |time| time.millis() / 60_000)
    }

    fn duration(&self) -> Compared {
        let horizon = self.plan.as_ref().map(|plan| u64::from(plan.horizon.get()));
        let actual = self.minutes();
        Compared {
            subject: "Duration".to_owned(),
            simulated: horizon.map(|minutes| format!("{minutes} min at most")),
            actual: format!("{actual} min"),
            kept: horizon.map(|minutes| actual <= minutes),
        }
    }

    fn steps(&self) -> Vec<Compared> {
        let steps = self.state.steps.iter().map(|step| {
            let planned = self.plan.as_ref().and_then(|plan| {
                plan.steps.iter().find(|it| it.checkpoint == step.plan.checkpoint)
            });
            let due = planned.map(|it| u64::from(it.end.get()));
            let done = self.done(step.plan.id);
            Compared {
                subject: format!("Step {} ({})", step.plan.title, step.plan.checkpoint),
                simulated: due.map(at_minute),
                actual: done.map_or_else(|| "not done".to_owned(), at_minute),
                kept: due.map(|due| done.is_some_and(|done| done <= due)),
            }
        });
        steps.collect()
    }

    fn done(&self, step: StepId) -> Option<u64> {
        let found = self.events().find(
            |event| matches!(event.payload, Payload::StepCompleted { step: done } if done == step),
        );
        found.map(|event| self.minute(event.seq))
    }

    fn milestones(&self) -> Vec<Compared> {
        let lines = self.state.milestones.iter().map(|milestone| {
            let planned = self
                .plan
                .as_ref()
                .and_then(|plan| plan.milestones.iter().find(|it| it.index == milestone.index));
            let due = planned.map(|it| u64::from(it.offset.get()));
            let paid = self.events().find(|event| {
                matches!(event.payload, Payload::MilestonePaid { milestone: paid, .. } if paid == milestone.index)
            });
            let actual = match (&milestone.status, paid) {
                (MilestoneStatus::Paid { amount, .. }, Some(event)) => {
                    format!("{amount} at {}", at_minute(self.minute(event.seq)))
                }
                _ => "not paid".to_owned(),
            };
            Compared {
                subject: format!("Milestone {}", milestone.name),
                simulated: due.map(|due| format!("{} at {}", milestone.payout, at_minute(due))),
                actual,
                kept: due.map(|due| paid.is_some_and(|event| self.minute(event.seq) <= due)),
            }
        });
        lines.collect()
    }

    fn check_ins(&self) -> Compared {
        let (mut kept, mut missed) = (0, 0);
        for event in self.events() {
            if matches!(event.payload, Payload::CheckedIn { .. }) {
                kept += 1;
            } else if matches!(event.payload, Payload::CheckInMissed { .. }) {
                missed += 1;
            }
        }
        let planned = self.plan.as_ref().map(|plan| plan.check_ins.len());
        Compared {
            subject: "Check-ins".to_owned(),
            simulated: planned.map(|planned| counted(planned, "check-in")),
            actual: format!("{kept} on time, {missed} missed"),
            kept: planned.map(|_| missed == 0),
        }
    }

    fn calls(&self) -> Compared {
        let (mut answered, mut other) = (0_usize, 0_usize);
        for event in self.events() {
            if let Payload::ModelCallSettled { outcome, .. } = &event.payload {
                match outcome {
                    CallOutcome::Answered { .. } => answered += 1,
                    CallOutcome::Withheld { .. }
                    | CallOutcome::Failed { .. }
                    | CallOutcome::CutOff { .. }
                    | CallOutcome::Unknown {} => other += 1,
                }
            }
        }
        let planned: Option<u64> = self
            .plan
            .as_ref()
            .map(|plan| plan.steps.iter().map(|step| u64::from(step.calls)).sum());
        Compared {
            subject: "Model calls".to_owned(),
            simulated: planned.map(|calls| format!("{calls} calls")),
            actual: format!("{answered} answered, {other} withheld, failed, cut off or unknown"),
            kept: planned.map(|_| other == 0),
        }
    }

    fn cost(&self) -> Compared {
        let range = self.plan.as_ref().and_then(|plan| plan.cost.range);
        let spent = self.state.budget.spent;
        Compared {
            subject: "Model cost".to_owned(),
            simulated: range.map(|range| format!("{} to {}", range.low, range.high)),
            actual: format!("{spent} of a cap of {}", self.state.budget.cap),
            kept: range.map(|range| spent <= range.high),
        }
    }
}

fn at_minute(minute: u64) -> String {
    format!("T+{minute}")
}
