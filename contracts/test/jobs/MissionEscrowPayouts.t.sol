// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {MissionEscrow} from "../../jobs/MissionEscrow.sol";
import {IMissionEscrow} from "../../jobs/interfaces/IMissionEscrow.sol";
import {Shares} from "../../jobs/libraries/Shares.sol";
import {Fleet} from "../support/Fleet.sol";
import {Vm} from "../support/Vm.sol";

/// @dev Whatever the terms, what goes in comes out to the wei, to whom it was promised.
contract MissionEscrowPayoutsTest is Fleet {
    /// @dev What a whole mission paid, by kind of payment.
    mapping(IMissionEscrow.PayoutKind kind => uint256) private _paid;

    function testFuzz_aWholeMissionPaysTheDepositToTheWei(uint256 seed, uint256 reward, bool inTime) public {
        IMissionEscrow.Terms memory terms = _terms(seed, reward);
        uint256 deposit = escrow.depositOf(terms);
        vm.prank(operator);
        escrow.fund(MISSION, terms);
        if (!inTime) vm.warp(terms.bonusDeadline + 1);

        vm.recordLogs();
        _releaseAll(terms.milestones.length, seed);
        _sumPayments();

        uint256 bonus = Shares.ofBps(terms.reward, terms.durationBonusBps);
        assertEq(_paid[IMissionEscrow.PayoutKind.Agent], terms.reward, "agents got the reward");
        assertEq(
            _paid[IMissionEscrow.PayoutKind.Validator],
            Shares.ofBps(terms.reward, terms.validatorRewardBps),
            "validators got their part"
        );
        assertEq(_paid[IMissionEscrow.PayoutKind.Bonus], inTime ? bonus : 0, "bonus");
        assertEq(_paid[IMissionEscrow.PayoutKind.BonusReturned], inTime ? 0 : bonus, "bonus returned");
        assertEq(_paid[IMissionEscrow.PayoutKind.StakeReturned], terms.stake, "stake returned");
        assertEq(token.balanceOf(address(escrow)), 0, "held by a closed mission");
        assertEq(escrow.missionOf(MISSION).deposit, deposit, "deposit on record");
    }

    function testFuzz_everyMilestoneButTheLastPaysItsFlooredPart(uint256 seed, uint256 reward) public {
        IMissionEscrow.Terms memory terms = _terms(seed, reward);
        vm.prank(operator);
        escrow.fund(MISSION, terms);

        uint256 left = terms.reward;
        uint256 last = terms.milestones.length - 1;
        for (uint256 i = 0; i < last; ++i) {
            (uint256 amount,) = escrow.amountsOf(MISSION, i);
            assertEq(amount, terms.reward * terms.milestones[i].payoutBps / 10_000, "floored part");
            left -= amount;
        }
        (uint256 lastAmount,) = escrow.amountsOf(MISSION, last);
        assertEq(lastAmount, left, "dust to the last");
        assertTrue(lastAmount - terms.reward * terms.milestones[last].payoutBps / 10_000 < last + 1, "only dust");
    }

    function testFuzz_payeesOfAMilestoneDifferByDustAlone(uint256 seed, uint256 reward) public {
        IMissionEscrow.Terms memory terms = _terms(seed, reward);
        terms.milestones[0].payees = _strangers(seed, terms.milestones[0].payees.length);
        vm.prank(operator);
        escrow.fund(MISSION, terms);
        (uint256 amount,) = escrow.amountsOf(MISSION, 0);
        address[] memory payees = terms.milestones[0].payees;

        if (terms.milestones.length == 1) return; // the bonus would come on top
        release(0);

        for (uint256 i = 0; i + 1 < payees.length; ++i) {
            assertEq(token.balanceOf(payees[i]), amount / payees.length, "equal share");
        }
        uint256 lastShare = token.balanceOf(payees[payees.length - 1]);
        assertEq(lastShare, amount - amount / payees.length * (payees.length - 1), "share with dust");
    }

    function testFuzz_aFailureSplitsWhatIsLeft(uint256 seed, uint256 reward, uint256 released) public {
        IMissionEscrow.Terms memory terms = _terms(seed, reward);
        terms.failurePenaltyBps = uint16(bound(seed >> 7, 0, 10_000));
        vm.prank(operator);
        escrow.fund(MISSION, terms);
        _releaseAll(bound(released, 0, terms.milestones.length - 1), 0);
        uint256 remaining = escrow.missionOf(MISSION).remaining;
        uint256 before = token.balanceOf(operator);

        asOwner(address(escrow), abi.encodeCall(escrow.failMission, (MISSION, "")));

        uint256 slashed = Shares.ofBps(terms.stake, terms.failurePenaltyBps);
        assertEq(token.balanceOf(treasury), slashed, "treasury");
        assertEq(token.balanceOf(operator) - before, remaining - slashed, "operator");
        assertEq(token.balanceOf(address(escrow)), 0, "held");
    }

    function test_theLargestMissionStaysWithinTheGasOfOneTransaction() public {
        uint256 limit = 2 ** 24; // EIP-7825
        IMissionEscrow.Terms memory terms = usualTerms();
        terms.milestones = new IMissionEscrow.Milestone[](32);
        for (uint256 i = 0; i < 32; ++i) {
            terms.milestones[i] = IMissionEscrow.Milestone(i == 0 ? 10_000 - 31 : 1, _strangers(i, 16));
        }
        vm.prank(operator);
        uint256 before = gasleft();
        escrow.fund(MISSION, terms);
        assertTrue(before - gasleft() < limit, "funding");

        _releaseAll(31, 0);
        before = gasleft();
        release(31);
        assertTrue(before - gasleft() < limit, "closing");
    }

    function testFuzz_sharesAlwaysSumToTheWhole(uint256 amount, uint256 count) public pure {
        count = bound(count, 1, 64);
        uint256 sum;
        for (uint256 i = 0; i < count; ++i) {
            sum += Shares.ofEqual(amount, i, count);
        }
        assertEq(sum, amount, "sum");
    }

    function _terms(uint256 seed, uint256 reward) private view returns (IMissionEscrow.Terms memory terms) {
        terms = usualTerms();
        terms.reward = bound(reward, 1, 1e28);
        terms.stake = bound(seed, 0, 1e28);
        terms.validatorRewardBps = uint16(bound(seed >> 16, 0, 10_000));
        terms.durationBonusBps = uint16(bound(seed >> 32, 0, 10_000));
        uint256 count = bound(seed >> 48, 1, 6);
        terms.milestones = new IMissionEscrow.Milestone[](count);
        uint256 left = 10_000;
        for (uint256 i = 0; i < count; ++i) {
            uint256 bps = i + 1 == count ? left : bound(uint256(keccak256(abi.encode(seed, i))), 0, left);
            left -= bps;
            uint256 payees = bound(uint256(keccak256(abi.encode(seed, i, "payees"))), 1, 5);
            terms.milestones[i] = IMissionEscrow.Milestone(uint16(bps), _strangers(seed ^ i, payees));
        }
    }

    function _strangers(uint256 seed, uint256 count) private pure returns (address[] memory list) {
        list = new address[](count);
        for (uint256 i = 0; i < count; ++i) {
            list[i] = address(uint160(uint256(keccak256(abi.encode(seed, i, "stranger")))));
        }
    }

    /// @dev Releases the first `count` milestones, beginning anywhere among them.
    function _releaseAll(uint256 count, uint256 seed) private {
        for (uint256 i = 0; i < count; ++i) {
            release((i + seed % count) % count);
        }
    }

    function _sumPayments() private {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256 transferred;
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter != address(escrow) || logs[i].topics[0] != IMissionEscrow.Paid.selector) continue;
            (uint256 amount, IMissionEscrow.PayoutKind kind) =
                abi.decode(logs[i].data, (uint256, IMissionEscrow.PayoutKind));
            _paid[kind] += amount;
            transferred += amount;
        }
        assertEq(transferred, escrow.missionOf(MISSION).deposit, "every wei out has its event");
    }
}
