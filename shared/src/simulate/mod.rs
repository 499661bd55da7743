//! What a job spec leads to if all goes as planned: when agents check in, when milestones fall due, what the models may
//! cost, and how the plan stands against the rules. Whole numbers only, so every machine gets the same answer.
//!
//! The plan: the planner first, then all other agents side by side, then the guild's sign-off. Each of the three stages
//! gets the share of the duration that its milestones have in the payout; within a stage, each agent's steps follow one
//! another in the same way. A step that pays nothing counts as if it paid a tenth.

mod programme;
mod verdicts;

use crate::id::{MilestoneIndex, Role};
use crate::money::MicroUsd;
use crate::policy::ModelAdapter;
use crate::spec::own::{MOST_CHECK_INS, check_ins};
use crate::spec::{AdapterId, Bps, CheckpointRef, JobSpec, Minutes, PlannedCheckpoint};

pub use programme::{
    OWNER_CONTROLS, OwnerControl, Programme, ProgrammeCheckIn, ProgrammeEvent, next_run, programme,
};
pub use verdicts::{RuleVerdict, Verdict};

/// Tokens of a brief call, question and answer together: the low end of the forecast.
pub const BRIEF_CALL_TOKENS: u64 = 2_000;
/// What a step that pays nothing counts for when time is shared out, in basis points.
const UNPAID_WEIGHT: u64 = 1_000;

/// What a job spec leads to if all goes as planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulation {
    /// When the mission must be over.
    pub horizon: Minutes,
    /// The steps, in the order of the plan's stages.
    pub steps: Vec<PlannedStep>,
    /// When agents check in, in the order of time.
    pub check_ins: Vec<PlannedCheckIn>,
    /// When milestones fall due, in the order of the job spec.
    pub milestones: Vec<PlannedMilestone>,
    /// What the models may cost.
    pub cost: CostForecast,
    /// How the plan stands against the rules.
    pub verdicts: Vec<RuleVerdict>,
}

/// A step of the plan: the work that leads to one checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedStep {
    /// The checkpoint it leads to.
    pub checkpoint: CheckpointRef,
    /// The milestone it pays, if any.
    pub milestone: Option<MilestoneIndex>,
    /// When it starts, in minutes after the launch.
    pub start: Minutes,
    /// When it is due.
    pub end: Minutes,
    /// Model calls: one for each check-in and one for the deliverable; none for the guild's sign-off.
    pub calls: u32,
}

/// An agent's check-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedCheckIn {
    /// Minutes after the launch.
    pub offset: Minutes,
    /// Whose.
    pub role: Role,
    /// Number of this role's check-in, from 1.
    pub index: u32,
}

/// A milestone in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedMilestone {
    /// Its place in the job spec.
    pub index: MilestoneIndex,
    /// Its name.
    pub name: String,
    /// What it waits for.
    pub checkpoint: CheckpointRef,
    /// Its share of the reward.
    pub payout_bps: Bps,
    /// When it falls due, in minutes after the launch.
    pub offset: Minutes,
}

/// What the models may cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostForecast {
    /// From the least to the most; absent if any price is not known.
    pub range: Option<CostRange>,
    /// For each agent.
    pub lines: Vec<CostLine>,
    /// How it was computed, in words.
    pub basis: String,
}

/// From the least to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CostRange {
    /// If every call is brief.
    pub low: MicroUsd,
    /// If every call fills its adapter's context.
    pub high: MicroUsd,
}

/// What one agent may cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostLine {
    /// The agent's role.
    pub role: Role,
    /// The adapter it works through.
    pub model: AdapterId,
    /// Planned model calls.
    pub calls: u32,
    /// From the least to the most; absent if the adapter or its price is not known.
    pub range: Option<CostRange>,
}

/// Plays a job spec through.
pub fn simulate(spec: &JobSpec, adapters: &[ModelAdapter]) -> Simulation {
    let mut steps = steps(spec);
    let check_ins = check_in_times(spec, &mut steps);
    let milestones = milestones(spec, &steps);
    let cost = cost(spec, adapters, &steps);
    let verdicts = verdicts::verdicts(spec, &steps, check_ins.len(), &cost);
    Simulation { horizon: spec.max_duration_minutes, steps, check_ins, milestones, cost, verdicts }
}

/// The planner, then all other agents, then the guild.
fn stage_of(role: &Role) -> usize {
    if role.is_planner() {
        0
    } else if role.is_validator() {
        2
    } else {
        1
    }
}

