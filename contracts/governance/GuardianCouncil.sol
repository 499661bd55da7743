// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import {IPauseGuardian} from "../security/interfaces/IPauseGuardian.sol";
import {ISystemPause} from "../security/interfaces/ISystemPause.sol";
import {IGuardianCouncil} from "./interfaces/IGuardianCouncil.sol";
import {IUpgradeCoordinator} from "./interfaces/IUpgradeCoordinator.sol";

/// @title The guardians who can stop what the owner set in motion
/// @dev One member is enough to stop, several must agree before a tripped fleet resumes, and none of them can start
/// anything. The council must hold the canceller role of the timelocks that it is given.
contract GuardianCouncil is IGuardianCouncil {
    using EnumerableSet for EnumerableSet.AddressSet;

    address private immutable _timelock;
    uint256 private immutable _cosignaturesNeeded;
    IUpgradeCoordinator private immutable _coordinator;
    IPauseGuardian private immutable _pauseGuardian;

    EnumerableSet.AddressSet private _members;
    EnumerableSet.AddressSet private _timelocks;
    mapping(uint256 trip => mapping(address member => bool)) private _cosigned;

    /// @dev Code is not checked here, because the parts of a fleet are deployed at addresses known in advance.
    /// @param timelock_ the timelock that alone changes the council
    /// @param initialMembers the first members; an address that is named twice joins once
    /// @param cosignaturesNeeded_ how many must agree before a tripped fleet resumes; at least one
    /// @param timelocks_ the timelocks whose operations members may cancel
    /// @param coordinator_ where extensions are staged
    /// @param pauseGuardian_ the brake whose trips the members co-sign
    constructor(
        address timelock_,
        address[] memory initialMembers,
        uint256 cosignaturesNeeded_,
        address[] memory timelocks_,
        address coordinator_,
        address pauseGuardian_
    ) {
        if (timelock_ == address(0) || coordinator_ == address(0) || pauseGuardian_ == address(0)) {
            revert GuardianCouncilZeroAddress();
        }
        _timelock = timelock_;
        _cosignaturesNeeded = cosignaturesNeeded_;
        _coordinator = IUpgradeCoordinator(coordinator_);
        _pauseGuardian = IPauseGuardian(pauseGuardian_);

        for (uint256 i = 0; i < timelocks_.length; ++i) {
            if (timelocks_[i] == address(0)) revert GuardianCouncilZeroAddress();
            _timelocks.add(timelocks_[i]);
        }
        for (uint256 i = 0; i < initialMembers.length; ++i) {
            if (initialMembers[i] == address(0)) revert GuardianCouncilZeroAddress();
            if (_members.add(initialMembers[i])) emit MemberChanged(initialMembers[i], true);
        }
        if (cosignaturesNeeded_ == 0) revert GuardianCouncilTooFewMembers(_members.length(), 0);
        _requireEnoughMembers();
    }

    /// @dev Refuses every caller but the members.
    modifier onlyMember() {
        if (!_members.contains(msg.sender)) revert GuardianCouncilNotMember(msg.sender);
        _;
    }

    /// @inheritdoc IGuardianCouncil
    function cancelOperation(address timelock_, bytes32 id) external onlyMember {
        if (!_timelocks.contains(timelock_)) revert GuardianCouncilUnknownTimelock(timelock_);
        emit OperationCancelled(timelock_, id, msg.sender);
        TimelockController(payable(timelock_)).cancel(id);
    }

    /// @inheritdoc IGuardianCouncil
    function vetoExtension(bytes32 module) external onlyMember {
        emit ExtensionVetoed(module, msg.sender);
        _coordinator.veto(module);
    }

    /// @inheritdoc IGuardianCouncil
    function cosignResume(uint256 trip) external onlyMember {
        bool tripped = ISystemPause(_pauseGuardian.systemPause()).tripped();
        uint256 current = tripped ? _pauseGuardian.trip() : 0;
        if (!tripped || trip != current) revert GuardianCouncilNotCurrentTrip(trip, current);
        if (_cosigned[trip][msg.sender]) revert GuardianCouncilAlreadyCosigned(trip, msg.sender);

        _cosigned[trip][msg.sender] = true;
        emit ResumeCosigned(trip, msg.sender);
    }

    /// @inheritdoc IGuardianCouncil
    function setMember(address account, bool member) external {
        if (msg.sender != _timelock) revert GuardianCouncilNotTimelock(msg.sender);
        if (account == address(0)) revert GuardianCouncilZeroAddress();

        if (member) {
            if (!_members.add(account)) revert GuardianCouncilAlreadyMember(account);
        } else {
            if (!_members.remove(account)) revert GuardianCouncilNotMember(account);
            _requireEnoughMembers();
        }
        emit MemberChanged(account, member);
    }

    /// @inheritdoc IGuardianCouncil
    function members() external view returns (address[] memory) {
        return _members.values();
    }

    /// @inheritdoc IGuardianCouncil
    function isMember(address account) external view returns (bool) {
        return _members.contains(account);
    }

    /// @inheritdoc IGuardianCouncil
    function cosignaturesNeeded() external view returns (uint256) {
        return _cosignaturesNeeded;
    }

    /// @inheritdoc IGuardianCouncil
    /// @dev Counted when asked: who left the council no longer agrees.
    function cosignaturesOf(uint256 trip) public view returns (uint256 count) {
        uint256 length = _members.length();
        for (uint256 i = 0; i < length; ++i) {
            if (_cosigned[trip][_members.at(i)]) ++count;
        }
    }

    /// @inheritdoc IGuardianCouncil
    function hasCosigned(uint256 trip, address member) external view returns (bool) {
        return _cosigned[trip][member];
    }

    /// @inheritdoc IGuardianCouncil
    function isResumeCosigned(uint256 trip) external view returns (bool) {
        return cosignaturesOf(trip) >= _cosignaturesNeeded;
    }

    /// @inheritdoc IGuardianCouncil
    function timelock() external view returns (address) {
        return _timelock;
    }

    /// @inheritdoc IGuardianCouncil
    function timelocks() external view returns (address[] memory) {
        return _timelocks.values();
    }

    /// @inheritdoc IGuardianCouncil
    function coordinator() external view returns (address) {
        return address(_coordinator);
    }

    /// @inheritdoc IGuardianCouncil
    function pauseGuardian() external view returns (address) {
        return address(_pauseGuardian);
    }

    function _requireEnoughMembers() private view {
        if (_members.length() < _cosignaturesNeeded) {
            revert GuardianCouncilTooFewMembers(_members.length(), _cosignaturesNeeded);
        }
    }
}
