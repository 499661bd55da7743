//! The list of missions as it is read: phase in words, what waits for whom, and the order of the rows.

use std::cmp::Ordering;

use phase8_shared::api::{MissionPhase, MissionSummary};
use phase8_shared::mission::PauseCause;

use crate::format;
use crate::ui::Tone;

/// A phase in words, and how it feels.
pub(crate) const fn phase_words(phase: MissionPhase) -> (Tone, &'static str) {
    match phase {
        MissionPhase::AwaitingFunding => (Tone::Wait, "Awaiting funding"),
        MissionPhase::Running => (Tone::Work, "Running"),
        MissionPhase::Paused => (Tone::Paused, "Paused"),
        MissionPhase::AwaitingValidators => (Tone::Wait, "Awaiting validators"),
        MissionPhase::Completed => (Tone::Ok, "Completed"),
        MissionPhase::Failed => (Tone::Bad, "Failed"),
        MissionPhase::Refunded => (Tone::Off, "Refunded"),
    }
}

/// The phase's name on the wire.
pub(crate) const fn phase_name(phase: MissionPhase) -> &'static str {
    match phase {
        MissionPhase::AwaitingFunding => "awaiting_funding",
        MissionPhase::Running => "running",
        MissionPhase::Paused => "paused",
        MissionPhase::AwaitingValidators => "awaiting_validators",
        MissionPhase::Completed => "completed",
        MissionPhase::Failed => "failed",
        MissionPhase::Refunded => "refunded",
    }
}

/// What a mission waits for, and from whom.
pub(crate) fn waits_for(summary: &MissionSummary) -> String {
    let mut waits = Vec::new();
    match summary.phase {
        MissionPhase::AwaitingFunding => {
            waits.push(format!(
                "operator {} to fund the escrow",
                format::short_address(&summary.operator)
            ));
        }
        MissionPhase::Completed | MissionPhase::Failed | MissionPhase::Refunded => {
            return "nothing: it is over".to_owned();
        }
        MissionPhase::Paused => {
            for cause in &summary.pauses {
                waits.push(match cause {
                    PauseCause::Fleet => "owner to resume the fleet".to_owned(),
                    PauseCause::Budget => "owner or operator to decide about the budget".to_owned(),
                    PauseCause::Tripwire => "owner or validator to answer a tripwire".to_owned(),
                    PauseCause::CheckIn => "validator to look at what was delivered".to_owned(),
                    PauseCause::Stopped => "owner or validator to let it go on".to_owned(),
                });
            }
        }
        MissionPhase::Running | MissionPhase::AwaitingValidators => {}
    }
    if summary.awaiting_approval > 0 {
        let count =
            format::count(usize::from(summary.awaiting_approval), "milestone", "milestones");
        waits.push(format!("validators to approve {count}"));
    }
    if summary.questions > 0 && summary.pauses.is_empty() {
        let count = format::count(usize::from(summary.questions), "question", "questions");
        waits.push(format!("people to answer {count}"));
    }
    if waits.is_empty() {
        return match summary.phase {
            MissionPhase::AwaitingValidators => "the escrow to pay".to_owned(),
            MissionPhase::AwaitingFunding
            | MissionPhase::Running
            | MissionPhase::Paused
            | MissionPhase::Completed
            | MissionPhase::Failed
            | MissionPhase::Refunded => "nobody: agents are at work".to_owned(),
        };
    }
    waits.join("; ")
}

/// A column that rows are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    /// Name of the job.
    Name,
    /// Where it stands.
    Phase,
    /// Share of the budget in use.
    Budget,
    /// Mission time so far.
    Elapsed,
    /// Steps done.
    Steps,
    /// Paid to agents.
    Paid,
    /// When it was created.
    Created,
}

impl Column {
    /// Every column, from left to right.
    pub(crate) const ALL: [Self; 7] = [
        Self::Name,
        Self::Phase,
        Self::Budget,
        Self::Elapsed,
        Self::Steps,
        Self::Paid,
        Self::Created,
    ];

    /// Its heading.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Name => "Mission",
            Self::Phase => "State",
            Self::Budget => "Budget",
            Self::Elapsed => "Elapsed",
            Self::Steps => "Steps",
            Self::Paid => "Paid",
            Self::Created => "Created",
        }
    }

    fn compare(self, a: &MissionSummary, b: &MissionSummary) -> Ordering {
        match self {
            Self::Name => a.name.to_lowercase().cmp(&b.name.to_lowercase()),
            Self::Phase => a.phase.cmp(&b.phase),
            Self::Budget => budget_percent(a).cmp(&budget_percent(b)),
            Self::Elapsed => a.elapsed.cmp(&b.elapsed),
            Self::Steps => a.steps_done.cmp(&b.steps_done),
            Self::Paid => a.paid.cmp(&b.paid),
            Self::Created => a.created_at.cmp(&b.created_at),
        }
    }
}

