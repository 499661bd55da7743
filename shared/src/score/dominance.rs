//! The dominance score of a manifest, with everything that goes into it. It is not the Job score, which judges a job
//! spec.
//!
//! The original computed it in JavaScript doubles; this computes the same doubles in the same order, which is exact on
//! every machine, and rounds half up as `Math.round` does, so that the numbers agree everywhere.

use alloy_primitives::U256;
use serde::Serialize;

use super::Tenths;
use crate::format;
use crate::manifest::{Dollars, Manifest, Mesh, ProtocolSeverity, big_as_double};
use crate::spec::Bps;

/// Dollars a month at which value counts in full.
const FULL_VALUE: f64 = 5e11;

/// Seconds in a day: a cadence of that or slower counts nothing.
const DAY: f64 = 86_400.0;

/// The dominance score with its components.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DominanceScore {
    /// The score, from 0 to 100.
    pub score: Tenths,
    /// What it is made of, in the order of the formula.
    pub components: [DominanceComponent; 5],
}

/// One component of the dominance score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DominanceComponent {
    /// Which.
    pub kind: DominanceKind,
    /// How far it is reached, from 0 to 1.
    pub reached: f64,
}

/// What a component of the dominance score measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DominanceKind {
    /// Monthly value against 500 billion dollars.
    Value,
    /// Mean resilience.
    Resilience,
    /// Domains that are watched, and for how long against the review window.
    Coverage,
    /// The most autonomous domain against the guards' cap.
    Autonomy,
    /// How often the programme improves itself, against once a day.
    Cadence,
}

/// A guardrail with its verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GuardrailVerdict {
    /// The least score that passes.
    pub least: Tenths,
    /// What was scored.
    pub score: Tenths,
}

/// Everything that is measured in a manifest. Entries that are switched off count as well.
#[derive(Debug, Clone, PartialEq)]
pub struct ManifestMetrics {
    /// The dominance score.
    pub dominance: DominanceScore,
    /// Dollars a month, summed over domains.
    pub monthly_value: Dollars,
    /// Dollars a year, summed over streams.
    pub annual_budget: U256,
    /// Mean resilience of the domains, from 0 to 1; zero without domains.
    pub average_resilience: f64,
    /// Seconds of all sentinels, summed.
    pub sentinel_seconds: u64,
    /// Domains that at least one sentinel watches.
    pub covered_domains: usize,
    /// Domains that at least one stream funds.
    pub funded_domains: usize,
    /// Domains that at least one protocol is about.
    pub guarded_domains: usize,
    /// Domains that at least one team works for.
    pub staffed_domains: usize,
    /// How many domains there are.
    pub domains: usize,
    /// Mean over domains of the seconds that their sentinels cover.
    pub average_coverage_seconds: f64,
    /// The least that any domain's sentinels cover together, in seconds; zero without domains.
    pub minimum_coverage_seconds: u64,
    /// The guardians' review window, in seconds.
    pub guardian_window_seconds: u64,
    /// The greatest share of decisions that a domain takes alone.
    pub max_autonomy: Bps,
    /// The guards' cap of that; zero without guards.
    pub autonomy_cap: Bps,
    /// Seconds between two runs of self-improvement; zero without a plan.
    pub cadence_seconds: u64,
    /// Mean severity of the protocols, from 0 to 1; zero without protocols.
    pub protocol_severity: f64,
}

/// How a domain stands against the review window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResilienceStatus {
    /// Nobody watches it.
    Unwatched,
    /// It is watched for less than the review window.
    CoverageGap,
    /// Nobody funds it.
    Unfunded,
    /// It is watched and funded, and withstands less than most.
    Fragile,
    /// It is watched, funded, and withstands much.
    Resilient,
}

