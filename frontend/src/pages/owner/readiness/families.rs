//! Each family of levers: armed, or not and why.

use alloy_primitives::Address;
use phase8_shared::chain::{ContractName, Contracts};

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

/// Collects what stands in the way of a family.
struct Judge<'s> {
    standing: &'s Standing,
    contracts: &'s Contracts,
    against: Vec<String>,
}

impl<'s> Judge<'s> {
    fn new(standing: &'s Standing, contracts: &'s Contracts) -> Self {
        let mut judge = Self { standing, contracts, against: Vec::new() };
        if standing.owner.is_none() {
            judge.nothing_at(ContractName::OwnerProxy);
        }
        judge
    }

    fn nothing_at(&mut self, name: ContractName) {
        let address = format::short_address(&self.contracts.address(name));
        self.against.push(format!("No {name} answers at {address}."));
    }

    fn must_be(
        &mut self,
        found: Option<Address>,
        name: ContractName,
        expected: Address,
        what: &str,
    ) {
        match found {
            None => self.nothing_at(name),
            Some(found) if found != expected => self.against.push(format!(
                "{what} {}, expected {}.",
                format::short_address(&found),
                format::short_address(&expected)
            )),
            Some(_) => {}
        }
    }

    /// The contract belongs to the door.
    fn owned(mut self, name: ContractName) -> Self {
        let (found, door) = (self.standing.owner_of(name), self.contracts.owner_proxy);
        let what = if name == ContractName::PauseGuardian {
            "PAUSE_GUARDIAN_NOT_OWNER: the pause guardian contract belongs to".to_owned()
        } else {
            format!("{name} belongs to")
        };
        self.must_be(found, name, door, &what);
        self
    }

    /// The manager obeys the door.
    fn governed(mut self) -> Self {
        let door = self.contracts.owner_proxy;
        self.must_be(
            self.standing.manager_governance,
            ContractName::Manager,
            door,
            "The manager obeys",
        );
        self
    }

    /// The manager reaches the switch, and the switch obeys the manager.
    fn forwards(mut self) -> Self {
        let (switch, manager) = (self.contracts.system_pause, self.contracts.manager);
        let (to, by) = (self.standing.manager_pause, self.standing.pause_governance);
        self.must_be(to, ContractName::Manager, switch, "The manager forwards to");
        self.must_be(by, ContractName::SystemPause, manager, "SystemPause obeys");
        self
    }

    /// Accelerating works: the timelock is there and the door may schedule.
    fn delayed(mut self) -> Self {
        match self.standing.can_propose {
            None => self.nothing_at(ContractName::OwnerTimelock),
            Some(false) => self.against.push(
                "The door may not schedule in the owner's timelock: it lacks PROPOSER_ROLE."
                    .to_owned(),
            ),
            Some(true) => {}
        }
        self
    }

    fn resumes(mut self) -> Self {
        let (council, timelock) = (self.standing.guardian_council, self.standing.guardian_timelock);
        let guardian = ContractName::PauseGuardian;
        self.must_be(
            council,
            guardian,
            self.contracts.guardian_council,
            "The pause guardian asks the council",
        );
        self.must_be(
            timelock,
            guardian,
            self.contracts.owner_timelock,
            "The pause guardian obeys the timelock",
        );
        if self.standing.members.is_none() {
            self.nothing_at(ContractName::GuardianCouncil);
        }
        self
    }

    fn verdict(self, works: String, look: Option<String>) -> Armed {
        match (self.against.is_empty(), look) {
            (false, _) => Armed::No(self.against),
            (true, Some(look)) => Armed::Look(look),
            (true, None) => Armed::Yes(works),
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

#[cfg(test)]
mod tests {
    use super::super::standing::OWNED;
    use super::*;

    fn contracts() -> Contracts {
        Contracts::locate(|name| Address::with_last_byte(1 + name as u8))
    }

    fn sound() -> Standing {
        let contracts = contracts();
        Standing {
            owner: Some(Address::with_last_byte(99)),
            manager_governance: Some(contracts.owner_proxy),
            manager_pause: Some(contracts.system_pause),
            pause_governance: Some(contracts.manager),
            paused: Some(false),
            tripped: Some(false),
            guardian: Some(Address::with_last_byte(98)),
            guardian_council: Some(contracts.guardian_council),
            guardian_timelock: Some(contracts.owner_timelock),
            delay: Some(120),
            can_propose: Some(true),
            can_cancel: Some(true),
            members: Some(vec![]),
            cosignatures_needed: Some(1),
            owners: OWNED.map(|_| Some(contracts.owner_proxy)).to_vec(),
            ..Standing::default()
        }
    }

    fn armed(standing: &Standing, id: &str) -> Armed {
        let family = families(standing, &contracts()).into_iter().find(|family| family.id == id);
        family.unwrap().armed
    }

    #[test]
    fn a_sound_deployment_arms_every_lever() {
        for family in families(&sound(), &contracts()) {
            assert!(matches!(family.armed, Armed::Yes(_)), "{family:?}");
        }
        assert_eq!(
            armed(&sound(), "resume_after_tripwire").why(),
            "Waits 2 min and needs 1 co-signature of the council."
        );
    }

    #[test]
    fn a_foreign_pause_guardian_is_explained_with_found_and_expected() {
        let mut standing = sound();
        *standing.owners.last_mut().unwrap() = Some(Address::with_last_byte(0x77));

        let armed = armed(&standing, "tripwire");

        assert_eq!(
            armed.why(),
            "PAUSE_GUARDIAN_NOT_OWNER: the pause guardian contract belongs to 0x0000…0077, expected 0x0000…0002."
        );
        assert_eq!(armed.state().1, "Not armed");
    }

    #[test]
    fn a_switch_that_obeys_somebody_else_disarms_the_fleet_levers_alone() {
        let standing =
            Standing { pause_governance: Some(Address::with_last_byte(0x55)), ..sound() };

        assert!(armed(&standing, "fleet").why().starts_with("SystemPause obeys 0x0000…0055"));
        assert!(matches!(armed(&standing, "registry"), Armed::Yes(_)));
    }

    #[test]
    fn an_address_without_code_is_named() {
        let standing = Standing { can_propose: None, ..sound() };

        assert!(armed(&standing, "budget_cap").why().starts_with("No OwnerTimelock answers at"));
    }

    #[test]
    fn a_trip_shows_at_the_fleet_levers() {
        let standing = Standing { tripped: Some(true), paused: Some(true), ..sound() };

        assert_eq!(armed(&standing, "fleet").state().1, "Armed, look");
    }
}
