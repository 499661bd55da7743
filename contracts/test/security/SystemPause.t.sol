// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {Governable} from "../../governance/Governable.sol";
import {SystemPause} from "../../security/SystemPause.sol";
import {IPausable} from "../../security/interfaces/IPausable.sol";
import {ISystemPause} from "../../security/interfaces/ISystemPause.sol";
import {Fleet} from "../support/Fleet.sol";

/// @dev A module that does as it is told, or refuses.
contract Module is IPausable {
    error ModuleStuck();

    bool public paused;
    bool public stuck;
    uint256 public calls;

    function setStuck(bool value) external {
        stuck = value;
    }

    function pause() external {
        if (stuck) revert ModuleStuck();
        ++calls;
        paused = true;
    }

    function unpause() external {
        if (stuck) revert ModuleStuck();
        ++calls;
        paused = false;
    }
}

contract SystemPauseTest is Fleet {
    Module private _one;
    Module private _two;
    SystemPause private _switch;

    function setUp() public override {
        super.setUp();
        (_one, _two) = (new Module(), new Module());
        address[8] memory modules;
        (modules[1], modules[6]) = (address(_one), address(_two));
        _switch = new SystemPause(address(this), pauser, modules);
    }

    function test_theSelectorsAreThoseOfExistingSwitches() public pure {
        assertSelector(ISystemPause.pauseAll.selector, 0x595c6a67, "pauseAll");
        assertSelector(ISystemPause.unpauseAll.selector, 0x8a2ddd03, "unpauseAll");
        assertSelector(ISystemPause.setModules.selector, 0x037760e6, "setModules");
    }

    function test_governancePausesAndResumesEveryModule() public {
        vm.expectEmit(address(_switch));
        emit ISystemPause.FleetPaused(address(this));
        _switch.pauseAll();
        assertTrue(_one.paused() && _two.paused() && _switch.paused(), "paused");

        vm.expectEmit(address(_switch));
        emit ISystemPause.FleetResumed(address(this));
        _switch.unpauseAll();
        assertFalse(_one.paused() || _two.paused() || _switch.paused(), "resumed");
    }

    function test_theGuardianContractPullsTheSwitchAndChangesNoModules() public {
        vm.prank(pauser);
        _switch.pauseAll();
        vm.prank(pauser);
        _switch.unpauseAll();
        assertEq(_one.calls(), 2, "calls");
        assertEq(_switch.pauseGuardian(), pauser, "guardian");

        vm.expectRevert(abi.encodeWithSelector(Governable.NotGovernance.selector));
        vm.prank(pauser);
        _switch.setModules(
            address(0), address(0), address(0), address(0), address(0), address(0), address(0), address(0)
        );
    }

    function test_whatTheGuardianContractPausedOnlyItResumes() public {
        _switch.pauseAll();
        assertFalse(_switch.tripped(), "paused by governance");
        vm.prank(pauser);
        _switch.pauseAll();
        assertTrue(_switch.tripped(), "tripped");

        _switch.pauseAll();
        vm.expectRevert(abi.encodeWithSelector(ISystemPause.SystemPauseTripped.selector));
        _switch.unpauseAll();
        _switch.setGovernance(operator);
        vm.expectRevert(abi.encodeWithSelector(ISystemPause.SystemPauseTripped.selector));
        vm.prank(operator);
        _switch.unpauseAll();
        assertTrue(_one.paused() && _switch.paused(), "still paused");

        vm.prank(pauser);
        _switch.unpauseAll();
        assertFalse(_one.paused() || _switch.paused() || _switch.tripped(), "resumed");
        vm.startPrank(operator);
        _switch.pauseAll();
        _switch.unpauseAll();
        vm.stopPrank();
        assertFalse(_switch.paused(), "governance resumes what it paused");
    }

    function testFuzz_nobodyElsePullsTheSwitch(address caller) public {
        vm.assume(caller != address(this) && caller != pauser);
        bytes memory refused = abi.encodeWithSelector(Governable.NotGovernance.selector);
        vm.startPrank(caller);
        vm.expectRevert(refused);
        _switch.pauseAll();
        vm.expectRevert(refused);
        _switch.unpauseAll();
        vm.expectRevert(refused);
        _switch.setGovernance(caller);
        vm.expectRevert(refused);
        _switch.transferOwnership(caller);
        vm.stopPrank();
    }

    function test_modulesThatStandAlreadyAreSkipped() public {
        _one.pause();
        _switch.pauseAll();
        _switch.pauseAll();
        assertEq(_one.calls(), 1, "the module's own pause");
        assertEq(_two.calls(), 1, "paused once");
        _switch.unpauseAll();
        _switch.unpauseAll();
        assertEq(_two.calls(), 2, "resumed once");
    }

    function test_aStuckModuleDoesNotKeepTheOthersRunning() public {
        _one.setStuck(true);
        vm.expectEmit(address(_switch));
        emit ISystemPause.ModulePauseFailed(address(_one), abi.encodeWithSelector(Module.ModuleStuck.selector));
        _switch.pauseAll();
        assertTrue(_two.paused(), "the other one");

        _one.setStuck(false);
        _switch.pauseAll();
        assertTrue(_one.paused(), "tried again");
    }

    function test_halfAFleetIsNotResumed() public {
        _switch.pauseAll();
        _two.setStuck(true);
        vm.expectRevert(abi.encodeWithSelector(Module.ModuleStuck.selector));
        _switch.unpauseAll();
        assertTrue(_one.paused() && _switch.paused(), "still paused");
    }

    function test_aModuleWithoutCodeIsReportedWhenPausingAndRefusedWhenSet() public {
        address[8] memory modules;
        (modules[0], modules[1]) = (stranger, address(_one));
        SystemPause other = new SystemPause(address(this), pauser, modules);
        vm.expectEmit(address(other));
        emit ISystemPause.ModulePauseFailed(stranger, "");
        other.pauseAll();
        assertTrue(_one.paused(), "the other one");
        other.unpauseAll();

        vm.expectRevert(abi.encodeWithSelector(ISystemPause.SystemPauseModuleWithoutCode.selector, stranger));
        other.setModules(stranger, address(0), address(0), address(0), address(0), address(0), address(0), address(0));
    }

    function test_aModuleThatJoinsAPausedFleetIsPaused() public {
        Module third = new Module();
        _switch.pauseAll();
        address[8] memory expected;
        (expected[0], expected[7]) = (address(third), address(_two));
        vm.expectEmit(address(_switch));
        emit ISystemPause.ModulesUpdated(expected);
        _switch.setModules(
            address(third), address(0), address(0), address(0), address(0), address(0), address(0), address(_two)
        );
        assertTrue(third.paused(), "third");
        assertTrue(_one.paused(), "dropped while paused");
        assertEq(_switch.modules()[0], address(third), "first slot");

        _switch.unpauseAll();
        assertFalse(third.paused() || _two.paused(), "resumed");
    }

    function test_governanceIsHandedOver() public {
        vm.expectEmit(address(_switch));
        emit Governable.GovernanceUpdated(operator);
        _switch.setGovernance(operator);
        assertEq(_switch.governance(), operator, "governance");
        assertEq(_switch.owner(), operator, "owner");
        vm.expectRevert(abi.encodeWithSelector(Governable.NotGovernance.selector));
        _switch.pauseAll();

        vm.expectRevert(abi.encodeWithSelector(Governable.ZeroAddress.selector));
        vm.prank(operator);
        _switch.transferOwnership(address(0));
    }

    function test_aGuardianContractIsNeeded() public {
        address[8] memory modules;
        vm.expectRevert(abi.encodeWithSelector(ISystemPause.SystemPauseZeroAddress.selector));
        new SystemPause(address(this), address(0), modules);
    }
}
