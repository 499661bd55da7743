//! What stands in the way of a family of levers.

use alloy_primitives::Address;
use phase8_shared::chain::{ContractName, Contracts};

use super::super::standing::Standing;
use super::Armed;
use crate::format;

/// Collects what stands in the way of a family.
pub(super) struct Judge<'s> {
    standing: &'s Standing,
    contracts: &'s Contracts,
    against: Vec<String>,
}

impl<'s> Judge<'s> {
    pub(super) fn new(standing: &'s Standing, contracts: &'s Contracts) -> Self {
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
    pub(super) fn owned(mut self, name: ContractName) -> Self {
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
    pub(super) fn governed(mut self) -> Self {
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
    pub(super) fn forwards(mut self) -> Self {
        let (switch, manager) = (self.contracts.system_pause, self.contracts.manager);
        let (to, by) = (self.standing.manager_pause, self.standing.pause_governance);
        self.must_be(to, ContractName::Manager, switch, "The manager forwards to");
        self.must_be(by, ContractName::SystemPause, manager, "SystemPause obeys");
        self
    }

    /// Accelerating works: the timelock is there and the door may schedule.
    pub(super) fn delayed(mut self) -> Self {
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

    pub(super) fn resumes(mut self) -> Self {
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

    pub(super) fn verdict(self, works: String, look: Option<String>) -> Armed {
        match (self.against.is_empty(), look) {
            (false, _) => Armed::No(self.against),
            (true, Some(look)) => Armed::Look(look),
            (true, None) => Armed::Yes(works),
        }
    }
}
