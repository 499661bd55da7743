// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title Tokens that say whether they can move (ERC-5192)
interface IERC5192 {
    /// @notice A token became locked.
    event Locked(uint256 tokenId);
    /// @notice A token became movable.
    event Unlocked(uint256 tokenId);

    /// @notice Whether the token is locked; reverts for a token that does not exist.
    function locked(uint256 tokenId) external view returns (bool);
}
