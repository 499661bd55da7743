//! The wire format of what the levers of the owner leave behind: facts, ledger events, and what governance waits for. A
//! change of these snapshots is a change of a promise.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use alloy_primitives::{Address, B256, U256};
use phase8_shared::api::{
    AcknowledgeSummons, ActiveAdapterView, CouncilView, ExecutedView, ExtensionState,
    ExtensionView, GovernanceView, OperationState, OperationView, ProposalEnd, ProposalView,
    RegisteredAdapter, ReleaseStep, SummonsView, TripView,
};
use phase8_shared::chain::{Call, ChainFact, Observed};
use phase8_shared::id::{MissionId, MissionKey, Role, Seq, StepId};
use phase8_shared::mission::{Actor, Event, PauseCause, Payload, PricedAdapter, TxEvidence};
use phase8_shared::money::{MicroUsd, TokenAmount};
use phase8_shared::time::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

fn address(n: u8) -> Address {
    Address::repeat_byte(n)
}

fn hash(n: u8) -> B256 {
    B256::repeat_byte(n)
}

fn tokens(whole: u64) -> TokenAmount {
    TokenAmount::new(U256::from(whole) * U256::from(10).pow(U256::from(18)))
}

fn mission() -> MissionKey {
    MissionId::from_bytes([0xab; 16]).key()
}

fn evidence(log_index: u64) -> TxEvidence {
    TxEvidence {
        chain_id: 31_337,
        block_number: 12,
        block_hash: hash(1),
        transaction: hash(2),
        log_index,
    }
}

fn lock<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(name: &str, sample: &T) {
    let text = serde_json::to_string_pretty(sample).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), sample, "{name} does not read back");
    insta::assert_snapshot!(name, text);
}

fn events() -> Vec<Event> {
    let planner: Role = "planner".parse().unwrap();
    let (token, by) = (U256::from(3), address(2));
    let payloads = vec![
        Payload::AdapterChanged {
            scope: hash(4),
            roles: vec![planner.clone()],
            previous: B256::ZERO,
            adapter: Some(PricedAdapter {
                id: "steady-hand-32k".into(),
                per_1k_tokens: MicroUsd::new(4_000),
                max_context: 32_768,
            }),
            rolled_back: false,
            reason: "it is cheaper".into(),
            by,
            evidence: evidence(1),
        },
        Payload::AdapterNotUsed {
            scope: hash(4),
            roles: vec![planner],
            adapter: hash(5),
            why: "no adapter with this key stands in model-adapters.json".into(),
            by,
            evidence: evidence(2),
        },
        Payload::CoPilotChanged { required: true, by, evidence: evidence(3) },
        Payload::StepReleased {
            step: StepId(1),
            by: address(1),
            deadline: 1_795_415_820,
            signature: vec![7; 65].into(),
        },
        Payload::ValidatorSummoned {
            token,
            validator: address(8),
            expiry: 1_795_415_820,
            by,
            evidence: evidence(4),
        },
        Payload::SummonsAcknowledged { token, validator: address(8), evidence: evidence(5) },
        Payload::SummonsRevoked { token, validator: address(8), by, evidence: evidence(6) },
        Payload::MissionPaused {
            cause: PauseCause::Fleet,
            tripwire: true,
            by: Some(address(9)),
            evidence: Some(evidence(7)),
        },
    ];
    (1..)
        .zip(payloads)
        .map(|(seq, payload)| Event {
            seq: Seq(seq),
            version: Event::VERSION,
            actor: Actor::Chain,
            at: Timestamp::from_millis(1_795_415_820_000),
            payload,
        })
        .collect()
}

#[test]
fn every_event_of_a_lever_keeps_its_wire_format() {
    for event in events() {
        let text = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event);
    }
    let lines: Vec<String> =
        events().iter().map(|event| serde_json::to_string(event).unwrap()).collect();
    insta::assert_snapshot!("lever_events", lines.join("\n"));
}

/// Ledgers of before know no tripwire.
#[test]
fn a_pause_of_an_older_ledger_reads_as_a_plain_one() {
    let text = r#"{"kind":"mission_paused","payload":{"cause":"fleet","by":null,"evidence":null}}"#;

    let payload: Payload = serde_json::from_str(text).unwrap();

    assert_eq!(serde_json::to_string(&payload).unwrap(), text);
}

