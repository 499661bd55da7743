//! Reads that gate a lever, over endpoints of every manner before a real chain.

use std::sync::Arc;
use std::time::Duration;

use alloy::primitives::{Address, B256, Bytes, U64, U256};
use alloy::sol_types::{SolCall, SolEvent};
use phase8_backend::chain::quorum::{Patience, QuorumConfig};
use phase8_backend::chain::{Quorum, QuorumError, Rpc};
use phase8_shared::api::{
    EndpointSaid, ProblemCode, ReadAnswer, ReadRequest, ReadValue, Said, SimulatedCall,
    SimulatedOutcome,
};
use phase8_shared::chain::abi::{IManager, IOwnerProxy, ISystemPause};
use phase8_shared::chain::{Call, DevRole};
use phase8_shared::time::Timestamp;
use serde_json::{Value, json};

use crate::endpoint::{Endpoint, Manner};
use crate::support::{World, now};

/// A world, and endpoints before its chain.
struct Chorus {
    world: World,
    endpoints: Vec<Endpoint>,
    quorum: Quorum,
}

impl Chorus {
    /// These endpoints, more than half of which must agree.
    async fn of(manners: &[Manner]) -> Self {
        let world = World::start().await;
        phase8_backend::tls::install();
        let mut endpoints = Vec::new();
        for manner in manners {
            endpoints.push(Endpoint::before(&world.rpc, *manner).await);
        }
        let rpcs = endpoints.iter().map(|endpoint| endpoint.rpc.clone()).collect();
        let quorum = quorum(rpcs, world.deployment.chain_id);
        Self { world, endpoints, quorum }
    }

    /// Whether the fleet is paused.
    fn paused(&self) -> Call {
        call(self.world.deployment.contracts.system_pause, &ISystemPause::pausedCall {})
    }

    /// Pause Fleet, by whoever.
    fn pause(&self, from: Address) -> SimulatedCall {
        let contracts = &self.world.deployment.contracts;
        let pause = ISystemPause::pauseAllCall {}.abi_encode();
        let forward = IManager::forwardPauseCallCall { data: pause.into() }.abi_encode();
        let execute = IOwnerProxy::executeCall { target: contracts.manager, data: forward.into() };
        let call = call(contracts.owner_proxy, &execute);
        SimulatedCall { from, to: call.to, data: call.data }
    }

    fn owner(&self) -> Address {
        self.world.account(DevRole::Owner)
    }

    async fn pause_for_real(&self) {
        let SimulatedCall { to, data, .. } = self.pause(self.owner());
        self.world.relay_well(self.owner(), &Call { to, data }).await;
    }

    async fn read_paused(&self) -> Result<ReadAnswer, QuorumError> {
        self.quorum.read(&ReadRequest::of(vec![self.paused()])).await
    }

    async fn try_pause(&self, from: Address) -> Result<ReadAnswer, QuorumError> {
        let request = ReadRequest::around(vec![self.paused()], self.pause(from));
        self.quorum.read(&request).await
    }

    fn name(&self, place: usize) -> &str {
        &self.endpoints[place].name
    }
}

fn quorum(endpoints: Vec<Rpc>, chain_id: u64) -> Quorum {
    let patience = Patience { limit: Duration::from_secs(5), grace: Duration::from_millis(50) };
    Quorum::new(endpoints, QuorumConfig { chain_id, needed: 0, patience }, now())
}

fn call(to: Address, call: &impl SolCall) -> Call {
    Call { to, data: call.abi_encode().into() }
}

fn is_paused(value: &ReadValue) -> bool {
    value.decode::<ISystemPause::pausedCall>().unwrap()
}

fn said(endpoints: &[EndpointSaid]) -> Vec<&Said> {
    endpoints.iter().map(|endpoint| &endpoint.said).collect()
}

/// What the dissenter at this place says.
fn dissent(endpoints: &[EndpointSaid], place: usize) -> &str {
    let Said::Dissents { what } = &endpoints[place].said else { panic!("{endpoints:?}") };
    what
}

const AGREED: Said = Said::Agreed {};

#[tokio::test]
async fn one_endpoint_is_a_quorum_of_one_and_shows_it() {
    let chorus = Chorus::of(&[Manner::Honest]).await;
    let head = chorus.world.rpc.latest_block().await.unwrap();

    let answer = chorus.read_paused().await.unwrap();

    assert_eq!((answer.quorum, answer.endpoints.len()), (1, 1));
    assert!(answer.is_unanimous());
    assert_eq!((answer.block, answer.block_hash), (head.number(), head.hash));
    assert_eq!(answer.timestamp, head.timestamp.to::<u64>());
    assert!(!is_paused(&answer.before[0]));
    assert_eq!((answer.outcome, answer.after), (None, None));
}

