//! The wire format, locked: one sample of every event and every API type. A diff here is a change of a promise; it needs
//! a new `Event::VERSION` or a new API version, not a new snapshot.

#![expect(clippy::unwrap_used, reason = "the samples are written here by hand")]

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, Bytes, U256};
use phase8_shared::api::{
    ApproveMilestone, Check, CheckState, CreateMission, DeliverableView, EventPage, FundingOffer,
    MissionHead, MissionSummary, MissionView, Preflight, Problem, ProblemCode, RequestState,
    RequestView, SubmitRequest, SubmitTransaction, TransactionStatus, TransactionView,
    WatchTransaction,
};
use phase8_shared::chain::{ChainEffect, ChainFact, Observed, ReleaseApproval};
use phase8_shared::id::{CallId, MilestoneIndex, MissionId, Seq, StepId};
use phase8_shared::ledger::{Commitment, Salt, TreeHead};
use phase8_shared::mission::{
    Actor, CallOutcome, EscrowTerms, Event, MilestoneTerms, MissionCreated, MissionState,
    PauseCause, Payload, Payment, PaymentKind, PlanStep, PricedAdapter, TxEvidence, Work,
};
use phase8_shared::money::{MicroUsd, TokenAmount};
use phase8_shared::time::{ClockScale, Timestamp};
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

