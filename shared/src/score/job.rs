//! The Job score of the launch page. It is not the dominance score, which judges a manifest.
//!
//! The original computed it in JavaScript doubles and showed one digit by `toFixed(1)`. This computes the same doubles
//! in the same order, which is exact on every machine, and rounds the same way, so that the numbers shown agree.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::format;
use crate::spec::JobSpec;

/// A number with one digit after the point. On the wire it is that number.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = f64, minimum = 0))]
#[serde(try_from = "f64", into = "f64")]
pub struct Tenths(u32);

/// The number is not a [`Tenths`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a score is zero or more and has one digit after the point")]
pub struct TenthsError;

impl From<Tenths> for f64 {
    fn from(tenths: Tenths) -> Self {
        Self::from(tenths.0) / 10.0
    }
}

impl TryFrom<f64> for Tenths {
    type Error = TenthsError;

    fn try_from(number: f64) -> Result<Self, Self::Error> {
        let units = (number >= 0.0).then(|| format::fixed_units(number, 1)).flatten();
        let tenths = units.and_then(|units| u32::try_from(units).ok()).map(Self);
        // One digit is kept; a second one would be lost, and is refused.
        tenths.filter(|tenths| (f64::from(*tenths) - number).abs() < 1e-9).ok_or(TenthsError)
    }
}

impl Tenths {
    /// So many tenths.
    pub const fn new(tenths: u32) -> Self {
        Self(tenths)
    }

    /// So many tenths, as a number.
    pub const fn get(self) -> u32 {
        self.0
    }

    fn of(number: f64) -> Self {
        let tenths = format::fixed_units(number, 1).and_then(|tenths| u32::try_from(tenths).ok());
        Self(tenths.unwrap_or_default())
    }
}

/// `92.0`.
impl fmt::Display for Tenths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}

/// The Job score with its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobScore {
    /// Stake and validators' reward: up to 40.
    pub value: Tenths,
    /// Tripwires: up to 20.
    pub safety: Tenths,
    /// Duration: up to 10.
    pub duration: Tenths,
    /// How often agents check in: up to 30.
    pub cadence: Tenths,
    /// The sum, up to 100; rounded once, so that it may differ from the sum of the rounded parts.
    pub total: Tenths,
}

/// The Job score of a job spec.
pub fn job(spec: &JobSpec) -> JobScore {
    let stake =
        f64::from(u32::try_from(spec.economics.stake_multiplier.micros()).unwrap_or(u32::MAX))
            / 1_000_000.0;
    let reward_percent = f64::from(spec.validators.reward_bps.get()) / 100.0;
    let tripwires = f64::from(u32::try_from(spec.safety.tripwires.len()).unwrap_or(u32::MAX));
    let minutes = f64::from(spec.max_duration_minutes.get());
    let interval = f64::from(spec.autonomy.checkpoint_interval_minutes.get());

    let value = f64::min(40.0, stake * 12.0 + reward_percent);
    let safety = f64::min(20.0, tripwires * 4.0);
    let duration = f64::min(10.0, minutes / 48.0);
    let cadence = if interval > 0.0 { f64::min(30.0, 60.0 / interval * 5.0) } else { 0.0 };
    let total = f64::min(100.0, value + safety + duration + cadence);
    JobScore {
        value: Tenths::of(value),
        safety: Tenths::of(safety),
        duration: Tenths::of(duration),
        cadence: Tenths::of(cadence),
        total: Tenths::of(total),
    }
}
