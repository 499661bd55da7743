// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Splitting amounts so that nothing is lost
/// @dev Every rule rounds down and leaves the dust to the last part, so that the parts always sum to the whole.
library Shares {
    /// @notice The whole in basis points.
    uint256 internal constant BPS = 10_000;

    /// @dev `amount` · `bps` / 10000, rounded down; exact even where the product exceeds 256 bits.
    function ofBps(uint256 amount, uint256 bps) internal pure returns (uint256) {
        return Math.mulDiv(amount, bps, BPS);
    }

    /// @dev The part that number `index` of `count` equal parts gets.
    function ofEqual(uint256 amount, uint256 index, uint256 count) internal pure returns (uint256) {
        uint256 each = amount / count;
        return index + 1 == count ? amount - each * (count - 1) : each;
    }
}
