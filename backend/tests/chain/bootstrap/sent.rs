//! A plan that is sent, in every way, and taken up again.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use alloy::primitives::{Address, U64};
use phase8_shared::chain::exit::SafeBatch;
use serde_json::{Value, json};

use super::{Desk, about, manifest};
use crate::support::{World, anvil, free_port, until};

/// Keys of accounts 0 and 1 of every development chain.
const OWNER_KEY: &str = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const OTHER_KEY: &str = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";

fn put_key(desk: &Desk, key: &str) {
    let path = desk.path("owner.key");
    std::fs::write(&path, key).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

/// After this the chain is as the files say: a plan is empty.
async fn is_done(desk: &Desk) {
    let said = desk.run(&["bootstrap", "--json"]).await;
    assert_eq!((said.code, said.json()["calls"].as_u64()), (0, Some(0)), "{said}");
}

#[tokio::test]
async fn a_second_bootstrap_plans_nothing() {
    let world = World::start().await;
    let desk = Desk::at(&world);
    put_key(&desk, OWNER_KEY);

    let said = desk.run(&["bootstrap", "--execute", "-y", "--key-file", "owner.key"]).await;

    assert_eq!(said.code, 0, "{said}");
    let history = desk.history();
    assert_eq!(history.len(), 25, "{said}");
    for line in &history {
        let keys: Vec<&String> = line.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["blockNumber", "hash", "label", "slug", "status", "timestamp"]);
        assert_eq!(line["status"], 1, "{line}");
    }
    assert!(!desk.path("output/phase8-bootstrap-pending.json").exists());
    is_done(&desk).await;

    // One field of one domain: one call.
    desk.put(&manifest(|manifest| {
        about(manifest, &world.deployment);
        manifest["domains"][0]["active"] = json!(false);
    }));
    let said = desk.run(&["bootstrap"]).await;
    assert!(said.out.contains("updateDomain planetary-finance (active)"), "{said}");
    assert!(said.out.contains("1 call, 26 as the files say already"), "{said}");
}

#[tokio::test]
async fn a_run_that_was_killed_is_taken_up_and_nothing_is_sent_twice() {
    let world = World::start().await;
    let desk = Desk::at(&world);
    let automine = async |on: bool| {
        world.rpc.ask::<Value>("evm_setAutomine", json!([on])).await.unwrap();
    };
    let pending = desk.path("output/phase8-bootstrap-pending.json");
    let hash = || {
        let text = std::fs::read_to_string(&pending).ok()?;
        serde_json::from_str::<Value>(&text).ok()?["hash"].as_str().map(str::to_owned)
    };
    let owner = world.reader.owner().await.unwrap();
    let sent = async |at: &str| -> u64 {
        world.rpc.ask::<U64>("eth_getTransactionCount", json!([owner, at])).await.unwrap().to()
    };
    let before = sent("latest").await;
    automine(false).await;

    // Killed while the first transaction waits for a block, which then includes it.
    let mut run = desk.command(&["bootstrap", "--execute", "-y"]).spawn().unwrap();
    until("the first is sent", async || (sent("pending").await > before).then_some(())).await;
    let first = hash().unwrap();
    run.kill().await.unwrap();
    world.rpc.ask::<Value>("evm_mine", json!([])).await.unwrap();

    // Killed while the second waits, which the node then loses.
    let mut run = desk.command(&["bootstrap", "--execute", "-y"]).spawn().unwrap();
    until("the second is sent", async || {
        let another = hash().is_some_and(|hash| hash != first);
        (another && sent("pending").await > before + 1).then_some(())
    })
    .await;
    let second = hash().unwrap();
    run.kill().await.unwrap();
    world.rpc.ask::<Value>("anvil_dropTransaction", json!([second])).await.unwrap();
    assert_eq!(sent("pending").await, before + 1);
    automine(true).await;

    let said = desk.run(&["bootstrap", "--execute", "-y"]).await;

    assert_eq!(said.code, 0, "{said}");
    let history = desk.history();
    let hashes: BTreeSet<&str> =
        history.iter().map(|line| line["hash"].as_str().unwrap()).collect();
    assert_eq!((history.len(), hashes.len()), (25, 25), "{history:?}");
    // The very bytes of both went into blocks.
    assert_eq!([&history[0]["hash"], &history[1]["hash"]], [&json!(first), &json!(second)]);
    assert_eq!(sent("latest").await, before + 25);
    is_done(&desk).await;
}

