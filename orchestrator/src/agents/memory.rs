//! What an agent remembers: the deliverables of the steps before its own, and, if its memory is persistent, what agents
//! with its bucket delivered in earlier missions.

use phase8_shared::id::Role;
use phase8_shared::ledger::Commitment;
use phase8_shared::mission::{MissionCreated, MissionState, PlanStep, StepState};
use phase8_shared::spec::{JobSpec, MemoryKind};

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

/// Where the notes of an agent are kept, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// The bucket's name in the store.
    pub name: String,
    /// In milliseconds of wall time.
    pub retention_millis: u64,
}

impl Bucket {
    /// The bucket of a role; `None` if its memory does not outlive the mission. Operators share no memory, whatever they
    /// call their buckets. A rehearsal is the same every time, so it remembers nothing.
    pub fn of(mission: &MissionCreated, spec: &JobSpec, role: &Role) -> Option<Self> {
        let policy = &spec.agent(role)?.memory;
        match policy.kind {
            MemoryKind::Persistent if !mission.rehearsal => Some(Self {
                name: format!("{}/{}", mission.operator, policy.bucket),
                retention_millis: u64::from(policy.retention_hours).saturating_mul(3_600_000),
            }),
            MemoryKind::Persistent | MemoryKind::Ephemeral => None,
        }
    }
}
