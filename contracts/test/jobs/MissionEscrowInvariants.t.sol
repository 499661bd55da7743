// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {IMissionEscrow} from "../../jobs/interfaces/IMissionEscrow.sol";
import {Fleet} from "../support/Fleet.sol";

/// @dev Plays operators, validators, owner and time at random, and counts what the escrow let through.
contract EscrowPlayer is Fleet {
    bytes32[] public missions;
    mapping(bytes32 mission => mapping(uint256 milestone => uint256)) public releases;
    uint256 public movedWhilePaused;
    uint256 public deposited;
    uint256 public successes;

    function fund(uint256 seed, uint256 reward, uint256 stake) external {
        IMissionEscrow.Terms memory terms = usualTerms();
        terms.reward = bound(reward, 1, 1e24);
        terms.stake = bound(stake, 0, 1e24);
        terms.durationBonusBps = uint16(bound(seed, 0, 10_000));
        bytes32 mission = keccak256(abi.encode(missions.length));
        vm.prank(operator);
        try escrow.fund(mission, terms) returns (uint256 deposit) {
            missions.push(mission);
            deposited += deposit;
            _count();
        } catch {}
    }

    function fundAgain(uint256 pick) external {
        if (missions.length == 0) return;
        IMissionEscrow.Terms memory terms = usualTerms();
        vm.prank(operator);
        try escrow.fund(_mission(pick), terms) {
            revert("a mission key was funded twice");
        } catch {}
    }

    function releaseSome(uint256 pick, uint256 milestone) external {
        if (missions.length == 0) return;
        bytes32 mission = _mission(pick);
        milestone = bound(milestone, 0, 3);
        uint64 deadline = uint64(block.timestamp + 1 hours);
        bytes32 digest = escrow.milestoneApprovalDigest(mission, milestone, DELIVERABLE, ROOT, deadline);
        IMissionEscrow.Approval[] memory approvals = new IMissionEscrow.Approval[](2);
        for (uint256 i = 0; i < 2; ++i) {
            approvals[i] = IMissionEscrow.Approval(guild[i], deadline, sign(guildKeys[i], digest));
        }
        try escrow.releaseMilestone(mission, milestone, DELIVERABLE, ROOT, approvals) {
            ++releases[mission][milestone];
            _count();
        } catch {}
    }

    function fail(uint256 pick) external {
        if (missions.length == 0 || pick % 4 != 0) return;
        vm.prank(owner);
        try proxy.execute(address(escrow), abi.encodeCall(escrow.failMission, (_mission(pick / 4), "random"))) {
            ++successes;
        } catch {}
    }

    function refund(uint256 pick, bool byOperator) external {
        if (missions.length == 0) return;
        vm.prank(byOperator ? operator : stranger);
        try escrow.refund(_mission(pick)) {
            if (!byOperator) revert("a stranger was refunded");
            _count();
        } catch (bytes memory) {}
    }

    function pauseOrResume(uint256 chance) external {
        if (chance % 3 == 0) pauseFleet();
        else resumeFleet();
    }

    function wait(uint256 time) external {
        vm.warp(block.timestamp + bound(time, 1, 6 hours));
    }

    function sumOfRemaining() external view returns (uint256 sum) {
        for (uint256 i = 0; i < missions.length; ++i) {
            sum += escrow.missionOf(missions[i]).remaining;
        }
    }

    function balance() external view returns (uint256) {
        return token.balanceOf(address(escrow));
    }

    function missionCount() external view returns (uint256) {
        return missions.length;
    }

    function missionAt(uint256 index) external view returns (IMissionEscrow.MissionView memory) {
        return escrow.missionOf(missions[index]);
    }

    function releasesOf(uint256 index, uint256 milestone) external view returns (uint256 counted, bool onRecord) {
        return (releases[missions[index]][milestone], escrow.isReleased(missions[index], milestone));
    }

    function _count() private {
        ++successes;
        if (escrow.paused()) ++movedWhilePaused;
    }

    function _mission(uint256 pick) private view returns (bytes32) {
        return missions[pick % missions.length];
    }
}

contract MissionEscrowInvariants is Fleet {
    EscrowPlayer private _player;

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    function setUp() public override {
        vm.warp(1_900_000_000);
        _player = new EscrowPlayer();
        _player.setUp();
    }

    /// @dev forge plays these functions only.
    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[] memory selectors = new bytes4[](9);
        selectors[0] = EscrowPlayer.fund.selector;
        selectors[1] = EscrowPlayer.fundAgain.selector;
        selectors[2] = EscrowPlayer.releaseSome.selector;
        selectors[3] = EscrowPlayer.fail.selector;
        selectors[4] = EscrowPlayer.refund.selector;
        selectors[5] = EscrowPlayer.pauseOrResume.selector;
        selectors[6] = EscrowPlayer.wait.selector;
        // Releases are what can go wrong, so they are played more often.
        selectors[7] = EscrowPlayer.releaseSome.selector;
        selectors[8] = EscrowPlayer.releaseSome.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(_player), selectors);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_player);
    }

    /// @dev One function, because forge plays every game anew for each.
    function invariant_moneyIsWhereTheRecordSaysAndLeavesOnce() public view {
        _theBalanceIsTheSumOfWhatMissionsHaveRemaining();
        _aMissionThatIsOverHoldsNothing();
        _aMilestoneIsReleasedOnceAtMost();
        _whilePausedNoMissionMovesMoney();
    }

    function _theBalanceIsTheSumOfWhatMissionsHaveRemaining() private view {
        assertEq(_player.balance(), _player.sumOfRemaining(), "balance");
    }

    function _aMissionThatIsOverHoldsNothing() private view {
        for (uint256 i = 0; i < _player.missionCount(); ++i) {
            IMissionEscrow.MissionView memory found = _player.missionAt(i);
            if (found.state != IMissionEscrow.State.Open) assertEq(found.remaining, 0, "remaining");
            else assertTrue(found.remaining >= found.stake, "an open mission keeps its stake");
        }
    }

    function _aMilestoneIsReleasedOnceAtMost() private view {
        for (uint256 i = 0; i < _player.missionCount(); ++i) {
            for (uint256 j = 0; j < 4; ++j) {
                (uint256 counted, bool onRecord) = _player.releasesOf(i, j);
                assertEq(counted, onRecord ? 1 : 0, "releases");
            }
        }
    }

    function _whilePausedNoMissionMovesMoney() private view {
        assertEq(_player.movedWhilePaused(), 0, "moved while paused");
    }
}
