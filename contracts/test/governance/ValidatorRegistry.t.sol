// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ValidatorRegistry} from "../../governance/ValidatorRegistry.sol";
import {IValidatorRegistry} from "../../governance/interfaces/IValidatorRegistry.sol";
import {Fleet} from "../support/Fleet.sol";

contract ValidatorRegistryTest is Fleet {
    address private _member;

    function setUp() public override {
        super.setUp();
        _member = guild[0];
        vm.prank(_member);
        token.approve(address(registry), type(uint256).max);
    }

    function test_theSeededGuildIsActiveWithoutAStake() public view {
        assertEq(registry.validatorCount(), 3, "count");
        assertEq(registry.validators().length, 3, "list");
        assertEq(registry.milestoneQuorum(), 2, "quorum");
        assertEq(registry.stakeToken(), address(token), "token");
        for (uint256 i = 0; i < 3; ++i) {
            assertTrue(registry.isValidator(guild[i]), "active");
        }
        assertFalse(registry.isValidator(stranger), "stranger");
    }

    function test_anAddressThatIsNamedTwiceJoinsOnce() public {
        address[] memory members = new address[](3);
        (members[0], members[1], members[2]) = (guild[0], guild[1], guild[0]);
        ValidatorRegistry other = new ValidatorRegistry(owner, members, 2, address(token));
        assertEq(other.validatorCount(), 2, "count");
    }

    function test_aGuildThatCannotReachItsQuorumIsRefused() public {
        address[] memory members = new address[](1);
        members[0] = guild[0];
        vm.expectRevert(_invalidQuorum(2, 1));
        new ValidatorRegistry(owner, members, 2, address(token));
        vm.expectRevert(_invalidQuorum(0, 1));
        new ValidatorRegistry(owner, members, 0, address(token));
        vm.expectRevert(abi.encodeWithSelector(IValidatorRegistry.ValidatorRegistryZeroAddress.selector));
        new ValidatorRegistry(owner, members, 1, address(0));
        members[0] = address(0);
        vm.expectRevert(abi.encodeWithSelector(IValidatorRegistry.ValidatorRegistryZeroAddress.selector));
        new ValidatorRegistry(owner, members, 1, address(token));
    }

    function test_theOwnerKeepsTheRoster() public {
        vm.expectEmit(address(registry));
        emit IValidatorRegistry.ValidatorAdded(stranger);
        _owner(abi.encodeCall(registry.addValidator, (stranger)));
        assertTrue(registry.isMember(stranger), "joined");

        vm.expectRevert(abi.encodeWithSelector(IValidatorRegistry.ValidatorRegistryAlreadyMember.selector, stranger));
        _owner(abi.encodeCall(registry.addValidator, (stranger)));

        vm.expectEmit(address(registry));
        emit IValidatorRegistry.ValidatorRemoved(stranger);
        _owner(abi.encodeCall(registry.removeValidator, (stranger)));
        assertFalse(registry.isMember(stranger), "left");

        vm.expectRevert(abi.encodeWithSelector(IValidatorRegistry.ValidatorRegistryNotMember.selector, stranger));
        _owner(abi.encodeCall(registry.removeValidator, (stranger)));

        vm.expectRevert(abi.encodeWithSelector(IValidatorRegistry.ValidatorRegistryZeroAddress.selector));
        _owner(abi.encodeCall(registry.addValidator, (address(0))));
    }

    function test_aStrangerChangesNothing() public {
        bytes memory refused = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger);
        vm.startPrank(stranger);
        vm.expectRevert(refused);
        registry.addValidator(stranger);
        vm.expectRevert(refused);
        registry.removeValidator(_member);
        vm.expectRevert(refused);
        registry.setMilestoneQuorum(1);
        vm.expectRevert(refused);
        registry.setMinimumStake(1);
        vm.expectRevert(refused);
        registry.setUnbondingDelay(1);
        vm.stopPrank();
    }

    function test_theGuildNeverBecomesSmallerThanItsQuorum() public {
        _owner(abi.encodeCall(registry.removeValidator, (guild[2])));
        vm.expectRevert(_invalidQuorum(2, 1));
        _owner(abi.encodeCall(registry.removeValidator, (guild[1])));
        vm.expectRevert(_invalidQuorum(3, 2));
        _owner(abi.encodeCall(registry.setMilestoneQuorum, (3)));
        vm.expectRevert(_invalidQuorum(0, 2));
        _owner(abi.encodeCall(registry.setMilestoneQuorum, (0)));

        vm.expectEmit(address(registry));
        emit IValidatorRegistry.MilestoneQuorumUpdated(2, 1);
        _owner(abi.encodeCall(registry.setMilestoneQuorum, (1)));
        _owner(abi.encodeCall(registry.removeValidator, (guild[1])));
        assertEq(registry.validatorCount(), 1, "count");
    }

    function test_aMemberIsActiveWithTheMinimumStakeOnly() public {
        vm.expectEmit(address(registry));
        emit IValidatorRegistry.MinimumStakeUpdated(0, 10);
        _owner(abi.encodeCall(registry.setMinimumStake, (10)));
        assertFalse(registry.isValidator(_member), "without a stake");

        vm.prank(_member);
        registry.stake(9);
        assertFalse(registry.isValidator(_member), "below the minimum");

        vm.expectEmit(address(registry));
        emit IValidatorRegistry.Staked(_member, 1, 10);
        vm.prank(_member);
        registry.stake(1);
        assertTrue(registry.isValidator(_member), "with the minimum");

        vm.prank(_member);
        registry.unstake(1);
        assertFalse(registry.isValidator(_member), "while unbonding");
    }

    function test_aStakeComesBackAfterTheDelayOnly() public {
        vm.expectEmit(address(registry));
        emit IValidatorRegistry.UnbondingDelayUpdated(0, 7 days);
        _owner(abi.encodeCall(registry.setUnbondingDelay, (7 days)));
        uint256 before = token.balanceOf(_member);
        vm.prank(_member);
        registry.stake(100);
        uint64 availableAt = uint64(block.timestamp + 7 days);
        vm.expectEmit(address(registry));
        emit IValidatorRegistry.Unstaked(_member, 60, availableAt);
        vm.prank(_member);
        registry.unstake(60);

        (uint256 staked, uint256 unbonding, uint64 found) = registry.stakeOf(_member);
        assertEq(staked, 40, "staked");
        assertEq(unbonding, 60, "unbonding");
        assertEq(found, availableAt, "available");

        vm.warp(availableAt - 1);
        vm.expectRevert(
            abi.encodeWithSelector(IValidatorRegistry.ValidatorRegistryStillUnbonding.selector, availableAt)
        );
        vm.prank(_member);
        registry.withdraw();

        vm.warp(availableAt);
        vm.prank(_member);
        registry.withdraw();
        assertEq(token.balanceOf(_member), before - 40, "balance");

        vm.expectRevert(abi.encodeWithSelector(IValidatorRegistry.ValidatorRegistryZeroAmount.selector));
        vm.prank(_member);
        registry.withdraw();
    }

    function test_aRemovedMemberTakesTheStakeAlongButStakesNoMore() public {
        vm.prank(_member);
        registry.stake(5);
        _owner(abi.encodeCall(registry.removeValidator, (_member)));

        vm.expectRevert(abi.encodeWithSelector(IValidatorRegistry.ValidatorRegistryNotMember.selector, _member));
        vm.prank(_member);
        registry.stake(5);

        vm.startPrank(_member);
        registry.unstake(5);
        registry.withdraw();
        vm.stopPrank();
        assertEq(token.balanceOf(_member), 1e30, "balance");
    }

    function test_nothingAndTooMuchAreRefused() public {
        vm.startPrank(_member);
        vm.expectRevert(abi.encodeWithSelector(IValidatorRegistry.ValidatorRegistryZeroAmount.selector));
        registry.stake(0);
        vm.expectRevert(abi.encodeWithSelector(IValidatorRegistry.ValidatorRegistryZeroAmount.selector));
        registry.unstake(0);
        vm.expectRevert(abi.encodeWithSelector(IValidatorRegistry.ValidatorRegistryInsufficientStake.selector, 1, 0));
        registry.unstake(1);
        vm.stopPrank();

        vm.expectRevert(abi.encodeWithSelector(IValidatorRegistry.ValidatorRegistryDelayTooLong.selector, 31 days));
        _owner(abi.encodeCall(registry.setUnbondingDelay, (31 days)));
    }

    function testFuzz_theRegistryHoldsExactlyWhatIsStakedAndUnbonding(uint96 in1, uint96 in2, uint96 out) public {
        in1 = uint96(bound(in1, 1, 1e28));
        in2 = uint96(bound(in2, 1, 1e28));
        out = uint96(bound(out, 1, uint256(in1) + in2));
        vm.startPrank(_member);
        registry.stake(in1);
        registry.stake(in2);
        registry.unstake(out);
        vm.stopPrank();
        (uint256 staked, uint256 unbonding,) = registry.stakeOf(_member);
        assertEq(staked + unbonding, token.balanceOf(address(registry)), "held");
        assertEq(staked, uint256(in1) + in2 - out, "staked");
    }

    function _owner(bytes memory data) private {
        asOwner(address(registry), data);
    }

    function _invalidQuorum(uint256 quorum, uint256 size) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IValidatorRegistry.ValidatorRegistryInvalidQuorum.selector, quorum, size);
    }
}
