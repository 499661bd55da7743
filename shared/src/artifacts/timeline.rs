//! `phase8-mission-timeline.md`: the manifest played through, for guardians.

use super::markdown::{Document, Side, plain};
use super::{Artifact, Dossier};
use crate::chain::field::duration_words;
use crate::format::{counted, to_fixed};
use crate::manifest::{big_as_double, short_usd};

impl Dossier<'_> {
    /// The manifest played through, for guardians.
    pub fn mission_timeline(&self) -> Artifact {
        let programme = &self.programme;
        let mut document = Document::new(
            "Mission timeline",
            "What happens, and when, if all goes as the manifest plans it.",
        );
        document.facts([
            ("Start", programme.started_at.to_string()),
            ("Completion", programme.completed_at.to_string()),
            ("Duration", duration_words(programme.total_minutes.saturating_mul(60))),
        ]);
        document.section("Scoreboard");
        document.facts(self.scoreboard());
        document.section("Timeline");
        let rows = programme.timeline.iter().map(|event| {
            let domain = event.domain.as_ref().map_or_else(|| "–".to_owned(), |it| plain(it));
            [
                format!("T+{}", event.offset_minutes),
                programme.moment(event.offset_minutes).to_string(),
                plain(&event.actor),
                format!("**{}.** {}", plain(&event.headline), plain(&event.detail)),
                domain,
                plain(&event.severity),
            ]
        });
        let columns = [
            ("Minute", Side::Right),
            ("When", Side::Left),
            ("Who", Side::Left),
            ("What", Side::Left),
            ("Domain", Side::Left),
            ("Severity", Side::Left),
        ];
        document.table(columns, rows);
        document.section("Scheduled check-ins");
        let scheduled = counted(programme.check_ins.len(), "check-in");
        document.paragraph(format_args!(
            "{scheduled}, of which {} fall due before the end; one that falls due later is not delivered.",
            programme.delivered()
        ));
        let rows = programme.check_ins.iter().map(|it| {
            [
                plain(&it.name),
                format!("T+{}", it.due_at_minutes),
                programme.moment(it.due_at_minutes).to_string(),
                if it.delivered { "delivered" } else { "not delivered" }.to_owned(),
                plain(&it.description),
            ]
        });
        let columns = [
            ("Check-in", Side::Left),
            ("Minute", Side::Right),
            ("Due", Side::Left),
            ("State", Side::Left),
            ("Shows", Side::Left),
        ];
        document.table(columns, rows);
        Artifact { name: "phase8-mission-timeline.md", text: document.finish() }
    }

    /// The numbers that everybody asks for first.
    pub(super) fn scoreboard(&self) -> Vec<(&'static str, String)> {
        let metrics = &self.metrics;
        let of_all = |count: usize| format!("{count} of {}", metrics.domains);
        vec![
            ("Dominance score", self.verdict_words()),
            ("Monthly value", metrics.monthly_value.short()),
            ("Yearly budget", short_usd(big_as_double(metrics.annual_budget))),
            ("Average resilience", to_fixed(metrics.average_resilience, 3)),
            ("Domains watched", of_all(metrics.covered_domains)),
            ("Domains funded", of_all(metrics.funded_domains)),
            ("Domains with a protocol", of_all(metrics.guarded_domains)),
            ("Domains with a team", of_all(metrics.staffed_domains)),
            (
                "Least coverage",
                format!(
                    "{} s, {} % of the review window",
                    metrics.minimum_coverage_seconds,
                    to_fixed(metrics.minimum_adequacy() * 100.0, 1)
                ),
            ),
            (
                "Greatest autonomy",
                format!("{} (guards allow {})", metrics.max_autonomy, metrics.autonomy_cap),
            ),
        ]
    }

    /// `97.1 of 100: passes the guardrail of 85.0`.
    pub(super) fn verdict_words(&self) -> String {
        let verdict = self.verdict();
        let how = if verdict.passes() { "passes" } else { "fails" };
        format!("{} of 100: {how} the guardrail of {}", verdict.score, verdict.least)
    }
}
