//! What the relay takes, refuses, and remembers.

use alloy::consensus::{SignableTransaction, TxEip1559, TxEnvelope};
use alloy::eips::Encodable2718;
use alloy::network::TxSignerSync;
use alloy::primitives::{B256, Bytes, TxKind, U256};
use alloy::signers::local::PrivateKeySigner;
use alloy::sol_types::SolCall;
use phase8_backend::relay::RelayError;
use phase8_shared::api::{ProblemCode, TransactionStatus};
use phase8_shared::chain::abi::IAgiAlpha;
use phase8_shared::chain::{Call, DevRole, Lever, approve_call, fund_call};
use serde_json::{Value, json};

use crate::support::{Flip, World, mission, terms, tokens};

fn raw_call(call: &impl SolCall, to: alloy::primitives::Address) -> Call {
    Call { to, data: call.abi_encode().into() }
}

#[tokio::test]
async fn the_same_transaction_again_is_the_same_as_once() {
    let world = World::start().await;
    let operator = world.account(DevRole::Operator);
    let raw = world.sign(operator, &approve_call(&world.deployment.contracts, tokens(7))).await;

    let first = world.relay.submit(raw.clone()).await.unwrap();
    let second = world.relay.submit(raw.clone()).await.unwrap();
    let third = world.restarted_relay().submit(raw).await.unwrap();

    assert_eq!((first.hash, first.hash), (second.hash, third.hash));
    let decided = world.decided(&world.relay, first.hash).await;
    assert!(matches!(decided.status, TransactionStatus::Included { .. }), "{decided:?}");
    assert_eq!(world.relay.list().await.unwrap(), [decided]);
    assert_eq!(world.relay.find(B256::ZERO).await.unwrap(), None);
}

#[tokio::test]
async fn what_is_not_mission_controls_is_refused_before_it_is_stored() {
    let world = World::start().await;
    let contracts = world.deployment.contracts;
    let operator = world.account(DevRole::Operator);
    let transfer = Call { to: contracts.token, data: alloy::primitives::bytes!("a9059cbb") };
    let unlimited = raw_call(
        &IAgiAlpha::approveCall { spender: contracts.escrow, value: U256::MAX },
        contracts.token,
    );
    let stranger = raw_call(
        &IAgiAlpha::approveCall { spender: operator, value: U256::from(1) },
        contracts.token,
    );
    let approve = approve_call(&contracts, tokens(1));
    let cases: [(&str, &Call, Value, ProblemCode); 6] = [
        ("foreign selector", &transfer, json!({}), ProblemCode::NotAllowed),
        ("unlimited approval", &unlimited, json!({}), ProblemCode::NotAllowed),
        ("approval for a stranger", &stranger, json!({}), ProblemCode::NotAllowed),
        ("value", &approve, json!({ "value": "0x1" }), ProblemCode::NotAllowed),
        ("too much gas", &approve, json!({ "gas": "0x1312d00" }), ProblemCode::NotAllowed),
        ("used nonce", &approve, json!({}), ProblemCode::TransactionRefused),
    ];

    for (what, call, other, code) in cases {
        let raw = world.sign_with(operator, call, other).await;
        if what == "used nonce" {
            world.relay_well(operator, &approve_call(&contracts, tokens(2))).await;
        }
        let error = world.relay.submit(raw).await.unwrap_err();
        assert_eq!(error.code(), code, "{what}: {error}");
    }

    assert_eq!(world.relay.list().await.unwrap().len(), 1);
}

#[tokio::test]
async fn another_chains_transaction_is_refused_with_both_chains() {
    let world = World::start().await;
    let call = approve_call(&world.deployment.contracts, tokens(1));
    let mut transaction = TxEip1559 {
        chain_id: 1,
        gas_limit: 100_000,
        to: TxKind::Call(call.to),
        input: call.data,
        ..TxEip1559::default()
    };
    let wallet = PrivateKeySigner::from_bytes(&B256::repeat_byte(7)).unwrap();
    let signature = wallet.sign_transaction_sync(&mut transaction).unwrap();
    let raw: Bytes = TxEnvelope::from(transaction.into_signed(signature)).encoded_2718().into();

    let error = world.relay.submit(raw).await.unwrap_err();

    assert!(
        matches!(error, RelayError::WrongChain { found: Some(1), expected: 31_337 }),
        "{error}"
    );
    let words = "the transaction is signed for chain 1, expected chain 31337: switch the wallet's network and sign again";
    assert_eq!(error.to_string(), words);
}