/// Measures a manifest.
pub fn measure(manifest: &Manifest, mesh: &Mesh) -> ManifestMetrics {
    let domains = &manifest.domains;
    let monthly_value =
        domains.iter().fold(Dollars::default(), |sum, it| sum.plus(it.value_flow_monthly));
    let annual_budget = manifest
        .capital_streams
        .iter()
        .fold(U256::ZERO, |sum, it| sum.saturating_add(it.annual_budget));
    let resilience = domains.iter().map(|it| it.resilience_index.as_double()).sum::<f64>();
    let coverage: Vec<u64> = mesh.domains.iter().map(|it| it.coverage_seconds).collect();
    let covered = |has: fn(&crate::manifest::DomainLinks) -> bool| {
        mesh.domains.iter().filter(|links| has(links)).count()
    };
    let severities = manifest.guardian_protocols.iter().map(|it| weight(it.severity));
    let mut metrics = ManifestMetrics {
        dominance: DominanceScore::of([0.0; 5]),
        monthly_value,
        annual_budget,
        average_resilience: mean(resilience, domains.len()),
        sentinel_seconds: saturating_sum(manifest.sentinels.iter().map(|it| it.coverage_seconds)),
        covered_domains: covered(|links| links.coverage_seconds > 0),
        funded_domains: covered(|links| !links.streams.is_empty()),
        guarded_domains: covered(|links| !links.protocols.is_empty()),
        staffed_domains: covered(|links| !links.teams.is_empty()),
        domains: domains.len(),
        average_coverage_seconds: mean(
            coverage.iter().map(|seconds| double(*seconds)).sum(),
            coverage.len(),
        ),
        minimum_coverage_seconds: coverage.iter().copied().min().unwrap_or_default(),
        guardian_window_seconds: manifest.global.guardian_review_window,
        max_autonomy: domains.iter().map(|it| it.autonomy_level_bps).max().unwrap_or_default(),
        autonomy_cap: manifest.guards().map(|it| it.max_autonomy_bps).unwrap_or_default(),
        cadence_seconds: manifest.plan().map(|it| it.cadence_seconds).unwrap_or_default(),
        protocol_severity: mean(severities.sum(), manifest.guardian_protocols.len()),
    };
    metrics.dominance = dominance(&metrics);
    metrics
}

/// The formula, in the order of its terms.
fn dominance(metrics: &ManifestMetrics) -> DominanceScore {
    let monthly = metrics.monthly_value.as_double();
    let value = if monthly <= 0.0 { 0.0 } else { f64::min(1.0, monthly / FULL_VALUE) };
    let resilience = clamp(metrics.average_resilience);
    let covered = clamp(ratio(metrics.covered_domains, metrics.domains));
    let window = double(metrics.guardian_window_seconds);
    let depth =
        if window > 0.0 { f64::min(1.0, metrics.average_coverage_seconds / window) } else { 1.0 };
    let coverage = f64::min(1.0, f64::midpoint(covered, depth));
    let cap = f64::from(metrics.autonomy_cap.get());
    let autonomy =
        if cap > 0.0 { f64::min(1.0, f64::from(metrics.max_autonomy.get()) / cap) } else { 1.0 };
    let seconds = double(metrics.cadence_seconds);
    let cadence =
        if seconds > 0.0 { f64::max(0.0, 1.0 - f64::min(1.0, seconds / DAY)) } else { 0.5 };
    DominanceScore::of([value, resilience, coverage, autonomy, cadence])
}

impl DominanceScore {
    /// The score of components, each from 0 to 1, in the order of [`DominanceKind::ALL`].
    pub fn of(reached: [f64; 5]) -> Self {
        let [value, resilience, coverage, autonomy, cadence] = reached;
        let sum =
            0.3 * value + 0.25 * resilience + 0.2 * coverage + 0.15 * autonomy + 0.1 * cadence;
        // Half up to a tenth of a point, as `Math.round(sum * 1000) / 10`; a hundred at most.
        let tenths = format::fixed_units(sum * 1_000.0, 0).unwrap_or_default().min(1_000);
        let mut kinds = DominanceKind::ALL.into_iter().zip(reached);
        let components = std::array::from_fn(|_| {
            let (kind, reached) = kinds.next().unwrap_or((DominanceKind::Value, 0.0));
            DominanceComponent { kind, reached }
        });
        Self { score: Tenths::new(u32::try_from(tenths).unwrap_or_default()), components }
    }

    /// The guardrail's verdict.
    pub const fn against(&self, least: Tenths) -> GuardrailVerdict {
        GuardrailVerdict { least, score: self.score }
    }
}

impl DominanceComponent {
    /// Points that it brings, of [`DominanceKind::points`].
    pub fn points(&self) -> f64 {
        f64::from(self.kind.points()) * self.reached
    }
}

impl DominanceKind {
    /// Every kind, in the order of the formula.
    pub const ALL: [Self; 5] =
        [Self::Value, Self::Resilience, Self::Coverage, Self::Autonomy, Self::Cadence];

    /// What people call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Value => "Monthly value",
            Self::Resilience => "Resilience",
            Self::Coverage => "Sentinel coverage",
            Self::Autonomy => "Autonomy in use",
            Self::Cadence => "Self-improvement cadence",
        }
    }

    /// What it measures, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Value => "value a month against $500 billion",
            Self::Resilience => "mean resilience of the domains",
            Self::Coverage => "domains watched, and how long against the review window",
            Self::Autonomy => "the most autonomous domain against the guards' cap",
            Self::Cadence => "how often the programme improves itself, against once a day",
        }
    }

    /// The most points that it can bring.
    pub const fn points(self) -> u8 {
        match self {
            Self::Value => 30,
            Self::Resilience => 25,
            Self::Coverage => 20,
            Self::Autonomy => 15,
            Self::Cadence => 10,
        }
    }
}

