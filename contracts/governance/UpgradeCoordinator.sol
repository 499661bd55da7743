// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ISystemPause} from "../security/interfaces/ISystemPause.sol";
import {IUpgradeCoordinator} from "./interfaces/IUpgradeCoordinator.sol";

/// @title Which implementation stands behind each extension of the fleet
/// @dev A record that others read and obey. Nothing runs in this contract's name but the initializer's plain call, and
/// this contract holds no power over any other.
contract UpgradeCoordinator is IUpgradeCoordinator, Ownable2Step {
    struct Staged {
        address implementation;
        bool pauseBeforeUpgrade;
        bool vetoed;
        uint64 stagedAt;
        uint64 expiresAt;
        bytes initializer;
    }

    TimelockController private immutable _timelock;
    address private immutable _council;
    ISystemPause private immutable _systemPause;

    mapping(bytes32 module => Staged) private _staged;
    mapping(bytes32 module => address[]) private _implementations;

    /// @dev Code is not checked here, because the parts of a fleet are deployed at addresses known in advance.
    /// @param initialOwner who stages, withdraws and retires: the OwnerProxy
    /// @param timelock_ the timelock that alone activates
    /// @param council_ the guardian council, which vetoes
    /// @param systemPause_ the switch that says whether the fleet is paused
    constructor(address initialOwner, address timelock_, address council_, address systemPause_) Ownable(initialOwner) {
        if (timelock_ == address(0) || council_ == address(0) || systemPause_ == address(0)) {
            revert UpgradeCoordinatorZeroAddress();
        }
        _timelock = TimelockController(payable(timelock_));
        _council = council_;
        _systemPause = ISystemPause(systemPause_);
    }

    /// @inheritdoc IUpgradeCoordinator
    function stageExtension(
        bytes32 module,
        address implementation,
        bool pauseBeforeUpgrade,
        uint64 upgradeWindow,
        bytes calldata initializer
    ) external onlyOwner {
        if (implementation.code.length == 0) revert UpgradeCoordinatorWithoutCode(implementation);
        if (initializer.length != 0 && initializer.length < 4) {
            revert UpgradeCoordinatorInitializerTooShort(initializer.length);
        }
        uint256 delay = _timelock.getMinDelay();
        if (upgradeWindow <= delay) revert UpgradeCoordinatorWindowTooShort(upgradeWindow, delay);

        uint64 stagedAt = uint64(block.timestamp);
        uint64 expiresAt = stagedAt + upgradeWindow;
        _staged[module] = Staged(implementation, pauseBeforeUpgrade, false, stagedAt, expiresAt, initializer);
        emit ExtensionStaged(module, implementation, pauseBeforeUpgrade, expiresAt, initializer);
    }

    /// @inheritdoc IUpgradeCoordinator
    /// @dev An operation names the module alone, so the delay is counted from the staging as well: otherwise something
    /// else could be staged behind an activation that has already waited.
    function activateExtension(bytes32 module) external {
        if (msg.sender != address(_timelock)) revert UpgradeCoordinatorNotTimelock(msg.sender);
        Staged memory staged = _found(module);
        if (staged.vetoed) revert UpgradeCoordinatorVetoed(module);
        if (block.timestamp > staged.expiresAt) revert UpgradeCoordinatorExpired(staged.expiresAt);
        uint256 readyAt = staged.stagedAt + _timelock.getMinDelay();
        if (block.timestamp < readyAt) revert UpgradeCoordinatorTooEarly(readyAt);
        if (staged.pauseBeforeUpgrade && !_systemPause.paused()) revert UpgradeCoordinatorFleetRunning();

        address previous = activeExtension(module);
        delete _staged[module];
        _implementations[module].push(staged.implementation);
        emit ExtensionActivated(module, staged.implementation, previous);
        if (staged.initializer.length != 0) Address.functionCall(staged.implementation, staged.initializer);
    }

    /// @inheritdoc IUpgradeCoordinator
    function withdrawExtension(bytes32 module) external onlyOwner {
        address implementation = _found(module).implementation;
        delete _staged[module];
        emit ExtensionWithdrawn(module, implementation);
    }

    /// @inheritdoc IUpgradeCoordinator
    function retireExtension(bytes32 module) external onlyOwner {
        address retired = activeExtension(module);
        if (retired == address(0)) revert UpgradeCoordinatorNothingActive(module);
        _implementations[module].pop();
        emit ExtensionRetired(module, retired, activeExtension(module));
    }

    /// @inheritdoc IUpgradeCoordinator
    function veto(bytes32 module) external {
        if (msg.sender != _council) revert UpgradeCoordinatorNotCouncil(msg.sender);
        if (_found(module).vetoed) revert UpgradeCoordinatorVetoed(module);
        _staged[module].vetoed = true;
        emit ExtensionVetoed(module, msg.sender);
    }

    /// @inheritdoc IUpgradeCoordinator
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
        )
    {
        Staged storage staged = _staged[module];
        implementation = staged.implementation;
        pauseBeforeUpgrade = staged.pauseBeforeUpgrade;
        stagedAt = staged.stagedAt;
        expiresAt = staged.expiresAt;
        initializerHash = implementation == address(0) ? bytes32(0) : keccak256(staged.initializer);
        vetoed = staged.vetoed;
    }

    /// @inheritdoc IUpgradeCoordinator
    function activeExtension(bytes32 module) public view returns (address) {
        address[] storage implementations = _implementations[module];
        uint256 length = implementations.length;
        return length == 0 ? address(0) : implementations[length - 1];
    }

    /// @inheritdoc IUpgradeCoordinator
    function implementationsOf(bytes32 module) external view returns (address[] memory) {
        return _implementations[module];
    }

    /// @inheritdoc IUpgradeCoordinator
    function timelock() external view returns (address) {
        return address(_timelock);
    }

    /// @inheritdoc IUpgradeCoordinator
    function council() external view returns (address) {
        return _council;
    }

    /// @inheritdoc IUpgradeCoordinator
    function systemPause() external view returns (address) {
        return address(_systemPause);
    }

    function _found(bytes32 module) private view returns (Staged memory staged) {
        staged = _staged[module];
        if (staged.implementation == address(0)) revert UpgradeCoordinatorNothingStaged(module);
    }
}