#[test]
fn every_fact_of_a_lever_keeps_its_wire_format() {
    let (mission, token, by) = (mission(), U256::from(3), address(2));
    let facts = [
        ChainFact::AdapterChanged {
            scope: hash(4),
            previous: hash(5),
            current: hash(6),
            rolled_back: true,
            reason: String::new(),
            by,
        },
        ChainFact::CoPilotChanged { mission, required: true, by },
        ChainFact::ValidatorSummoned {
            mission,
            token,
            validator: address(8),
            expiry: 1_795_415_820,
            by,
        },
        ChainFact::SummonsAcknowledged { mission, token, validator: address(8) },
        ChainFact::SummonsRevoked { mission, token, validator: address(8), by },
        ChainFact::FleetPaused { by, tripwire: true },
    ];
    let facts: Vec<Observed> =
        facts.map(|fact| Observed { evidence: evidence(1), fact }).into_iter().collect();
    lock("lever_facts", &facts);
}

#[test]
fn what_governance_waits_for_keeps_its_wire_format() {
    let call = Call { to: address(3), data: vec![1, 2, 3, 4].into() };
    let operation = |id, state, blocked: Option<&str>| OperationView {
        timelock: address(4),
        id: hash(id),
        calls: vec![call.clone()],
        predecessor: B256::ZERO,
        salt: hash(9),
        ready_at: 1_795_415_850,
        state,
        blocked: blocked.map(ToOwned::to_owned),
        scheduled: evidence(1),
    };
    let view = GovernanceView {
        block: 12,
        block_hash: hash(1),
        block_time: 1_795_415_820,
        delay: 30,
        operations: vec![
            operation(1, OperationState::Waiting {}, Some("the resume waits for a guardian")),
            operation(2, OperationState::Done { evidence: evidence(2) }, None),
            operation(
                3,
                OperationState::Cancelled { by: Some(address(5)), evidence: evidence(3) },
                None,
            ),
        ],
        extensions: vec![ExtensionView {
            module: hash(7),
            implementation: address(7),
            pause_before_upgrade: true,
            expires_at: 1_795_415_900,
            initializer: vec![5, 6].into(),
            state: ExtensionState::Staged,
            staged: evidence(4),
        }],
        summonses: vec![SummonsView {
            token: U256::from(3),
            mission: mission(),
            validator: address(8),
            expiry: 1_795_415_900,
            delivered_at: Some(Timestamp::from_millis(1_795_415_830_000)),
            acknowledged: Some(evidence(5)),
            revoked: None,
            summoned: evidence(6),
        }],
        adapters: vec![RegisteredAdapter {
            key: hash(5),
            id: "steady-hand-32k".into(),
            record_hash: hash(6),
            score: 536_789,
            registered: true,
        }],
        active: vec![ActiveAdapterView { scope: hash(4), history: vec![hash(5), hash(6)] }],
        council: CouncilView { members: vec![address(5)], cosignatures_needed: 1 },
        trip: Some(TripView { trip: 2, cosigners: vec![address(5)] }),
        executed: vec![ExecutedView { call: call.clone(), by: address(2), evidence: evidence(7) }],
        proposals: vec![ProposalView {
            id: U256::from(9),
            proposer: address(1),
            calls: vec![call],
            description: "measured-1: swift-hand-32k leads".into(),
            vote_start: 1_795_415_840,
            vote_end: 1_795_416_140,
            votes_for: tokens(50),
            votes_against: tokens(1),
            votes_abstain: tokens(2),
            voters: vec![address(1)],
            quorum: Some(tokens(40)),
            ready_at: Some(1_795_416_200),
            end: Some(ProposalEnd::Executed { evidence: evidence(9) }),
            proposed: evidence(8),
        }],
    };
    lock("governance_view", &view);
    lock(
        "release_step",
        &ReleaseStep { by: address(1), deadline: 1_795_415_900, signature: vec![7; 65].into() },
    );
    lock(
        "acknowledge_summons",
        &AcknowledgeSummons { deadline: 1_795_415_900, signature: vec![7; 65].into() },
    );
}
