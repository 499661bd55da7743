//! `phase8-self-improvement-plan.json`: the plan, its guards, and when each playbook runs next.

use serde::Serialize;

use super::number::Fixed;
use super::{Artifact, Dossier, json};
use crate::manifest::{AutonomyGuards, ImprovementPlan, KernelGuardrails};
use crate::simulate::next_run;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Improvement<'a> {
    generated_at: String,
    dominance_score: Fixed,
    plan: Option<&'a ImprovementPlan>,
    autonomy_guards: Option<&'a AutonomyGuards>,
    guardrails: Option<&'a KernelGuardrails>,
    playbooks: Vec<Scheduled<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Scheduled<'a> {
    name: &'a str,
    owner: alloy_primitives::Address,
    automation: &'a str,
    guardrails: &'a [String],
    requires_manual_scheduling: bool,
    next_run: Option<String>,
    interval_seconds: Option<u64>,
}

impl Dossier<'_> {
    /// The plan, its guards, and when each playbook runs next.
    pub fn self_improvement_plan(&self) -> Artifact {
        let improvement = self.manifest.self_improvement.as_ref();
        let last = self.manifest.plan().and_then(|plan| plan.last_executed_at);
        let playbooks = improvement.iter().flat_map(|it| &it.playbooks).map(|playbook| {
            let interval_seconds = playbook.automation.interval_seconds();
            let next = next_run(playbook, last, self.facts.generated_at);
            Scheduled {
                name: &playbook.name,
                owner: playbook.owner,
                automation: playbook.automation.as_str(),
                guardrails: &playbook.guardrails,
                requires_manual_scheduling: interval_seconds.is_none(),
                next_run: next.map(|at| at.to_string()),
                interval_seconds,
            }
        });
        json(
            "phase8-self-improvement-plan.json",
            &Improvement {
                generated_at: self.facts.generated_at.to_string(),
                dominance_score: Fixed(f64::from(self.metrics.dominance.score.get()) / 10.0, 1),
                plan: self.manifest.plan(),
                autonomy_guards: self.manifest.guards(),
                guardrails: improvement.and_then(|it| it.guardrails.as_ref()),
                playbooks: playbooks.collect(),
            },
        )
    }
}
