//! The dominance score and what goes into it.

use phase8_shared::format::to_fixed;
use phase8_shared::manifest::{Manifest, Mesh, ProtocolSeverity};
use phase8_shared::score::Tenths;
use phase8_shared::score::dominance::{
    DominanceKind, DominanceScore, GuardrailVerdict, ManifestMetrics, ResilienceStatus, measure,
    severity_label,
};
use proptest::prelude::*;

use crate::support::{changed, read, usual};

fn metrics(manifest: &Manifest) -> ManifestMetrics {
    measure(manifest, &Mesh::new(manifest))
}

#[test]
fn the_usual_manifest_scores_what_a_person_computes() {
    let metrics = metrics(&usual());

    // Value 797e9 of 500e9: 1. Resilience 6.525 / 7. Coverage: all watched, all past the window: 1.
    // Autonomy 7800 of 8000. Cadence 1 - 7200 / 86400.
    // .3 + .25 * .932143 + .2 + .15 * .975 + .1 * .916667 = .970952
    assert_eq!(metrics.dominance.score.to_string(), "97.1");
    let points: Vec<String> = metrics
        .dominance
        .components
        .iter()
        .map(|it| {
            format!("{} {} of {}", it.kind.title(), to_fixed(it.points(), 2), it.kind.points())
        })
        .collect();
    assert_eq!(
        points,
        [
            "Monthly value 30.00 of 30",
            "Resilience 23.30 of 25",
            "Sentinel coverage 20.00 of 20",
            "Autonomy in use 14.63 of 15",
            "Self-improvement cadence 9.17 of 10",
        ]
    );
    let verdict = metrics.dominance.against(GuardrailVerdict::USUAL);
    assert!(verdict.passes());
    assert!(metrics.dominance.against(Tenths::new(971)).passes(), "the guardrail itself passes");
    assert!(!metrics.dominance.against(Tenths::new(972)).passes());
}

#[test]
fn the_usual_manifest_measures_what_a_person_counts() {
    let metrics = metrics(&usual());

    assert_eq!(metrics.monthly_value.short(), "$797.00B");
    assert_eq!(metrics.annual_budget.to_string(), "2110000000000");
    assert_eq!(to_fixed(metrics.average_resilience, 3), "0.932");
    assert_eq!(to_fixed(metrics.sentinel_minutes(), 1), "87.0");
    assert_eq!(
        metrics.minimum_coverage_seconds,
        720 + 900,
        "health and knowledge have two sentinels"
    );
    assert_eq!(to_fixed(metrics.minimum_adequacy() * 100.0, 1), "225.0");
    assert_eq!(
        (metrics.covered_domains, metrics.funded_domains, metrics.guarded_domains),
        (7, 7, 7)
    );
    assert_eq!(to_fixed(metrics.staffed_percent(), 1), "100.0");
    assert_eq!(to_fixed(metrics.cadence_hours(), 1), "2.0");
    // Critical, high, critical, medium, low: 3.5 / 5.
    assert_eq!(to_fixed(metrics.protocol_severity, 2), "0.70");
    assert_eq!(metrics.severity_label(), ProtocolSeverity::High);
}

#[test]
fn an_empty_manifest_scores_thirty() {
    // Coverage (0 + 1) / 2, autonomy 1 without a cap, cadence 0.5 without a plan.
    let metrics = metrics(&Manifest::default());

    assert_eq!(metrics.dominance.score.to_string(), "30.0");
    assert!(!metrics.dominance.against(GuardrailVerdict::USUAL).passes());
}

