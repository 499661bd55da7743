//! What the cards of tripwires, questions, pauses and model answers say.

use crate::id::CallId;
use crate::mission::{Answer, CallOutcome, PauseCause, Severity, Trip};

use super::Tone;
use super::words::Words;

/// Who is asked, and what is out of the ordinary about it.
pub(super) fn asked(adapter: &str, wraps_up: bool, repeats: Option<CallId>) -> String {
    let last =
        if wraps_up { "; the step ends with it, within what is left of the budget" } else { "" };
    let again = repeats.map_or_else(String::new, |call| {
        format!(
            "; asked anew, because nobody knows what became of call {call}, which was charged too"
        )
    });
    format!("{adapter} asked{last}{again}")
}

/// How a model call ended.
pub(super) fn outcome(outcome: &CallOutcome) -> Words {
    let tokens = |input: &u64, output: &u64| format!("{input} tokens in, {output} out");
    match outcome {
        CallOutcome::Answered { input_tokens, output_tokens, words, .. } => {
            Words::new(Tone::Ok, "answered", words.clone())
                .with(tokens(input_tokens, output_tokens))
        }
        CallOutcome::Withheld { input_tokens, output_tokens } => {
            Words::new(Tone::Warn, "held back", "A tripwire held the answer back")
                .with(tokens(input_tokens, output_tokens))
        }
        CallOutcome::Failed { reason } => Words::new(Tone::Bad, "failed", reason.clone()),
        CallOutcome::CutOff { reason } => {
            Words::new(Tone::Paused, "cut off", format!("Cut off: {reason}"))
        }
        CallOutcome::Unknown {} => {
            Words::new(Tone::Warn, "outcome unknown", "Nobody knows whether the model answered")
                .with("Charged at its worst case until the owner says what was billed; never silently repeated")
        }
    }
}

/// What tripped.
pub(super) fn tripped(trip: &Trip, halts: bool) -> Words {
    let tone = match trip.severity {
        Severity::Info => Tone::Wait,
        Severity::Warning => Tone::Warn,
        Severity::Critical => Tone::Bad,
    };
    let follows = if halts {
        "the mission stands still until a person answers"
    } else {
        "recorded; the mission goes on"
    };
    Words::new(tone, trip.severity.as_str(), format!("{} tripped: {}", trip.tripwire, trip.words))
        .with(format!("Rule {}; {follows}", trip.rule))
}

/// What a person answered.
pub(super) fn answered(answer: Answer, reason: &str) -> Words {
    let (tone, status, title) = match answer {
        Answer::FinishStep {} => {
            (Tone::Ok, "finish the step", "The step may end with what is left".to_owned())
        }
        Answer::Stop {} => (Tone::Paused, "stop", "Nothing more is to be spent".to_owned()),
        Answer::Resume {} => (Tone::Ok, "go on", "Looked at: the mission may go on".to_owned()),
        Answer::FalseAlarm {} => (Tone::Ok, "false alarm", "The tripwire was wrong".to_owned()),
        Answer::CheckIn {} => (Tone::Ok, "looked at", "A validator looked at it".to_owned()),
        Answer::Reconcile { cost } => {
            (Tone::Ok, "reconciled", format!("The provider billed {cost}"))
        }
    };
    Words::new(tone, status, title).with(reason)
}

/// Why a mission stands still.
pub(super) const fn paused(cause: PauseCause, tripwire: bool) -> &'static str {
    match cause {
        PauseCause::Fleet if tripwire => {
            "A tripwire holds the fleet: no new spend, and a guardian must agree to go on"
        }
        PauseCause::Fleet => "The fleet stands still: no new spend",
        PauseCause::Budget => "The mission stands still: the budget is used up",
        PauseCause::Tripwire => "The mission stands still: a tripwire waits for an answer",
        PauseCause::CheckIn => {
            "The mission stands still: no validator looked at what was delivered"
        }
        PauseCause::Stopped => "The mission stands still: a person stopped it",
    }
}

/// Why it goes on.
pub(super) const fn resumed(cause: PauseCause) -> &'static str {
    match cause {
        PauseCause::Fleet => "The fleet goes on",
        PauseCause::Budget => "There is budget again",
        PauseCause::Tripwire => "The tripwire is answered",
        PauseCause::CheckIn => "A validator looked at what was delivered",
        PauseCause::Stopped => "A person lets the mission go on",
    }
}
