//! What the endpoints agree on about the contracts behind the levers, all at one block.

use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use alloy_sol_types::SolCall;
use phase8_shared::api::{EndpointSaid, ReadAnswer, ReadRequest, ReadValue};
use phase8_shared::chain::abi::{
    IGuardianCouncil, IManager, IOwnerProxy, IPauseGuardian, ISystemPause, ITimelock,
};
use phase8_shared::chain::{Call, ContractName, Contracts};

/// The contracts that answer `owner()`; each must be the door.
pub(crate) const OWNED: [ContractName; 8] = [
    ContractName::BudgetManager,
    ContractName::Escrow,
    ContractName::ValidatorRegistry,
    ContractName::CheckpointLedger,
    ContractName::ModelRegistry,
    ContractName::AttestationModule,
    ContractName::UpgradeCoordinator,
    ContractName::PauseGuardian,
];

/// What was read. `None` means that nothing usable is at the address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Standing {
    /// The block.
    pub(crate) block: u64,
    /// Who said what.
    pub(crate) endpoints: Vec<EndpointSaid>,
    /// How many had to agree.
    pub(crate) quorum: u8,
    /// Who owns the door.
    pub(crate) owner: Option<Address>,
    /// Who may take it over, if a handover is under way.
    pub(crate) pending_owner: Option<Address>,
    /// Whom the manager obeys.
    pub(crate) manager_governance: Option<Address>,
    /// Which switch the manager forwards to.
    pub(crate) manager_pause: Option<Address>,
    /// Whom the switch obeys.
    pub(crate) pause_governance: Option<Address>,
    /// Whether the fleet stands still.
    pub(crate) paused: Option<bool>,
    /// Whether a tripwire holds it.
    pub(crate) tripped: Option<bool>,
    /// Who may brake at once.
    pub(crate) guardian: Option<Address>,
    /// Number of the last trip.
    pub(crate) trip: Option<u64>,
    /// Which council must agree to a resume.
    pub(crate) guardian_council: Option<Address>,
    /// Which timelock a resume waits in.
    pub(crate) guardian_timelock: Option<Address>,
    /// Seconds that the owner's timelock waits at least.
    pub(crate) delay: Option<u64>,
    /// Whether the door may schedule.
    pub(crate) can_propose: Option<bool>,
    /// Whether the council may cancel.
    pub(crate) can_cancel: Option<bool>,
    /// Whether anyone may carry out what is ready.
    pub(crate) is_open: Option<bool>,
    /// The council's members.
    pub(crate) members: Option<Vec<Address>>,
    /// How many of them must agree to a resume.
    pub(crate) cosignatures_needed: Option<u64>,
    /// The owners of [`OWNED`], in its order.
    pub(crate) owners: Vec<Option<Address>>,
    /// Whether there is a contract, in the order of [`ContractName::ALL`].
    pub(crate) code: Vec<bool>,
}

/// A role of OpenZeppelin's timelock.
fn role(name: &str) -> B256 {
    keccak256(name)
}

fn call<C: SolCall>(to: Address, call: &C) -> Call {
    Call { to, data: call.abi_encode().into() }
}

/// The reads, in the order in which [`Standing::of`] takes them.
pub(crate) fn request(contracts: &Contracts) -> ReadRequest {
    let timelock = contracts.owner_timelock;
    let has = |name: &str, account: Address| {
        let role = role(name);
        call(timelock, &ITimelock::hasRoleCall { role, account })
    };
    let mut calls = vec![
        call(contracts.owner_proxy, &IOwnerProxy::ownerCall {}),
        call(contracts.owner_proxy, &IOwnerProxy::pendingOwnerCall {}),
        call(contracts.manager, &IManager::governanceCall {}),
        call(contracts.manager, &IManager::systemPauseCall {}),
        call(contracts.system_pause, &ISystemPause::governanceCall {}),
        call(contracts.system_pause, &ISystemPause::pausedCall {}),
        call(contracts.system_pause, &ISystemPause::trippedCall {}),
        call(contracts.pause_guardian, &IPauseGuardian::guardianCall {}),
        call(contracts.pause_guardian, &IPauseGuardian::tripCall {}),
        call(contracts.pause_guardian, &IPauseGuardian::councilCall {}),
        call(contracts.pause_guardian, &IPauseGuardian::timelockCall {}),
        call(timelock, &ITimelock::getMinDelayCall {}),
        has("PROPOSER_ROLE", contracts.owner_proxy),
        has("CANCELLER_ROLE", contracts.guardian_council),
        has("EXECUTOR_ROLE", Address::ZERO),
        call(contracts.guardian_council, &IGuardianCouncil::membersCall {}),
        call(contracts.guardian_council, &IGuardianCouncil::cosignaturesNeededCall {}),
    ];
    calls.extend(OWNED.map(|name| call(contracts.address(name), &IOwnerProxy::ownerCall {})));
    // No contract of ours has this function, so where one is, it refuses; where none is, nothing answers.
    calls.extend(
        ContractName::ALL
            .map(|name| Call { to: contracts.address(name), data: Bytes::from_static(&[0; 4]) }),
    );
    ReadRequest::of(calls)
}

