// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {Extension} from "../support/Extension.sol";
import {Fleet} from "../support/Fleet.sol";
import {Test} from "../support/Test.sol";

/// @dev Raises and lowers caps, stages, vetoes and activates extensions, chooses adapters and calls validators, by every
/// door and at random, and notes what went forward without waiting.
contract AcceleratorPlayer is Fleet {
    bytes32 private constant MODULE = keccak256("module");

    struct Operation {
        address target;
        bytes data;
    }

    Operation[] private _operations;
    uint256 private _scheduled;
    address private _staged;

    mapping(address extension => bool) private _vetoed;
    mapping(address extension => uint256) private _stagedAt;
    mapping(address extension => uint256) private _activatedAt;

    uint256 public raisedAtOnce;
    uint256 public chosenAtOnce;
    uint256 public executed;
    uint256 public activations;

    function setUp() public override {
        super.setUp();
        fundUsual();
    }

    /// @dev Whatever happens in between, only the timelock raises a cap or puts another adapter in front.
    modifier braking() {
        uint256 cap = budget.capOf(MISSION);
        uint256 choices = models.historyOf(MISSION).length;
        _;
        if (budget.capOf(MISSION) > cap) ++raisedAtOnce;
        if (models.historyOf(MISSION).length > choices) ++chosenAtOnce;
    }

    function moveCapAtOnce(uint256 cap, uint256 who) external braking {
        bytes memory call = abi.encodeCall(budget.updateCap, (MISSION, bound(cap, 0, 500_000_000)));
        _tryAs(who, address(budget), call);
    }

    function chooseAtOnce(uint256 which, uint256 who) external braking {
        _tryAs(who, address(models), abi.encodeCall(models.setActiveAdapter, (MISSION, _adapter(which))));
    }

    function goBackOrRetire(uint256 which, uint256 who) external braking {
        bytes memory back = abi.encodeCall(models.rollback, (MISSION));
        bytes memory retire = abi.encodeCall(models.retireAdapter, (_adapter(which)));
        bytes memory grade = abi.encodeCall(models.setScore, (_adapter(which), int256(which % 1000)));
        _tryAs(who, address(models), which % 8 == 0 ? retire : which % 2 == 0 ? back : grade);
    }

    function activateAtOnce(uint256 who) external braking {
        _tryAs(who, address(coordinator), abi.encodeCall(coordinator.activateExtension, (MODULE)));
        _noteActivation();
    }

    function stage(bool pauseBefore, uint256 window) external braking {
        Extension extension = new Extension();
        asOwner(
            address(coordinator),
            abi.encodeCall(
                coordinator.stageExtension,
                (MODULE, address(extension), pauseBefore, uint64(bound(window, DELAY + 1, 6 * DELAY)), "")
            )
        );
        _staged = address(extension);
        _stagedAt[_staged] = block.timestamp;
    }

    function veto(uint256 member, uint256 chance) external braking {
        if (chance % 3 != 0) return;
        vm.prank(guardians[member % 3]);
        try council.vetoExtension(MODULE) {
            _vetoed[_staged] = true;
        } catch {}
    }

    function withdrawOrRetire(uint256 chance) external braking {
        bytes memory withdraw = abi.encodeCall(coordinator.withdrawExtension, (MODULE));
        bytes memory retire = abi.encodeCall(coordinator.retireExtension, (MODULE));
        if (chance % 4 == 0) _tryAs(0, address(coordinator), chance % 8 == 0 ? withdraw : retire);
    }

    function startWaiting(uint256 kind, uint256 value) external braking {
        bytes[4] memory calls = [
            abi.encodeCall(budget.updateCap, (MISSION, bound(value, 0, 500_000_000))),
            abi.encodeCall(models.setActiveAdapterWithReason, (MISSION, _adapter(value), "random")),
            abi.encodeCall(models.registerAdapter, ("adapter-strong", ROOT, int256(value % 1000))),
            abi.encodeCall(coordinator.activateExtension, (MODULE))
        ];
        address[4] memory targets = [address(budget), address(models), address(models), address(coordinator)];
        kind %= 4;
        schedule(targets[kind], calls[kind], bytes32(_operations.length));
        _operations.push(Operation(targets[kind], calls[kind]));
    }

    /// @dev The shortest honest way, so that the invariants are about something; a guardian may still forbid it.
    function goForward(uint256 kind, uint256 value, uint256 chance) external {
        if (kind % 4 == 3) this.stage(false, value);
        this.startWaiting(kind, value);
        this.veto(value, chance);
        vm.warp(block.timestamp + DELAY);
        this.executeDue(0);
    }

    function cancel(uint256 pick, uint256 member) external braking {
        if (_operations.length == 0 || pick % 4 != 0) return;
        (Operation memory operation, bytes32 salt) = _pick(pick / 4);
        bytes32 id = ownerTimelock.hashOperation(operation.target, 0, operation.data, bytes32(0), salt);
        vm.prank(guardians[member % 3]);
        try council.cancelOperation(address(ownerTimelock), id) {} catch {}
    }

    function executeDue(uint256 pick) external {
        if (_operations.length == 0) return;
        (Operation memory operation, bytes32 salt) = _pick(pick);
        bytes32 id = ownerTimelock.hashOperation(operation.target, 0, operation.data, bytes32(0), salt);
        uint256 due = ownerTimelock.getTimestamp(id);
        vm.prank(stranger);
        try ownerTimelock.execute(operation.target, 0, operation.data, bytes32(0), salt) {
            if (due <= 1 || due > block.timestamp) revert("executed what was not due");
            ++executed;
        } catch {}
        _noteActivation();
    }

    function pauseOrResume(uint256 chance) external braking {
        if (chance % 2 == 0) pauseFleet();
        else resumeFleet();
    }

    function wait(uint256 time) external braking {
        vm.warp(block.timestamp + bound(time, 1, DELAY));
    }

    /// @dev Every implementation that was ever activated had waited and was not vetoed.
    function activeWasVetoed() external view returns (bool) {
        return _vetoed[coordinator.activeExtension(MODULE)];
    }

    function activeHadNotWaited() external view returns (bool) {
        address active = coordinator.activeExtension(MODULE);
        return active != address(0) && _activatedAt[active] < _stagedAt[active] + DELAY;
    }

    function activeAdapterIsNobody() external view returns (bool) {
        return models.historyOf(MISSION).length != 0 && models.activeAdapter(MISSION) == bytes32(0);
    }

    function _noteActivation() private {
        address active = coordinator.activeExtension(MODULE);
        if (active != address(0) && _activatedAt[active] == 0) {
            _activatedAt[active] = block.timestamp;
            ++activations;
        }
    }

    function _tryAs(uint256 who, address target, bytes memory call) private {
        if (who % 2 == 0) {
            vm.prank(owner);
            try proxy.execute(target, call) {} catch {}
            return;
        }
        address[6] memory callers = [owner, pauser, guardians[0], evaluator, stranger, address(council)];
        vm.prank(callers[who % 6]);
        (bool success,) = target.call(call);
        if (success && callers[who % 6] != evaluator) revert("somebody without a role acted");
    }

    function _adapter(uint256 which) private pure returns (bytes32) {
        return [BASELINE, STRONG, WEAK][which % 3];
    }

    /// @dev Recent operations are the ones that can still be due.
    function _pick(uint256 pick) private view returns (Operation memory operation, bytes32 salt) {
        uint256 back = bound(pick, 0, _operations.length < 8 ? _operations.length - 1 : 7);
        uint256 index = _operations.length - 1 - back;
        return (_operations[index], bytes32(index));
    }
}

