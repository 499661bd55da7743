// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {Time} from "@openzeppelin/contracts/utils/types/Time.sol";

/// @title A stand-in for $AGIα on local chains
/// @dev A plain ERC-20 with votes: no fee on transfer, no hook, no pause. Missions on a real chain use the real token.
contract AgiAlpha is ERC20, ERC20Permit, ERC20Votes {
    /// @notice Mints `amountEach` to every holder; there is no other way to mint.
    /// @param holders the accounts that start with tokens
    /// @param amountEach what each of them starts with
    constructor(address[] memory holders, uint256 amountEach)
        ERC20("AGI Alpha (test)", "AGIA")
        ERC20Permit("AGI Alpha (test)")
    {
        for (uint256 i = 0; i < holders.length; ++i) {
            _mint(holders[i], amountEach);
        }
    }

    /// @notice The nonce that the next permit or delegation by `owner` must carry.
    /// @param owner the account that signs
    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    /// @notice The clock that votes are counted on (ERC-6372): the block's timestamp, because not every chain has
    /// regular blocks.
    function clock() public view override returns (uint48) {
        return Time.timestamp();
    }

    /// @notice What {clock} counts, for machines.
    // forge-lint: disable-next-line(mixed-case-function)
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    /// @dev Moves tokens and voting units together.
    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Votes) {
        super._update(from, to, value);
    }
}