impl GuardrailVerdict {
    /// The guardrail where nobody sets another: 85 points.
    pub const USUAL: Tenths = Tenths::new(850);

    /// Whether the score passes.
    pub fn passes(self) -> bool {
        self.score >= self.least
    }
}

impl ManifestMetrics {
    /// The least coverage against the review window: 1 is exactly the window. One without a window.
    pub fn minimum_adequacy(&self) -> f64 {
        self.adequacy(self.minimum_coverage_seconds)
    }

    /// Seconds of coverage against the review window. One without a window.
    pub fn adequacy(&self, coverage_seconds: u64) -> f64 {
        let window = double(self.guardian_window_seconds);
        if window > 0.0 { double(coverage_seconds) / window } else { 1.0 }
    }

    /// Minutes of all sentinels, summed.
    pub fn sentinel_minutes(&self) -> f64 {
        double(self.sentinel_seconds) / 60.0
    }

    /// Hours between two runs of self-improvement.
    pub fn cadence_hours(&self) -> f64 {
        double(self.cadence_seconds) / 3_600.0
    }

    /// Share of domains that are watched, in percent.
    pub fn coverage_percent(&self) -> f64 {
        ratio(self.covered_domains, self.domains) * 100.0
    }

    /// Share of domains that are funded, in percent.
    pub fn funded_percent(&self) -> f64 {
        ratio(self.funded_domains, self.domains) * 100.0
    }

    /// Share of domains that a team works for, in percent.
    pub fn staffed_percent(&self) -> f64 {
        ratio(self.staffed_domains, self.domains) * 100.0
    }

    /// Share of the yearly budget that funds a domain, in percent; a stream counts in full for each of its domains.
    pub fn capital_percent(&self, funding: U256) -> f64 {
        let budget = big_as_double(self.annual_budget);
        if budget > 0.0 { big_as_double(funding) / budget * 100.0 } else { 0.0 }
    }

    /// The word for the protocols' mean severity.
    pub fn severity_label(&self) -> ProtocolSeverity {
        severity_label(self.protocol_severity)
    }

    /// How a domain stands.
    pub fn status(&self, manifest: &Manifest, mesh: &Mesh, domain: usize) -> ResilienceStatus {
        let (Some(links), Some(entry)) = (mesh.domains.get(domain), manifest.domains.get(domain))
        else {
            return ResilienceStatus::Unwatched;
        };
        if links.coverage_seconds == 0 {
            ResilienceStatus::Unwatched
        } else if links.coverage_seconds < self.guardian_window_seconds {
            ResilienceStatus::CoverageGap
        } else if links.streams.is_empty() {
            ResilienceStatus::Unfunded
        } else if entry.resilience_index.micros() < ResilienceStatus::FRAGILE_BELOW {
            ResilienceStatus::Fragile
        } else {
            ResilienceStatus::Resilient
        }
    }
}

impl ResilienceStatus {
    /// Millionths of the resilience index below which a domain is fragile.
    pub const FRAGILE_BELOW: u64 = 900_000;

    /// Its name in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unwatched => "unwatched",
            Self::CoverageGap => "coverage-gap",
            Self::Unfunded => "unfunded",
            Self::Fragile => "fragile",
            Self::Resilient => "resilient",
        }
    }
}

/// The word for a mean severity: from 0.875 on critical, from 0.65 on high, from 0.45 on medium, else low.
pub fn severity_label(mean: f64) -> ProtocolSeverity {
    if mean >= 0.875 {
        ProtocolSeverity::Critical
    } else if mean >= 0.65 {
        ProtocolSeverity::High
    } else if mean >= 0.45 {
        ProtocolSeverity::Medium
    } else {
        ProtocolSeverity::Low
    }
}

const fn weight(severity: ProtocolSeverity) -> f64 {
    match severity {
        ProtocolSeverity::Critical => 1.0,
        ProtocolSeverity::High => 0.75,
        ProtocolSeverity::Medium => 0.5,
        ProtocolSeverity::Low => 0.25,
    }
}

const fn clamp(number: f64) -> f64 {
    number.clamp(0.0, 1.0)
}

fn saturating_sum(numbers: impl Iterator<Item = u64>) -> u64 {
    numbers.fold(0, u64::saturating_add)
}

#[expect(clippy::cast_precision_loss, reason = "seconds of ten thousand entries are below 2⁵³")]
const fn double(number: u64) -> f64 {
    number as f64
}

#[expect(clippy::cast_precision_loss, reason = "there are ten thousand entries at most")]
fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[expect(clippy::cast_precision_loss, reason = "there are ten thousand entries at most")]
fn mean(sum: f64, count: usize) -> f64 {
    if count == 0 { 0.0 } else { sum / count as f64 }
}
