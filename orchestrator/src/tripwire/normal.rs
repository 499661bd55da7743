//! A text as detectors read it: characters that only look different are the same, invisible ones are gone, and every byte
//! knows where it stood.

use std::ops::Range;

use phase8_shared::mission::Span;
use unicode_normalization::char::decompose_compatible;

/// A letter of a script that no rule reads.
pub(super) const LETTER: u8 = 0x80;
/// Anything else that is not ASCII, such as a pictogram.
pub(super) const SYMBOL: u8 = 0x81;

/// The most separators in a row inside a word that is spelled out.
const MOST_BETWEEN: usize = 2;
/// Letters from which on a spelled-out word counts.
const LEAST_SPELLED: usize = 3;

/// One byte a character, with the place of each in the original.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Normal {
    bytes: Vec<u8>,
    spans: Vec<Span>,
}

impl Normal {
    /// Full-width and styled letters and digits become plain ones, accents and zero-width characters go, look-alikes from
    /// Cyrillic and Greek become Latin, and every kind of space, dash and quotation mark becomes one.
    pub(super) fn of(text: &str) -> Self {
        let mut normal =
            Self { bytes: Vec::with_capacity(text.len()), spans: Vec::with_capacity(text.len()) };
        for (at, c) in text.char_indices() {
            let span = Span { start: offset(at), end: offset(at.saturating_add(c.len_utf8())) };
            if c.is_ascii() {
                if let Ok(byte) = u8::try_from(c)
                    && (!byte.is_ascii_control() || matches!(byte, b'\n' | b'\t' | b'\r'))
                {
                    normal.push(byte, span);
                }
            } else if let Some(byte) = known(c) {
                normal.push(byte, span);
            } else if !invisible(c) {
                decompose_compatible(c, |part| {
                    if let Some(byte) = part_of(part) {
                        normal.push(byte, span);
                    }
                });
            }
        }
        normal
    }

    /// The same with words that are spelled out letter by letter (`k e y`, `k.e.y`) put together; `None` if there are none.
    pub(super) fn unspelled(&self) -> Option<Self> {
        let mut whole: Option<Self> = None;
        let mut copied = 0;
        let mut at = 0;
        while at < self.bytes.len() {
            let run = self.spelled_at(at);
            let end = run.last().map_or(at, |last| last.saturating_add(1));
            let spelled = run.len() >= LEAST_SPELLED
                && run.iter().any(|at| self.at(*at).is_ascii_alphabetic());
            if !spelled {
                // The last letter of a row may be the first of the next.
                at = end.saturating_sub(1).max(at.saturating_add(1));
                continue;
            }
            let target = whole.get_or_insert_with(Self::default);
            target.copy(self, copied..at);
            for letter in &run {
                target.copy(self, *letter..letter.saturating_add(1));
            }
            (copied, at) = (end, end);
        }
        let mut whole = whole?;
        whole.copy(self, copied..self.bytes.len());
        Some(whole)
    }

    /// Where letters stand, one by one and evenly apart, from there on.
    fn spelled_at(&self, from: usize) -> Vec<usize> {
        let mut letters = Vec::new();
        let before = from.checked_sub(1).map_or(b' ', |before| self.at(before));
        if !self.at(from).is_ascii_alphanumeric() || before.is_ascii_alphanumeric() {
            return letters;
        }
        let mut at = from;
        let mut gap: Option<&[u8]> = None;
        while self.at(at).is_ascii_alphanumeric() {
            letters.push(at);
            let next = at.saturating_add(1);
            let between =
                (next..next.saturating_add(MOST_BETWEEN)).take_while(|at| self.separates(*at));
            let end = next.saturating_add(between.count());
            // The next letter stands alone too, and as far away as the others.
            let own = self.slice(next..end);
            let alone = !self.at(end.saturating_add(1)).is_ascii_alphanumeric();
            if own.is_empty() || !alone || gap.is_some_and(|gap| gap != own) {
                break;
            }
            gap = Some(own);
            at = end;
        }
        letters
    }

    fn separates(&self, at: usize) -> bool {
        matches!(self.at(at), b' ' | b'.' | b'-' | b'_' | b'*' | b'|' | b',' | b'\n' | b'/')
    }

    fn copy(&mut self, from: &Self, range: Range<usize>) {
        self.bytes.extend_from_slice(from.bytes.get(range.clone()).unwrap_or_default());
        self.spans.extend_from_slice(from.spans.get(range).unwrap_or_default());
    }

    fn push(&mut self, byte: u8, span: Span) {
        self.bytes.push(byte);
        self.spans.push(span);
    }

    /// What is read.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The byte there, or 0 past the end.
    pub(super) fn at(&self, at: usize) -> u8 {
        #[cfg(test)]
        steps::count(1);
        self.bytes.get(at).copied().unwrap_or(0)
    }

    /// A part of it; empty where there is none.
    pub(super) fn slice(&self, range: Range<usize>) -> &[u8] {
        #[cfg(test)]
        steps::count(range.len());
        self.bytes.get(range).unwrap_or_default()
    }

