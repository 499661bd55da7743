// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {BudgetManager} from "../../jobs/BudgetManager.sol";
import {IBudgetManager} from "../../jobs/interfaces/IBudgetManager.sol";
import {Fleet} from "../support/Fleet.sol";

contract BudgetManagerTest is Fleet {
    function test_onlyTheRegistrarOpensMissions() public {
        vm.expectRevert(abi.encodeWithSelector(IBudgetManager.BudgetManagerNotRegistrar.selector, owner));
        vm.prank(owner);
        budget.openMission(MISSION, 1);
        assertEq(budget.registrar(), address(escrow), "registrar");
    }

    function test_aMissionIsOpenedOnce() public {
        vm.expectEmit(address(budget));
        emit IBudgetManager.MissionOpened(MISSION, 5);
        vm.prank(address(escrow));
        budget.openMission(MISSION, 5);

        vm.expectRevert(abi.encodeWithSelector(IBudgetManager.BudgetManagerMissionAlreadyOpen.selector, MISSION));
        vm.prank(address(escrow));
        budget.openMission(MISSION, 6);
    }

    function testFuzz_theOwnerLowersAtOnceAndNeverRaises(uint256 first, uint256 second) public {
        vm.prank(address(escrow));
        budget.openMission(MISSION, first);

        if (second > first) {
            vm.expectRevert(_raiseDelayed(first, second));
            asOwner(address(budget), abi.encodeCall(budget.updateCap, (MISSION, second)));
            assertEq(budget.capOf(MISSION), first, "cap");
        } else {
            vm.expectEmit(address(budget));
            emit IBudgetManager.BudgetCapUpdated(MISSION, first, second, address(proxy));
            asOwner(address(budget), abi.encodeCall(budget.updateCap, (MISSION, second)));
            assertEq(budget.capOf(MISSION), second, "cap");
        }
    }

    function testFuzz_theTimelockMovesTheCapUpAndDown(uint256 first, uint256 second) public {
        vm.prank(address(escrow));
        budget.openMission(MISSION, first);

        accelerate(address(budget), abi.encodeCall(budget.updateCap, (MISSION, second)));

        assertEq(budget.capOf(MISSION), second, "cap");
        assertEq(budget.timelock(), address(ownerTimelock), "timelock");
    }

    function test_theSameCapAgainIsNoRaise() public {
        fundUsual();
        asOwner(address(budget), abi.encodeCall(budget.updateCap, (MISSION, 250_000_000)));
        assertEq(budget.capOf(MISSION), 250_000_000, "cap");
    }

    function test_aRaiseWaitsAndAGuardianCancelsIt() public {
        fundUsual();
        bytes memory raise = abi.encodeCall(budget.updateCap, (MISSION, 300_000_000));
        bytes32 id = schedule(address(budget), raise, bytes32(0));
        vm.warp(block.timestamp + DELAY - 1);
        vm.expectRevert();
        ownerTimelock.execute(address(budget), 0, raise, bytes32(0), bytes32(0));

        vm.prank(guardians[1]);
        council.cancelOperation(address(ownerTimelock), id);
        vm.warp(block.timestamp + 1);
        vm.expectRevert();
        ownerTimelock.execute(address(budget), 0, raise, bytes32(0), bytes32(0));
        assertEq(budget.capOf(MISSION), 250_000_000, "cap");
    }

    function test_onlyTheOwnersTimelockRaises() public {
        fundUsual();
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, governorTimelock));
        vm.prank(address(governorTimelock));
        budget.updateCap(MISSION, 300_000_000);
    }

    function test_theCapIsLoweredWhileTheFleetStandsStill() public {
        fundUsual();
        pauseFleet();
        asOwner(address(budget), abi.encodeCall(budget.updateCap, (MISSION, 0)));
        assertEq(budget.capOf(MISSION), 0, "cap");
        assertTrue(budget.isOpen(MISSION), "still open");
    }

    function test_onlyTheOwnerMovesTheCap() public {
        fundUsual();
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, operator));
        vm.prank(operator);
        budget.updateCap(MISSION, 1);
    }

    function test_aMissionThatNobodyOpenedHasNoCapToMove() public {
        assertEq(budget.capOf(MISSION), 0, "cap");
        assertFalse(budget.isOpen(MISSION), "open");
        vm.expectRevert(abi.encodeWithSelector(IBudgetManager.BudgetManagerUnknownMission.selector, MISSION));
        asOwner(address(budget), abi.encodeCall(budget.updateCap, (MISSION, 1)));
    }

    function test_registrarAndTimelockAreNeeded() public {
        vm.expectRevert(abi.encodeWithSelector(IBudgetManager.BudgetManagerZeroAddress.selector));
        new BudgetManager(owner, address(0), address(ownerTimelock));
        vm.expectRevert(abi.encodeWithSelector(IBudgetManager.BudgetManagerZeroAddress.selector));
        new BudgetManager(owner, address(escrow), address(0));
    }

    function _raiseDelayed(uint256 current, uint256 proposed) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IBudgetManager.BudgetManagerRaiseDelayed.selector, MISSION, current, proposed);
    }
}
