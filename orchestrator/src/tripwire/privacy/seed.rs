//! Seed phrases of wallets (BIP-39): words of the English list in a row, with their checksum.

use bip39::{Language, Mnemonic};

use super::scan::{any_of, before};
use super::{Found, Rule, Surety};
use crate::tripwire::normal::Normal;

/// Lengths of a phrase, longest first.
const LENGTHS: [usize; 5] = [24, 21, 18, 15, 12];
/// A row longer than this is a list of words, not a phrase.
const LONGEST_ROW: usize = 30;
/// Bytes between two words of a row, such as `, ` and `\n 12. `.
const MOST_BETWEEN: usize = 10;
/// Bytes before a phrase in which a word says what it is.
const NEAR: usize = 64;
const CONTEXT: [&str; 6] = ["seed", "mnemonic", "recovery", "backup phrase", "bip39", "bip 39"];

/// A word of the list: where it stands and which it is.
#[derive(Debug, Clone, Copy)]
struct Word {
    start: usize,
    end: usize,
    text: &'static str,
}

/// Every seed phrase.
pub(super) fn find(view: &Normal, found: &mut Vec<Found>) {
    let mut row: Vec<Word> = Vec::new();
    let mut at = 0;
    while at < view.bytes().len() {
        let end = letters(view, at);
        if end == at {
            at = at.saturating_add(1);
            continue;
        }
        let word = known(view.slice(at..end));
        let follows = row.last().is_none_or(|last| between(view.slice(last.end..at)));
        if let Some(word) = word {
            if !follows {
                phrases(view, &row, found);
                row.clear();
            }
            row.push(Word { start: at, end, text: word });
        } else {
            phrases(view, &row, found);
            row.clear();
        }
        at = end;
    }
    phrases(view, &row, found);
}

fn letters(view: &Normal, from: usize) -> usize {
    let mut at = from;
    while view.at(at).is_ascii_alphabetic() || view.at(at) >= 0x80 {
        at = at.saturating_add(1);
    }
    at
}

fn known(word: &[u8]) -> Option<&'static str> {
    if !(3..=8).contains(&word.len()) {
        return None;
    }
    let word = String::from_utf8(word.to_ascii_lowercase()).ok()?;
    let index = Language::English.find_word(&word)?;
    Language::English.word_list().get(usize::from(index)).copied()
}

fn between(separators: &[u8]) -> bool {
    let separates = |byte: &u8| {
        byte.is_ascii_whitespace()
            || byte.is_ascii_digit()
            || matches!(
                byte,
                b',' | b'.'
                    | b')'
                    | b'|'
                    | b'-'
                    | b'"'
                    | b'\''
                    | b'_'
                    | b'/'
                    | b'['
                    | b']'
                    | b'`'
                    | b'*'
            )
    };
    separators.len() <= MOST_BETWEEN && separators.iter().all(separates)
}

/// Phrases in one row of words.
fn phrases(view: &Normal, row: &[Word], found: &mut Vec<Found>) {
    let mut from = 0;
    while row.len().saturating_sub(from) >= 12 {
        let whole = LENGTHS.into_iter().find_map(|length| {
            let part = row.get(from..from.saturating_add(length))?;
            checks(part).then_some((length, part))
        });
        let Some((length, part)) = whole else {
            from = from.saturating_add(1);
            continue;
        };
        let extra = row.len().saturating_sub(length);
        let said =
            part.first().is_some_and(|first| any_of(&before(view, first.start, NEAR), &CONTEXT));
        let surety = if extra <= 3 || said {
            Surety::Certain
        } else if row.len() <= LONGEST_ROW {
            Surety::Likely
        } else {
            Surety::Weak
        };
        push(part, surety, found);
        from = from.saturating_add(length);
    }
    let Some(first) = row.first().filter(|_| row.len() >= 12) else { return };
    let said = any_of(&before(view, first.start, NEAR), &CONTEXT);
    let whole = LENGTHS.contains(&row.len());
    push(row, if said && whole { Surety::Likely } else { Surety::Weak }, found);
}

fn push(part: &[Word], surety: Surety, found: &mut Vec<Found>) {
    if let (Some(first), Some(last)) = (part.first(), part.last()) {
        found.push(Found::new(Rule::SeedPhrase, surety, first.start..last.end));
    }
}

fn checks(part: &[Word]) -> bool {
    #[cfg(test)]
    crate::tripwire::normal::steps::count(part.len());
    let words: Vec<&str> = part.iter().map(|word| word.text).collect();
    Mnemonic::parse_in_normalized(Language::English, &words.join(" ")).is_ok()
}
