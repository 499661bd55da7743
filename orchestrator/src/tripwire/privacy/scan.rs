//! How rules read: sets of characters, words nearby, and how random a word is.

use std::ops::Range;

use crate::tripwire::normal::Normal;

/// Characters that a value may consist of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Set {
    /// `A` to `Z` and digits.
    Upper,
    /// Letters and digits.
    Alnum,
    /// Letters, digits, `-` and `_`.
    Url,
    /// The same and `.`.
    Dotted,
    /// The same as [`Set::Url`] and `/`.
    Path,
    /// `0` to `9` and `a` to `f`.
    Hex,
    /// The alphabet of Bitcoin's addresses and keys.
    Base58,
    /// Standard and URL-safe Base64.
    Base64,
}

impl Set {
    /// Whether it has that character.
    pub(super) const fn has(self, byte: u8) -> bool {
        match self {
            Self::Upper => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Self::Alnum => byte.is_ascii_alphanumeric(),
            Self::Url => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'),
            Self::Dotted => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'),
            Self::Path => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'/'),
            Self::Hex => byte.is_ascii_hexdigit(),
            Self::Base58 => {
                byte.is_ascii_alphanumeric() && !matches!(byte, b'0' | b'O' | b'I' | b'l')
            }
            Self::Base64 => {
                byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
            }
        }
    }
}

/// A value: where it stands and its characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) at: Range<usize>,
    pub(super) text: Vec<u8>,
}

/// Whether a word may begin there: no letter or digit stands before.
pub(super) fn begins(view: &Normal, at: usize) -> bool {
    at.checked_sub(1).is_none_or(|before| !view.at(before).is_ascii_alphanumeric())
}

/// The characters of a set from there on, at most so many and one.
pub(super) fn take(view: &Normal, from: usize, set: Set, most: usize) -> Value {
    let mut text = Vec::new();
    let mut end = from;
    while text.len() <= most && set.has(view.at(end)) {
        text.push(view.at(end));
        end = end.saturating_add(1);
    }
    Value { at: from..end, text }
}

/// A value of between `least` and `most` characters, also one that goes on in the next line.
pub(super) fn value(
    view: &Normal,
    from: usize,
    set: Set,
    least: usize,
    most: usize,
) -> Option<Value> {
    let straight = take(view, from, set, most);
    if straight.text.len() >= least {
        return (straight.text.len() <= most).then_some(straight);
    }
    let mut wrapped = straight;
    while wrapped.text.len() < least {
        let next = next_line(view, wrapped.at.end)?;
        let part = take(view, next, set, most.saturating_sub(wrapped.text.len()));
        if part.text.is_empty() {
            return None;
        }
        wrapped.text.extend_from_slice(&part.text);
        wrapped.at.end = part.at.end;
    }
    (wrapped.text.len() <= most).then_some(wrapped)
}

/// Where the text goes on if a line ends there; indentation, a hyphen or backslash at the end and a quotation are skipped.
fn next_line(view: &Normal, end: usize) -> Option<usize> {
    let mut at = end;
    let mut broken = false;
    while at < end.saturating_add(16) {
        match view.at(at) {
            b'\n' => broken = true,
            b' ' | b'\t' | b'\r' | b'\\' | b'>' | b'"' | b'+' => {}
            _ => break,
        }
        at = at.saturating_add(1);
    }
    broken.then_some(at)
}

/// The part of the text of at most so many bytes that ends there, in small letters, `_` and `-` as spaces.
pub(super) fn before(view: &Normal, end: usize, most: usize) -> Vec<u8> {
    plain(view.slice(end.saturating_sub(most)..end))
}

/// The part that begins there, in the same form.
pub(super) fn after(view: &Normal, from: usize, most: usize) -> Vec<u8> {
    plain(view.slice(from..from.saturating_add(most).min(view.bytes().len())))
}

/// Small letters, `_` and `-` as spaces.
pub(super) fn plain(bytes: &[u8]) -> Vec<u8> {
    let small = |byte: &u8| match byte {
        b'_' | b'-' => b' ',
        byte => byte.to_ascii_lowercase(),
    };
    bytes.iter().map(small).collect()
}

/// Where the last of some words begins and ends.
pub(super) fn last_of(text: &[u8], words: &[&str]) -> Option<Range<usize>> {
    let places = words.iter().filter_map(|word| {
        let at = text.windows(word.len()).rposition(|part| part == word.as_bytes())?;
        Some(at..at.saturating_add(word.len()))
    });
    places.max_by_key(|range| (range.end, std::cmp::Reverse(range.start)))
}

/// Where the first of some words begins and ends.
pub(super) fn first_of(text: &[u8], words: &[&str]) -> Option<Range<usize>> {
    let places = words.iter().filter_map(|word| {
        let at = text.windows(word.len()).position(|part| part == word.as_bytes())?;
        Some(at..at.saturating_add(word.len()))
    });
    places.min_by_key(|range| range.start)
}

/// Whether any of some words stands in the text.
pub(super) fn any_of(text: &[u8], words: &[&str]) -> bool {
    first_of(text, words).is_some()
}

/// Shannon's entropy of a word, in millibits a character.
pub(super) fn millibits(text: &[u8]) -> u32 {
    let mut counts = [0_u32; 256];
    for byte in text {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count = count.saturating_add(1);
        }
    }
    let length = f64::from(u32::try_from(text.len()).unwrap_or(u32::MAX));
    let bits: f64 = counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| {
            let share = f64::from(*count) / length;
            -share * share.log2()
        })
        .sum();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at most 8 bits a character, never negative"
    )]
    let millibits = (bits * 1_000.0).round() as u32;
    millibits
}

/// Whether a value only stands for one.
pub(super) fn placeholder(value: &[u8]) -> bool {
    const WORDS: [&str; 22] = [
        "example",
        "sample",
        "dummy",
        "placeholder",
        "changeme",
        "change me",
        "your",
        "xxxx",
        "redacted",
        "****",
        "....",
        "insert",
        "fake",
        "abcdef",
        "123456",
        "lorem",
        "foobar",
        "${",
        "{{",
        "<",
        "env[",
        "hidden",
    ];
    any_of(&plain(value), &WORDS)
}
