//! Every error that our contracts and what they inherit can revert with.

use alloy::sol;

sol! {
    #[derive(Debug, PartialEq, Eq)]
    interface Known {
        // OpenZeppelin
        error AccessControlBadConfirmation();
        error AccessControlUnauthorizedAccount(address account, bytes32 neededRole);
        error AddressEmptyCode(address target);
        error CheckpointUnorderedInsertion();
        error ECDSAInvalidSignature();
        error ECDSAInvalidSignatureLength(uint256 length);
        error ECDSAInvalidSignatureS(bytes32 s);
        error ERC20ExceededSafeSupply(uint256 increasedSupply, uint256 cap);
        error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed);
        error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed);
        error ERC20InvalidApprover(address approver);
        error ERC20InvalidReceiver(address receiver);
        error ERC20InvalidSender(address sender);
        error ERC20InvalidSpender(address spender);
        error ERC2612ExpiredSignature(uint256 deadline);
        error ERC2612InvalidSigner(address signer, address owner);
        error ERC5805FutureLookup(uint256 timepoint, uint48 clock);
        error ERC6372InconsistentClock();
        error ERC721IncorrectOwner(address sender, uint256 tokenId, address owner);
        error ERC721InsufficientApproval(address operator, uint256 tokenId);
        error ERC721InvalidApprover(address approver);
        error ERC721InvalidOperator(address operator);
        error ERC721InvalidOwner(address owner);
        error ERC721InvalidReceiver(address receiver);
        error ERC721InvalidSender(address sender);
        error ERC721NonexistentToken(uint256 tokenId);
        error EnforcedPause();
        error ExpectedPause();
        error FailedCall();
        error GovernorAlreadyCastVote(address voter);
        error GovernorAlreadyQueuedProposal(uint256 proposalId);
        error GovernorDisabledDeposit();
        error GovernorInsufficientProposerVotes(address proposer, uint256 votes, uint256 threshold);
        error GovernorInvalidProposalLength(uint256 targets, uint256 calldatas, uint256 values);
        error GovernorInvalidQuorumFraction(uint256 quorumNumerator, uint256 quorumDenominator);
        error GovernorInvalidSignature(address voter);
        error GovernorInvalidVoteParams();
        error GovernorInvalidVoteType();
        error GovernorInvalidVotingPeriod(uint256 votingPeriod);
        error GovernorNonexistentProposal(uint256 proposalId);
        error GovernorOnlyExecutor(address account);
        error GovernorProposalQueueingFailed(uint256 proposalId);
        error GovernorProposalQueueingNotRequired(uint256 proposalId);
        error GovernorRestrictedProposer(address proposer);
        error GovernorUnableToCancel(uint256 proposalId, address account);
        error GovernorUnexpectedProposalState(uint256 proposalId, uint8 current, bytes32 expectedStates);
        error InsufficientBalance(uint256 balance, uint256 needed);
        error InvalidAccountNonce(address account, uint256 currentNonce);
        error InvalidShortString();
        error OwnableInvalidOwner(address owner);
        error OwnableUnauthorizedAccount(address account);
        error ReentrancyGuardReentrantCall();
        error SafeCastOverflowedUintDowncast(uint8 bits, uint256 value);
        error SafeERC20FailedOperation(address token);
        error StringTooLong(string text);
        error TimelockInsufficientDelay(uint256 delay, uint256 minDelay);
        error TimelockInvalidOperationLength(uint256 targets, uint256 payloads, uint256 values);
        error TimelockUnauthorizedCaller(address caller);
        error TimelockUnexecutedPredecessor(bytes32 predecessorId);
        error TimelockUnexpectedOperationState(bytes32 operationId, bytes32 expectedStates);
        error VotesExpiredSignature(uint256 expiry);
        // Budget
        error BudgetManagerMissionAlreadyOpen(bytes32 mission);
        error BudgetManagerNotRegistrar(address caller);
        error BudgetManagerUnknownMission(bytes32 mission);
        error BudgetManagerZeroAddress();
        error BudgetManagerRaiseDelayed(bytes32 mission, uint256 current, uint256 proposed);
        // Checkpoints
        error CheckpointLedgerFork(bytes32 mission, uint64 size, bytes32 anchored, bytes32 offered);
        error CheckpointLedgerNotAnchorer(address caller);
        error CheckpointLedgerNotGrowing(bytes32 mission, uint64 anchored, uint64 offered);
        error CheckpointLedgerZeroAddress();
        error CheckpointLedgerZeroRoot();
        // Escrow
        error MissionEscrowAlreadyExpired(uint64 expiry);
        error MissionEscrowAlreadyReleased(bytes32 mission, uint256 milestone);
        error MissionEscrowApprovalExpired(address validator, uint64 deadline);
        error MissionEscrowApprovalsNotAscending(address previous, address current);
        error MissionEscrowDepositMismatch(uint256 expected, uint256 received);
        error MissionEscrowInvalidApproval(address validator);
        error MissionEscrowInvalidBps(uint256 bps);
        error MissionEscrowInvalidMilestoneCount(uint256 count);
        error MissionEscrowInvalidPayee(uint256 milestone, address payee);
        error MissionEscrowInvalidPayeeCount(uint256 milestone, uint256 count);
        error MissionEscrowNoReward();
        error MissionEscrowNotExpired(uint64 expiry);
        error MissionEscrowNotOperator(address caller, address operator);
        error MissionEscrowNotSystemPause(address caller);
        error MissionEscrowNotValidator(address account);
        error MissionEscrowOperatorMayNotApprove(address operator);
        error MissionEscrowPayoutsNotWhole(uint256 sumBps);
        error MissionEscrowQuorumNotReached(uint256 given, uint256 required);
        error MissionEscrowQuorumTooLow(uint256 given, uint256 required);
        error MissionEscrowUnexpectedState(bytes32 mission, uint8 found);
        error MissionEscrowUnknownMilestone(bytes32 mission, uint256 milestone);
        error MissionEscrowZeroAddress();
        // Owner proxy
        error OwnerProxyDataTooShort(uint256 length);
        error OwnerProxyEmptyBatch();
        error OwnerProxyInvalidSignature(address owner);
        error OwnerProxyNotAllowed(address caller, address target, bytes4 selector);
        error OwnerProxyOwnerRequired();
        error OwnerProxyRequestExpired(uint64 deadline);
        error OwnerProxySelfCall();
        // Pausing
        error PauseGuardianNotOwner(address found, address expected);
        error PauseGuardianZeroAddress();
        error SystemPauseModuleWithoutCode(address module);
        error SystemPauseZeroAddress();
        error PauseGuardianNotCosigned(uint256 trip);
        error PauseGuardianResumeDelayed(address timelock);
        error PauseGuardianTooEarly(uint256 readyAt);
        error SystemPauseTripped();
        // Manager
        error DuplicateBinding(bytes32 id);
        error DuplicateDomain(bytes32 id);
        error DuplicateSentinel(bytes32 id);
        error DuplicateStream(bytes32 id);
        error EmptyName();
        error EmptySlug();
        error InvalidAddress(string field, address provided);
        error InvalidBps(uint256 provided);
        error InvalidCadence(uint64 provided);
        error InvalidExecutionTimestamp(uint64 provided);
        error InvalidHeartbeat();
        error InvalidPlanHash();
        error InvalidURI(string field);
        error ManifestHashRequired();
        error ManifestRequired();
        error NotGovernance();
        error SelfImprovementPlanUnset();
        error SentinelCoverageTooShort(uint64 provided, uint64 required);
        error UnknownDomain(bytes32 id);
        error UnknownSentinel(bytes32 id);
        error UnknownStream(bytes32 id);
        error ZeroAddress();
        // Guild
        error ValidatorRegistryAlreadyMember(address account);
        error ValidatorRegistryDelayTooLong(uint64 delay);
        error ValidatorRegistryInsufficientStake(uint256 asked, uint256 staked);
        error ValidatorRegistryInvalidQuorum(uint256 quorum, uint256 guildSize);
        error ValidatorRegistryNotMember(address account);
        error ValidatorRegistryStillUnbonding(uint64 availableAt);
        error ValidatorRegistryZeroAddress();
        error ValidatorRegistryZeroAmount();
        // Council
        error GuardianCouncilAlreadyCosigned(uint256 trip, address member);
        error GuardianCouncilAlreadyMember(address account);
        error GuardianCouncilNotCurrentTrip(uint256 trip, uint256 current);
        error GuardianCouncilNotMember(address caller);
        error GuardianCouncilNotTimelock(address caller);
        error GuardianCouncilTooFewMembers(uint256 members, uint256 needed);
        error GuardianCouncilUnknownTimelock(address timelock);
        error GuardianCouncilZeroAddress();
        // Extensions
        error UpgradeCoordinatorExpired(uint64 expiresAt);
        error UpgradeCoordinatorFleetRunning();
        error UpgradeCoordinatorInitializerTooShort(uint256 length);
        error UpgradeCoordinatorNotCouncil(address caller);
        error UpgradeCoordinatorNotTimelock(address caller);
        error UpgradeCoordinatorNothingActive(bytes32 module);
        error UpgradeCoordinatorNothingStaged(bytes32 module);
        error UpgradeCoordinatorTooEarly(uint256 readyAt);
        error UpgradeCoordinatorVetoed(bytes32 module);
        error UpgradeCoordinatorWindowTooShort(uint64 upgradeWindow, uint256 delay);
        error UpgradeCoordinatorWithoutCode(address implementation);
        error UpgradeCoordinatorZeroAddress();
        // Model adapters
        error ModelRegistryAlreadyActive(bytes32 scope, bytes32 adapter);
        error ModelRegistryAlreadyRegistered(bytes32 adapter);
        error ModelRegistryEmptyId();
        error ModelRegistryNoPrevious(bytes32 scope);
        error ModelRegistryNotAccelerator(address caller);
        error ModelRegistryNotEvaluator(address caller);
        error ModelRegistryReasonNeeded(int256 current, int256 proposed);
        error ModelRegistryUnknownAdapter(bytes32 adapter);
        error ModelRegistryZeroAddress();
        // Summonses and attestations
        error AttestationModuleAlreadyAcknowledged(uint256 token);
        error AttestationModuleAlreadyAttested(bytes32 attestation);
        error AttestationModuleAlreadySummoned(uint256 token);
        error AttestationModuleInvalidCheckpoint(uint64 size, bytes32 root);
        error AttestationModuleInvalidExpiry(uint64 expiry, uint256 latest);
        error AttestationModuleInvalidSignature(address signer);
        error AttestationModuleNotGuardian(address account);
        error AttestationModuleNotHolder(address caller, address holder);
        error AttestationModuleNotTransferable();
        error AttestationModuleNotValidator(address account);
        error AttestationModuleSignatureExpired(uint64 deadline);
        error AttestationModuleSummonsExpired(uint64 expiry);
        error AttestationModuleUnknownAttestation(bytes32 attestation, address caller);
        error AttestationModuleUnknownSummons(uint256 token);
        error AttestationModuleUnknownVerdict(uint8 verdict);
        error AttestationModuleZeroAddress();
    }
}
