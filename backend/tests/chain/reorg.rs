//! What becomes of transactions while the chain changes its mind, wallets change theirs, and answers get lost.

use std::time::Duration;

use alloy::primitives::{Address, B256, Bytes, U256};
use phase8_backend::chain::Reader;
use phase8_backend::relay::{Relay, RelayConfig, RelayError};
use phase8_shared::api::{ProblemCode, TransactionStatus, TransactionView};
use phase8_shared::chain::{Call, DevRole, Lever, approve_call};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::endpoint::{Endpoint, Manner};
use crate::support::{Flip, World, now, policies, relayer, tokens, until};

impl World {
    async fn tell<T: phase8_backend::chain::rpc::Answer>(
        &self,
        method: &'static str,
        params: Value,
    ) -> T {
        self.rpc.ask(method, params).await.unwrap()
    }

    /// Throws away so many blocks and puts as many others in their place, with these transactions.
    async fn reorganise(&self, depth: u64, transactions: Vec<(Bytes, u64)>) {
        self.tell::<Value>("anvil_reorg", json!([depth, transactions])).await;
    }

    async fn stop_mining(&self) {
        self.tell::<Value>("evm_setAutomine", json!([false])).await;
    }

    async fn mine(&self, blocks: u64) {
        self.tell::<Value>("anvil_mine", json!([format!("{blocks:#x}")])).await;
    }

    async fn looked(&self, hash: B256) -> TransactionView {
        self.relay.settle_all().await.unwrap();
        self.relay.find(hash).await.unwrap().unwrap()
    }

    /// The relay of a server that speaks to the chain through this endpoint, on the same database.
    fn relay_through(&self, endpoint: &Endpoint, config: RelayConfig) -> Relay {
        let reader = Reader::new(endpoint.rpc.clone(), &self.deployment);
        Relay::configured(reader, &self.deployment, self.db.clone(), now(), config)
    }

    fn pause(&self) -> Call {
        Lever::PauseFleet.call(&self.deployment.contracts)
    }

    /// The wallet sends another transaction with the same nonce, at a price that no other has.
    async fn outbid(&self, from: Address, call: &Call, nonce: u64) -> B256 {
        let price = json!({ "nonce": format!("{nonce:#x}"), "maxFeePerGas": DEAR, "maxPriorityFeePerGas": DEAR });
        self.wallet_sends(from, call, price).await
    }

    /// The wallet sends by itself.
    pub(crate) async fn wallet_sends(&self, from: Address, call: &Call, other: Value) -> B256 {
        let mut request = json!({ "from": from, "to": call.to, "data": call.data });
        for (field, value) in other.as_object().unwrap() {
            request[field] = value.clone();
        }
        self.tell("eth_sendTransaction", json!([request])).await
    }
}

const DEAR: &str = "0x174876e800";

#[tokio::test]
async fn blocks_that_follow_make_a_transaction_safe_and_then_final() {
    let world = World::start().await;
    let owner = world.account(DevRole::Owner);
    let sent = world.relay_well(owner, &world.pause()).await;
    let TransactionStatus::Included { block } = sent.status else { panic!("{sent:?}") };

    world.mine(40).await;
    assert_eq!(world.looked(sent.hash).await.status, TransactionStatus::Safe { block });
    world.mine(40).await;
    assert_eq!(world.looked(sent.hash).await.status, TransactionStatus::Final { block });

    // Whatever the chain does now, nobody looks any more.
    world.reorganise(70, Vec::new()).await;
    assert_eq!(world.looked(sent.hash).await.status, TransactionStatus::Final { block });
}

#[tokio::test]
async fn where_the_node_does_not_say_what_is_final_the_configured_depth_does() {
    let world = World::start().await;
    let endpoint = Endpoint::before(&world.rpc, Manner::KnowsNoTags).await;
    let config = RelayConfig { safe_depth: 2, final_depth: 5, ..RelayConfig::default() };
    let relay = world.relay_through(&endpoint, config);
    let sent = world.relay_well(world.account(DevRole::Owner), &world.pause()).await;
    let TransactionStatus::Included { block } = sent.status else { panic!("{sent:?}") };

    for (blocks, expected) in [
        (1, TransactionStatus::Included { block }),
        (1, TransactionStatus::Safe { block }),
        (3, TransactionStatus::Final { block }),
    ] {
        world.mine(blocks).await;
        relay.settle_all().await.unwrap();
        assert_eq!(relay.find(sent.hash).await.unwrap().unwrap().status, expected);
    }
}

