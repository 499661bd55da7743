//! The budget as it is read: amounts, shares, and the burn over mission time.

use std::fmt::Write as _;

use phase8_shared::id::Seq;
use phase8_shared::mission::{Budget, MissionState, Payload};
use phase8_shared::money::MicroUsd;
use phase8_shared::time::MissionTime;

use crate::format;
use crate::live::Journal;
use crate::ui::Tone;

/// One agent's part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Share {
    /// The agent.
    pub(crate) role: String,
    /// What its calls cost.
    pub(crate) spent: MicroUsd,
    /// Of everything spent, in percent.
    pub(crate) percent: u64,
    /// Check-ins it missed.
    pub(crate) missed: u32,
}

/// What each agent has spent, the most first.
pub(crate) fn shares(state: &MissionState) -> Vec<Share> {
    let mut shares: Vec<Share> = state
        .agents
        .iter()
        .map(|(role, agent)| Share {
            role: role.to_string(),
            spent: agent.spent,
            percent: format::percent(agent.spent.get(), state.budget.spent.get()),
            missed: agent.missed,
        })
        .collect();
    shares.sort_by_key(|share| std::cmp::Reverse(share.spent));
    shares
}

/// The burn bar's tone and its state in words.
pub(crate) fn standing(budget: &Budget) -> (Tone, String) {
    let committed = budget.spent.saturating_add(budget.reserved);
    let percent = format::percent(committed.get(), budget.cap.get());
    if committed > budget.cap {
        (Tone::Bad, "over the cap: no new call fits".to_owned())
    } else if percent >= 90 {
        (Tone::Warn, format!("{percent} % used: nearly at the cap"))
    } else if percent == 0 && committed > MicroUsd::ZERO {
        (Tone::Work, "less than 1 % used".to_owned())
    } else {
        (Tone::Work, format!("{percent} % used"))
    }
}

/// The burn as a staircase: mission time and what was spent by then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Burn {
    seen: Seq,
    /// After each settled call.
    pub(crate) steps: Vec<(MissionTime, MicroUsd)>,
}

impl Burn {
    /// The burn so far, going on from an earlier one.
    pub(crate) fn of(journal: &Journal, earlier: Option<&Self>) -> Self {
        let mut burn = earlier
            .filter(|earlier| earlier.seen <= journal.last())
            .cloned()
            .unwrap_or(Self { seen: Seq::ZERO, steps: Vec::new() });
        while burn.seen < journal.last() {
            burn.seen = burn.seen.next();
            let Some(event) = journal.event(burn.seen) else { break };
            if let Payload::ModelCallSettled { cost, .. } = &event.payload {
                let before = burn.steps.last().map_or(MicroUsd::ZERO, |(_, spent)| *spent);
                let time = journal.time(burn.seen).unwrap_or(MissionTime::ZERO);
                burn.steps.push((time, before.saturating_add(*cost)));
            }
        }
        burn
    }

    /// The staircase as an SVG path in a box of this size; time from the left, money from the bottom.
    pub(crate) fn path(&self, now: MissionTime, top: MicroUsd, width: u64, height: u64) -> String {
        let x = |time: MissionTime| scaled(time.millis(), now.millis(), width);
        let y = |spent: MicroUsd| height.saturating_sub(scaled(spent.get(), top.get(), height));
        let mut path = format!("M0 {height}");
        for (time, spent) in &self.steps {
            // Writing into a string cannot fail.
            let _ = write!(path, "H{}V{}", x(*time), y(*spent));
        }
        let _ = write!(path, "H{width}");
        path
    }
}

/// `part` of `whole` on a scale of `length`.
fn scaled(part: u64, whole: u64, length: u64) -> u64 {
    let product = u128::from(part.min(whole)) * u128::from(length);
    u64::try_from(product / u128::from(whole.max(1))).unwrap_or(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::sample;

    #[test]
    fn the_burn_grows_by_each_settled_call() {
        let burn = Burn::of(&sample::journal(), None);

        let spent: Vec<_> = burn.steps.iter().map(|(_, spent)| spent.get()).collect();

        assert_eq!(spent, [1_500_000, 3_000_000]);
        assert_eq!(Burn::of(&sample::journal(), Some(&burn)), burn);
    }

    #[test]
    fn the_staircase_ends_where_the_money_is() {
        let burn =
            Burn { seen: Seq(2), steps: vec![(MissionTime::from_millis(50), MicroUsd::new(25))] };

        assert_eq!(
            burn.path(MissionTime::from_millis(100), MicroUsd::new(100), 200, 40),
            "M0 40H100V30H200"
        );
    }

    #[test]
    fn the_bar_says_how_near_the_cap_is() {
        let budget = |spent, reserved| Budget {
            cap: MicroUsd::new(100),
            spent: MicroUsd::new(spent),
            reserved: MicroUsd::new(reserved),
        };

        assert_eq!(standing(&budget(10, 10)), (Tone::Work, "20 % used".to_owned()));
        assert_eq!(standing(&budget(90, 5)).0, Tone::Warn);
        assert_eq!(standing(&budget(90, 11)).0, Tone::Bad);
    }

    #[test]
    fn each_agents_part_is_told() {
        let journal = sample::journal();

        let shares = shares(journal.state().unwrap());

        assert_eq!(
            (shares[0].role.as_str(), shares[0].spent.get(), shares[0].percent),
            ("planner", 3_000_000, 100)
        );
    }
}
