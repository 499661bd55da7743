//! The wall clock, ticking once a second, set by the server's.

use std::time::Duration;

use leptos::prelude::{RwSignal, Set, Signal, on_cleanup, set_interval_with_handle};
use phase8_shared::time::Timestamp;

/// The browser's clock now.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "milliseconds since 1970 fit and are positive"
)]
pub(crate) fn browser_time() -> Timestamp {
    Timestamp::from_millis(js_sys::Date::now() as u64)
}

/// The browser's clock as a signal; it stops when its owner is cleaned up.
pub(crate) fn use_ticking() -> Signal<Timestamp> {
    let now = RwSignal::new(browser_time());
    if let Ok(interval) =
        set_interval_with_handle(move || now.set(browser_time()), Duration::from_secs(1))
    {
        on_cleanup(move || interval.clear());
    }
    now.into()
}

/// How far the server's clock is ahead of this one, learned from live events: each was written no later than it arrived,
/// so the largest difference seen is the nearest to the truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Offset(Option<i64>);

impl Offset {
    /// An event that was written at `written` has just arrived at `arrived`.
    #[must_use]
    pub(crate) fn learn(self, written: Timestamp, arrived: Timestamp) -> Self {
        let ahead = signed(written).saturating_sub(signed(arrived));
        Self(Some(self.0.map_or(ahead, |known| known.max(ahead))))
    }

    /// The server's clock when this one says `now`, and never before `latest`, the last thing it wrote.
    pub(crate) fn server_time(self, now: Timestamp, latest: Timestamp) -> Timestamp {
        let corrected = signed(now).saturating_add(self.0.unwrap_or_default());
        Timestamp::from_millis(u64::try_from(corrected).unwrap_or_default().max(latest.millis()))
    }
}

fn signed(time: Timestamp) -> i64 {
    i64::try_from(time.millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn a_browser_that_is_late_is_set_forward() {
        let offset = Offset::default().learn(at(10_000), at(7_100)).learn(at(20_000), at(17_900));

        assert_eq!(offset.server_time(at(20_000), at(0)), at(22_900));
    }

    #[test]
    fn mission_time_never_runs_behind_the_ledger() {
        assert_eq!(Offset::default().server_time(at(5_000), at(9_000)), at(9_000));
    }
}