#[tokio::test]
async fn a_mission_that_cannot_be_paid_for_is_refused_in_words() {
    let world = World::start().await;
    let contracts = world.deployment.contracts;
    let (operator, poor) = (world.account(DevRole::Operator), world.payee("planner"));
    let fund = fund_call(&contracts, mission(1).key(), &terms(&world));

    let unapproved = world.relay(operator, &fund).await.unwrap_err();
    assert_eq!(unapproved.code(), ProblemCode::TransactionRefused);
    assert!(unapproved.to_string().contains("ERC20InsufficientAllowance"), "{unapproved}");

    world.rpc.ask::<Value>("eth_sendTransaction", json!([{
        "from": poor, "to": contracts.token,
        "data": Bytes::from(IAgiAlpha::approveCall { spender: contracts.escrow, value: U256::MAX }.abi_encode()),
    }])).await.unwrap();
    let too_poor = world.relay(poor, &fund).await.unwrap_err();
    assert!(too_poor.to_string().contains("holds 0 AGIα and needs 60.8"), "{too_poor}");
}

#[tokio::test]
async fn a_restart_goes_on_with_what_was_stored() {
    let world = World::start().await;
    let owner = world.account(DevRole::Owner);
    let raw = world.sign(owner, &Lever::PauseFleet.call(&world.deployment.contracts)).await;
    world.rpc.ask::<Value>("evm_setAutomine", json!([false])).await.unwrap();
    let sent = world.relay.submit(raw).await.unwrap();
    assert_eq!(sent.status, TransactionStatus::Sent);

    // The node forgets it: the next run sends the same bytes again.
    world.rpc.ask::<Value>("anvil_dropAllTransactions", json!([])).await.unwrap();
    let relay = world.restarted_relay();
    relay.settle_all().await.unwrap();
    world.rpc.ask::<Value>("evm_mine", json!([])).await.unwrap();
    relay.settle_all().await.unwrap();

    let view = relay.find(sent.hash).await.unwrap().unwrap();
    assert!(matches!(view.status, TransactionStatus::Included { .. }), "{view:?}");
    assert!(world.reader.is_fleet_paused().await.unwrap());
}

#[tokio::test]
async fn a_transaction_that_the_wallet_sped_up_is_included_under_the_other_hash() {
    let world = World::start().await;
    let owner = world.account(DevRole::Owner);
    let contracts = world.deployment.contracts;
    let slow = world.sign(owner, &Lever::PauseFleet.call(&contracts)).await;
    let fast = world
        .sign_with(
            owner,
            &Lever::PauseFleet.call(&contracts),
            json!({
                "maxFeePerGas": "0x174876e800", "maxPriorityFeePerGas": "0x174876e800",
            }),
        )
        .await;
    world.rpc.ask::<Value>("evm_setAutomine", json!([false])).await.unwrap();

    let first = world.relay.submit(slow).await.unwrap();
    let second = world.relay.submit(fast).await.unwrap();
    world.rpc.ask::<Value>("evm_mine", json!([])).await.unwrap();
    world.relay.settle_all().await.unwrap();

    let slow = world.relay.find(first.hash).await.unwrap().unwrap();
    let fast = world.relay.find(second.hash).await.unwrap().unwrap();
    assert!(matches!(slow.status, TransactionStatus::Included { .. }), "{slow:?}");
    assert_eq!((slow.status, slow.replaced_by), (fast.status, Some(second.hash)));
    assert_eq!(fast.replaced_by, None);
}

#[tokio::test]
async fn a_reorganisation_takes_a_transaction_back_and_it_is_sent_again() {
    let world = World::start().await;
    let owner = world.account(DevRole::Owner);
    let snapshot: Value = world.rpc.ask("evm_snapshot", json!([])).await.unwrap();
    let view = world.relay_well(owner, &Lever::PauseFleet.call(&world.deployment.contracts)).await;

    world.rpc.ask::<Value>("evm_revert", json!([snapshot])).await.unwrap();
    assert!(!world.reader.is_fleet_paused().await.unwrap());
    world.relay.settle_all().await.unwrap();

    let again = world.decided(&world.relay, view.hash).await;
    assert!(matches!(again.status, TransactionStatus::Included { .. }), "{again:?}");
    assert_eq!((again.taken_back, again.taken_back_from), (1, view.status.succeeded_in()));
    assert!(world.reader.is_fleet_paused().await.unwrap());
}

#[tokio::test]
async fn a_restart_of_the_chain_leaves_settled_transactions_settled() {
    let mut world = World::start().await;
    let owner = world.account(DevRole::Owner);
    let view = world.relay_well(owner, &Lever::PauseFleet.call(&world.deployment.contracts)).await;

    world = world.restart_chain().await;
    let relay = world.restarted_relay();
    relay.settle_all().await.unwrap();

    assert_eq!(relay.find(view.hash).await.unwrap(), Some(view));
}
