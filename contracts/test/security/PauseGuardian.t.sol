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

    function test_everyPullOfTheBrakeIsATripOfItsOwn() public {
        assertEq(guardian.trip(), 0, "before");
        assertEq(guardian.trippedAt(), 0, "never");
        for (uint256 trip = 1; trip <= 3; ++trip) {
            vm.warp(block.timestamp + 1 hours);
            vm.prank(pauser);
            guardian.pauseAll();
            assertEq(guardian.trip(), trip, "trip");
            assertEq(guardian.trippedAt(), block.timestamp, "at");
            assertTrue(switch_.tripped(), "tripped");
        }
        assertEq(guardian.timelock(), address(ownerTimelock), "timelock");
        assertEq(guardian.council(), address(council), "council");
    }

    function test_theOwnerResumesAtOnceWhatDidNotTrip() public {
        pauseFleet();
        assertFalse(switch_.tripped(), "tripped");
        vm.expectRevert(_notOwner(address(ownerTimelock)));
        vm.prank(address(ownerTimelock));
        guardian.unpauseAll();

        vm.expectEmit(address(guardian));
        emit IPauseGuardian.TripwireResumed(address(proxy));
        asOwner(address(guardian), abi.encodeCall(guardian.unpauseAll, ()));
        assertFalse(escrow.paused(), "escrow");
    }

    function test_afterATripTheOwnerAloneResumesByNoDoor() public {
        vm.prank(pauser);
        guardian.pauseAll();

        vm.expectRevert(_notOwner(pauser));
        vm.prank(pauser);
        guardian.unpauseAll();
        vm.expectRevert(abi.encodeWithSelector(IPauseGuardian.PauseGuardianResumeDelayed.selector, ownerTimelock));
        asOwner(address(guardian), abi.encodeCall(guardian.unpauseAll, ()));
        vm.expectRevert(abi.encodeWithSelector(ISystemPause.SystemPauseTripped.selector));
        resumeFleet();
        cosign();
        vm.expectRevert(abi.encodeWithSelector(IPauseGuardian.PauseGuardianResumeDelayed.selector, ownerTimelock));
        asOwner(address(guardian), abi.encodeCall(guardian.unpauseAll, ()));
        assertTrue(escrow.paused(), "escrow");
    }

    function test_afterATripTheFleetResumesWithTheCouncilAndTheDelay() public {
        vm.prank(pauser);
        guardian.pauseAll();
        _schedule();
        cosign();
        vm.warp(block.timestamp + DELAY - 1);
        vm.expectRevert();
        _execute();

        vm.warp(block.timestamp + 1);
        vm.expectEmit(address(guardian));
        emit IPauseGuardian.TripwireResumed(address(ownerTimelock));
        _execute();
        assertFalse(escrow.paused() || switch_.tripped(), "resumed");

        pauseFleet();
        resumeFleet();
        assertFalse(escrow.paused(), "governance has its switch back");
    }

    function test_theDelayAloneDoesNotResume() public {
        vm.prank(pauser);
        guardian.pauseAll();
        _schedule();
        vm.prank(guardians[0]);
        council.cosignResume(1);
        vm.warp(block.timestamp + DELAY);
        vm.expectRevert(abi.encodeWithSelector(IPauseGuardian.PauseGuardianNotCosigned.selector, 1));
        _execute();

        vm.prank(guardians[2]);
        council.cosignResume(1);
        _execute();
        assertFalse(escrow.paused(), "escrow");
    }

    function test_anOperationFromBeforeTheTripWaitsAllTheSame() public {
        _schedule();
        vm.warp(block.timestamp + DELAY * 3);
        vm.prank(pauser);
        guardian.pauseAll();
        cosign();
        bytes memory early =
            abi.encodeWithSelector(IPauseGuardian.PauseGuardianTooEarly.selector, block.timestamp + DELAY);
        vm.expectRevert(early);
        _execute();

        vm.warp(block.timestamp + DELAY - 1);
        vm.expectRevert(early);
        _execute();
        vm.warp(block.timestamp + 1);
        _execute();
        assertFalse(escrow.paused(), "escrow");
    }

    function test_anotherTripNeedsTheCouncilAndTheDelayAnew() public {
        vm.prank(pauser);
        guardian.pauseAll();
        _schedule();
        cosign();
        vm.warp(block.timestamp + DELAY);
        vm.prank(pauser);
        guardian.pauseAll();
        vm.expectRevert(abi.encodeWithSelector(IPauseGuardian.PauseGuardianNotCosigned.selector, 2));
        _execute();
        cosign();
        vm.expectRevert(abi.encodeWithSelector(IPauseGuardian.PauseGuardianTooEarly.selector, block.timestamp + DELAY));
        _execute();
        vm.warp(block.timestamp + DELAY);
        _execute();
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
        pauseFleet();
        vm.prank(pauser);
        guardian.pauseAll();
        assertTrue(escrow.paused() && switch_.tripped(), "a trip on top of a pause");
        vm.expectRevert(abi.encodeWithSelector(ISystemPause.SystemPauseTripped.selector));
        resumeFleet();
        assertEq(guardian.systemPause(), address(switch_), "switch");
    }

    function test_zeroAddressesInTheSetUpAreRefused() public {
        bytes memory zero = abi.encodeWithSelector(IPauseGuardian.PauseGuardianZeroAddress.selector);
        vm.expectRevert(zero);
        new PauseGuardian(owner, address(0), address(switch_), address(ownerTimelock), address(council));
        vm.expectRevert(zero);
        new PauseGuardian(owner, pauser, address(0), address(ownerTimelock), address(council));
        vm.expectRevert(zero);
        new PauseGuardian(owner, pauser, address(switch_), address(0), address(council));
        vm.expectRevert(zero);
        new PauseGuardian(owner, pauser, address(switch_), address(ownerTimelock), address(0));
    }

    function _schedule() private {
        schedule(address(guardian), abi.encodeCall(guardian.unpauseAll, ()), bytes32(0));
    }

    function _execute() private {
        bytes memory data = abi.encodeCall(guardian.unpauseAll, ());
        ownerTimelock.execute(address(guardian), 0, data, bytes32(0), bytes32(0));
    }

    function _notOwner(address found) private view returns (bytes memory) {
        return abi.encodeWithSelector(IPauseGuardian.PauseGuardianNotOwner.selector, found, address(proxy));
    }
}
