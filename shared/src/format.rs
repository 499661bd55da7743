//! Numbers and lists for people. Fractions round as the original's JavaScript rounded them; money rounds half up, exactly.

use std::fmt::Write as _;

use alloy_primitives::Address;

use crate::money::MicroUsd;

/// A number with so many digits after the point, as JavaScript's `toFixed` writes it: the nearest, and of two equally
/// near ones the one further from zero. (Rust's own formatting takes the even one.)
pub fn to_fixed(number: f64, digits: usize) -> String {
    let Some(units) = fixed_units(number.abs(), digits) else { return "NaN".to_owned() };
    let sign = if number < 0.0 { "-" } else { "" };
    let text = format!("{units:0>width$}", width = digits + 1);
    let (whole, fraction) = text.split_at_checked(text.len() - digits).unwrap_or((&text, ""));
    let point = if digits > 0 { "." } else { "" };
    format!("{sign}{whole}{point}{fraction}")
}

/// Units of `10^-digits` in a number that is zero or more, the nearest and half up, exactly: a double is a whole number
/// times a power of two. Absent for what is no number, or too large to hold.
pub(crate) fn fixed_units(number: f64, digits: usize) -> Option<u128> {
    let bits = number.to_bits();
    let exponent = i32::try_from(bits >> 52 & 0x7FF).ok()?;
    let fraction = u128::from(bits & ((1 << 52) - 1));
    // Subnormal numbers have no hidden bit and the exponent of the smallest normal one.
    let (mantissa, shift) = match exponent {
        0 => (fraction, -1074),
        0x7FF => return None,
        _ => (fraction | 1 << 52, exponent - 1075),
    };
    let scale = 10_u128.checked_pow(u32::try_from(digits).ok()?)?;
    let scaled = mantissa.checked_mul(scale)?;
    match u32::try_from(-shift) {
        Err(_) => scaled.checked_mul(1_u128.checked_shl(u32::try_from(shift).ok()?)?),
        Ok(0) => Some(scaled),
        Ok(down) if down < 127 => Some((scaled + (1 << (down - 1))) >> down),
        Ok(_) => Some(0),
    }
}

/// A long value with its middle left out: `0x1234…cdef`. Short ones stay whole.
pub fn shorten(text: &str) -> String {
    let count = text.chars().count();
    if count <= 16 {
        return text.to_owned();
    }
    let head: String = text.chars().take(6).collect();
    let tail: String = text.chars().skip(count - 4).collect();
    format!("{head}…{tail}")
}

/// An address, shortened.
pub fn short_address(address: &Address) -> String {
    shorten(&address.to_string())
}

/// `1 error`, `2 errors`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
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
    fn long_values_shorten_in_the_middle() {
        assert_eq!(shorten("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"), "0xf39F…2266");
        assert_eq!(shorten("short"), "short");
        assert_eq!(shorten("ααααααααααααααααααααα"), "αααααα…αααα");
    }

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
            (5e-324, 2, "0.00"),
            (1e18, 2, "1000000000000000000.00"),
            (123_456_789.125, 2, "123456789.13"),
            (-0.04, 1, "-0.0"),
            (-1.25, 1, "-1.3"),
            (f64::NAN, 1, "NaN"),
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