impl Standing {
    /// Makes sense of the answer to [`request`].
    pub(crate) fn of(answer: ReadAnswer) -> Self {
        let ReadAnswer { block, endpoints, quorum, before, .. } = answer;
        let mut values = before.iter();
        let mut standing = Self { block, endpoints, quorum, ..Self::default() };
        standing.owner = next::<IOwnerProxy::ownerCall>(&mut values);
        standing.pending_owner =
            next::<IOwnerProxy::pendingOwnerCall>(&mut values).filter(|pending| !pending.is_zero());
        standing.manager_governance = next::<IManager::governanceCall>(&mut values);
        standing.manager_pause = next::<IManager::systemPauseCall>(&mut values);
        standing.pause_governance = next::<ISystemPause::governanceCall>(&mut values);
        standing.paused = next::<ISystemPause::pausedCall>(&mut values);
        standing.tripped = next::<ISystemPause::trippedCall>(&mut values);
        standing.guardian = next::<IPauseGuardian::guardianCall>(&mut values);
        standing.trip = next::<IPauseGuardian::tripCall>(&mut values).and_then(small);
        standing.guardian_council = next::<IPauseGuardian::councilCall>(&mut values);
        standing.guardian_timelock = next::<IPauseGuardian::timelockCall>(&mut values);
        standing.delay = next::<ITimelock::getMinDelayCall>(&mut values).and_then(small);
        standing.can_propose = next::<ITimelock::hasRoleCall>(&mut values);
        standing.can_cancel = next::<ITimelock::hasRoleCall>(&mut values);
        standing.is_open = next::<ITimelock::hasRoleCall>(&mut values);
        standing.members = next::<IGuardianCouncil::membersCall>(&mut values);
        standing.cosignatures_needed =
            next::<IGuardianCouncil::cosignaturesNeededCall>(&mut values).and_then(small);
        standing.owners =
            OWNED.iter().map(|_| next::<IOwnerProxy::ownerCall>(&mut values)).collect();
        standing.code = values.map(|answer| matches!(answer, ReadValue::Reverted { .. })).collect();
        standing
    }

    /// Whether there is a contract at an address.
    pub(crate) fn has_code(&self, name: ContractName) -> bool {
        let place = ContractName::ALL.iter().position(|other| *other == name);
        place.and_then(|place| self.code.get(place).copied()).unwrap_or_default()
    }

    /// Whom a contract obeys, where it says so.
    pub(crate) fn obeys(&self, name: ContractName) -> Option<Address> {
        if name == ContractName::Manager {
            self.manager_governance
        } else if name == ContractName::SystemPause {
            self.pause_governance
        } else {
            self.owner_of(name)
        }
    }

    /// Who owns one of [`OWNED`].
    pub(crate) fn owner_of(&self, name: ContractName) -> Option<Address> {
        let place = OWNED.iter().position(|owned| *owned == name)?;
        self.owners.get(place).copied().flatten()
    }
}

fn next<'v, C: SolCall>(values: &mut impl Iterator<Item = &'v ReadValue>) -> Option<C::Return> {
    values.next().and_then(ReadValue::decode::<C>)
}

fn small(number: U256) -> Option<u64> {
    u64::try_from(number).ok()
}
