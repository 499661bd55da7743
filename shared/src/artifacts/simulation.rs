//! `phase8-autonomy-simulation.json`: the manifest played through.

use serde::Serialize;

use super::number::{Big, Fixed};
use super::{Artifact, Dossier, json};
use crate::manifest::Dollars;
use crate::simulate::{OWNER_CONTROLS, OwnerControl, ProgrammeCheckIn, ProgrammeEvent};
use crate::spec::Bps;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Simulated<'a> {
    started_at: String,
    completed_at: String,
    total_duration_minutes: u64,
    timeline: &'a [ProgrammeEvent],
    check_ins: &'a [ProgrammeCheckIn],
    scoreboard: Scoreboard,
    owner_controls: &'static [OwnerControl],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Scoreboard {
    dominance_score: Fixed,
    guardrail: Fixed,
    passes_guardrail: bool,
    #[serde(rename = "monthlyValueUSD")]
    monthly_value: Dollars,
    #[serde(rename = "annualBudgetUSD")]
    annual_budget: Big,
    average_resilience: Fixed,
    coverage_ratio_percent: Fixed,
    minimum_coverage_adequacy_percent: Fixed,
    max_autonomy_bps: Bps,
    domains: usize,
    sentinels: usize,
    capital_streams: usize,
    teams: usize,
    tripwires: usize,
    protocols: usize,
    check_ins_scheduled: usize,
    check_ins_delivered: usize,
}

impl Dossier<'_> {
    /// The manifest played through.
    pub fn autonomy_simulation(&self) -> Artifact {
        let (manifest, metrics, programme) = (self.manifest, &self.metrics, &self.programme);
        let verdict = self.verdict();
        let tenths = |score: crate::score::Tenths| Fixed(f64::from(score.get()) / 10.0, 1);
        json(
            "phase8-autonomy-simulation.json",
            &Simulated {
                started_at: programme.started_at.to_string(),
                completed_at: programme.completed_at.to_string(),
                total_duration_minutes: programme.total_minutes,
                timeline: &programme.timeline,
                check_ins: &programme.check_ins,
                scoreboard: Scoreboard {
                    dominance_score: tenths(verdict.score),
                    guardrail: tenths(verdict.least),
                    passes_guardrail: verdict.passes(),
                    monthly_value: metrics.monthly_value,
                    annual_budget: Big(metrics.annual_budget),
                    average_resilience: Fixed(metrics.average_resilience, 3),
                    coverage_ratio_percent: Fixed(metrics.coverage_percent(), 1),
                    minimum_coverage_adequacy_percent: Fixed(metrics.minimum_adequacy() * 100.0, 1),
                    max_autonomy_bps: metrics.max_autonomy,
                    domains: metrics.domains,
                    sentinels: manifest.sentinels.len(),
                    capital_streams: manifest.capital_streams.len(),
                    teams: manifest.ai_teams.len(),
                    tripwires: manifest.safety.as_ref().map_or(0, |it| it.tripwires.len()),
                    protocols: manifest.guardian_protocols.len(),
                    check_ins_scheduled: programme.check_ins.len(),
                    check_ins_delivered: programme.delivered(),
                },
                owner_controls: &OWNER_CONTROLS,
            },
        )
    }
}
