//! What a mission asks people: each question in words, with its answers.

use phase8_shared::id::{Seq, StepId};
use phase8_shared::ledger::Commitment;
use phase8_shared::mission::{Answer, MissionState, Payload, QuestionAbout, Trip};
use phase8_shared::money::MicroUsd;
use phase8_shared::time::Timestamp;

use super::trips;
use crate::format;
use crate::live::Journal;
use crate::ui::Tone;

/// A question in the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// The event that asks.
    pub(crate) question: Seq,
    /// What happened.
    pub(crate) title: String,
    /// What it means, and what follows without an answer.
    pub(crate) meaning: String,
    /// How urgent it is.
    pub(crate) tone: Tone,
    /// What else is known, by name.
    pub(crate) facts: Vec<(&'static str, String)>,
    /// Until when there is time to answer, where there is an end.
    pub(crate) due_at: Option<Timestamp>,
    /// The text that it is about.
    pub(crate) reading: Option<Reading>,
    /// What can be answered.
    pub(crate) choices: Vec<Choice>,
    /// Whether raising the cap would answer it too.
    pub(crate) cap: bool,
    /// The most that can be reconciled; asked for in dollars.
    pub(crate) charged: Option<MicroUsd>,
}

/// A text that whoever answers should have read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reading {
    /// Its commitment.
    pub(crate) commitment: Commitment,
    /// Its title.
    pub(crate) title: String,
    /// Why it is to be read.
    pub(crate) why: &'static str,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    /// The answer; what is reconciled is typed in.
    pub(crate) answer: Answer,
    /// On its button.
    pub(crate) label: &'static str,
    /// What it leads to.
    pub(crate) leads_to: String,
}

pub(super) fn choice(answer: Answer, label: &'static str, leads_to: impl Into<String>) -> Choice {
    Choice { answer, label, leads_to: leads_to.into() }
}

fn stop() -> Choice {
    choice(
        Answer::Stop {},
        "Stop the mission",
        "nothing more is spent; what was delivered can still be approved and paid, and the owner or a guild member can let \
         it go on later",
    )
}

/// Everything that the mission asks, the halting questions first.
pub(crate) fn rows(journal: &Journal) -> Vec<Row> {
    let Some(state) = journal.state() else { return Vec::new() };
    let is_stopped =
        state.questions.values().any(|question| question.about == QuestionAbout::Stopped {});
    let mut rows: Vec<(bool, Row)> = state
        .questions
        .iter()
        .map(|(seq, question)| {
            let mut row = row(journal, state, *seq, &question.about);
            if is_stopped {
                row.choices.retain(|choice| choice.answer != Answer::Stop {});
            }
            let own = question.about.pauses_for();
            if own.is_some() && state.pauses.iter().any(|pause| Some(*pause) != own) {
                row.meaning.push_str(" Something else holds the mission as well: this answer alone does not let it go on.");
            }
            (question.about.halts(), row)
        })
        .collect();
    rows.sort_by_key(|(halts, row)| (!halts, row.question));
    rows.into_iter().map(|(_, row)| row).collect()
}

