//! What is shown for each question, and to whom.

use alloy_primitives::Address;
use phase8_shared::id::{CallId, Seq, StepId};
use phase8_shared::mission::{
    Actor, Answer, AnswerRole, CallOutcome, PauseCause, Payload, Severity, Trip, Tripwire,
};
use phase8_shared::money::MicroUsd;

use super::answering::{Viewer, billed, takes};
use super::view_model::rows;
use crate::live::{Journal, sample};
use crate::ui::Tone;

fn asking(more: Vec<Payload>) -> Journal {
    let launched = sample::payloads().into_iter().take(4);
    let more = more.into_iter().map(|payload| (Actor::Engine, payload));
    sample::journal_of(sample::numbered(launched.chain(more).collect()))
}

fn trip(halts: bool) -> Payload {
    Payload::TripwireTripped {
        trip: Trip {
            tripwire: Tripwire::PrivacyLeakDetector,
            rule: "payment-card".to_owned(),
            severity: Severity::Critical,
            span: None,
            words: "a payment card's number".to_owned(),
        },
        step: Some(StepId(0)),
        call: None,
        text: None,
        halts,
    }
}

fn short() -> Payload {
    Payload::BudgetExhausted {
        step: StepId(0),
        needed: MicroUsd::new(600_000),
        remaining: MicroUsd::new(10_000),
    }
}

#[test]
fn a_short_budget_has_three_answers_and_raising_the_cap_is_the_owners_lever() {
    let rows = rows(&asking(vec![short()]));

    let row = &rows[0];
    assert!(row.cap);
    assert_eq!(row.title, "“Blueprint” of the planner is short of budget");
    assert!(row.meaning.contains("$0.60") && row.meaning.contains("$0.01"), "{}", row.meaning);
    let labels: Vec<_> = row.choices.iter().map(|choice| choice.label).collect();
    assert_eq!(labels, ["Finish this step only", "Stop the mission"]);
}

#[test]
fn what_halts_the_mission_stands_first() {
    let rows = rows(&asking(vec![trip(false), trip(true)]));

    let seen: Vec<_> = rows.iter().map(|row| (row.question, row.tone)).collect();
    assert_eq!(seen, [(Seq(6), Tone::Bad), (Seq(5), Tone::Wait)]);
    assert!(rows[0].meaning.starts_with("a payment card's number (rule payment-card)"));
}

#[test]
fn an_answered_question_is_gone() {
    let answered = Payload::QuestionAnswered {
        question: Seq(5),
        answer: Answer::FalseAlarm {},
        reason: String::new(),
        by: sample::OWNER,
        deadline: 1,
        signature: alloy_primitives::Bytes::new(),
    };
    assert_eq!(rows(&asking(vec![trip(true), answered])), []);
}

#[test]
fn an_unknown_cost_asks_for_the_bill_and_takes_no_more_than_was_charged() {
    let asked = Payload::ModelCallRequested {
        call: CallId(1),
        step: StepId(0),
        turn: 0,
        adapter: "rehearsal".to_owned(),
        reserved: MicroUsd::new(500_000),
        wraps_up: false,
        repeats: None,
    };
    let lost = Payload::ModelCallSettled {
        call: CallId(1),
        outcome: CallOutcome::Unknown {},
        cost: MicroUsd::new(500_000),
    };
    let rows = rows(&asking(vec![asked, lost]));
    let charged = rows[0].charged.unwrap();

    assert_eq!(billed(" 0.25 ", charged), Ok(MicroUsd::new(250_000)));
    for wrong in ["", "abc", "0.51", "-1"] {
        assert!(billed(wrong, charged).is_err(), "{wrong:?}");
    }
}

#[test]
fn who_may_answer_is_told_before_the_wallet_is_asked() {
    let people = (sample::OWNER, vec![sample::VALIDATOR, sample::OPERATOR]);
    let viewer = |account| Viewer::of(account, sample::OPERATOR, Some(&people));

    assert_eq!(viewer(None), Viewer::Nobody);
    assert_eq!(Viewer::of(Some(sample::OWNER), sample::OPERATOR, None), Viewer::Unknown);
    let stranger = viewer(Some(Address::repeat_byte(0x77)));
    assert_eq!(stranger, Viewer::Known(Vec::new()));
    assert!(!stranger.may_give(Answer::Stop {}));
    // A guild member that launched the mission answers as its operator alone.
    assert_eq!(viewer(Some(sample::OPERATOR)), Viewer::Known(vec![AnswerRole::Operator]));
    assert!(!viewer(Some(sample::OPERATOR)).may_give(Answer::Resume {}));
    assert!(viewer(Some(sample::VALIDATOR)).may_give(Answer::CheckIn {}));
    assert!(viewer(Some(sample::OWNER)).may_give(Answer::FinishStep {}));
    assert_eq!(takes(Answer::Resume {}), "the owner or a guild member");
}

#[test]
fn a_stopped_mission_can_be_let_go_on() {
    let stopped = Payload::MissionPaused {
        cause: PauseCause::Stopped,
        tripwire: false,
        by: None,
        evidence: None,
    };
    let rows = rows(&asking(vec![stopped]));

    assert_eq!(rows[0].choices[0].answer, Answer::Resume {});
}
