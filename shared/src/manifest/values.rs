//! Numbers and free values of a manifest: amounts that no float may touch, and what the format leaves open.

use std::fmt;

use alloy_primitives::U256;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::format;

/// The largest whole number that every reader of JSON keeps exactly: 2⁵³ − 1.
pub(super) const SAFE: u64 = (1 << 53) - 1;

/// Millionths in one.
const MILLION: u128 = 1_000_000;

/// Digits that a double keeps, whatever they are.
const FIFTEEN_DIGITS: u128 = 999_999_999_999_999;

/// An amount of US dollars, kept in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Dollars(u128);

impl Dollars {
    /// The most that is believed: a quadrillion dollars.
    pub const MOST: u128 = 1_000_000_000_000_000;

    /// So many millionths of a dollar; `None` for more than is believed, or for more digits than JSON's readers keep.
    pub fn from_micros(micros: u128) -> Option<Self> {
        let amount = Self(micros);
        (micros <= Self::MOST * MILLION && amount.decimal().is_some()).then_some(amount)
    }

    /// Whole dollars; held to the most that is believed.
    pub fn from_whole(dollars: u128) -> Self {
        Self(dollars.min(Self::MOST) * MILLION)
    }

    /// Millionths of a dollar.
    pub const fn micros(self) -> u128 {
        self.0
    }

    /// The sum; held to what can be held.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The double that JavaScript reads out of the file.
    #[expect(clippy::cast_precision_loss, reason = "at most fifteen digits, or a whole number")]
    pub fn as_double(self) -> f64 {
        match self.decimal() {
            Some((digits, scale)) => digits as f64 / scale as f64,
            None => self.0 as f64 / 1e6,
        }
    }

    /// `$1.25T`, `$3.50B`, `$12.35M`, below a million `$7,500`: JavaScript's `toFixed` of the same number.
    pub fn short(self) -> String {
        short_usd(self.as_double())
    }

    /// Digits and the power of ten that they are divided by; `None` if a double cannot hold them.
    fn decimal(self) -> Option<(u128, u128)> {
        if self.0.is_multiple_of(MILLION) {
            return Some((self.0 / MILLION, 1));
        }
        let scales = [10, 100, 1_000, 10_000, 100_000, MILLION];
        let scale = scales.into_iter().find(|scale| self.0.is_multiple_of(MILLION / scale))?;
        let digits = self.0 / (MILLION / scale);
        (digits <= FIFTEEN_DIGITS).then_some((digits, scale))
    }
}

/// `$1.25T`, `$3.50B`, `$12.35M`, below a million `$7,500`, from the number that JavaScript would have had.
pub fn short_usd(dollars: f64) -> String {
    for (scale, letter) in [(1e12, 'T'), (1e9, 'B'), (1e6, 'M')] {
        if dollars >= scale {
            return format!("${}{letter}", format::to_fixed(dollars / scale, 2));
        }
    }
    let whole = format::fixed_units(dollars.max(0.0), 0).unwrap_or_default();
    format!("${}", format::grouped(u64::try_from(whole).unwrap_or(u64::MAX)))
}

/// A plain JSON number of dollars.
impl Serialize for Dollars {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.decimal() {
            Some((digits, 1)) => {
                serializer.serialize_u64(u64::try_from(digits).unwrap_or(u64::MAX))
            }
            Some(_) | None => serializer.serialize_f64(self.as_double()),
        }
    }
}

/// A sum of a big number in dollars, as a double.
pub fn big_as_double(number: U256) -> f64 {
    f64::from(number)
}

/// A big number: as a number where every reader keeps it, else as its digits in quotes.
pub(super) mod big {
    use alloy_primitives::U256;
    use serde::Serializer;

    pub(in super::super) fn serialize<S: Serializer>(
        number: &U256,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match u64::try_from(*number) {
            Ok(small) if small <= super::SAFE => serializer.serialize_u64(small),
            Ok(_) | Err(_) => serializer.collect_str(number),
        }
    }
}

/// A value whose shape the format leaves open; it is kept as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = Value))]
#[serde(transparent)]
pub struct Remark(pub Value);

impl Remark {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        match &self.0 {
            Value::Null => true,
            Value::String(text) => text.trim().is_empty(),
            Value::Array(items) => items.is_empty(),
            Value::Object(members) => members.is_empty(),
            Value::Bool(_) | Value::Number(_) => false,
        }
    }

    /// What names it: the text itself, or an object's name, title or slug; else everything in words.
    pub fn name(&self) -> String {
        let named = ["name", "title", "slug"].into_iter().find_map(|key| self.0.get(key));
        named.and_then(Value::as_str).map_or_else(|| self.to_string(), str::to_owned)
    }

    /// Everything in words but the name.
    pub fn details(&self) -> String {
        let Value::Object(members) = &self.0 else { return self.to_string() };
        let others =
            members.iter().filter(|(key, _)| !matches!(key.as_str(), "name" | "title" | "slug"));
        let others: Vec<String> =
            others.map(|(key, value)| format!("{key}: {}", Self(value.clone()))).collect();
        others.join("; ")
    }
}

/// In words: members of an object as `key: value`, between semicolons.
impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_words(&self.0, f)
    }
}

fn write_words(value: &Value, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match value {
        Value::Null => f.write_str("none"),
        Value::Bool(flag) => f.write_str(if *flag { "yes" } else { "no" }),
        Value::Number(number) => write!(f, "{number}"),
        Value::String(text) => f.write_str(text),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                f.write_str(if index > 0 { ", " } else { "" })?;
                write_words(item, f)?;
            }
            Ok(())
        }
        Value::Object(members) => {
            for (index, (key, item)) in members.iter().enumerate() {
                write!(f, "{}{key}: ", if index > 0 { "; " } else { "" })?;
                write_words(item, f)?;
            }
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn dollars_are_written_as_they_were_read() {
        for (micros, text) in [
            (245_000_000_000_000_000, "245000000000"),
            (1_500_000, "1.5"),
            (10_000, "0.01"),
            (1, "1e-6"),
            (999_999_999_999_999_000_000, "999999999999999"),
            (9_999_999_999_999_990_000, "9999999999999.99"),
        ] {
            let amount = Dollars::from_micros(micros).unwrap();
            assert_eq!(serde_json::to_string(&amount).unwrap(), text);
        }
        assert_eq!(Dollars::from_micros(9_999_999_999_999_999_000), None, "sixteen digits");
        assert_eq!(Dollars::from_micros(Dollars::MOST * MILLION + MILLION), None);
    }

    /// Expected values were computed as JavaScript's `toFixed` computes them.
    #[test]
    fn dollars_at_a_glance_round_as_javascript_does() {
        for (dollars, text) in [
            (688e9, "$688.00B"),
            (1.97e12, "$1.97T"),
            (1e12, "$1.00T"),
            (1_234_567.0, "$1.23M"),
            (1_125_000.0, "$1.13M"),
            (2_675_000.0, "$2.67M"),
            (999_999.5, "$1,000,000"),
            (7_500.0, "$7,500"),
            (0.0, "$0"),
        ] {
            assert_eq!(short_usd(dollars), text, "{dollars}");
        }
    }

    #[test]
    fn a_free_value_is_said_in_words() {
        let remark = Remark(json!({ "name": "Draft", "payoutBps": 2500, "steps": ["a", true] }));
        assert_eq!(remark.name(), "Draft");
        assert_eq!(remark.details(), "payoutBps: 2500; steps: a, yes");
        assert_eq!(remark.to_string(), "name: Draft; payoutBps: 2500; steps: a, yes");
        assert!(Remark::default().is_empty());
    }
}
