//! A small ledger for tests: one mission from creation to its first payout.
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "what it is made of is written here"
)]

use std::str::FromStr;

use crate::id::{CallId, MilestoneIndex, MissionId, Role, Seq, StepId};
use crate::ledger::{Commitment, Salt, TreeHead};
use crate::mission::{
    Actor, CallOutcome, EscrowTerms, Event, MilestoneTerms, MissionCreated, PauseCause, Payload,
    Payment, PaymentKind, PlanStep, TxEvidence, Work,
};
use crate::money::{MicroUsd, TokenAmount};
use crate::time::{ClockScale, Timestamp};
use alloy_primitives::{Address, B256, Bytes};

use super::Journal;

/// Who launched it.
pub const OPERATOR: Address = Address::repeat_byte(1);
/// Who holds the levers.
pub const OWNER: Address = Address::repeat_byte(2);
/// One of the guild.
pub const VALIDATOR: Address = Address::repeat_byte(3);
/// Of every commitment.
pub const SALT: Salt = Salt(B256::repeat_byte(9));
/// Of the deliverable.
pub const CONTENT: &str = "# Blueprint";

/// The mission's id.
pub fn mission() -> MissionId {
    MissionId::from_bytes([7; 16])
}

/// A role by name.
pub fn role(name: &str) -> Role {
    Role::from_str(name).unwrap()
}

/// The log with this number.
pub fn tx(number: u8) -> TxEvidence {
    TxEvidence {
        chain_id: 31337,
        block_number: u64::from(number),
        block_hash: B256::repeat_byte(number),
        transaction: B256::repeat_byte(number),
        log_index: 0,
    }
}

/// Whole tokens.
pub fn tokens(text: &str) -> TokenAmount {
    TokenAmount::from_tokens_decimal(text).unwrap()
}

fn step(id: u16, name: &str, title: &str, milestone: Option<u8>) -> PlanStep {
    let work = if name == "validator" {
        Work::SignOff
    } else {
        Work::Agent { adapter: "rehearsal".to_owned(), turns: 2, minutes: 60 }
    };
    PlanStep {
        id: StepId(id),
        role: role(name),
        title: title.to_owned(),
        checkpoint: format!("{name}:done").parse().unwrap(),
        needs: (0..id).map(StepId).collect(),
        work,
        milestone: milestone.map(MilestoneIndex),
    }
}

/// What the mission starts from.
pub fn created() -> MissionCreated {
    MissionCreated {
        mission: mission(),
        name: "atlas".to_owned(),
        operator: OPERATOR,
        spec: "{}".to_owned(),
        spec_hash: B256::ZERO,
        terms: EscrowTerms {
            reward: tokens("1000"),
            validator_reward_bps: 250,
            duration_bonus_bps: 100,
            stake: tokens("50"),
            failure_penalty_bps: 5_000,
            bonus_deadline: 1_800_000_000,
            expiry: 1_900_000_000,
            quorum: 2,
            budget_cap: MicroUsd::new(1_200_000_000),
            spec_hash: B256::ZERO,
            milestones: vec![
                MilestoneTerms { payout_bps: 4_000, payees: vec![Address::repeat_byte(11)] },
                MilestoneTerms { payout_bps: 6_000, payees: vec![Address::repeat_byte(12)] },
            ],
        },
        plan: vec![
            step(0, "planner", "Blueprint", Some(0)),
            step(1, "validator", "Sign-off", Some(1)),
        ],
        adapters: Vec::new(),
        rehearsal: true,
        clock_scale: ClockScale::try_from(480).unwrap(),
        duration_minutes: 480,
        check_in_minutes: 30,
        idle_minutes: 45,
        safety: None,
    }
}

