//! The scoreboard's tables.

use alloy_primitives::U256;

use crate::format::{grouped, to_fixed};
use crate::manifest::{Manifest, Mesh, ProtocolSeverity, big_as_double, short_usd};
use crate::score::dominance::{ManifestMetrics, ResilienceStatus};
use crate::simulate::Programme;
use crate::table::{Cell, Mood, Table};

/// Domains, sentinels, capital streams and guardian protocols.
pub(super) fn all(manifest: &Manifest, mesh: &Mesh, metrics: &ManifestMetrics) -> Vec<Table> {
    vec![
        domains(manifest, mesh, metrics),
        sentinels(manifest),
        streams(manifest),
        protocols(manifest),
    ]
}

fn domains(manifest: &Manifest, mesh: &Mesh, metrics: &ManifestMetrics) -> Table {
    const COLUMNS: [&str; 7] = [
        "Domain",
        "State",
        "Value a month",
        "Resilience",
        "Autonomy",
        "Watched for",
        "Funded with a year",
    ];
    let rows = manifest.domains.iter().zip(&mesh.domains).enumerate().map(|(at, (it, links))| {
        let status = metrics.status(manifest, mesh, at);
        let value = it.value_flow_monthly;
        let whole = u64::try_from(value.micros() / 1_000_000).unwrap_or(u64::MAX);
        let adequacy = to_fixed(metrics.adequacy(links.coverage_seconds) * 100.0, 1);
        vec![
            named(&it.name, &it.slug, it.active),
            Cell::words(in_words(status)).felt(mood(status)),
            Cell::number(whole, value.short()),
            Cell::number(it.resilience_index.micros(), it.resilience_index.to_string()),
            Cell::number(it.autonomy_level_bps.get().into(), it.autonomy_level_bps.to_string()),
            seconds(links.coverage_seconds).with(format!("{adequacy} % of the review window")),
            dollars(links.funding).with(crate::format::counted(links.streams.len(), "stream")),
        ]
    });
    Table::new("domains", "Domains", &COLUMNS).with(rows)
}

fn sentinels(manifest: &Manifest) -> Table {
    let rows = manifest.sentinels.iter().map(|it| {
        vec![
            named(&it.name, &it.slug, it.active),
            seconds(it.coverage_seconds),
            Cell::number(it.sensitivity_bps.get().into(), it.sensitivity_bps.to_string()),
            reached(manifest, &it.domains),
        ]
    });
    Table::new("sentinels", "Sentinels", &["Sentinel", "Covers", "Sensitivity", "Watches"])
        .with(rows)
}

fn streams(manifest: &Manifest) -> Table {
    let rows = manifest.capital_streams.iter().map(|it| {
        vec![
            named(&it.name, &it.slug, it.active),
            dollars(it.annual_budget),
            Cell::number(it.expansion_bps.get().into(), it.expansion_bps.to_string()),
            reached(manifest, &it.domains),
        ]
    });
    Table::new("streams", "Capital streams", &["Stream", "Budget a year", "May grow by", "Funds"])
        .with(rows)
}

fn protocols(manifest: &Manifest) -> Table {
    let rows = manifest.guardian_protocols.iter().map(|it| {
        let rank = match it.severity {
            ProtocolSeverity::Critical => 4,
            ProtocolSeverity::High => 3,
            ProtocolSeverity::Medium => 2,
            ProtocolSeverity::Low => 1,
        };
        let about: Vec<&str> =
            it.linked_domains.iter().chain(&it.linked_sentinels).map(String::as_str).collect();
        vec![
            Cell::words(&it.scenario),
            Cell::number(rank, it.severity.as_str()),
            Cell::words(&it.trigger),
            Cell::words(about.join(", ")),
            Cell::words(it.immediate_actions.first().cloned().unwrap_or_default()),
        ]
    });
    Table::new(
        "protocols",
        "Guardian protocols",
        &["Scenario", "Severity", "Trigger", "About", "First"],
    )
    .with(rows)
}

/// Everything that happens in a programme, in order.
pub(super) fn timeline(programme: &Programme) -> Table {
    let rows = programme.timeline.iter().map(|it| {
        vec![
            Cell::number(it.offset_minutes, minutes(it.offset_minutes)),
            Cell::words(&it.actor),
            Cell::words(&it.headline).with(&it.detail),
            Cell::words(&it.severity),
        ]
    });
    Table::new("timeline", "The programme played through", &["After", "Who", "What", "Severity"])
        .with(rows)
}

/// Every check-in of a programme.
pub(super) fn schedule(programme: &Programme) -> Table {
    let rows = programme.check_ins.iter().map(|it| {
        let state = if it.delivered {
            Cell::words("delivered").felt(Mood::Good)
        } else {
            Cell::words("after the end").felt(Mood::Look)
        };
        vec![
            Cell::words(&it.name).with(&it.description),
            Cell::number(it.due_at_minutes, minutes(it.due_at_minutes)),
            state,
        ]
    });
    Table::new("check-ins", "Check-ins", &["Check-in", "Due after", "State"]).with(rows)
}

fn named(name: &str, slug: &str, is_active: bool) -> Cell {
    let off = if is_active { "" } else { ", switched off" };
    Cell::words(name).with(format!("{slug}{off}"))
}

/// The domains that a sentinel or stream names; none means every one.
fn reached(manifest: &Manifest, slugs: &[String]) -> Cell {
    let all = manifest.domains.len();
    match slugs.len() {
        0 => Cell::number(all as u64, "every domain"),
        some => Cell::number(some as u64, slugs.join(", ")),
    }
}

fn seconds(seconds: u64) -> Cell {
    Cell::number(seconds, format!("{} s", grouped(seconds)))
}

fn dollars(amount: U256) -> Cell {
    Cell::number(u64::try_from(amount).unwrap_or(u64::MAX), short_usd(big_as_double(amount)))
}

fn minutes(minutes: u64) -> String {
    format!("{} min", grouped(minutes))
}

const fn mood(status: ResilienceStatus) -> Mood {
    match status {
        ResilienceStatus::Unwatched
        | ResilienceStatus::CoverageGap
        | ResilienceStatus::Unfunded => Mood::Bad,
        ResilienceStatus::Fragile => Mood::Look,
        ResilienceStatus::Resilient => Mood::Good,
    }
}

const fn in_words(status: ResilienceStatus) -> &'static str {
    match status {
        ResilienceStatus::Unwatched => "nobody watches it",
        ResilienceStatus::CoverageGap => "watched too briefly",
        ResilienceStatus::Unfunded => "nobody funds it",
        ResilienceStatus::Fragile => "fragile",
        ResilienceStatus::Resilient => "resilient",
    }
}
