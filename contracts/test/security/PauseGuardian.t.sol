// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {PauseGuardian} from "../../security/PauseGuardian.sol";
import {IPauseGuardian} from "../../security/interfaces/IPauseGuardian.sol";
import {ISystemPause} from "../../security/interfaces/ISystemPause.sol";
import {Fleet} from "../support/Fleet.sol";

contract PauseGuardianTest is Fleet {
    function test_theGuardianPausesTheFleetAtOnce() public {
        vm.expectEmit(address(guardian));
        emit IPauseGuardian.TripwirePaused(pauser, bytes32(0), "");
        vm.expectEmit(address(switch_));
        emit ISystemPause.FleetPaused(address(guardian));
        vm.prank(pauser);
        guardian.pauseAll();
        assertTrue(escrow.paused(), "escrow");
    }

    function test_theGuardianSaysWhy() public {
        bytes32 rule = keccak256("privacy-leak-detector");
        vm.expectEmit(address(guardian));
        emit IPauseGuardian.TripwirePaused(pauser, rule, "a key in the report");
        vm.prank(pauser);
        guardian.pauseAllWithReason(rule, "a key in the report");
        assertTrue(escrow.paused(), "escrow");
    }

    function test_theOwnerPausesToo() public {
        asOwner(address(guardian), abi.encodeCall(guardian.pauseAll, ()));
        assertTrue(escrow.paused(), "escrow");
    }

    function test_onlyTheOwnerResumes() public {
        vm.prank(pauser);
        guardian.pauseAll();

        vm.expectRevert(_notOwner(pauser));
        vm.prank(pauser);
        guardian.unpauseAll();

        vm.expectEmit(address(guardian));
        emit IPauseGuardian.TripwireResumed(address(proxy));
        asOwner(address(guardian), abi.encodeCall(guardian.unpauseAll, ()));
        assertFalse(escrow.paused(), "escrow");
    }

    function testFuzz_anybodyElseIsToldWhomToAsk(address caller) public {
        vm.assume(caller != pauser && caller != address(proxy));
        vm.startPrank(caller);
        vm.expectRevert(_notOwner(caller));
        guardian.pauseAll();
        vm.expectRevert(_notOwner(caller));
        guardian.pauseAllWithReason(bytes32(0), "");
        vm.expectRevert(_notOwner(caller));
        guardian.unpauseAll();
        vm.expectRevert(_notOwner(caller));
        guardian.setGuardian(caller);
        vm.stopPrank();
    }

    function test_theOwnerNamesAnotherGuardian() public {
        vm.expectEmit(address(guardian));
        emit IPauseGuardian.GuardianUpdated(pauser, stranger);
        asOwner(address(guardian), abi.encodeCall(guardian.setGuardian, (stranger)));
        assertEq(guardian.guardian(), stranger, "guardian");

        vm.expectRevert(_notOwner(pauser));
        vm.prank(pauser);
        guardian.pauseAll();
        vm.prank(stranger);
        guardian.pauseAll();
        assertTrue(escrow.paused(), "escrow");
    }

    function test_bothBrakesEndUpAtTheSameSwitch() public {
        vm.prank(pauser);
        guardian.pauseAll();
        pauseFleet();
        assertTrue(escrow.paused(), "paused twice");
        resumeFleet();
        assertFalse(escrow.paused(), "resumed by the manager");
        asOwner(address(guardian), abi.encodeCall(guardian.unpauseAll, ()));
        assertEq(guardian.systemPause(), address(switch_), "switch");
    }

    function test_zeroAddressesInTheSetUpAreRefused() public {
        bytes memory zero = abi.encodeWithSelector(IPauseGuardian.PauseGuardianZeroAddress.selector);
        vm.expectRevert(zero);
        new PauseGuardian(owner, address(0), address(switch_), address(ownerTimelock), address(council));
        vm.expectRevert(zero);
        new PauseGuardian(owner, pauser, address(0), address(ownerTimelock), address(council));
    }

    function _notOwner(address found) private view returns (bytes memory) {
        return abi.encodeWithSelector(IPauseGuardian.PauseGuardianNotOwner.selector, found, address(proxy));
    }
}