#[tokio::test]
async fn somebody_elses_key_sends_nothing() {
    let world = World::start().await;
    let desk = Desk::at(&world);
    put_key(&desk, OTHER_KEY);
    let head = world.rpc.head().await.unwrap();
    let owner = world.reader.owner().await.unwrap();

    let said = desk.run(&["bootstrap", "--execute", "-y", "--key-file", "owner.key"]).await;
    assert!(said.code == 4 && said.err.contains(&format!("the manager obeys {owner}")), "{said}");

    let said = desk.run(&["bootstrap", "--execute"]).await;
    assert!(said.code == 1 && said.err.contains("say -y"), "{said}");

    std::fs::set_permissions(desk.path("owner.key"), std::fs::Permissions::from_mode(0o644))
        .unwrap();
    let said = desk.run(&["bootstrap", "--execute", "-y", "--key-file", "owner.key"]).await;
    assert!(said.code == 1 && said.err.contains("chmod 600"), "{said}");

    let said = desk.run(&["bootstrap", "--execute", "-y", "--output", "configs/job.json/x"]).await;
    assert_eq!(said.code, 0, "a folder that can be made is made: {said}");
    assert!(world.rpc.head().await.unwrap() > head);
}

#[tokio::test]
async fn nothing_is_sent_where_the_documents_cannot_be_written() {
    let world = World::start().await;
    let desk = Desk::at(&world);
    std::fs::write(desk.path("file"), "").unwrap();
    let head = world.rpc.head().await.unwrap();

    let said = desk.run(&["bootstrap", "--execute", "-y", "--output", "file"]).await;

    assert!(said.code == 1 && said.err.contains("file"), "{said}");
    assert_eq!(world.rpc.head().await.unwrap(), head);
}

#[tokio::test]
async fn members_are_added_at_once_and_adapters_wait_their_time() {
    let world = World::start().await;
    let desk = Desk::at(&world);
    let path = desk.path("configs/model-adapters.json");
    let mut adapters: Value =
        serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let mut another = adapters[0].clone();
    another["id"] = json!("another");
    adapters.as_array_mut().unwrap().push(another);
    std::fs::write(&path, adapters.to_string()).unwrap();
    let path = desk.path("configs/governance-policies.json");
    let mut policies: Value =
        serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let member = Address::repeat_byte(0x42);
    policies["governanceCouncil"].as_array_mut().unwrap().push(json!(member));
    std::fs::write(&path, policies.to_string()).unwrap();

    let said = desk.run(&["bootstrap", "--execute", "-y", "--json"]).await;
    assert_eq!(said.code, 0, "{said}");
    assert_eq!(said.json()["sent"].as_array().unwrap().len(), 27, "{said}");
    assert!(world.reader.guild().await.unwrap().contains(&member));

    // Scheduled: nothing is scheduled again.
    let said = desk.run(&["bootstrap", "--json"]).await;
    assert_eq!(said.json()["calls"], 0, "{said}");
    assert!(said.json()["remarks"].to_string().contains("waits until"), "{said}");

    // Its time has come: it is carried out.
    world.skip(60).await;
    let said = desk.run(&["bootstrap", "--execute", "-y", "--json"]).await;
    assert_eq!(said.calls(), ["registerAdapter another"], "{said}");
    assert_eq!(said.code, 0, "{said}");
    is_done(&desk).await;
}

#[tokio::test]
async fn a_safe_gets_a_batch_and_a_shell_gets_lines_that_do_the_same() {
    let world = World::start().await;
    let desk = Desk::at(&world);
    let head = world.rpc.head().await.unwrap();

    let safe = desk.run(&["bootstrap", "--execute", "--via", "safe"]).await;
    assert!(safe.code == 0 && safe.err.contains("phase8-safe-transaction-batch.json"), "{safe}");
    assert_eq!(world.rpc.head().await.unwrap(), head);
    let batch: SafeBatch =
        serde_json::from_str(&desk.document("phase8-safe-transaction-batch.json")).unwrap();
    assert_eq!(batch.meta.checksum, batch.computed_checksum());

    let cast = desk.run(&["bootstrap", "--execute", "--via", "cast"]).await;
    assert_eq!(cast.code, 0, "{cast}");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../contracts/node_modules/@foundry-rs/cast-linux-amd64/bin");
    let script = cast.out.replace("  # digest", " --unlocked  # digest");
    let ran = tokio::process::Command::new("sh")
        .args(["-e", "-c", &script])
        .env("PATH", format!("{}:/usr/bin:/bin", folder.display()))
        .env("ETH_RPC_URL", world.devnet.url())
        .output()
        .await
        .unwrap();

    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    assert_eq!(
        cast.out.lines().filter(|line| line.starts_with("cast send")).count(),
        batch.transactions.len()
    );
    is_done(&desk).await;
}

