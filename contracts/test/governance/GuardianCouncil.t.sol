// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {DelayTimelock} from "../../governance/DelayTimelock.sol";
import {GuardianCouncil} from "../../governance/GuardianCouncil.sol";
import {IGuardianCouncil} from "../../governance/interfaces/IGuardianCouncil.sol";
import {IUpgradeCoordinator} from "../../governance/interfaces/IUpgradeCoordinator.sol";
import {Fleet} from "../support/Fleet.sol";

contract GuardianCouncilTest is Fleet {
    bytes32 private constant MODULE = keccak256("module");

    function test_theCouncilStartsAsItWasFormed() public view {
        address[] memory members = council.members();
        assertEq(members.length, 3, "members");
        for (uint256 i = 0; i < 3; ++i) {
            assertEq(members[i], guardians[i], "member");
            assertTrue(council.isMember(guardians[i]), "is a member");
        }
        assertFalse(council.isMember(owner), "the owner is none");
        assertEq(council.cosignaturesNeeded(), 2, "needed");
        assertEq(council.timelock(), address(ownerTimelock), "timelock");
        assertEq(council.timelocks().length, 2, "timelocks");
        assertEq(council.coordinator(), address(coordinator), "coordinator");
        assertEq(council.pauseGuardian(), address(guardian), "brake");
    }

    function test_anyMemberCancelsWhatWaitsAtOnce() public {
        for (uint256 i = 0; i < 3; ++i) {
            bytes32 id = schedule(address(budget), abi.encodeCall(budget.updateCap, (MISSION, i)), bytes32(i));
            vm.expectEmit(address(council));
            emit IGuardianCouncil.OperationCancelled(address(ownerTimelock), id, guardians[i]);
            vm.prank(guardians[i]);
            council.cancelOperation(address(ownerTimelock), id);
            assertEq(ownerTimelock.getTimestamp(id), 0, "gone");
        }
    }

    function test_whatIsDueButNotExecutedIsCancelledToo() public {
        bytes32 id = schedule(address(budget), abi.encodeCall(budget.updateCap, (MISSION, 1)), bytes32(0));
        vm.warp(block.timestamp + DELAY * 5);
        vm.prank(guardians[0]);
        council.cancelOperation(address(ownerTimelock), id);
        assertFalse(ownerTimelock.isOperation(id), "gone");
    }

    function test_onlyNamedTimelocksAreReached() public {
        DelayTimelock other = new DelayTimelock(1, new address[](0), new address[](0));
        vm.expectRevert(abi.encodeWithSelector(IGuardianCouncil.GuardianCouncilUnknownTimelock.selector, other));
        vm.prank(guardians[0]);
        council.cancelOperation(address(other), bytes32(0));
    }

    function testFuzz_nobodyElseActs(address caller) public {
        vm.assume(!council.isMember(caller) && caller != address(ownerTimelock));
        bytes memory refused = abi.encodeWithSelector(IGuardianCouncil.GuardianCouncilNotMember.selector, caller);
        vm.startPrank(caller);
        vm.expectRevert(refused);
        council.cancelOperation(address(ownerTimelock), bytes32(0));
        vm.expectRevert(refused);
        council.vetoExtension(MODULE);
        vm.expectRevert(refused);
        council.cosignResume(1);
        vm.expectRevert(abi.encodeWithSelector(IGuardianCouncil.GuardianCouncilNotTimelock.selector, caller));
        council.setMember(caller, true);
        vm.stopPrank();
    }

    function test_aVetoIsToldByTheMemberAndNeedsSomethingStaged() public {
        vm.expectRevert(abi.encodeWithSelector(IUpgradeCoordinator.UpgradeCoordinatorNothingStaged.selector, MODULE));
        vm.prank(guardians[0]);
        council.vetoExtension(MODULE);

        bytes memory stage =
            abi.encodeCall(coordinator.stageExtension, (MODULE, address(budget), false, uint64(DELAY + 1 days), ""));
        asOwner(address(coordinator), stage);
        vm.expectEmit(address(council));
        emit IGuardianCouncil.ExtensionVetoed(MODULE, guardians[2]);
        vm.prank(guardians[2]);
        council.vetoExtension(MODULE);
        (,,,,, bool vetoed) = coordinator.stagedExtension(MODULE);
        assertTrue(vetoed, "vetoed");
    }

    function test_membersCosignTheCurrentTripOnce() public {
        vm.prank(pauser);
        guardian.pauseAll();
        assertFalse(council.isResumeCosigned(1), "nobody");

        vm.expectEmit(address(council));
        emit IGuardianCouncil.ResumeCosigned(1, guardians[0]);
        vm.prank(guardians[0]);
        council.cosignResume(1);
        assertTrue(council.hasCosigned(1, guardians[0]), "the first");
        assertEq(council.cosignaturesOf(1), 1, "one");

        vm.expectRevert(
            abi.encodeWithSelector(IGuardianCouncil.GuardianCouncilAlreadyCosigned.selector, 1, guardians[0])
        );
        vm.prank(guardians[0]);
        council.cosignResume(1);
        assertFalse(council.isResumeCosigned(1), "one is not enough");

        vm.prank(guardians[1]);
        council.cosignResume(1);
        assertTrue(council.isResumeCosigned(1), "two are");
        assertFalse(council.isResumeCosigned(2), "for this trip");
    }

    function test_noTripIsCosignedBeforeItsTimeOrAfter() public {
        _refusedTrip(0, 0);
        _refusedTrip(1, 0);
        pauseFleet();
        _refusedTrip(0, 0);
        vm.prank(pauser);
        guardian.pauseAll();
        _refusedTrip(0, 1);
        _refusedTrip(2, 1);
        cosign();

        accelerate(address(guardian), abi.encodeCall(guardian.unpauseAll, ()));
        assertFalse(escrow.paused(), "resumed");
        vm.expectRevert(abi.encodeWithSelector(IGuardianCouncil.GuardianCouncilNotCurrentTrip.selector, 1, 0));
        vm.prank(guardians[2]);
        council.cosignResume(1);
    }

    function test_whoLeftTheCouncilNoLongerAgrees() public {
        vm.prank(pauser);
        guardian.pauseAll();
        cosign();
        vm.prank(address(ownerTimelock));
        council.setMember(guardians[0], false);
        assertEq(council.cosignaturesOf(1), 1, "one of today's");
        assertFalse(council.isResumeCosigned(1), "not enough");

        vm.prank(address(ownerTimelock));
        council.setMember(stranger, true);
        vm.prank(stranger);
        council.cosignResume(1);
        assertTrue(council.isResumeCosigned(1), "the new member counts");
    }

    function test_theTimelockChangesTheCouncilAfterItsDelay() public {
        vm.expectRevert(abi.encodeWithSelector(IGuardianCouncil.GuardianCouncilNotTimelock.selector, address(proxy)));
        asOwner(address(council), abi.encodeCall(council.setMember, (stranger, true)));

        accelerate(address(council), abi.encodeCall(council.setMember, (stranger, true)));
        assertTrue(council.isMember(stranger), "joined");
        accelerate(address(council), abi.encodeCall(council.setMember, (guardians[0], false)));
        assertFalse(council.isMember(guardians[0]), "left");
    }

    function test_theCouncilNeverShrinksBelowTheCosignaturesNeeded() public {
        vm.startPrank(address(ownerTimelock));
        council.setMember(guardians[0], false);
        vm.expectRevert(abi.encodeWithSelector(IGuardianCouncil.GuardianCouncilTooFewMembers.selector, 1, 2));
        council.setMember(guardians[1], false);
        vm.expectRevert(abi.encodeWithSelector(IGuardianCouncil.GuardianCouncilAlreadyMember.selector, guardians[1]));
        council.setMember(guardians[1], true);
        vm.expectRevert(abi.encodeWithSelector(IGuardianCouncil.GuardianCouncilNotMember.selector, guardians[0]));
        council.setMember(guardians[0], false);
        vm.expectRevert(abi.encodeWithSelector(IGuardianCouncil.GuardianCouncilZeroAddress.selector));
        council.setMember(address(0), true);
        vm.stopPrank();
        assertEq(council.members().length, 2, "members");
    }

    function test_aCouncilThatCouldNeverAgreeIsNotFormed() public {
        address[] memory twice = _list(guardians[0], guardians[0]);
        vm.expectRevert(abi.encodeWithSelector(IGuardianCouncil.GuardianCouncilTooFewMembers.selector, 1, 2));
        _form(address(1), twice, 2, address(1), address(1));
        vm.expectRevert(abi.encodeWithSelector(IGuardianCouncil.GuardianCouncilTooFewMembers.selector, 1, 0));
        _form(address(1), twice, 0, address(1), address(1));

        bytes memory zero = abi.encodeWithSelector(IGuardianCouncil.GuardianCouncilZeroAddress.selector);
        vm.expectRevert(zero);
        _form(address(0), twice, 1, address(1), address(1));
        vm.expectRevert(zero);
        _form(address(1), twice, 1, address(0), address(1));
        vm.expectRevert(zero);
        _form(address(1), twice, 1, address(1), address(0));
        vm.expectRevert(zero);
        _form(address(1), _list(address(0)), 1, address(1), address(1));
        vm.expectRevert(zero);
        new GuardianCouncil(address(1), twice, 1, _list(address(0)), address(1), address(1));
    }

    function _form(address timelock, address[] memory members, uint256 needed, address where, address brake) private {
        new GuardianCouncil(timelock, members, needed, _list(address(1)), where, brake);
    }

    function _refusedTrip(uint256 trip, uint256 current) private {
        vm.expectRevert(abi.encodeWithSelector(IGuardianCouncil.GuardianCouncilNotCurrentTrip.selector, trip, current));
        vm.prank(guardians[0]);
        council.cosignResume(trip);
    }
}
