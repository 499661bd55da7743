//! Requests that the owner signs and this server's wallet carries.

use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::sol;
use alloy::sol_types::SolCall;
use futures_util::future::join_all;
use phase8_backend::chain::Reader;
use phase8_backend::relay::{Relay, RelayConfig, RequestError};
use phase8_shared::api::{ProblemCode, RequestState, RequestView, SubmitRequest};
use phase8_shared::chain::abi::{
    IBudgetManager, IManager, IOwnerProxy, IPauseGuardian, ISystemPause,
};
use phase8_shared::chain::{Call, DevRole, Lever, OwnerRequest};
use serde_json::{Value, json};

use crate::endpoint::{Endpoint, Manner};
use crate::support::{World, mission, now, relayer, seconds_from_now, until};

sol! {
    function setGuardian(address newGuardian) external;
}

/// A world whose server pays for what the owner signed.
pub(crate) struct Paying {
    pub(crate) world: World,
    pub(crate) relay: Relay,
}

impl Paying {
    pub(crate) async fn start() -> Self {
        let world = World::start().await;
        let relay = world.relay_with(paying());
        Self { world, relay }
    }

    /// The relay of a server that speaks to the chain through this endpoint, on the same database.
    fn through(&self, endpoint: &Endpoint) -> Relay {
        let reader = Reader::new(endpoint.rpc.clone(), &self.world.deployment);
        Relay::configured(reader, &self.world.deployment, self.world.db.clone(), now(), paying())
    }

    fn owner(&self) -> Address {
        self.world.account(DevRole::Owner)
    }

    pub(crate) fn pause_fleet(&self, nonce: u64) -> OwnerRequest {
        self.behind_the_door(&Lever::PauseFleet.effect(&self.world.deployment.contracts), nonce)
    }

    pub(crate) fn behind_the_door(&self, call: &Call, nonce: u64) -> OwnerRequest {
        OwnerRequest {
            chain_id: self.world.deployment.chain_id,
            proxy: self.world.deployment.contracts.owner_proxy,
            target: call.to,
            data: call.data.clone(),
            nonce: U256::from(nonce),
            deadline: seconds_from_now(3_600),
        }
    }

    pub(crate) async fn sign(&self, signer: Address, request: &OwnerRequest) -> Bytes {
        let params = json!([signer, request.typed_data_json()]);
        self.world.rpc.ask("eth_signTypedData_v4", params).await.unwrap()
    }

    /// Signed by the owner.
    async fn signed(&self, request: &OwnerRequest) -> SubmitRequest {
        submit(request, self.sign(self.owner(), request).await)
    }

    async fn refused(&self, submitted: SubmitRequest) -> (ProblemCode, String) {
        let error = self.relay.request(submitted).await.unwrap_err();
        (error.code(), error.to_string())
    }

    pub(crate) async fn decided(&self, digest: B256) -> RequestView {
        until("the request is decided", || async {
            self.relay.settle_all().await.unwrap();
            let view = self.relay.find_request(digest).await.unwrap().unwrap();
            (!matches!(view.state, RequestState::Sent { .. })).then_some(view)
        })
        .await
    }

    async fn relayers_nonce(&self) -> U256 {
        let params = json!([relayer().address(), "latest"]);
        self.world.rpc.ask("eth_getTransactionCount", params).await.unwrap()
    }

    async fn tell(&self, method: &'static str, params: Value) {
        self.world.rpc.ask::<Value>(method, params).await.unwrap();
    }
}

fn paying() -> RelayConfig {
    RelayConfig { relayer: Some(relayer()), ..RelayConfig::default() }
}

pub(crate) fn submit(request: &OwnerRequest, signature: Bytes) -> SubmitRequest {
    SubmitRequest {
        target: request.target,
        data: request.data.clone(),
        nonce: request.nonce,
        deadline: request.deadline,
        chain_id: None,
        signature,
    }
}