#[tokio::test]
async fn a_liar_beside_two_honest_endpoints_is_outvoted_and_named() {
    let chorus = Chorus::of(&[Manner::Honest, Manner::LiesAboutReads, Manner::Honest]).await;

    let answer = chorus.read_paused().await.unwrap();

    assert!(!is_paused(&answer.before[0]));
    assert_eq!(answer.quorum, 2);
    assert_eq!(answer.endpoints[1].name, chorus.name(1));
    assert_eq!(
        said(&answer.endpoints),
        [
            &AGREED,
            &Said::Dissents { what: "answers read 1 of 1 with 0x1 (the others: 0x0)".to_owned() },
            &AGREED
        ]
    );
}

#[tokio::test]
async fn a_liar_beside_one_honest_endpoint_means_no_answer_and_both_are_named() {
    let chorus = Chorus::of(&[Manner::Honest, Manner::LiesAboutReads]).await;

    let refusal = chorus.read_paused().await.unwrap_err();

    assert_eq!(refusal.code(), ProblemCode::EndpointsDisagree);
    let (honest, liar) = (chorus.name(0), chorus.name(1));
    assert_eq!(
        refusal.to_string(),
        format!(
            "2 of 2 endpoints must say the same and do not: {honest} answers read 1 of 1 with 0x0; {liar} answers read \
             1 of 1 with 0x1"
        )
    );
}

#[tokio::test]
async fn a_lie_about_what_a_call_changes_is_found_too() {
    let chorus = Chorus::of(&[Manner::Honest, Manner::Honest, Manner::LiesAboutTheOutcome]).await;

    let answer = chorus.try_pause(chorus.owner()).await.unwrap();

    assert!(is_paused(&answer.after.unwrap()[0]));
    assert_eq!(
        dissent(&answer.endpoints, 2),
        "answers read 1 of 1 after the simulated call with 0x2 (the others: 0x1)"
    );
}

#[tokio::test]
async fn when_too_few_answer_the_chain_counts_as_away() {
    let chorus = Chorus::of(&[Manner::Honest, Manner::Babbles, Manner::Fails]).await;

    let refusal = chorus.read_paused().await.unwrap_err();

    assert_eq!(refusal.code(), ProblemCode::ChainUnreachable);
    let words = refusal.to_string();
    assert_eq!(
        words,
        format!(
            "fewer than 2 of 3 endpoints answer: {} is at block {}; {}: answers eth_chainId with something that cannot be \
             read; {}: answers with HTTP status 429",
            chorus.name(0),
            position(&chorus).await,
            chorus.name(1),
            chorus.name(2),
        )
    );
    assert!(!words.contains("secret"), "{words}");
}

async fn position(chorus: &Chorus) -> String {
    let head = chorus.world.rpc.latest_block().await.unwrap();
    format!("{} {}", head.number(), head.hash)
}

#[tokio::test]
async fn an_endpoint_that_is_away_is_named_without_its_key() {
    let chorus = Chorus::of(&[]).await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let away =
        Rpc::connect(&format!("http://{address}/v3/secret"), Duration::from_secs(1)).unwrap();
    let quorum = quorum(vec![away], chorus.world.deployment.chain_id);

    let refusal = quorum.read(&ReadRequest::of(vec![chorus.paused()])).await.unwrap_err();

    assert_eq!(refusal.code(), ProblemCode::ChainUnreachable);
    assert_eq!(
        refusal.to_string(),
        format!("the only endpoint gives no answer: {address}: does not answer")
    );
}

#[tokio::test]
async fn one_that_hangs_is_not_waited_for_once_the_others_agree() {
    let chorus = Chorus::of(&[Manner::Hangs, Manner::Honest, Manner::Honest]).await;

    let answer = chorus.try_pause(chorus.owner()).await.unwrap();

    assert!(matches!(answer.outcome, Some(SimulatedOutcome::Succeeds { .. })));
    let why = "no answer 50 ms after the others".to_owned();
    assert_eq!(said(&answer.endpoints), [&Said::Silent { why }, &AGREED, &AGREED]);
}

