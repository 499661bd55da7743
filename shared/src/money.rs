//! Money: integer micro-dollars for model spend, integer token units for the escrow. Decimal strings on the wire.
#![deny(clippy::float_arithmetic, clippy::arithmetic_side_effects)]

use std::fmt;
use std::str::FromStr;

use alloy_primitives::U256;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::parse_text;

/// Millionths of a US dollar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
pub struct MicroUsd(u64);

/// The text is not an amount of dollars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseAmountError {
    /// Not digits with an optional fraction.
    #[error("an amount is written in decimal digits, such as 1200 or 12.50")]
    NotDecimal,
    /// More digits after the point than the unit has.
    #[error("an amount has at most {0} digits after the point")]
    TooPrecise(u8),
    /// Larger than can be held.
    #[error("the amount is too large")]
    TooLarge,
}

impl MicroUsd {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// One dollar in micro-dollars.
    pub const PER_USD: u64 = 1_000_000;

    /// So many micro-dollars.
    pub const fn new(micro: u64) -> Self {
        Self(micro)
    }

    /// So many micro-dollars, as a number.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Reads dollars such as `1200` or `0.000150`, exactly.
    pub fn from_usd_decimal(text: &str) -> Result<Self, ParseAmountError> {
        let units = decimal_units(text, 6)?;
        u64::try_from(units).map(Self).map_err(|_| ParseAmountError::TooLarge)
    }

    /// The sum, or `None` past the largest amount.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The sum, held at the largest amount.
    #[must_use]
    pub fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference, held at zero.
    #[must_use]
    pub fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// What `tokens` cost at this price for a thousand, rounded up to the micro-dollar; `None` past the largest amount.
    #[must_use]
    pub fn price_of(self, tokens: u64) -> Option<Self> {
        let product = u128::from(self.0).checked_mul(u128::from(tokens))?;
        u64::try_from(product.div_ceil(1000)).ok().map(Self)
    }
}

/// `$1,234.50`; the fraction beyond cents shows only where there is one.
impl fmt::Display for MicroUsd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${}", grouped(U256::from(self.0), 6, 2))
    }
}

impl Serialize for MicroUsd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for MicroUsd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse_text::<D, u64>(deserializer).map(Self)
    }
}

/// An amount of `$AGIα` in its smallest unit (10⁻¹⁸).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
pub struct TokenAmount(U256);

impl TokenAmount {
    /// Nothing.
    pub const ZERO: Self = Self(U256::ZERO);
    /// Digits after the point of one whole token.
    pub const DECIMALS: u8 = 18;

    /// So many smallest units.
    pub const fn new(units: U256) -> Self {
        Self(units)
    }

    /// So many smallest units, as a number.
    pub const fn get(self) -> U256 {
        self.0
    }

    /// Reads whole tokens such as `1000` or `0.5`, exactly.
    pub fn from_tokens_decimal(text: &str) -> Result<Self, ParseAmountError> {
        decimal_units(text, Self::DECIMALS).map(|units| Self(U256::from(units)))
    }

    /// The sum, or `None` past the largest amount.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// `self · bps / 10 000`, rounded down; `None` past the largest amount.
    #[must_use]
    pub fn bps(self, bps: u32) -> Option<Self> {
        let product = self.0.checked_mul(U256::from(bps))?;
        product.checked_div(U256::from(10_000_u32)).map(Self)
    }

    /// `self · multiplier / 1 000 000`, rounded down; `None` past the largest amount.
    #[must_use]
    pub fn scaled_by_micros(self, multiplier: u64) -> Option<Self> {
        let product = self.0.checked_mul(U256::from(multiplier))?;
        product.checked_div(U256::from(1_000_000_u32)).map(Self)
    }
}

/// `1,000 AGIα`.
impl fmt::Display for TokenAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} AGIα", grouped(self.0, usize::from(Self::DECIMALS), 0))
    }
}

