//! Time. The wire knows milliseconds since the Unix epoch; the mission's own clock knows milliseconds since its launch.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A moment of wall-clock time: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The moment so many milliseconds after the epoch.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> u64 {
        self.0
    }

    /// Whole seconds since the epoch, as contracts count.
    pub const fn unix_seconds(self) -> u64 {
        self.0 / 1000
    }

    /// Milliseconds since an earlier moment; zero if it is later.
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// So many milliseconds later.
    #[must_use]
    pub const fn plus_millis(self, millis: u64) -> Self {
        Self(self.0.saturating_add(millis))
    }
}

/// `2026-11-23T06:37:00Z`, to the second (civil date after Howard Hinnant's `civil_from_days`).
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.unix_seconds();
        let (days, rest) = (seconds / 86_400, seconds % 86_400);
        let shifted = days + 719_468;
        let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = year_of_era + era * 400 + u64::from(month <= 2);
        let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

/// Milliseconds of a mission's own clock since its launch. A rehearsal's clock runs faster than the wall's and stands
/// still while the mission is paused or waits for people.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct MissionTime(u64);

impl MissionTime {
    /// The launch.
    pub const ZERO: Self = Self(0);

    /// So many milliseconds after the launch.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// So many minutes after the launch.
    pub const fn from_minutes(minutes: u32) -> Self {
        Self(minutes as u64 * 60_000)
    }

    /// Milliseconds since the launch.
    pub const fn millis(self) -> u64 {
        self.0
    }

    /// So many milliseconds later.
    #[must_use]
    pub const fn plus_millis(self, millis: u64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Milliseconds since an earlier moment; zero if it is later.
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// `2h 05m`.
impl fmt::Display for MissionTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.0 / 60_000;
        match minutes / 60 {
            0 => write!(f, "{minutes}m"),
            hours => write!(f, "{hours}h {:02}m", minutes % 60),
        }
    }
}

/// How many times faster than the wall a mission's clock runs: 1 for real missions, up to 100 000 for rehearsals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "u32", into = "u32")]
pub struct ClockScale(u32);

/// The number is not a [`ClockScale`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a clock scale is a whole number from 1 to 100000")]
pub struct ClockScaleError;

impl ClockScale {
    /// Mission time is wall time.
    pub const REAL: Self = Self(1);

    /// The factor.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// Whether the mission runs on a faster clock than the wall's, as only rehearsals may.
    pub const fn is_scaled(self) -> bool {
        self.0 > 1
    }

    /// Mission milliseconds that pass in so many wall milliseconds.
    pub const fn mission_millis(self, wall: u64) -> u64 {
        wall.saturating_mul(self.0 as u64)
    }

    /// Wall milliseconds in which so many mission milliseconds pass, rounded up.
    pub const fn wall_millis(self, mission: u64) -> u64 {
        mission.div_ceil(self.0 as u64)
    }
}

impl TryFrom<u32> for ClockScale {
    type Error = ClockScaleError;

    fn try_from(scale: u32) -> Result<Self, Self::Error> {
        if (1..=100_000).contains(&scale) { Ok(Self(scale)) } else { Err(ClockScaleError) }
    }
}

impl From<ClockScale> for u32 {
    fn from(scale: ClockScale) -> Self {
        scale.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_shows_its_civil_date() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_795_415_820, "2026-11-23T06:37:00Z"),
            (4_102_444_799, "2099-12-31T23:59:59Z"),
        ] {
            assert_eq!(Timestamp::from_millis(seconds * 1000).to_string(), text);
        }
    }

    #[test]
    fn a_scaled_clock_never_wakes_early() {
        let scale = ClockScale::try_from(480).unwrap();
        assert_eq!(scale.wall_millis(1), 1);
        assert_eq!(scale.wall_millis(480 * 60_000), 60_000);
        assert_eq!(scale.mission_millis(1_000), 480_000);
        assert_eq!(ClockScale::try_from(0), Err(ClockScaleError));
    }
}