#[tokio::test]
async fn another_chain_and_a_forged_or_future_block_are_dissent() {
    let chorus = Chorus::of(&[
        Manner::Honest,
        Manner::ServesAnotherChain,
        Manner::ForgesTheHash,
        Manner::ClaimsTheFuture,
        Manner::Honest,
        Manner::Honest,
        Manner::Honest,
    ])
    .await;
    let head = chorus.world.rpc.latest_block().await.unwrap();

    let answer = chorus.read_paused().await.unwrap();

    assert_eq!((answer.block_hash, answer.quorum), (head.hash, 4));
    let (number, future) = (head.number(), head.number() + 1_000);
    assert_eq!(dissent(&answer.endpoints, 1), "serves chain 1, expected chain 31337");
    assert_eq!(
        dissent(&answer.endpoints, 2),
        format!("its block {number} is {}, not {}", B256::repeat_byte(0xab), head.hash)
    );
    assert_eq!(
        dissent(&answer.endpoints, 3),
        format!("is at block {future}, 1000 blocks and 1000 seconds ahead of the others")
    );
    assert_eq!(chorus.quorum.survey().await.endpoints, answer.endpoints);
}

#[tokio::test]
async fn every_question_is_about_one_block_by_its_hash() {
    let chorus = Chorus::of(&[Manner::Honest, Manner::Honest]).await;

    let answer = chorus.try_pause(chorus.owner()).await.unwrap();

    let at = json!({ "blockHash": answer.block_hash, "requireCanonical": true });
    for endpoint in &chorus.endpoints {
        for method in ["eth_call", "eth_simulateV1"] {
            let asked = endpoint.asked(method);
            assert_eq!(asked.len(), 1, "{method}");
            assert_eq!(asked[0][1], at, "{method}");
        }
    }
}

#[tokio::test]
async fn endpoints_that_are_not_level_are_read_at_the_block_that_both_have() {
    let chorus = Chorus::of(&[Manner::Honest, Manner::LagsByOne]).await;
    chorus.pause_for_real().await;
    let head = chorus.world.rpc.head().await.unwrap();

    let answer = chorus.read_paused().await.unwrap();

    assert_eq!(answer.block, head - 1);
    assert!(!is_paused(&answer.before[0]), "as it was before the pause");
    assert!(answer.is_unanimous());
}

#[tokio::test]
async fn forks_of_one_block_are_read_where_they_parted() {
    let chorus = Chorus::of(&[Manner::Honest, Manner::IsOnAFork]).await;
    chorus.pause_for_real().await;
    let head = chorus.world.rpc.latest_block().await.unwrap();

    let answer = chorus.read_paused().await.unwrap();

    assert_eq!(answer.block, head.number() - 1);
    assert!(!is_paused(&answer.before[0]), "as it was before the pause");
    assert!(answer.is_unanimous());
}

#[tokio::test]
async fn a_block_that_is_lost_between_two_questions_is_asked_for_once_more() {
    let chorus = Chorus::of(&[Manner::LosesTheBlockOnce, Manner::Honest]).await;

    let answer = chorus.read_paused().await.unwrap();

    assert!(answer.is_unanimous());
    assert_eq!(chorus.endpoints[0].asked("eth_call").len(), 2);
}

#[tokio::test]
async fn an_endpoint_that_contradicts_itself_and_the_other_is_no_quorum() {
    let chorus = Chorus::of(&[Manner::Honest, Manner::ForgesTheHash]).await;
    let head = chorus.world.rpc.latest_block().await.unwrap();

    let refusal = chorus.read_paused().await.unwrap_err();

    assert_eq!(refusal.code(), ProblemCode::EndpointsDisagree);
    let words = refusal.to_string();
    assert!(words.contains(&head.hash.to_string()), "{words}");
    assert!(words.contains(&B256::repeat_byte(0xab).to_string()), "{words}");
}

#[tokio::test]
async fn an_endpoint_that_lags_behind_a_quorum_is_named() {
    let chorus = Chorus::of(&[Manner::LagsByOne, Manner::Honest, Manner::Honest]).await;
    chorus.pause_for_real().await;
    let head = chorus.world.rpc.head().await.unwrap();

    let answer = chorus.read_paused().await.unwrap();

    assert!(is_paused(&answer.before[0]));
    assert_eq!(answer.block, head);
    assert_eq!(said(&answer.endpoints), [&Said::Behind { block: head - 1 }, &AGREED, &AGREED]);
}

#[tokio::test]
async fn a_lever_that_would_work_shows_what_it_changes_and_changes_nothing() {
    let chorus = Chorus::of(&[Manner::Honest, Manner::Honest]).await;

    let answer = chorus.try_pause(chorus.owner()).await.unwrap();

    assert!(!is_paused(&answer.before[0]));
    assert!(is_paused(&answer.after.unwrap()[0]));
    let Some(SimulatedOutcome::Succeeds { gas_used, logs, .. }) = answer.outcome else { panic!() };
    assert!(gas_used > 21_000, "{gas_used}");
    let switch = chorus.world.deployment.contracts.system_pause;
    let paused = |log: &&phase8_shared::api::SimulatedLog| {
        log.address == switch && log.topics[0] == ISystemPause::FleetPaused::SIGNATURE_HASH
    };
    assert_eq!(logs.iter().filter(paused).count(), 1, "{logs:?}");
    assert!(!chorus.world.reader.is_fleet_paused().await.unwrap());
}

