// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title What a mission pays, held until validators approve
interface IMissionEscrow {
    /// @notice Where a mission's money stands.
    enum State {
        Unfunded,
        Open,
        Closed,
        Failed,
        Refunded
    }

    /// @notice Why an account was paid.
    enum PayoutKind {
        Agent,
        Validator,
        Bonus,
        StakeReturned,
        BonusReturned
    }

    /// @notice A part of the reward and who gets it, in equal shares with the dust to the last payee.
    struct Milestone {
        uint16 payoutBps;
        address[] payees;
    }

    /// @notice What the operator promises when funding.
    /// @param reward what the agents share
    /// @param validatorRewardBps what approving validators get on top, as a part of the reward
    /// @param durationBonusBps what a mission in time gets on top, as a part of the reward
    /// @param stake what the operator puts at risk
    /// @param failurePenaltyBps how much of the stake a failure costs
    /// @param bonusDeadline the last second at which closing the mission earns the bonus
    /// @param expiry the last second before the operator may take the rest back
    /// @param quorum how many validators must approve a milestone
    /// @param budgetCapMicroUsd the first cap on what the mission may spend off chain
    /// @param specHash the hash of the job spec
    /// @param milestones the parts of the reward; their payoutBps sum to 10000
    struct Terms {
        uint256 reward;
        uint16 validatorRewardBps;
        uint16 durationBonusBps;
        uint256 stake;
        uint16 failurePenaltyBps;
        uint64 bonusDeadline;
        uint64 expiry;
        uint8 quorum;
        uint256 budgetCapMicroUsd;
        bytes32 specHash;
        Milestone[] milestones;
    }

    /// @notice One validator's signature over a milestone's content.
    struct Approval {
        address validator;
        uint64 deadline;
        bytes signature;
    }

    /// @notice A mission as it stands. The deadlines include the time that the fleet has stood still so far.
    struct MissionView {
        address operator;
        State state;
        uint8 quorum;
        uint64 bonusDeadline;
        uint64 expiry;
        uint256 reward;
        uint256 stake;
        uint256 deposit;
        uint256 remaining;
        uint256 milestoneCount;
        uint256 releasedBitmap;
        bytes32 specHash;
        bytes32 termsHash;
    }

    /// @notice An operator funded a mission.
    /// @param deposit what was pulled from the operator
    /// @param specHash the hash of the job spec
    /// @param termsHash keccak256(abi.encode(terms))
    event MissionFunded(
        bytes32 indexed mission, address indexed operator, uint256 deposit, bytes32 indexed specHash, bytes32 termsHash
    );
    /// @notice A milestone was approved and paid.
    /// @param amount what its payees shared
    /// @param validatorReward what the approving validators shared
    event MilestoneReleased(
        bytes32 indexed mission,
        uint256 indexed milestone,
        uint256 amount,
        uint256 validatorReward,
        bytes32 deliverable,
        bytes32 root
    );
    /// @notice One account was paid; one event per transfer of a released milestone.
    event Paid(
        bytes32 indexed mission, uint256 indexed milestone, address indexed payee, uint256 amount, PayoutKind kind
    );
    /// @notice Every milestone was released; the escrow holds nothing more for this mission.
    event MissionClosed(bytes32 indexed mission);
    /// @notice The owner ended the mission as failed.
    /// @param slashed what of the stake went to the treasury
    /// @param refunded what went back to the operator
    event MissionFailed(bytes32 indexed mission, uint256 slashed, uint256 refunded, string reason, address indexed by);
    /// @notice The operator took back what was left after the expiry.
    event MissionRefunded(bytes32 indexed mission, address indexed operator, uint256 amount);

