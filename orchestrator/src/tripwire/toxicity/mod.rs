//! `toxicity-filter`: hate, threats, calls to violence, self-harm, sexual content about minors, harassment and, at HIGH, coarse
//! language. Weighted phrases over words whose spelling was turned back; a negation, a report or words of the trade around a
//! phrase take weight away.
//!
//! No model is asked, because none is at hand on the engine's own machine. So it knows English alone, and only what its lexicon
//! knows: irony, allusions, new slurs and cruelty in kind words pass. It takes away the plain cases before anybody sees
//! them; people judge the rest.

mod lexicon;
mod phrases;
mod words;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use phase8_shared::mission::{Severity, Trip, Tripwire};
use phase8_shared::policy::TripwireSensitivity;

use self::lexicon::{Category, Weight};
use self::phrases::Phrases;
use self::words::Word;
use super::Detector;
use super::normal::Normal;

/// Words before a phrase in which a negation turns it around.
const NEGATION_REACH: usize = 4;
/// Words around a phrase in which somebody may speak about it.
const REPORT_REACH: usize = 12;
/// Words around a phrase that show what it is about.
const TRADE_REACH: usize = 6;

/// Looks for toxic language.
#[derive(Debug, Clone, Copy, Default)]
pub struct ToxicityFilter;

/// The lexicon as it is searched.
struct Lexicon {
    phrases: Phrases,
    single: BTreeMap<String, (Category, Weight)>,
}

/// A phrase that was found: its words from the first to the one past the last.
struct Hit {
    category: Category,
    weight: u8,
    from: usize,
    to: usize,
}

fn lexicon() -> &'static Lexicon {
    static LEXICON: OnceLock<Lexicon> = OnceLock::new();
    LEXICON.get_or_init(|| {
        let lists = [
            (lexicon::COARSE, Category::Profanity, Weight::Weak),
            (lexicon::MAYBE_SLURS, Category::Hate, Weight::Weak),
            (lexicon::SLURS, Category::Hate, Weight::Certain),
        ];
        let single = lists.into_iter().flat_map(|(list, category, weight)| {
            list.split_whitespace().map(move |word| (rot13(word), (category, weight)))
        });
        Lexicon { phrases: Phrases::new(), single: single.collect() }
    })
}

/// Each letter moved by half the alphabet.
pub(super) fn rot13(word: &str) -> String {
    let turn = |c: char| match c {
        'a'..='m' | 'A'..='M' => char::from_u32(u32::from(c).saturating_add(13)).unwrap_or(c),
        'n'..='z' | 'N'..='Z' => char::from_u32(u32::from(c).saturating_sub(13)).unwrap_or(c),
        c => c,
    };
    word.chars().map(turn).collect()
}

impl Detector for ToxicityFilter {
    fn tripwire(&self) -> Tripwire {
        Tripwire::ToxicityFilter
    }

    fn check(&self, text: &str, sensitivity: TripwireSensitivity) -> Vec<Trip> {
        let least = match sensitivity {
            TripwireSensitivity::Low => Weight::Certain,
            TripwireSensitivity::Medium => Weight::Likely,
            TripwireSensitivity::High => Weight::Weak,
        };
        let view = Normal::of(text);
        let mut trips = trips(&view, least);
        if let Some(unspelled) = view.unspelled() {
            trips.extend(self::trips(&unspelled, least));
        }
        apart(trips)
    }
}

fn trips(view: &Normal, least: Weight) -> Vec<Trip> {
    let words = words::read(view);
    let found = hits(&words).into_iter().filter(|hit| hit.weight >= least as u8);
    found
        .filter_map(|hit| {
            let (begin, end) = (words.get(hit.from)?, words.get(hit.to.checked_sub(1)?)?);
            Some(Trip {
                tripwire: Tripwire::ToxicityFilter,
                rule: hit.category.rule().to_owned(),
                severity: severity(hit.category, hit.weight),
                span: view.span(&(begin.at.start..end.at.end)),
                words: hit.category.words().to_owned(),
            })
        })
        .collect()
}

const fn severity(category: Category, weight: u8) -> Severity {
    match category {
        Category::Profanity => Severity::Info,
        Category::Harassment => Severity::Warning,
        Category::Hate
        | Category::Threat
        | Category::Violence
        | Category::SelfHarm
        | Category::Minors => {
            if weight >= Weight::Likely as u8 {
                Severity::Critical
            } else {
                Severity::Warning
            }
        }
    }
}

fn hits(words: &[Word]) -> Vec<Hit> {
    let lexicon = lexicon();
    let mut hits = Vec::new();
    for (from, word) in words.iter().enumerate() {
        let single = [Some(word.text.as_str()), word.other.as_deref()]
            .into_iter()
            .flatten()
            .find_map(|text| lexicon.single.get(text));
        if let Some((category, weight)) = single {
            let to = from.saturating_add(1);
            let weight = weighed(words, from, to, *weight, false, *category);
            hits.push(Hit { category: *category, weight, from, to });
        }
        for (phrase, taken) in lexicon.phrases.at(words.get(from..).unwrap_or_default()) {
            let to = from.saturating_add(taken);
            let weight = weighed(words, from, to, phrase.weight, !phrase.negated, phrase.category);
            hits.push(Hit { category: phrase.category, weight, from, to });
        }
    }
    hits
}

/// What is left of a phrase's weight where it stands.
fn weighed(
    words: &[Word],
    from: usize,
    to: usize,
    weight: Weight,
    turns: bool,
    category: Category,
) -> u8 {
    let around = |reach: usize| {
        let part = words.get(from.saturating_sub(reach)..to.saturating_add(reach).min(words.len()));
        part.unwrap_or_default()
    };
    let mut left = weight as u8;
    let negates = |word: &Word| lexicon::NEGATIONS.contains(&word.text.as_str());
    if turns {
        let before = words.get(from.saturating_sub(NEGATION_REACH)..from).unwrap_or_default();
        // What stands before the end of the last sentence belongs to that one.
        let own = before.iter().rev().take_while(|word| !word.ends);
        let inside = words.get(from..to).unwrap_or_default();
        if own.chain(inside).any(negates) {
            left = left.saturating_sub(2);
        }
    }
    let quoted = words.get(from).is_some_and(|word| word.quoted);
    let reported =
        around(REPORT_REACH).iter().any(|word| lexicon::REPORTING.contains(&word.text.as_str()));
    let told = match (quoted, reported) {
        (true, true) => 3,
        (false, true) => 1,
        (_, false) => 0,
    };
    left = left.saturating_sub(told);
    let may_be_trade = match category {
        Category::Threat | Category::Violence | Category::Minors | Category::Harassment => true,
        Category::Hate | Category::SelfHarm | Category::Profanity => false,
    };
    let trade = around(TRADE_REACH)
        .iter()
        .filter(|word| may_be_trade && lexicon::TECHNICAL.contains(&word.text.as_str()));
    left.saturating_sub(match trade.count() {
        0 => 0,
        1 => 2,
        _ => 3,
    })
}

/// Of trips that overlap, the worst.
fn apart(mut trips: Vec<Trip>) -> Vec<Trip> {
    trips.sort_by_key(|trip| trip.span.map(|span| (span.start, std::cmp::Reverse(span.end))));
    let mut kept: Vec<Trip> = Vec::new();
    for trip in trips {
        match kept.last_mut() {
            Some(last)
                if trip.span.zip(last.span).is_some_and(|(own, last)| own.start < last.end) =>
            {
                if trip.severity > last.severity {
                    *last = trip;
                }
            }
            _ => kept.push(trip),
        }
    }
    kept
}
