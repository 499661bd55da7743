//! Every row of bad input: named with field and rule, and nothing is written.

use serde_json::{Value, json};

use super::{Desk, manifest};

const ZERO_HASH: &str = "0x0000000000000000000000000000000000000000000000000000000000000000";
const ZERO: &str = "0x0000000000000000000000000000000000000000";

#[tokio::test]
async fn a_manifest_that_the_contract_would_refuse_is_refused_by_field_and_rule() {
    let rows: [(&str, Value, &str, &str); 11] = [
        ("/domains/0/autonomyLevelBps", json!(10_001), "$.domains[0].autonomyLevelBps", "10000"),
        ("/global/maxDrawdownBps", json!(10_001), "$.global.maxDrawdownBps", "10000"),
        ("/sentinels/0/sensitivityBps", json!(10_001), "$.sentinels[0].sensitivityBps", "10000"),
        (
            "/capitalStreams/0/expansionBps",
            json!(10_001),
            "$.capitalStreams[0].expansionBps",
            "10000",
        ),
        (
            "/sentinels/0/coverageSeconds",
            json!(10),
            "$.sentinels[0].coverageSeconds",
            "review window is 720",
        ),
        (
            "/selfImprovement/plan/planURI",
            json!("plan"),
            "$.selfImprovement.plan.planURI",
            "ipfs://",
        ),
        ("/global/guardianReviewWindow", json!(0), "$.global.guardianReviewWindow", "from 1"),
        ("/global/treasury", json!(ZERO), "$.global.treasury", "zero address"),
        ("/global/manifestoHash", json!(ZERO_HASH), "$.global.manifestoHash", "zero"),
        (
            "/sentinels/0/domains",
            json!(["nowhere"]),
            "$.sentinels[0].domains[0]",
            "no domain `nowhere`",
        ),
        ("/domains/1/slug", json!("Planetary-Finance"), "$.domains[1].slug", "case does not count"),
    ];
    let desk = Desk::alone();
    for (pointer, wrong, path, rule) in rows {
        desk.put(&manifest(|manifest| *manifest.pointer_mut(pointer).unwrap() = wrong.clone()));

        let said = desk.run(&["bootstrap", "--offline", "--json"]).await;

        assert_eq!(said.code, 3, "{pointer}: {said}");
        assert!(said.err.contains(path) && said.err.contains(rule), "{pointer}: {said}");
        let findings = said.json()["findings"].clone();
        let named = findings.as_array().unwrap().iter().any(|finding| finding["path"] == path);
        assert!(named, "{pointer}: {said}");
        assert!(!desk.path("output").exists(), "{pointer}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_manifest_is_refused_with_its_line() {
    let desk = Desk::alone();
    for (text, words) in [
        ("{\n  \"global\": {", "line 2"),
        ("", "$"),
        ("{\"agents\": [], \"economics\": {}}", "not a manifest"),
    ] {
        std::fs::write(desk.path("wrong.json"), text).unwrap();

        let said = desk.run(&["bootstrap", "--offline", "--manifest", "wrong.json"]).await;

        assert_eq!(said.code, 3, "{text}: {said}");
        assert!(said.err.contains(words), "{text}: {said}");
        assert!(!desk.path("output").exists());
    }
    let said = desk.run(&["bootstrap", "--offline", "--manifest", "absent.json"]).await;
    assert!(said.code == 1 && said.err.contains("absent.json cannot be read"), "{said}");
}

#[tokio::test]
async fn what_is_typed_wrongly_is_refused_before_anything_is_read() {
    let mut desk = Desk::alone();
    for (arguments, words) in [
        (["--chain-id", "0"], "0 is not in 1.."),
        (["--manager", "0x12"], "invalid"),
        (["--manifset", "x"], "--manifest"),
    ] {
        let said = desk.run(&[&["bootstrap", "--offline"], arguments.as_slice()].concat()).await;
        assert!(said.code == 2 && said.err.contains(words), "{arguments:?}: {said}");
    }
    desk.set("PHASE8_CHAIN_ID", "many");
    let said = desk.run(&["bootstrap", "--offline"]).await;
    assert!(
        said.code == 1 && said.err.contains("PHASE8_CHAIN_ID: must be a whole number"),
        "{said}"
    );
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named_and_left_alone() {
    let desk = Desk::alone();
    std::fs::write(desk.path("file"), "mine").unwrap();

    let said = desk.run(&["bootstrap", "--offline", "--output", "file"]).await;

    assert!(said.code == 1 && said.err.contains("file cannot be written"), "{said}");
    assert_eq!(std::fs::read_to_string(desk.path("file")).unwrap(), "mine");
}
