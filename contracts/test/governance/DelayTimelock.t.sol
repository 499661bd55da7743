// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {Fleet} from "../support/Fleet.sol";

contract DelayTimelockTest is Fleet {
    bytes32 private constant SALT = keccak256("salt");

    function setUp() public override {
        super.setUp();
        fundUsual();
    }

    function test_theRolesAreThoseOfTheSetUpAndNobodyAdministers() public view {
        _checkRoles(ownerTimelock, address(proxy));
        _checkRoles(governorTimelock, address(governor));
        assertEq(ownerTimelock.getMinDelay(), DELAY, "delay");
    }

    function testFuzz_onlyTheProposerSchedules(address caller) public {
        vm.assume(caller != address(proxy));
        vm.expectRevert(_lacks(caller, ownerTimelock.PROPOSER_ROLE()));
        vm.prank(caller);
        ownerTimelock.schedule(address(budget), 0, _raise(), bytes32(0), SALT, DELAY);
    }

    function test_whatWaitsCannotBeExecutedASecondEarly() public {
        bytes32 id = schedule(address(budget), _raise(), SALT);
        assertEq(ownerTimelock.getTimestamp(id), block.timestamp + DELAY, "due");
        vm.warp(block.timestamp + DELAY - 1);
        vm.expectRevert(_unexpected(id, TimelockController.OperationState.Ready));
        ownerTimelock.execute(address(budget), 0, _raise(), bytes32(0), SALT);

        vm.warp(block.timestamp + 1);
        vm.prank(stranger);
        ownerTimelock.execute(address(budget), 0, _raise(), bytes32(0), SALT);
        assertEq(budget.capOf(MISSION), 300_000_000, "anybody executes what is due");
        vm.expectRevert(_unexpected(id, TimelockController.OperationState.Ready));
        ownerTimelock.execute(address(budget), 0, _raise(), bytes32(0), SALT);
    }

    function test_aShorterDelayThanTheLeastIsRefused() public {
        bytes memory call =
            abi.encodeCall(ownerTimelock.schedule, (address(budget), 0, _raise(), bytes32(0), SALT, DELAY - 1));
        vm.expectRevert(abi.encodeWithSelector(TimelockController.TimelockInsufficientDelay.selector, DELAY - 1, DELAY));
        asOwner(address(ownerTimelock), call);
    }

    function test_theOwnerCancelsToo() public {
        bytes32 id = schedule(address(budget), _raise(), SALT);
        asOwner(address(ownerTimelock), abi.encodeCall(ownerTimelock.cancel, (id)));
        assertEq(ownerTimelock.getTimestamp(id), 0, "gone");
    }

    function testFuzz_nobodyElseCancels(address caller) public {
        vm.assume(caller != address(proxy) && caller != address(council));
        bytes32 id = schedule(address(budget), _raise(), SALT);
        vm.expectRevert(_lacks(caller, ownerTimelock.CANCELLER_ROLE()));
        vm.prank(caller);
        ownerTimelock.cancel(id);
    }

    function test_theDelayIsChangedByAnOperationOfItsOwnAlone() public {
        bytes memory refused =
            abi.encodeWithSelector(TimelockController.TimelockUnauthorizedCaller.selector, address(proxy));
        vm.expectRevert(refused);
        asOwner(address(ownerTimelock), abi.encodeCall(ownerTimelock.updateDelay, (0)));

        accelerate(address(ownerTimelock), abi.encodeCall(ownerTimelock.updateDelay, (1 hours)));
        assertEq(ownerTimelock.getMinDelay(), 1 hours, "delay");
    }

    function test_rolesAreGrantedByAnOperationOfItsOwnAlone() public {
        bytes32 role = ownerTimelock.PROPOSER_ROLE();
        bytes memory grant = abi.encodeCall(IAccessControl.grantRole, (role, stranger));
        vm.expectRevert(_lacks(address(proxy), ownerTimelock.DEFAULT_ADMIN_ROLE()));
        asOwner(address(ownerTimelock), grant);

        accelerate(address(ownerTimelock), grant);
        assertTrue(ownerTimelock.hasRole(role, stranger), "granted after the delay");
    }

    function _checkRoles(TimelockController timelock, address proposer) private view {
        assertTrue(timelock.hasRole(timelock.PROPOSER_ROLE(), proposer), "proposer");
        assertTrue(timelock.hasRole(timelock.CANCELLER_ROLE(), proposer), "proposer cancels");
        assertTrue(timelock.hasRole(timelock.CANCELLER_ROLE(), address(council)), "council cancels");
        assertFalse(timelock.hasRole(timelock.PROPOSER_ROLE(), address(council)), "council proposes");
        assertTrue(timelock.hasRole(timelock.EXECUTOR_ROLE(), address(0)), "anybody executes");
        assertTrue(timelock.hasRole(timelock.DEFAULT_ADMIN_ROLE(), address(timelock)), "administers itself");
        assertFalse(timelock.hasRole(timelock.DEFAULT_ADMIN_ROLE(), address(0)), "nobody is not everybody");
        assertFalse(timelock.hasRole(timelock.DEFAULT_ADMIN_ROLE(), address(this)), "the deployer has no role");
    }

    function _raise() private view returns (bytes memory) {
        return abi.encodeCall(budget.updateCap, (MISSION, 300_000_000));
    }

    function _lacks(address caller, bytes32 role) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, caller, role);
    }

    function _unexpected(bytes32 id, TimelockController.OperationState expected) private pure returns (bytes memory) {
        return abi.encodeWithSelector(
            TimelockController.TimelockUnexpectedOperationState.selector, id, bytes32(1 << uint8(expected))
        );
    }
}
