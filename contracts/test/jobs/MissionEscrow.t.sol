// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {BudgetManager} from "../../jobs/BudgetManager.sol";
import {MissionEscrow} from "../../jobs/MissionEscrow.sol";
import {IMissionEscrow} from "../../jobs/interfaces/IMissionEscrow.sol";
import {Fleet} from "../support/Fleet.sol";
import {CallbackToken, TollToken} from "../support/Tokens.sol";

contract MissionEscrowTest is Fleet {
    function test_fundingPullsExactlyTheDeposit() public {
        IMissionEscrow.Terms memory terms = usualTerms();
        uint256 before = token.balanceOf(operator);
        uint256 deposit = escrow.depositOf(terms);

        vm.expectEmit(address(escrow));
        emit IMissionEscrow.MissionFunded(MISSION, operator, deposit, terms.specHash, keccak256(abi.encode(terms)));
        vm.prank(operator);
        uint256 pulled = escrow.fund(MISSION, terms);

        assertEq(deposit, terms.reward + terms.reward * 500 / 10_000 + terms.reward * 250 / 10_000 + terms.stake, "sum");
        assertEq(pulled, deposit, "returned deposit");
        assertEq(before - token.balanceOf(operator), deposit, "pulled");
        assertEq(token.balanceOf(address(escrow)), deposit, "held");
        assertEq(budget.capOf(MISSION), terms.budgetCapMicroUsd, "first cap");
    }

    function test_aFundedMissionTellsItsTerms() public {
        IMissionEscrow.Terms memory terms = fundUsual();
        IMissionEscrow.MissionView memory found = escrow.missionOf(MISSION);

        assertEq(found.operator, operator, "operator");
        assertTrue(found.state == IMissionEscrow.State.Open, "state");
        assertEq(found.quorum, 2, "quorum");
        assertEq(found.bonusDeadline, terms.bonusDeadline, "bonus deadline");
        assertEq(found.expiry, terms.expiry, "expiry");
        assertEq(found.reward, terms.reward, "reward");
        assertEq(found.stake, terms.stake, "stake");
        assertEq(found.deposit, escrow.depositOf(terms), "deposit");
        assertEq(found.remaining, found.deposit, "remaining");
        assertEq(found.milestoneCount, 3, "milestones");
        assertEq(found.specHash, terms.specHash, "spec hash");
        assertEq(found.termsHash, keccak256(abi.encode(terms)), "terms hash");
        assertEq(escrow.payeesOf(MISSION, 1).length, 2, "payees");
    }

    function test_anUnknownMissionIsUnfundedAndEmpty() public view {
        IMissionEscrow.MissionView memory found = escrow.missionOf(MISSION);
        assertTrue(found.state == IMissionEscrow.State.Unfunded, "state");
        assertEq(found.expiry, 0, "expiry");
        assertFalse(escrow.isReleased(MISSION, 0), "released");
    }

    function test_aMissionKeyIsFundedOnce() public {
        IMissionEscrow.Terms memory terms = fundUsual();

        vm.expectRevert(
            abi.encodeWithSelector(
                IMissionEscrow.MissionEscrowUnexpectedState.selector, MISSION, IMissionEscrow.State.Open
            )
        );
        vm.prank(operator);
        escrow.fund(MISSION, terms);
    }

    function test_fundingWithoutAnAllowanceMovesNothing() public {
        vm.prank(operator);
        token.approve(address(escrow), 1);
        IMissionEscrow.Terms memory terms = usualTerms();

        vm.expectRevert();
        vm.prank(operator);
        escrow.fund(MISSION, terms);

        assertEq(token.balanceOf(address(escrow)), 0, "held");
        assertFalse(budget.isOpen(MISSION), "budget opened");
    }

    function test_termsThatCannotHoldAreRefused() public {
        IMissionEscrow.Terms memory terms = usualTerms();
        terms.reward = 0;
        _refused(terms, abi.encodeWithSelector(IMissionEscrow.MissionEscrowNoReward.selector));

        terms = usualTerms();
        terms.validatorRewardBps = 10_001;
        _refused(terms, abi.encodeWithSelector(IMissionEscrow.MissionEscrowInvalidBps.selector, 10_001));

        terms = usualTerms();
        terms.durationBonusBps = 10_002;
        _refused(terms, abi.encodeWithSelector(IMissionEscrow.MissionEscrowInvalidBps.selector, 10_002));

        terms = usualTerms();
        terms.failurePenaltyBps = 10_003;
        _refused(terms, abi.encodeWithSelector(IMissionEscrow.MissionEscrowInvalidBps.selector, 10_003));

        terms = usualTerms();
        terms.expiry = uint64(block.timestamp);
        _refused(terms, abi.encodeWithSelector(IMissionEscrow.MissionEscrowAlreadyExpired.selector, block.timestamp));

        terms = usualTerms();
        terms.quorum = 1;
        _refused(terms, abi.encodeWithSelector(IMissionEscrow.MissionEscrowQuorumTooLow.selector, 1, 2));

        terms = usualTerms();
        terms.milestones[2].payoutBps = 2999;
        _refused(terms, abi.encodeWithSelector(IMissionEscrow.MissionEscrowPayoutsNotWhole.selector, 9999));
    }

    function test_milestonesWithoutAnybodyToPayAreRefused() public {
        IMissionEscrow.Terms memory terms = usualTerms();
        terms.milestones = new IMissionEscrow.Milestone[](0);
        _refused(terms, abi.encodeWithSelector(IMissionEscrow.MissionEscrowInvalidMilestoneCount.selector, 0));

        terms.milestones = new IMissionEscrow.Milestone[](33);
        _refused(terms, abi.encodeWithSelector(IMissionEscrow.MissionEscrowInvalidMilestoneCount.selector, 33));

        terms = usualTerms();
        terms.milestones[1].payees = new address[](0);
        _refused(terms, abi.encodeWithSelector(IMissionEscrow.MissionEscrowInvalidPayeeCount.selector, 1, 0));

        terms.milestones[1].payees = new address[](17);
        _refused(terms, abi.encodeWithSelector(IMissionEscrow.MissionEscrowInvalidPayeeCount.selector, 1, 17));

        terms.milestones[1].payees = _list(address(0));
        _refused(terms, abi.encodeWithSelector(IMissionEscrow.MissionEscrowInvalidPayee.selector, 1, address(0)));

        terms.milestones[1].payees = _list(address(escrow));
        _refused(terms, abi.encodeWithSelector(IMissionEscrow.MissionEscrowInvalidPayee.selector, 1, address(escrow)));
    }

    function test_aMilestonePaysItsPartInEqualSharesAndTheDustToTheLast() public {
        IMissionEscrow.Terms memory terms = fundUsual();
        (uint256 amount, uint256 validatorReward) = escrow.amountsOf(MISSION, 1);
        assertEq(amount, terms.reward * 5000 / 10_000, "amount");
        uint256 guildBefore = token.balanceOf(guild[0]);

        vm.expectEmit(address(escrow));
        emit IMissionEscrow.MilestoneReleased(MISSION, 1, amount, validatorReward, DELIVERABLE, ROOT);
        vm.expectEmit(address(escrow));
        emit IMissionEscrow.Paid(MISSION, 1, builder, amount / 2, IMissionEscrow.PayoutKind.Agent);
        release(1);

        assertEq(token.balanceOf(builder), amount / 2, "builder");
        assertEq(token.balanceOf(analyst), amount - amount / 2, "analyst with dust");
        assertEq(token.balanceOf(guild[0]) - guildBefore, validatorReward / 2, "first validator");
        assertEq(token.balanceOf(guild[1]), validatorReward - validatorReward / 2, "second validator");
        assertTrue(escrow.isReleased(MISSION, 1), "released");
        assertFalse(escrow.isReleased(MISSION, 0), "others untouched");
        assertEq(escrow.missionOf(MISSION).remaining, escrow.depositOf(terms) - amount - validatorReward, "remaining");
    }

    function test_aSecondReleaseOfTheSameMilestoneIsRefused() public {
        fundUsual();
        release(0);

        expectRefusal(
            0, approvalsOf(0), abi.encodeWithSelector(IMissionEscrow.MissionEscrowAlreadyReleased.selector, MISSION, 0)
        );
    }

    function test_aMilestoneThatDoesNotExistIsRefused() public {
        fundUsual();
        expectRefusal(
            3, approvalsOf(3), abi.encodeWithSelector(IMissionEscrow.MissionEscrowUnknownMilestone.selector, MISSION, 3)
        );
        assertFalse(escrow.isReleased(MISSION, 300), "far index");
    }

    function test_theLastReleaseInTimePaysBonusAndReturnsTheStake() public {
        IMissionEscrow.Terms memory terms = fundUsual();
        uint256 operatorBefore = token.balanceOf(operator);
        uint256 bonus = escrow.bonusOf(MISSION);
        (uint256 amount,) = escrow.amountsOf(MISSION, 2);
        release(0);
        release(1);
        uint256 analystBefore = token.balanceOf(analyst);
        vm.warp(terms.bonusDeadline);

        release(2);

        assertEq(bonus, terms.reward * 250 / 10_000, "bonus");
        assertEq(token.balanceOf(analyst) - analystBefore, amount + bonus, "analyst with bonus");
        assertEq(token.balanceOf(operator) - operatorBefore, terms.stake, "stake returned");
        assertEq(token.balanceOf(address(escrow)), 0, "held by a closed mission");
        assertTrue(escrow.missionOf(MISSION).state == IMissionEscrow.State.Closed, "state");
        assertEq(escrow.missionOf(MISSION).remaining, 0, "remaining");
    }

    function test_theLastReleaseTooLateReturnsBonusAndStake() public {
        IMissionEscrow.Terms memory terms = fundUsual();
        uint256 operatorBefore = token.balanceOf(operator);
        release(2);
        release(1);
        vm.warp(terms.bonusDeadline + 1);

        vm.expectEmit(address(escrow));
        emit IMissionEscrow.Paid(
            MISSION, 0, operator, terms.reward * 250 / 10_000, IMissionEscrow.PayoutKind.BonusReturned
        );
        vm.expectEmit(address(escrow));
        emit IMissionEscrow.Paid(MISSION, 0, operator, terms.stake, IMissionEscrow.PayoutKind.StakeReturned);
        vm.expectEmit(address(escrow));
        emit IMissionEscrow.MissionClosed(MISSION);
        release(0);

        uint256 returned = token.balanceOf(operator) - operatorBefore;
        assertEq(returned, terms.stake + terms.reward * 250 / 10_000, "bonus and stake returned");
        assertEq(token.balanceOf(address(escrow)), 0, "held by a closed mission");
    }

    function test_aClosedMissionTakesNoFurtherStep() public {
        fundUsual();
        release(0);
        release(1);
        release(2);
        bytes memory closed = abi.encodeWithSelector(
            IMissionEscrow.MissionEscrowUnexpectedState.selector, MISSION, IMissionEscrow.State.Closed
        );

        expectRefusal(0, approvalsOf(0), closed);
        vm.expectRevert(closed);
        asOwner(address(escrow), abi.encodeCall(escrow.failMission, (MISSION, "late")));
        vm.warp(block.timestamp + 30 days);
        vm.expectRevert(closed);
        vm.prank(operator);
        escrow.refund(MISSION);
        IMissionEscrow.Terms memory terms = usualTerms();
        vm.expectRevert(closed);
        vm.prank(operator);
        escrow.fund(MISSION, terms);
    }

    function test_aFailureCostsThePenaltyAndRefundsTheRest() public {
        IMissionEscrow.Terms memory terms = fundUsual();
        release(0);
        uint256 remaining = escrow.missionOf(MISSION).remaining;
        uint256 before = token.balanceOf(operator);
        uint256 slashed = terms.stake * 4000 / 10_000;

        vm.expectEmit(address(escrow));
        emit IMissionEscrow.MissionFailed(MISSION, slashed, remaining - slashed, "forged evidence", address(proxy));
        asOwner(address(escrow), abi.encodeCall(escrow.failMission, (MISSION, "forged evidence")));

        assertEq(token.balanceOf(treasury), slashed, "treasury");
        assertEq(token.balanceOf(operator) - before, remaining - slashed, "operator");
        assertEq(token.balanceOf(address(escrow)), 0, "held");
    }

    function test_onlyTheOwnerEndsAMissionAsFailed() public {
        fundUsual();
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, operator));
        vm.prank(operator);
        escrow.failMission(MISSION, "wanted it back");
    }

    function test_theOperatorTakesTheRestBackAfterTheExpiryOnly() public {
        IMissionEscrow.Terms memory terms = fundUsual();
        release(0);
        vm.warp(terms.expiry);

        vm.expectRevert(abi.encodeWithSelector(IMissionEscrow.MissionEscrowNotExpired.selector, terms.expiry));
        vm.prank(operator);
        escrow.refund(MISSION);

        vm.warp(terms.expiry + 1);
        vm.expectRevert(abi.encodeWithSelector(IMissionEscrow.MissionEscrowNotOperator.selector, stranger, operator));
        vm.prank(stranger);
        escrow.refund(MISSION);

        uint256 remaining = escrow.missionOf(MISSION).remaining;
        uint256 before = token.balanceOf(operator);
        vm.expectEmit(address(escrow));
        emit IMissionEscrow.MissionRefunded(MISSION, operator, remaining);
        vm.prank(operator);
        escrow.refund(MISSION);
        assertEq(token.balanceOf(operator) - before, remaining, "refunded");
        assertEq(token.balanceOf(address(escrow)), 0, "held");
    }

    function test_anApprovedMilestoneIsPaidAfterTheExpiryUntilTheRefund() public {
        IMissionEscrow.Terms memory terms = fundUsual();
        vm.warp(terms.expiry + 10);
        release(0);
        assertTrue(escrow.isReleased(MISSION, 0), "released");
    }

    function test_whilePausedNothingIsFundedReleasedOrRefunded() public {
        IMissionEscrow.Terms memory terms = fundUsual();
        IMissionEscrow.Approval[] memory approvals = approvalsOf(0);
        pauseFleet();
        bytes memory paused = abi.encodeWithSelector(Pausable.EnforcedPause.selector);

        vm.expectRevert(paused);
        vm.prank(operator);
        escrow.fund(keccak256("another"), terms);
        expectRefusal(0, approvals, paused);
        vm.warp(terms.expiry + 1);
        vm.expectRevert(paused);
        vm.prank(operator);
        escrow.refund(MISSION);
    }

    function test_theOwnerCanEndAMissionWhilePaused() public {
        fundUsual();
        pauseFleet();
        asOwner(address(escrow), abi.encodeCall(escrow.failMission, (MISSION, "tripwire")));
        assertTrue(escrow.missionOf(MISSION).state == IMissionEscrow.State.Failed, "state");
    }

    function test_aPauseMovesExpiryAndBonusDeadlineByItsLength() public {
        IMissionEscrow.Terms memory terms = fundUsual();
        pauseFleet();
        vm.warp(block.timestamp + 2 days);
        assertEq(escrow.missionOf(MISSION).expiry, terms.expiry + 2 days, "expiry while paused");
        resumeFleet();
        assertEq(escrow.missionOf(MISSION).expiry, terms.expiry + 2 days, "expiry afterwards");
        assertEq(escrow.missionOf(MISSION).bonusDeadline, terms.bonusDeadline + 2 days, "bonus deadline");

        vm.warp(terms.expiry + 1);
        vm.expectRevert(abi.encodeWithSelector(IMissionEscrow.MissionEscrowNotExpired.selector, terms.expiry + 2 days));
        vm.prank(operator);
        escrow.refund(MISSION);
    }

    function test_aPauseBeforeTheFundingMovesNothing() public {
        pauseFleet();
        vm.warp(block.timestamp + 5 days);
        resumeFleet();
        IMissionEscrow.Terms memory terms = fundUsual();
        assertEq(escrow.missionOf(MISSION).expiry, terms.expiry, "expiry");
    }

    function test_anEndlessExpiryIsNotMovedPastTheEndOfTime() public {
        IMissionEscrow.Terms memory terms = usualTerms();
        terms.expiry = type(uint64).max;
        vm.prank(operator);
        escrow.fund(MISSION, terms);
        pauseFleet();
        vm.warp(block.timestamp + 1 days);
        assertEq(escrow.missionOf(MISSION).expiry, type(uint64).max, "expiry");
    }

    function test_onlySystemPauseStopsTheEscrow() public {
        vm.expectRevert(abi.encodeWithSelector(IMissionEscrow.MissionEscrowNotSystemPause.selector, owner));
        vm.prank(owner);
        escrow.pause();
        vm.expectRevert(abi.encodeWithSelector(IMissionEscrow.MissionEscrowNotSystemPause.selector, address(this)));
        escrow.unpause();
    }

    function test_theEscrowNamesItsParts() public view {
        assertEq(escrow.token(), address(token), "token");
        assertEq(escrow.validatorRegistry(), address(registry), "registry");
        assertEq(escrow.budgetManager(), address(budget), "budget");
        assertEq(escrow.systemPause(), address(switch_), "switch");
        assertEq(escrow.treasury(), treasury, "treasury");
        assertEq(escrow.owner(), address(proxy), "owner");
    }

    function test_aZeroAddressInTheSetUpIsRefused() public {
        address a = address(1);
        bytes memory zero = abi.encodeWithSelector(IMissionEscrow.MissionEscrowZeroAddress.selector);
        vm.expectRevert(zero);
        new MissionEscrow(address(0), a, a, a, a, a);
        vm.expectRevert(zero);
        new MissionEscrow(a, address(0), a, a, a, a);
        vm.expectRevert(zero);
        new MissionEscrow(a, a, address(0), a, a, a);
        vm.expectRevert(zero);
        new MissionEscrow(a, a, a, address(0), a, a);
        vm.expectRevert(zero);
        new MissionEscrow(a, a, a, a, a, address(0));
    }

    function test_aTokenThatKeepsAPartOfTransfersIsRefused() public {
        TollToken toll = new TollToken(operator);
        MissionEscrow other = _escrowOf(address(toll));
        IMissionEscrow.Terms memory terms = usualTerms();
        uint256 deposit = other.depositOf(terms);
        vm.prank(operator);
        toll.approve(address(other), type(uint256).max);

        vm.expectRevert(
            abi.encodeWithSelector(
                IMissionEscrow.MissionEscrowDepositMismatch.selector, deposit, deposit - deposit / 100
            )
        );
        vm.prank(operator);
        other.fund(MISSION, terms);
    }

    function test_aTokenThatCallsBackCannotEnterASecondTime() public {
        CallbackToken callback = new CallbackToken(operator);
        MissionEscrow other = _escrowOf(address(callback));
        IMissionEscrow.Terms memory terms = usualTerms();
        vm.prank(operator);
        callback.approve(address(other), type(uint256).max);
        vm.prank(operator);
        other.fund(MISSION, terms);
        IMissionEscrow.Approval[] memory approvals = _approvalsFor(other);
        callback.arm(address(other), abi.encodeCall(other.releaseMilestone, (MISSION, 1, DELIVERABLE, ROOT, approvals)));

        IMissionEscrow.Approval[] memory first = _approvalsFor(other, 0);
        other.releaseMilestone(MISSION, 0, DELIVERABLE, ROOT, first);

        assertTrue(callback.attempts() > 0, "tried");
        assertTrue(callback.refused(), "entered a second time");
        assertFalse(other.isReleased(MISSION, 1), "released from within");
    }

    function _escrowOf(address otherToken) private returns (MissionEscrow other) {
        address laterBudget = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 1);
        other =
            new MissionEscrow(otherToken, address(registry), laterBudget, address(switch_), address(proxy), treasury);
        new BudgetManager(address(proxy), address(other), address(ownerTimelock));
    }

    function _approvalsFor(MissionEscrow other) private view returns (IMissionEscrow.Approval[] memory) {
        return _approvalsFor(other, 1);
    }

    function _approvalsFor(MissionEscrow other, uint256 milestone)
        private
        view
        returns (IMissionEscrow.Approval[] memory approvals)
    {
        approvals = new IMissionEscrow.Approval[](2);
        uint64 deadline = uint64(block.timestamp + 1 hours);
        bytes32 digest = other.milestoneApprovalDigest(MISSION, milestone, DELIVERABLE, ROOT, deadline);
        for (uint256 i = 0; i < 2; ++i) {
            approvals[i] = IMissionEscrow.Approval(guild[i], deadline, sign(guildKeys[i], digest));
        }
    }

    function _refused(IMissionEscrow.Terms memory terms, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(operator);
        escrow.fund(MISSION, terms);
    }
}
