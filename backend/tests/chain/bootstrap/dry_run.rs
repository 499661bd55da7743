//! A dry run plans what differs, tries it out, and sends nothing.

use alloy::primitives::Address;
use phase8_shared::chain::exit::verify_checksum;
use serde_json::{Value, json};

use super::{Desk, about, manifest};
use crate::support::World;

#[tokio::test]
async fn without_a_chain_everything_is_planned_and_every_document_is_written() {
    let desk = Desk::alone();
    let manager = "0x5FbDB2315678afecb367f032d93F642f64180aa3";

    let said = desk
        .run(&["bootstrap", "--offline", "--chain-id", "7", "--manager", manager, "--json"])
        .await;

    assert_eq!(said.code, 0, "{said}");
    let plan = said.json();
    assert_eq!((plan["chainId"].as_u64(), plan["calls"].as_u64()), (Some(7), Some(27)), "{said}");
    assert_eq!(plan["manager"], json!(manager.parse::<Address>().unwrap()));
    assert_eq!(desk.documents().len(), 16);
    let calldata: Value =
        serde_json::from_str(&desk.document("phase8-governance-calldata.json")).unwrap();
    assert_eq!(calldata["calls"].as_array().unwrap().len(), 27);
    let batch: Value =
        serde_json::from_str(&desk.document("phase8-safe-transaction-batch.json")).unwrap();
    assert!(verify_checksum(&batch));
}

#[tokio::test]
async fn a_fresh_chain_gets_the_whole_plan_tried_out_and_nothing_sent() {
    let world = World::start().await;
    let desk = Desk::at(&world);
    let head = world.rpc.head().await.unwrap();

    let said = desk.run(&["bootstrap", "--json"]).await;

    assert_eq!(said.code, 0, "{said}");
    let plan = said.json();
    assert_eq!(plan["basis"]["against"], "chain");
    assert_eq!(plan["simulation"]["state"], "succeeds", "{said}");
    assert!(plan["simulation"]["gas"].as_u64().unwrap() > 1_000_000, "{said}");
    // Council and switch are as deployed, the guild and the adapters too.
    let calls = said.calls();
    assert_eq!(calls.len(), 25, "{said}");
    assert_eq!(calls[0], "setGlobalParameters");
    assert!(!calls.iter().any(|call| call.starts_with("addValidator")), "{said}");
    assert_eq!(world.rpc.head().await.unwrap(), head);
    assert_eq!(desk.documents().len(), 16);
}

#[tokio::test]
async fn members_and_adapters_that_the_chain_lacks_are_planned_after_the_manager() {
    let world = World::start().await;
    let desk = Desk::at(&world);
    let change = |name: &str, change: &dyn Fn(&mut Value)| {
        let path = desk.path("configs").join(name);
        let mut file: Value =
            serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        change(&mut file);
        std::fs::write(path, file.to_string()).unwrap();
    };
    let member = Address::repeat_byte(0x42).to_string();
    change("governance-policies.json", &|policies| {
        policies["governanceCouncil"].as_array_mut().unwrap().push(json!(member));
    });
    change("model-adapters.json", &|adapters| {
        let mut another = adapters[0].clone();
        another["id"] = json!("another");
        adapters.as_array_mut().unwrap().push(another);
    });

    let said = desk.run(&["bootstrap", "--json"]).await;

    assert_eq!(said.code, 0, "{said}");
    let calls = said.calls();
    assert_eq!(
        calls[calls.len() - 2..],
        [format!("addValidator {member}"), "registerAdapter another".to_owned()]
    );
    assert_eq!(said.json()["simulation"]["state"], "succeeds", "{said}");
    let batch: Value =
        serde_json::from_str(&desk.document("phase8-safe-transaction-batch.json")).unwrap();
    assert_eq!(batch["transactions"].as_array().unwrap().len(), calls.len());
}

#[tokio::test]
async fn a_chain_that_is_another_than_expected_is_refused_before_anything_is_written() {
    let world = World::start().await;
    let mut desk = Desk::at(&world);

    let said = desk.run(&["bootstrap", "--chain-id", "1"]).await;
    assert!(said.code == 4 && said.err.contains("serves chain 31337, expected chain 1"), "{said}");

    let nobody = Address::repeat_byte(0x11).to_string();
    let said = desk.run(&["bootstrap", "--manager", &nobody]).await;
    assert!(said.code == 4 && said.err.contains(&format!("no contract at {nobody}")), "{said}");

    let token = world.deployment.contracts.token.to_string();
    let said = desk.run(&["bootstrap", "--manager", &token]).await;
    assert!(said.code == 4 && said.err.contains("does not answer as a manager"), "{said}");

    desk.put(&manifest(|manifest| {
        about(manifest, &world.deployment);
        manifest["global"]["guardianCouncil"] = json!(nobody);
    }));
    let said = desk.run(&["bootstrap"]).await;
    assert!(said.code == 3 && said.err.contains("$.global.guardianCouncil"), "{said}");

    desk.set("OWNER_ADDRESS", &nobody);
    let said = desk.run(&["bootstrap"]).await;
    assert!(said.code == 4 && said.err.contains(&format!("OWNER_ADDRESS says {nobody}")), "{said}");

    assert!(desk.documents().is_empty());
}

#[tokio::test]
async fn an_endpoint_that_is_away_is_an_error_and_a_development_chain_that_is_away_is_not() {
    let mut desk = Desk::alone();
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    std::fs::create_dir(desk.path(".phase8")).unwrap();
    let left = json!({ "url": format!("http://{gone}") });
    std::fs::write(desk.path(".phase8/devnet.json"), left.to_string()).unwrap();

    let said = desk.run(&["bootstrap", "--json"]).await;
    assert_eq!(said.code, 0, "{said}");
    assert!(
        said.json()["remarks"].to_string().contains("development chain does not run"),
        "{said}"
    );

    desk.set("RPC_URL", format!("http://{gone}/secret-path"));
    let said = desk.run(&["bootstrap", "--json"]).await;
    assert!(said.code == 4 && said.err.contains("does not answer"), "{said}");
    assert!(!said.to_string().contains("secret-path"), "{said}");
}
