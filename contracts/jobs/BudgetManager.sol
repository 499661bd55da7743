// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IBudgetManager} from "./interfaces/IBudgetManager.sol";

/// @title How much a mission may spend, in micro-USD
/// @dev The money is spent off chain, by the engine that reads these caps; the contract makes who set them, and when,
/// a matter of record.
contract BudgetManager is IBudgetManager, Ownable2Step {
    address private immutable _registrar;
    address private immutable _timelock;

    struct Budget {
        bool open;
        uint256 cap;
    }

    mapping(bytes32 mission => Budget) private _budgets;

    /// @dev Code is not checked here, because the parts of a fleet are deployed at addresses known in advance.
    /// @param initialOwner who may lower caps: the OwnerProxy
    /// @param registrar_ who opens missions: the MissionEscrow
    /// @param timelock_ who alone may raise caps
    constructor(address initialOwner, address registrar_, address timelock_) Ownable(initialOwner) {
        if (registrar_ == address(0) || timelock_ == address(0)) revert BudgetManagerZeroAddress();
        _registrar = registrar_;
        _timelock = timelock_;
    }

    /// @inheritdoc IBudgetManager
    function openMission(bytes32 mission, uint256 microUsd) external {
        if (msg.sender != _registrar) revert BudgetManagerNotRegistrar(msg.sender);
        Budget storage budget = _budgets[mission];
        if (budget.open) revert BudgetManagerMissionAlreadyOpen(mission);

        budget.open = true;
        budget.cap = microUsd;
        emit MissionOpened(mission, microUsd);
    }

    /// @inheritdoc IBudgetManager
    function updateCap(bytes32 mission, uint256 microUsd) external {
        bool delayed = msg.sender == _timelock;
        if (!delayed) _checkOwner();
        Budget storage budget = _budgets[mission];
        if (!budget.open) revert BudgetManagerUnknownMission(mission);

        uint256 previous = budget.cap;
        if (microUsd > previous && !delayed) revert BudgetManagerRaiseDelayed(mission, previous, microUsd);

        budget.cap = microUsd;
        emit BudgetCapUpdated(mission, previous, microUsd, msg.sender);
    }

    /// @inheritdoc IBudgetManager
    function capOf(bytes32 mission) external view returns (uint256) {
        return _budgets[mission].cap;
    }

    /// @inheritdoc IBudgetManager
    function isOpen(bytes32 mission) external view returns (bool) {
        return _budgets[mission].open;
    }

    /// @inheritdoc IBudgetManager
    function registrar() external view returns (address) {
        return _registrar;
    }

    /// @inheritdoc IBudgetManager
    function timelock() external view returns (address) {
        return _timelock;
    }
}