fn mission() -> MissionId {
    MissionId::from_bytes([0xab; 16])
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis((1_795_415_820 + seconds) * 1000)
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

fn tree() -> TreeHead {
    TreeHead { size: 9, root: hash(3) }
}

fn terms() -> EscrowTerms {
    EscrowTerms {
        reward: tokens(1000),
        validator_reward_bps: 500,
        duration_bonus_bps: 250,
        stake: tokens(200),
        failure_penalty_bps: 5_000,
        bonus_deadline: 1_795_444_620,
        expiry: 1_798_036_620,
        quorum: 2,
        budget_cap: MicroUsd::new(1_200_000_000),
        spec_hash: hash(4),
        milestones: vec![
            MilestoneTerms { payout_bps: 3_333, payees: vec![address(7)] },
            MilestoneTerms { payout_bps: 6_667, payees: vec![address(7), address(8)] },
        ],
    }
}

fn created() -> MissionCreated {
    MissionCreated {
        mission: mission(),
        name: "alpha".into(),
        operator: address(1),
        spec: "{}".into(),
        spec_hash: hash(4),
        terms: terms(),
        plan: vec![
            PlanStep {
                id: StepId(0),
                role: "planner".parse().unwrap(),
                title: "Mission plan".into(),
                checkpoint: "planner:mission-plan".parse().unwrap(),
                needs: vec![],
                work: Work::Agent { adapter: "rehearsal-small".into(), turns: 2, minutes: 90 },
                milestone: Some(MilestoneIndex(0)),
            },
            PlanStep {
                id: StepId(1),
                role: "validator".parse().unwrap(),
                title: "Sign-off".into(),
                checkpoint: "validator:signoff".parse().unwrap(),
                needs: vec![StepId(0)],
                work: Work::SignOff,
                milestone: Some(MilestoneIndex(1)),
            },
        ],
        adapters: vec![PricedAdapter {
            id: "rehearsal-small".into(),
            per_1k_tokens: MicroUsd::new(1_500),
            max_context: 128_000,
        }],
        rehearsal: true,
        clock_scale: ClockScale::try_from(480).unwrap(),
        duration_minutes: 480,
        check_in_minutes: 30,
        idle_minutes: 45,
        safety: None,
    }
}

/// One mission from creation to completion, with every kind of event in it.
fn ledger() -> Vec<Event> {
    let commitment = Commitment::to(Salt(hash(5)), b"plan");
    let agent = || Actor::Agent("planner".parse().unwrap());
    let payments = vec![
        Payment { payee: address(7), amount: tokens(333), kind: PaymentKind::Agent },
        Payment { payee: address(3), amount: tokens(16), kind: PaymentKind::Validator },
    ];
    let reserved = MicroUsd::new(48_000);
    let call = |call, turn| Payload::ModelCallRequested {
        call: CallId(call),
        step: StepId(0),
        turn,
        adapter: "rehearsal-small".into(),
        reserved,
        wraps_up: false,
        repeats: None,
    };
    let settled = |call, outcome, cost| Payload::ModelCallSettled {
        call: CallId(call),
        outcome,
        cost: MicroUsd::new(cost),
    };
    let answered = || CallOutcome::Answered {
        input_tokens: 900,
        output_tokens: 400,
        words: "Drafted section 1 of 2".into(),
        text: None,
    };
    let approval = |milestone, validator| Payload::ApprovalGiven {
        milestone: MilestoneIndex(milestone),
        validator: address(validator),
        deadline: 1_796_020_620,
        signature: Bytes::from(vec![9; 65]),
    };
    let requested = |milestone| Payload::ApprovalRequested {
        milestone: MilestoneIndex(milestone),
        deliverable: commitment,
        tree: tree(),
        expires_at: at(604_800),
    };
    let paid = |milestone, log_index| Payload::MilestonePaid {
        milestone: MilestoneIndex(milestone),
        amount: tokens(333),
        validator_reward: tokens(16),
        payments: payments.clone(),
        evidence: evidence(log_index),
    };
    let story = vec![
        (Actor::Operator(address(1)), Payload::MissionCreated(Box::new(created()))),
        (Actor::Chain, Payload::EscrowFunded { deposit: tokens(1275), evidence: evidence(0) }),
        (Actor::Engine, Payload::MissionLaunched {}),
        (Actor::Engine, Payload::StepStarted { step: StepId(0) }),
        (Actor::Engine, call(1, 0)),
        (agent(), settled(1, answered(), 1_950)),
        (Actor::Engine, call(2, 1)),
        (
            Actor::Chain,
            Payload::MissionPaused {
                cause: PauseCause::Fleet,
                tripwire: false,
                by: Some(address(2)),
                evidence: Some(evidence(1)),
            },
        ),
        (Actor::Engine, settled(2, CallOutcome::Failed { reason: "cut off by a pause".into() }, 0)),
        (
            Actor::Chain,
            Payload::MissionResumed {
                cause: PauseCause::Fleet,
                by: Some(address(2)),
                evidence: Some(evidence(2)),
            },
        ),
        (Actor::Engine, call(3, 1)),
        (Actor::Engine, settled(3, CallOutcome::Unknown {}, 48_000)),
        (
            Actor::Engine,
            Payload::BudgetExhausted {
                step: StepId(0),
                needed: reserved,
                remaining: MicroUsd::new(10),
            },
        ),
        (
            Actor::Engine,
            Payload::MissionPaused {
                cause: PauseCause::Budget,
                tripwire: false,
                by: None,
                evidence: None,
            },
        ),
        (
            Actor::Chain,
            Payload::BudgetCapChanged {
                previous: MicroUsd::new(1_200_000_000),
                current: MicroUsd::new(1_500_000_000),
                by: address(2),
                evidence: evidence(3),
            },
        ),
        (
            Actor::Engine,
            Payload::MissionResumed { cause: PauseCause::Budget, by: None, evidence: None },
        ),
        (
            agent(),
            Payload::CheckedIn { role: "planner".parse().unwrap(), index: 1, progress_percent: 50 },
        ),
        (Actor::Engine, Payload::CheckInMissed { role: "planner".parse().unwrap(), index: 2 }),
        (Actor::Engine, call(4, 1)),
        (agent(), settled(4, answered(), 1_950)),
        (
            agent(),
            Payload::DeliverableRecorded {
                step: StepId(0),
                title: "Mission plan".into(),
                media_type: "text/markdown".into(),
                bytes: 4,
                commitment,
            },
        ),
        (agent(), Payload::StepCompleted { step: StepId(0) }),
        (Actor::Engine, requested(0)),
        (Actor::Validator(address(3)), approval(0, 3)),
        (Actor::Validator(address(4)), approval(0, 4)),
        (Actor::Chain, paid(0, 4)),
        (Actor::Chain, Payload::CheckpointAnchored { tree: tree(), evidence: evidence(5) }),
        (Actor::Engine, requested(1)),
        (Actor::Chain, paid(1, 6)),
        (Actor::Engine, Payload::MissionCompleted {}),
        (
            Actor::Chain,
            Payload::MissionFailed { reason: "the owner's words".into(), evidence: evidence(7) },
        ),
        (Actor::Chain, Payload::MissionRefunded { evidence: evidence(8) }),
    ];
    (1..)
        .zip(story)
        .map(|(n, (actor, payload))| Event {
            seq: Seq(n),
            version: Event::VERSION,
            actor,
            at: at(n),
            payload,
        })
        .collect()
}

fn lock<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(name: &str, sample: &T) {
    let text = serde_json::to_string_pretty(sample).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), sample, "{name} does not read back");
    insta::assert_snapshot!(name, text);
}

