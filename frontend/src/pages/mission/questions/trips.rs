//! A trip in words: what tripped, what it rests on, and what each answer leads to.

use phase8_shared::id::CallId;
use phase8_shared::mission::{Answer, Payload, Severity, Trip, Tripwire};

use super::view_model::{Choice, choice};
use crate::live::Journal;

/// What happened, for people who have not read the job spec.
pub(super) const fn headline(tripwire: Tripwire) -> &'static str {
    match tripwire {
        Tripwire::ToxicityFilter => "Hateful or threatening words in an agent's text",
        Tripwire::PrivacyLeakDetector => "Secret or personal data in an agent's text",
        Tripwire::BudgetGuard => "A model bills more than the call can have used",
        Tripwire::BudgetSurge => "Most of the budget was spent early",
        Tripwire::ModelRegression => "Calls to models fail more often than before",
        Tripwire::LedgerGap => "An agent missed its check-ins",
        Tripwire::Idle => "An agent is silent",
        Tripwire::AutonomyEnvelope => "The mission takes longer than its job allows",
        Tripwire::DetectorFailed => "A text could not be checked",
    }
}

/// Words that begin with a capital and end with a full stop. The id of an adapter stays as it is.
pub(super) fn sentence(words: &str) -> String {
    let words = words.trim();
    let is_word = words.split(' ').next().is_some_and(|it| it.chars().all(char::is_alphabetic));
    let mut sentence = words.to_owned();
    if let Some(first) = words.chars().next().filter(|_| is_word) {
        sentence = first.to_uppercase().chain(words.chars().skip(1)).collect();
    }
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}

/// What the trip rests on, by name.
pub(super) fn facts(trip: &Trip) -> Vec<(&'static str, String)> {
    let severity = match trip.severity {
        Severity::Info => "info: worth knowing",
        Severity::Warning => "warning: somebody should look",
        Severity::Critical => "critical: look before anything goes on",
    };
    let mut facts = vec![
        ("Rule", format!("{} of the {}", trip.rule, trip.tripwire)),
        ("Severity", severity.to_owned()),
    ];
    if let Some(span) = trip.span {
        facts.push(("Where", format!("bytes {} to {} of the text", span.start, span.end)));
    }
    facts
}

/// What becomes of a call that was held back or not believed, and what that costs.
pub(super) fn asked_again(journal: &Journal, call: CallId) -> Option<String> {
    let asked = journal.event(journal.request_of(call)?)?;
    let Payload::ModelCallRequested { reserved, .. } = &asked.payload else { return None };
    Some(format!(
        "nobody builds on that text, and the agent writes this part anew, for at most {reserved}"
    ))
}

/// The answers that do not stop the mission.
pub(super) fn choices(again: Option<String>, halts: bool) -> Vec<Choice> {
    const FOR_THE_RULES: &str = "recorded as a false alarm for the next version of the rules";
    if !halts {
        return vec![
            choice(Answer::Resume {}, "It was right", "recorded, and nothing else changes"),
            choice(Answer::FalseAlarm {}, "This was wrong", FOR_THE_RULES),
        ];
    }
    let follows = again.unwrap_or_else(|| "agents go on where they were".to_owned());
    vec![
        choice(Answer::Resume {}, "It was right, go on", follows.clone()),
        choice(
            Answer::FalseAlarm {},
            "This was wrong, go on",
            format!("{FOR_THE_RULES}; {follows}"),
        ),
    ]
}
