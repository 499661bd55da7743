//! The usual manifest.

use phase8_shared::chain::slug_key;
use phase8_shared::manifest::{Manifest, Mesh, Resolver, preview};
use phase8_shared::policy::{DependencyKind, ManifestIndex};
use phase8_shared::spec::{FileKind, detect, preview as preview_job};

use crate::support::{MANIFEST, read, shown, usual};

#[test]
fn the_usual_manifest_has_nothing_to_be_said_against_it() {
    let preview = preview(MANIFEST, Resolver::default());

    assert_eq!(shown(&preview.findings), "nothing");
    assert_eq!(preview.kind, FileKind::Manifest);
    assert_eq!(preview.manifest, Some(usual()));
}

#[test]
fn every_part_of_the_usual_manifest_is_read() {
    let Manifest {
        global,
        domains,
        sentinels,
        capital_streams,
        guardian_protocols,
        self_improvement,
        autonomy,
        ai_teams,
        safety,
        economy,
        models,
        governance,
    } = usual();

    assert_eq!(global.guardian_review_window, 720);
    assert_eq!((domains.len(), sentinels.len(), capital_streams.len()), (7, 5, 4));
    assert_eq!(domains[0].id(), slug_key("Planetary-Finance"));
    assert_eq!(domains[0].tvl_limit.to_string(), "420000000000000000000000000");
    assert_eq!(domains[0].value_flow_monthly.short(), "$245.00B");
    assert_eq!(guardian_protocols.len(), 5);
    let improvement = self_improvement.unwrap();
    assert_eq!(improvement.plan.unwrap().last_executed_at, Some(1_790_000_400));
    let every: Vec<_> =
        improvement.playbooks.iter().map(|it| it.automation.interval_seconds()).collect();
    assert_eq!(every, [Some(604_800), Some(3_600), None]);
    assert_eq!(autonomy.unwrap().progress_checkpoints.len(), 4);
    assert_eq!(ai_teams.iter().map(|it| it.specialists.len()).sum::<usize>(), 8);
    assert_eq!(safety.unwrap().tripwires.len(), 4);
    let economy = economy.unwrap();
    assert_eq!(economy.budget_caps.unwrap().max_token_spend.unwrap().micros(), 75_000_500_000);
    assert_eq!(economy.milestone_templates[1].name(), "Implementation");
    assert_eq!(models.unwrap().adapters[2].eval_score.unwrap().to_string(), "91.2");
    assert_eq!(governance.unwrap().human_policy_controls.len(), 2);
}

#[test]
fn what_is_written_is_read_back() {
    let manifest = usual();

    let text = manifest.to_text();

    assert_eq!(read(&text), manifest);
    assert_eq!(read(&text).to_text(), text, "and reads the same the second time");
}

#[test]
fn a_manifest_and_a_job_spec_are_told_apart() {
    let job = include_str!("../../../configs/job.multi-agent.json");

    assert_eq!(detect(MANIFEST), FileKind::Manifest);
    assert_eq!(detect(job), FileKind::JobSpec);
    insta::assert_snapshot!(shown(&preview(job, Resolver::default()).findings));
    insta::assert_snapshot!(shown(&preview_job(MANIFEST).findings));
}

#[test]
fn the_mesh_knows_who_stands_behind_a_domain() {
    let manifest = usual();
    let mesh = Mesh::new(&manifest);

    let index = mesh.domain("FOOD-AND-WATER").unwrap();
    let links = &mesh.domains[index];

    let names: Vec<&str> =
        links.sentinels.iter().map(|it| manifest.sentinels[*it].slug.as_str()).collect();
    assert_eq!(names, ["solar-shield", "bio-sentinel", "horizon-scan"]);
    assert_eq!(links.coverage_seconds, 1_200 + 900 + 720);
    assert_eq!(links.funding.to_string(), "860000000000");
    let protocols: Vec<&str> = links
        .protocols
        .iter()
        .map(|it| manifest.guardian_protocols[*it].scenario.as_str())
        .collect();
    assert_eq!(
        protocols,
        ["Climate control drift", "Biosecurity alert", "Model regression"],
        "a protocol reaches what its sentinels watch"
    );
}

#[test]
fn the_other_files_of_the_owner_depend_on_what_the_manifest_has() {
    let index = ManifestIndex::read(MANIFEST).unwrap();

    assert!(index.has(DependencyKind::Sentinel, "solar-shield"));
    assert!(index.has(DependencyKind::Stream, "planetary-resilience"));
    assert_eq!(index.domain_slug("planetary-finance"), Some("planetary-finance"));
}
