//! The exits outside the page, each on a real chain: the very line for `cast` run by a shell, and what `cast` makes of the
//! same intent by itself.
//!
//! `PHASE8_CAST` names the binary; without it the one that npm installed is used.

use std::path::{Path, PathBuf};

use alloy::consensus::crypto::secp256k1::recover_signer_unchecked;
use alloy::primitives::{Address, B256, Bytes, Signature, U256};
use phase8_shared::chain::abi::{IOwnerProxy, ITimelock};
use phase8_shared::chain::exit::{
    CastLine, ChainCheck, Evidence, EvidenceAround, LeverWords, Verdict, verify,
};
use phase8_shared::chain::{Circumstances, DevRole, Intent, Lever};
use phase8_shared::money::MicroUsd;
use tokio::process::Command;

use crate::support::{DELAY, World, mission, now, seconds_from_now, terms};

/// The development chain's first key, which everybody knows.
const OWNER_KEY: &str = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

/// The cast binary to test with.
fn cast() -> PathBuf {
    if let Some(path) = std::env::var_os("PHASE8_CAST") {
        return path.into();
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let path = root.join("contracts/node_modules/@foundry-rs/cast-linux-amd64/bin/cast");
    assert!(path.exists(), "set PHASE8_CAST to a cast binary, or run `npm ci` in contracts/");
    path
}

/// What a program writes, which must succeed.
async fn output(command: &mut Command) -> String {
    let done = command.kill_on_drop(true).output().await.unwrap();
    let (out, err) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{out}\n{err}");
    out.trim().to_owned()
}

async fn ask_cast(arguments: &[&str]) -> String {
    output(Command::new(cast()).args(arguments)).await
}

/// A shell in which `cast` is found, the endpoint is set, and the owner's key is in a keystore.
async fn shell(world: &World, line: &str) -> String {
    let folder = world.folder.path().join("keys");
    std::fs::create_dir_all(&folder).unwrap();
    let (keystore, password) = (folder.join("owner"), folder.join("password"));
    if !keystore.exists() {
        let folder = folder.to_str().unwrap();
        let import = ["wallet", "import", "owner", "--keystore-dir", folder];
        let key = ["--private-key", OWNER_KEY, "--unsafe-password", ""];
        ask_cast(&[&import[..], &key[..]].concat()).await;
        std::fs::write(&password, "").unwrap();
    }
    let bin = cast().parent().unwrap().to_str().unwrap().to_owned();
    let path = format!("{bin}:{}", std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new("sh");
    command
        .args(["-c", line])
        .env("PATH", path)
        .env("ETH_RPC_URL", world.devnet.url())
        .env("ETH_KEYSTORE", keystore)
        .env("ETH_PASSWORD", password);
    output(&mut command).await
}

async fn intent(world: &World, lever: Lever) -> Intent {
    let contracts = &world.deployment.contracts;
    let owner = world.account(DevRole::Owner);
    let nonce =
        world.rpc.view(contracts.owner_proxy, IOwnerProxy::noncesCall { owner }).await.unwrap();
    let around = Circumstances {
        chain_id: world.deployment.chain_id,
        nonce,
        deadline: seconds_from_now(3_600),
        delay: u64::from(DELAY),
        salt: B256::repeat_byte(9),
    };
    Intent::new(lever, contracts, around)
}

fn evidence(world: &World, intent: &Intent) -> Evidence {
    let around = EvidenceAround {
        contracts: world.deployment.contracts,
        owner: world.account(DevRole::Owner),
        words: LeverWords::default(),
        check: ChainCheck::unavailable("not asked".to_owned()),
        page_digest: None,
        created_at: now()(),
    };
    Evidence::of(intent, around)
}

async fn digest_on_chain(world: &World, intent: &Intent) -> B256 {
    let request = intent.request.message();
    let proxy = world.deployment.contracts.owner_proxy;
    world.rpc.view(proxy, IOwnerProxy::requestDigestCall { request }).await.unwrap()
}

#[tokio::test]
async fn the_very_line_run_by_a_shell_pauses_the_fleet_and_resumes_it() {
    let world = World::start().await;
    let owner = world.account(DevRole::Owner);
    let pause = intent(&world, Lever::PauseFleet).await;

    let script = CastLine::new(&pause, owner).script(pause.lever.title());
    shell(&world, &script).await;
    assert!(world.reader.is_fleet_paused().await.unwrap());

    let resume = intent(&world, Lever::PauseFleet.inverse().unwrap()).await;
    shell(&world, &CastLine::new(&resume, owner).to_string()).await;
    assert!(!world.reader.is_fleet_paused().await.unwrap());
}

#[tokio::test]
async fn the_line_lowers_a_cap_through_a_node_that_holds_the_key() {
    let world = World::start().await;
    let (owner, terms) = (world.account(DevRole::Owner), terms(&world));
    let key = mission(1).key();
    world.fund(mission(1), &terms).await;
    let new = MicroUsd::new(300_000_000);
    let lower = Lever::BudgetCap { mission: key, now: terms.budget_cap, new };

    let line = CastLine::new(&intent(&world, lower).await, owner).to_string();
    shell(&world, &line.replace("  # digest", " --unlocked  # digest")).await;

    assert_eq!(world.reader.cap_of(key).await.unwrap(), new);
}

#[tokio::test]
async fn a_line_for_another_chain_is_not_sent() {
    let world = World::start().await;
    let mut line =
        CastLine::new(&intent(&world, Lever::PauseFleet).await, world.account(DevRole::Owner));
    line.chain_id = 1;

    shell(&world, &format!("! {line}")).await;

    assert!(!world.reader.is_fleet_paused().await.unwrap());
}

#[tokio::test]
async fn cast_makes_the_same_bytes_of_the_same_intent() {
    let world = World::start().await;
    for lever in [Lever::PauseFleet, Lever::ResumeAfterTripwire] {
        let intent = intent(&world, lever).await;
        let (target, data) = (intent.request.target.to_string(), intent.request.data.to_string());

        let made = ask_cast(&["calldata", "execute(address,bytes)", &target, &data]).await;
        let whole = intent.transaction().data.to_string();
        let taken = ask_cast(&["decode-calldata", "execute(address,bytes)", &whole]).await;

        assert_eq!(made, whole);
        assert_eq!(taken, format!("{target}\n{data}"));
    }
}

#[tokio::test]
async fn chain_cast_and_page_compute_the_same_digest() {
    let world = World::start().await;
    let owner = world.account(DevRole::Owner);
    let intent = intent(&world, Lever::PauseFleet).await;
    let evidence = evidence(&world, &intent);
    let file = world.folder.path().join("typed-data.json");
    std::fs::write(&file, evidence.eip712.typed_data.to_string()).unwrap();

    let file = file.to_str().unwrap();
    let sign = ["wallet", "sign", "--data", "--from-file", file, "--private-key", OWNER_KEY];
    let signature: Bytes = ask_cast(&sign).await.parse().unwrap();

    assert_eq!(digest_on_chain(&world, &intent).await, intent.digest());
    assert_eq!(evidence.exits.cast.parse::<CastLine>().unwrap().digest, intent.digest());
    let parsed = Signature::from_raw(&signature).unwrap();
    assert_eq!(recover_signer_unchecked(&parsed, intent.digest()).unwrap(), owner);

    // What cast signed from the file's typed data is what the door takes from anybody.
    let signed = evidence.signed(signature);
    assert!(verify(&signed.to_text()).iter().all(|check| check.verdict == Verdict::Holds));
    let relayer = world.account(DevRole::Relayer);
    world.relay_well(relayer, &signed.exits.relayed.unwrap()).await;
    assert!(world.reader.is_fleet_paused().await.unwrap());
}

#[tokio::test]
async fn an_operation_waits_under_the_id_that_the_evidence_names() {
    let world = World::start().await;
    let intent = intent(&world, Lever::ResumeAfterTripwire).await;
    let evidence = evidence(&world, &intent);

    shell(&world, &evidence.exits.cast).await;

    let operation = evidence.operation.unwrap();
    let timestamp =
        world.rpc.view(operation.timelock, ITimelock::getTimestampCall { id: operation.id }).await;
    assert!(timestamp.unwrap() > U256::from(1), "it waits");
    assert_ne!(operation.timelock, Address::ZERO);
}
