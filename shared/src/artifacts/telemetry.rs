//! `phase8-telemetry-report.md`: everything that is measured.

use super::markdown::{Document, Side, plain, plain_list};
use super::{Artifact, Dossier};
use crate::chain::field::duration_words;
use crate::format::to_fixed;
use crate::manifest::{Manifest, big_as_double, short_usd};

impl Dossier<'_> {
    /// Everything that is measured.
    pub fn telemetry_report(&self) -> Artifact {
        let (manifest, metrics) = (self.manifest, &self.metrics);
        let mut document = Document::new(
            "Telemetry report",
            format_args!(
                "Measured from the manifest at {}. Entries that are switched off count as well.",
                self.facts.generated_at
            ),
        );
        document.section("Scoreboard");
        document.facts(self.scoreboard());
        document.section("What the score is made of");
        let rows = metrics.dominance.components.iter().map(|it| {
            [
                it.kind.title().to_owned(),
                it.kind.words().to_owned(),
                format!("{} %", to_fixed(it.reached * 100.0, 1)),
                to_fixed(it.points(), 2),
                it.kind.points().to_string(),
            ]
        });
        let columns = [
            ("Component", Side::Left),
            ("Measures", Side::Left),
            ("Reached", Side::Right),
            ("Points", Side::Right),
            ("Of", Side::Right),
        ];
        document.table(columns, rows);
        document.section("Domains");
        let rows = manifest.domains.iter().enumerate().map(|(index, domain)| {
            let links = self.mesh.domains.get(index).cloned().unwrap_or_default();
            [
                plain(&domain.name),
                domain.value_flow_monthly.short(),
                domain.resilience_index.to_string(),
                domain.autonomy_level_bps.to_string(),
                format!(
                    "{} s ({} %)",
                    links.coverage_seconds,
                    to_fixed(metrics.adequacy(links.coverage_seconds) * 100.0, 1)
                ),
                format!(
                    "{} ({} %)",
                    short_usd(big_as_double(links.funding)),
                    to_fixed(metrics.capital_percent(links.funding), 1)
                ),
                metrics.status(manifest, &self.mesh, index).as_str().to_owned(),
            ]
        });
        let columns = [
            ("Domain", Side::Left),
            ("Value a month", Side::Right),
            ("Resilience", Side::Right),
            ("Autonomy", Side::Right),
            ("Coverage", Side::Right),
            ("Capital a year", Side::Right),
            ("Status", Side::Left),
        ];
        document.table(columns, rows);
        document.section("Sentinels");
        let rows = manifest.sentinels.iter().map(|it| {
            [
                plain(&it.name),
                duration_words(it.coverage_seconds),
                it.sensitivity_bps.to_string(),
                every_or(&it.domains),
                state(it.active),
            ]
        });
        let columns = [
            ("Sentinel", Side::Left),
            ("Covers", Side::Left),
            ("Reports from", Side::Right),
            ("Watches", Side::Left),
            ("State", Side::Left),
        ];
        document.table(columns, rows);
        document.section("Capital streams");
        let rows = manifest.capital_streams.iter().map(|it| {
            [
                plain(&it.name),
                short_usd(big_as_double(it.annual_budget)),
                it.expansion_bps.to_string(),
                every_or(&it.domains),
                state(it.active),
            ]
        });
        let columns = [
            ("Stream", Side::Left),
            ("A year", Side::Right),
            ("May grow", Side::Right),
            ("Funds", Side::Left),
            ("State", Side::Left),
        ];
        document.table(columns, rows);
        document.section("Teams");
        let rows = manifest.ai_teams.iter().map(|it| {
            [
                plain(&it.name),
                plain(&it.lead_model),
                it.specialists.len().to_string(),
                format!("{} min", it.cadence_minutes),
                plain_list(&it.domains),
            ]
        });
        let columns = [
            ("Team", Side::Left),
            ("Lead model", Side::Left),
            ("Specialists", Side::Right),
            ("Reports every", Side::Right),
            ("Works for", Side::Left),
        ];
        document.table(columns, rows);
        models(manifest, &mut document);
        economy(manifest, &mut document);
        Artifact { name: "phase8-telemetry-report.md", text: document.finish() }
    }
}

fn models(manifest: &Manifest, document: &mut Document) {
    let Some(models) = &manifest.models else { return };
    document.section("Models");
    let rows = models.adapters.iter().map(|it| {
        [
            plain(&it.name),
            plain(&it.provider),
            it.max_context_tokens.to_string(),
            format!("${}", crate::json::text_of_wide(it.cost_per_1k_tokens.micros(), 6)),
            it.eval_score.map_or_else(|| "–".to_owned(), |score| score.to_string()),
            plain_list(&it.strengths),
        ]
    });
    let columns = [
        ("Model", Side::Left),
        ("Provider", Side::Left),
        ("Context", Side::Right),
        ("Per 1000 tokens", Side::Right),
        ("Evaluated", Side::Right),
        ("Good at", Side::Left),
    ];
    document.table(columns, rows);
}

fn economy(manifest: &Manifest, document: &mut Document) {
    let Some(economy) = &manifest.economy else { return };
    document.section("Economy");
    let rows = economy.stake_tiers.iter().map(|it| {
        [
            plain(&it.name),
            format!("{} h", it.duration_hours),
            it.minimum_stake.to_string(),
            it.slash_multiplier.to_string(),
        ]
    });
    let columns = [
        ("Stake tier", Side::Left),
        ("For work of", Side::Right),
        ("Least stake", Side::Right),
        ("Slashed by", Side::Right),
    ];
    document.table(columns, rows);
    if let Some(caps) = &economy.budget_caps {
        let cap = |amount: Option<crate::manifest::Dollars>| {
            amount.map_or_else(|| "no cap".to_owned(), crate::manifest::Dollars::short)
        };
        document.facts([
            ("Compute", cap(caps.max_compute)),
            ("Services", cap(caps.max_api_spend)),
            ("Tokens", cap(caps.max_token_spend)),
        ]);
    }
}

fn every_or(domains: &[String]) -> String {
    if domains.is_empty() { "every domain".to_owned() } else { plain_list(domains) }
}

fn state(active: bool) -> String {
    if active { "on" } else { "off" }.to_owned()
}