impl Serialize for TokenAmount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for TokenAmount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse_text::<D, Digits>(deserializer).map(|digits| Self(digits.0))
    }
}

/// A `U256` read from decimal digits alone (its own parser takes hex and binary too).
struct Digits(U256);

impl FromStr for Digits {
    type Err = ParseAmountError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ParseAmountError::NotDecimal);
        }
        U256::from_str_radix(text, 10).map(Self).map_err(|_| ParseAmountError::TooLarge)
    }
}

/// Units of `10^-decimals` in a decimal text.
fn decimal_units(text: &str, decimals: u8) -> Result<u128, ParseAmountError> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || text.ends_with('.') {
        return Err(ParseAmountError::NotDecimal);
    }
    let fraction = fraction.trim_end_matches('0');
    let missing = usize::from(decimals)
        .checked_sub(fraction.len())
        .ok_or(ParseAmountError::TooPrecise(decimals))?;
    let text = format!("{whole}{fraction}{}", "0".repeat(missing));
    text.parse().map_err(|_| ParseAmountError::TooLarge)
}

/// `units · 10^-decimals` with grouped thousands, at least `least` digits after the point and no needless zero.
fn grouped(units: U256, decimals: usize, least: usize) -> String {
    let digits = format!("{units:0>width$}", width = decimals.saturating_add(1));
    let (whole, fraction) = digits.split_at(digits.len().saturating_sub(decimals));
    let kept = fraction.trim_end_matches('0').len().max(least).min(fraction.len());
    let mut text = String::new();
    for (index, digit) in whole.chars().enumerate() {
        let left = whole.len().saturating_sub(index);
        if index > 0 && left.is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if kept > 0 {
        text.push('.');
        text.push_str(fraction.get(..kept).unwrap_or_default());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_are_read_and_shown_exactly() {
        for (text, micro, shown) in [
            ("0", 0, "$0.00"),
            ("1200", 1_200_000_000, "$1,200.00"),
            ("12.5", 12_500_000, "$12.50"),
            ("0.000001", 1, "$0.000001"),
            ("1234567.890000", 1_234_567_890_000, "$1,234,567.89"),
        ] {
            let amount = MicroUsd::from_usd_decimal(text).unwrap();
            assert_eq!(amount.get(), micro, "{text}");
            assert_eq!(amount.to_string(), shown, "{text}");
        }
    }

    #[test]
    fn an_amount_that_cannot_be_held_exactly_is_refused() {
        for (text, error) in [
            ("", ParseAmountError::NotDecimal),
            ("-1", ParseAmountError::NotDecimal),
            ("1.", ParseAmountError::NotDecimal),
            (".5", ParseAmountError::NotDecimal),
            ("1e6", ParseAmountError::NotDecimal),
            ("0.0000001", ParseAmountError::TooPrecise(6)),
            ("99999999999999999999", ParseAmountError::TooLarge),
        ] {
            assert_eq!(MicroUsd::from_usd_decimal(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_price_rounds_up_so_that_a_reservation_is_never_short() {
        let price = MicroUsd::new(1_500);
        assert_eq!(price.price_of(1), Some(MicroUsd::new(2)));
        assert_eq!(price.price_of(1_000), Some(MicroUsd::new(1_500)));
        assert_eq!(MicroUsd::new(u64::MAX).price_of(u64::MAX), None);
    }

    #[test]
    fn tokens_keep_every_unit_on_the_wire() {
        let amount = TokenAmount::from_tokens_decimal("1000.000000000000000001").unwrap();

        let wire = serde_json::to_string(&amount).unwrap();

        assert_eq!(wire, "\"1000000000000000000001\"");
        assert_eq!(serde_json::from_str::<TokenAmount>(&wire).unwrap(), amount);
        assert_eq!(amount.to_string(), "1,000.000000000000000001 AGIα");
        assert!(serde_json::from_str::<TokenAmount>("\"0x10\"").is_err());
    }
}
