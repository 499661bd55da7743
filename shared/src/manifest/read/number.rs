//! Numbers of a manifest: exactly, with their unit and their bounds.

use alloy_primitives::U256;

use super::super::values::{Dollars, SAFE};
use super::Reader;
use crate::json::{Cursor, DecimalError, Finer, Value, shortened, units, wide_units};
use crate::spec::{Bps, Millionths};

/// The last second of the year 9999.
const LAST_SECOND: u64 = 253_402_300_799;

impl<'d> Reader<'d, '_, '_> {
    /// A whole number in a range; `what` names its unit.
    pub(in super::super) fn whole(
        &mut self,
        key: &'static str,
        what: &str,
        range: std::ops::RangeInclusive<u32>,
    ) -> u32 {
        let least = *range.start();
        let cursor = self.required(key);
        cursor.and_then(|it| it.whole(self.report, what, range)).unwrap_or(least)
    }

    /// A positive number of seconds.
    pub(in super::super) fn seconds(&mut self, key: &'static str) -> u64 {
        u64::from(self.whole(key, "a whole number of seconds", 1..=u32::MAX))
    }

    /// A positive number of minutes.
    pub(in super::super) fn minutes(&mut self, key: &'static str) -> u32 {
        self.whole(key, "a whole number of minutes", 1..=u32::MAX)
    }

    /// A number of minutes that may be zero.
    pub(in super::super) fn minutes_or_zero(&mut self, key: &'static str) -> u32 {
        self.whole(key, "a whole number of minutes", 0..=u32::MAX)
    }

    /// A number of tokens.
    pub(in super::super) fn tokens(&mut self, key: &'static str) -> u32 {
        self.whole(key, "a whole number of tokens", 0..=u32::MAX)
    }

    /// Basis points; the contracts refuse more than the whole.
    pub(in super::super) fn bps(&mut self, key: &'static str) -> Bps {
        Bps::try_from(self.whole(key, "a whole number of basis points", 0..=Bps::WHOLE))
            .unwrap_or_default()
    }

    /// A decimal from zero up to a bound.
    pub(in super::super) fn decimal(&mut self, key: &'static str, most: u64) -> Millionths {
        let cursor = self.required(key);
        let read = cursor.and_then(|it| it.millionths(self.report, "a number", most));
        Millionths::new(read.unwrap_or_default())
    }

    /// A decimal above zero, up to a bound.
    pub(in super::super) fn positive(&mut self, key: &'static str, most: u64) -> Millionths {
        let cursor = self.required(key);
        let read = cursor.and_then(|it| it.millionths(self.report, "a number", most));
        if read == Some(0) {
            let message = format_args!("`{key}` is zero");
            let help = format_args!("write a number above 0");
            self.error("out-of-range", key, message, help);
        }
        Millionths::new(read.unwrap_or_default())
    }

    /// A decimal that may be left out.
    pub(in super::super) fn maybe_decimal(
        &mut self,
        key: &'static str,
        most: u64,
    ) -> Option<Millionths> {
        let cursor = self.fields.optional(key)?;
        cursor.millionths(self.report, "a number", most).map(Millionths::new)
    }

    /// A price in dollars, rounded up to a millionth.
    pub(in super::super) fn price(&mut self, key: &'static str) -> Dollars {
        let Some(cursor) = self.required(key) else { return Dollars::default() };
        let number = cursor.number(self.report, "a price in US dollars");
        let read = number.map(|number| wide_units(number, 6, Finer::RoundUp));
        self.dollars_read(cursor, read)
    }

    /// An amount of dollars.
    pub(in super::super) fn dollars(&mut self, key: &'static str) -> Dollars {
        let cursor = self.required(key);
        cursor.map(|it| self.dollars_at(it)).unwrap_or_default()
    }

    /// An amount of dollars that may be left out.
    pub(in super::super) fn maybe_dollars(&mut self, key: &'static str) -> Option<Dollars> {
        self.fields.optional(key).map(|it| self.dollars_at(it))
    }

