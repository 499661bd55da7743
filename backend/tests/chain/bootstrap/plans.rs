//! The owner's files as plans.

use serde_json::Value;

use super::{Desk, shipped};

#[tokio::test]
async fn directives_and_extensions_become_three_documents_each() {
    let desk = Desk::alone();
    for (command, name, stem) in [
        ("directives", "owner-directives.json", "phase8-owner-directives-plan"),
        ("extensions", "contract-extensions.json", "phase8-contract-extensions-plan"),
    ] {
        std::fs::write(desk.path(name), shipped(name)).unwrap();

        let said = desk.run(&[command, name, "--json"]).await;

        assert_eq!(said.code, 0, "{said}");
        for end in ["json", "md", "mmd"] {
            assert!(desk.documents().contains(&format!("{stem}.{end}")), "{said}");
        }
        let written: Value = serde_json::from_str(&desk.document(&format!("{stem}.json"))).unwrap();
        assert_eq!(said.json(), written);
    }
    assert_eq!(desk.documents().len(), 6);
}

#[tokio::test]
async fn what_is_outside_its_bounds_or_missing_in_the_manifest_is_refused() {
    let desk = Desk::alone();
    for (command, name, pointer, wrong, words) in [
        ("directives", "owner-directives.json", "/parameters/0/desired", "0", "$.parameters[0]"),
        (
            "extensions",
            "contract-extensions.json",
            "/extensions/0/dependencies/0/slug",
            "\"nowhere\"",
            "nowhere",
        ),
    ] {
        let mut file: Value = serde_json::from_str(&shipped(name)).unwrap();
        *file.pointer_mut(pointer).unwrap() = serde_json::from_str(wrong).unwrap();
        std::fs::write(desk.path(name), file.to_string()).unwrap();

        let said = desk.run(&[command, name]).await;

        assert!(said.code == 3 && said.err.contains(words), "{command}: {said}");
        assert!(desk.documents().is_empty());
    }
}
