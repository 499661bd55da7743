// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title How much a mission may spend, in micro-USD
interface IBudgetManager {
    /// @notice A mission was opened with its first cap.
    event MissionOpened(bytes32 indexed mission, uint256 cap);
    /// @notice A mission's cap changed.
    event BudgetCapUpdated(bytes32 indexed mission, uint256 previous, uint256 current, address indexed by);

    /// @notice Only the registrar opens missions.
    error BudgetManagerNotRegistrar(address caller);
    /// @notice A mission is opened once.
    error BudgetManagerMissionAlreadyOpen(bytes32 mission);
    /// @notice Nobody opened this mission.
    error BudgetManagerUnknownMission(bytes32 mission);
    /// @notice A cap is raised through the timelock, not at once.
    error BudgetManagerRaiseDelayed(bytes32 mission, uint256 current, uint256 proposed);
    /// @notice A part of the set-up is the zero address.
    error BudgetManagerZeroAddress();

    /// @notice Opens `mission` with the cap `microUsd`; only by the registrar, once.
    function openMission(bytes32 mission, uint256 microUsd) external;

    /// @notice Sets the cap of an open mission: lower or equal by the owner, any by the timelock.
    /// @dev Never paused: a brake on spending must work when everything else stands still.
    function updateCap(bytes32 mission, uint256 microUsd) external;

    /// @notice The cap of `mission` in micro-USD; zero if nobody opened it.
    function capOf(bytes32 mission) external view returns (uint256);

    /// @notice Whether `mission` was opened, which tells a cap of zero from no mission.
    function isOpen(bytes32 mission) external view returns (bool);

    /// @notice The contract that opens missions.
    function registrar() external view returns (address);

    /// @notice The timelock that alone raises caps.
    function timelock() external view returns (address);
}
