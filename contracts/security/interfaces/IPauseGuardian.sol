// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title The instant brake
interface IPauseGuardian {
    /// @notice The fleet was paused by tripwire.
    /// @param by the guardian or the owner
    /// @param rule the tripwire that tripped; zero if the guardian gave none
    /// @param reason what was seen, in words; empty if the guardian gave none
    event TripwirePaused(address indexed by, bytes32 rule, string reason);
    /// @notice The owner resumed the fleet.
    event TripwireResumed(address indexed by);
    /// @notice Another account became the guardian.
    event GuardianUpdated(address indexed previous, address indexed current);

    /// @notice The caller may not do this (PAUSE_GUARDIAN_NOT_OWNER).
    /// @param found who called
    /// @param expected the owner, who may
    error PauseGuardianNotOwner(address found, address expected);
    /// @notice A part of the set-up is the zero address.
    error PauseGuardianZeroAddress();

    /// @notice Pauses the fleet at once; by the guardian or the owner, else {PauseGuardianNotOwner}.
    function pauseAll() external;

    /// @notice Pauses the fleet at once and records why; by the guardian or the owner.
    function pauseAllWithReason(bytes32 rule, string calldata reason) external;

    /// @notice Resumes the fleet; only by the owner, else {PauseGuardianNotOwner}.
    function unpauseAll() external;

    /// @notice Names the guardian; only by the owner.
    function setGuardian(address newGuardian) external;

    /// @notice The account that may pause without the owner.
    function guardian() external view returns (address);

    /// @notice The switch that this brake pulls.
    function systemPause() external view returns (address);
}