#[tokio::test]
async fn a_teardown_asks_and_takes_away_what_the_manifest_does_not_have() {
    let world = World::start().await;
    let desk = Desk::at(&world);
    assert_eq!(desk.run(&["bootstrap", "--execute", "-y"]).await.code, 0);
    desk.put(&manifest(|manifest| {
        about(manifest, &world.deployment);
        manifest["capitalStreams"].as_array_mut().unwrap().pop();
    }));

    let left = desk.run(&["bootstrap"]).await;
    assert!(left.out.contains("universal-floor is on the chain and not in the manifest"), "{left}");
    let asks = desk.run(&["teardown"]).await;
    assert!(asks.code == 1 && asks.err.contains("say -y"), "{asks}");
    let dry = desk.run(&["teardown", "--dry-run", "--json"]).await;
    assert_eq!(dry.calls(), ["removeCapitalStream universal-floor"], "{dry}");

    let said = desk.run(&["teardown", "-y"]).await;
    assert_eq!(said.code, 0, "{said}");
    is_done(&desk).await;

    let said = desk.run(&["teardown", "--everything", "-y", "--json"]).await;
    assert_eq!((said.code, said.json()["calls"].as_u64()), (0, Some(15)), "{said}");
    let said = desk.run(&["bootstrap", "--execute", "-y", "--json"]).await;
    assert_eq!(said.code, 0, "{said}");
    is_done(&desk).await;
}

/// A keystore as Foundry writes it.
async fn cast_keystore(desk: &Desk) {
    let cast = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../contracts/node_modules/@foundry-rs/cast-linux-amd64/bin/cast");
    let made = tokio::process::Command::new(cast)
        .args(["wallet", "import", "owner", "--private-key", OWNER_KEY])
        .args(["--unsafe-password", "correct horse", "--keystore-dir"])
        .arg(desk.folder.path())
        .output()
        .await
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    std::fs::write(desk.path("password"), "correct horse\n").unwrap();
}

#[tokio::test]
async fn a_server_relays_what_a_keystore_signs() {
    let mut desk = Desk::alone();
    let port = free_port();
    desk.set("PHASE8__HTTP__PORT", port);
    desk.set("PHASE8__CHAIN__ANVIL", anvil().display());
    let mut server = desk.command(&["serve", "--devnet"]);
    let server = server.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut server = server.spawn().unwrap();
    phase8_backend::tls::install();
    let ready = format!("http://127.0.0.1:{port}/health/ready");
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    until("the server is ready", async || {
        let answer = client.get(&ready).send().await.ok()?;
        answer.status().is_success().then_some(())
    })
    .await;
    cast_keystore(&desk).await;
    let arguments = [
        "bootstrap",
        "--execute",
        "-y",
        "--via",
        "relay",
        "--keystore",
        "owner",
        "--password-file",
        "password",
        "--json",
    ];

    let said = desk.run(&arguments).await;

    assert_eq!(said.code, 0, "{said}");
    assert_eq!((said.calls().len(), desk.history().len()), (25, 25), "{said}");
    is_done(&desk).await;
    let wrong = desk.path("password");
    std::fs::write(&wrong, "another").unwrap();
    desk.put(&manifest(|manifest| manifest["domains"][0]["active"] = json!(false)));
    let said = desk.run(&arguments).await;
    assert!(said.code == 1 && said.err.contains("the password does not open owner"), "{said}");
    // Asked to end, it takes its chain with it.
    let pid = server.id().unwrap().to_string();
    assert!(std::process::Command::new("kill").arg(pid).status().unwrap().success());
    server.wait().await.unwrap();
}