/// How rows are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sort {
    /// By what.
    pub(crate) column: Column,
    /// Which end is on top.
    pub(crate) direction: Direction,
}

/// Which end is on top.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// The smallest.
    Ascending,
    /// The largest.
    Descending,
}

impl Sort {
    /// The newest missions on top.
    pub(crate) const NEWEST: Self =
        Self { column: Column::Created, direction: Direction::Descending };

    /// The sort after a press on a heading.
    #[must_use]
    pub(crate) fn pressed(self, column: Column) -> Self {
        if self.column != column {
            let direction =
                if column == Column::Name { Direction::Ascending } else { Direction::Descending };
            return Self { column, direction };
        }
        let direction = match self.direction {
            Direction::Ascending => Direction::Descending,
            Direction::Descending => Direction::Ascending,
        };
        Self { column, direction }
    }

    /// `aria-sort` of a heading.
    pub(crate) fn aria(self, column: Column) -> &'static str {
        match (self.column == column, self.direction) {
            (false, _) => "none",
            (true, Direction::Ascending) => "ascending",
            (true, Direction::Descending) => "descending",
        }
    }

    /// The rows in order; equal ones newest first.
    pub(crate) fn apply(self, mut rows: Vec<MissionSummary>) -> Vec<MissionSummary> {
        rows.sort_by(|a, b| {
            let order = self.column.compare(a, b);
            let order =
                if self.direction == Direction::Ascending { order } else { order.reverse() };
            order.then(b.created_at.cmp(&a.created_at)).then(a.id.cmp(&b.id))
        });
        rows
    }
}

/// Share of the budget that is spent or held back.
pub(crate) fn budget_percent(summary: &MissionSummary) -> u64 {
    format::percent(summary.committed.get(), summary.cap.get())
}

#[cfg(test)]
mod tests {
    use phase8_shared::money::MicroUsd;
    use phase8_shared::time::Timestamp;

    use super::*;
    use crate::live::sample;

    fn summary(name: &str, created: u64) -> MissionSummary {
        let journal = sample::journal();
        let mut summary = MissionSummary::of(journal.state().unwrap(), Timestamp::from_millis(0));
        name.clone_into(&mut summary.name);
        summary.created_at = Timestamp::from_millis(created);
        summary
    }

    #[test]
    fn what_waits_for_whom_is_said() {
        let mut mission = summary("a", 1);
        assert_eq!(waits_for(&mission), "validators to approve 1 milestone");

        mission.phase = MissionPhase::Paused;
        mission.pauses = vec![PauseCause::Fleet, PauseCause::Budget];
        mission.awaiting_approval = 0;
        assert_eq!(
            waits_for(&mission),
            "owner to resume the fleet; owner or operator to decide about the budget"
        );

        mission.phase = MissionPhase::Running;
        assert_eq!(waits_for(&mission), "nobody: agents are at work");

        mission.phase = MissionPhase::Completed;
        assert_eq!(waits_for(&mission), "nothing: it is over");
    }

    #[test]
    fn a_press_sorts_and_a_second_turns_it_around() {
        let sort = Sort::NEWEST.pressed(Column::Name);
        let rows = vec![summary("b", 1), summary("C", 2), summary("a", 3)];

        let names =
            |rows: Vec<MissionSummary>| rows.into_iter().map(|row| row.name).collect::<Vec<_>>();

        assert_eq!(names(sort.apply(rows.clone())), ["a", "b", "C"]);
        assert_eq!(names(sort.pressed(Column::Name).apply(rows.clone())), ["C", "b", "a"]);
        assert_eq!(names(Sort::NEWEST.apply(rows)), ["a", "C", "b"]);
        assert_eq!(sort.aria(Column::Name), "ascending");
        assert_eq!(sort.aria(Column::Paid), "none");
    }

    #[test]
    fn the_budget_is_a_share_of_the_cap() {
        let mut mission = summary("a", 1);
        mission.committed = MicroUsd::new(1);
        mission.cap = MicroUsd::new(3);
        assert_eq!(budget_percent(&mission), 33);
    }
}