fn steps(spec: &JobSpec) -> Vec<PlannedStep> {
    let weigh = |planned: &PlannedCheckpoint| {
        let index = planned.milestone.map(|index| usize::from(index.0));
        let milestone = index.and_then(|index| spec.economics.milestones.get(index));
        let paid = milestone.map_or(0, |milestone| u64::from(milestone.payout_bps.get()));
        if paid == 0 { UNPAID_WEIGHT } else { paid }
    };
    let checkpoints = spec.planned_checkpoints();
    let weighed: Vec<(usize, u64, &PlannedCheckpoint)> = checkpoints
        .iter()
        .map(|planned| (stage_of(&planned.checkpoint.role), weigh(planned), planned))
        .collect();
    let stage_weight = |stage: usize| {
        let paid: u64 = weighed
            .iter()
            .filter(|(of, _, planned)| *of == stage && planned.milestone.is_some())
            .map(|(_, weight, _)| *weight)
            .sum();
        let present = weighed.iter().any(|(of, _, _)| *of == stage);
        if paid == 0 && present { UNPAID_WEIGHT } else { paid }
    };
    let weights = [stage_weight(0), stage_weight(1), stage_weight(2)];
    let total: u64 = weights.iter().sum();
    let duration = u64::from(spec.max_duration_minutes.get());
    let mut steps = Vec::with_capacity(weighed.len());
    let mut before = 0;
    for (stage, weight) in weights.into_iter().enumerate() {
        let start = share(duration, before, total);
        before += weight;
        let length = share(duration, before, total) - start;
        let mut roles: Vec<&Role> = Vec::new();
        for (_, _, planned) in weighed.iter().filter(|(of, _, _)| *of == stage) {
            if !roles.contains(&&planned.checkpoint.role) {
                roles.push(&planned.checkpoint.role);
            }
        }
        for role in roles {
            let own = || weighed.iter().filter(|(_, _, planned)| planned.checkpoint.role == *role);
            let total: u64 = own().map(|(_, weight, _)| *weight).sum();
            let mut before = 0;
            for (_, weight, planned) in own() {
                let from = start + share(length, before, total);
                before += weight;
                steps.push(PlannedStep {
                    checkpoint: planned.checkpoint.clone(),
                    milestone: planned.milestone,
                    start: minutes(from),
                    end: minutes(start + share(length, before, total)),
                    calls: 0,
                });
            }
        }
    }
    steps
}

/// `whole · part / total`, rounded down.
fn share(whole: u64, part: u64, total: u64) -> u64 {
    whole.saturating_mul(part).checked_div(total).unwrap_or_default()
}

fn minutes(minutes: u64) -> Minutes {
    Minutes::new(u32::try_from(minutes).unwrap_or(u32::MAX))
}

/// When agents check in, and how many calls that makes in each step. A check-in that would fall on the mission's end is
/// not delivered.
fn check_in_times(spec: &JobSpec, steps: &mut [PlannedStep]) -> Vec<PlannedCheckIn> {
    let interval = spec.autonomy.checkpoint_interval_minutes;
    let most = usize::try_from(MOST_CHECK_INS).unwrap_or(usize::MAX);
    let mut times: Vec<PlannedCheckIn> = Vec::new();
    for step in steps.iter_mut().filter(|step| !step.checkpoint.role.is_validator()) {
        step.calls = 1;
    }
    for number in 1..=check_ins(spec.max_duration_minutes, interval) {
        let offset = Minutes::new(number.saturating_mul(interval.get()));
        for step in steps
            .iter_mut()
            .filter(|step| step.calls > 0 && step.start < offset && offset <= step.end)
        {
            if times.len() < most {
                let role = step.checkpoint.role.clone();
                let earlier = times.iter().rev().find(|time| time.role == role);
                let index = earlier.map_or(1, |time| time.index.saturating_add(1));
                step.calls = step.calls.saturating_add(1);
                times.push(PlannedCheckIn { offset, role, index });
            }
        }
    }
    times
}

fn milestones(spec: &JobSpec, steps: &[PlannedStep]) -> Vec<PlannedMilestone> {
    let due = |index: MilestoneIndex| {
        steps.iter().find(|step| step.milestone == Some(index)).map(|step| step.end)
    };
    let numbered = (0_u8..).map(MilestoneIndex).zip(&spec.economics.milestones);
    let planned = numbered.map(|(index, milestone)| PlannedMilestone {
        index,
        name: milestone.name.clone(),
        checkpoint: milestone.checkpoint.clone(),
        payout_bps: milestone.payout_bps,
        offset: due(index).unwrap_or(spec.max_duration_minutes),
    });
    planned.collect()
}

fn cost(spec: &JobSpec, adapters: &[ModelAdapter], steps: &[PlannedStep]) -> CostForecast {
    let mut lines = Vec::with_capacity(spec.agents.len());
    for agent in &spec.agents {
        let own = steps.iter().filter(|step| step.checkpoint.role == agent.role);
        let calls: u32 = own.map(|step| step.calls).sum();
        let adapter = adapters.iter().find(|adapter| adapter.id == agent.model);
        let range = adapter.and_then(|adapter| {
            let context = u64::from(adapter.max_context);
            let of = |tokens: u64| adapter.price_of(tokens).and_then(|one| times(one, calls));
            Some(CostRange { low: of(context.min(BRIEF_CALL_TOKENS))?, high: of(context)? })
        });
        lines.push(CostLine { role: agent.role.clone(), model: agent.model.clone(), calls, range });
    }
    let range = lines.iter().try_fold(
        CostRange { low: MicroUsd::ZERO, high: MicroUsd::ZERO },
        |sum, line| {
            let range = line.range?;
            Some(CostRange {
                low: sum.low.checked_add(range.low)?,
                high: sum.high.checked_add(range.high)?,
            })
        },
    );
    let basis = format!(
        "One call for each check-in and one for each deliverable. Low: {} tokens a call. High: every call fills its \
         adapter's context.",
        crate::format::grouped(BRIEF_CALL_TOKENS)
    );
    CostForecast { range, lines, basis }
}

fn times(one: MicroUsd, calls: u32) -> Option<MicroUsd> {
    one.get().checked_mul(u64::from(calls)).map(MicroUsd::new)
}
