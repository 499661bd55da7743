//! The documents of a bootstrap, whole.

use alloy_primitives::{Address, address};
use phase8_shared::artifacts::{Artifact, Dossier, Facts, Readiness};
use phase8_shared::chain::exit::verify_checksum;
use phase8_shared::manifest::Manifest;
use phase8_shared::plan::{Plan, PlanRequest, Route, plan};
use phase8_shared::score::dominance::GuardrailVerdict;
use phase8_shared::time::Timestamp;
use serde_json::Value;

use crate::support::usual;

/// 2026-11-23T06:37:42.500Z.
const NOW: Timestamp = Timestamp::from_millis(1_795_415_862_500);

fn facts(manifest: &Manifest, generated_at: Timestamp) -> Facts {
    Facts {
        generated_at,
        chain_id: 31_337,
        route: manifest.global.manager.map(|manager| Route::Direct { manager }),
        sender: address!("0xdf8a1ce35c9a6ace153b4e0767942f1e2291a1aa"),
        guardrail: GuardrailVerdict::USUAL,
    }
}

fn planned(manifest: &Manifest) -> Plan {
    plan(manifest, None, &PlanRequest { now: NOW.unix_seconds(), record: None })
        .expect("the manager takes it")
}

fn written(manifest: &Manifest, generated_at: Timestamp) -> Vec<Artifact> {
    let plan = planned(manifest);
    Dossier::new(manifest, &plan, facts(manifest, generated_at)).artifacts()
}

fn text<'a>(artifacts: &'a [Artifact], name: &str) -> &'a str {
    &artifacts.iter().find(|it| it.name == name).expect("there is such a document").text
}

#[test]
fn every_document_is_what_it_was() {
    for artifact in written(&usual(), NOW) {
        insta::assert_snapshot!(artifact.name, artifact.text);
    }
    let manifest = usual();
    let plan = planned(&manifest);
    let svg = Dossier::new(&manifest, &plan, facts(&manifest, NOW)).mesh_svg();
    insta::assert_snapshot!("mesh.svg", svg);
}

#[test]
fn the_documents_have_the_names_that_operators_know() {
    let names: Vec<&str> = written(&usual(), NOW).iter().map(|it| it.name).collect();
    assert_eq!(
        names,
        [
            "phase8-governance-calldata.json",
            "phase8-safe-transaction-batch.json",
            "phase8-emergency-overrides.json",
            "phase8-dominance-scorecard.json",
            "phase8-self-improvement-plan.json",
            "phase8-ai-team-matrix.json",
            "phase8-cycle-report.csv",
            "phase8-autonomy-simulation.json",
            "phase8-mission-timeline.md",
            "phase8-owner-command-center.md",
            "phase8-governance-checklist.md",
            "phase8-governance-directives.md",
            "phase8-guardian-response-playbook.md",
            "phase8-telemetry-report.md",
            "phase8-orchestration-report.txt",
            "phase8-mermaid-diagram.mmd",
        ]
    );
}

