// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {UpgradeCoordinator} from "../../governance/UpgradeCoordinator.sol";
import {IUpgradeCoordinator} from "../../governance/interfaces/IUpgradeCoordinator.sol";
import {Extension} from "../support/Extension.sol";
import {Fleet} from "../support/Fleet.sol";

contract UpgradeCoordinatorTest is Fleet {
    bytes32 private constant MODULE = keccak256("knowledge-graph");
    uint64 private constant WINDOW = uint64(DELAY) + 1 days;

    Extension private _first;
    Extension private _second;

    function setUp() public override {
        super.setUp();
        (_first, _second) = (new Extension(), new Extension());
    }

    function test_whatIsStagedCanBeRead() public {
        bytes memory initializer = abi.encodeCall(Extension.start, (5));
        vm.expectEmit(address(coordinator));
        emit IUpgradeCoordinator.ExtensionStaged(
            MODULE, address(_first), true, uint64(block.timestamp) + WINDOW, initializer
        );
        _stage(_first, true, initializer);

        (address implementation, bool paused, uint64 since, uint64 expiry, bytes32 hash, bool vetoed) =
            coordinator.stagedExtension(MODULE);
        assertEq(implementation, address(_first), "implementation");
        assertTrue(paused, "pause");
        assertEq(since, block.timestamp, "staged at");
        assertEq(expiry, block.timestamp + WINDOW, "expires at");
        assertEq(hash, keccak256(initializer), "initializer");
        assertFalse(vetoed, "vetoed");
        assertEq(coordinator.activeExtension(MODULE), address(0), "nothing is active");
    }

    function test_nothingStagedReadsAsZero() public view {
        (address implementation,, uint64 since,, bytes32 hash,) = coordinator.stagedExtension(MODULE);
        assertEq(implementation, address(0), "implementation");
        assertEq(since, 0, "staged at");
        assertEq(hash, bytes32(0), "initializer");
        assertEq(coordinator.timelock(), address(ownerTimelock), "timelock");
        assertEq(coordinator.council(), address(council), "council");
        assertEq(coordinator.systemPause(), address(switch_), "switch");
    }

    function test_activationMakesAPlainCallAndReplaces() public {
        _stage(_first, false, abi.encodeCall(Extension.start, (5)));
        vm.expectEmit(address(coordinator));
        emit IUpgradeCoordinator.ExtensionActivated(MODULE, address(_first), address(0));
        _activate();
        assertEq(coordinator.activeExtension(MODULE), address(_first), "active");
        assertEq(_first.startedBy(), address(coordinator), "called by the coordinator");
        assertEq(_first.startedWith(), 5, "in its own storage");
        (address implementation,,,,,) = coordinator.stagedExtension(MODULE);
        assertEq(implementation, address(0), "nothing is staged any more");

        _stage(_second, false, "");
        vm.expectEmit(address(coordinator));
        emit IUpgradeCoordinator.ExtensionActivated(MODULE, address(_second), address(_first));
        _activate();
        assertEq(coordinator.implementationsOf(MODULE).length, 2, "implementations");
        assertEq(_second.startedBy(), address(0), "no initializer, no call");
    }

    function test_anInitializerThatFailsLeavesEverythingAsItWas() public {
        _stage(_first, false, abi.encodeCall(Extension.start, (0)));
        vm.warp(block.timestamp + DELAY);
        vm.expectRevert(abi.encodeWithSelector(Extension.ExtensionStuck.selector));
        _activateNow();
        assertEq(coordinator.activeExtension(MODULE), address(0), "active");
    }

    function testFuzz_onlyTheTimelockActivates(address caller) public {
        vm.assume(caller != address(ownerTimelock));
        _stage(_first, false, "");
        vm.warp(block.timestamp + DELAY);
        vm.expectRevert(abi.encodeWithSelector(IUpgradeCoordinator.UpgradeCoordinatorNotTimelock.selector, caller));
        vm.prank(caller);
        coordinator.activateExtension(MODULE);
    }

    function testFuzz_onlyTheOwnerStagesWithdrawsAndRetires(address caller) public {
        vm.assume(caller != address(proxy));
        bytes memory refused = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, caller);
        vm.startPrank(caller);
        vm.expectRevert(refused);
        coordinator.stageExtension(MODULE, address(_first), false, WINDOW, "");
        vm.expectRevert(refused);
        coordinator.withdrawExtension(MODULE);
        vm.expectRevert(refused);
        coordinator.retireExtension(MODULE);
        vm.stopPrank();
    }

    function testFuzz_onlyTheCouncilVetoes(address caller) public {
        vm.assume(caller != address(council));
        _stage(_first, false, "");
        vm.expectRevert(abi.encodeWithSelector(IUpgradeCoordinator.UpgradeCoordinatorNotCouncil.selector, caller));
        vm.prank(caller);
        coordinator.veto(MODULE);
    }

    function test_whatWasVetoedNeverActivates() public {
        _stage(_first, false, "");
        vm.prank(guardians[1]);
        council.vetoExtension(MODULE);
        bytes memory vetoed = abi.encodeWithSelector(IUpgradeCoordinator.UpgradeCoordinatorVetoed.selector, MODULE);
        vm.warp(block.timestamp + DELAY);
        vm.expectRevert(vetoed);
        _activateNow();
        vm.expectRevert(vetoed);
        vm.prank(guardians[2]);
        council.vetoExtension(MODULE);

        _stage(_first, false, "");
        _activate();
        assertEq(coordinator.activeExtension(MODULE), address(_first), "staged anew, it takes another veto");
    }

    function test_whatIsStagedBehindAWaitingActivationWaitsItself() public {
        _stage(_first, false, "");
        bytes memory activate = abi.encodeCall(coordinator.activateExtension, (MODULE));
        schedule(address(coordinator), activate, bytes32(0));
        vm.warp(block.timestamp + DELAY);
        _stage(_second, false, "");

        bytes memory early =
            abi.encodeWithSelector(IUpgradeCoordinator.UpgradeCoordinatorTooEarly.selector, block.timestamp + DELAY);
        vm.expectRevert(early);
        ownerTimelock.execute(address(coordinator), 0, activate, bytes32(0), bytes32(0));
        vm.warp(block.timestamp + DELAY - 1);
        vm.expectRevert(early);
        ownerTimelock.execute(address(coordinator), 0, activate, bytes32(0), bytes32(0));
        vm.warp(block.timestamp + 1);
        ownerTimelock.execute(address(coordinator), 0, activate, bytes32(0), bytes32(0));
        assertEq(coordinator.activeExtension(MODULE), address(_second), "active");
    }

    function test_theWindowClosesAfterItsLastSecond() public {
        _stage(_first, false, "");
        uint64 expiry = uint64(block.timestamp) + WINDOW;
        vm.warp(expiry + 1);
        vm.expectRevert(abi.encodeWithSelector(IUpgradeCoordinator.UpgradeCoordinatorExpired.selector, expiry));
        _activateNow();
        vm.warp(expiry);
        _activateNow();
        assertEq(coordinator.activeExtension(MODULE), address(_first), "active");
    }

    function test_theFleetMustStandIfThatWasTheCondition() public {
        _stage(_first, true, "");
        vm.warp(block.timestamp + DELAY);
        vm.expectRevert(abi.encodeWithSelector(IUpgradeCoordinator.UpgradeCoordinatorFleetRunning.selector));
        _activateNow();
        pauseFleet();
        _activateNow();
        assertEq(coordinator.activeExtension(MODULE), address(_first), "active");
    }

    function test_theOwnerWithdrawsAlsoWhatWasVetoed() public {
        _stage(_first, false, "");
        vm.prank(guardians[0]);
        council.vetoExtension(MODULE);
        vm.expectEmit(address(coordinator));
        emit IUpgradeCoordinator.ExtensionWithdrawn(MODULE, address(_first));
        asOwner(address(coordinator), abi.encodeCall(coordinator.withdrawExtension, (MODULE)));

        bytes memory nothing =
            abi.encodeWithSelector(IUpgradeCoordinator.UpgradeCoordinatorNothingStaged.selector, MODULE);
        vm.expectRevert(nothing);
        asOwner(address(coordinator), abi.encodeCall(coordinator.withdrawExtension, (MODULE)));
        vm.expectRevert(nothing);
        _activateNow();
    }

    function test_retiringRestoresWhatWasActiveBefore() public {
        _stage(_first, false, "");
        _activate();
        _stage(_second, false, "");
        _activate();
        vm.expectEmit(address(coordinator));
        emit IUpgradeCoordinator.ExtensionRetired(MODULE, address(_second), address(_first));
        _retire();
        assertEq(coordinator.activeExtension(MODULE), address(_first), "restored");
        vm.expectEmit(address(coordinator));
        emit IUpgradeCoordinator.ExtensionRetired(MODULE, address(_first), address(0));
        _retire();
        assertEq(coordinator.activeExtension(MODULE), address(0), "nothing");
        vm.expectRevert(abi.encodeWithSelector(IUpgradeCoordinator.UpgradeCoordinatorNothingActive.selector, MODULE));
        _retire();
    }

    function test_whatCouldNeverRunIsNotStaged() public {
        vm.expectRevert(abi.encodeWithSelector(IUpgradeCoordinator.UpgradeCoordinatorWithoutCode.selector, stranger));
        _stage(Extension(stranger), false, "");
        vm.expectRevert(abi.encodeWithSelector(IUpgradeCoordinator.UpgradeCoordinatorInitializerTooShort.selector, 3));
        _stage(_first, false, hex"010203");

        bytes memory call =
            abi.encodeCall(coordinator.stageExtension, (MODULE, address(_first), false, uint64(DELAY), ""));
        vm.expectRevert(
            abi.encodeWithSelector(IUpgradeCoordinator.UpgradeCoordinatorWindowTooShort.selector, uint64(DELAY), DELAY)
        );
        asOwner(address(coordinator), call);
    }

    function test_zeroAddressesInTheSetUpAreRefused() public {
        bytes memory zero = abi.encodeWithSelector(IUpgradeCoordinator.UpgradeCoordinatorZeroAddress.selector);
        vm.expectRevert(zero);
        new UpgradeCoordinator(owner, address(0), address(1), address(1));
        vm.expectRevert(zero);
        new UpgradeCoordinator(owner, address(1), address(0), address(1));
        vm.expectRevert(zero);
        new UpgradeCoordinator(owner, address(1), address(1), address(0));
    }

    function _stage(Extension extension, bool pauseBefore, bytes memory initializer) private {
        bytes memory call =
            abi.encodeCall(coordinator.stageExtension, (MODULE, address(extension), pauseBefore, WINDOW, initializer));
        asOwner(address(coordinator), call);
    }

    function _activate() private {
        vm.warp(block.timestamp + DELAY);
        _activateNow();
    }

    /// @dev What the timelock does once the delay has passed.
    function _activateNow() private {
        vm.prank(address(ownerTimelock));
        coordinator.activateExtension(MODULE);
    }

    function _retire() private {
        asOwner(address(coordinator), abi.encodeCall(coordinator.retireExtension, (MODULE)));
    }
}
