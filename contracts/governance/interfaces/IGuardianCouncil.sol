// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title The guardians who can stop what the owner set in motion
interface IGuardianCouncil {
    /// @notice An account joined or left the council.
    event MemberChanged(address indexed account, bool member);
    /// @notice A member cancelled an operation that was waiting.
    event OperationCancelled(address indexed timelock, bytes32 indexed id, address indexed by);
    /// @notice A member vetoed a staged extension.
    event ExtensionVetoed(bytes32 indexed module, address indexed by);
    /// @notice A member agreed that the fleet resumes after this trip of the wire.
    event ResumeCosigned(uint256 indexed trip, address indexed by);

    /// @notice The caller does not belong to the council.
    error GuardianCouncilNotMember(address caller);
    /// @notice Only the timelock changes the council.
    error GuardianCouncilNotTimelock(address caller);
    /// @notice The council has no power over this timelock.
    error GuardianCouncilUnknownTimelock(address timelock);
    /// @notice Not the trip that holds the fleet now; zero as `current` means that nothing is tripped.
    error GuardianCouncilNotCurrentTrip(uint256 trip, uint256 current);
    /// @notice A member co-signs a trip once.
    error GuardianCouncilAlreadyCosigned(uint256 trip, address member);
    /// @notice The account belongs to the council already.
    error GuardianCouncilAlreadyMember(address account);
    /// @notice Fewer members than the co-signatures that a resume needs, or none needed.
    error GuardianCouncilTooFewMembers(uint256 members, uint256 needed);
    /// @notice A part of the set-up is the zero address.
    error GuardianCouncilZeroAddress();

    /// @notice Cancels a waiting operation at once; by any member.
    /// @dev Besides {GuardianCouncilNotMember} and {GuardianCouncilUnknownTimelock}: the timelock's own error if
    /// nothing waits under this id.
    function cancelOperation(address timelock, bytes32 id) external;

    /// @notice Vetoes what is staged for `module` at once; by any member.
    /// @dev Staging again takes another veto. Reverts with the coordinator's own error if nothing is staged.
    function vetoExtension(bytes32 module) external;

    /// @notice Agrees that the fleet resumes after `trip`; by any member, once, while that trip holds the fleet.
    function cosignResume(uint256 trip) external;

    /// @notice Lets `account` in or out; only by the timelock, never below the co-signatures that a resume needs.
    function setMember(address account, bool member) external;

    /// @notice Who belongs to the council.
    function members() external view returns (address[] memory);

    /// @notice Whether `account` belongs to the council.
    function isMember(address account) external view returns (bool);

    /// @notice How many members must agree before the fleet resumes after a trip.
    function cosignaturesNeeded() external view returns (uint256);

    /// @notice How many of today's members agreed to resume after `trip`.
    function cosignaturesOf(uint256 trip) external view returns (uint256);

    /// @notice Whether `member` agreed to resume after `trip`.
    function hasCosigned(uint256 trip, address member) external view returns (bool);

    /// @notice Whether enough of today's members agreed to resume after `trip`.
    function isResumeCosigned(uint256 trip) external view returns (bool);

    /// @notice The timelock that alone changes the council.
    function timelock() external view returns (address);

    /// @notice The timelocks whose operations members may cancel.
    function timelocks() external view returns (address[] memory);

    /// @notice Where extensions are staged.
    function coordinator() external view returns (address);

    /// @notice The brake whose trips the members co-sign.
    function pauseGuardian() external view returns (address);
}
