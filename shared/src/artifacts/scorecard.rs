//! `phase8-dominance-scorecard.json`: the score, what it is made of, and the entries behind it.

use alloy_primitives::Address;
use serde::Serialize;

use super::number::{Big, Fixed};
use super::{Artifact, Dossier, json};
use crate::manifest::{
    AiTeam, AutonomyGuards, AutonomyPlan, Dollars, EconomyPlan, GovernancePlan, GuardianProtocol,
    ImprovementPlan, KernelGuardrails, ModelsPlan, SafetyPlan,
};
use crate::score::dominance::{DominanceComponent, ManifestMetrics};
use crate::spec::{Bps, Millionths};

/// What is measured, as documents show it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Metrics {
    dominance_score: Fixed,
    #[serde(rename = "monthlyValueUSD")]
    monthly_value: Dollars,
    #[serde(rename = "annualBudgetUSD")]
    annual_budget: Big,
    average_resilience: Fixed,
    sentinel_coverage_minutes: Fixed,
    coverage_ratio_percent: Fixed,
    funded_domain_ratio_percent: Fixed,
    max_autonomy_bps: Bps,
    cadence_hours: Fixed,
    minimum_coverage_seconds: u64,
    guardian_window_seconds: u64,
    minimum_coverage_adequacy_percent: Fixed,
    protocol_severity: Fixed,
    protocol_severity_label: &'static str,
}

