//! Where all missions stand, for whoever counts them: added up from what is in memory. The store is not asked.

use std::collections::BTreeMap;

use phase8_shared::api::MissionPhase;
use phase8_shared::mission::{MissionState, QuestionAbout};
use phase8_shared::money::MicroUsd;

use super::engine::Engine;

/// Where all missions stand, as far as this engine knows: missions at which another engine works are among them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Census {
    /// Missions by phase, and whether they rehearse.
    pub missions: BTreeMap<(MissionPhase, bool), u64>,
    /// What waits for people, by kind.
    pub waiting: BTreeMap<Waits, u64>,
    /// Budgets of missions that ask models.
    pub budget: BudgetSums,
    /// The same of rehearsals, where no dollar is spent.
    pub rehearsed: BudgetSums,
    /// Leases that are held here, the leader's included.
    pub leases: u64,
    /// Whether this engine is the one of its group that may act on the chain.
    pub leads: bool,
}

/// Budgets, added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BudgetSums {
    /// Caps of missions that are not over.
    pub cap: MicroUsd,
    /// Held back for calls under way.
    pub reserved: MicroUsd,
    /// Spent, also in missions that are over.
    pub spent: MicroUsd,
}

/// What waits for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Waits {
    /// A milestone, for the guild's signatures.
    Approval,
    /// A step, for a co-pilot.
    HeldStep,
    /// A budget that is short.
    Budget,
    /// A tripwire that tripped.
    Trip,
    /// A validator's check-in.
    CheckIn,
    /// A call whose bill nobody knows.
    UnknownCall,
    /// A mission that a person stopped.
    Stopped,
}

impl Waits {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Approval,
        Self::HeldStep,
        Self::Budget,
        Self::Trip,
        Self::CheckIn,
        Self::UnknownCall,
        Self::Stopped,
    ];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approval => "approval",
            Self::HeldStep => "held_step",
            Self::Budget => "budget",
            Self::Trip => "trip",
            Self::CheckIn => "check_in",
            Self::UnknownCall => "unknown_call",
            Self::Stopped => "stopped",
        }
    }

    const fn about(question: &QuestionAbout) -> Self {
        match question {
            QuestionAbout::Budget { .. } => Self::Budget,
            QuestionAbout::Trip { .. } => Self::Trip,
            QuestionAbout::CheckIn { .. } => Self::CheckIn,
            QuestionAbout::UnknownCall { .. } => Self::UnknownCall,
            QuestionAbout::Stopped {} => Self::Stopped,
        }
    }
}

/// What one mission adds to the census.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tally {
    phase: MissionPhase,
    rehearsal: bool,
    budget: BudgetSums,
    waiting: [u16; Waits::ALL.len()],
}

impl Tally {
    pub(super) fn of(state: &MissionState) -> Self {
        let count = |kind: Waits| match kind {
            Waits::Approval => state.awaiting_approval().count(),
            Waits::HeldStep => state.held_steps().count(),
            Waits::Budget | Waits::Trip | Waits::CheckIn | Waits::UnknownCall | Waits::Stopped => {
                let questions = state.questions.values();
                questions.filter(|question| Waits::about(&question.about) == kind).count()
            }
        };
        let cap = if state.is_closed() { MicroUsd::ZERO } else { state.budget.cap };
        Self {
            phase: state.into(),
            rehearsal: state.created.rehearsal,
            budget: BudgetSums { cap, reserved: state.budget.reserved, spent: state.budget.spent },
            waiting: Waits::ALL.map(|kind| u16::try_from(count(kind)).unwrap_or(u16::MAX)),
        }
    }
}

impl Census {
    fn add(&mut self, tally: Tally) {
        let Tally { phase, rehearsal, budget, waiting } = tally;
        *self.missions.entry((phase, rehearsal)).or_default() += 1;
        for (kind, count) in Waits::ALL.into_iter().zip(waiting) {
            *self.waiting.entry(kind).or_default() += u64::from(count);
        }
        let sums = if rehearsal { &mut self.rehearsed } else { &mut self.budget };
        sums.cap = sums.cap.saturating_add(budget.cap);
        sums.reserved = sums.reserved.saturating_add(budget.reserved);
        sums.spent = sums.spent.saturating_add(budget.spent);
    }
}

impl Engine {
    /// Where all missions stand, as this engine knows it now.
    pub fn census(&self) -> Census {
        let mut census = Census {
            leases: self.inner.leases(),
            leads: self.inner.is_leading(),
            ..Census::default()
        };
        for seat in self.inner.seats() {
            census.add(seat.tally());
        }
        census
    }
}
