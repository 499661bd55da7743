//! What an agent remembers: the deliverables of the steps before its own, oldest first.

use phase8_shared::id::Role;
use phase8_shared::ledger::Commitment;
use phase8_shared::mission::{MissionState, PlanStep, StepState};

/// One thing remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memory {
    /// Who made it.
    pub role: Role,
    /// What it is.
    pub title: String,
    /// What the ledger holds of it.
    pub commitment: Commitment,
    /// Its text.
    pub content: String,
}

/// The steps whose deliverables a step builds on: those it needs, and those that they need, in plan order.
pub fn sources<'s>(state: &'s MissionState, step: &PlanStep) -> Vec<&'s StepState> {
    let mut wanted = step.needs.clone();
    let mut next = 0;
    while let Some(id) = wanted.get(next).copied() {
        let needs = state.step(id).map_or(&[][..], |step| &step.plan.needs);
        let new: Vec<_> = needs.iter().copied().filter(|need| !wanted.contains(need)).collect();
        wanted.extend(new);
        next += 1;
    }
    state.steps.iter().filter(|step| wanted.contains(&step.plan.id)).collect()
}