    /// Where a part of it stands in the original.
    pub(super) fn span(&self, range: &Range<usize>) -> Option<Span> {
        let first = self.spans.get(range.start)?;
        let last = self.spans.get(range.end.checked_sub(1)?)?;
        Some(Span { start: first.start, end: last.end.max(first.end) })
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// A part of a character that was taken apart.
fn part_of(part: char) -> Option<u8> {
    if let Some(byte) = known(part) {
        return Some(byte);
    }
    match u8::try_from(part).ok().filter(u8::is_ascii) {
        Some(byte) => Some(byte),
        None if invisible(part) => None,
        None if part.is_alphabetic() => Some(LETTER),
        None => Some(SYMBOL),
    }
}

/// Characters that are not seen: zero width, marks on other characters, variation selectors, tags.
fn invisible(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}'
        | '\u{61c}' | '\u{64b}'..='\u{65f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{20d0}'..='\u{20ff}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// The zero of every script whose digits count from 0 to 9.
const ZEROS: [u32; 24] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6,
    0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0xa8d0,
];

/// Spaces, dashes, quotation marks, digits and look-alikes that no decomposition makes plain.
fn known(c: char) -> Option<u8> {
    let byte = match c {
        '\u{85}' | '\u{2028}' | '\u{2029}' => b'\n',
        '\u{2800}' => b' ',
        c if c.is_whitespace() && !c.is_ascii() => b' ',
        '\u{2010}'..='\u{2015}'
        | '\u{2043}'
        | '\u{2212}'
        | '\u{fe58}'
        | '\u{fe63}'
        | '\u{ff0d}' => b'-',
        '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{2b9}' | '\u{2bc}' => b'\'',
        '\u{ab}' | '\u{bb}' | '\u{201c}'..='\u{201f}' | '\u{2033}' => b'"',
        '\u{b7}' | '\u{2022}' | '\u{2219}' | '\u{22c5}' | '\u{30fb}' => b'.',
        '\u{2044}' | '\u{2215}' => b'/',
        '\u{a789}' | '\u{2236}' => b':',
        'а' | 'α' | 'ɑ' => b'a',
        'А' | 'Α' => b'A',
        'Β' | 'В' => b'B',
        'ϲ' | 'с' => b'c',
        'Ϲ' | 'С' => b'C',
        'ԁ' => b'd',
        'е' | 'ε' | 'є' => b'e',
        'Ε' | 'Е' => b'E',
        'ɡ' => b'g',
        'һ' => b'h',
        'Η' | 'Н' => b'H',
        'і' | 'ι' | 'ı' | 'ɩ' => b'i',
        'Ι' | 'І' | 'Ӏ' => b'I',
        'ј' => b'j',
        'Ј' => b'J',
        'κ' | 'к' => b'k',
        'Κ' | 'К' => b'K',
        'ӏ' => b'l',
        'Μ' | 'М' => b'M',
        'Ν' => b'N',
        'ո' => b'n',
        'ο' | 'о' | 'օ' | 'ø' => b'o',
        'Ο' | 'О' | 'Ø' => b'O',
        'ρ' | 'р' => b'p',
        'Ρ' | 'Р' => b'P',
        'ԛ' => b'q',
        'ѕ' => b's',
        'Ѕ' => b'S',
        'τ' | 'т' => b't',
        'Τ' | 'Т' => b'T',
        'υ' | 'ս' => b'u',
        'ν' | 'ѵ' => b'v',
        'ԝ' => b'w',
        'Ԝ' => b'W',
        'х' | 'χ' => b'x',
        'Χ' | 'Х' => b'X',
        'у' | 'γ' | 'ү' => b'y',
        'Υ' | 'У' | 'Ү' => b'Y',
        'Ζ' => b'Z',
        c => {
            let code = u32::from(c);
            let digit =
                ZEROS.iter().find_map(|zero| code.checked_sub(*zero).filter(|d| *d < 10))?;
            b'0'.saturating_add(u8::try_from(digit).ok()?)
        }
    };
    Some(byte)
}

/// How much detectors read, so that a test can tell linear from quadratic without a clock.
#[cfg(test)]
pub(super) mod steps {
    use std::cell::Cell;

    thread_local! {
        static STEPS: Cell<usize> = const { Cell::new(0) };
    }

    /// So many bytes or words were looked at.
    pub(in crate::tripwire) fn count(steps: usize) {
        STEPS.with(|counter| counter.set(counter.get().saturating_add(steps)));
    }

    /// What was counted on this thread since the last call.
    pub(in crate::tripwire) fn take() -> usize {
        STEPS.with(Cell::take)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        Normal::of(text).bytes().iter().map(|byte| char::from(*byte)).collect()
    }

    #[test]
    fn what_only_looks_different_is_read_as_the_same() {
        let cases = [
            ("４１１１", "4111"),
            ("٤١١١", "4111"),
            ("𝐩𝒶𝓼𝔰", "pass"),
            ("раѕѕ", "pass"),
            ("p\u{200b}a\u{ad}ss", "pass"),
            ("pa\u{301}ss é ß", "pass e \u{80}"),
            ("ﬁne ①②", "fine 12"),
            ("“a”\u{a0}–\u{2003}‘b’", "\"a\" - 'b'"),
            ("日本 🙂", "\u{80}\u{80} \u{81}"),
            ("a\u{0}b\u{7f}c", "abc"),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_word_that_is_spelled_out_is_put_together_and_keeps_its_place() {
        let cases = [
            ("say k i l l now", "say kill now"),
            ("s.e.c.r.e.t: x", "secret: x"),
            ("a-k-i-a", "akia"),
            ("p - a - s - s", "p - a - s - s"),
            ("1 2 3 4 5", "1 2 3 4 5"),
            ("i am a b c", "i am abc"),
            ("i am a b", "i am a b"),
        ];
        for (text, expected) in cases {
            let normal = Normal::of(text);
            let read = normal.unspelled().unwrap_or(normal);
            let read: String = read.bytes().iter().map(|byte| char::from(*byte)).collect();
            assert_eq!(read, expected, "{text:?}");
        }
        let spelled = Normal::of("né k i l l").unspelled().unwrap();
        assert_eq!(spelled.span(&(3..7)), Some(Span { start: 4, end: 11 }));
    }
}