contract AcceleratorInvariants is Test {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    AcceleratorPlayer private _player;

    function setUp() external {
        vm.warp(1_900_000_000);
        _player = new AcceleratorPlayer();
        _player.setUp();
    }

    /// @dev forge plays these functions only.
    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[] memory selectors = new bytes4[](16);
        selectors[0] = AcceleratorPlayer.moveCapAtOnce.selector;
        selectors[1] = AcceleratorPlayer.chooseAtOnce.selector;
        selectors[2] = AcceleratorPlayer.goBackOrRetire.selector;
        selectors[3] = AcceleratorPlayer.activateAtOnce.selector;
        selectors[4] = AcceleratorPlayer.stage.selector;
        selectors[5] = AcceleratorPlayer.veto.selector;
        selectors[6] = AcceleratorPlayer.withdrawOrRetire.selector;
        selectors[7] = AcceleratorPlayer.cancel.selector;
        selectors[8] = AcceleratorPlayer.pauseOrResume.selector;
        // What goes forward needs three steps in a row, so these are played more often.
        selectors[9] = AcceleratorPlayer.startWaiting.selector;
        selectors[10] = AcceleratorPlayer.startWaiting.selector;
        selectors[11] = AcceleratorPlayer.executeDue.selector;
        selectors[12] = AcceleratorPlayer.executeDue.selector;
        selectors[13] = AcceleratorPlayer.wait.selector;
        selectors[14] = AcceleratorPlayer.wait.selector;
        selectors[15] = AcceleratorPlayer.goForward.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(_player), selectors);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_player);
    }

    /// @dev One function, because forge plays every game anew for each.
    function invariant_whatGoesForwardHasWaitedAndWasNotForbidden() external view {
        assertEq(_player.raisedAtOnce(), 0, "a cap rose at once");
        assertEq(_player.chosenAtOnce(), 0, "an adapter was chosen at once");
        assertFalse(_player.activeWasVetoed(), "a vetoed extension is active");
        assertFalse(_player.activeHadNotWaited(), "an extension that had not waited is active");
        assertFalse(_player.activeAdapterIsNobody(), "a scope lost its adapter");
    }
}
