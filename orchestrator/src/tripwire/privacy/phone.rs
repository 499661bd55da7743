//! Phone numbers: with a country's code (E.164), and as people of a country write them.

use super::scan::{after, any_of, before};
use super::{Found, Rule, Surety};
use crate::tripwire::normal::Normal;

/// The most digits of a number with its country's code (E.164).
const MOST_DIGITS: usize = 15;
/// Words beside a phone number.
const WORDS: [&str; 22] = [
    "phone",
    "tel:",
    "tel.",
    "tel ",
    "telephone",
    "telefon",
    "call me",
    "call us",
    "call her",
    "call him",
    "mobile",
    "cell",
    "whatsapp",
    "signal",
    "sms",
    "text me",
    "fax",
    "dial",
    "reach",
    "ring",
    "contact",
    "hotline",
];
/// Codes of one and two digits; all others have three.
const SHORT_CODES: [&[u8]; 45] = [
    b"1", b"7", b"20", b"27", b"30", b"31", b"32", b"33", b"34", b"36", b"39", b"40", b"41", b"43",
    b"44", b"45", b"46", b"47", b"48", b"49", b"51", b"52", b"53", b"54", b"55", b"56", b"57",
    b"58", b"60", b"61", b"62", b"63", b"64", b"65", b"66", b"81", b"82", b"84", b"86", b"90",
    b"91", b"92", b"93", b"94", b"95",
];

/// A number as written: its digits, the lengths of its groups, and where it ends.
struct Written {
    digits: Vec<u8>,
    groups: Vec<usize>,
    end: usize,
    bracket: bool,
}

/// Every phone number.
pub(super) fn find(view: &Normal, found: &mut Vec<Found>) {
    let mut at = 0;
    while at < view.bytes().len() {
        let byte = view.at(at);
        let may_begin = matches!(byte, b'+' | b'(' | b'0'..=b'9') && fresh(view, at);
        if !may_begin {
            at = at.saturating_add(1);
            continue;
        }
        let written = written(view, at);
        let end = written.end.max(at.saturating_add(1));
        if let Some(surety) = surety(view, at, &written) {
            found.push(Found::new(Rule::Phone, surety, at..written.end));
        }
        at = end;
    }
}

/// Whether a number may begin there: it is no part of a word, a fraction or another number.
fn fresh(view: &Normal, at: usize) -> bool {
    at.checked_sub(1).is_none_or(|before| {
        let byte = view.at(before);
        !(byte.is_ascii_alphanumeric()
            || matches!(byte, b'.' | b'+' | b'-' | b'_' | b'/' | b'$' | b'#' | b','))
            || byte == b'.' && at.checked_sub(2).is_some_and(|at| !view.at(at).is_ascii_digit())
    })
}

fn written(view: &Normal, from: usize) -> Written {
    let mut number = Written { digits: Vec::new(), groups: Vec::new(), end: from, bracket: false };
    let mut at = from.saturating_add(usize::from(view.at(from) == b'+'));
    let mut apart = 0_usize;
    let mut group = 0_usize;
    loop {
        let byte = view.at(at);
        if byte.is_ascii_digit() {
            number.digits.push(byte);
            group = group.saturating_add(1);
            number.end = at.saturating_add(1);
            apart = 0;
        } else {
            if group > 0 {
                number.groups.push(group);
                group = 0;
            }
            apart = apart.saturating_add(1);
            number.bracket |= byte == b'(';
            if !matches!(byte, b' ' | b'-' | b'.' | b'/' | b'(' | b')' | b'\n') || apart > 3 {
                return number;
            }
        }
        if number.digits.len() > MOST_DIGITS.saturating_add(1) {
            return number;
        }
        at = at.saturating_add(1);
    }
}

fn surety(view: &Normal, at: usize, number: &Written) -> Option<Surety> {
    let count = number.digits.len();
    let next = view.at(number.end);
    if !(8..=MOST_DIGITS).contains(&count)
        || next.is_ascii_alphanumeric()
        || matches!(next, b'%' | b'_' | b':')
        || matches!(next, b',' | b'.') && view.at(number.end.saturating_add(1)).is_ascii_digit()
    {
        return None;
    }
    let near = [before(view, at, 40), after(view, number.end, 16)].concat();
    let said = any_of(&near, &WORDS);
    if view.at(at) == b'+' {
        return international(number).then_some(match (said, count) {
            (true, _) => Surety::Certain,
            (false, 10..) => Surety::Likely,
            (false, _) => Surety::Weak,
        });
    }
    let shaped = american(number) || trunk(number);
    match (shaped, said) {
        (true, true) => Some(Surety::Likely),
        (true, false) => Some(Surety::Weak),
        (false, _) => None,
    }
}

/// A code that is given out, and as many digits as it needs.
fn international(number: &Written) -> bool {
    let digits = number.digits.as_slice();
    match digits {
        [b'1', area, _, _, exchange, ..] => {
            digits.len() == 11 && matches!(area, b'2'..=b'9') && matches!(exchange, b'2'..=b'9')
        }
        [b'7', ..] => digits.len() == 11,
        [b'0', ..] => false,
        _ => {
            let short = SHORT_CODES.iter().any(|code| digits.starts_with(code));
            let long = matches!(digits, [b'2' | b'3' | b'4' | b'5' | b'6' | b'8' | b'9', ..]);
            digits.len() >= 9 && (short || long)
        }
    }
}

/// `(212) 555-0147`, `212-555-0147`, `1-212-555-0147`.
fn american(number: &Written) -> bool {
    let groups = number.groups.as_slice();
    let right =
        matches!(groups, [3, 3, 4] | [1, 3, 3, 4]) || number.bracket && matches!(groups, [3, 7]);
    let digits = number.digits.strip_prefix(b"1").unwrap_or(&number.digits);
    let leads = |place: usize| digits.get(place).is_some_and(|digit| matches!(digit, b'2'..=b'9'));
    right && digits.len() == 10 && leads(0) && leads(3)
}

/// A leading zero and 9 to 11 digits, in at least two groups or in one.
fn trunk(number: &Written) -> bool {
    let digits = number.digits.as_slice();
    let leads = matches!(digits, [b'0', b'1'..=b'9', ..])
        || matches!(digits, [b'0', b'0', b'1'..=b'9', ..]);
    let repeated = digits.iter().skip(2).all(|digit| Some(digit) == digits.get(2));
    let grouped = matches!(number.groups.as_slice(), [2..=5, ..]) || number.groups.len() == 1;
    leads && !repeated && grouped && (9..=14).contains(&digits.len())
}