#[tokio::test]
async fn the_brake_of_those_who_hold_it_waits_for_no_simulation() {
    let world = World::start().await;
    let endpoint = Endpoint::before(&world.rpc, Manner::Honest).await;
    let relay = world.relay_through(&endpoint, RelayConfig::default());
    let stop = CancellationToken::new();
    let running = tokio::spawn({
        let (relay, stop) = (relay.clone(), stop.clone());
        async move { relay.run(Duration::from_millis(50), stop).await }
    });
    let simulated = |call: &Call| {
        let data = json!(call.data);
        endpoint.asked("eth_call").iter().filter(|asked| asked[0]["data"] == data).count()
    };
    let (owner, contracts) = (world.account(DevRole::Owner), world.deployment.contracts);
    // It reads who brakes before it looks at any block.
    until("the relay knows who brakes", || async {
        (!endpoint.asked("eth_getBlockByNumber").is_empty()).then_some(())
    })
    .await;

    let resume = Lever::ResumeFleet.call(&contracts);
    for (call, simulations) in [(&world.pause(), 0), (&resume, 1)] {
        let sent = relay.submit(world.sign(owner, call).await).await.unwrap();
        until("it is included", || async {
            let view = relay.find(sent.hash).await.unwrap().unwrap();
            view.status.succeeded_in()
        })
        .await;
        assert_eq!(simulated(call), simulations, "{}", sent.call);
    }
    let stranger = world.account(DevRole::Operator);
    let raw = world.sign(stranger, &Lever::TripwirePause.call(&contracts)).await;
    let refused = relay.submit(raw).await.unwrap_err();
    assert_eq!(refused.code(), ProblemCode::PauseGuardianNotOwner, "{refused}");

    stop.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn what_a_reorganisation_takes_back_is_sent_again_and_says_so() {
    let world = World::start().await;
    let owner = world.account(DevRole::Owner);
    let sent = world.relay_well(owner, &world.pause()).await;
    let block = sent.status.succeeded_in();
    world.stop_mining().await;

    world.reorganise(1, Vec::new()).await;
    let back = world.looked(sent.hash).await;
    assert_eq!(back.status, TransactionStatus::Sent);
    assert_eq!((back.taken_back, back.taken_back_from), (1, block));

    world.mine(1).await;
    let again = world.looked(sent.hash).await;
    assert!(matches!(again.status, TransactionStatus::Included { .. }), "{again:?}");
    assert_eq!((again.taken_back, again.taken_back_from), (1, block));
    assert!(world.reader.is_fleet_paused().await.unwrap());
}

#[tokio::test]
async fn what_a_reorganisation_gives_to_another_call_is_replaced_and_can_come_back() {
    let world = World::start().await;
    let (owner, contracts) = (world.account(DevRole::Owner), world.deployment.contracts);
    let other = world.sign(owner, &approve_call(&contracts, tokens(0))).await;
    let sent = world.relay_well(owner, &world.pause()).await;

    world.reorganise(1, vec![(other.clone(), 0)]).await;
    let lost = world.looked(sent.hash).await;
    assert_eq!(lost.status, TransactionStatus::Replaced {});
    assert_eq!(lost.replaced_by, Some(alloy::primitives::keccak256(&other)));
    assert_eq!(lost.taken_back, 1);

    // And never again, however often one looks; unless the chain changes its mind once more.
    assert_eq!(world.looked(sent.hash).await, lost);
    world.reorganise(1, Vec::new()).await;
    world.relay.settle_all().await.unwrap();
    let back = world.decided(&world.relay, sent.hash).await;
    assert!(matches!(back.status, TransactionStatus::Included { .. }), "{back:?}");
    assert_eq!((back.taken_back, back.replaced_by), (1, None));
}

#[tokio::test]
async fn a_cancelled_transaction_names_the_one_that_took_its_place() {
    let world = World::start().await;
    let (owner, contracts) = (world.account(DevRole::Owner), world.deployment.contracts);
    world.stop_mining().await;
    let sent = world.relay(owner, &world.pause()).await.unwrap();

    let cancelled_by = world.outbid(owner, &approve_call(&contracts, tokens(0)), sent.nonce).await;
    world.mine(3).await;

    let view = world.looked(sent.hash).await;
    assert_eq!(view.status, TransactionStatus::Replaced {});
    assert_eq!(view.replaced_by, Some(cancelled_by));
}

#[tokio::test]
async fn who_sped_a_transaction_up_is_found_where_a_node_shows_the_block_after_its_state() {
    let world = World::start().await;
    let owner = world.account(DevRole::Owner);
    world.stop_mining().await;
    let hash = world.wallet_sends(owner, &world.pause(), json!({})).await;
    let watched = world.relay.watch(hash).await.unwrap();
    let faster = world.outbid(owner, &world.pause(), watched.nonce).await;
    world.mine(1).await;
    let endpoint = Endpoint::before(&world.rpc, Manner::ShowsBlocksLate).await;
    let reader = Reader::new(endpoint.rpc.clone(), &world.deployment);
    let late = Relay::new(reader, &world.deployment, world.db.clone(), now());

    late.settle_all().await.unwrap();

    let view = late.find(hash).await.unwrap().unwrap();
    assert!(matches!(view.status, TransactionStatus::Included { .. }), "{view:?}");
    assert_eq!(view.replaced_by, Some(faster));
}

#[tokio::test]
async fn a_wallets_own_transaction_is_followed_from_its_hash_through_a_higher_price() {
    let world = World::start().await;
    let owner = world.account(DevRole::Owner);
    world.stop_mining().await;
    let hash = world.wallet_sends(owner, &world.pause(), json!({})).await;

    let watched = world.relay.watch(hash).await.unwrap();
    let again = world.restarted_relay().watch(hash).await.unwrap();
    assert_eq!((&watched.status, &again), (&TransactionStatus::Sent, &watched));
    assert!(watched.call.ends_with("SystemPause.pauseAll"), "{watched:?}");

    let faster = world.outbid(owner, &world.pause(), watched.nonce).await;
    world.mine(1).await;
    let view = world.looked(hash).await;
    assert!(matches!(view.status, TransactionStatus::Included { .. }), "{view:?}");
    assert_eq!(view.replaced_by, Some(faster));

    // Its bytes are the wallet's: what a reorganisation takes back cannot be sent from here.
    world.reorganise(1, Vec::new()).await;
    world.tell::<Value>("anvil_dropAllTransactions", json!([])).await;
    let lost = world.looked(hash).await;
    let TransactionStatus::Refused { reason } = &lost.status else { panic!("{lost:?}") };
    assert!(reason.contains("the node does not know it any more"), "{reason}");
    assert_eq!((lost.taken_back, lost.replaced_by), (1, None));
}

#[tokio::test]
async fn a_wallets_own_transaction_that_nobody_knows_or_allows_is_not_followed() {
    let world = World::start().await;
    let owner = world.account(DevRole::Owner);

    let unknown = world.relay.watch(B256::repeat_byte(9)).await.unwrap_err();
    assert!(matches!(unknown, RelayError::Unknown(_)), "{unknown}");
    assert_eq!(unknown.code(), ProblemCode::NotFound);

    let transfer = Call { to: relayer().address(), data: Bytes::new() };
    for (call, other) in [(&transfer, json!({})), (&world.pause(), json!({ "value": "0x0" }))] {
        let allowed = call.to == world.deployment.contracts.owner_proxy;
        let hash = world.wallet_sends(owner, call, other).await;
        assert_eq!(world.relay.watch(hash).await.is_ok(), allowed);
    }
    let gift = Call { to: policies().pause_guardian, data: Bytes::new() };
    let hash = world.wallet_sends(owner, &gift, json!({ "value": "0x1" })).await;
    let refused = world.relay.watch(hash).await.unwrap_err();
    assert_eq!(refused.code(), ProblemCode::NotAllowed);
    assert!(refused.to_string().contains("carries 1 wei"), "{refused}");
    assert_eq!(world.relay.list().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_stuck_transaction_of_the_relayer_is_signed_again_and_paid_once() {
    let world = World::start().await;
    world.stop_mining().await;
    let impatient = world.relay_with(RelayConfig {
        relayer: Some(relayer()),
        stuck_after: Duration::ZERO,
        sign_again_at_most: 2,
        ..RelayConfig::default()
    });
    let call = approve_call(&world.deployment.contracts, tokens(0));
    let sent = impatient.send(&relayer(), "an intent", call, "a call").await.unwrap();
    assert_eq!(sent.status, TransactionStatus::Sent);

    for _ in 0..4 {
        impatient.settle_all().await.unwrap();
    }
    let waiting: Value = world.tell("txpool_content", json!([])).await;
    let wallet = relayer().address().to_string();
    let (_, pending) = waiting["pending"]
        .as_object()
        .unwrap()
        .iter()
        .find(|(address, _)| address.eq_ignore_ascii_case(&wallet))
        .unwrap();
    let pending = pending.as_object().unwrap();
    assert_eq!(pending.len(), 1, "{waiting:#}");
    let newest: B256 = pending.values().next().unwrap()["hash"].as_str().unwrap().parse().unwrap();
    assert_ne!(newest, sent.hash);

    world.mine(1).await;
    world.restarted_relay().settle_all().await.unwrap();
    let view = impatient.find(newest).await.unwrap().unwrap();
    assert_eq!((view.hash, view.replaced_by), (sent.hash, Some(newest)));
    assert!(matches!(view.status, TransactionStatus::Included { .. }), "{view:?}");
    let used: U256 =
        world.tell("eth_getTransactionCount", json!([relayer().address(), "latest"])).await;
    assert_eq!(used, U256::from(sent.nonce + 1));
}

#[tokio::test]
async fn the_relayers_wallet_says_when_it_is_empty() {
    let world = World::start().await;
    let relay =
        world.relay_with(RelayConfig { relayer: Some(relayer()), ..RelayConfig::default() });
    assert!(relay.relayer_health().await.unwrap().ok);
    assert_eq!(world.relay.relayer_health().await, None);

    world.tell::<Value>("anvil_setBalance", json!([relayer().address(), "0x1"])).await;

    let health = relay.relayer_health().await.unwrap();
    assert!(!health.ok && health.detail.contains("top it up"), "{health:?}");
}
