// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {Fleet} from "../support/Fleet.sol";

contract AgiAlphaTest is Fleet {
    function test_holdersStartWithTheirAmountAndNothingElseExists() public view {
        assertText(token.symbol(), "AGIA", "symbol");
        assertText(token.name(), "AGI Alpha (test)", "name");
        assertEq(token.decimals(), 18, "decimals");
        assertEq(token.balanceOf(operator), 1e30, "operator");
        assertEq(token.totalSupply(), 3e30, "supply");
    }

    function test_votesFollowTokensOnceDelegated() public {
        vm.prank(operator);
        token.delegate(operator);
        assertEq(token.getVotes(operator), 1e30, "votes");
        vm.prank(operator);
        assertTrue(token.transfer(stranger, 1e29), "transfer");
        assertEq(token.getVotes(operator), 9e29, "votes afterwards");
    }

    function test_votesAreCountedOnTimestamps() public {
        assertText(token.CLOCK_MODE(), "mode=timestamp", "mode");
        assertEq(token.clock(), block.timestamp, "clock");
        vm.prank(operator);
        token.delegate(operator);
        uint256 then = block.timestamp;
        vm.warp(then + 1);
        assertEq(token.getPastVotes(operator, then), 1e30, "votes at that second");
        assertEq(token.getPastVotes(operator, then - 1), 0, "votes the second before");
    }

    function test_aPermitGivesExactlyItsAllowanceOnce() public {
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"),
                operator,
                stranger,
                uint256(5),
                uint256(0),
                block.timestamp
            )
        );
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), structHash));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(OPERATOR_KEY, digest);
        token.permit(operator, stranger, 5, block.timestamp, v, r, s);
        assertEq(token.allowance(operator, stranger), 5, "allowance");
        assertEq(token.nonces(operator), 1, "nonce");

        vm.expectRevert();
        token.permit(operator, stranger, 5, block.timestamp, v, r, s);
    }
}