#[tokio::test]
async fn a_lever_that_would_be_refused_says_why() {
    let chorus = Chorus::of(&[Manner::Honest, Manner::Honest]).await;
    let operator = chorus.world.account(DevRole::Operator);

    let answer = chorus.try_pause(operator).await.unwrap();

    let Some(SimulatedOutcome::Refused { data, why }) = answer.outcome else { panic!() };
    assert!(why.contains(&operator.to_string()), "{why}");
    assert!(why.ends_with("(OwnerProxyNotAllowed)"), "{why}");
    assert!(data.len() > 4);
    assert_eq!(answer.after, None);
}

#[tokio::test]
async fn a_contract_can_be_the_one_who_calls() {
    let chorus = Chorus::of(&[Manner::Honest]).await;
    let contracts = chorus.world.deployment.contracts;
    let pause = ISystemPause::pauseAllCall {}.abi_encode();
    let forward = IManager::forwardPauseCallCall { data: pause.into() };
    let call = call(contracts.manager, &forward);
    let through = SimulatedCall { from: contracts.owner_proxy, to: call.to, data: call.data };

    let answer = chorus.quorum.read(&ReadRequest::around(vec![chorus.paused()], through)).await;

    assert!(is_paused(&answer.unwrap().after.unwrap()[0]));
}

#[tokio::test]
async fn without_simulation_the_reads_still_come_and_the_outcome_is_unavailable() {
    let chorus = Chorus::of(&[Manner::CannotSimulate, Manner::CannotSimulate]).await;

    let answer = chorus.try_pause(chorus.owner()).await.unwrap();

    let why = "refuses eth_simulateV1: Method not found (-32601)".to_owned();
    assert_eq!(answer.outcome, Some(SimulatedOutcome::Unavailable { why }));
    assert_eq!(answer.after, None);
    assert!(!is_paused(&answer.before[0]));
}

#[tokio::test]
async fn a_read_that_reverts_is_an_answer_with_words() {
    let chorus = Chorus::of(&[Manner::Honest, Manner::Honest]).await;
    let contracts = chorus.world.deployment.contracts;
    let denied = call(contracts.system_pause, &ISystemPause::pauseAllCall {});
    let nobody = Call { to: Address::repeat_byte(0xee), data: Bytes::from_static(&[1, 2, 3, 4]) };

    let answer = chorus.quorum.read(&ReadRequest::of(vec![denied, nobody])).await.unwrap();

    let ReadValue::Reverted { why, data } = &answer.before[0] else { panic!("{answer:?}") };
    assert!(why.ends_with("(NotGovernance)"), "{why}");
    assert_eq!(data.len(), 4);
    assert_eq!(answer.before[1], ReadValue::Returned { data: Bytes::new() });
}

/// A contract that answers with the block's time.
const CLOCK: &str = "0x425f5260205ff3";

#[tokio::test]
async fn on_a_chain_that_stands_still_time_goes_on() {
    let chorus = Chorus::of(&[]).await;
    let clock = Address::repeat_byte(0xc1);
    let rpc = &chorus.world.rpc;
    rpc.ask::<Value>("anvil_setCode", json!([clock, CLOCK])).await.unwrap();
    rpc.ask::<Value>("anvil_mine", json!([U64::from(1)])).await.unwrap();
    let block = rpc.latest_block().await.unwrap().timestamp.to::<u64>();
    let tick = Call { to: clock, data: Bytes::new() };
    let simulate = SimulatedCall { from: clock, to: clock, data: Bytes::new() };
    let request = ReadRequest::around(vec![tick], simulate);

    for (later, told) in [(0, block), (30, block), (3_600, block + 3_600)] {
        let now = Arc::new(move || Timestamp::from_millis((block + later) * 1_000));
        let config = QuorumConfig {
            chain_id: chorus.world.deployment.chain_id,
            needed: 1,
            patience: Patience::default(),
        };
        let answer = Quorum::new(vec![rpc.clone()], config, now).read(&request).await.unwrap();

        let seconds = |value: &ReadValue| U256::from_be_slice(value.returned().unwrap());
        assert_eq!(answer.timestamp, block);
        assert_eq!(answer.as_of, block + later.max(1));
        assert_eq!(seconds(&answer.before[0]), U256::from(told), "{later}");
        assert_eq!(seconds(&answer.after.unwrap()[0]), U256::from(answer.as_of), "{later}");
    }
}