    /// @notice A part of the set-up is the zero address.
    error MissionEscrowZeroAddress();
    /// @notice Only SystemPause stops and resumes the escrow.
    error MissionEscrowNotSystemPause(address caller);
    /// @notice The mission is not in the state that this needs.
    error MissionEscrowUnexpectedState(bytes32 mission, State found);
    /// @notice The reward is zero.
    error MissionEscrowNoReward();
    /// @notice A rate is above 10000 bps.
    error MissionEscrowInvalidBps(uint256 bps);
    /// @notice The milestones' payoutBps do not sum to 10000.
    error MissionEscrowPayoutsNotWhole(uint256 sumBps);
    /// @notice There are no milestones, or more than can be paid for certain.
    error MissionEscrowInvalidMilestoneCount(uint256 count);
    /// @notice A milestone has no payees, or more than can be paid for certain.
    error MissionEscrowInvalidPayeeCount(uint256 milestone, uint256 count);
    /// @notice A payee is the zero address or the escrow itself.
    error MissionEscrowInvalidPayee(uint256 milestone, address payee);
    /// @notice The quorum is zero, or lower than the guild asks for.
    error MissionEscrowQuorumTooLow(uint256 given, uint256 required);
    /// @notice The expiry is not in the future.
    error MissionEscrowAlreadyExpired(uint64 expiry);
    /// @notice The token moved another amount than asked; only plain ERC-20 tokens can be held.
    error MissionEscrowDepositMismatch(uint256 expected, uint256 received);
    /// @notice The mission has no such milestone.
    error MissionEscrowUnknownMilestone(bytes32 mission, uint256 milestone);
    /// @notice The milestone was released before.
    error MissionEscrowAlreadyReleased(bytes32 mission, uint256 milestone);
    /// @notice Fewer approvals than the quorum.
    error MissionEscrowQuorumNotReached(uint256 given, uint256 required);
    /// @notice Approvals must be sorted by validator, each validator once.
    error MissionEscrowApprovalsNotAscending(address previous, address current);
    /// @notice The signer is not an active member of the guild.
    error MissionEscrowNotValidator(address account);
    /// @notice The operator may not approve their own mission.
    error MissionEscrowOperatorMayNotApprove(address operator);
    /// @notice The approval's deadline has passed.
    error MissionEscrowApprovalExpired(address validator, uint64 deadline);
    /// @notice The signature is not this validator's over this content.
    error MissionEscrowInvalidApproval(address validator);
    /// @notice Only the mission's operator may do this.
    error MissionEscrowNotOperator(address caller, address operator);
    /// @notice The mission has not expired yet.
    error MissionEscrowNotExpired(uint64 expiry);

    /// @notice Funds `mission` with exactly {depositOf}; the caller becomes its operator. Refused while paused.
    /// @dev Once per key. A key is taken by whoever funds it first: readers must compare operator and terms hash with
    /// what was agreed. Needs an allowance of the deposit.
    /// @return what was pulled from the caller
    function fund(bytes32 mission, Terms calldata terms) external returns (uint256);

    /// @notice Pays a milestone that enough validators approved; by anybody, refused while paused.
    /// @dev Each milestone once, in any order. The release that completes the mission also pays the bonus (to that
    /// milestone's payees) if it is in time, returns it to the operator if not, and returns the stake. Works after the
    /// expiry too, until the operator takes the refund.
    /// @param approvals strictly ascending by validator
    function releaseMilestone(
        bytes32 mission,
        uint256 milestone,
        bytes32 deliverable,
        bytes32 root,
        Approval[] calldata approvals
    ) external;

    /// @notice Ends an open mission as failed: the penalty goes to the treasury, the rest to the operator; only by
    /// the owner, also while paused, because a tripwire's verdict is reached while the fleet stands still.
    function failMission(bytes32 mission, string calldata reason) external;

    /// @notice Returns what is left to the operator; only by the operator, after the expiry, refused while paused.
    /// @dev Paused because a pause is when work is being examined: money must not leave in either direction, and the
    /// time of the pause is added to the expiry, so that a pause cannot be used to outwait the validators.
    function refund(bytes32 mission) external;

    /// @notice What funding `terms` costs: reward, validators' part, bonus and stake.
    function depositOf(Terms calldata terms) external pure returns (uint256);

    /// @notice The mission as it stands; state Unfunded and zeros if nobody funded it.
    function missionOf(bytes32 mission) external view returns (MissionView memory);

    /// @notice Whether a milestone was released.
    function isReleased(bytes32 mission, uint256 milestone) external view returns (bool);

    /// @notice Who shares a milestone's amount.
    function payeesOf(bytes32 mission, uint256 milestone) external view returns (address[] memory);

    /// @notice What a milestone pays to its payees, and on top to the approving validators.
    function amountsOf(bytes32 mission, uint256 milestone)
        external
        view
        returns (uint256 amount, uint256 validatorReward);

    /// @notice What a mission in time gets on top.
    function bonusOf(bytes32 mission) external view returns (uint256);

    /// @notice The EIP-712 digest that a validator signs.
    function milestoneApprovalDigest(
        bytes32 mission,
        uint256 milestone,
        bytes32 deliverable,
        bytes32 root,
        uint64 deadline
    ) external view returns (bytes32);

    /// @notice The token that is held.
    function token() external view returns (address);

    /// @notice The guild whose members approve.
    function validatorRegistry() external view returns (address);

    /// @notice Where missions' spending caps are opened.
    function budgetManager() external view returns (address);

    /// @notice The switch that stops and resumes the escrow.
    function systemPause() external view returns (address);

    /// @notice Who gets penalties.
    function treasury() external view returns (address);
}
