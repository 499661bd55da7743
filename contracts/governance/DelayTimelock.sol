// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

/// @title The delay before an accelerator acts
/// @dev OpenZeppelin's TimelockController and nothing else, so that every tool that speaks its ABI speaks this one. It
/// administers itself: roles and the delay change by its own operations only, after the delay. Whoever likes executes
/// what is due, because what was scheduled is public and can no longer change.
contract DelayTimelock is TimelockController {
    /// @param minDelay seconds between scheduling and the earliest execution
    /// @param proposers who may schedule, and cancel
    /// @param cancellers who else may cancel
    constructor(uint256 minDelay, address[] memory proposers, address[] memory cancellers)
        TimelockController(minDelay, proposers, _anyone(), address(0))
    {
        for (uint256 i = 0; i < cancellers.length; ++i) {
            _grantRole(CANCELLER_ROLE, cancellers[i]);
        }
    }

    /// @dev The zero address in an executor's place opens the role to everybody.
    function _anyone() private pure returns (address[] memory executors) {
        executors = new address[](1);
    }
}