#[test]
fn every_event_keeps_its_wire_format() {
    for event in ledger() {
        assert_eq!(
            serde_json::from_str::<Event>(&serde_json::to_string(&event).unwrap()).unwrap(),
            event
        );
    }
    let lines: Vec<String> =
        ledger().iter().map(|event| serde_json::to_string(event).unwrap()).collect();
    insta::assert_snapshot!("events", lines.join("\n"));
}

#[test]
fn every_kind_of_event_is_in_the_sample() {
    let kinds: std::collections::BTreeSet<String> = ledger()
        .iter()
        .map(|event| serde_json::to_value(event).unwrap()["kind"].as_str().unwrap().to_owned())
        .collect();
    insta::assert_snapshot!("kinds", kinds.into_iter().collect::<Vec<_>>().join("\n"));
}

#[test]
fn every_body_keeps_its_wire_format() {
    let events = ledger();
    let state = MissionState::fold(&events[..4]).unwrap();
    lock(
        "create_mission",
        &CreateMission {
            spec: "{}".into(),
            operator: address(1),
            reward: tokens(1000),
            clock_scale: ClockScale::REAL,
        },
    );
    lock(
        "mission_view",
        &MissionView {
            summary: MissionSummary::of(&state, at(5)),
            head: MissionHead { seq: Seq(4), tree: tree() },
            funding: FundingOffer { terms: terms(), deposit: tokens(1275), created_at: at(0) },
        },
    );
    lock("event_page", &EventPage { events: events[1..3].to_vec(), last: Seq(4) });
    lock(
        "approve_milestone",
        &ApproveMilestone {
            validator: address(3),
            deadline: 1_796_020_620,
            signature: Bytes::from(vec![9; 65]),
        },
    );
    lock(
        "deliverable_view",
        &DeliverableView {
            commitment: Commitment::to(Salt(hash(5)), b"plan"),
            salt: Salt(hash(5)),
            media_type: "text/markdown".into(),
            content: "plan".into(),
        },
    );
    lock(
        "preflight",
        &Preflight {
            operator: Some(address(1)),
            checks: vec![Check {
                id: "wallet-eth".into(),
                label: "Wallet has ETH for gas".into(),
                state: CheckState::Fail,
                found: "0 ETH".into(),
                expected: "more than 0 ETH".into(),
                mend: "send some ETH to the wallet".into(),
            }],
        },
    );
    lock("submit_transaction", &SubmitTransaction { raw: Bytes::from(vec![2, 1]) });
    let view = |status| TransactionView {
        hash: hash(2),
        from: address(1),
        nonce: 3,
        to: address(9),
        call: "MissionEscrow.fund".into(),
        status,
        replaced_by: None,
        taken_back: 0,
        taken_back_from: None,
        accepted_at: at(0),
    };
    let replaced = TransactionView {
        replaced_by: Some(hash(7)),
        taken_back: 2,
        taken_back_from: Some(11),
        ..view(TransactionStatus::Replaced {})
    };
    lock("watch_transaction", &WatchTransaction { hash: hash(2) });
    lock(
        "transactions",
        &vec![
            view(TransactionStatus::Stored),
            view(TransactionStatus::Sent),
            view(TransactionStatus::Included { block: 12 }),
            view(TransactionStatus::Safe { block: 12 }),
            view(TransactionStatus::Final { block: 12 }),
            view(TransactionStatus::Reverted { block: 12, reason: "paused".into() }),
            replaced,
            view(TransactionStatus::Refused { reason: "nonce too low".into() }),
        ],
    );
    let signed = SubmitRequest {
        target: address(6),
        data: Bytes::from(vec![1, 2, 3, 4]),
        nonce: U256::from(7),
        deadline: 1_790_000_000,
        chain_id: Some(31_337),
        signature: Bytes::from(vec![9; 65]),
    };
    lock("submit_request", &signed);
    let request = |state, transaction| RequestView {
        digest: hash(3),
        target: signed.target,
        data: signed.data.clone(),
        call: "OwnerProxy.executeSigned → BudgetManager.updateCap(mission, cap)".into(),
        nonce: signed.nonce,
        deadline: signed.deadline,
        signer: address(1),
        state,
        accepted_at: at(0),
        transaction,
    };
    let (transaction, carried) = (hash(2), Some(hash(2)));
    lock(
        "requests",
        &vec![
            request(RequestState::Outstanding { reason: None }, None),
            request(RequestState::Outstanding { reason: Some("no gas money".into()) }, None),
            request(RequestState::Sent { transaction }, carried),
            request(RequestState::Included { transaction, block: 12 }, carried),
            request(RequestState::Failed { reason: "paused".into() }, carried),
            request(RequestState::Expired, None),
            request(RequestState::Void, carried),
        ],
    );
    lock(
        "problem",
        &Problem::new(
            ProblemCode::MissionExists,
            "mission ab…ab was launched with another job spec",
        ),
    );
}

