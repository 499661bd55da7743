//! Which calls this server relays. Whatever is decoded here encodes to the very same bytes again, so that nothing can
//! hide behind the arguments.

use alloy::primitives::{Address, Bytes, U256};
use alloy::sol_types::SolCall;
use phase8_shared::chain::Contracts;
use phase8_shared::chain::abi::{
    IAgiAlpha, IBudgetManager, IManager, IMissionEscrow, IOwnerProxy, IPauseGuardian, ISystemPause,
};
use phase8_shared::money::TokenAmount;

/// A call that is relayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Allowed {
    /// Lets the escrow take this much.
    Approve(U256),
    /// Funds a mission.
    Fund,
    /// Takes back the rest of an expired mission.
    Refund,
    /// Pulls the brake.
    PauseAll,
    /// A lever through the owner's door.
    Lever(Lever),
}

/// What goes through the owner's door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lever {
    /// Pause Fleet.
    PauseFleet,
    /// Resume Fleet.
    ResumeFleet,
    /// Resume after the brake.
    ResumeByGuardian,
    /// Budget Cap.
    UpdateCap,
    /// Ends a mission as failed.
    FailMission,
}

/// Why a call is not relayed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct NotAllowed(String);

impl Allowed {
    /// The call in words.
    pub(super) const fn words(&self) -> &'static str {
        match self {
            Self::Approve(_) => "AGIα.approve(escrow, deposit)",
            Self::Fund => "MissionEscrow.fund(mission, terms)",
            Self::Refund => "MissionEscrow.refund(mission)",
            Self::PauseAll => "PauseGuardian.pauseAll()",
            Self::Lever(Lever::PauseFleet) => {
                "OwnerProxy.execute → Manager.forwardPauseCall → SystemPause.pauseAll()"
            }
            Self::Lever(Lever::ResumeFleet) => {
                "OwnerProxy.execute → Manager.forwardPauseCall → SystemPause.unpauseAll()"
            }
            Self::Lever(Lever::ResumeByGuardian) => {
                "OwnerProxy.execute → PauseGuardian.unpauseAll()"
            }
            Self::Lever(Lever::UpdateCap) => {
                "OwnerProxy.execute → BudgetManager.updateCap(mission, cap)"
            }
            Self::Lever(Lever::FailMission) => {
                "OwnerProxy.execute → MissionEscrow.failMission(mission, reason)"
            }
        }
    }
}

/// What a call is, if it is one that is relayed.
pub(super) fn classify(
    contracts: &Contracts,
    to: Address,
    data: &Bytes,
) -> Result<Allowed, NotAllowed> {
    if to == contracts.token {
        let call: IAgiAlpha::approveCall = exact(data, "the token")?;
        if call.spender != contracts.escrow {
            let words = format!(
                "the approval is for {}, expected the mission escrow {}",
                call.spender, contracts.escrow
            );
            return Err(NotAllowed(words));
        }
        return Ok(Allowed::Approve(call.value));
    }
    if to == contracts.escrow {
        return match selector(data) {
            Some(IMissionEscrow::refundCall::SELECTOR) => {
                exact::<IMissionEscrow::refundCall>(data, "the mission escrow")
                    .map(|_| Allowed::Refund)
            }
            _ => {
                exact::<IMissionEscrow::fundCall>(data, "the mission escrow").map(|_| Allowed::Fund)
            }
        };
    }
    if to == contracts.pause_guardian {
        return exact::<IPauseGuardian::pauseAllCall>(data, "the pause guardian")
            .map(|_| Allowed::PauseAll);
    }
    if to == contracts.owner_proxy {
        let call: IOwnerProxy::executeCall = exact(data, "the owner proxy")?;
        return lever(contracts, call.target, &call.data).map(Allowed::Lever);
    }
    Err(NotAllowed(format!("{to} is none of the contracts that this server relays to")))
}

/// An approval of more than the wallet holds is one without a limit by another name.
pub(super) fn is_unlimited(approved: U256, held: TokenAmount) -> bool {
    approved > held.get()
}

fn lever(contracts: &Contracts, target: Address, data: &Bytes) -> Result<Lever, NotAllowed> {
    if target == contracts.manager {
        let call: IManager::forwardPauseCallCall =
            exact(data, "the manager, through the owner proxy,")?;
        let inner = call.data.as_ref();
        if inner == (ISystemPause::pauseAllCall {}).abi_encode() {
            return Ok(Lever::PauseFleet);
        }
        if inner == (ISystemPause::unpauseAllCall {}).abi_encode() {
            return Ok(Lever::ResumeFleet);
        }
        return Err(NotAllowed(format!(
            "the manager is to forward {}, which neither pauses nor resumes",
            call.data
        )));
    }
    if target == contracts.budget_manager {
        return exact::<IBudgetManager::updateCapCall>(
            data,
            "the budget manager, through the owner proxy,",
        )
        .map(|_| Lever::UpdateCap);
    }
    if target == contracts.pause_guardian {
        return exact::<IPauseGuardian::unpauseAllCall>(
            data,
            "the pause guardian, through the owner proxy,",
        )
        .map(|_| Lever::ResumeByGuardian);
    }
    if target == contracts.escrow {
        return exact::<IMissionEscrow::failMissionCall>(
            data,
            "the mission escrow, through the owner proxy,",
        )
        .map(|_| Lever::FailMission);
    }
    Err(NotAllowed(format!("the owner proxy is to call {target}, which is none of the levers")))
}

