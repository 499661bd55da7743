//! The dominance scoreboard of a manifest: the score against its guardrail, what it is made of, who stands behind which
//! domain, and the programme played through. The command line, the server and the page make it with this one function, so
//! they cannot tell different numbers.

mod tables;

use serde::{Deserialize, Serialize};

use crate::artifacts::MeshPicture;
use crate::findings::Findings;
use crate::format::{grouped, to_fixed};
use crate::manifest::{Manifest, Mesh, Resolver, big_as_double, preview, short_usd};
use crate::score::Tenths;
use crate::score::dominance::{DominanceComponent, GuardrailVerdict, ManifestMetrics, measure};
use crate::simulate::{Programme, programme};
use crate::table::Table;
use crate::time::Timestamp;

/// A text that was read as a manifest, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Judged {
    /// The scoreboard of what could be read; none if the text is no manifest. While [`Judged::findings`] has errors, neutral
    /// values stand in it where something could not be read.
    pub scoreboard: Option<Scoreboard>,
    /// Everything that was found in the text.
    pub findings: Findings,
}

/// A manifest's scoreboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Scoreboard {
    /// The dominance score, from 0 to 100.
    pub score: Tenths,
    /// The least score that passes.
    pub guardrail: Tenths,
    /// Whether the score passes.
    pub passes: bool,
    /// What the score is made of, in the order of the formula.
    pub components: Vec<ScoreComponent>,
    /// What else is measured.
    pub measured: Vec<Measure>,
    /// Domains, sentinels, capital streams and guardian protocols.
    pub tables: Vec<Table>,
    /// The programme played through.
    pub programme: ProgrammeSummary,
    /// Who watches and funds which domain, as a drawing.
    pub mesh: MeshPicture,
}

/// A component of the dominance score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScoreComponent {
    /// What it is called.
    pub name: String,
    /// What it measures.
    pub measures: String,
    /// How far that is reached, in ten-thousandths.
    pub reached: u32,
    /// The points that it brings, in hundredths of a point.
    pub points: u32,
    /// The most points that it can bring, in whole points.
    pub of: u32,
}

/// Something that is measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Measure {
    /// What.
    pub name: String,
    /// How much, in words.
    pub value: String,
}

/// A programme played through, in minutes after its start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProgrammeSummary {
    /// Minutes from its start to its end.
    pub horizon_minutes: u64,
    /// Checkpoints on the way.
    pub checkpoints: u64,
    /// Check-ins that are planned.
    pub check_ins: u64,
    /// Check-ins that fall due before the end.
    pub delivered: u64,
    /// Everything that happens, in order.
    pub timeline: Table,
    /// Every check-in.
    pub schedule: Table,
}

/// Reads a text as a manifest and measures what could be read.
pub fn judge(text: &str, resolver: Resolver<'_>, guardrail: Tenths) -> Judged {
    let preview = preview(text, resolver);
    let scoreboard = preview.manifest.map(|manifest| Scoreboard::of(&manifest, guardrail));
    Judged { scoreboard, findings: preview.findings }
}

impl Scoreboard {
    /// The scoreboard of a manifest.
    pub fn of(manifest: &Manifest, guardrail: Tenths) -> Self {
        let mesh = Mesh::new(manifest);
        let metrics = measure(manifest, &mesh);
        let GuardrailVerdict { score, least } = metrics.dominance.against(guardrail);
        // Only offsets are told, which no start changes.
        let played = programme(manifest, &mesh, &metrics, Timestamp::from_millis(0));
        Self {
            score,
            guardrail: least,
            passes: metrics.dominance.against(guardrail).passes(),
            components: metrics.dominance.components.iter().map(ScoreComponent::of).collect(),
            measured: measured(manifest, &metrics),
            tables: tables::all(manifest, &mesh, &metrics),
            programme: ProgrammeSummary::of(&played),
            mesh: MeshPicture::of(manifest, &mesh, &metrics),
        }
    }

    /// The verdict in a sentence.
    pub fn verdict(&self) -> String {
        let Self { score, guardrail, .. } = self;
        if self.passes {
            format!("The dominance score {score} reaches the guardrail of {guardrail}.")
        } else {
            let short = Tenths::new(guardrail.get().saturating_sub(score.get()));
            format!("The dominance score {score} is {short} short of the guardrail of {guardrail}.")
        }
    }
}

impl ScoreComponent {
    fn of(component: &DominanceComponent) -> Self {
        let units = |number: f64, digits| {
            let units = crate::format::fixed_units(number.max(0.0), digits).unwrap_or_default();
            u32::try_from(units).unwrap_or(u32::MAX)
        };
        Self {
            name: component.kind.title().to_owned(),
            measures: component.kind.words().to_owned(),
            reached: units(component.reached, 4),
            points: units(component.points(), 2),
            of: component.kind.points().into(),
        }
    }

    /// `27.45 of 30`.
    pub fn words(&self) -> String {
        format!("{}.{:02} of {}", self.points / 100, self.points % 100, self.of)
    }
}

impl ProgrammeSummary {
    fn of(programme: &Programme) -> Self {
        let checkpoints = programme.timeline.iter().filter(|it| it.checkpoint.is_some()).count();
        Self {
            horizon_minutes: programme.total_minutes,
            checkpoints: checkpoints as u64,
            check_ins: programme.check_ins.len() as u64,
            delivered: programme.delivered() as u64,
            timeline: tables::timeline(programme),
            schedule: tables::schedule(programme),
        }
    }
}

fn measured(manifest: &Manifest, metrics: &ManifestMetrics) -> Vec<Measure> {
    let line = |name: &str, value: String| Measure { name: name.to_owned(), value };
    let of_domains = |part: usize| format!("{part} of {}", metrics.domains);
    let cadence = match metrics.cadence_seconds {
        0 => "no plan".to_owned(),
        _ => format!("every {} h", to_fixed(metrics.cadence_hours(), 2)),
    };
    vec![
        line("Value a month", metrics.monthly_value.short()),
        line("Budget a year", short_usd(big_as_double(metrics.annual_budget))),
        line("Mean resilience", to_fixed(metrics.average_resilience, 3)),
        line("Domains watched", of_domains(metrics.covered_domains)),
        line("Domains funded", of_domains(metrics.funded_domains)),
        line("Domains with a protocol", of_domains(metrics.guarded_domains)),
        line("Domains with a team", of_domains(metrics.staffed_domains)),
        line(
            "Least coverage",
            format!(
                "{} s, {} % of the review window",
                grouped(metrics.minimum_coverage_seconds),
                to_fixed(metrics.minimum_adequacy() * 100.0, 1)
            ),
        ),
        line("Review window", format!("{} s", grouped(metrics.guardian_window_seconds))),
        line("Most autonomy", format!("{}, cap {}", metrics.max_autonomy, metrics.autonomy_cap)),
        line("Self-improvement", cadence),
        line("Protocols' severity", metrics.severity_label().as_str().to_owned()),
        line("Most drawdown", manifest.global.max_drawdown_bps.to_string()),
    ]
}