/// Expected values were printed by Node.js: `Math.min(100, Math.round(sum * 1000) / 10)`.
#[test]
fn the_sum_rounds_half_up_as_javascript_does() {
    for (reached, score) in [
        ([0.0, 0.002, 0.0, 0.0, 0.0], "0.1"),
        ([1.0, 1.0, 1.0, 1.0, 1.0], "100.0"),
        ([0.0, 0.0, 0.5, 1.0, 0.5], "30.0"),
        ([0.5, 0.925, 1.0, 0.9875, 0.916_666_666_666_666_7], "82.1"),
        ([0.123, 0.456, 0.789, 0.321, 0.654], "42.2"),
        ([0.0, 0.0, 0.0, 0.003_333_333_333_333_333_5, 0.0], "0.1"),
        ([0.0015, 0.0, 0.0, 0.0, 0.0], "0.0"),
        ([1.0 / 3.0, 2.0 / 3.0, 1.0 / 7.0, 5.0 / 9.0, 1.0 / 11.0], "38.8"),
    ] {
        assert_eq!(DominanceScore::of(reached).score.to_string(), score, "{reached:?}");
    }
}

#[test]
fn a_component_moves_the_score_alone() {
    let score =
        |changes: &[(&str, &str)]| metrics(&read(&changed(changes))).dominance.score.to_string();
    // Value: 797e9 - 245e9 + 1e9 = 553e9 is still full; with a cap of 9750 autonomy is 0.8.
    assert_eq!(score(&[("245000000000", "1000000000")]), "97.1");
    assert_eq!(score(&[("\"maxAutonomyBps\": 8000", "\"maxAutonomyBps\": 9750")]), "94.5");
    // Once a day is not often: cadence 0.
    assert_eq!(score(&[("\"cadenceSeconds\": 7200", "\"cadenceSeconds\": 86400")]), "87.9");
    // Resilience 0.96 -> 0.26: mean 0.832143.
    assert_eq!(score(&[("\"resilienceIndex\": 0.96", "\"resilienceIndex\": 0.26")]), "94.6");
}

#[test]
fn a_domain_stands_as_its_guards_do() {
    let mut manifest = usual();
    let status = |manifest: &Manifest, index| {
        let mesh = Mesh::new(manifest);
        measure(manifest, &mesh).status(manifest, &mesh, index)
    };
    assert_eq!(status(&manifest, 0), ResilienceStatus::Resilient);

    manifest.domains[0].resilience_index = phase8_shared::spec::Millionths::new(899_999);
    assert_eq!(status(&manifest, 0), ResilienceStatus::Fragile);
    for stream in &mut manifest.capital_streams {
        stream.domains = vec!["civic-resilience".to_owned()];
    }
    assert_eq!(status(&manifest, 0), ResilienceStatus::Unfunded);
    manifest.global.guardian_review_window = 1_621;
    assert_eq!(status(&manifest, 0), ResilienceStatus::CoverageGap);
    manifest.sentinels.clear();
    assert_eq!(status(&manifest, 0), ResilienceStatus::Unwatched);
    assert_eq!(status(&manifest, 99), ResilienceStatus::Unwatched);
}

#[test]
fn a_mean_severity_has_a_word() {
    for (mean, word) in [
        (1.0, "critical"),
        (0.875, "critical"),
        (0.874, "high"),
        (0.65, "high"),
        (0.649, "medium"),
        (0.45, "medium"),
        (0.449, "low"),
        (0.0, "low"),
    ] {
        assert_eq!(severity_label(mean).as_str(), word, "{mean}");
    }
}

proptest! {
    #[test]
    fn a_score_is_the_rounded_sum_and_never_leaves_its_scale(reached in prop::array::uniform5(0.0_f64..=1.0)) {
        let score = DominanceScore::of(reached);

        let points: f64 = score.components.iter().map(phase8_shared::score::dominance::DominanceComponent::points).sum();
        prop_assert!((f64::from(score.score.get()) / 10.0 - points).abs() <= 0.05 + 1e-9);
        prop_assert!(score.score.get() <= 1_000);
    }

    #[test]
    fn more_of_anything_never_scores_less(
        reached in prop::array::uniform5(0.0_f64..=1.0),
        which in 0_usize..5,
        more in 0.0_f64..=1.0,
    ) {
        let mut better = reached;
        better[which] = better[which].max(more);
        prop_assert!(DominanceScore::of(better).score >= DominanceScore::of(reached).score);
    }
}

#[test]
fn the_points_of_all_kinds_make_a_hundred() {
    assert_eq!(DominanceKind::ALL.iter().map(|kind| u32::from(kind.points())).sum::<u32>(), 100);
}
