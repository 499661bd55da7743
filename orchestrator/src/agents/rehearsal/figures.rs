//! Figures that several documents share, worked out from the mission's own numbers.

use std::fmt::Write as _;

use alloy_primitives::B256;
use phase8_shared::mission::{MissionCreated, PlanStep, PricedAdapter, Work};
use phase8_shared::money::{MicroUsd, TokenAmount};
use phase8_shared::spec::JobSpec;
use sha2::{Digest, Sha256};

use crate::agents::CallRequest;
use crate::budget;

/// A step that an agent works on.
pub(super) struct AgentStep<'p> {
    pub(super) step: &'p PlanStep,
    pub(super) adapter: &'p str,
    pub(super) turns: u8,
    pub(super) minutes: u32,
}

/// The agents' steps of the plan.
pub(super) fn agent_steps(mission: &MissionCreated) -> Vec<AgentStep<'_>> {
    let plan = mission.plan.iter();
    plan.filter_map(|step| match &step.work {
        Work::Agent { adapter, turns, minutes } => {
            Some(AgentStep { step, adapter, turns: *turns, minutes: *minutes })
        }
        Work::SignOff => None,
    })
    .collect()
}

/// What a call with this adapter costs at most.
pub(super) fn worst_call(mission: &MissionCreated, adapter: &str) -> MicroUsd {
    let found = mission.adapters.iter().find(|known| known.id == adapter);
    found.and_then(budget::worst_case).unwrap_or(MicroUsd::ZERO)
}

/// So many times an amount, held at the largest.
pub(super) fn times(amount: MicroUsd, count: u64) -> MicroUsd {
    MicroUsd::new(amount.get().saturating_mul(count))
}

/// What a step costs at most.
pub(super) fn worst_step(mission: &MissionCreated, step: &AgentStep<'_>) -> MicroUsd {
    times(worst_call(mission, step.adapter), step.turns.into())
}

/// What the whole plan costs at most.
pub(super) fn worst_plan(mission: &MissionCreated) -> MicroUsd {
    let steps = agent_steps(mission);
    steps.iter().fold(MicroUsd::ZERO, |sum, step| sum.saturating_add(worst_step(mission, step)))
}

/// Calls that the plan makes through an adapter.
pub(super) fn planned_calls(mission: &MissionCreated, adapter: &PricedAdapter) -> u64 {
    let steps = agent_steps(mission);
    steps.iter().filter(|step| step.adapter == adapter.id).map(|step| u64::from(step.turns)).sum()
}

/// `part` in percent of `whole`, with one digit after the point.
pub(super) fn percent(part: u64, whole: u64) -> String {
    let tenths = u128::from(part).saturating_mul(1_000).checked_div(u128::from(whole)).unwrap_or(0);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// What a milestone pays.
pub(super) fn payout(mission: &MissionCreated, index: usize) -> TokenAmount {
    mission.terms.payout(index).unwrap_or(TokenAmount::ZERO)
}

/// Check-ins that fall due while the plan runs.
pub(super) fn check_ins(mission: &MissionCreated) -> u32 {
    crate::plan::critical_minutes(&mission.plan).checked_div(mission.check_in_minutes).unwrap_or(0)
}

/// One rule and whether the job keeps it.
pub(super) struct Verdict {
    pub(super) rule: &'static str,
    pub(super) found: String,
    pub(super) kept: bool,
}

/// The rules of the job, held against its own numbers.
pub(super) fn verdicts(spec: &JobSpec, mission: &MissionCreated) -> Vec<Verdict> {
    let shares: u32 =
        spec.economics.milestones.iter().map(|milestone| milestone.payout_bps.get()).sum();
    let critical = crate::plan::critical_minutes(&mission.plan);
    let longest_turn = agent_steps(mission)
        .iter()
        .map(|step| step.minutes.div_ceil(u32::from(step.turns.max(1))))
        .max()
        .unwrap_or(0);
    let worst = worst_plan(mission);
    vec![
        Verdict {
            rule: "The payouts sum to the whole reward",
            found: format!("{shares} of 10000 basis points"),
            kept: shares == 10_000,
        },
        Verdict {
            rule: "The plan fits into the duration",
            found: format!("{critical} of {} minutes", mission.duration_minutes),
            kept: critical <= mission.duration_minutes,
        },
        Verdict {
            rule: "The plan's worst case fits under the cap",
            found: format!("{worst} of {}", mission.terms.budget_cap),
            kept: worst <= mission.terms.budget_cap,
        },
        Verdict {
            rule: "No turn is longer than an agent may be silent",
            found: format!("{longest_turn} of {} minutes", mission.idle_minutes),
            kept: longest_turn <= mission.idle_minutes,
        },
        Verdict {
            rule: "A quorum of validators decides",
            found: format!("{} approvals", mission.terms.quorum),
            kept: mission.terms.quorum >= 1,
        },
        Verdict {
            rule: "A tripwire guards the budget",
            found: format!("{} tripwires", spec.safety.tripwires.len()),
            kept: spec.safety.tripwires.contains(&phase8_shared::spec::TripwireKind::BudgetGuard),
        },
    ]
}

/// The verdicts as rows.
pub(super) fn verdict_rows(spec: &JobSpec, mission: &MissionCreated) -> Vec<[String; 3]> {
    let verdict = |kept| if kept { "kept" } else { "**broken**" }.to_owned();
    verdicts(spec, mission)
        .into_iter()
        .map(|row| [row.rule.to_owned(), row.found, verdict(row.kept)])
        .collect()
}

/// What the document rests on, so that a reader can check that it was the same.
pub(super) fn inputs(request: &CallRequest) -> String {
    let mut text = format!("- Job spec: SHA-256 `{}`\n", request.mission.spec_hash);
    for memory in &request.memory {
        let _ = writeln!(
            text,
            "- {} by the {}: commitment `{}`",
            memory.title, memory.role, memory.commitment
        );
    }
    text
}

/// SHA-256 of a text.
pub(super) fn digest(text: &str) -> B256 {
    B256::from_slice(&Sha256::digest(text.as_bytes()))
}
