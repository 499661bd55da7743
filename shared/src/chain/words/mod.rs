//! Levers in words: now → new, when it takes effect, and what undoes it. The page and evidence files use this one text.

mod change;

use super::field::{Names, duration_words, moment_words};
use super::{AdapterScope, Lever, LeverRole};
use alloy_primitives::{Address, B256};

/// A lever in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeverWords {
    /// Its name.
    pub title: &'static str,
    /// As it is.
    pub now: String,
    /// As it will be.
    pub new: String,
    /// The fields that change, where there are several.
    pub changes: Vec<FieldChange>,
    /// When that takes effect.
    pub effect: String,
    /// What undoes it.
    pub undo: String,
    /// Who signs.
    pub signer: &'static str,
}

/// A field that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// What it is called.
    pub label: String,
    /// As it is; none if there is nothing yet.
    pub now: Option<String>,
    /// As it will be; none if there will be nothing.
    pub new: Option<String>,
}

/// The words for a lever, where the owner's timelock waits this many seconds.
pub fn lever_words(lever: &Lever, delay: u64, names: &Names) -> LeverWords {
    let (now, new, changes) = sides(lever, names);
    LeverWords {
        title: lever.title(),
        now,
        new,
        changes,
        effect: effect(lever, delay),
        undo: undo(lever, delay, names),
        signer: role_words(lever.role()),
    }
}

/// A role in words.
pub const fn role_words(role: LeverRole) -> &'static str {
    match role {
        LeverRole::Owner => "owner",
        LeverRole::PauseGuardian => "pause guardian",
    }
}

/// Whom an active adapter is for, in words.
pub fn scope_words(scope: &AdapterScope, names: &Names) -> String {
    match scope {
        AdapterScope::Mission { mission } => {
            format!("every agent of mission {}", names.of(mission.0))
        }
        AdapterScope::Role { role } => format!("every {role} of every mission"),
        AdapterScope::Agent { mission, role } => {
            format!("the {role} of mission {}", names.of(mission.0))
        }
    }
}

fn sides(lever: &Lever, names: &Names) -> (String, String, Vec<FieldChange>) {
    const STANDS: &str = "every mission stands still: no new spend, no payout";
    const GOES_ON: &str = "missions go on where they stopped";
    let (now, new) = match lever {
        Lever::PauseFleet | Lever::TripwirePause => {
            ("the fleet runs".to_owned(), STANDS.to_owned())
        }
        Lever::ResumeFleet => ("the fleet stands still".to_owned(), GOES_ON.to_owned()),
        Lever::ResumeAfterTripwire => ("a tripwire holds the fleet".to_owned(), GOES_ON.to_owned()),
        Lever::BudgetCap { now, new, .. } => {
            (format!("{now} may be spent"), format!("{new} may be spent"))
        }
        Lever::ActiveAdapter { scope, now, new, reason } => {
            let whom = scope_words(scope, names);
            let because =
                if reason.is_empty() { String::new() } else { format!(", because: {reason}") };
            (answers(*now, &whom, names), format!("{}{because}", answers(*new, &whom, names)))
        }
        Lever::RollBackAdapter { scope, now, new } => {
            let whom = scope_words(scope, names);
            (answers(*now, &whom, names), format!("again {}", answers(*new, &whom, names)))
        }
        Lever::CoPilot { mission, required } => {
            let mission = names.of(mission.0);
            let (with, alone) = (
                format!("a person must work along in mission {mission}"),
                format!("agents work alone in mission {mission}"),
            );
            if *required { (alone, with) } else { (with, alone) }
        }
        Lever::Summon { mission, validator, expiry } => (
            may_not_read(*validator, mission.0, names),
            may_read(*validator, mission.0, *expiry, names),
        ),
        Lever::RevokeSummons { mission, validator, expiry, .. } => (
            may_read(*validator, mission.0, *expiry, names),
            may_not_read(*validator, mission.0, names),
        ),
        Lever::Change(change) => return change::sides(change, names),
    };
    (now, new, Vec::new())
}

fn answers(adapter: B256, whom: &str, names: &Names) -> String {
    if adapter.is_zero() {
        format!("the mission's plan decides who answers for {whom}")
    } else {
        format!("{} answers for {whom}", names.of(adapter))
    }
}

fn may_read(validator: Address, mission: B256, expiry: u64, names: &Names) -> String {
    let (validator, mission) = (validator.to_checksum(None), names.of(mission));
    format!("{validator} may read mission {mission} until {}", moment_words(expiry))
}

fn may_not_read(validator: Address, mission: B256, names: &Names) -> String {
    format!("{} has no read token for mission {}", validator.to_checksum(None), names.of(mission))
}

fn effect(lever: &Lever, delay: u64) -> String {
    if !lever.is_delayed() {
        let rest = if *lever == Lever::PauseFleet {
            " Calls under way are cut off."
        } else if *lever == Lever::TripwirePause {
            " Calls under way are cut off, and nobody's consent is needed."
        } else {
            ""
        };
        return format!("At once, when the transaction is in a block.{rest}");
    }
    let rest = if *lever == Lever::ResumeAfterTripwire {
        " The guardian council must co-sign as well, and the delay is counted from the tripwire too."
    } else {
        ""
    };
    format!(
        "After {}: until then it waits in the owner's timelock, where a guardian can cancel it; then anybody may carry it out.{rest}",
        duration_words(delay)
    )
}

/// How soon a lever acts, in a few words.
pub fn pace_words(lever: &Lever, delay: u64) -> String {
    if *lever == Lever::ResumeAfterTripwire {
        format!("after {} and with the guardian council's co-signatures", duration_words(delay))
    } else if lever.is_delayed() {
        format!("after {}", duration_words(delay))
    } else {
        "at once".to_owned()
    }
}

fn undo(lever: &Lever, delay: u64, names: &Names) -> String {
    if matches!(lever, Lever::Summon { .. }) {
        return "Revoke Summons, by the owner, at once, as soon as the summons has its number"
            .to_owned();
    }
    if matches!(lever, Lever::ActiveAdapter { now, .. } if now.is_zero()) {
        return "Nothing gives the choice back to the mission's plan; another adapter can be chosen"
            .to_owned();
    }
    let change = if let Lever::Change(change) = lever { Some(change) } else { None };
    let Some(back) = lever.inverse() else {
        return change.map_or("Nothing", change::without_undo).to_owned();
    };
    let by = format!("by the {}, {}", role_words(back.role()), pace_words(&back, delay));
    let what = back.title();
    if let Lever::BudgetCap { new, .. } = back {
        format!("{what} back to {new}, {by}")
    } else if let Lever::ActiveAdapter { new, .. } = back {
        format!("{what} back to {}, {by}", names.of(new))
    } else if let Lever::RollBackAdapter { new, .. } = back {
        format!("{what} to {}, {by}", names.of(new))
    } else if let Some(change) = change {
        let as_now = if what == lever.title() { " back as it is now" } else { "" };
        format!("{what}{as_now}, {by}{}", change::not_restored(change))
    } else {
        format!("{what}, {by}")
    }
}

#[cfg(test)]
mod tests;
