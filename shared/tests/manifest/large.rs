//! A manifest of two thousand domains: nothing in its way is left out, and nothing takes forever.

use phase8_shared::artifacts::{Dossier, Facts};
use phase8_shared::chain::manager::Registry;
use phase8_shared::manifest::Manifest;
use phase8_shared::plan::{PlanRequest, Route, plan};
use phase8_shared::score::dominance::GuardrailVerdict;
use phase8_shared::time::Timestamp;

use crate::support::{read, usual};

const DOMAINS: usize = 2_000;
const NOW: Timestamp = Timestamp::from_millis(1_795_415_820_000);

fn large() -> Manifest {
    let mut manifest = usual();
    let domain = manifest.domains[0].clone();
    let (sentinel, stream) = (manifest.sentinels[0].clone(), manifest.capital_streams[0].clone());
    let slug = |index: usize| format!("domain-{index}");
    for index in 0..DOMAINS - manifest.domains.len() {
        manifest.domains.push(phase8_shared::manifest::ValueDomain {
            slug: slug(index),
            name: format!("Domain {index}"),
            ..domain.clone()
        });
        manifest.guardian_protocols[4].linked_domains.push(slug(index));
    }
    for index in 0..200 {
        let domains: Vec<String> = (0..10).map(|at| slug(index * 9 + at)).collect();
        let name = format!("watch-{index}");
        manifest.sentinels.push(phase8_shared::manifest::Sentinel {
            slug: name.clone(),
            domains: domains.clone(),
            ..sentinel.clone()
        });
        manifest.capital_streams.push(phase8_shared::manifest::CapitalStream {
            slug: name,
            domains,
            ..stream.clone()
        });
    }
    manifest
}

#[test]
fn two_thousand_domains_are_read_planned_and_written() {
    let manifest = large();

    let manifest_again = read(&manifest.to_text());
    let request = PlanRequest { now: NOW.unix_seconds(), record: None };
    let plan = plan(&manifest_again, Some(&Registry::empty()), &request).unwrap();
    let facts = Facts {
        generated_at: NOW,
        chain_id: 1,
        route: manifest.global.manager.map(|manager| Route::Direct { manager }),
        sender: manifest.global.treasury,
        guardrail: GuardrailVerdict::USUAL,
    };
    let dossier = Dossier::new(&manifest_again, &plan, facts);
    let artifacts = dossier.artifacts();

    assert_eq!(manifest_again, manifest);
    let registered = plan.calls.iter().filter(|it| it.function == "registerDomain").count();
    assert_eq!(registered, DOMAINS);
    assert_eq!(artifacts[6].text.lines().count(), DOMAINS + 1, "a row a domain");
    assert!(dossier.mesh_svg().contains("Domain 1992"));
}