/// The text without moments, and without what Safe's format derives from one.
fn timeless(text: &str) -> String {
    let mut rest = text;
    let mut kept = String::new();
    while let Some(at) = rest.find("202") {
        let (before, from) = rest.split_at(at);
        kept.push_str(before);
        let is_moment = from.get(..20).is_some_and(|it| it.ends_with('Z') && it.contains('T'));
        rest = from.split_at(if is_moment { 20 } else { 3 }).1;
        kept.push_str(if is_moment { "<moment>" } else { "202" });
    }
    kept.push_str(rest);
    let lines = kept.lines();
    let lines = lines
        .filter(|line| !line.contains("\"createdAt\"") && !line.contains("\"checksum\": \"0x"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn two_runs_differ_in_their_times_only() {
    let manifest = usual();
    let later = Timestamp::from_millis(NOW.millis() + 86_400_000);

    assert_eq!(written(&manifest, NOW), written(&manifest, NOW));
    for (first, second) in written(&manifest, NOW).iter().zip(written(&manifest, later)) {
        assert_eq!(timeless(&first.text), timeless(&second.text), "{}", first.name);
    }
}

#[test]
fn the_batch_for_safe_names_its_safe_and_its_checksum() {
    let artifacts = written(&usual(), NOW);
    let batch: Value =
        serde_json::from_str(text(&artifacts, "phase8-safe-transaction-batch.json")).unwrap();
    let calldata: Value =
        serde_json::from_str(text(&artifacts, "phase8-governance-calldata.json")).unwrap();

    assert!(verify_checksum(&batch));
    assert_eq!(
        batch["meta"]["createdFromSafeAddress"],
        "0xdf8a1ce35c9a6ace153b4e0767942f1e2291a1aa"
    );
    let sent: Vec<&Value> =
        batch["transactions"].as_array().unwrap().iter().map(|it| &it["data"]).collect();
    let planned: Vec<&Value> =
        calldata["calls"].as_array().unwrap().iter().map(|it| &it["data"]).collect();
    assert_eq!(sent, planned, "the same calls in the same order");
}

#[test]
fn the_emergency_levers_say_what_they_lack() {
    let mut manifest = usual();
    let plan = planned(&manifest);
    let readiness = |manifest: &Manifest, facts: Facts| {
        let dossier = Dossier::new(manifest, &plan, facts);
        let overrides: Value = serde_json::from_str(&dossier.emergency_overrides().text).unwrap();
        assert_eq!(overrides["overrides"][0]["enabled"], dossier.readiness() == Readiness::Ready);
        (dossier.readiness(), overrides)
    };

    let (ready, overrides) = readiness(&manifest, facts(&manifest, NOW));
    assert_eq!(ready, Readiness::Ready);
    assert_eq!(overrides["overrides"][0]["pauseCalldata"], "0x595c6a67");
    assert_eq!(overrides["overrides"][1]["pauseCalldata"], "0x8a2ddd03");
    let calldata = overrides["overrides"][0]["managerCalldata"].as_str().unwrap();
    assert!(calldata.starts_with("0xa7e5f9d7"), "forwardPauseCall");
    let nobody = Facts { route: None, ..facts(&manifest, NOW) };
    assert_eq!(readiness(&manifest, nobody).0, Readiness::MissingManager);
    let with_manager = facts(&manifest, NOW);
    manifest.global.system_pause = Address::ZERO;
    assert_eq!(readiness(&manifest, with_manager).0, Readiness::MissingSystemPause);
}

#[test]
fn no_name_breaks_out_of_its_place() {
    let mut manifest = usual();
    let nasty = "x\"|`<script>alert(1)</script>,\n=1+1";
    manifest.domains[0].name = nasty.to_owned();
    manifest.sentinels[0].name = nasty.to_owned();
    manifest.guardian_protocols[0].scenario = nasty.to_owned();
    let plan = planned(&manifest);
    let dossier = Dossier::new(&manifest, &plan, facts(&manifest, NOW));

    assert!(!dossier.mesh_svg().contains("<script"));
    for artifact in dossier.artifacts() {
        let (_, ending) = artifact.name.rsplit_once('.').expect("a file has an ending");
        if ending == "md" {
            assert!(!artifact.text.contains("<script"), "{}", artifact.name);
            for row in artifact.text.lines().filter(|line| line.starts_with("| ")) {
                assert!(row.ends_with(" |"), "{}: {row}", artifact.name);
            }
        } else if ending == "mmd" {
            assert!(!artifact.text.contains("<script"));
        } else if ending == "json" {
            serde_json::from_str::<Value>(&artifact.text).expect("it is JSON");
        }
    }
    let cycle = dossier.cycle_report().text;
    let row = cycle.split_once("planetary-finance,").unwrap().1;
    assert!(
        row.starts_with("\"x\"\"|`<script>alert(1)</script>,\n=1+1\",0.960,7800,245000000000,")
    );
}

#[test]
fn an_empty_manifest_still_makes_every_document() {
    let manifest = Manifest::default();
    let plan = Plan::default();
    let dossier = Dossier::new(&manifest, &plan, facts(&manifest, NOW));

    let artifacts = dossier.artifacts();

    assert_eq!(artifacts.len(), 16);
    let scorecard: Value =
        serde_json::from_str(text(&artifacts, "phase8-dominance-scorecard.json")).unwrap();
    assert_eq!(scorecard["metrics"]["dominanceScore"], 30);
    assert_eq!(scorecard["guardrail"]["passes"], false);
    assert!(dossier.mesh_svg().ends_with("</svg>\n"));
}
