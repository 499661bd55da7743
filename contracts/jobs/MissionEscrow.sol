// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IValidatorRegistry} from "../governance/interfaces/IValidatorRegistry.sol";
import {IPausable} from "../security/interfaces/IPausable.sol";
import {IBudgetManager} from "./interfaces/IBudgetManager.sol";
import {IMissionEscrow} from "./interfaces/IMissionEscrow.sol";
import {Shares} from "./libraries/Shares.sol";

/// @title What a mission pays, held until validators approve
/// @dev The sum of what open missions have remaining is always covered by the balance, and a mission that is over has
/// nothing remaining. Whoever sends a transaction has no power by it: releases need signatures over the content.
///
/// Payments are pushed, not pulled. The token is a plain ERC-20 without hooks, so no payee can make a transfer fail, and
/// agents are paid without sending a transaction of their own. Only the token itself could block a payment, and it
/// would block pulling just the same.
contract MissionEscrow is IMissionEscrow, IPausable, Ownable2Step, Pausable, ReentrancyGuardTransient, EIP712 {
    using SafeERC20 for IERC20;

    bytes32 private constant MILESTONE_APPROVAL_TYPEHASH = keccak256(
        "MilestoneApproval(bytes32 mission,uint256 milestone,bytes32 deliverable,bytes32 root,uint64 deadline)"
    );

    /// @notice The most milestones a mission can have, so that funding and each release stay within EIP-7825.
    uint256 public constant MAX_MILESTONES = 32;
    /// @notice The most payees a milestone can have, for the same reason.
    uint256 public constant MAX_PAYEES = 16;

    IERC20 private immutable _token;
    IValidatorRegistry private immutable _validatorRegistry;
    IBudgetManager private immutable _budgetManager;
    address private immutable _systemPause;
    address private immutable _treasury;

    struct Mission {
        address operator;
        State state;
        uint8 quorum;
        uint64 stoodStillBefore;
        uint64 bonusDeadline;
        uint64 expiry;
        uint16 validatorRewardBps;
        uint16 durationBonusBps;
        uint16 failurePenaltyBps;
        uint256 reward;
        uint256 stake;
        uint256 deposit;
        uint256 remaining;
        uint256 releasedBitmap;
        bytes32 specHash;
        bytes32 termsHash;
        Milestone[] milestones;
    }

    mapping(bytes32 mission => Mission) private _missions;

    /// @dev When the current pause began, and how long all earlier pauses lasted.
    uint64 private _pausedAt;
    uint64 private _stoodStill;

    /// @dev Code is not checked here, because the parts are deployed at addresses known in advance.
    /// @param token_ the token that missions pay in
    /// @param validatorRegistry_ the guild whose members approve
    /// @param budgetManager_ where missions' spending caps are opened
    /// @param systemPause_ who stops and resumes the escrow
    /// @param initialOwner who may end a mission as failed: the OwnerProxy
    /// @param treasury_ who gets penalties
    constructor(
        address token_,
        address validatorRegistry_,
        address budgetManager_,
        address systemPause_,
        address initialOwner,
        address treasury_
    ) Ownable(initialOwner) EIP712("Phase8 MissionEscrow", "1") {
        if (
            token_ == address(0) || validatorRegistry_ == address(0) || budgetManager_ == address(0)
                || systemPause_ == address(0) || treasury_ == address(0)
        ) revert MissionEscrowZeroAddress();
        _token = IERC20(token_);
        _validatorRegistry = IValidatorRegistry(validatorRegistry_);
        _budgetManager = IBudgetManager(budgetManager_);
        _systemPause = systemPause_;
        _treasury = treasury_;
    }

    /// @dev Refuses every caller but the fleet's switch.
    modifier onlySystemPause() {
        if (msg.sender != _systemPause) revert MissionEscrowNotSystemPause(msg.sender);
        _;
    }

    /// @inheritdoc IMissionEscrow
    function fund(bytes32 mission, Terms calldata terms) external nonReentrant whenNotPaused returns (uint256) {
        State found = _missions[mission].state;
        if (found != State.Unfunded) revert MissionEscrowUnexpectedState(mission, found);
        _checkTerms(terms);

        uint256 deposit = depositOf(terms);
        bytes32 termsHash = keccak256(abi.encode(terms));
        _store(_missions[mission], terms, deposit, termsHash);
        emit MissionFunded(mission, msg.sender, deposit, terms.specHash, termsHash);

        _budgetManager.openMission(mission, terms.budgetCapMicroUsd);
        _pull(deposit);
        return deposit;
    }

    /// @inheritdoc IMissionEscrow
    function releaseMilestone(
        bytes32 mission,
        uint256 milestone,
        bytes32 deliverable,
        bytes32 root,
        Approval[] calldata approvals
    ) external nonReentrant whenNotPaused {
        Mission storage found = _open(mission);
        if (milestone >= found.milestones.length) revert MissionEscrowUnknownMilestone(mission, milestone);
        if (_isReleased(found, milestone)) revert MissionEscrowAlreadyReleased(mission, milestone);
        _checkApprovals(found, mission, milestone, deliverable, root, approvals);

        (uint256 amount, uint256 validatorReward) = _amountsOf(found, milestone);
        found.releasedBitmap |= 1 << milestone;
        found.remaining -= amount + validatorReward;
        emit MilestoneReleased(mission, milestone, amount, validatorReward, deliverable, root);

        bool complete = found.releasedBitmap == (1 << found.milestones.length) - 1;
        uint256 rest = found.remaining;
        if (complete) {
            found.state = State.Closed;
            found.remaining = 0;
        }

        _payAgents(found, mission, milestone, amount, PayoutKind.Agent);
        _payValidators(mission, milestone, validatorReward, approvals);
        if (complete) _close(found, mission, milestone, rest);
    }

    /// @inheritdoc IMissionEscrow
    function failMission(bytes32 mission, string calldata reason) external nonReentrant onlyOwner {
        Mission storage found = _open(mission);

        // The stake leaves with the last milestone only, so an open mission still has all of it.
        uint256 slashed = Shares.ofBps(found.stake, found.failurePenaltyBps);
        uint256 refunded = found.remaining - slashed;
        found.state = State.Failed;
        found.remaining = 0;
        emit MissionFailed(mission, slashed, refunded, reason, msg.sender);

        if (slashed != 0) _token.safeTransfer(_treasury, slashed);
        if (refunded != 0) _token.safeTransfer(found.operator, refunded);
    }

    /// @inheritdoc IMissionEscrow
    function refund(bytes32 mission) external nonReentrant whenNotPaused {
        Mission storage found = _open(mission);
        if (msg.sender != found.operator) revert MissionEscrowNotOperator(msg.sender, found.operator);
        uint64 expiry = _deadline(found, found.expiry);
        if (block.timestamp <= expiry) revert MissionEscrowNotExpired(expiry);

        uint256 amount = found.remaining;
        found.state = State.Refunded;
        found.remaining = 0;
        emit MissionRefunded(mission, msg.sender, amount);

        if (amount != 0) _token.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IPausable
    function pause() external onlySystemPause {
        _pausedAt = uint64(block.timestamp);
        _pause();
    }

    /// @inheritdoc IPausable
    function unpause() external onlySystemPause {
        _stoodStill += uint64(block.timestamp) - _pausedAt;
        _unpause();
    }

    /// @inheritdoc IPausable
    function paused() public view override(IPausable, Pausable) returns (bool) {
        return super.paused();
    }

    /// @inheritdoc IMissionEscrow
    function depositOf(Terms calldata terms) public pure returns (uint256) {
        return terms.reward + Shares.ofBps(terms.reward, terms.validatorRewardBps)
            + Shares.ofBps(terms.reward, terms.durationBonusBps) + terms.stake;
    }

    /// @inheritdoc IMissionEscrow
    function missionOf(bytes32 mission) external view returns (MissionView memory) {
        Mission storage found = _missions[mission];
        bool funded = found.state != State.Unfunded;
        return MissionView({
            operator: found.operator,
            state: found.state,
            quorum: found.quorum,
            bonusDeadline: funded ? _deadline(found, found.bonusDeadline) : 0,
            expiry: funded ? _deadline(found, found.expiry) : 0,
            reward: found.reward,
            stake: found.stake,
            deposit: found.deposit,
            remaining: found.remaining,
            milestoneCount: found.milestones.length,
            releasedBitmap: found.releasedBitmap,
            specHash: found.specHash,
            termsHash: found.termsHash
        });
    }

    /// @inheritdoc IMissionEscrow
    function isReleased(bytes32 mission, uint256 milestone) external view returns (bool) {
        return _isReleased(_missions[mission], milestone);
    }

    /// @inheritdoc IMissionEscrow
    function payeesOf(bytes32 mission, uint256 milestone) external view returns (address[] memory) {
        return _existing(mission, milestone).milestones[milestone].payees;
    }

    /// @inheritdoc IMissionEscrow
    function amountsOf(bytes32 mission, uint256 milestone)
        external
        view
        returns (uint256 amount, uint256 validatorReward)
    {
        return _amountsOf(_existing(mission, milestone), milestone);
    }

    /// @inheritdoc IMissionEscrow
    function bonusOf(bytes32 mission) external view returns (uint256) {
        return _bonusOf(_missions[mission]);
    }

    /// @inheritdoc IMissionEscrow
    function milestoneApprovalDigest(
        bytes32 mission,
        uint256 milestone,
        bytes32 deliverable,
        bytes32 root,
        uint64 deadline
    ) public view returns (bytes32) {
        return _hashTypedDataV4(
            keccak256(abi.encode(MILESTONE_APPROVAL_TYPEHASH, mission, milestone, deliverable, root, deadline))
        );
    }

    /// @inheritdoc IMissionEscrow
    function token() external view returns (address) {
        return address(_token);
    }

    /// @inheritdoc IMissionEscrow
    function validatorRegistry() external view returns (address) {
        return address(_validatorRegistry);
    }

    /// @inheritdoc IMissionEscrow
    function budgetManager() external view returns (address) {
        return address(_budgetManager);
    }

    /// @inheritdoc IMissionEscrow
    function systemPause() external view returns (address) {
        return _systemPause;
    }

    /// @inheritdoc IMissionEscrow
    function treasury() external view returns (address) {
        return _treasury;
    }

    function _checkTerms(Terms calldata terms) private view {
        if (terms.reward == 0) revert MissionEscrowNoReward();
        if (terms.validatorRewardBps > Shares.BPS) revert MissionEscrowInvalidBps(terms.validatorRewardBps);
        if (terms.durationBonusBps > Shares.BPS) revert MissionEscrowInvalidBps(terms.durationBonusBps);
        if (terms.failurePenaltyBps > Shares.BPS) revert MissionEscrowInvalidBps(terms.failurePenaltyBps);
        if (terms.expiry <= block.timestamp) revert MissionEscrowAlreadyExpired(terms.expiry);

        // The registry never asks for less than one.
        uint256 required = _validatorRegistry.milestoneQuorum();
        if (terms.quorum < required) revert MissionEscrowQuorumTooLow(terms.quorum, required);

        uint256 count = terms.milestones.length;
        if (count == 0 || count > MAX_MILESTONES) revert MissionEscrowInvalidMilestoneCount(count);
        uint256 sum;
        for (uint256 i = 0; i < count; ++i) {
            sum += terms.milestones[i].payoutBps;
            _checkPayees(i, terms.milestones[i].payees);
        }
        if (sum != Shares.BPS) revert MissionEscrowPayoutsNotWhole(sum);
    }

    function _checkPayees(uint256 milestone, address[] calldata payees) private view {
        if (payees.length == 0 || payees.length > MAX_PAYEES) {
            revert MissionEscrowInvalidPayeeCount(milestone, payees.length);
        }
        for (uint256 i = 0; i < payees.length; ++i) {
            // Paying the escrow itself would leave tokens behind that belong to no mission.
            if (payees[i] == address(0) || payees[i] == address(this)) {
                revert MissionEscrowInvalidPayee(milestone, payees[i]);
            }
        }
    }

    function _store(Mission storage mission, Terms calldata terms, uint256 deposit, bytes32 termsHash) private {
        mission.operator = msg.sender;
        mission.state = State.Open;
        mission.quorum = terms.quorum;
        mission.stoodStillBefore = _stoodStill;
        mission.bonusDeadline = terms.bonusDeadline;
        mission.expiry = terms.expiry;
        mission.validatorRewardBps = terms.validatorRewardBps;
        mission.durationBonusBps = terms.durationBonusBps;
        mission.failurePenaltyBps = terms.failurePenaltyBps;
        mission.reward = terms.reward;
        mission.stake = terms.stake;
        mission.deposit = deposit;
        mission.remaining = deposit;
        mission.specHash = terms.specHash;
        mission.termsHash = termsHash;
        for (uint256 i = 0; i < terms.milestones.length; ++i) {
            Milestone storage milestone = mission.milestones.push();
            milestone.payoutBps = terms.milestones[i].payoutBps;
            milestone.payees = terms.milestones[i].payees;
        }
    }

    function _pull(uint256 deposit) private {
        uint256 before = _token.balanceOf(address(this));
        _token.safeTransferFrom(msg.sender, address(this), deposit);
        uint256 received = _token.balanceOf(address(this)) - before;
        if (received != deposit) revert MissionEscrowDepositMismatch(deposit, received);
    }

    function _checkApprovals(
        Mission storage found,
        bytes32 mission,
        uint256 milestone,
        bytes32 deliverable,
        bytes32 root,
        Approval[] calldata approvals
    ) private view {
        if (approvals.length < found.quorum) {
            revert MissionEscrowQuorumNotReached(approvals.length, found.quorum);
        }

        address previous;
        for (uint256 i = 0; i < approvals.length; ++i) {
            Approval calldata approval = approvals[i];
            if (approval.validator <= previous) {
                revert MissionEscrowApprovalsNotAscending(previous, approval.validator);
            }
            previous = approval.validator;

            if (previous == found.operator) revert MissionEscrowOperatorMayNotApprove(previous);
            if (!_validatorRegistry.isValidator(previous)) revert MissionEscrowNotValidator(previous);
            if (block.timestamp > approval.deadline) revert MissionEscrowApprovalExpired(previous, approval.deadline);
            bytes32 digest = milestoneApprovalDigest(mission, milestone, deliverable, root, approval.deadline);
            if (!SignatureChecker.isValidSignatureNowCalldata(previous, digest, approval.signature)) {
                revert MissionEscrowInvalidApproval(previous);
            }
        }
    }

    function _payAgents(Mission storage found, bytes32 mission, uint256 milestone, uint256 total, PayoutKind kind)
        private
    {
        address[] memory payees = found.milestones[milestone].payees;
        for (uint256 i = 0; i < payees.length; ++i) {
            _pay(mission, milestone, payees[i], Shares.ofEqual(total, i, payees.length), kind);
        }
    }

    function _payValidators(bytes32 mission, uint256 milestone, uint256 total, Approval[] calldata approvals) private {
        for (uint256 i = 0; i < approvals.length; ++i) {
            uint256 share = Shares.ofEqual(total, i, approvals.length);
            _pay(mission, milestone, approvals[i].validator, share, PayoutKind.Validator);
        }
    }

    /// @dev `rest` is what the milestones left: bonus and stake. All of it leaves, so that nothing stays behind.
    function _close(Mission storage found, bytes32 mission, uint256 milestone, uint256 rest) private {
        uint256 bonus = _bonusOf(found);
        if (block.timestamp <= _deadline(found, found.bonusDeadline)) {
            _payAgents(found, mission, milestone, bonus, PayoutKind.Bonus);
        } else {
            _pay(mission, milestone, found.operator, bonus, PayoutKind.BonusReturned);
        }
        _pay(mission, milestone, found.operator, rest - bonus, PayoutKind.StakeReturned);
        emit MissionClosed(mission);
    }

    function _pay(bytes32 mission, uint256 milestone, address payee, uint256 amount, PayoutKind kind) private {
        if (amount == 0) return;
        emit Paid(mission, milestone, payee, amount, kind);
        _token.safeTransfer(payee, amount);
    }

    function _open(bytes32 mission) private view returns (Mission storage) {
        Mission storage found = _missions[mission];
        if (found.state != State.Open) revert MissionEscrowUnexpectedState(mission, found.state);
        return found;
    }

    function _existing(bytes32 mission, uint256 milestone) private view returns (Mission storage) {
        Mission storage found = _missions[mission];
        if (milestone >= found.milestones.length) revert MissionEscrowUnknownMilestone(mission, milestone);
        return found;
    }

    function _isReleased(Mission storage mission, uint256 milestone) private view returns (bool) {
        return (mission.releasedBitmap >> milestone) & 1 == 1;
    }

    /// @dev Both totals are split by payoutBps, rounded down, and the last milestone gets what the others leave.
    function _amountsOf(Mission storage mission, uint256 milestone) private view returns (uint256, uint256) {
        uint256 reward = mission.reward;
        uint256 validators = Shares.ofBps(reward, mission.validatorRewardBps);
        uint256 last = mission.milestones.length - 1;
        if (milestone != last) {
            uint256 bps = mission.milestones[milestone].payoutBps;
            return (Shares.ofBps(reward, bps), Shares.ofBps(validators, bps));
        }

        uint256 amount = reward;
        uint256 validatorReward = validators;
        for (uint256 i = 0; i < last; ++i) {
            uint256 bps = mission.milestones[i].payoutBps;
            amount -= Shares.ofBps(reward, bps);
            validatorReward -= Shares.ofBps(validators, bps);
        }
        return (amount, validatorReward);
    }

    function _bonusOf(Mission storage mission) private view returns (uint256) {
        return Shares.ofBps(mission.reward, mission.durationBonusBps);
    }

    /// @dev `deadline` plus the time that the fleet has stood still since the mission was funded.
    function _deadline(Mission storage mission, uint64 deadline) private view returns (uint64) {
        uint256 stoodStill = _stoodStill;
        if (paused()) stoodStill += block.timestamp - _pausedAt;
        return SafeCast.toUint64(Math.min(deadline + stoodStill - mission.stoodStillBefore, type(uint64).max));
    }
}
