//! A text as words: small letters, digits and signs that stand for letters turned back, repeated letters squeezed.

use std::ops::Range;

use crate::tripwire::normal::Normal;

/// The longest word that is read; longer ones are cut, and no rule has one so long.
const LONGEST: usize = 32;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// As rules read it.
    pub(super) text: String,
    /// The other reading, where a `1`, `!` or `|` may be an `l` too or letters were repeated.
    pub(super) other: Option<String>,
    /// Where it stands.
    pub(super) at: Range<usize>,
    /// Whether a sentence ends behind it.
    pub(super) ends: bool,
    /// Whether it stands between quotation marks.
    pub(super) quoted: bool,
}

impl Word {
    /// Whether either reading fits.
    pub(super) fn is(&self, fits: impl Fn(&str) -> bool) -> bool {
        fits(&self.text) || self.other.as_deref().is_some_and(fits)
    }
}

/// The words of a text.
pub(super) fn read(view: &Normal) -> Vec<Word> {
    let bytes = view.bytes();
    let mut words: Vec<Word> = Vec::new();
    let mut quoted = false;
    let mut at = 0;
    while at < bytes.len() {
        if starts(view, at) {
            let end = end(view, at);
            let (text, other) = plain(view.slice(at..end));
            if !text.is_empty() {
                words.push(Word { text, other, at: at..end, ends: false, quoted });
            }
            at = end.max(at.saturating_add(1));
            continue;
        }
        let byte = view.at(at);
        let next = view.at(at.saturating_add(1));
        let ends = match byte {
            b'.' | b'!' | b'?' | b';' => !next.is_ascii_alphanumeric(),
            b'\n' => next == b'\n' || next == b'-' || next == b'#' || next == b'|',
            _ => false,
        };
        if ends && let Some(last) = words.last_mut() {
            last.ends = true;
        }
        // A quotation never spans a paragraph.
        quoted = match byte {
            b'"' | b'`' => !quoted,
            b'\n' if next == b'\n' => false,
            _ => quoted,
        };
        at = at.saturating_add(1);
    }
    words
}

const fn inner(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || byte >= 0x80
        || matches!(byte, b'\'' | b'@' | b'$' | b'!' | b'*' | b'+')
}

fn starts(view: &Normal, at: usize) -> bool {
    let byte = view.at(at);
    byte.is_ascii_alphanumeric()
        || byte == 0x80
        || matches!(byte, b'@' | b'$') && view.at(at.saturating_add(1)).is_ascii_alphabetic()
}

/// The end of the word that begins there: signs count only where a letter follows.
fn end(view: &Normal, from: usize) -> usize {
    let mut at = from;
    let mut last = from;
    while inner(view.at(at)) {
        at = at.saturating_add(1);
        if view.at(at.saturating_sub(1)).is_ascii_alphanumeric()
            || view.at(at.saturating_sub(1)) == b'$'
        {
            last = at;
        }
    }
    last.max(from.saturating_add(1))
}

/// Both readings of a word.
fn plain(word: &[u8]) -> (String, Option<String>) {
    let letters = word.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let signs = word.iter().any(|byte| !byte.is_ascii_alphabetic() && *byte != b'\'');
    let read = |one: char| {
        let mut text = String::new();
        for byte in word.iter().take(LONGEST) {
            let letter = match byte {
                b'\'' => continue,
                byte if letters < 2 || !signs => char::from(byte.to_ascii_lowercase()),
                b'0' => 'o',
                b'1' | b'!' => one,
                b'3' => 'e',
                b'4' | b'@' => 'a',
                b'5' | b'$' => 's',
                b'7' | b'+' => 't',
                byte => char::from(byte.to_ascii_lowercase()),
            };
            text.push(letter);
        }
        text
    };
    let text = read('i');
    let as_l = read('l');
    let other = if word == b"1" {
        Some("i".to_owned())
    } else if as_l == text {
        Some(squeeze(&text)).filter(|short| *short != text)
    } else {
        Some(as_l)
    };
    (text, other)
}

/// Three or more of the same letter in a row as one.
fn squeeze(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut short = String::new();
    for row in letters.chunk_by(|a, b| a == b) {
        let count = if row.len() >= 3 { 1 } else { row.len() };
        short.extend(row.iter().take(count));
    }
    short
}