impl Metrics {
    pub(super) fn of(metrics: &ManifestMetrics) -> Self {
        Self {
            dominance_score: Fixed(f64::from(metrics.dominance.score.get()) / 10.0, 1),
            monthly_value: metrics.monthly_value,
            annual_budget: Big(metrics.annual_budget),
            average_resilience: Fixed(metrics.average_resilience, 3),
            sentinel_coverage_minutes: Fixed(metrics.sentinel_minutes(), 1),
            coverage_ratio_percent: Fixed(metrics.coverage_percent(), 1),
            funded_domain_ratio_percent: Fixed(metrics.funded_percent(), 1),
            max_autonomy_bps: metrics.max_autonomy,
            cadence_hours: Fixed(metrics.cadence_hours(), 2),
            minimum_coverage_seconds: metrics.minimum_coverage_seconds,
            guardian_window_seconds: metrics.guardian_window_seconds,
            minimum_coverage_adequacy_percent: Fixed(metrics.minimum_adequacy() * 100.0, 1),
            protocol_severity: Fixed(metrics.protocol_severity, 3),
            protocol_severity_label: metrics.severity_label().as_str(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Scorecard<'a> {
    generated_at: String,
    chain: Chain,
    metrics: Metrics,
    guardrail: Guardrail,
    components: Vec<Component>,
    domains: Vec<Domain<'a>>,
    sentinels: Vec<Sentinel<'a>>,
    capital_streams: Vec<Stream<'a>>,
    guardian_protocols: &'a [GuardianProtocol],
    guardrails: Guardrails<'a>,
    autonomy: Option<&'a AutonomyPlan>,
    ai_teams: &'a [AiTeam],
    safety: Option<&'a SafetyPlan>,
    economy: Option<&'a EconomyPlan>,
    models: Option<&'a ModelsPlan>,
    governance: Option<&'a GovernancePlan>,
}

#[derive(Serialize)]
struct Chain {
    id: u64,
    manager: Address,
}

#[derive(Serialize)]
struct Guardrail {
    least: Fixed,
    passes: bool,
}

#[derive(Serialize)]
struct Component {
    name: &'static str,
    measures: &'static str,
    reached: Fixed,
    points: Fixed,
    of: u8,
}

impl From<&DominanceComponent> for Component {
    fn from(component: &DominanceComponent) -> Self {
        Self {
            name: component.kind.title(),
            measures: component.kind.words(),
            reached: Fixed(component.reached, 4),
            points: Fixed(component.points(), 2),
            of: component.kind.points(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Domain<'a> {
    slug: &'a str,
    name: &'a str,
    autonomy_level_bps: Bps,
    resilience_index: Millionths,
    heartbeat_seconds: u64,
    tvl_limit: String,
    #[serde(rename = "valueFlowMonthlyUSD")]
    value_flow_monthly: Dollars,
    sentinel_coverage_seconds: u64,
    sentinel_guardians: Vec<&'a str>,
    #[serde(rename = "capitalSupportUSD")]
    capital_support: Big,
    capital_streams: Vec<&'a str>,
    status: &'static str,
    active: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sentinel<'a> {
    slug: &'a str,
    name: &'a str,
    coverage_seconds: u64,
    sensitivity_bps: Bps,
    domains: &'a [String],
    active: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stream<'a> {
    slug: &'a str,
    name: &'a str,
    #[serde(rename = "annualBudgetUSD")]
    annual_budget: Big,
    expansion_bps: Bps,
    domains: &'a [String],
    active: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Guardrails<'a> {
    autonomy: Option<&'a AutonomyGuards>,
    kernel: Option<&'a KernelGuardrails>,
    plan: Option<&'a ImprovementPlan>,
    max_drawdown_bps: Bps,
}

impl Dossier<'_> {
    /// The score, what it is made of, and the entries behind it.
    pub fn dominance_scorecard(&self) -> Artifact {
        let manifest = self.manifest;
        let verdict = self.verdict();
        let improvement = manifest.self_improvement.as_ref();
        let domains = manifest.domains.iter().enumerate().map(|(index, domain)| {
            let links = self.mesh.domains.get(index);
            Domain {
                slug: &domain.slug,
                name: &domain.name,
                autonomy_level_bps: domain.autonomy_level_bps,
                resilience_index: domain.resilience_index,
                heartbeat_seconds: domain.heartbeat_seconds,
                tvl_limit: domain.tvl_limit.to_string(),
                value_flow_monthly: domain.value_flow_monthly,
                sentinel_coverage_seconds: links.map(|it| it.coverage_seconds).unwrap_or_default(),
                sentinel_guardians: self.sentinels_of(index),
                capital_support: Big(links.map(|it| it.funding).unwrap_or_default()),
                capital_streams: self.streams_of(index),
                status: self.metrics.status(manifest, &self.mesh, index).as_str(),
                active: domain.active,
            }
        });
        let sentinels = manifest.sentinels.iter().map(|it| Sentinel {
            slug: &it.slug,
            name: &it.name,
            coverage_seconds: it.coverage_seconds,
            sensitivity_bps: it.sensitivity_bps,
            domains: &it.domains,
            active: it.active,
        });
        let streams = manifest.capital_streams.iter().map(|it| Stream {
            slug: &it.slug,
            name: &it.name,
            annual_budget: Big(it.annual_budget),
            expansion_bps: it.expansion_bps,
            domains: &it.domains,
            active: it.active,
        });
        json(
            "phase8-dominance-scorecard.json",
            &Scorecard {
                generated_at: self.facts.generated_at.to_string(),
                chain: Chain {
                    id: self.facts.chain_id,
                    manager: self.manager().unwrap_or_default(),
                },
                metrics: Metrics::of(&self.metrics),
                guardrail: Guardrail {
                    least: Fixed(f64::from(verdict.least.get()) / 10.0, 1),
                    passes: verdict.passes(),
                },
                components: self.metrics.dominance.components.iter().map(Component::from).collect(),
                domains: domains.collect(),
                sentinels: sentinels.collect(),
                capital_streams: streams.collect(),
                guardian_protocols: &manifest.guardian_protocols,
                guardrails: Guardrails {
                    autonomy: manifest.guards(),
                    kernel: improvement.and_then(|it| it.guardrails.as_ref()),
                    plan: manifest.plan(),
                    max_drawdown_bps: manifest.global.max_drawdown_bps,
                },
                autonomy: manifest.autonomy.as_ref(),
                ai_teams: &manifest.ai_teams,
                safety: manifest.safety.as_ref(),
                economy: manifest.economy.as_ref(),
                models: manifest.models.as_ref(),
                governance: manifest.governance.as_ref(),
            },
        )
    }
}
