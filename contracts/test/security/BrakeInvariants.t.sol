// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {IMissionEscrow} from "../../jobs/interfaces/IMissionEscrow.sol";
import {Fleet} from "../support/Fleet.sol";
import {Test} from "../support/Test.sol";

/// @dev Pulls every brake and tries every way to resume, at random, and notes how a tripped fleet came to resume.
contract BrakePlayer is Fleet {
    uint256 public resumedAfterTrip;
    uint256 public movedWhilePaused;
    uint256 public resumedWithoutCouncil;
    uint256 public resumedWithoutDelay;
    uint256 public resumedByAnotherDoor;

    uint256 private _cosigners;
    uint256 private _tripAt;
    uint256 private _funded;
    bytes32[] private _operations;

    modifier watched(bool isTimelock) {
        bool tripped = switch_.tripped();
        _;
        if (tripped && !switch_.tripped()) {
            ++resumedAfterTrip;
            if (!isTimelock) ++resumedByAnotherDoor;
            if (_cosigners < 2) ++resumedWithoutCouncil;
            if (block.timestamp < _tripAt + DELAY) ++resumedWithoutDelay;
        }
    }

    function trip(bool byOwner) external watched(false) {
        if (byOwner) {
            asOwner(address(guardian), abi.encodeCall(guardian.pauseAll, ()));
        } else {
            vm.prank(pauser);
            guardian.pauseAllWithReason(ROOT, "random");
        }
        (_cosigners, _tripAt) = (0, block.timestamp);
    }

    function pauseByManager() external watched(false) {
        pauseFleet();
    }

    function resumeByManager() external watched(false) {
        bytes memory call = abi.encodeCall(manager.forwardPauseCall, (abi.encodeCall(switch_.unpauseAll, ())));
        vm.prank(owner);
        try proxy.execute(address(manager), call) {} catch {}
    }

    function resumeByOwner() external watched(false) {
        vm.prank(owner);
        try proxy.execute(address(guardian), abi.encodeCall(guardian.unpauseAll, ())) {} catch {}
    }

    function resumeBySomebody(uint256 who) external watched(false) {
        address[6] memory callers =
            [pauser, guardians[0], stranger, relayer, address(governorTimelock), address(council)];
        vm.prank(callers[who % 6]);
        try guardian.unpauseAll() {} catch {}
    }

    function agree(uint256 member, uint256 number) external watched(false) {
        number = bound(number, 0, 3);
        uint256 current = guardian.trip();
        // Now and then a trip that is past, or has not come.
        number = number == 0 || current == 0 ? current : current + number - 2;
        vm.prank(guardians[member % 3]);
        try council.cosignResume(number) {
            if (number != current || !switch_.tripped()) revert("agreed to another trip");
            ++_cosigners;
        } catch {}
    }

    function startWaiting() external watched(false) {
        bytes32 salt = bytes32(_operations.length);
        schedule(address(guardian), abi.encodeCall(guardian.unpauseAll, ()), salt);
        _operations.push(salt);
    }

    function resumeByTimelock(uint256 pick) external watched(true) {
        if (_operations.length == 0) return;
        bytes32 salt = _operations[pick % _operations.length];
        bytes memory call = abi.encodeCall(guardian.unpauseAll, ());
        vm.prank(relayer);
        try ownerTimelock.execute(address(guardian), 0, call, bytes32(0), salt) {} catch {}
    }

    function fund() external watched(false) {
        IMissionEscrow.Terms memory terms = usualTerms();
        vm.prank(operator);
        try escrow.fund(bytes32(++_funded), terms) {
            if (switch_.paused()) ++movedWhilePaused;
        } catch {}
    }

    function wait(uint256 time) external watched(false) {
        vm.warp(block.timestamp + bound(time, 1, DELAY));
    }

    /// @dev The shortest honest way, so that the invariants are about something.
    function resumeProperly() external watched(true) {
        if (!switch_.tripped()) return;
        uint256 current = guardian.trip();
        for (uint256 i = 0; i < 2; ++i) {
            if (council.hasCosigned(current, guardians[i])) continue;
            vm.prank(guardians[i]);
            council.cosignResume(current);
            ++_cosigners;
        }
        accelerate(address(guardian), abi.encodeCall(guardian.unpauseAll, ()));
    }

    function fleetIsOneState() external view returns (bool) {
        return switch_.paused() == escrow.paused() && (switch_.paused() || !switch_.tripped());
    }
}

contract BrakeInvariants is Test {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    BrakePlayer private _player;

    function setUp() external {
        vm.warp(1_900_000_000);
        _player = new BrakePlayer();
        _player.setUp();
    }

    /// @dev forge plays these functions only.
    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[] memory selectors = new bytes4[](11);
        selectors[0] = BrakePlayer.trip.selector;
        selectors[1] = BrakePlayer.pauseByManager.selector;
        selectors[2] = BrakePlayer.resumeByManager.selector;
        selectors[3] = BrakePlayer.resumeByOwner.selector;
        selectors[4] = BrakePlayer.resumeBySomebody.selector;
        selectors[5] = BrakePlayer.agree.selector;
        selectors[6] = BrakePlayer.startWaiting.selector;
        selectors[7] = BrakePlayer.resumeByTimelock.selector;
        selectors[8] = BrakePlayer.fund.selector;
        selectors[9] = BrakePlayer.wait.selector;
        selectors[10] = BrakePlayer.resumeProperly.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(_player), selectors);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_player);
    }

    /// @dev One function, because forge plays every game anew for each.
    function invariant_pausedMeansPausedAndATripTakesCouncilAndDelay() external view {
        assertTrue(_player.fleetIsOneState(), "switch and escrow agree");
        assertEq(_player.movedWhilePaused(), 0, "funded while paused");
        assertEq(_player.resumedByAnotherDoor(), 0, "resumed by another door");
        assertEq(_player.resumedWithoutCouncil(), 0, "resumed without the council");
        assertEq(_player.resumedWithoutDelay(), 0, "resumed without the delay");
    }
}
