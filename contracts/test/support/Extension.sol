// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @dev An implementation that remembers how it was started, or refuses to start.
contract Extension {
    error ExtensionStuck();

    address public startedBy;
    uint256 public startedWith;

    function start(uint256 value) external {
        if (value == 0) revert ExtensionStuck();
        (startedBy, startedWith) = (msg.sender, value);
    }
}
