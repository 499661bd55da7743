//! A lever in words: now → new, when it takes effect, and whether there is anything to flip.

use phase8_shared::chain::{Lever, LeverRole};
use phase8_shared::money::MicroUsd;

/// What the chain says about the levers, at one block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Readings {
    /// The block.
    pub(crate) block: u64,
    /// Who owns the owner proxy.
    pub(crate) owner: alloy_primitives::Address,
    /// Who may brake at once.
    pub(crate) guardian: alloy_primitives::Address,
    /// Whether the fleet is paused.
    pub(crate) paused: bool,
    /// The mission's cap, as the contract has it.
    pub(crate) cap: MicroUsd,
}

impl Readings {
    /// Who must sign for a role.
    pub(crate) const fn signer(&self, role: LeverRole) -> alloy_primitives::Address {
        match role {
            LeverRole::Owner => self.owner,
            LeverRole::PauseGuardian => self.guardian,
        }
    }
}

/// A lever in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LeverWords {
    /// As it is.
    pub(crate) now: String,
    /// As it will be.
    pub(crate) new: String,
    /// When that takes effect.
    pub(crate) effect: &'static str,
    /// What undoes it.
    pub(crate) undo: String,
}

/// The words for a lever.
pub(crate) fn words(lever: &Lever) -> LeverWords {
    match lever {
        Lever::PauseFleet => LeverWords {
            now: "the fleet runs".to_owned(),
            new: "every mission stands still: no new spend, no payout".to_owned(),
            effect: "At once, when the transaction is in a block. Calls under way are cut off.",
            undo: "Resume Fleet, by the owner".to_owned(),
        },
        Lever::TripwirePause => LeverWords {
            now: "the fleet runs".to_owned(),
            new: "every mission stands still: no new spend, no payout".to_owned(),
            effect: "At once, when the transaction is in a block. The guardian needs nobody's consent.",
            undo: "Resume Fleet, by the owner alone".to_owned(),
        },
        Lever::ResumeFleet => LeverWords {
            now: "the fleet stands still".to_owned(),
            new: "missions go on where they stopped".to_owned(),
            effect: "At once, when the transaction is in a block.",
            undo: "Pause Fleet, by the owner".to_owned(),
        },
        Lever::BudgetCap { now, new, .. } => LeverWords {
            now: format!("{now} may be spent"),
            new: format!("{new} may be spent"),
            effect: "At once, when the transaction is in a block.",
            undo: format!("Budget Cap back to {now}, by the owner"),
        },
    }
}

/// The role in words.
pub(crate) const fn role_words(role: LeverRole) -> &'static str {
    match role {
        LeverRole::Owner => "owner",
        LeverRole::PauseGuardian => "pause guardian",
    }
}

/// Why there is nothing to flip; `None` if there is.
pub(crate) fn idle_reason(lever: &Lever, readings: &Readings) -> Option<String> {
    match lever {
        Lever::PauseFleet | Lever::TripwirePause if readings.paused => {
            Some("The fleet stands still already.".to_owned())
        }
        Lever::ResumeFleet if !readings.paused => Some("The fleet is not paused.".to_owned()),
        Lever::BudgetCap { new, .. } if *new == readings.cap => {
            Some(format!("The cap is {new} already."))
        }
        Lever::PauseFleet | Lever::TripwirePause | Lever::ResumeFleet | Lever::BudgetCap { .. } => {
            None
        }
    }
}

/// What a new cap means beside what is spent and held back.
pub(crate) fn cap_warning(new: MicroUsd, committed: MicroUsd) -> Option<String> {
    (new < committed).then(|| {
        format!("{committed} is spent or held back already, more than the new cap: the next call will not fit and the mission will pause.")
    })
}

/// Whether a flip is in force still, so that undoing it makes sense.
pub(crate) fn in_force(lever: &Lever, readings: &Readings) -> bool {
    match lever {
        Lever::PauseFleet | Lever::TripwirePause => readings.paused,
        Lever::ResumeFleet => !readings.paused,
        Lever::BudgetCap { new, .. } => readings.cap == *new,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::sample;

    const fn readings(paused: bool) -> Readings {
        Readings {
            block: 7,
            owner: sample::OWNER,
            guardian: sample::VALIDATOR,
            paused,
            cap: MicroUsd::new(1_000_000),
        }
    }

    fn cap(new: u64) -> Lever {
        Lever::BudgetCap {
            mission: sample::mission().key(),
            now: MicroUsd::new(1_000_000),
            new: MicroUsd::new(new),
        }
    }

    #[test]
    fn a_lever_says_now_and_new() {
        let words = words(&cap(2_500_000));

        assert_eq!(
            (words.now.as_str(), words.new.as_str()),
            ("$1.00 may be spent", "$2.50 may be spent")
        );
        assert_eq!(words.undo, "Budget Cap back to $1.00, by the owner");
    }

    #[test]
    fn a_lever_that_changes_nothing_says_why() {
        assert_eq!(
            idle_reason(&Lever::PauseFleet, &readings(true)).unwrap(),
            "The fleet stands still already."
        );
        assert_eq!(idle_reason(&Lever::PauseFleet, &readings(false)), None);
        assert_eq!(
            idle_reason(&Lever::ResumeFleet, &readings(false)).unwrap(),
            "The fleet is not paused."
        );
        assert!(idle_reason(&cap(1_000_000), &readings(false)).is_some());
    }

    #[test]
    fn only_what_is_in_force_can_be_undone() {
        assert!(in_force(&Lever::PauseFleet, &readings(true)));
        assert!(!in_force(&Lever::PauseFleet, &readings(false)));
        assert!(!in_force(&cap(2_000_000), &readings(false)));
    }

    #[test]
    fn a_cap_below_what_is_spent_warns() {
        assert!(cap_warning(MicroUsd::new(5), MicroUsd::new(6)).is_some());
        assert_eq!(cap_warning(MicroUsd::new(6), MicroUsd::new(6)), None);
    }
}