/// What happened, in order; one second of wall time apart.
pub fn payloads() -> Vec<(Actor, Payload)> {
    let planner = Actor::Agent(role("planner"));
    let (call, next) = (CallId(1), CallId(2));
    let reserved = MicroUsd::new(2_000_000);
    let deliverable = Commitment::to(SALT, CONTENT.as_bytes());
    let tree = TreeHead { size: 11, root: B256::ZERO };
    let ask = |call, turn| Payload::ModelCallRequested {
        call,
        step: StepId(0),
        turn,
        adapter: "rehearsal".to_owned(),
        reserved,
        wraps_up: false,
        repeats: None,
    };
    let answer = |call, words: &str| Payload::ModelCallSettled {
        call,
        outcome: CallOutcome::Answered {
            input_tokens: 900,
            output_tokens: 300,
            words: words.to_owned(),
            text: None,
        },
        cost: MicroUsd::new(1_500_000),
    };
    vec![
        (Actor::Operator(OPERATOR), Payload::MissionCreated(Box::new(created()))),
        (Actor::Chain, Payload::EscrowFunded { deposit: tokens("1085"), evidence: tx(1) }),
        (Actor::Engine, Payload::MissionLaunched {}),
        (Actor::Engine, Payload::StepStarted { step: StepId(0) }),
        (planner.clone(), ask(call, 0)),
        (planner.clone(), answer(call, "Outlined three workstreams")),
        (
            planner.clone(),
            Payload::CheckedIn { role: role("planner"), index: 1, progress_percent: 50 },
        ),
        (planner.clone(), ask(next, 1)),
        (planner.clone(), answer(next, "Wrote the blueprint")),
        (
            planner,
            Payload::DeliverableRecorded {
                step: StepId(0),
                title: "Blueprint".to_owned(),
                media_type: "text/markdown".to_owned(),
                bytes: CONTENT.len() as u64,
                commitment: deliverable,
            },
        ),
        (Actor::Engine, Payload::StepCompleted { step: StepId(0) }),
        (
            Actor::Engine,
            Payload::ApprovalRequested {
                milestone: MilestoneIndex(0),
                deliverable,
                tree,
                expires_at: Timestamp::from_millis(1_795_500_000_000),
            },
        ),
        (
            Actor::Chain,
            Payload::MissionPaused {
                cause: PauseCause::Fleet,
                tripwire: false,
                by: Some(OWNER),
                evidence: Some(tx(2)),
            },
        ),
        (
            Actor::Chain,
            Payload::MissionResumed {
                cause: PauseCause::Fleet,
                by: Some(OWNER),
                evidence: Some(tx(3)),
            },
        ),
        (
            Actor::Validator(VALIDATOR),
            Payload::ApprovalGiven {
                milestone: MilestoneIndex(0),
                validator: VALIDATOR,
                deadline: 1_795_500_000,
                signature: Bytes::from_static(&[1; 65]),
            },
        ),
    ]
}

/// The release of the first milestone, as the next event.
pub fn paid() -> Payload {
    Payload::MilestonePaid {
        milestone: MilestoneIndex(0),
        amount: tokens("400"),
        validator_reward: tokens("10"),
        payments: vec![Payment {
            payee: Address::repeat_byte(11),
            amount: tokens("400"),
            kind: PaymentKind::Agent,
        }],
        evidence: tx(4),
    }
}

/// Events with gapless positions.
pub fn numbered(payloads: Vec<(Actor, Payload)>) -> Vec<Event> {
    (1_u64..)
        .zip(payloads)
        .map(|(seq, (actor, payload))| Event {
            seq: Seq(seq),
            version: Event::VERSION,
            actor,
            at: Timestamp::from_millis(1_795_415_820_000 + seq * 1_000),
            payload,
        })
        .collect()
}

/// The whole ledger.
pub fn ledger() -> Vec<Event> {
    numbered(payloads())
}

/// A journal that holds these events.
pub fn journal_of(events: Vec<Event>) -> Journal {
    let mut journal = Journal::default();
    for event in events {
        journal.ingest(event);
    }
    journal
}

/// A journal that holds the ledger.
pub fn journal() -> Journal {
    journal_of(ledger())
}

/// The ledger with more behind it.
pub fn journal_with(more: Vec<(Actor, Payload)>) -> Journal {
    let mut all = payloads();
    all.extend(more);
    journal_of(numbered(all))
}
