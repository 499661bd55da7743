// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title The instant brake
interface IPauseGuardian {
    /// @notice The fleet was paused by tripwire.
    /// @param by the guardian or the owner
    /// @param rule the tripwire that tripped; zero if the guardian gave none
    /// @param reason what was seen, in words; empty if the guardian gave none
    event TripwirePaused(address indexed by, bytes32 rule, string reason);
    /// @notice The fleet was resumed: by the timelock after a trip, else by the owner.
    event TripwireResumed(address indexed by);
    /// @notice Another account became the guardian.
    event GuardianUpdated(address indexed previous, address indexed current);

    /// @notice The caller may not do this (PAUSE_GUARDIAN_NOT_OWNER).
    /// @param found who called
    /// @param expected the owner, who may
    error PauseGuardianNotOwner(address found, address expected);
    /// @notice After a trip the owner resumes through the timelock, not at once.
    error PauseGuardianResumeDelayed(address timelock);
    /// @notice The guardian council has not agreed to resume after this trip.
    error PauseGuardianNotCosigned(uint256 trip);
    /// @notice The wire tripped too recently: the delay counts from the trip, not from what was scheduled before it.
    error PauseGuardianTooEarly(uint256 readyAt);
    /// @notice A part of the set-up is the zero address.
    error PauseGuardianZeroAddress();

    /// @notice Trips the wire, which pauses the fleet at once; by the guardian or the owner, else
    /// {PauseGuardianNotOwner}.
    /// @dev Every call is a trip of its own: what the council agreed to before does not count for it.
    function pauseAll() external;

    /// @notice Trips the wire and records why; by the guardian or the owner.
    function pauseAllWithReason(bytes32 rule, string calldata reason) external;

    /// @notice Resumes the fleet: by the owner at once if the wire did not trip; else only by the timelock, with the
    /// guardian council's agreement, and not before its delay has passed since the trip.
    /// @dev {PauseGuardianResumeDelayed} for the owner while tripped, {PauseGuardianNotOwner} for anybody else,
    /// {PauseGuardianNotCosigned} and {PauseGuardianTooEarly} for the timelock.
    function unpauseAll() external;

    /// @notice Names the guardian; only by the owner.
    function setGuardian(address newGuardian) external;

    /// @notice The account that may pause without the owner.
    function guardian() external view returns (address);

    /// @notice The switch that this brake pulls.
    function systemPause() external view returns (address);

    /// @notice How often the wire has tripped, which is the number of the current or last trip.
    function trip() external view returns (uint256);

    /// @notice When the wire last tripped; zero if it never did.
    function trippedAt() external view returns (uint64);

    /// @notice The timelock that resumes after a trip.
    function timelock() external view returns (address);

    /// @notice The guardian council, which must agree before a tripped fleet resumes.
    function council() external view returns (address);
}
