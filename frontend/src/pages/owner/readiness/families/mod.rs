//! Each family of levers: armed, or not and why.

mod judge;
#[cfg(test)]
mod tests;

use phase8_shared::chain::{ContractName, Contracts};

use self::judge::Judge;
use super::standing::Standing;
use crate::format;
use crate::pages::owner::words::duration;
use crate::ui::Tone;

/// How a family of levers stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Family {
    /// Stable; its `data-id`.
    pub(crate) id: &'static str,
    /// What it is called.
    pub(crate) name: &'static str,
    /// The call path.
    pub(crate) path: &'static str,
    /// Who signs.
    pub(crate) signer: &'static str,
    /// Whether it works.
    pub(crate) armed: Armed,
}

/// Whether a family of levers works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Armed {
    /// It works, and this is how fast.
    Yes(String),
    /// It works, with something to look at.
    Look(String),
    /// It would be refused.
    No(Vec<String>),
}

impl Armed {
    /// Tone and word.
    pub(crate) const fn state(&self) -> (Tone, &'static str) {
        match self {
            Self::Yes(_) => (Tone::Ok, "Armed"),
            Self::Look(_) => (Tone::Warn, "Armed, look"),
            Self::No(_) => (Tone::Bad, "Not armed"),
        }
    }

    /// Why, in words.
    pub(crate) fn why(&self) -> String {
        match self {
            Self::Yes(why) | Self::Look(why) => why.clone(),
            Self::No(reasons) => reasons.join(" "),
        }
    }
}

/// Every family of levers.
pub(crate) fn families(standing: &Standing, contracts: &Contracts) -> Vec<Family> {
    let judge = || Judge::new(standing, contracts);
    let delay = duration(standing.delay.unwrap_or_default());
    let slow = format!("Lowering acts at once, raising waits {delay}.");
    let at_once = || "Acts at once.".to_owned();
    let held = (standing.tripped == Some(true))
        .then(|| "A tripwire holds the fleet: only Resume after Tripwire ends that.".to_owned());
    let needed = standing.cosignatures_needed.unwrap_or_default();
    let uncancellable = (standing.can_cancel == Some(false))
        .then(|| "The guardian council may not cancel: it lacks CANCELLER_ROLE.".to_owned());
    let family = |id, name, path, signer, armed| Family { id, name, path, signer, armed };
    vec![
        family(
            "fleet",
            "Pause and resume the fleet",
            "OwnerProxy → manager.forwardPauseCall → SystemPause",
            "owner",
            judge().governed().forwards().verdict(at_once(), held),
        ),
        family(
            "tripwire",
            "Tripwire pause",
            "PauseGuardian.pauseAll",
            "pause guardian, or the owner",
            judge().owned(ContractName::PauseGuardian).verdict(at_once(), None),
        ),
        family(
            "resume_after_tripwire",
            "Resume after a tripwire",
            "OwnerProxy → OwnerTimelock → PauseGuardian.unpauseAll",
            "owner, and the council",
            judge().owned(ContractName::PauseGuardian).delayed().resumes().verdict(
                format!(
                    "Waits {delay} and needs {} of the council.",
                    format::count(
                        usize::try_from(needed).unwrap_or(usize::MAX),
                        "co-signature",
                        "co-signatures"
                    )
                ),
                None,
            ),
        ),
        family(
            "budget_cap",
            "Budget cap",
            "OwnerProxy → BudgetManager.updateCap",
            "owner",
            judge().owned(ContractName::BudgetManager).delayed().verdict(slow, None),
        ),
        family(
            "adapters",
            "Active adapter, register, retire, roll back",
            "OwnerProxy → ModelRegistry",
            "owner",
            judge().owned(ContractName::ModelRegistry).delayed().verdict(
                format!(
                    "Choosing and registering wait {delay}; rolling back and retiring act at once."
                ),
                None,
            ),
        ),
        family(
            "co_pilot",
            "Human co-pilot",
            "OwnerProxy → ModelRegistry.setCoPilot",
            "owner",
            judge().owned(ContractName::ModelRegistry).delayed().verdict(
                format!("Requiring a person acts at once, releasing waits {delay}."),
                None,
            ),
        ),
        family(
            "summon",
            "Summon and revoke",
            "OwnerProxy → AttestationModule",
            "owner",
            judge().owned(ContractName::AttestationModule).verdict(at_once(), None),
        ),
        family(
            "registry",
            "Domains, sentinels, streams, parameters, plan",
            "OwnerProxy → Phase8UniversalValueManager",
            "owner",
            judge().governed().verdict(at_once(), None),
        ),
        family(
            "extensions",
            "Stage, activate, retire an extension",
            "OwnerProxy → UpgradeCoordinator",
            "owner; the council may veto",
            judge().owned(ContractName::UpgradeCoordinator).delayed().verdict(
                format!("Staging and retiring act at once, activating waits {delay}."),
                None,
            ),
        ),
        family(
            "cancel",
            "Cancel what waits",
            "OwnerProxy → OwnerTimelock.cancel, GuardianCouncil.cancelOperation",
            "owner, or a guardian",
            judge().delayed().verdict(at_once(), uncancellable),
        ),
    ]
}
