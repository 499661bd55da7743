//! Numbers and lists for people. Fractions round as the original's JavaScript rounded them; money rounds half up, exactly.

use std::fmt::Write as _;

use crate::money::MicroUsd;

/// A number with so many digits after the point, as JavaScript's `toFixed` writes it: the nearest, and of two equally
/// near ones the one further from zero. (Rust's own formatting takes the even one.)
pub fn to_fixed(number: f64, digits: usize) -> String {
    // A tie has one digit more than asked for, a 5, and nothing but zeros after it. A double that is no tie shows it
    // within thirty digits more, since it has 53 bits.
    let exact = format!("{number:.*}", digits + 30);
    let rest =
        exact.split_once('.').and_then(|(_, fraction)| fraction.get(digits..)).unwrap_or_default();
    let is_tie =
        rest.strip_prefix('5').is_some_and(|zeros| zeros.bytes().all(|digit| digit == b'0'));
    let away_from_zero = if number < 0.0 { number.next_down() } else { number.next_up() };
    format!("{:.digits$}", if is_tie { away_from_zero } else { number })
}

/// Digits in groups of three: `1,234,567`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Dollars at a glance: `$1.25T`, `$3.50B`, `$12.35M`, below a million `$7,500`.
pub fn usd_short(amount: MicroUsd) -> String {
    const MILLION: u64 = 1_000_000;
    let scales = [(MILLION * MILLION, 'T'), (1_000 * MILLION, 'B'), (MILLION, 'M')];
    let dollars = amount.get() / MicroUsd::PER_USD;
    let Some((scale, letter)) = scales.into_iter().find(|(scale, _)| dollars >= *scale) else {
        return format!(
            "${}",
            grouped(amount.get().saturating_add(MicroUsd::PER_USD / 2) / MicroUsd::PER_USD)
        );
    };
    // In hundredths of the scale, half up.
    let unit = u128::from(scale) * u128::from(MicroUsd::PER_USD);
    let hundredths = (u128::from(amount.get()) * 200 + unit) / (unit * 2);
    format!("${}.{:02}{letter}", hundredths / 100, hundredths % 100)
}

/// `3 agents`, `1 agent`; small numbers as words at the start of a sentence are [`counted_word`]'s.
pub fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// `Three agents`, `One agent`, `13 agents`: for the start of a sentence.
pub fn counted_word(count: usize, noun: &str) -> String {
    const WORDS: [&str; 13] = [
        "No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten",
        "Eleven", "Twelve",
    ];
    let plural = if count == 1 { "" } else { "s" };
    WORDS.get(count).map_or_else(|| counted(count, noun), |word| format!("{word} {noun}{plural}"))
}

/// `a`, `a and b`, `a, b and c`.
pub fn listed<T: AsRef<str>>(entries: &[T]) -> String {
    let mut text = String::new();
    for (index, entry) in entries.iter().enumerate() {
        let left = entries.len() - index;
        let before = if index == 0 {
            ""
        } else if left == 1 {
            " and "
        } else {
            ", "
        };
        let _ = write!(text, "{before}{}", entry.as_ref());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected values were printed by Node.js 20: `(x).toFixed(n)`.
    #[test]
    fn rounding_is_that_of_javascript() {
        for (number, digits, text) in [
            (0.25, 1, "0.3"),
            (0.75, 1, "0.8"),
            (0.05, 1, "0.1"),
            (0.35, 1, "0.3"),
            (1.005, 2, "1.00"),
            (2.5, 0, "3"),
            (-2.5, 0, "-3"),
            (92.25, 1, "92.3"),
            (8.345, 2, "8.35"),
            (1.45, 1, "1.4"),
            (1e-10, 2, "0.00"),
            (0.0, 1, "0.0"),
        ] {
            assert_eq!(to_fixed(number, digits), text, "{number} to {digits}");
        }
    }

    #[test]
    fn dollars_at_a_glance() {
        for (dollars, text) in [
            ("0", "$0"),
            ("7500", "$7,500"),
            ("7499.50", "$7,500"),
            ("999999", "$999,999"),
            ("1000000", "$1.00M"),
            ("12345000", "$12.35M"),
            ("3500000000", "$3.50B"),
            ("1250000000000", "$1.25T"),
        ] {
            assert_eq!(usd_short(MicroUsd::from_usd_decimal(dollars).unwrap()), text);
        }
    }

    #[test]
    fn words_count_and_list() {
        assert_eq!(counted_word(3, "agent"), "Three agents");
        assert_eq!(counted_word(1, "agent"), "One agent");
        assert_eq!(counted_word(40, "agent"), "40 agents");
        assert_eq!(listed(&["a", "b", "c"]), "a, b and c");
        assert_eq!(listed(&["a"]), "a");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }
}