#[tokio::test]
async fn what_the_owner_signed_is_carried_out_without_the_owners_gas() {
    let paying = Paying::start().await;
    let request = paying.pause_fleet(0);
    let before = paying.world.reader.balance(paying.owner()).await.unwrap();

    let taken = paying.relay.request(paying.signed(&request).await).await.unwrap();
    let view = paying.decided(request.digest()).await;

    assert!(matches!(taken.state, RequestState::Sent { .. }), "{taken:?}");
    let RequestState::Included { transaction, .. } = view.state else { panic!("{view:?}") };
    assert_eq!(view.transaction, Some(transaction));
    assert_eq!(view.call, "Phase8UniversalValueManager.forwardPauseCall → SystemPause.pauseAll");
    assert_eq!((view.digest, view.signer), (request.digest(), paying.owner()));
    assert!(paying.world.reader.is_fleet_paused().await.unwrap());
    assert_eq!(paying.world.reader.balance(paying.owner()).await.unwrap(), before);
    assert_eq!(paying.relay.list_requests().await.unwrap(), [view]);
    let carrier = paying.relay.find(transaction).await.unwrap().unwrap();
    assert_eq!(carrier.from, relayer().address());
}

#[tokio::test]
async fn the_same_request_again_is_as_once_also_at_the_same_time_and_after_a_restart() {
    let paying = Paying::start().await;
    let request = paying.pause_fleet(0);
    let signed = paying.signed(&request).await;
    let nonce = paying.relayers_nonce().await;
    let other_run = paying.world.relay_with(self::paying());

    let sent = (0..8).map(|copy| {
        let relay = if copy % 2 == 0 { &paying.relay } else { &other_run };
        relay.request(signed.clone())
    });
    let views: Vec<RequestView> = join_all(sent).await.into_iter().map(Result::unwrap).collect();
    let decided = paying.decided(request.digest()).await;
    let later = paying.world.relay_with(self::paying()).request(signed).await.unwrap();

    assert!(views.iter().all(|view| view.transaction == decided.transaction), "{views:?}");
    assert_eq!(later, decided);
    assert_eq!(paying.relay.list().await.unwrap().len(), 1);
    assert_eq!(paying.relay.list_requests().await.unwrap().len(), 1);
    assert_eq!(paying.relayers_nonce().await, nonce + U256::from(1));
}