    fn dollars_at(&mut self, cursor: Cursor<'d>) -> Dollars {
        let read = match cursor.value() {
            Value::Text(text) if is_digits(text) => Some(wide_units(text, 6, Finer::Refuse)),
            Value::Text(_)
            | Value::Number(_)
            | Value::Null
            | Value::Flag(_)
            | Value::List(_)
            | Value::Object(_) => {
                let number = cursor.number(self.report, "an amount of US dollars");
                number.map(|number| wide_units(number, 6, Finer::Refuse))
            }
        };
        self.dollars_read(cursor, read)
    }

    fn dollars_read(
        &mut self,
        cursor: Cursor<'d>,
        read: Option<Result<u128, DecimalError>>,
    ) -> Dollars {
        let Some(read) = read else { return Dollars::default() };
        if let Some(amount) = read.ok().and_then(Dollars::from_micros) {
            return amount;
        }
        let message = match read {
            Err(DecimalError::Negative) => "an amount of dollars is below zero",
            Err(DecimalError::TooFine) => "an amount of dollars is finer than a millionth",
            Ok(micros) if micros <= Dollars::MOST.saturating_mul(1_000_000) => {
                "an amount of dollars has more than fifteen digits"
            }
            Ok(_) | Err(DecimalError::TooLarge | DecimalError::NotANumber) => {
                "an amount of dollars is more than a quadrillion"
            }
        };
        let help = format_args!("write a number from 0 to 1000000000000000, without quotes");
        self.report.error("out-of-range", cursor.place(), format_args!("{message}"), help);
        Dollars::default()
    }

    /// A big whole number: digits in quotes, or a number.
    pub(in super::super) fn big(&mut self, key: &'static str) -> U256 {
        self.required(key).and_then(|it| self.big_at(it)).unwrap_or_default()
    }

    fn big_at(&mut self, cursor: Cursor<'d>) -> Option<U256> {
        let help = "write digits only; in quotes where the number is large";
        let read = match cursor.value() {
            Value::Text(text) if is_digits(text) => {
                U256::from_str_radix(text, 10).map_err(|_| DecimalError::TooLarge)
            }
            Value::Number(text) => wide_units(text, 0, Finer::Refuse).map(U256::from),
            Value::Text(_) | Value::Null | Value::Flag(_) | Value::List(_) | Value::Object(_) => {
                let what = "a whole number that is not negative";
                return cursor.expected(self.report, what, help);
            }
        };
        let number = match read {
            Ok(number) => number,
            Err(error) => {
                let message = format_args!("this number cannot be kept: {error}");
                let help = match error {
                    DecimalError::TooLarge => "the contract holds 256 bits; write a smaller one",
                    DecimalError::Negative | DecimalError::TooFine | DecimalError::NotANumber => {
                        help
                    }
                };
                let help = format_args!("{help}");
                self.report.error("out-of-range", cursor.place(), message, help);
                return None;
            }
        };
        if matches!(cursor.value(), Value::Number(_)) && number > U256::from(SAFE) {
            let message = format_args!("programs that read this number as a double round it");
            let help = format_args!("write it in quotes: \"{number}\"");
            self.report.warning("imprecise-number", cursor.place(), message, help);
        }
        Some(number)
    }

    /// A moment in Unix seconds that may be left out; zero is left out.
    pub(in super::super) fn maybe_moment(&mut self, key: &'static str) -> Option<u64> {
        let cursor = self.fields.optional(key)?;
        let number = cursor.number(self.report, "a moment in Unix seconds")?;
        match units(number, 0, Finer::Refuse) {
            Ok(0) => None,
            Ok(seconds) if seconds <= LAST_SECOND => Some(seconds),
            Ok(_) | Err(_) => {
                let message = format_args!("{} is no moment in Unix seconds", shortened(number));
                let help = format_args!("write whole seconds since 1970, not milliseconds");
                self.report.error("out-of-range", cursor.place(), message, help);
                None
            }
        }
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
