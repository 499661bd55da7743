//! What a mission asks people: each question in words, with its answers.

use phase8_shared::id::{Seq, StepId};
use phase8_shared::ledger::Commitment;
use phase8_shared::mission::{Answer, MissionState, Payload, QuestionAbout};
use phase8_shared::money::MicroUsd;

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
    /// What can be answered.
    pub(crate) choices: Vec<Choice>,
    /// Whether raising the cap would answer it too.
    pub(crate) cap: bool,
    /// The most that can be reconciled; asked for in dollars.
    pub(crate) charged: Option<MicroUsd>,
    /// The text that was held back.
    pub(crate) withheld: Option<Commitment>,
}

/// One answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Choice {
    /// The answer; what is reconciled is typed in.
    pub(crate) answer: Answer,
    /// On its button.
    pub(crate) label: &'static str,
    /// What it leads to.
    pub(crate) leads_to: &'static str,
}

const fn choice(answer: Answer, label: &'static str, leads_to: &'static str) -> Choice {
    Choice { answer, label, leads_to }
}

const STOP: Choice = choice(
    Answer::Stop {},
    "Stop the mission",
    "nothing more is spent; what was delivered can still be approved and paid, and you can let it go on later",
);

/// Everything that the mission asks, the halting questions first.
pub(crate) fn rows(journal: &Journal) -> Vec<Row> {
    let Some(state) = journal.state() else { return Vec::new() };
    let mut rows: Vec<(bool, Row)> = state
        .questions
        .iter()
        .map(|(seq, question)| {
            let row = row(journal, state, *seq, &question.about);
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
        choices: Vec::new(),
        cap: false,
        charged: None,
        withheld: None,
    };
    match about {
        QuestionAbout::Budget { step, needed, remaining } => {
            row.title = format!("{} is short of budget", title_of(state, *step));
            row.meaning = format!(
                "Its next call may cost up to {needed}, and {remaining} is left. Nothing is spent until somebody decides."
            );
            row.cap = true;
            row.choices = vec![
                choice(
                    Answer::FinishStep {},
                    "Finish this step only",
                    "the step comes to its end with what is left, and nothing starts after it",
                ),
                STOP,
            ];
        }
        QuestionAbout::Trip { tripwire, halts, .. } => {
            let event = journal.event(question).map(|event| &event.payload);
            let words = match event {
                Some(Payload::TripwireTripped { trip, text, .. }) => {
                    row.withheld = *text;
                    format!("{} (rule {})", trip.words, trip.rule)
                }
                _ => String::new(),
            };
            row.title = format!("{tripwire} tripped");
            let follows = if *halts {
                "The mission stands still until this is answered."
            } else {
                "The mission goes on; the answer helps the next version of the rules."
            };
            format!("{words} {follows}").trim_start().clone_into(&mut row.meaning);
            row.choices = vec![
                choice(
                    Answer::Resume {},
                    "Go on",
                    "it was right, somebody looked, and the mission may go on",
                ),
                choice(
                    Answer::FalseAlarm {},
                    "This was wrong",
                    "recorded as a false alarm, and the mission may go on",
                ),
                STOP,
            ];
        }
        QuestionAbout::CheckIn { step, due_at, missed } => {
            row.title = format!("A validator is to look at {}", title_of(state, *step));
            row.meaning = if *missed {
                format!(
                    "Nobody looked by {due_at}: the mission stands still until a validator does."
                )
            } else {
                format!("If nobody has looked by {due_at}, the mission stands still.")
            };
            row.choices = vec![
                choice(
                    Answer::CheckIn {},
                    "I looked at it",
                    "the mission goes on; this is not an approval",
                ),
                STOP,
            ];
        }
        QuestionAbout::UnknownCall { call, step, charged } => {
            row.title = format!("Nobody knows what call {call} of {} cost", title_of(state, *step));
            row.meaning = format!(
                "It was under way when the connection or the engine broke, so its worst case of {charged} is charged. \
                 Look at the provider's bill and say what it was."
            );
            row.charged = Some(*charged);
            row.choices = vec![choice(
                Answer::Reconcile { cost: *charged },
                "Reconcile",
                "the difference goes back to the budget",
            )];
        }
        QuestionAbout::Stopped {} => {
            "A person stopped this mission".clone_into(&mut row.title);
            "Nothing is spent until somebody lets it go on.".clone_into(&mut row.meaning);
            row.choices = vec![choice(
                Answer::Resume {},
                "Let it go on",
                "agents start again where they were",
            )];
        }
    }
    row
}

fn title_of(state: &MissionState, step: StepId) -> String {
    state.step(step).map_or_else(
        || format!("step {step}"),
        |step| format!("“{}” of the {}", step.plan.title, step.plan.role),
    )
}
