//! Numbers that carry a check: payment cards (ISO/IEC 7812), bank accounts (ISO 13616), and social security numbers.

use std::ops::Range;

use super::scan::{after, any_of, before, begins};
use super::{Found, Rule, Surety};
use crate::tripwire::normal::Normal;

/// Bytes between two digits of one number.
const MOST_BETWEEN: usize = 3;
/// Digits of a card.
const CARD: std::ops::RangeInclusive<usize> = 13..=19;
/// Digits that an IBAN has at least: words that happen to sum up right are none.
const LEAST_DIGITS: usize = 8;
/// Words beside a card's number.
const CARD_WORDS: [&str; 12] = [
    "card",
    "visa",
    "mastercard",
    "amex",
    "american express",
    "cvv",
    "cvc",
    "expir",
    "exp ",
    "debit",
    "credit",
    "cc:",
];
const SOCIAL_WORDS: [&str; 4] = ["ssn", "social security", "social sec", "taxpayer"];

/// Digits that stand together.
#[derive(Debug, Clone)]
struct Group {
    at: Range<usize>,
    digits: Vec<u8>,
}

/// Every card, account and social security number.
pub(super) fn find(view: &Normal, found: &mut Vec<Found>) {
    let mut at = 0;
    while at < view.bytes().len() {
        if view.at(at).is_ascii_digit() && begins(view, at) && !inside_a_fraction(view, at) {
            let run = run(view, at);
            let end = run.last().map_or(at, |group| group.at.end).max(at.saturating_add(1));
            cards(view, &run, found);
            social(view, &run, found);
            at = end;
            continue;
        }
        if begins(view, at)
            && let Some(hit) = iban(view, at)
        {
            at = hit.at.end;
            found.push(hit);
            continue;
        }
        at = at.saturating_add(1);
    }
}

fn inside_a_fraction(view: &Normal, at: usize) -> bool {
    let Some(point) = at.checked_sub(1) else { return false };
    matches!(view.at(point), b'.' | b',' | b'$')
        && point
            .checked_sub(1)
            .is_none_or(|before| view.at(before).is_ascii_digit() || view.at(point) == b'$')
}

/// The groups of digits from there on, as long as only separators stand between them.
fn run(view: &Normal, from: usize) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut at = from;
    while view.at(at).is_ascii_digit() {
        let start = at;
        while view.at(at).is_ascii_digit() {
            at = at.saturating_add(1);
        }
        if view.at(at).is_ascii_alphabetic() {
            // A part of a word, such as `7f` or `3rd`.
            break;
        }
        groups.push(Group { at: start..at, digits: view.slice(start..at).to_vec() });
        let separators = (at..at.saturating_add(MOST_BETWEEN)).take_while(|at| {
            matches!(view.at(*at), b' ' | b'-' | b'.' | b'\n' | b'\r' | b'\t' | b'_' | b'/')
        });
        let next = at.saturating_add(separators.count());
        if next == at {
            break;
        }
        at = next;
    }
    groups
}

fn cards(view: &Normal, run: &[Group], found: &mut Vec<Found>) {
    let total: usize = run.iter().map(|group| group.digits.len()).sum();
    let mut first = 0;
    while first < run.len() {
        let hit = (1..=*CARD.end()).rev().find_map(|count| {
            let part = run.get(first..first.saturating_add(count))?;
            card(view, part, total).map(|found| (count, found))
        });
        first = match hit {
            Some((count, hit)) => {
                found.push(hit);
                first.saturating_add(count)
            }
            None => first.saturating_add(1),
        };
    }
}

fn card(view: &Normal, part: &[Group], total: usize) -> Option<Found> {
    let length: usize = part.iter().map(|group| group.digits.len()).sum();
    if !CARD.contains(&length) {
        return None;
    }
    let digits: Vec<u8> = part.iter().flat_map(|group| group.digits.iter().copied()).collect();
    if !issued(&digits) || !luhn(&digits) || digits.ends_with(b"000000") {
        return None;
    }
    let (start, end) = (part.first()?.at.start, part.last()?.at.end);
    let shape: Vec<usize> = part.iter().map(|group| group.digits.len()).collect();
    let grouped = matches!(shape.as_slice(), [4, 4, 4, 4] | [4, 4, 4, 4, 3] | [4, 6, 4 | 5]);
    let whole = length == total;
    let point = start.checked_sub(1).is_some_and(|before| view.at(before) == b'.');
    if !whole && !grouped && point {
        // The digits behind a decimal point.
        return None;
    }
    let near = [before(view, start, 60), after(view, end, 30)].concat();
    let surety = match (whole, grouped) {
        (true, _) | (_, true) if any_of(&near, &CARD_WORDS) => Surety::Certain,
        (true, true) => Surety::Certain,
        (true, false) => Surety::Likely,
        (false, true) if total <= 28 => Surety::Likely,
        (false, _) if grouped || part.len() == 1 => Surety::Weak,
        (false, _) => return None,
    };
    Some(Found::new(Rule::Card, surety, start..end))
}

