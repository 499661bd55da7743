//! Deploying once, and noticing what is not there.

use std::time::Duration;

use alloy::primitives::{Address, B256};
use phase8_backend::chain::preflight::{Asked, preflight};
use phase8_backend::chain::{DeployError, Reader, Rpc, ensure_deployed, read_deployment};
use phase8_shared::api::{Check, CheckState};
use phase8_shared::chain::{DevRole, Lever};

use crate::support::{Flip, World, founding, policies, tokens};

#[tokio::test]
async fn a_second_start_finds_what_the_first_deployed() {
    let world = World::start().await;
    let path = world.folder.path().join("deployment.json");
    let head = world.rpc.head().await.unwrap();

    let again = ensure_deployed(&world.rpc, &path, founding(&policies())).await.unwrap();

    assert_eq!(again, world.deployment);
    assert_eq!(world.rpc.head().await.unwrap(), head);
    assert_eq!(read_deployment(&world.rpc, &path).await.unwrap(), world.deployment);
}

#[tokio::test]
async fn a_deployment_without_its_file_or_code_is_made_anew() {
    let world = World::start().await;
    let path = world.folder.path().join("deployment.json");

    std::fs::remove_file(&path).unwrap();
    let second = ensure_deployed(&world.rpc, &path, founding(&policies())).await.unwrap();
    assert_ne!(second.contracts, world.deployment.contracts);

    let mut broken = second.clone();
    broken.contracts.budget_manager = Address::repeat_byte(0x77);
    std::fs::write(&path, serde_json::to_string(&broken).unwrap()).unwrap();
    let third = ensure_deployed(&world.rpc, &path, founding(&policies())).await.unwrap();
    assert_ne!(third.contracts, second.contracts);
    assert_eq!(third, read_deployment(&world.rpc, &path).await.unwrap());
}

#[tokio::test]
async fn the_guild_follows_the_policies_and_missions_keep_their_escrow() {
    let world = World::start().await;
    let path = world.folder.path().join("deployment.json");
    assert_eq!(world.reader.guild().await.unwrap(), policies().guild());
    let mut changed = policies();
    changed.governance_council = vec![Address::repeat_byte(0x42), changed.governance_council[0]];

    let deployment = ensure_deployed(&world.rpc, &path, founding(&changed)).await.unwrap();

    assert_eq!(deployment.contracts, world.deployment.contracts);
    let mut found = world.reader.guild().await.unwrap();
    let mut wanted = changed.guild();
    found.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(found, wanted);
}

#[tokio::test]
async fn a_file_for_elsewhere_is_refused_in_words() {
    let world = World::start().await;
    let path = world.folder.path().join("other.json");
    let mut foreign = world.deployment.clone();

    foreign.chain_id = 1;
    std::fs::write(&path, serde_json::to_string(&foreign).unwrap()).unwrap();
    let error = read_deployment(&world.rpc, &path).await.unwrap_err();
    assert!(matches!(error, DeployError::WrongChain { found: 1, expected: 31_337, .. }), "{error}");

    foreign = world.deployment.clone();
    foreign.contracts.token = foreign.contracts.owner_proxy;
    std::fs::write(&path, serde_json::to_string(&foreign).unwrap()).unwrap();
    let error = read_deployment(&world.rpc, &path).await.unwrap_err();
    assert!(matches!(error, DeployError::Mixed { contract: "MissionEscrow.token", .. }), "{error}");

    std::fs::write(&path, "{}").unwrap();
    let error = read_deployment(&world.rpc, &path).await.unwrap_err();
    assert!(matches!(error, DeployError::Parse { .. }), "{error}");

    let error =
        read_deployment(&world.rpc, &world.folder.path().join("absent.json")).await.unwrap_err();
    assert!(matches!(error, DeployError::File { .. }), "{error}");
}

fn found(checks: &[Check], state: CheckState) -> Vec<&str> {
    checks.iter().filter(|check| check.state == state).map(|check| check.id.as_str()).collect()
}

#[tokio::test]
async fn a_fresh_chain_is_ready_for_launch() {
    let world = World::start().await;
    let asked = Asked {
        operator: Some(world.account(DevRole::Operator)),
        deposit: Some(tokens(1_000)),
        relayer: Some(world.account(DevRole::Relayer)),
    };

    let checks = preflight(&world.reader, &world.deployment, &policies(), asked).await;

    assert!(checks.iter().all(|check| check.state == CheckState::Pass), "{checks:#?}");
    assert_eq!(checks.len(), 19);
}

#[tokio::test]
async fn the_checklist_says_what_is_wrong_and_what_to_do() {
    let world = World::start().await;
    let owner = world.account(DevRole::Owner);
    world.relay_well(owner, &Lever::PauseFleet.call(&world.deployment.contracts)).await;
    let mut expected = policies();
    expected.owner = Address::repeat_byte(0x11);
    expected.pause_guardian = Address::repeat_byte(0x22);
    expected.global_pause = true;
    let asked = Asked {
        operator: Some(Address::repeat_byte(0x33)),
        deposit: Some(tokens(5)),
        relayer: None,
    };

    let checks = preflight(&world.reader, &world.deployment, &expected, asked).await;

    let failed =
        ["owner", "pause_guardian", "fleet", "operator_gas", "operator_tokens", "global_pause"];
    assert_eq!(found(&checks, CheckState::Fail), failed);
    let tokens = checks.iter().find(|check| check.id == "operator_tokens").unwrap();
    assert_eq!((tokens.found.as_str(), tokens.expected.as_str()), ("0 AGIα", "5 AGIα"));
    assert!(
        checks.iter().all(|check| (check.state == CheckState::Pass) == check.mend.is_empty()),
        "{checks:#?}"
    );
}

#[tokio::test]
async fn a_chain_that_is_away_blocks_a_launch() {
    let world = World::start().await;
    let away = format!("http://127.0.0.1:{}", crate::support::free_port());
    let reader =
        Reader::new(Rpc::connect(&away, Duration::from_secs(1)).unwrap(), &world.deployment);

    let checks = preflight(&reader, &world.deployment, &policies(), Asked::default()).await;

    assert_eq!(found(&checks, CheckState::Unknown), ["chain"]);
    assert_eq!(checks[0].found, format!("the chain at {away} does not answer"));
    assert_eq!(checks[0].mend, format!("start the node at {away}, or correct its address"));
}

#[tokio::test]
async fn a_brake_that_belongs_to_somebody_else_is_a_line_of_the_checklist() {
    let world = World::start().await;
    let (contracts, other) = (world.deployment.contracts, Address::repeat_byte(0x77));
    let slot = serde_json::json!([contracts.pause_guardian, B256::ZERO, other.into_word()]);
    let _: serde_json::Value = world.rpc.ask("anvil_setStorageAt", slot).await.unwrap();

    let checks = preflight(&world.reader, &world.deployment, &policies(), Asked::default()).await;

    assert_eq!(found(&checks, CheckState::Fail), ["pause_guardian_owner"]);
    let line = checks.iter().find(|check| check.id == "pause_guardian_owner").unwrap();
    assert!(line.mend.starts_with("PAUSE_GUARDIAN_NOT_OWNER"), "{}", line.mend);
    for part in [other.to_string(), contracts.owner_proxy.to_string(), "OWNER_ADDRESS".to_owned()] {
        assert!(format!("{line:?}").contains(&part), "{part} in {line:?}");
    }
}