#[test]
fn every_fact_and_effect_keeps_its_wire_format() {
    let key = mission().key();
    let observed = |fact| Observed { evidence: evidence(0), fact };
    lock(
        "facts",
        &vec![
            observed(ChainFact::MissionFunded {
                mission: key,
                operator: address(1),
                deposit: tokens(1275),
                terms_hash: hash(6),
            }),
            observed(ChainFact::MilestoneReleased {
                mission: key,
                milestone: MilestoneIndex(0),
                amount: tokens(333),
                validator_reward: tokens(16),
                payments: vec![],
            }),
            observed(ChainFact::BudgetCapUpdated {
                mission: key,
                previous: MicroUsd::new(1),
                current: MicroUsd::new(2),
                by: address(2),
            }),
            observed(ChainFact::FleetPaused { by: address(2), tripwire: false }),
            observed(ChainFact::FleetResumed { by: address(2) }),
            observed(ChainFact::CheckpointAnchored { mission: key, tree: tree() }),
            observed(ChainFact::MissionFailed { mission: key, reason: "late".into() }),
            observed(ChainFact::MissionRefunded { mission: key }),
        ],
    );
    lock(
        "effects",
        &vec![
            ChainEffect::ReleaseMilestone {
                mission: mission(),
                milestone: MilestoneIndex(0),
                deliverable: Commitment(hash(5)),
                root: hash(3),
                approvals: vec![ReleaseApproval {
                    validator: address(3),
                    deadline: 1,
                    signature: Bytes::from(vec![9; 65]),
                }],
            },
            ChainEffect::AnchorCheckpoint { mission: mission(), tree: tree() },
        ],
    );
}

#[test]
fn problem_codes_keep_their_names_and_statuses() {
    let lines: Vec<String> = ProblemCode::ALL
        .iter()
        .map(|code| format!("{} {} {}", code.status(), code, code.title()))
        .collect();
    insta::assert_snapshot!("problem_codes", lines.join("\n"));
    for code in ProblemCode::ALL {
        assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
    }
}

#[test]
fn the_fold_of_the_sample_says_what_the_story_told() {
    let events = ledger();

    let state = MissionState::fold(&events).unwrap();

    let by_hand =
        BTreeMap::from([("spent", 2 * 1_950 + 48_000), ("reserved", 0), ("cap", 1_500_000_000)]);
    let folded = BTreeMap::from([
        ("spent", state.budget.spent.get()),
        ("reserved", state.budget.reserved.get()),
        ("cap", state.budget.cap.get()),
    ]);
    assert_eq!(folded, by_hand);
    assert!(state.pauses.is_empty() && state.open_calls.is_empty() && state.is_closed());
    assert_eq!(state.evidence.len(), 9);
    assert_eq!(state.next_call, CallId(5));
}

#[test]
fn a_mission_clock_stands_still_while_paused_and_while_only_people_are_waited_for() {
    let events = ledger();
    let state = |upto: usize| MissionState::fold(&events[..upto]).unwrap();
    let running = |upto: usize| state(upto).clock.is_running();

    assert!(!running(3), "launched, no step yet");
    assert!(running(7), "at work");
    assert!(!running(8), "fleet paused");
    assert!(running(10), "resumed");
    assert!(!running(14), "out of budget");
    assert!(!running(21), "delivered: only validators are waited for");
}
