//! What the engine's own tripwires keep in mind of a mission: a few numbers, however long it runs.

use std::collections::BTreeSet;

use super::Tripwire;

/// So many settled calls are compared with all before them, and so many there must be before them.
const WINDOW: u8 = 20;
/// A share of answers that is so many percentage points smaller is still the same.
const TOLERATED_POINTS: u64 = 5;

/// Calls by how they ended, and which tripwires have tripped for a reason that still stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Watch {
    /// The last calls, one bit each, the newest lowest: whether it was answered.
    recent: u32,
    recent_calls: u8,
    earlier_answered: u32,
    earlier_calls: u32,
    tripped: BTreeSet<Tripwire>,
}

impl Watch {
    /// Whether it tripped before, for a reason that still stands.
    pub fn has_tripped(&self, tripwire: Tripwire) -> bool {
        self.tripped.contains(&tripwire)
    }

    /// Whether clearly fewer of the last calls were answered than of those before.
    pub fn has_regressed(&self) -> bool {
        if self.recent_calls < WINDOW || self.earlier_calls < u32::from(WINDOW) {
            return false;
        }
        let window = u64::from(WINDOW);
        let (answered, calls) = (u64::from(self.earlier_answered), u64::from(self.earlier_calls));
        let recent = u64::from(self.recent.count_ones());
        answered * window * 100 > recent * calls * 100 + TOLERATED_POINTS * window * calls
    }

    /// Of how many of the last calls how many were answered.
    pub const fn recent(&self) -> (u32, u32) {
        (self.recent.count_ones(), self.recent_calls as u32)
    }

    /// Of how many calls before those how many were answered.
    pub const fn earlier(&self) -> (u32, u32) {
        (self.earlier_answered, self.earlier_calls)
    }

    pub(super) fn trip(&mut self, tripwire: Tripwire) {
        self.tripped.insert(tripwire);
    }

    /// The reason is gone: it may trip again.
    pub(super) fn rearm(&mut self, tripwire: Tripwire) {
        self.tripped.remove(&tripwire);
    }

    pub(super) fn settle(&mut self, answered: bool) {
        let oldest = 1_u32 << (WINDOW - 1);
        if self.recent_calls == WINDOW {
            self.earlier_calls = self.earlier_calls.saturating_add(1);
            let was_answered = u32::from(self.recent & oldest != 0);
            self.earlier_answered = self.earlier_answered.saturating_add(was_answered);
        } else {
            self.recent_calls += 1;
        }
        self.recent = ((self.recent & (oldest - 1)) << 1) | u32::from(answered);
        if !self.has_regressed() {
            self.rearm(Tripwire::ModelRegression);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `+` is an answered call and `-` one that was not; the positions after which a regression is seen.
    fn regressions(calls: &str) -> Vec<usize> {
        let mut watch = Watch::default();
        let mut found = Vec::new();
        for (position, call) in (1..).zip(calls.chars()) {
            watch.settle(call == '+');
            if watch.has_regressed() {
                found.push(position);
            }
        }
        found
    }

    #[test]
    fn a_regression_is_more_than_five_points_below_a_share_of_at_least_twenty_calls() {
        let plus = |count: usize| "+".repeat(count);
        let cases = [
            // One in twenty is exactly five points below a full score.
            (format!("{}-", plus(39)), vec![]),
            (format!("{}--", plus(38)), vec![40]),
            // There must be twenty calls before the last twenty.
            (format!("{}--", plus(37)), vec![]),
            ("-".repeat(60), vec![]),
            // It recovers when the bad calls are old.
            (format!("{}--{}", plus(38), plus(19)), (40..=58).collect()),
            // Two in twenty where one in twenty was usual: five points, and no more.
            (format!("{}-{}--", plus(19), plus(18)), vec![]),
        ];
        for (calls, expected) in cases {
            assert_eq!(regressions(&calls), expected, "{calls}");
        }
    }

    #[test]
    fn old_calls_are_counted_and_forgotten_one_by_one() {
        let mut watch = Watch::default();
        for call in 0..45 {
            watch.settle(call >= 20);
        }
        assert_eq!((watch.recent(), watch.earlier()), ((20, 20), (5, 25)));
    }
}