/// Whether a known network issues numbers that begin so and are so long.
fn issued(digits: &[u8]) -> bool {
    let prefix = |count: usize| {
        digits.iter().take(count).fold(0_u32, |sum, digit| {
            sum.saturating_mul(10).saturating_add(u32::from(digit.saturating_sub(b'0')))
        })
    };
    let (two, three, four, six) = (prefix(2), prefix(3), prefix(4), prefix(6));
    match digits.len() {
        13 | 19 if two / 10 == 4 => true,
        14 => matches!(three, 300..=305) || matches!(two, 36 | 38 | 39),
        15 => matches!(two, 34 | 37),
        16 => {
            two / 10 == 4
                || matches!(two, 51..=55 | 65)
                || matches!(four, 2221..=2720 | 3528..=3589 | 6011 | 2200..=2204)
                || matches!(three, 644..=649)
                || matches!(six, 622_126..=622_925)
                || two == 62
        }
        13 | 17..=19 => two == 62 || matches!(four, 5018 | 5020 | 5038 | 6304 | 6759 | 6761..=6763),
        _ => false,
    }
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(digit.saturating_sub(b'0'));
            match (place % 2, digit) {
                (0, digit) => digit,
                (_, 0..=4) => digit * 2,
                (_, digit) => digit * 2 - 9,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// `ddd-dd-dddd`, but none that is never given out.
fn social(view: &Normal, run: &[Group], found: &mut Vec<Found>) {
    let [area, group, serial] = run else { return };
    let lengths = (area.digits.len(), group.digits.len(), serial.digits.len());
    let dashes = view.at(area.at.end) == b'-' && view.at(group.at.end) == b'-';
    let never = matches!(area.digits.as_slice(), b"000" | b"666" | [b'9', ..])
        || group.digits == b"00"
        || serial.digits == b"0000";
    if lengths != (3, 2, 4) || !dashes || never {
        return;
    }
    let said = any_of(&before(view, area.at.start, 40), &SOCIAL_WORDS);
    let surety = if said { Surety::Certain } else { Surety::Weak };
    found.push(Found::new(Rule::SocialSecurity, surety, area.at.start..serial.at.end));
}

/// Countries with an IBAN and its length.
const COUNTRIES: [(&[u8; 2], usize); 78] = [
    (b"AD", 24),
    (b"AE", 23),
    (b"AL", 28),
    (b"AT", 20),
    (b"AZ", 28),
    (b"BA", 20),
    (b"BE", 16),
    (b"BG", 22),
    (b"BH", 22),
    (b"BR", 29),
    (b"BY", 28),
    (b"CH", 21),
    (b"CR", 22),
    (b"CY", 28),
    (b"CZ", 24),
    (b"DE", 22),
    (b"DK", 18),
    (b"DO", 28),
    (b"EE", 20),
    (b"EG", 29),
    (b"ES", 24),
    (b"FI", 18),
    (b"FO", 18),
    (b"FR", 27),
    (b"GB", 22),
    (b"GE", 22),
    (b"GI", 23),
    (b"GL", 18),
    (b"GR", 27),
    (b"GT", 28),
    (b"HR", 21),
    (b"HU", 28),
    (b"IE", 22),
    (b"IL", 23),
    (b"IQ", 23),
    (b"IS", 26),
    (b"IT", 27),
    (b"JO", 30),
    (b"KW", 30),
    (b"KZ", 20),
    (b"LB", 28),
    (b"LC", 32),
    (b"LI", 21),
    (b"LT", 20),
    (b"LU", 20),
    (b"LV", 21),
    (b"LY", 25),
    (b"MC", 27),
    (b"MD", 24),
    (b"ME", 22),
    (b"MK", 19),
    (b"MR", 27),
    (b"MT", 31),
    (b"MU", 30),
    (b"NL", 18),
    (b"NO", 15),
    (b"PK", 24),
    (b"PL", 28),
    (b"PS", 29),
    (b"PT", 25),
    (b"QA", 29),
    (b"RO", 24),
    (b"RS", 22),
    (b"SA", 24),
    (b"SC", 31),
    (b"SE", 24),
    (b"SI", 19),
    (b"SK", 24),
    (b"SM", 27),
    (b"ST", 25),
    (b"SV", 28),
    (b"TL", 23),
    (b"TN", 24),
    (b"TR", 26),
    (b"UA", 29),
    (b"VA", 22),
    (b"VG", 24),
    (b"XK", 20),
];

fn iban(view: &Normal, at: usize) -> Option<Found> {
    let country =
        [view.at(at).to_ascii_uppercase(), view.at(at.saturating_add(1)).to_ascii_uppercase()];
    let first = view.at(at.saturating_add(2));
    if !country.iter().all(u8::is_ascii_uppercase) || !(first.is_ascii_digit() || first == b' ') {
        return None;
    }
    let length =
        COUNTRIES.iter().find_map(|(name, length)| (**name == country).then_some(*length))?;
    let mut text = Vec::with_capacity(length);
    let mut place = at;
    let mut apart = 0_usize;
    while text.len() < length {
        let byte = view.at(place).to_ascii_uppercase();
        if byte.is_ascii_alphanumeric() {
            text.push(byte);
            apart = 0;
        } else if matches!(byte, b' ' | b'-' | b'\n' | b'.') && apart < 2 {
            apart = apart.saturating_add(1);
        } else {
            return None;
        }
        place = place.saturating_add(1);
    }
    let check_digits = text.get(2..4).is_some_and(|check| check.iter().all(u8::is_ascii_digit));
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    let ends = check_digits && digits >= LEAST_DIGITS && !view.at(place).is_ascii_alphanumeric();
    (ends && mod97(&text) == Some(1)).then(|| Found::new(Rule::Iban, Surety::Certain, at..place))
}

/// The number with its first four characters last and letters as 10 to 35, modulo 97.
fn mod97(text: &[u8]) -> Option<u32> {
    let (head, tail) = text.split_at_checked(4)?;
    tail.iter().chain(head).try_fold(0_u32, |rest, byte| {
        let value = char::from(*byte).to_digit(36)?;
        let shift = if value > 9 { 100 } else { 10 };
        Some((rest * shift + value) % 97)
    })
}