fn row(journal: &Journal, state: &MissionState, question: Seq, about: &QuestionAbout) -> Row {
    let mut row = Row {
        question,
        title: String::new(),
        meaning: String::new(),
        tone: if about.halts() { Tone::Bad } else { Tone::Wait },
        facts: Vec::new(),
        due_at: None,
        reading: None,
        choices: Vec::new(),
        cap: false,
        charged: None,
    };
    match about {
        QuestionAbout::Budget { step, needed, remaining } => {
            short_of_budget(&mut row, state, *step, (*needed, *remaining));
        }
        QuestionAbout::Trip { halts, .. } => {
            let event = journal.event(question).map(|event| &event.payload);
            if let Some(Payload::TripwireTripped { trip, step, call, text, .. }) = event {
                let again = call.and_then(|call| trips::asked_again(journal, call));
                tripped(&mut row, trip, again, *halts);
                row.facts.extend(step.map(|step| ("Step", title_of(state, step))));
                row.reading = text.map(|commitment| Reading {
                    commitment,
                    title: "Text that is held back".to_owned(),
                    why: "Whoever judges it must read it first.",
                });
            }
        }
        QuestionAbout::CheckIn { step, due_at, missed } => {
            look_at(&mut row, state, *step, (*due_at, *missed));
        }
        QuestionAbout::UnknownCall { call, step, charged } => {
            row.title = format!("Nobody knows what call {call} of {} cost", title_of(state, *step));
            row.meaning = format!(
                "The connection or the engine broke while the model was at work. Its worst case of {charged} counts as spent \
                 until the owner says what the provider billed; the mission goes on meanwhile."
            );
            row.charged = Some(*charged);
            row.choices = vec![choice(
                Answer::Reconcile { cost: *charged },
                "Record this bill",
                "what was charged too much goes back to the budget",
            )];
        }
        QuestionAbout::Stopped {} => {
            "A person stopped this mission".clone_into(&mut row.title);
            "Nothing is spent until somebody lets it go on.".clone_into(&mut row.meaning);
            row.facts = who_stopped(journal, question);
            row.choices = vec![choice(
                Answer::Resume {},
                "Let it go on",
                "agents start again where they were, within what is left of the budget",
            )];
        }
    }
    row
}

fn short_of_budget(
    row: &mut Row,
    state: &MissionState,
    step: StepId,
    (needed, remaining): (MicroUsd, MicroUsd),
) {
    row.title = format!("{} is short of budget", title_of(state, step));
    row.meaning = format!(
        "Its next call to the model may cost up to {needed}, and {remaining} of the cap of {} is left. The mission stands \
         still, and nothing is spent until somebody decides.",
        state.budget.cap
    );
    row.cap = true;
    row.choices = vec![
        choice(
            Answer::FinishStep {},
            "Finish this step only",
            format!(
                "one last call for at most {remaining}: the step ends with what it has by then, and no other step starts"
            ),
        ),
        stop(),
    ];
}

fn tripped(row: &mut Row, trip: &Trip, again: Option<String>, halts: bool) {
    trips::headline(trip.tripwire).clone_into(&mut row.title);
    let follows = if halts {
        "The mission stands still until somebody answers."
    } else {
        "The mission goes on; the answer is kept for the next version of the rules."
    };
    row.meaning = format!("{} {follows}", trips::sentence(&trip.words));
    row.facts = trips::facts(trip);
    row.choices = trips::choices(again, halts);
    row.choices.push(stop());
}

fn look_at(row: &mut Row, state: &MissionState, step: StepId, (due_at, missed): (Timestamp, bool)) {
    let title = title_of(state, step);
    let until = format::moment(due_at);
    row.title = format!("A guild member is to look at {title}");
    row.meaning = if missed {
        format!(
            "Nobody looked by {until}, so the mission stands still. It goes on once a guild member has looked."
        )
    } else {
        format!(
            "It was delivered, and the job wants human eyes on it. If nobody has looked by {until}, the mission stands still."
        )
    };
    row.due_at = (!missed).then_some(due_at);
    let delivered = state.step(step).and_then(|step| step.status.commitment());
    row.reading = delivered.map(|commitment| Reading {
        commitment,
        title,
        why: "Read it before you say that you have looked at it.",
    });
    row.choices = vec![
        choice(
            Answer::CheckIn {},
            "I looked at it",
            "recorded with your name; it approves nothing and pays nothing",
        ),
        stop(),
    ];
}

/// The answer that stopped the mission stands right before the pause that it led to.
fn who_stopped(journal: &Journal, question: Seq) -> Vec<(&'static str, String)> {
    let before = Seq(question.0.saturating_sub(1));
    let event = journal.event(before).map(|event| &event.payload);
    let Some(Payload::QuestionAnswered { answer: Answer::Stop {}, by, reason, .. }) = event else {
        return Vec::new();
    };
    let said = (!reason.is_empty()).then(|| ("In their words", format!("“{reason}”")));
    [("Stopped by", format::short_address(by))].into_iter().chain(said).collect()
}

fn title_of(state: &MissionState, step: StepId) -> String {
    state.step(step).map_or_else(
        || format!("step {step}"),
        |step| format!("“{}” of the {}", step.plan.title, step.plan.role),
    )
}