fn selector(data: &Bytes) -> Option<[u8; 4]> {
    data.first_chunk().copied()
}

fn exact<C: SolCall>(data: &Bytes, whom: &str) -> Result<C, NotAllowed> {
    if selector(data) != Some(C::SELECTOR) {
        let found = selector(data)
            .map_or_else(|| "no function".to_owned(), |found| Bytes::from(found).to_string());
        return Err(NotAllowed(format!(
            "the call of {whom} is {found}, expected {}",
            C::SIGNATURE
        )));
    }
    let call = C::abi_decode_validate(data).map_err(|error| {
        NotAllowed(format!("the arguments of {} cannot be read: {error}", C::SIGNATURE))
    })?;
    if call.abi_encode() != data.as_ref() {
        return Err(NotAllowed(format!(
            "bytes are hidden behind the arguments of {}",
            C::SIGNATURE
        )));
    }
    Ok(call)
}

#[cfg(test)]
mod tests {
    use phase8_shared::chain;
    use phase8_shared::id::{MissionId, MissionKey};
    use phase8_shared::money::MicroUsd;

    use super::*;

    fn contracts() -> Contracts {
        let at = Address::repeat_byte;
        Contracts::locate(|name| at(1 + name as u8))
    }

    fn mission() -> MissionKey {
        MissionId::from_bytes([7; 16]).key()
    }

    #[test]
    fn every_call_that_the_page_builds_is_relayed() {
        let contracts = contracts();
        let cap = chain::Lever::BudgetCap {
            mission: mission(),
            now: MicroUsd::new(2),
            new: MicroUsd::new(1),
        };
        for (lever, expected) in [
            (chain::Lever::PauseFleet, Allowed::Lever(Lever::PauseFleet)),
            (chain::Lever::ResumeFleet, Allowed::Lever(Lever::ResumeFleet)),
            (chain::Lever::TripwirePause, Allowed::PauseAll),
            (cap, Allowed::Lever(Lever::UpdateCap)),
        ] {
            let call = lever.call(&contracts);
            assert_eq!(classify(&contracts, call.to, &call.data), Ok(expected), "{lever:?}");
        }
        let approve = chain::approve_call(&contracts, TokenAmount::new(U256::from(5)));
        assert_eq!(
            classify(&contracts, approve.to, &approve.data),
            Ok(Allowed::Approve(U256::from(5)))
        );
    }

    #[test]
    fn a_call_with_bytes_behind_its_arguments_is_not_relayed() {
        let contracts = contracts();
        for lever in [chain::Lever::PauseFleet, chain::Lever::TripwirePause] {
            let call = lever.call(&contracts);
            let mut data = call.data.to_vec();
            data.extend([0; 32]);
            let error = classify(&contracts, call.to, &data.into()).unwrap_err();
            assert!(error.to_string().contains("hidden"), "{error}");
        }
    }

    #[test]
    fn a_foreign_target_selector_or_spender_is_not_relayed() {
        let contracts = contracts();
        let approve =
            |spender| IAgiAlpha::approveCall { spender, value: U256::from(1) }.abi_encode().into();
        let execute = |target, data: Vec<u8>| {
            IOwnerProxy::executeCall { target, data: data.into() }.abi_encode().into()
        };
        let transfer = alloy::primitives::bytes!("a9059cbb");
        let forward = IManager::forwardPauseCallCall { data: transfer.clone() }.abi_encode();
        for (to, data) in [
            (Address::repeat_byte(0x99), approve(contracts.escrow)),
            (contracts.token, transfer.clone()),
            (contracts.token, approve(Address::repeat_byte(0x99))),
            (contracts.escrow, transfer.clone()),
            (contracts.escrow, Bytes::new()),
            (contracts.owner_proxy, execute(Address::repeat_byte(0x99), transfer.to_vec())),
            (contracts.owner_proxy, execute(contracts.manager, forward)),
            (contracts.owner_proxy, execute(contracts.escrow, transfer.to_vec())),
            (
                contracts.manager,
                IManager::forwardPauseCallCall { data: transfer.clone() }.abi_encode().into(),
            ),
        ] {
            assert!(classify(&contracts, to, &data).is_err(), "{to} {data}");
        }
    }
}
