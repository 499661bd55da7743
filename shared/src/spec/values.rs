//! Numbers of a job spec with their units.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::json;

/// A span of mission time in whole minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 527_040))]
#[serde(transparent)]
pub struct Minutes(u32);

impl Minutes {
    /// The longest mission: a leap year.
    pub const MOST: u32 = 366 * 24 * 60;

    /// So many minutes.
    pub const fn new(minutes: u32) -> Self {
        Self(minutes)
    }

    /// So many minutes, as a number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// `8 hours`, `1 hour 30 minutes`, `45 minutes`.
impl fmt::Display for Minutes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hours, minutes) = (self.0 / 60, self.0 % 60);
        let hours_word = if hours == 1 { "hour" } else { "hours" };
        let minutes_word = if minutes == 1 { "minute" } else { "minutes" };
        match (hours, minutes) {
            (0, _) => write!(f, "{minutes} {minutes_word}"),
            (_, 0) => write!(f, "{hours} {hours_word}"),
            _ => write!(f, "{hours} {hours_word} {minutes} {minutes_word}"),
        }
    }
}

/// A share in hundredths of a percent, from 0 to 10 000.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(maximum = 10_000))]
#[serde(try_from = "u32", into = "u32")]
pub struct Bps(u32);

/// The number is not a [`Bps`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("basis points go from 0 to 10000")]
pub struct BpsError;

impl Bps {
    /// The whole.
    pub const WHOLE: u32 = 10_000;

    /// Hundredths of a percent.
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// `25 %`, `12.5 %`.
impl fmt::Display for Bps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", json::text_of(u64::from(self.0), 2))
    }
}

impl TryFrom<u32> for Bps {
    type Error = BpsError;

    fn try_from(bps: u32) -> Result<Self, Self::Error> {
        if bps <= Self::WHOLE { Ok(Self(bps)) } else { Err(BpsError) }
    }
}

impl From<Bps> for u32 {
    fn from(bps: Bps) -> Self {
        bps.0
    }
}

/// A decimal that is zero or more, kept exactly in millionths: multipliers and scores.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = f64, minimum = 0))]
#[serde(transparent)]
pub struct Millionths(#[serde(with = "number")] u64);

impl Millionths {
    /// Exactly one.
    pub const ONE: Self = Self(1_000_000);

    /// So many millionths.
    pub const fn new(millionths: u64) -> Self {
        Self(millionths)
    }

    /// So many millionths, as a number.
    pub const fn micros(self) -> u64 {
        self.0
    }

    /// The double nearest to it: what a reader of the decimal text gets, up to fifteen digits.
    #[expect(clippy::cast_precision_loss, reason = "at most fifteen digits are below 2⁵³")]
    pub fn as_double(self) -> f64 {
        self.0 as f64 / 1e6
    }
}

/// `1.5`, `3`.
impl fmt::Display for Millionths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&json::text_of(self.0, 6))
    }
}

/// Millionths as the plain JSON number of the file formats.
///
/// A fraction travels as the double nearest to it. A whole number below 2⁵³ is a double exactly, and dividing two exact
/// doubles gives the double nearest to their ratio: the very one that a reader of the decimal text gets. Up to fifteen
/// digits no two such numbers share a double, so nothing is lost, and whatever is not exactly such a number is refused.
pub(crate) mod number {
    use std::fmt;

    use serde::de::{Deserializer, Error as _, Visitor};
    use serde::ser::{Error as _, Serializer};

    /// Fifteen digits.
    const MOST: u64 = 999_999_999_999_999;

    #[expect(clippy::cast_precision_loss, reason = "at most fifteen digits are below 2⁵³")]
    fn as_double(millionths: u64) -> f64 {
        millionths as f64 / 1e6
    }

    pub(crate) fn serialize<S: Serializer>(
        millionths: &u64,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        if millionths.is_multiple_of(1_000_000) {
            serializer.serialize_u64(millionths / 1_000_000)
        } else if *millionths <= MOST {
            serializer.serialize_f64(as_double(*millionths))
        } else {
            Err(S::Error::custom("the number has more than fifteen digits"))
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        struct Number;

        impl Visitor<'_> for Number {
            type Value = u64;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "a number that is zero or more, with at most six digits after the point",
                )
            }

            fn visit_u64<E: serde::de::Error>(self, whole: u64) -> Result<u64, E> {
                whole.checked_mul(1_000_000).ok_or_else(|| E::custom("the number is too large"))
            }

            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "held to the range, then compared"
            )]
            #[expect(
                clippy::float_cmp,
                reason = "only exactly the number that would be written is taken"
            )]
            fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<u64, E> {
                let nearest = (number * 1e6 + 0.5) as u64;
                if nearest <= MOST && as_double(nearest) == number {
                    Ok(nearest)
                } else {
                    Err(E::custom("the number cannot be kept exactly"))
                }
            }
        }

        deserializer.deserialize_any(Number).map_err(D::Error::custom)
    }
}

/// [`crate::money::MicroUsd`] as the plain JSON number of dollars that the file formats have.
pub(crate) mod dollars {
    use serde::de::Deserializer;
    use serde::ser::Serializer;

    use crate::money::MicroUsd;

    pub(crate) fn serialize<S: Serializer>(
        amount: &MicroUsd,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        super::number::serialize(&amount.get(), serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<MicroUsd, D::Error> {
        super::number::deserialize(deserializer).map(MicroUsd::new)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spans_and_shares_read_like_words() {
        for (minutes, words) in [
            (0, "0 minutes"),
            (1, "1 minute"),
            (60, "1 hour"),
            (90, "1 hour 30 minutes"),
            (480, "8 hours"),
            (121, "2 hours 1 minute"),
        ] {
            assert_eq!(Minutes::new(minutes).to_string(), words);
        }
        for (bps, words) in [(2500, "25 %"), (1250, "12.5 %"), (1, "0.01 %"), (10_000, "100 %")] {
            assert_eq!(Bps::try_from(bps).unwrap().to_string(), words);
        }
        assert_eq!(Bps::try_from(10_001), Err(BpsError));
    }

    proptest! {
        #[test]
        fn a_decimal_survives_the_wire(millionths in 0_u64..1_000_000_000_000_000) {
            let wire = serde_json::to_string(&Millionths::new(millionths)).unwrap();
            prop_assert_eq!(&wire, &Millionths::new(millionths).to_string());
            prop_assert_eq!(serde_json::from_str::<Millionths>(&wire).unwrap(), Millionths::new(millionths));
        }
    }
}
