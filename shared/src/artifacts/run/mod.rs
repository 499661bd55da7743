//! The documents that guardians get when a mission is over, written from its ledger alone: what was simulated beside what
//! happened, the timeline, and what the owner did and can still do. The same ledger gives the same bytes anywhere.

mod command_center;
mod compare;
mod simulation;
#[cfg(test)]
mod tests;
mod timeline;

use std::sync::Arc;

use crate::mission::{Lifecycle, MissionState, Outcome};
use crate::policy::ModelAdapter;
use crate::simulate::{Simulation, simulate};
use crate::spec::Millionths;
use crate::spec::preview;
use crate::timeline::Journal;

pub use self::compare::Compared;
use super::Artifact;

/// A mission's ledger with what its job spec promised.
#[derive(Debug)]
pub struct Run<'a> {
    journal: &'a Journal,
    state: Arc<MissionState>,
    /// The job spec played through; none if it cannot be read any more.
    plan: Option<Simulation>,
}

impl<'a> Run<'a> {
    /// Of a ledger; `None` if nothing is in it.
    pub fn of(journal: &'a Journal) -> Option<Self> {
        let state = Arc::clone(journal.state()?);
        let adapters: Vec<ModelAdapter> = state
            .created
            .adapters
            .iter()
            .filter_map(|priced| {
                Some(ModelAdapter {
                    id: priced.id.parse().ok()?,
                    provider: String::new(),
                    max_context: u32::try_from(priced.max_context).unwrap_or(u32::MAX),
                    cost_per_1k_tokens: Some(priced.per_1k_tokens),
                    safety_score: Millionths::new(0),
                    latency_ms: 0,
                    last_validated: state.created_at,
                    endpoint: None,
                })
            })
            .collect();
        let plan = preview(&state.created.spec).spec.map(|spec| simulate(&spec, &adapters));
        Some(Self { journal, state, plan })
    }

    /// The three documents.
    pub fn artifacts(&self) -> Vec<Artifact> {
        vec![self.simulation(), self.timeline(), self.command_center()]
    }

    /// How it ended, in words.
    pub fn outcome_words(&self) -> String {
        match &self.state.lifecycle {
            Lifecycle::AwaitingFunding => "never funded so far".to_owned(),
            Lifecycle::Running { .. } => "not over yet".to_owned(),
            Lifecycle::Closed { outcome, .. } => match outcome {
                Outcome::Completed => "completed: everything is delivered and paid".to_owned(),
                Outcome::Failed(reason) => format!("failed, in the owner's words: {reason}"),
                Outcome::Refunded => "refunded after its term".to_owned(),
            },
        }
    }

    /// Mission minutes up to the last event.
    fn minutes(&self) -> u64 {
        self.state.clock.at(self.state.as_of).millis() / 60_000
    }
}
