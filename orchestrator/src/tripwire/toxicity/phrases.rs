//! Phrases as rules: words, alternatives, groups of words and bounded gaps, matched word by word.

use std::collections::BTreeMap;

use super::lexicon::{self, Category, Weight};
use super::words::Word;

/// One place of a phrase.
#[derive(Debug, Clone)]
enum Part {
    /// One of these words; a word that ends in `*` stands for all that begin so.
    Any { words: Vec<&'static str>, beginnings: Vec<&'static str> },
    /// Up to so many words that do not matter.
    Gap(usize),
    /// The end of the sentence or of the text.
    End,
}

/// A phrase that trips.
#[derive(Debug, Clone)]
pub(super) struct Phrase {
    pub(super) category: Category,
    pub(super) weight: Weight,
    /// Whether a `not` inside belongs to the phrase.
    pub(super) negated: bool,
    parts: Vec<Part>,
}

/// All phrases, by their first word.
#[derive(Debug)]
pub(super) struct Phrases {
    phrases: Vec<Phrase>,
    first: BTreeMap<&'static str, Vec<usize>>,
}

impl Phrases {
    /// The phrases of the lexicon.
    pub(super) fn new() -> Self {
        let mut all = Self { phrases: Vec::new(), first: BTreeMap::new() };
        for (category, weight, lines) in lexicon::PHRASES {
            for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
                all.add(*category, *weight, line);
            }
        }
        for phrase in &all.phrases {
            debug_assert!(matches!(phrase.parts.first(), Some(Part::Any { .. })));
        }
        all
    }

    fn add(&mut self, category: Category, weight: Weight, line: &'static str) {
        let (negated, line) = line.strip_prefix("! ").map_or((false, line), |line| (true, line));
        let parts: Vec<Part> = line.split(' ').map(part).collect();
        let index = self.phrases.len();
        if let Some(Part::Any { words, .. }) = parts.first() {
            for word in words {
                self.first.entry(word).or_default().push(index);
            }
        }
        self.phrases.push(Phrase { category, weight, negated, parts });
    }

    /// Every phrase that begins at that word, with the number of words that it takes.
    pub(super) fn at<'p>(&'p self, words: &'p [Word]) -> impl Iterator<Item = (&'p Phrase, usize)> {
        let first = words.first();
        let begins = |word: &str| self.first.get(word).map(Vec::as_slice).unwrap_or_default();
        let plain = first.map(|word| begins(&word.text)).unwrap_or_default();
        let other = first.and_then(|word| word.other.as_deref()).map(begins).unwrap_or_default();
        plain.iter().chain(other).filter_map(move |index| {
            let phrase = self.phrases.get(*index)?;
            let taken = matched(&phrase.parts, words)?;
            Some((phrase, taken))
        })
    }
}

fn part(text: &'static str) -> Part {
    if text == "$" {
        return Part::End;
    }
    if let Some(gap) = text.strip_prefix('~').and_then(|gap| gap.parse().ok()) {
        return Part::Gap(gap);
    }
    let (mut words, mut beginnings) = (Vec::new(), Vec::new());
    for word in text.split('|').flat_map(lexicon::group) {
        match word.strip_suffix('*') {
            Some(beginning) => beginnings.push(beginning),
            None => words.push(word),
        }
    }
    Part::Any { words, beginnings }
}

/// How many words a phrase takes from the first on. It stays within one sentence.
fn matched(parts: &[Part], words: &[Word]) -> Option<usize> {
    #[cfg(test)]
    crate::tripwire::normal::steps::count(1);
    let Some((part, rest)) = parts.split_first() else { return Some(0) };
    match part {
        Part::Any { words: known, beginnings } => {
            let (word, behind) = words.split_first()?;
            let fits = word.is(|text| {
                known.contains(&text) || beginnings.iter().any(|start| text.starts_with(start))
            });
            let more = rest.iter().any(|part| !matches!(part, Part::End));
            if !fits || word.ends && more {
                return None;
            }
            if let Some(Part::End) = rest.first() {
                return (word.ends || behind.is_empty()).then_some(1);
            }
            matched(rest, behind).map(|taken| taken.saturating_add(1))
        }
        Part::End => Some(0),
        Part::Gap(most) => (0..=*most).find_map(|skip| {
            let skipped = words.get(..skip)?;
            if skipped.iter().any(|word| word.ends) {
                return None;
            }
            matched(rest, words.get(skip..)?).map(|taken| taken.saturating_add(skip))
        }),
    }
}
