// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {IGuardianCouncil} from "../governance/interfaces/IGuardianCouncil.sol";
import {IPauseGuardian} from "./interfaces/IPauseGuardian.sol";
import {ISystemPause} from "./interfaces/ISystemPause.sol";

/// @title The instant brake
/// @dev The brake is a single key without a timelock, so it can only brake. Once the wire has tripped, resuming takes
/// the owner, the delay and the guardian council together.
contract PauseGuardian is IPauseGuardian, Ownable2Step {
    ISystemPause private immutable _systemPause;
    TimelockController private immutable _timelock;
    IGuardianCouncil private immutable _council;

    address private _guardian;
    uint64 private _trippedAt;
    uint256 private _trip;

    /// @dev Code is not checked here, because the parts of a fleet are deployed at addresses known in advance.
    /// @param initialOwner who names the guardian, and resumes what did not trip: the OwnerProxy
    /// @param initialGuardian who may pause
    /// @param systemPause_ the switch
    /// @param timelock_ the timelock that resumes after a trip
    /// @param council_ the guardian council, which must agree to that
    constructor(
        address initialOwner,
        address initialGuardian,
        address systemPause_,
        address timelock_,
        address council_
    ) Ownable(initialOwner) {
        if (systemPause_ == address(0) || timelock_ == address(0) || council_ == address(0)) {
            revert PauseGuardianZeroAddress();
        }
        _systemPause = ISystemPause(systemPause_);
        _timelock = TimelockController(payable(timelock_));
        _council = IGuardianCouncil(council_);
        _setGuardian(initialGuardian);
    }

    /// @inheritdoc IPauseGuardian
    function pauseAll() external {
        _pauseAll(bytes32(0), "");
    }

    /// @inheritdoc IPauseGuardian
    function pauseAllWithReason(bytes32 rule, string calldata reason) external {
        _pauseAll(rule, reason);
    }

    /// @inheritdoc IPauseGuardian
    function unpauseAll() external {
        if (_systemPause.tripped()) {
            _checkResumeAfterTrip();
        } else {
            _checkOwner();
        }
        emit TripwireResumed(msg.sender);
        _systemPause.unpauseAll();
    }

    /// @inheritdoc IPauseGuardian
    function setGuardian(address newGuardian) external onlyOwner {
        _setGuardian(newGuardian);
    }

    /// @inheritdoc IPauseGuardian
    function guardian() external view returns (address) {
        return _guardian;
    }

    /// @inheritdoc IPauseGuardian
    function systemPause() external view returns (address) {
        return address(_systemPause);
    }

    /// @inheritdoc IPauseGuardian
    function trip() external view returns (uint256) {
        return _trip;
    }

    /// @inheritdoc IPauseGuardian
    function trippedAt() external view returns (uint64) {
        return _trippedAt;
    }

    /// @inheritdoc IPauseGuardian
    function timelock() external view returns (address) {
        return address(_timelock);
    }

    /// @inheritdoc IPauseGuardian
    function council() external view returns (address) {
        return address(_council);
    }

    /// @dev Answers with found and expected, which is what people need to repair their set-up.
    function _checkOwner() internal view override {
        if (msg.sender != owner()) revert PauseGuardianNotOwner(msg.sender, owner());
    }

    /// @dev An operation can be scheduled before the wire trips and executed long after it was due, so the delay is
    /// counted from the trip as well.
    function _checkResumeAfterTrip() private view {
        if (msg.sender != address(_timelock)) {
            _checkOwner();
            revert PauseGuardianResumeDelayed(address(_timelock));
        }
        if (!_council.isResumeCosigned(_trip)) revert PauseGuardianNotCosigned(_trip);
        uint256 readyAt = _trippedAt + _timelock.getMinDelay();
        if (block.timestamp < readyAt) revert PauseGuardianTooEarly(readyAt);
    }

    function _pauseAll(bytes32 rule, string memory reason) private {
        if (msg.sender != _guardian) _checkOwner();
        ++_trip;
        _trippedAt = uint64(block.timestamp);
        emit TripwirePaused(msg.sender, rule, reason);
        _systemPause.pauseAll();
    }

    function _setGuardian(address newGuardian) private {
        if (newGuardian == address(0)) revert PauseGuardianZeroAddress();
        emit GuardianUpdated(_guardian, newGuardian);
        _guardian = newGuardian;
    }
}
