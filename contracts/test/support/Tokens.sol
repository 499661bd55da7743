// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @dev Keeps a hundredth of every transfer, which the escrow must refuse.
contract TollToken is ERC20("Toll", "TOLL") {
    constructor(address holder) {
        _mint(holder, 1e30);
    }

    function _update(address from, address to, uint256 value) internal override {
        if (from != address(0)) {
            super._update(from, address(0xdead), value / 100);
            value -= value / 100;
        }
        super._update(from, to, value);
    }
}

/// @dev Calls somebody back in the middle of every transfer, which the escrow must survive.
contract CallbackToken is ERC20("Callback", "BACK") {
    address private _target;
    bytes private _data;
    bool public refused;
    uint256 public attempts;

    constructor(address holder) {
        _mint(holder, 1e30);
    }

    function arm(address target, bytes calldata data) external {
        _target = target;
        _data = data;
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (_target == address(0)) return;
        (bool success,) = _target.call(_data);
        ++attempts;
        refused = !success;
    }
}
