// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IPauseGuardian} from "./interfaces/IPauseGuardian.sol";
import {ISystemPause} from "./interfaces/ISystemPause.sol";

/// @title The instant brake
/// @dev The brake is a single key without a timelock, so it can only brake: resuming takes the owner.
contract PauseGuardian is IPauseGuardian, Ownable2Step {
    ISystemPause private immutable _systemPause;

    address private _guardian;

    /// @param initialOwner who resumes and names the guardian: the OwnerProxy
    /// @param initialGuardian who may pause
    /// @param systemPause_ the switch
    constructor(address initialOwner, address initialGuardian, address systemPause_) Ownable(initialOwner) {
        if (systemPause_ == address(0)) revert PauseGuardianZeroAddress();
        _systemPause = ISystemPause(systemPause_);
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
    function unpauseAll() external onlyOwner {
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

    /// @dev Answers with found and expected, which is what people need to repair their set-up.
    function _checkOwner() internal view override {
        if (msg.sender != owner()) revert PauseGuardianNotOwner(msg.sender, owner());
    }

    function _pauseAll(bytes32 rule, string memory reason) private {
        if (msg.sender != _guardian) _checkOwner();
        emit TripwirePaused(msg.sender, rule, reason);
        _systemPause.pauseAll();
    }

    function _setGuardian(address newGuardian) private {
        if (newGuardian == address(0)) revert PauseGuardianZeroAddress();
        emit GuardianUpdated(_guardian, newGuardian);
        _guardian = newGuardian;
    }
}
