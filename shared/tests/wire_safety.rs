//! The wire format of what keeps a mission safe: tripwires, questions and people's answers. A change of these snapshots
//! is a change of a promise.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use alloy_primitives::{Address, B256};
use phase8_shared::api::AnswerQuestion;
use phase8_shared::id::{CallId, Seq, StepId};
use phase8_shared::ledger::Commitment;
use phase8_shared::mission::{
    Actor, Answer, CallOutcome, Event, PauseCause, Payload, Safety, Severity, Span, Trip, Tripwire,
};
use phase8_shared::money::MicroUsd;
use phase8_shared::policy::TripwireSensitivity;
use phase8_shared::spec::TripwireKind;
use phase8_shared::time::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

fn text() -> Commitment {
    Commitment(B256::repeat_byte(6))
}

fn trip() -> Trip {
    Trip {
        tripwire: Tripwire::PrivacyLeakDetector,
        rule: "seed-phrase".into(),
        severity: Severity::Critical,
        span: Some(Span { start: 12, end: 84 }),
        words: "twelve words of a wallet's seed phrase".into(),
    }
}

fn answered(question: u64, answer: Answer) -> Payload {
    Payload::QuestionAnswered {
        question: Seq(question),
        answer,
        reason: "looked at it".into(),
        by: Address::repeat_byte(2),
        deadline: 1_795_415_880,
        signature: vec![7; 65].into(),
    }
}

fn requested(wraps_up: bool, repeats: Option<CallId>) -> Payload {
    Payload::ModelCallRequested {
        call: CallId(3),
        step: StepId(1),
        turn: 2,
        adapter: "rehearsal-small".into(),
        reserved: MicroUsd::new(98_796),
        wraps_up,
        repeats,
    }
}

fn settled(outcome: CallOutcome) -> Payload {
    Payload::ModelCallSettled { call: CallId(3), outcome, cost: MicroUsd::new(1_200) }
}

fn events() -> Vec<Event> {
    let person = Actor::Person(Address::repeat_byte(2));
    let engine = [
        requested(true, None),
        requested(false, Some(CallId(2))),
        settled(CallOutcome::Withheld { input_tokens: 900, output_tokens: 300 }),
        settled(CallOutcome::CutOff { reason: "the fleet was paused".into() }),
        settled(CallOutcome::Answered {
            input_tokens: 900,
            output_tokens: 300,
            words: "Drafted the plan".into(),
            text: Some(text()),
        }),
        Payload::TripwireTripped {
            trip: trip(),
            step: Some(StepId(1)),
            call: Some(CallId(3)),
            text: Some(text()),
            halts: true,
        },
        Payload::TripwireTripped {
            trip: Trip { tripwire: Tripwire::BudgetSurge, span: None, ..trip() },
            step: None,
            call: None,
            text: None,
            halts: false,
        },
        Payload::ValidatorCheckInDue {
            step: StepId(1),
            due_at: Timestamp::from_millis(1_795_416_420_000),
        },
        Payload::ValidatorCheckInMissed { question: Seq(8) },
    ];
    let causes =
        [PauseCause::Tripwire, PauseCause::CheckIn, PauseCause::Stopped, PauseCause::Budget];
    let pauses = causes.map(|cause| Payload::MissionPaused {
        cause,
        tripwire: false,
        by: None,
        evidence: None,
    });
    let answers = [
        answered(6, Answer::FinishStep {}),
        answered(6, Answer::Stop {}),
        answered(6, Answer::Resume {}),
        answered(6, Answer::FalseAlarm {}),
        answered(8, Answer::CheckIn {}),
        answered(9, Answer::Reconcile { cost: MicroUsd::new(5_000) }),
    ];
    let engine = engine.into_iter().chain(pauses).map(|payload| (Actor::Engine, payload));
    let people = answers.into_iter().map(|payload| (person.clone(), payload));
    (1..)
        .zip(engine.chain(people))
        .map(|(seq, (actor, payload))| Event {
            seq: Seq(seq),
            version: Event::VERSION,
            actor,
            at: Timestamp::from_millis(1_795_415_820_000),
            payload,
        })
        .collect()
}

fn read_back<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(sample: &T) -> String {
    let text = serde_json::to_string(sample).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), sample);
    text
}

#[test]
fn every_event_of_safety_keeps_its_wire_format() {
    let lines: Vec<String> = events().iter().map(read_back).collect();
    insta::assert_snapshot!("safety_events", lines.join("\n"));
}

#[test]
fn every_tripwire_keeps_its_name_and_has_the_same_in_words() {
    let all = [
        Tripwire::ToxicityFilter,
        Tripwire::PrivacyLeakDetector,
        Tripwire::BudgetGuard,
        Tripwire::BudgetSurge,
        Tripwire::ModelRegression,
        Tripwire::LedgerGap,
        Tripwire::Idle,
        Tripwire::AutonomyEnvelope,
        Tripwire::DetectorFailed,
    ];
    let names: Vec<String> = all.iter().map(read_back).collect();
    for (tripwire, name) in all.iter().zip(&names) {
        assert_eq!(&format!("\"{tripwire}\""), name);
    }
    insta::assert_snapshot!("tripwires", names.join("\n"));
}

#[test]
fn an_answer_keeps_its_wire_format() {
    let answer = AnswerQuestion {
        by: Address::repeat_byte(2),
        answer: Answer::Reconcile { cost: MicroUsd::new(5_000) },
        reason: "invoice 17".into(),
        deadline: 1_795_415_880,
        signature: vec![7; 65].into(),
    };
    read_back(&answer);
    insta::assert_snapshot!("answer_question", serde_json::to_string_pretty(&answer).unwrap());

    // Nobody has to give a reason.
    let without = serde_json::json!({
        "by": Address::repeat_byte(2),
        "answer": "resume",
        "deadline": 1,
        "signature": "0x",
    });
    let read: AnswerQuestion = serde_json::from_value(without).unwrap();
    assert_eq!((read.answer, read.reason.as_str()), (Answer::Resume {}, ""));
}

#[test]
fn the_rules_of_a_mission_keep_their_wire_format() {
    let safety = Safety {
        tripwires: vec![TripwireKind::ToxicityFilter, TripwireKind::BudgetGuard],
        halt_on_tripwire: true,
        sensitivity: TripwireSensitivity::High,
        validator_check_in: true,
        validator_checkpoints: vec!["planner:blueprint".parse().unwrap()],
    };
    read_back(&safety);
    insta::assert_snapshot!("safety", serde_json::to_string_pretty(&safety).unwrap());
}

/// Ledgers of before know of no last calls and of no calls that are asked anew: their bytes stay what they were.
#[test]
fn an_ordinary_call_is_written_as_it_was_before() {
    let old = r#"{"kind":"model_call_requested","payload":{"call":3,"step":1,"turn":2,"adapter":"rehearsal-small","reserved":"98796"}}"#;
    let read: Payload = serde_json::from_str(old).unwrap();
    assert_eq!(read, requested(false, None));
    assert_eq!(serde_json::to_string(&read).unwrap(), old);
}
