//! Which contract every other one points at: contracts of two deployments never work together.

use alloy::primitives::Address;
use alloy::sol;
use phase8_shared::chain::Contracts;
use phase8_shared::chain::abi::{IMissionEscrow, IPauseGuardian};

use super::super::error::ChainError;
use super::super::rpc::Rpc;

sol! {
    /// Pointers that several contracts have under the same name.
    interface IPointers {
        function timelock() external view returns (address);
        function council() external view returns (address);
        function coordinator() external view returns (address);
        function pauseGuardian() external view returns (address);
        function validatorRegistry() external view returns (address);
        function isAccelerator(address account) external view returns (bool);
    }
}

/// Pointer, what it says, what it should say.
type Pointer = (&'static str, Address, Address);

/// Asks every pointer.
pub(super) async fn read(rpc: &Rpc, contracts: &Contracts) -> Result<Vec<Pointer>, ChainError> {
    let c = contracts;
    let mut pointers = vec![
        ("MissionEscrow.token", rpc.view(c.escrow, IMissionEscrow::tokenCall {}).await?, c.token),
        (
            "MissionEscrow.validatorRegistry",
            rpc.view(c.escrow, IMissionEscrow::validatorRegistryCall {}).await?,
            c.validator_registry,
        ),
        (
            "MissionEscrow.budgetManager",
            rpc.view(c.escrow, IMissionEscrow::budgetManagerCall {}).await?,
            c.budget_manager,
        ),
        (
            "MissionEscrow.systemPause",
            rpc.view(c.escrow, IMissionEscrow::systemPauseCall {}).await?,
            c.system_pause,
        ),
        (
            "PauseGuardian.systemPause",
            rpc.view(c.pause_guardian, IPauseGuardian::systemPauseCall {}).await?,
            c.system_pause,
        ),
        (
            "PauseGuardian.council",
            rpc.view(c.pause_guardian, IPauseGuardian::councilCall {}).await?,
            c.guardian_council,
        ),
        (
            "SystemPause.pauseGuardian",
            rpc.view(c.system_pause, IPointers::pauseGuardianCall {}).await?,
            c.pause_guardian,
        ),
        (
            "GuardianCouncil.coordinator",
            rpc.view(c.guardian_council, IPointers::coordinatorCall {}).await?,
            c.upgrade_coordinator,
        ),
        (
            "GuardianCouncil.pauseGuardian",
            rpc.view(c.guardian_council, IPointers::pauseGuardianCall {}).await?,
            c.pause_guardian,
        ),
        (
            "UpgradeCoordinator.council",
            rpc.view(c.upgrade_coordinator, IPointers::councilCall {}).await?,
            c.guardian_council,
        ),
        (
            "AttestationModule.council",
            rpc.view(c.attestation_module, IPointers::councilCall {}).await?,
            c.guardian_council,
        ),
        (
            "AttestationModule.validatorRegistry",
            rpc.view(c.attestation_module, IPointers::validatorRegistryCall {}).await?,
            c.validator_registry,
        ),
        (
            "AdapterGovernor.timelock",
            rpc.view(c.adapter_governor, IPointers::timelockCall {}).await?,
            c.governor_timelock,
        ),
    ];
    for (name, contract) in [
        ("PauseGuardian.timelock", c.pause_guardian),
        ("BudgetManager.timelock", c.budget_manager),
        ("GuardianCouncil.timelock", c.guardian_council),
        ("UpgradeCoordinator.timelock", c.upgrade_coordinator),
    ] {
        let found = rpc.view(contract, IPointers::timelockCall {}).await?;
        pointers.push((name, found, c.owner_timelock));
    }
    // A registry that does not listen to the timelocks is another deployment's.
    for (name, timelock) in [
        ("ModelRegistry.isAccelerator", c.owner_timelock),
        ("ModelRegistry.isAccelerator", c.governor_timelock),
    ] {
        let call = IPointers::isAcceleratorCall { account: timelock };
        let listens = rpc.view(c.model_registry, call).await?;
        pointers.push((name, if listens { timelock } else { Address::ZERO }, timelock));
    }
    Ok(pointers)
}
