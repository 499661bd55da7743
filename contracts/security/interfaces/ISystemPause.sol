// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title One switch for the whole fleet
interface ISystemPause {
    /// @notice The fleet was paused.
    event FleetPaused(address indexed by);
    /// @notice The fleet was resumed.
    event FleetResumed(address indexed by);
    /// @notice The modules that the switch reaches were replaced.
    event ModulesUpdated(address[8] modules);
    /// @notice One module could not be paused; the others were.
    /// @param module the module that needs attention
    /// @param reason what it reverted with; empty if it has no code
    event ModulePauseFailed(address indexed module, bytes reason);

    /// @notice A module must have code when it is set.
    error SystemPauseModuleWithoutCode(address module);
    /// @notice The pause guardian contract paused the fleet, and alone resumes it.
    error SystemPauseTripped();
    /// @notice The pause guardian contract is the zero address.
    error SystemPauseZeroAddress();

    /// @notice Pauses every module; by governance or the pause guardian contract, else `NotGovernance`.
    /// @dev Skips modules that are paused already. A module that fails is reported by {ModulePauseFailed} and does not
    /// keep the others running: calling again tries it again.
    function pauseAll() external;

    /// @notice Resumes every module; by governance unless tripped ({SystemPauseTripped}), or by the pause guardian
    /// contract, which knows who may resume when.
    /// @dev Skips modules that run already. Reverts as a whole, with the module's own error, if one fails: half a
    /// fleet is not resumed.
    function unpauseAll() external;

    /// @notice Replaces the modules; only by governance. Zero addresses are unused slots.
    /// @dev While paused, new modules are paused too. A module that is dropped while paused stays paused.
    function setModules(
        address jobRegistry,
        address stakeManager,
        address validationModule,
        address disputeModule,
        address platformRegistry,
        address feePool,
        address reputationEngine,
        address arbitratorCommittee
    ) external;

    /// @notice Whether the fleet is paused.
    function paused() external view returns (bool);

    /// @notice Whether the pause guardian contract paused the fleet, and it has not resumed since.
    function tripped() external view returns (bool);

    /// @notice The modules, in the order of {setModules}.
    function modules() external view returns (address[8] memory);

    /// @notice The contract that pauses without governance.
    function pauseGuardian() external view returns (address);
}
