//! Decimal numbers of a file, exactly: never through a float.
#![deny(clippy::float_arithmetic, clippy::arithmetic_side_effects)]

/// What to do with digits finer than the unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finer {
    /// Refuse the number.
    Refuse,
    /// Take the next larger unit: for prices, so that a reservation is never short.
    RoundUp,
}

/// Why a number cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// Not a number in JSON's notation.
    #[error("not a number")]
    NotANumber,
    /// Below zero.
    #[error("below zero")]
    Negative,
    /// More digits after the point than the unit has.
    #[error("more digits after the point than can be kept")]
    TooFine,
    /// Larger than can be held.
    #[error("too large")]
    TooLarge,
}

/// Units of `10^-places` in a number written in JSON's notation, exponent included.
pub fn units(text: &str, places: u32, finer: Finer) -> Result<u64, DecimalError> {
    u64::try_from(wide_units(text, places, finer)?).map_err(|_| DecimalError::TooLarge)
}

/// The same for larger numbers.
pub fn wide_units(text: &str, places: u32, finer: Finer) -> Result<u128, DecimalError> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, read_exponent(exponent)?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = || whole.bytes().chain(fraction.bytes());
    if whole.is_empty() || mantissa.ends_with('.') || !digits().all(|byte| byte.is_ascii_digit()) {
        return Err(DecimalError::NotANumber);
    }
    let significant = digits().skip_while(|digit| *digit == b'0').count();
    if significant == 0 {
        return Ok(0);
    }
    if negative {
        return Err(DecimalError::Negative);
    }
    // How many of the digits count whole units; the rest is finer.
    let length = |part: &str| i64::try_from(part.len()).map_err(|_| DecimalError::TooLarge);
    let kept = length(whole)?.saturating_add(exponent).saturating_add(i64::from(places));
    let mut value: u128 = 0;
    let mut remainder = false;
    let mut seen: i64 = 0;
    for digit in digits() {
        if seen < kept {
            let shifted = value.checked_mul(10).ok_or(DecimalError::TooLarge)?;
            let unit = u128::from(digit.saturating_sub(b'0'));
            value = shifted.checked_add(unit).ok_or(DecimalError::TooLarge)?;
        } else {
            remainder |= digit != b'0';
        }
        seen = seen.saturating_add(1);
    }
    while value > 0 && seen < kept {
        value = value.checked_mul(10).ok_or(DecimalError::TooLarge)?;
        seen = seen.saturating_add(1);
    }
    match (remainder, finer) {
        (false, _) => Ok(value),
        (true, Finer::Refuse) => Err(DecimalError::TooFine),
        (true, Finer::RoundUp) => value.checked_add(1).ok_or(DecimalError::TooLarge),
    }
}

/// Held at plus or minus a billion: past it every number is zero or too large.
fn read_exponent(text: &str) -> Result<i64, DecimalError> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(DecimalError::NotANumber);
    }
    let size = digits.parse::<i64>().unwrap_or(i64::MAX).min(1_000_000_000);
    Ok(if negative { size.saturating_neg() } else { size })
}

/// `units · 10^-places` without a needless zero: `0.012`, `7500`.
pub fn text_of(units: u64, places: usize) -> String {
    text_of_wide(u128::from(units), places)
}

/// The same of a larger number.
pub fn text_of_wide(units: u128, places: usize) -> String {
    let digits = format!("{units:0>width$}", width = places.saturating_add(1));
    let (whole, fraction) = digits.split_at(digits.len().saturating_sub(places));
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_of_a_file_is_read_exactly() {
        for (text, places, expected) in [
            ("0", 6, Ok(0)),
            ("-0.0", 6, Ok(0)),
            ("7500", 6, Ok(7_500_000_000)),
            ("7500.000001", 6, Ok(7_500_000_001)),
            ("7.5e3", 0, Ok(7_500)),
            ("480.0", 0, Ok(480)),
            ("4800E-1", 0, Ok(480)),
            ("0.00012", 6, Ok(120)),
            ("0e999999999999999999999", 0, Ok(0)),
            ("1e-999999999999999999999", 6, Err(DecimalError::TooFine)),
            ("1e999999999999999999999", 0, Err(DecimalError::TooLarge)),
            ("4.5", 0, Err(DecimalError::TooFine)),
            ("-3", 0, Err(DecimalError::Negative)),
            ("18446744073709551615", 0, Ok(u64::MAX)),
            ("18446744073709551616", 0, Err(DecimalError::TooLarge)),
            ("0x10", 0, Err(DecimalError::NotANumber)),
            ("", 0, Err(DecimalError::NotANumber)),
            ("1.", 0, Err(DecimalError::NotANumber)),
            ("1e", 0, Err(DecimalError::NotANumber)),
        ] {
            assert_eq!(units(text, places, Finer::Refuse), expected, "{text}");
        }
    }

    #[test]
    fn a_price_finer_than_a_micro_dollar_rounds_up() {
        assert_eq!(units("0.0000375", 6, Finer::RoundUp), Ok(38));
        assert_eq!(units("0.0000380", 6, Finer::RoundUp), Ok(38));
        assert_eq!(units("1e-12", 6, Finer::RoundUp), Ok(1));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(value: u64, places in 0_usize..12) {
            let read = units(&text_of(value, places), u32::try_from(places).unwrap(), Finer::Refuse);
            prop_assert_eq!(read, Ok(value));
        }

        #[test]
        fn no_text_makes_it_panic(text in "[-+0-9.eE]{0,40}", places in 0_u32..20) {
            let _ = units(&text, places, Finer::RoundUp);
        }
    }
}
