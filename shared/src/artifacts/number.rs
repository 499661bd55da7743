//! Numbers of JSON documents: whole ones without a point, fractions with few digits.

use alloy_primitives::U256;
use serde::{Serialize, Serializer};

use crate::format::fixed_units;

/// A number that is zero or more, rounded half up to a few digits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fixed(pub(super) f64, pub(super) u32);

/// A big whole number: a JSON number where every reader keeps it, else its digits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Big(pub(super) U256);

impl Serialize for Fixed {
    #[expect(clippy::cast_precision_loss, reason = "fifteen digits at most are shown")]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(number, digits) = *self;
        let places = usize::try_from(digits).unwrap_or_default();
        let units = fixed_units(number.max(0.0), places).unwrap_or_default();
        let scale = 10_u64.saturating_pow(digits);
        match u64::try_from(units) {
            Ok(units) if units.is_multiple_of(scale) => serializer.serialize_u64(units / scale),
            Ok(_) | Err(_) => serializer.serialize_f64(units as f64 / scale as f64),
        }
    }
}

impl Serialize for Big {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match u64::try_from(self.0) {
            Ok(small) if small < 1 << 53 => serializer.serialize_u64(small),
            Ok(_) | Err(_) => serializer.collect_str(&self.0),
        }
    }
}
