// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import {IValidatorRegistry} from "./interfaces/IValidatorRegistry.sol";

/// @title The validator guild: who belongs, what they stake, how many must agree
/// @dev The guild starts without a minimum stake, so that a roster seeded on deployment can work at once. Nobody but
/// the staker can ever move a stake.
contract ValidatorRegistry is IValidatorRegistry, Ownable2Step {
    using EnumerableSet for EnumerableSet.AddressSet;
    using SafeERC20 for IERC20;

    /// @notice The longest time that a stake can be held back.
    uint64 public constant MAX_UNBONDING_DELAY = 30 days;

    struct Stake {
        uint256 staked;
        uint256 unbonding;
        uint64 availableAt;
    }

    IERC20 private immutable _stakeToken;

    EnumerableSet.AddressSet private _members;
    mapping(address validator => Stake) private _stakes;
    uint256 private _minimumStake;
    uint64 private _unbondingDelay;
    uint8 private _milestoneQuorum;

    /// @param initialOwner who keeps the roster: the OwnerProxy
    /// @param guild the first members; an address that is named twice joins once
    /// @param initialQuorum how many approvals a mission must ask for at least
    /// @param stakeToken_ the token that is staked
    constructor(address initialOwner, address[] memory guild, uint8 initialQuorum, address stakeToken_)
        Ownable(initialOwner)
    {
        if (stakeToken_ == address(0)) revert ValidatorRegistryZeroAddress();
        _stakeToken = IERC20(stakeToken_);

        for (uint256 i = 0; i < guild.length; ++i) {
            if (guild[i] == address(0)) revert ValidatorRegistryZeroAddress();
            if (_members.add(guild[i])) emit ValidatorAdded(guild[i]);
        }
        _setMilestoneQuorum(initialQuorum);
    }

    /// @inheritdoc IValidatorRegistry
    function addValidator(address account) external onlyOwner {
        if (account == address(0)) revert ValidatorRegistryZeroAddress();
        if (!_members.add(account)) revert ValidatorRegistryAlreadyMember(account);
        emit ValidatorAdded(account);
    }

    /// @inheritdoc IValidatorRegistry
    function removeValidator(address account) external onlyOwner {
        if (!_members.remove(account)) revert ValidatorRegistryNotMember(account);
        if (_members.length() < _milestoneQuorum) {
            revert ValidatorRegistryInvalidQuorum(_milestoneQuorum, _members.length());
        }
        emit ValidatorRemoved(account);
    }

    /// @inheritdoc IValidatorRegistry
    function setMilestoneQuorum(uint8 quorum) external onlyOwner {
        _setMilestoneQuorum(quorum);
    }

    /// @inheritdoc IValidatorRegistry
    function setMinimumStake(uint256 amount) external onlyOwner {
        emit MinimumStakeUpdated(_minimumStake, amount);
        _minimumStake = amount;
    }

    /// @inheritdoc IValidatorRegistry
    function setUnbondingDelay(uint64 delay) external onlyOwner {
        if (delay > MAX_UNBONDING_DELAY) revert ValidatorRegistryDelayTooLong(delay);
        emit UnbondingDelayUpdated(_unbondingDelay, delay);
        _unbondingDelay = delay;
    }

    /// @inheritdoc IValidatorRegistry
    function stake(uint256 amount) external {
        if (!_members.contains(msg.sender)) revert ValidatorRegistryNotMember(msg.sender);
        if (amount == 0) revert ValidatorRegistryZeroAmount();

        Stake storage account = _stakes[msg.sender];
        account.staked += amount;
        emit Staked(msg.sender, amount, account.staked);
        _stakeToken.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @inheritdoc IValidatorRegistry
    function unstake(uint256 amount) external {
        if (amount == 0) revert ValidatorRegistryZeroAmount();
        Stake storage account = _stakes[msg.sender];
        if (amount > account.staked) revert ValidatorRegistryInsufficientStake(amount, account.staked);

        account.staked -= amount;
        account.unbonding += amount;
        account.availableAt = uint64(block.timestamp) + _unbondingDelay;
        emit Unstaked(msg.sender, amount, account.availableAt);
    }

    /// @inheritdoc IValidatorRegistry
    function withdraw() external {
        Stake storage account = _stakes[msg.sender];
        uint256 amount = account.unbonding;
        if (amount == 0) revert ValidatorRegistryZeroAmount();
        if (block.timestamp < account.availableAt) revert ValidatorRegistryStillUnbonding(account.availableAt);

        account.unbonding = 0;
        emit StakeWithdrawn(msg.sender, amount);
        _stakeToken.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IValidatorRegistry
    function isValidator(address account) external view returns (bool) {
        return _members.contains(account) && _stakes[account].staked >= _minimumStake;
    }

    /// @inheritdoc IValidatorRegistry
    function isMember(address account) external view returns (bool) {
        return _members.contains(account);
    }

    /// @inheritdoc IValidatorRegistry
    function validators() external view returns (address[] memory) {
        return _members.values();
    }

    /// @inheritdoc IValidatorRegistry
    function validatorCount() external view returns (uint256) {
        return _members.length();
    }

    /// @inheritdoc IValidatorRegistry
    function milestoneQuorum() external view returns (uint8) {
        return _milestoneQuorum;
    }

    /// @inheritdoc IValidatorRegistry
    function minimumStake() external view returns (uint256) {
        return _minimumStake;
    }

    /// @inheritdoc IValidatorRegistry
    function unbondingDelay() external view returns (uint64) {
        return _unbondingDelay;
    }

    /// @inheritdoc IValidatorRegistry
    function stakeOf(address account) external view returns (uint256 staked, uint256 unbonding, uint64 availableAt) {
        Stake storage found = _stakes[account];
        return (found.staked, found.unbonding, found.availableAt);
    }

    /// @inheritdoc IValidatorRegistry
    function stakeToken() external view returns (address) {
        return address(_stakeToken);
    }

    function _setMilestoneQuorum(uint8 quorum) private {
        if (quorum == 0 || quorum > _members.length()) {
            revert ValidatorRegistryInvalidQuorum(quorum, _members.length());
        }
        emit MilestoneQuorumUpdated(_milestoneQuorum, quorum);
        _milestoneQuorum = quorum;
    }
}
