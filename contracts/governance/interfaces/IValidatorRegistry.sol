// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title The validator guild: who belongs, what they stake, how many must agree
interface IValidatorRegistry {
    /// @notice An account joined the guild.
    event ValidatorAdded(address indexed validator);
    /// @notice An account left the guild; what it stakes stays its own.
    event ValidatorRemoved(address indexed validator);
    /// @notice The number of approvals that a mission must ask for at least changed.
    event MilestoneQuorumUpdated(uint8 previous, uint8 current);
    /// @notice The stake that makes a member active changed.
    event MinimumStakeUpdated(uint256 previous, uint256 current);
    /// @notice The time between unstaking and withdrawing changed.
    event UnbondingDelayUpdated(uint64 previous, uint64 current);
    /// @notice A member staked.
    event Staked(address indexed validator, uint256 amount, uint256 total);
    /// @notice An account began to take stake out.
    /// @param availableAt when everything that unbonds can be withdrawn
    event Unstaked(address indexed validator, uint256 amount, uint64 availableAt);
    /// @notice An account withdrew what had unbonded.
    event StakeWithdrawn(address indexed validator, uint256 amount);

    /// @notice A part of the set-up is the zero address.
    error ValidatorRegistryZeroAddress();
    /// @notice The account is a member already.
    error ValidatorRegistryAlreadyMember(address account);
    /// @notice The account is not a member.
    error ValidatorRegistryNotMember(address account);
    /// @notice A quorum is at least one and at most the size of the guild.
    error ValidatorRegistryInvalidQuorum(uint256 quorum, uint256 guildSize);
    /// @notice Nothing was asked for.
    error ValidatorRegistryZeroAmount();
    /// @notice More than the account stakes.
    error ValidatorRegistryInsufficientStake(uint256 asked, uint256 staked);
    /// @notice The delay has not passed yet.
    error ValidatorRegistryStillUnbonding(uint64 availableAt);
    /// @notice The delay is longer than {MAX_UNBONDING_DELAY}.
    error ValidatorRegistryDelayTooLong(uint64 delay);

    /// @notice Adds an account to the guild; only by the owner.
    function addValidator(address account) external;

    /// @notice Removes an account from the guild at once; only by the owner.
    /// @dev Refused if the guild would become smaller than the quorum.
    function removeValidator(address account) external;

    /// @notice Sets how many approvals a mission must ask for at least; only by the owner.
    function setMilestoneQuorum(uint8 quorum) external;

    /// @notice Sets the stake that makes a member active; only by the owner.
    function setMinimumStake(uint256 amount) external;

    /// @notice Sets the time between unstaking and withdrawing, for later unstaking; only by the owner.
    function setUnbondingDelay(uint64 delay) external;

    /// @notice Stakes `amount` of the token; only by members. Needs an allowance.
    function stake(uint256 amount) external;

    /// @notice Begins to take `amount` out; by anybody who stakes, members or not.
    /// @dev It stops counting at once. Unstaking again before withdrawing restarts the delay for all of it.
    function unstake(uint256 amount) external;

    /// @notice Withdraws everything that has unbonded to the caller.
    function withdraw() external;

    /// @notice Whether `account` may approve milestones: a member with the minimum stake.
    function isValidator(address account) external view returns (bool);

    /// @notice Whether `account` belongs to the guild, whatever it stakes.
    function isMember(address account) external view returns (bool);

    /// @notice Every member of the guild, in no order that means anything.
    function validators() external view returns (address[] memory);

    /// @notice How many members the guild has.
    function validatorCount() external view returns (uint256);

    /// @notice How many approvals a mission must ask for at least.
    function milestoneQuorum() external view returns (uint8);

    /// @notice The stake that makes a member active.
    function minimumStake() external view returns (uint256);

    /// @notice The time between unstaking and withdrawing.
    function unbondingDelay() external view returns (uint64);

    /// @notice What an account stakes, what unbonds, and when that can be withdrawn.
    function stakeOf(address account) external view returns (uint256 staked, uint256 unbonding, uint64 availableAt);

    /// @notice The token that is staked.
    function stakeToken() external view returns (address);
}
