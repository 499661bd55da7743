//! What is shown for each question, and to whom.

use alloy_primitives::Address;
use phase8_shared::id::{CallId, Seq, StepId};
use phase8_shared::mission::{
    Actor, Answer, AnswerRole, CallOutcome, PauseCause, Payload, Severity, Span, Trip, Tripwire,
};
use phase8_shared::money::MicroUsd;
use phase8_shared::time::Timestamp;

use super::answering::{UnderWay, Viewer, billed, takes};
use super::trips::sentence;
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
            span: Some(Span { start: 34, end: 53 }),
            words: "a payment card's number".to_owned(),
        },
        step: Some(StepId(0)),
        call: Some(CallId(1)),
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

fn called() -> Payload {
    Payload::ModelCallRequested {
        call: CallId(1),
        step: StepId(0),
        turn: 0,
        adapter: "rehearsal".to_owned(),
        reserved: MicroUsd::new(500_000),
        wraps_up: false,
        repeats: None,
    }
}

fn answered(question: u64, answer: Answer, by: Address) -> Payload {
    Payload::QuestionAnswered {
        question: Seq(question),
        answer,
        reason: "the bill looks odd".to_owned(),
        by,
        deadline: 1,
        signature: alloy_primitives::Bytes::new(),
    }
}

fn stopped() -> Payload {
    Payload::MissionPaused { cause: PauseCause::Stopped, tripwire: false, by: None, evidence: None }
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
    assert!(row.choices[0].leads_to.contains("for at most $0.01"), "{:?}", row.choices[0]);
}

#[test]
fn what_halts_the_mission_stands_first() {
    let rows = rows(&asking(vec![trip(false), trip(true)]));

    let seen: Vec<_> = rows.iter().map(|row| (row.question, row.tone)).collect();
    assert_eq!(seen, [(Seq(6), Tone::Bad), (Seq(5), Tone::Wait)]);
    assert!(rows[0].meaning.starts_with("A payment card's number. The mission stands still"));
}

#[test]
fn a_trip_shows_rule_severity_and_place_and_what_going_on_costs() {
    let rows = rows(&asking(vec![called(), trip(true)]));

    let facts: Vec<(&str, &str)> =
        rows[0].facts.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(
        facts,
        [
            ("Rule", "payment-card of the privacy-leak-detector"),
            ("Severity", "critical: look before anything goes on"),
            ("Where", "bytes 34 to 53 of the text"),
            ("Step", "“Blueprint” of the planner"),
        ]
    );
    for choice in &rows[0].choices[..2] {
        assert!(choice.leads_to.ends_with("anew, for at most $0.50"), "{choice:?}");
    }
}

#[test]
fn a_sentence_begins_with_a_capital_unless_it_begins_with_an_id() {
    for (words, expected) in [
        ("a card's number", "A card's number."),
        ("gpt-elite-256k claims too much", "gpt-elite-256k claims too much."),
        ("A key.", "A key."),
    ] {
        assert_eq!(sentence(words), expected);
    }
}

#[test]
fn an_answered_question_is_gone() {
    let answered = answered(5, Answer::FalseAlarm {}, sample::OWNER);
    assert_eq!(rows(&asking(vec![trip(true), answered])), []);
}

#[test]
fn an_unknown_cost_asks_for_the_bill_and_takes_no_more_than_was_charged() {
    let lost = Payload::ModelCallSettled {
        call: CallId(1),
        outcome: CallOutcome::Unknown {},
        cost: MicroUsd::new(500_000),
    };
    let rows = rows(&asking(vec![called(), lost]));
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
    assert_eq!(
        takes(Answer::Stop {}),
        "Only the owner, the operator or a guild member can give this answer."
    );
    assert_eq!(
        takes(Answer::CheckIn {}),
        "Only a guild member can give this answer, but never who launched the mission."
    );
}

#[test]
fn an_owner_that_launched_the_mission_ends_none_of_its_halts() {
    let people = (sample::OPERATOR, Vec::new());
    let both = Viewer::of(Some(sample::OPERATOR), sample::OPERATOR, Some(&people));

    assert!(!both.may_give(Answer::Resume {}) && !both.may_give(Answer::FalseAlarm {}));
    assert!(both.may_give(Answer::Stop {}) && both.may_give(Answer::FinishStep {}));
}

#[test]
fn a_stopped_mission_says_who_stopped_it_and_offers_to_go_on_and_no_second_stop() {
    let rows =
        rows(&asking(vec![short(), answered(5, Answer::Stop {}, sample::OPERATOR), stopped()]));

    let stopped = rows.iter().find(|row| row.question == Seq(7)).unwrap();
    assert_eq!(stopped.choices[0].answer, Answer::Resume {});
    let facts: Vec<&str> = stopped.facts.iter().map(|(name, _)| *name).collect();
    assert_eq!(facts, ["Stopped by", "In their words"]);
    let budget = rows.iter().find(|row| row.question == Seq(5)).unwrap();
    assert!(budget.choices.iter().all(|choice| choice.answer != Answer::Stop {}));
}

#[test]
fn a_check_in_is_about_a_text_and_has_time_left_until_it_is_missed() {
    let due_at = Timestamp::from_millis(1_795_415_900_000);
    let due = Payload::ValidatorCheckInDue { step: StepId(0), due_at };
    let missed = Payload::ValidatorCheckInMissed { question: Seq(5) };

    let waits = &rows(&asking(vec![due.clone()]))[0];
    assert_eq!((waits.due_at, waits.tone), (Some(due_at), Tone::Wait));
    let late = &rows(&asking(vec![due, missed]))[0];
    assert_eq!((late.due_at, late.tone), (None, Tone::Bad));
    assert!(late.meaning.starts_with("Nobody looked by 2026-11-23 "), "{}", late.meaning);
}

#[test]
fn only_the_own_answer_counts_as_recorded_also_where_the_question_stays_open() {
    let mine = UnderWay { by: sample::OPERATOR, after: Seq(5) };
    let recorded =
        |by| mine.is_recorded(&asking(vec![short(), answered(5, Answer::Stop {}, by)]), Seq(5));

    assert!(!mine.is_recorded(&asking(vec![short()]), Seq(5)), "nobody answered");
    assert!(recorded(sample::OPERATOR), "a stop leaves the question open");
    assert!(!recorded(sample::OWNER), "somebody else was quicker");
    let later = UnderWay { after: Seq(6), ..mine };
    let before = asking(vec![short(), answered(5, Answer::Stop {}, sample::OPERATOR)]);
    assert!(!later.is_recorded(&before, Seq(5)), "that was an earlier answer");
}
