//! Who somebody is, read from the real contracts: roles, and read tokens while they stand.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use alloy::primitives::{Address, Bytes, U256};
use alloy::sol_types::SolCall;
use phase8_backend::chain::Quorum;
use phase8_backend::chain::governance::GovernanceIndex;
use phase8_backend::chain::quorum::{Patience, QuorumConfig};
use phase8_backend::relay::RelayDb;
use phase8_backend::session::{
    Access, ChainSide as _, Contracts, Credentials, Opened, Rules, SessionError, Sessions, Token,
};
use phase8_shared::api::{AccessRole, Anonymous, ProblemCode, SignInNonce};
use phase8_shared::chain::abi::IAttestationModule;
use phase8_shared::chain::{Call, DevRole, Lever};
use phase8_shared::siwe::Message;
use phase8_shared::time::Timestamp;
use serde_json::json;

use crate::support::{Flip as _, World, mission, now};

const DOMAIN: &str = "127.0.0.1:8080";

/// Sessions over the world's contracts, and the index that tells them of summonses.
pub(crate) async fn sessions(world: &World) -> (Sessions, Contracts, GovernanceIndex) {
    let every = Duration::from_millis(50);
    let mut index = GovernanceIndex::new(world.reader.clone(), world.deployment.from_block, every);
    index.look().await.unwrap();
    let config = QuorumConfig { chain_id: 31_337, needed: 1, patience: Patience::default() };
    let quorum = Quorum::new(vec![world.rpc.clone()], config, now());
    let contracts = Contracts::new(quorum, world.reader.clone(), index.known());
    let rules = Rules {
        chain_id: 31_337,
        anonymous: Anonymous::Nothing,
        operators: BTreeSet::new(),
        validators_read_all: false,
        session_millis: 3_600_000,
    };
    let (key, db) = (Token::fresh().unwrap(), RelayDb::in_memory().unwrap());
    let sessions =
        Sessions::open(rules, &key, db, now(), Arc::new(contracts.clone())).await.unwrap();
    (sessions, contracts, index)
}

/// A message of this account that holds.
pub(crate) async fn message(sessions: &Sessions, account: Address) -> Message {
    let SignInNonce { nonce, issued_at, expires_at } = sessions.nonce().await.unwrap();
    Message {
        scheme: None,
        domain: DOMAIN.to_owned(),
        address: account,
        statement: None,
        uri: format!("http://{DOMAIN}"),
        chain_id: 31_337,
        nonce,
        issued_at,
        expiration_time: Some(expires_at),
        not_before: None,
        request_id: None,
        resources: Vec::new(),
    }
}

pub(crate) async fn give(
    sessions: &Sessions,
    message: &Message,
    signature: &Bytes,
) -> Result<Opened, SessionError> {
    sessions.sign_in(&message.to_string(), signature, DOMAIN).await
}

async fn signed_in(world: &World, sessions: &Sessions, account: Address) -> Credentials {
    let message = message(sessions, account).await;
    let bytes = Bytes::from(message.to_string().into_bytes());
    let signature: Bytes = world.rpc.ask("personal_sign", json!([bytes, account])).await.unwrap();
    let opened = give(sessions, &message, &signature).await.unwrap();
    Credentials { session: Some(opened.token.hash()), key: None }
}

#[tokio::test]
async fn roles_are_those_of_the_contracts() {
    let world = World::start().await;
    let (_, contracts, _) = sessions(&world).await;
    let roles =
        async |account| contracts.standing(account, Timestamp::from_millis(0)).await.unwrap().roles;

    assert!(roles(world.account(DevRole::Owner)).await.contains(&AccessRole::Owner));
    let guardian = roles(world.account(DevRole::PauseGuardian)).await;
    assert!(guardian.contains(&AccessRole::PauseGuardian));
    let members = world.accounts(DevRole::Validator);
    assert_eq!(roles(members[0]).await, BTreeSet::from([AccessRole::Validator]));
    let member = roles(members[1]).await;
    assert_eq!(member, BTreeSet::from([AccessRole::Guardian, AccessRole::Validator]));
    assert_eq!(roles(world.account(DevRole::Payee)).await, BTreeSet::new());
}

#[tokio::test]
async fn a_read_token_is_its_validators_alone_and_ends_when_it_is_revoked_or_expires() {
    let world = World::start().await;
    let addresses = world.deployment.contracts;
    let owner = world.account(DevRole::Owner);
    let validator = world.account(DevRole::Validator);
    let (sessions, _, mut index) = sessions(&world).await;
    let (session, other) = (
        signed_in(&world, &sessions, validator).await,
        signed_in(&world, &sessions, world.account(DevRole::Payee)).await,
    );
    let may = async |credentials| {
        let visitor = sessions.visitor(credentials).await.unwrap();
        visitor.may(Access::Mission, Some(&mission(1)))
    };
    let summon = async |seconds: u64| {
        let expiry = world.reader.block_time().await.unwrap() + seconds;
        let lever = Lever::Summon { mission: mission(1).key(), validator, expiry };
        world.relay_well(owner, &lever.call(&addresses)).await;
    };
    assert_eq!(may(session).await.unwrap_err().code(), ProblemCode::RoleNeeded);

    summon(3_600).await;
    index.look().await.unwrap();
    assert!(may(session).await.is_ok());
    assert_eq!(may(other).await.unwrap_err().code(), ProblemCode::RoleNeeded);
    let revoke = IAttestationModule::revokeCall { token: U256::from(1) };
    let revoke = Call { to: addresses.attestation_module, data: revoke.abi_encode().into() };
    let door = phase8_shared::chain::abi::IOwnerProxy::executeCall {
        target: revoke.to,
        data: revoke.data.clone(),
    };
    let door = Call { to: addresses.owner_proxy, data: door.abi_encode().into() };
    world.relay_well(owner, &door).await;
    index.look().await.unwrap();
    assert_eq!(may(session).await.unwrap_err().code(), ProblemCode::RoleNeeded);

    summon(3_600).await;
    index.look().await.unwrap();
    assert!(may(session).await.is_ok());
    world.skip(3_600).await;
    index.look().await.unwrap();
    assert_eq!(may(session).await.unwrap_err().code(), ProblemCode::RoleNeeded);
}
