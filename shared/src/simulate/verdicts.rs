//! How a plan stands against the rules.

use super::{CostForecast, CostRange, PlannedStep};
use crate::format::{counted, listed};
use crate::spec::{Bps, JobSpec, TripwireKind};

/// How a plan stands against one rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// As it should be.
    Pass,
    /// Allowed, but look at it.
    Warn,
    /// Not allowed.
    Fail,
}

/// A rule and how the plan stands against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleVerdict {
    /// A stable name: `payouts`, `roles`, `cadence`, `idle-limit`, `models`, `budget`, `approvals`, `tripwires`.
    pub rule: &'static str,
    /// How it stands.
    pub verdict: Verdict,
    /// Why, in words.
    pub words: String,
}

pub(super) fn verdicts(
    spec: &JobSpec,
    steps: &[PlannedStep],
    check_ins: usize,
    cost: &CostForecast,
) -> Vec<RuleVerdict> {
    let rules: [(&'static str, (Verdict, String)); 8] = [
        ("payouts", payouts(spec)),
        ("roles", roles(spec, steps)),
        ("cadence", cadence(spec, check_ins)),
        ("idle-limit", idle_limit(spec)),
        ("models", models(cost)),
        ("budget", budget(spec, cost)),
        ("approvals", approvals(spec)),
        ("tripwires", tripwires(spec)),
    ];
    rules.into_iter().map(|(rule, (verdict, words))| RuleVerdict { rule, verdict, words }).collect()
}

fn payouts(spec: &JobSpec) -> (Verdict, String) {
    let sum: u32 =
        spec.economics.milestones.iter().map(|milestone| milestone.payout_bps.get()).sum();
    let count = counted(spec.economics.milestones.len(), "milestone");
    if sum == Bps::WHOLE {
        (Verdict::Pass, format!("{count} pay out the whole reward"))
    } else {
        (Verdict::Fail, format!("{count} pay {sum} of {} basis points", Bps::WHOLE))
    }
}

fn roles(spec: &JobSpec, steps: &[PlannedStep]) -> (Verdict, String) {
    let orphaned = |step: &&PlannedStep| {
        !step.checkpoint.role.is_validator() && spec.agent(&step.checkpoint.role).is_none()
    };
    let orphans: Vec<String> =
        steps.iter().filter(orphaned).map(|step| step.checkpoint.to_string()).collect();
    if orphans.is_empty() {
        (
            Verdict::Pass,
            format!("every one of {} has someone to reach it", counted(steps.len(), "checkpoint")),
        )
    } else {
        (Verdict::Fail, format!("no agent works towards {}", listed(&orphans)))
    }
}

fn cadence(spec: &JobSpec, check_ins: usize) -> (Verdict, String) {
    let (interval, duration) =
        (spec.autonomy.checkpoint_interval_minutes, spec.max_duration_minutes);
    if interval > duration {
        (Verdict::Fail, format!("a check-in every {interval} never comes within {duration}"))
    } else {
        (
            Verdict::Pass,
            format!(
                "{} within {duration}, one every {interval} for each agent at work",
                counted(check_ins, "check-in")
            ),
        )
    }
}

fn idle_limit(spec: &JobSpec) -> (Verdict, String) {
    let (interval, idle) =
        (spec.autonomy.checkpoint_interval_minutes, spec.autonomy.max_idle_minutes);
    if idle < interval {
        (
            Verdict::Warn,
            format!(
                "agents trip when silent for longer than {idle}, before their check-in at {interval}"
            ),
        )
    } else {
        (
            Verdict::Pass,
            format!("an agent may be silent for {idle}, and checks in every {interval}"),
        )
    }
}

fn models(cost: &CostForecast) -> (Verdict, String) {
    let unknown = cost.lines.iter().filter(|line| line.range.is_none());
    let unknown: Vec<String> =
        unknown.map(|line| format!("{} of the {}", line.model, line.role)).collect();
    if unknown.is_empty() {
        (Verdict::Pass, "every agent's model adapter is configured and has a price".to_owned())
    } else {
        (Verdict::Fail, format!("not configured, or without a price: {}", listed(&unknown)))
    }
}

fn budget(spec: &JobSpec, cost: &CostForecast) -> (Verdict, String) {
    let cap = spec.economics.max_budget;
    match cost.range {
        None => (Verdict::Fail, format!("the cost cannot be forecast against the cap of {cap}")),
        Some(CostRange { low, .. }) if low > cap => {
            (Verdict::Fail, format!("even brief calls cost {low}, above the cap of {cap}"))
        }
        Some(CostRange { low, high }) if high > cap => (
            Verdict::Warn,
            format!("from {low} to {high}: the cap of {cap} may stop the work before it is done"),
        ),
        Some(CostRange { low, high }) => {
            (Verdict::Pass, format!("from {low} to {high}, within the cap of {cap}"))
        }
    }
}

fn approvals(spec: &JobSpec) -> (Verdict, String) {
    match spec.governance.required_validator_approvals {
        1 => (Verdict::Warn, "a single validator decides every payout".to_owned()),
        needed => (Verdict::Pass, format!("{needed} validators must agree to every payout")),
    }
}

fn tripwires(spec: &JobSpec) -> (Verdict, String) {
    let missing =
        TripwireKind::ALL.into_iter().filter(|kind| !spec.safety.tripwires.contains(kind));
    let missing: Vec<&str> = missing.map(TripwireKind::as_str).collect();
    if !missing.is_empty() {
        (Verdict::Warn, format!("not watched for: {}", listed(&missing)))
    } else if !spec.safety.halt_on_tripwire {
        (Verdict::Warn, "a trip is reported, but the mission goes on".to_owned())
    } else {
        (Verdict::Pass, "every tripwire watches, and a trip halts the mission".to_owned())
    }
}
