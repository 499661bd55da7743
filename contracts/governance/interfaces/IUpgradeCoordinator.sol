// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title Which implementation stands behind each extension of the fleet
interface IUpgradeCoordinator {
    /// @notice An implementation was staged; it replaces what was staged for this module before.
    event ExtensionStaged(
        bytes32 indexed module,
        address indexed implementation,
        bool pauseBeforeUpgrade,
        uint64 expiresAt,
        bytes initializer
    );
    /// @notice A staged implementation became the active one.
    /// @param previous what was active before; zero for the first
    event ExtensionActivated(bytes32 indexed module, address indexed implementation, address indexed previous);
    /// @notice What is staged can no longer become active.
    event ExtensionVetoed(bytes32 indexed module, address indexed by);
    /// @notice The owner took back what was staged.
    event ExtensionWithdrawn(bytes32 indexed module, address indexed implementation);
    /// @notice The active implementation was taken out of service.
    /// @param restored what is active now: the one before it, or zero
    event ExtensionRetired(bytes32 indexed module, address indexed implementation, address indexed restored);

    /// @notice Only the timelock activates.
    error UpgradeCoordinatorNotTimelock(address caller);
    /// @notice Only the guardian council vetoes.
    error UpgradeCoordinatorNotCouncil(address caller);
    /// @notice An implementation must have code.
    error UpgradeCoordinatorWithoutCode(address implementation);
    /// @notice The window closes before the timelock could let the activation through, or never opens.
    error UpgradeCoordinatorWindowTooShort(uint64 upgradeWindow, uint256 delay);
    /// @notice Calldata shorter than a selector names no function.
    error UpgradeCoordinatorInitializerTooShort(uint256 length);
    /// @notice Nothing is staged for this module.
    error UpgradeCoordinatorNothingStaged(bytes32 module);
    /// @notice Nothing is active for this module.
    error UpgradeCoordinatorNothingActive(bytes32 module);
    /// @notice It was staged too recently: the delay counts from what is staged, not from what was scheduled.
    error UpgradeCoordinatorTooEarly(uint256 readyAt);
    /// @notice The window has closed.
    error UpgradeCoordinatorExpired(uint64 expiresAt);
    /// @notice The guardian council has vetoed it.
    error UpgradeCoordinatorVetoed(bytes32 module);
    /// @notice It was staged on the condition that the fleet is paused first.
    error UpgradeCoordinatorFleetRunning();
    /// @notice A part of the set-up is the zero address.
    error UpgradeCoordinatorZeroAddress();

    /// @notice Stages `implementation` for `module`, in place of what was staged before; only by the owner.
    /// @param pauseBeforeUpgrade whether the fleet must be paused when it is activated
    /// @param upgradeWindow seconds from now in which it can be activated; longer than the timelock's delay
    /// @param initializer what the implementation is called with on activation; empty for no call
    function stageExtension(
        bytes32 module,
        address implementation,
        bool pauseBeforeUpgrade,
        uint64 upgradeWindow,
        bytes calldata initializer
    ) external;

    /// @notice Makes the staged implementation the active one; only by the timelock, within the window, unless vetoed.
    /// @dev The initializer is a plain call to the implementation, never a delegatecall; its error comes through.
    function activateExtension(bytes32 module) external;

    /// @notice Takes back what is staged, vetoed or not; only by the owner.
    function withdrawExtension(bytes32 module) external;

    /// @notice Takes the active implementation out of service and restores the one before it; only by the owner.
    function retireExtension(bytes32 module) external;

    /// @notice Forbids what is staged; only by the guardian council.
    function veto(bytes32 module) external;

    /// @notice What is staged for `module`; all zero if nothing is.
    function stagedExtension(bytes32 module)
        external
        view
        returns (
            address implementation,
            bool pauseBeforeUpgrade,
            uint64 stagedAt,
            uint64 expiresAt,
            bytes32 initializerHash,
            bool vetoed
        );

    /// @notice What is active for `module`; zero if nothing is.
    function activeExtension(bytes32 module) external view returns (address);

    /// @notice The implementations that stand behind `module`, the active one last.
    function implementationsOf(bytes32 module) external view returns (address[] memory);

    /// @notice The timelock that alone activates.
    function timelock() external view returns (address);

    /// @notice The guardian council, which vetoes.
    function council() external view returns (address);

    /// @notice The switch that says whether the fleet is paused.
    function systemPause() external view returns (address);
}
