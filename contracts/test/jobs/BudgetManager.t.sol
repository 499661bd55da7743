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

    function testFuzz_theOwnerMovesTheCapUpAndDown(uint256 first, uint256 second) public {
        vm.prank(address(escrow));
        budget.openMission(MISSION, first);

        vm.expectEmit(address(budget));
        emit IBudgetManager.BudgetCapUpdated(MISSION, first, second, address(proxy));
        asOwner(address(budget), abi.encodeCall(budget.updateCap, (MISSION, second)));

        assertEq(budget.capOf(MISSION), second, "cap");
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

    function test_aRegistrarIsNeeded() public {
        vm.expectRevert(abi.encodeWithSelector(IBudgetManager.BudgetManagerZeroAddress.selector));
        new BudgetManager(owner, address(0), address(ownerTimelock));
    }
}
