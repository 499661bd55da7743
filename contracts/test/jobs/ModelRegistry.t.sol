// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ModelRegistry} from "../../jobs/ModelRegistry.sol";
import {IModelRegistry} from "../../jobs/interfaces/IModelRegistry.sol";
import {Fleet} from "../support/Fleet.sol";

contract ModelRegistryTest is Fleet {
    bytes32 private constant PLANNER = keccak256("planner");

    function test_theFirstAdaptersCanBeChosen() public view {
        assertEq(models.adapters().length, 3, "adapters");
        (string memory id, bytes32 record, int256 score, bool registered) = models.adapterOf(STRONG);
        assertText(id, "adapter-strong", "id");
        assertEq(record, keccak256("strong record"), "record");
        assertTrue(score == STRONG_SCORE && registered, "score");
        assertEq(models.activeAdapter(MISSION), bytes32(0), "nobody was chosen");
        assertTrue(models.isAccelerator(address(ownerTimelock)), "the owner's timelock");
        assertTrue(models.isAccelerator(address(governorTimelock)), "the governor's timelock");
        assertFalse(models.isAccelerator(address(proxy)), "the owner waits");
        assertEq(models.evaluator(), evaluator, "evaluator");
    }

    function test_anAdapterIsRegisteredOnceAndHasAName() public {
        bytes32 key = keccak256("adapter-new");
        vm.expectEmit(address(models));
        emit IModelRegistry.AdapterRegistered(key, "adapter-new", ROOT, -7);
        vm.prank(address(governorTimelock));
        models.registerAdapter("adapter-new", ROOT, -7);
        (,,, bool registered) = models.adapterOf(key);
        assertTrue(registered, "registered");

        vm.startPrank(address(ownerTimelock));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistryAlreadyRegistered.selector, key));
        models.registerAdapter("adapter-new", ROOT, 1);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistryEmptyId.selector));
        models.registerAdapter("", ROOT, 1);
        vm.stopPrank();
    }

    function test_anAcceleratorChoosesAndTheHistoryIsKept() public {
        vm.expectEmit(address(models));
        emit IModelRegistry.ActiveAdapterChanged(MISSION, bytes32(0), WEAK, "", address(ownerTimelock));
        _choose(MISSION, WEAK);
        accelerate(address(models), abi.encodeCall(models.setActiveAdapter, (MISSION, BASELINE)));
        _choose(MISSION, STRONG);
        _choose(PLANNER, BASELINE);

        bytes32[] memory history = models.historyOf(MISSION);
        assertEq(history.length, 3, "history");
        assertTrue(history[0] == WEAK && history[1] == BASELINE && history[2] == STRONG, "in order");
        assertEq(models.activeAdapter(MISSION), STRONG, "active");
        assertEq(models.activeAdapter(PLANNER), BASELINE, "each scope for itself");
    }

    function test_aLowerScoreNeedsAReason() public {
        _choose(MISSION, STRONG);
        bytes memory needed =
            abi.encodeWithSelector(IModelRegistry.ModelRegistryReasonNeeded.selector, STRONG_SCORE, BASELINE_SCORE);
        vm.startPrank(address(ownerTimelock));
        vm.expectRevert(needed);
        models.setActiveAdapter(MISSION, BASELINE);
        vm.expectRevert(needed);
        models.setActiveAdapterWithReason(MISSION, BASELINE, "");

        vm.expectEmit(address(models));
        emit IModelRegistry.ActiveAdapterChanged(MISSION, STRONG, BASELINE, "costs half", address(ownerTimelock));
        models.setActiveAdapterWithReason(MISSION, BASELINE, "costs half");
        vm.stopPrank();
        assertEq(models.activeAdapter(MISSION), BASELINE, "active");
    }

    function test_anEqualScoreNeedsNone() public {
        vm.prank(evaluator);
        models.setScore(BASELINE, STRONG_SCORE);
        _choose(MISSION, STRONG);
        _choose(MISSION, BASELINE);
        assertEq(models.activeAdapter(MISSION), BASELINE, "active");
    }

    function testFuzz_aReasonIsNeededExactlyWhenTheScoreFalls(int256 current, int256 proposed) public {
        _choose(MISSION, BASELINE);
        vm.startPrank(evaluator);
        models.setScore(BASELINE, current);
        models.setScore(STRONG, proposed);
        vm.stopPrank();
        if (proposed < current) {
            vm.expectRevert(
                abi.encodeWithSelector(IModelRegistry.ModelRegistryReasonNeeded.selector, current, proposed)
            );
        }
        _choose(MISSION, STRONG);
        assertEq(models.activeAdapter(MISSION), proposed < current ? BASELINE : STRONG, "active");
    }

    function test_whatIsActiveIsNotChosenAgain() public {
        _choose(MISSION, STRONG);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistryAlreadyActive.selector, MISSION, STRONG));
        _choose(MISSION, STRONG);
    }

    function test_unknownAndRetiredAdaptersAreNotChosen() public {
        bytes32 unknown = keccak256("unknown");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistryUnknownAdapter.selector, unknown));
        _choose(MISSION, unknown);
        _retire(STRONG);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistryUnknownAdapter.selector, STRONG));
        _choose(MISSION, STRONG);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistryUnknownAdapter.selector, STRONG));
        _retire(STRONG);
    }

    function test_aRetiredAdapterStaysWhereItIsActiveAndComesBackByRegistration() public {
        _choose(MISSION, STRONG);
        vm.expectEmit(address(models));
        emit IModelRegistry.AdapterRetired(STRONG, address(proxy));
        _retire(STRONG);
        assertEq(models.activeAdapter(MISSION), STRONG, "active");
        assertEq(models.adapters().length, 2, "can be chosen");
        (string memory id,,, bool registered) = models.adapterOf(STRONG);
        assertText(id, "adapter-strong", "still known");
        assertFalse(registered, "retired");

        vm.prank(address(ownerTimelock));
        models.registerAdapter("adapter-strong", ROOT, 3);
        int256 score;
        (,, score, registered) = models.adapterOf(STRONG);
        assertTrue(registered && score == 3, "back, with the score given now");
    }

    function test_theOwnerGoesBackAtOnceStepByStep() public {
        _choose(MISSION, WEAK);
        _choose(MISSION, BASELINE);
        _choose(MISSION, STRONG);
        vm.expectEmit(address(models));
        emit IModelRegistry.ActiveAdapterRolledBack(MISSION, STRONG, BASELINE, address(proxy));
        _rollback();
        assertEq(models.activeAdapter(MISSION), BASELINE, "one step");
        _rollback();
        assertEq(models.activeAdapter(MISSION), WEAK, "two steps");
        _rollback();
        assertEq(models.activeAdapter(MISSION), bytes32(0), "the plan decides");
        _noPrevious();
    }

    function test_goingBackPassesOverRetiredAdapters() public {
        _choose(MISSION, WEAK);
        _choose(MISSION, BASELINE);
        _choose(MISSION, STRONG);
        _retire(BASELINE);
        vm.expectEmit(address(models));
        emit IModelRegistry.ActiveAdapterRolledBack(MISSION, STRONG, WEAK, address(proxy));
        _rollback();
        assertEq(models.historyOf(MISSION).length, 1, "history");
    }

    function test_behindRetiredAdaptersThePlanDecides() public {
        _noPrevious();
        _choose(MISSION, BASELINE);
        _choose(MISSION, STRONG);
        _retire(BASELINE);
        vm.expectEmit(address(models));
        emit IModelRegistry.ActiveAdapterRolledBack(MISSION, STRONG, bytes32(0), address(proxy));
        _rollback();
        assertEq(models.historyOf(MISSION).length, 0, "history");
    }

    function test_aHumanIsAskedForAtOnceAndReleasedAfterTheDelay() public {
        vm.expectEmit(address(models));
        emit IModelRegistry.CoPilotChanged(MISSION, true, address(proxy));
        asOwner(address(models), abi.encodeCall(models.setCoPilot, (MISSION, true)));
        assertTrue(models.isCoPilotRequired(MISSION), "required");

        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistryNotAccelerator.selector, address(proxy)));
        asOwner(address(models), abi.encodeCall(models.setCoPilot, (MISSION, false)));
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, ownerTimelock));
        vm.prank(address(ownerTimelock));
        models.setCoPilot(MISSION, true);

        accelerate(address(models), abi.encodeCall(models.setCoPilot, (MISSION, false)));
        assertFalse(models.isCoPilotRequired(MISSION), "released");
    }

    function test_theEvaluatorAndTheOwnerGrade() public {
        vm.expectEmit(address(models));
        emit IModelRegistry.ScoreRecorded(WEAK, WEAK_SCORE, 5, evaluator);
        vm.prank(evaluator);
        models.setScore(WEAK, 5);
        asOwner(address(models), abi.encodeCall(models.setScore, (WEAK, -6)));
        (,, int256 score,) = models.adapterOf(WEAK);
        assertTrue(score == -6, "score");

        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistryUnknownAdapter.selector, ROOT));
        vm.prank(evaluator);
        models.setScore(ROOT, 1);
    }

    function test_theOwnerNamesAnotherEvaluator() public {
        vm.expectEmit(address(models));
        emit IModelRegistry.EvaluatorUpdated(evaluator, address(0));
        asOwner(address(models), abi.encodeCall(models.setEvaluator, (address(0))));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistryNotEvaluator.selector, evaluator));
        vm.prank(evaluator);
        models.setScore(WEAK, 5);
    }

    function testFuzz_nobodyElseActs(address caller) public {
        vm.assume(caller != address(proxy) && caller != evaluator && !models.isAccelerator(caller));
        bytes memory notOwner = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, caller);
        bytes memory waits = abi.encodeWithSelector(IModelRegistry.ModelRegistryNotAccelerator.selector, caller);
        vm.startPrank(caller);
        vm.expectRevert(waits);
        models.registerAdapter("x", ROOT, 1);
        vm.expectRevert(waits);
        models.setActiveAdapter(MISSION, STRONG);
        vm.expectRevert(waits);
        models.setActiveAdapterWithReason(MISSION, STRONG, "why");
        vm.expectRevert(waits);
        models.setCoPilot(MISSION, false);
        vm.expectRevert(notOwner);
        models.setCoPilot(MISSION, true);
        vm.expectRevert(notOwner);
        models.rollback(MISSION);
        vm.expectRevert(notOwner);
        models.retireAdapter(STRONG);
        vm.expectRevert(notOwner);
        models.setEvaluator(caller);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistryNotEvaluator.selector, caller));
        models.setScore(STRONG, 1);
        vm.stopPrank();
    }

    function test_theOwnerAloneChoosesNothing() public {
        bytes memory waits = abi.encodeWithSelector(IModelRegistry.ModelRegistryNotAccelerator.selector, proxy);
        vm.expectRevert(waits);
        asOwner(address(models), abi.encodeCall(models.setActiveAdapter, (MISSION, STRONG)));
        vm.expectRevert(waits);
        asOwner(address(models), abi.encodeCall(models.registerAdapter, ("x", ROOT, 1)));
    }

    function test_anAcceleratorIsNotTheZeroAddress() public {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistryZeroAddress.selector));
        new ModelRegistry(owner, _list(address(0)), evaluator, new IModelRegistry.Adapter[](0));
    }

    /// @dev What the timelock does once the delay has passed.
    function _choose(bytes32 scope, bytes32 adapter) private {
        vm.prank(address(ownerTimelock));
        models.setActiveAdapter(scope, adapter);
    }

    function _retire(bytes32 adapter) private {
        asOwner(address(models), abi.encodeCall(models.retireAdapter, (adapter)));
    }

    function _rollback() private {
        asOwner(address(models), abi.encodeCall(models.rollback, (MISSION)));
    }

    function _noPrevious() private {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistryNoPrevious.selector, MISSION));
        _rollback();
    }
}
