//! The manager's calls, each there and back.

use phase8_shared::chain::manager::{self, EntryKind, Registry};

use super::watched::{DOMAIN, SENTINEL, STREAM, Watched, furnish};
use crate::support::seconds_from_now;

/// A function, the entry it is about, and the form's texts.
type Act<'a> = (&'a str, Option<(EntryKind, &'a str)>, Vec<(&'a str, &'a str)>);

#[tokio::test]
async fn every_call_of_the_manager_does_what_it_says_and_is_undone() {
    let watched = Watched::start().await;
    furnish(&watched).await;
    let contracts = watched.world.deployment.contracts;
    let (council, switch) = (contracts.token.to_checksum(None), contracts.escrow.to_checksum(None));
    let earth = Some((EntryKind::Domain, "earth-grid"));
    let watch = Some((EntryKind::Sentinel, "watch"));
    let fund = Some((EntryKind::Stream, "fund"));
    let moon: Vec<_> = DOMAIN.into_iter().chain([("slug", "Moon Base")]).collect();
    let other_watch = [("slug", "Other"), ("coverageSeconds", "3600")];
    let other_watch: Vec<_> = SENTINEL.into_iter().chain(other_watch).collect();
    let other_fund: Vec<_> = STREAM.into_iter().chain([("slug", "other")]).collect();
    let recorded = seconds_from_now(0).to_string();
    let calls: Vec<Act<'_>> = vec![
        ("registerDomain", None, moon),
        ("registerSentinel", None, other_watch),
        ("registerCapitalStream", None, other_fund),
        ("updateDomain", earth, vec![("slug", "EARTH-GRID"), ("tvlLimit", "9")]),
        ("updateSentinel", watch, vec![("coverageSeconds", "9000")]),
        ("updateCapitalStream", fund, vec![("annualBudget", "0")]),
        ("setDomainStatus", earth, vec![]),
        ("setSentinelStatus", watch, vec![]),
        ("setCapitalStreamStatus", fund, vec![]),
        (
            "configureDomainLimits",
            earth,
            vec![("autonomyLevelBps", "10000"), ("heartbeatSeconds", "1")],
        ),
        ("setSentinelDomains", watch, vec![("domainIds", "")]),
        ("setCapitalStreamDomains", fund, vec![("domainIds", "sea-lanes")]),
        ("setGlobalParameters", None, vec![("maxDrawdownBps", "0")]),
        ("updateManifesto", None, vec![("manifestoURI", "ipfs://next")]),
        ("updateRiskParameters", None, vec![("guardianReviewWindow", "1")]),
        ("setGuardianCouncil", None, vec![("council", council.as_str())]),
        ("setSystemPause", None, vec![("newSystemPause", switch.as_str())]),
        ("setSelfImprovementPlan", None, vec![("cadenceSeconds", "1")]),
        (
            "recordSelfImprovementExecution",
            None,
            vec![("executedAt", &recorded), ("reportURI", "ipfs://report")],
        ),
    ];
    for (function, entry, texts) in calls {
        let before = watched.registry().await;
        let lever = watched.form(function, entry, &texts).await;
        watched.flip(&lever).await;
        assert_ne!(watched.registry().await, before, "{function}");

        watched.flip(&lever.inverse().unwrap()).await;

        assert_eq!(sorted(watched.registry().await), sorted(before), "{function}");
    }
}

/// Entries come in no order that means anything.
fn sorted(mut registry: Registry) -> Registry {
    for entries in [&mut registry.domains, &mut registry.sentinels, &mut registry.streams] {
        entries.sort_by_key(|entry| entry.id);
        for entry in entries {
            entry.domains.sort();
        }
    }
    registry
}

#[tokio::test]
async fn what_is_removed_comes_back_with_its_bindings() {
    let watched = Watched::start().await;
    furnish(&watched).await;

    for (kind, slug) in [
        (EntryKind::Domain, "earth-grid"),
        (EntryKind::Sentinel, "watch"),
        (EntryKind::Stream, "fund"),
    ] {
        let before = watched.registry().await;
        let lever = watched.form(kind.remove(), Some((kind, slug)), &[]).await;
        let follow_ups = manager::follow_ups(&lever, &before);
        assert!(!follow_ups.is_empty(), "{slug} is bound");

        watched.flip(&lever).await;
        watched.flip(&lever.inverse().unwrap()).await;
        for lever in &follow_ups {
            watched.flip(lever).await;
        }

        assert_eq!(sorted(watched.registry().await), sorted(before), "{slug}");
    }
}