#[tokio::test]
async fn a_server_that_dies_between_storing_and_sending_sends_the_same_bytes_when_it_is_back() {
    let paying = Paying::start().await;
    let request = paying.pause_fleet(0);
    let signed = paying.signed(&request).await;
    let endpoint = Endpoint::before(&paying.world.rpc, Manner::SwallowsTransactions).await;
    let (dying, copy) = (paying.through(&endpoint), signed.clone());
    let server = tokio::spawn(async move { dying.request(copy).await });
    until("the bytes are on their way", || async {
        (!endpoint.asked("eth_sendRawTransaction").is_empty()).then_some(())
    })
    .await;
    server.abort();
    assert!(server.await.unwrap_err().is_cancelled());
    let stored = paying.relay.find_request(request.digest()).await.unwrap().unwrap();
    assert!(matches!(stored.state, RequestState::Sent { .. }), "{stored:?}");
    assert!(!paying.world.reader.is_fleet_paused().await.unwrap());

    let again = paying.relay.request(signed).await.unwrap();
    let view = paying.decided(request.digest()).await;

    assert_eq!((again.transaction, view.transaction), (stored.transaction, stored.transaction));
    assert!(matches!(view.state, RequestState::Included { .. }), "{view:?}");
    assert_eq!(paying.relay.list().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_lost_answer_is_resolved_by_looking_and_nothing_is_sent_twice() {
    let paying = Paying::start().await;
    let request = paying.pause_fleet(0);
    let endpoint = Endpoint::before(&paying.world.rpc, Manner::LosesReceipts).await;
    let relay = paying.through(&endpoint);

    let taken = relay.request(paying.signed(&request).await).await.unwrap();
    let view = until("the request is decided", || async {
        relay.settle_all().await.unwrap();
        let view = relay.find_request(request.digest()).await.unwrap().unwrap();
        matches!(view.state, RequestState::Included { .. }).then_some(view)
    })
    .await;

    assert_eq!(view.transaction, taken.transaction);
    assert_eq!(endpoint.asked("eth_sendRawTransaction").len(), 1);
    assert_eq!(paying.relay.list().await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_does_not_hold_is_refused_with_its_code_before_anything_is_stored() {
    let paying = Paying::start().await;
    let (owner, stranger) = (paying.owner(), paying.world.account(DevRole::Operator));
    let good = paying.pause_fleet(0);
    let changed = |change: fn(&mut OwnerRequest)| {
        let mut request = good.clone();
        change(&mut request);
        request
    };
    for (request, code, words) in [
        (changed(|it| it.deadline = 1_000), ProblemCode::RequestExpired, "was valid until"),
        (
            changed(|it| it.deadline = seconds_from_now(8 * 86_400)),
            ProblemCode::DeadlineTooFar,
            "at most until",
        ),
        (
            changed(|it| it.nonce = U256::from(5)),
            ProblemCode::NonceUsed,
            "carries nonce 5, expected 0",
        ),
        (
            changed(|it| it.target = Address::repeat_byte(7)),
            ProblemCode::NotAllowed,
            "none of this deployment's contracts",
        ),
        (
            changed(|it| it.data = [it.data.as_ref(), &[0]].concat().into()),
            ProblemCode::NotAllowed,
            "bytes that its arguments do not account for",
        ),
    ] {
        let found = paying.refused(paying.signed(&request).await).await;
        assert_eq!(found.0, code, "{}", found.1);
        assert!(found.1.contains(words), "{}", found.1);
    }

    let strangers = paying.sign(stranger, &good).await;
    let (code, words) = paying.refused(submit(&good, strangers)).await;
    assert_eq!(code, ProblemCode::NotTheOwner);
    assert!(words.contains(&format!("signed by {stranger}, expected {owner}")), "{words}");

    let short = paying.sign(owner, &good).await.slice(..64);
    let (code, words) = paying.refused(submit(&good, short)).await;
    assert_eq!(
        (code, words.as_str()),
        (ProblemCode::BadSignature, "a wallet's signature has 65 bytes, found 64")
    );

    let mut foreign = paying.signed(&good).await;
    foreign.chain_id = Some(1);
    let (code, words) = paying.refused(foreign).await;
    assert_eq!(code, ProblemCode::WrongChain);
    assert!(words.contains("chain 1, expected chain 31337"), "{words}");

    assert!(paying.relay.list_requests().await.unwrap().is_empty());
    assert!(paying.relay.list().await.unwrap().is_empty());
}

#[tokio::test]
async fn only_levers_pass_the_door_and_accelerators_only_into_the_timelock() {
    let paying = Paying::start().await;
    let contracts = paying.world.deployment.contracts;
    let unpause = IPauseGuardian::unpauseAllCall {}.abi_encode();
    let own = IOwnerProxy::transferOwnershipCall { newOwner: relayer().address() }.abi_encode();
    let foreign = IManager::forwardPauseCallCall { data: vec![1, 2, 3, 4].into() }.abi_encode();
    let direct = ISystemPause::pauseAllCall {}.abi_encode();
    for (to, data, words) in [
        (contracts.pause_guardian, unpause, "accelerates, so it must be scheduled"),
        (contracts.owner_proxy, own, "none of the owner proxy's levers"),
        (contracts.manager, foreign, "no function that this program knows"),
        (contracts.system_pause, direct, "none of the owner proxy's levers"),
    ] {
        let request = paying.behind_the_door(&Call { to, data: data.into() }, 0);
        let found = paying.refused(paying.signed(&request).await).await;
        assert_eq!(found.0, ProblemCode::NotAllowed, "{}", found.1);
        assert!(found.1.contains(words), "{}", found.1);
    }
}

#[tokio::test]
async fn what_the_contract_would_refuse_is_refused_in_its_words() {
    let paying = Paying::start().await;
    let cap =
        IBudgetManager::updateCapCall { mission: mission(9).key().0, microUsd: U256::from(1) };
    let call = Call {
        to: paying.world.deployment.contracts.budget_manager,
        data: cap.abi_encode().into(),
    };
    let request = paying.behind_the_door(&call, 0);

    let (code, words) = paying.refused(paying.signed(&request).await).await;

    assert_eq!(code, ProblemCode::TransactionRefused);
    assert!(words.contains("BudgetManagerUnknownMission"), "{words}");
}

#[tokio::test]
async fn a_pause_guardian_of_another_owner_is_explained_with_both_and_the_remedy() {
    let paying = Paying::start().await;
    let (contracts, other) = (paying.world.deployment.contracts, Address::repeat_byte(0x77));
    let owner_slot = json!([contracts.pause_guardian, B256::ZERO, other.into_word()]);
    paying.tell("anvil_setStorageAt", owner_slot).await;
    assert_eq!(paying.world.reader.pause_guardian_owner().await.unwrap(), other);
    let name = setGuardianCall { newGuardian: paying.owner() };
    let call = Call { to: contracts.pause_guardian, data: name.abi_encode().into() };

    let (code, words) =
        paying.refused(paying.signed(&paying.behind_the_door(&call, 0)).await).await;

    assert_eq!(code, ProblemCode::PauseGuardianNotOwner);
    assert!(words.starts_with("PAUSE_GUARDIAN_NOT_OWNER"), "{words}");
    for part in [
        contracts.owner_proxy.to_string().as_str(),
        other.to_string().as_str(),
        "Ensure OWNER_ADDRESS matches the owner of the existing pause guardian contract",
    ] {
        assert!(words.contains(part), "{words}");
    }
}

#[tokio::test]
async fn what_nobody_pays_for_stays_outstanding_until_somebody_does() {
    let paying = Paying::start().await;
    let request = paying.pause_fleet(0);
    let signed = paying.signed(&request).await;

    // A server without a wallet.
    let error = paying.world.relay.request(signed.clone()).await.unwrap_err();
    assert!(matches!(error, RequestError::NoRelayer(_)), "{error}");
    assert_eq!(error.code(), ProblemCode::NoRelayer);
    // One with an empty wallet.
    paying.tell("anvil_setBalance", json!([relayer().address(), "0x10"])).await;
    let (code, words) = paying.refused(signed.clone()).await;
    assert_eq!(code, ProblemCode::NoRelayer);
    assert!(words.contains("holds 0 ETH") && words.contains("top it up"), "{words}");
    let view = paying.decided(request.digest()).await;
    let RequestState::Outstanding { reason: Some(reason) } = &view.state else {
        panic!("{view:?}")
    };
    assert!(reason.contains("top it up") && view.transaction.is_none(), "{view:?}");

    paying.tell("anvil_setBalance", json!([relayer().address(), "0xde0b6b3a7640000"])).await;
    paying.relay.request(signed).await.unwrap();
    let view = paying.decided(request.digest()).await;
    assert!(matches!(view.state, RequestState::Included { .. }), "{view:?}");
    assert_eq!(paying.relay.list_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn requests_of_one_nonce_end_carried_by_others_void_or_expired() {
    let paying = Paying::start().await;
    let (world, owner) = (&paying.world, paying.owner());
    let contracts = world.deployment.contracts;
    let (first, second) =
        (paying.pause_fleet(0), paying.behind_the_door(&Lever::ResumeFleet.effect(&contracts), 0));
    // Nobody here pays: both stay outstanding.
    for request in [&first, &second] {
        world.relay.request(paying.signed(request).await).await.unwrap_err();
    }

    // Somebody else sends the first, which uses up the nonce of both.
    let signature = paying.sign(owner, &first).await;
    let elsewhere: B256 = {
        let call = first.relayed(signature);
        let sent =
            json!([{ "from": world.account(DevRole::Operator), "to": call.to, "data": call.data }]);
        world.rpc.ask("eth_sendTransaction", sent).await.unwrap()
    };
    let carried = until("the first is seen to be carried", || async {
        world.relay.settle_all().await.unwrap();
        let view = world.relay.find_request(first.digest()).await.unwrap().unwrap();
        matches!(view.state, RequestState::Included { .. }).then_some(view)
    })
    .await;
    assert_eq!(carried.transaction, Some(elsewhere));
    assert_eq!(paying.decided(second.digest()).await.state, RequestState::Void);
    let (code, words) = paying
        .refused(submit(
            &OwnerRequest { deadline: second.deadline + 1, ..second.clone() },
            paying.sign(owner, &second).await,
        ))
        .await;
    assert_eq!(code, ProblemCode::NonceUsed);
    assert!(words.contains("carries nonce 0, expected 1"), "{words}");

    let third = paying.behind_the_door(&Lever::ResumeFleet.effect(&contracts), 1);
    world.relay.request(paying.signed(&third).await).await.unwrap_err();
    world.skip(4_000).await;
    assert_eq!(paying.decided(third.digest()).await.state, RequestState::Expired);
}

#[tokio::test]
async fn a_request_that_others_carry_is_found_where_a_node_shows_the_block_after_its_state() {
    let paying = Paying::start().await;
    let request = paying.pause_fleet(0);
    // Nobody here pays.
    paying.world.relay.request(paying.signed(&request).await).await.unwrap_err();
    let call = request.relayed(paying.sign(paying.owner(), &request).await);
    let operator = paying.world.account(DevRole::Operator);
    let sent = paying.world.wallet_sends(operator, &call, json!({})).await;
    let endpoint = Endpoint::before(&paying.world.rpc, Manner::ShowsBlocksLate).await;
    let late = paying.through(&endpoint);

    late.settle_all().await.unwrap();

    let view = late.find_request(request.digest()).await.unwrap().unwrap();
    assert_eq!(view.transaction, Some(sent));
    assert!(matches!(view.state, RequestState::Included { .. }), "{view:?}");
}

#[tokio::test]
async fn a_second_request_with_the_nonce_of_one_under_way_is_refused() {
    let paying = Paying::start().await;
    paying.tell("evm_setAutomine", json!([false])).await;
    let first = paying.pause_fleet(0);
    let taken = paying.relay.request(paying.signed(&first).await).await.unwrap();
    assert!(matches!(taken.state, RequestState::Sent { .. }), "{taken:?}");

    let mut second = first.clone();
    second.deadline += 1;
    let (code, words) = paying.refused(paying.signed(&second).await).await;

    assert_eq!(code, ProblemCode::NonceUsed, "{words}");
    assert_eq!(paying.relay.list().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_request_that_reverts_says_why_and_can_be_sent_again() {
    let paying = Paying::start().await;
    let contracts = paying.world.deployment.contracts;
    paying.tell("evm_setAutomine", json!([false])).await;
    let request = paying.pause_fleet(0);
    let signed = paying.signed(&request).await;
    paying.relay.request(signed.clone()).await.unwrap();
    // Between the check and the block the fleet's switch gets another governance.
    let slot = json!([contracts.system_pause, B256::ZERO, Address::repeat_byte(5).into_word()]);
    let kept: B256 = paying
        .world
        .rpc
        .ask("eth_getStorageAt", json!([contracts.system_pause, "0x0", "latest"]))
        .await
        .unwrap();
    paying.tell("anvil_setStorageAt", slot).await;
    paying.tell("evm_mine", json!([])).await;
    let failed = paying.decided(request.digest()).await;
    assert!(matches!(failed.state, RequestState::Failed { .. }), "{failed:?}");

    let back = json!([contracts.system_pause, B256::ZERO, kept]);
    paying.tell("anvil_setStorageAt", back).await;
    paying.tell("evm_setAutomine", json!([true])).await;
    let again = paying.relay.request(signed).await.unwrap();
    let view = paying.decided(request.digest()).await;

    assert_ne!(again.transaction, failed.transaction);
    assert!(matches!(view.state, RequestState::Included { .. }), "{view:?}");
}
