//! A mission's own clock, folded from the events: it needs no state of its own and replays exactly.

use crate::time::{ClockScale, MissionTime, Timestamp};

/// Mission time as of the last event, and whether it passes now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MissionClock {
    /// How many times faster than the wall it runs.
    pub scale: ClockScale,
    elapsed: MissionTime,
    as_of: Timestamp,
    running: bool,
    longest_gap: Option<MissionTime>,
}

impl MissionClock {
    /// A clock that stands at zero.
    pub const fn new(scale: ClockScale, at: Timestamp) -> Self {
        Self { scale, elapsed: MissionTime::ZERO, as_of: at, running: false, longest_gap: None }
    }

    /// The same clock; if it is faster than the wall's, at most so much passes between two events. A minute in which a
    /// rehearsal's engine was stopped would be hours otherwise.
    #[must_use]
    pub(super) const fn at_most_between_events(mut self, gap: MissionTime) -> Self {
        if self.scale.is_scaled() && gap.millis() > 0 {
            self.longest_gap = Some(gap);
        }
        self
    }

    /// Mission time at that moment.
    pub const fn at(&self, now: Timestamp) -> MissionTime {
        if self.running {
            let passed = self.scale.mission_millis(now.since(self.as_of));
            self.elapsed.plus_millis(match self.longest_gap {
                Some(gap) if passed > gap.millis() => gap.millis(),
                _ => passed,
            })
        } else {
            self.elapsed
        }
    }

    /// Whether mission time passes.
    pub const fn is_running(&self) -> bool {
        self.running
    }

    /// The moment at which it will be `time`; `None` while it stands still.
    pub fn when(&self, time: MissionTime) -> Option<Timestamp> {
        self.running
            .then(|| self.as_of.plus_millis(self.scale.wall_millis(time.since(self.elapsed))))
    }

    pub(super) const fn advance(&mut self, now: Timestamp) {
        self.elapsed = self.at(now);
        // A wall clock that was set back must not be counted twice.
        if now.millis() > self.as_of.millis() {
            self.as_of = now;
        }
    }

    pub(super) const fn set_running(&mut self, running: bool) {
        self.running = running;
    }
}
