// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Governable} from "../governance/Governable.sol";
import {IPausable} from "./interfaces/IPausable.sol";
import {ISystemPause} from "./interfaces/ISystemPause.sol";

/// @title One switch for the whole fleet
/// @dev Governance is the manager, whose `forwardPauseCall` reaches this contract; the pause guardian contract is the
/// second way in, without a timelock. What that one paused, only that one resumes.
contract SystemPause is ISystemPause, Governable {
    uint256 private constant SLOTS = 8;

    address private immutable _pauseGuardian;

    bool private _paused;
    bool private _tripped;
    address[SLOTS] private _modules;

    /// @dev Code is not checked here, because the parts of a fleet are deployed at addresses known in advance.
    /// @param initialGovernance the manager
    /// @param pauseGuardian_ the PauseGuardian contract
    /// @param initialModules the modules in the order of {setModules}; zero addresses are unused slots
    constructor(address initialGovernance, address pauseGuardian_, address[SLOTS] memory initialModules)
        Governable(initialGovernance)
    {
        if (pauseGuardian_ == address(0)) revert SystemPauseZeroAddress();
        _pauseGuardian = pauseGuardian_;
        _modules = initialModules;
        emit ModulesUpdated(initialModules);
    }

    /// @dev Refuses every caller but governance and the pause guardian contract.
    modifier onlySwitch() {
        if (msg.sender != _pauseGuardian) _checkGovernance();
        _;
    }

    /// @inheritdoc ISystemPause
    function pauseAll() external onlySwitch {
        _paused = true;
        if (msg.sender == _pauseGuardian) _tripped = true;
        emit FleetPaused(msg.sender);
        _pauseModules();
    }

    /// @inheritdoc ISystemPause
    function unpauseAll() external onlySwitch {
        if (_tripped && msg.sender != _pauseGuardian) revert SystemPauseTripped();
        _paused = false;
        _tripped = false;
        emit FleetResumed(msg.sender);

        for (uint256 i = 0; i < SLOTS; ++i) {
            address module = _modules[i];
            if (module == address(0) || !_reportsPaused(module)) continue;
            Address.functionCall(module, abi.encodeCall(IPausable.unpause, ()));
        }
    }

    /// @inheritdoc ISystemPause
    function setModules(
        address jobRegistry,
        address stakeManager,
        address validationModule,
        address disputeModule,
        address platformRegistry,
        address feePool,
        address reputationEngine,
        address arbitratorCommittee
    ) external onlyGovernance {
        address[SLOTS] memory next = [
            jobRegistry,
            stakeManager,
            validationModule,
            disputeModule,
            platformRegistry,
            feePool,
            reputationEngine,
            arbitratorCommittee
        ];
        for (uint256 i = 0; i < SLOTS; ++i) {
            if (next[i] != address(0) && next[i].code.length == 0) revert SystemPauseModuleWithoutCode(next[i]);
        }

        _modules = next;
        emit ModulesUpdated(next);
        if (_paused) _pauseModules();
    }

    /// @inheritdoc ISystemPause
    function paused() external view returns (bool) {
        return _paused;
    }

    /// @inheritdoc ISystemPause
    function tripped() external view returns (bool) {
        return _tripped;
    }

    /// @inheritdoc ISystemPause
    function modules() external view returns (address[SLOTS] memory) {
        return _modules;
    }

    /// @inheritdoc ISystemPause
    function pauseGuardian() external view returns (address) {
        return _pauseGuardian;
    }

    /// @dev A brake must not depend on its weakest part, so failures are reported and not thrown.
    function _pauseModules() private {
        for (uint256 i = 0; i < SLOTS; ++i) {
            address module = _modules[i];
            if (module == address(0) || _reportsPaused(module)) continue;

            if (module.code.length == 0) {
                emit ModulePauseFailed(module, "");
                continue;
            }
            (bool success, bytes memory reason) = module.call(abi.encodeCall(IPausable.pause, ()));
            if (!success) emit ModulePauseFailed(module, reason);
        }
    }

    /// @dev False also for a module that cannot say: pausing it is then tried, resuming it is not needed.
    function _reportsPaused(address module) private view returns (bool) {
        (bool success, bytes memory answer) = module.staticcall(abi.encodeCall(IPausable.paused, ()));
        return success && answer.length == 32 && abi.decode(answer, (uint256)) == 1;
    }
}
