//! Contract interfaces, as far as Mission Control calls them or listens to them. `contracts/` holds the sources; a test
//! compares every selector and topic here with the compiled artifacts.

use alloy_sol_types::sol;

sol! {
    #[derive(Debug, PartialEq, Eq)]
    interface IAgiAlpha {
        event Transfer(address indexed from, address indexed to, uint256 value);

        function approve(address spender, uint256 value) external returns (bool);
        function allowance(address owner, address spender) external view returns (uint256);
        function balanceOf(address account) external view returns (uint256);
        function delegate(address delegatee) external;
        function delegates(address account) external view returns (address);
        function getVotes(address account) external view returns (uint256);
    }

    #[derive(Debug, PartialEq, Eq)]
    interface IOwnerProxy {
        struct Call {
            address target;
            bytes data;
        }

        struct OwnerRequest {
            address target;
            bytes data;
            uint256 nonce;
            uint64 deadline;
        }

        event Executed(address indexed target, bytes4 indexed selector, bytes data, address indexed by);
        event DelegateSet(address indexed delegate, address indexed target, bytes4 indexed selector, bool allowed);
        event OutstandingVoided(address indexed owner, uint256 nextNonce);

        function execute(address target, bytes data) external returns (bytes);
        function executeBatch(Call[] calls) external returns (bytes[]);
        function executeSigned(OwnerRequest request, bytes signature) external returns (bytes);
        function voidOutstanding() external;
        function setDelegate(address delegate, address target, bytes4 selector, bool allowed) external;
        function isDelegate(address delegate, address target, bytes4 selector) external view returns (bool);
        function nonces(address owner) external view returns (uint256);
        function owner() external view returns (address);
        function pendingOwner() external view returns (address);
        function transferOwnership(address newOwner) external;
        function acceptOwnership() external;
        function requestDigest(OwnerRequest request) external view returns (bytes32);
    }

    /// OpenZeppelin's `TimelockController`, as far as it is spoken to.
    #[derive(Debug, PartialEq, Eq)]
    interface ITimelock {
        event CallScheduled(bytes32 indexed id, uint256 indexed index, address target, uint256 value, bytes data, bytes32 predecessor, uint256 delay);
        event CallExecuted(bytes32 indexed id, uint256 indexed index, address target, uint256 value, bytes data);
        event CallSalt(bytes32 indexed id, bytes32 salt);
        event Cancelled(bytes32 indexed id);
        event MinDelayChange(uint256 oldDuration, uint256 newDuration);

        function schedule(address target, uint256 value, bytes data, bytes32 predecessor, bytes32 salt, uint256 delay) external;
        function execute(address target, uint256 value, bytes payload, bytes32 predecessor, bytes32 salt) external payable;
        function cancel(bytes32 id) external;
        function updateDelay(uint256 newDelay) external;
        function getMinDelay() external view returns (uint256);
        function getTimestamp(bytes32 id) external view returns (uint256);
        function hashOperation(address target, uint256 value, bytes data, bytes32 predecessor, bytes32 salt) external pure returns (bytes32);
        function hasRole(bytes32 role, address account) external view returns (bool);
    }

    #[derive(Debug, PartialEq, Eq)]
    interface IGuardianCouncil {
        event MemberChanged(address indexed account, bool member);
        event OperationCancelled(address indexed timelock, bytes32 indexed id, address indexed by);
        event ExtensionVetoed(bytes32 indexed module, address indexed by);
        event ResumeCosigned(uint256 indexed trip, address indexed by);

        function members() external view returns (address[]);
        function isMember(address account) external view returns (bool);
        function cosignaturesNeeded() external view returns (uint256);
        function cosignaturesOf(uint256 trip) external view returns (uint256);
        function hasCosigned(uint256 trip, address member) external view returns (bool);
        function isResumeCosigned(uint256 trip) external view returns (bool);
        function cancelOperation(address timelock, bytes32 id) external;
        function vetoExtension(bytes32 module) external;
        function cosignResume(uint256 trip) external;
        function setMember(address account, bool member) external;
    }

    #[derive(Debug, PartialEq, Eq)]
    interface IUpgradeCoordinator {
        event ExtensionStaged(bytes32 indexed module, address indexed implementation, bool pauseBeforeUpgrade, uint64 expiresAt, bytes initializer);
        event ExtensionActivated(bytes32 indexed module, address indexed implementation, address indexed previous);
        event ExtensionVetoed(bytes32 indexed module, address indexed by);
        event ExtensionWithdrawn(bytes32 indexed module, address indexed implementation);
        event ExtensionRetired(bytes32 indexed module, address indexed implementation, address indexed restored);

        function stageExtension(bytes32 module, address implementation, bool pauseBeforeUpgrade, uint64 upgradeWindow, bytes initializer) external;
        function activateExtension(bytes32 module) external;
        function withdrawExtension(bytes32 module) external;
        function retireExtension(bytes32 module) external;
        function veto(bytes32 module) external;
        function stagedExtension(bytes32 module) external view returns (address implementation, bool pauseBeforeUpgrade, uint64 stagedAt, uint64 expiresAt, bytes32 initializerHash, bool vetoed);
        function activeExtension(bytes32 module) external view returns (address);
    }

    #[derive(Debug, PartialEq, Eq)]
    interface IModelRegistry {
        event AdapterRegistered(bytes32 indexed adapter, string id, bytes32 recordHash, int256 score);
        event AdapterRetired(bytes32 indexed adapter, address indexed by);
        event ScoreRecorded(bytes32 indexed adapter, int256 previous, int256 current, address indexed by);
        event ActiveAdapterChanged(bytes32 indexed scope, bytes32 indexed previous, bytes32 indexed current, string reason, address by);
        event ActiveAdapterRolledBack(bytes32 indexed scope, bytes32 indexed from, bytes32 indexed to, address by);
        event CoPilotChanged(bytes32 indexed mission, bool required, address indexed by);

        function registerAdapter(string id, bytes32 recordHash, int256 score) external;
        function retireAdapter(bytes32 adapter) external;
        function setScore(bytes32 adapter, int256 score) external;
        function setActiveAdapter(bytes32 scope, bytes32 adapter) external;
        function setActiveAdapterWithReason(bytes32 scope, bytes32 adapter, string reason) external;
        function rollback(bytes32 scope) external;
        function setCoPilot(bytes32 mission, bool required) external;
        function adapterOf(bytes32 adapter) external view returns (string id, bytes32 recordHash, int256 score, bool registered);
        function adapters() external view returns (bytes32[]);
        function activeAdapter(bytes32 scope) external view returns (bytes32);
        function historyOf(bytes32 scope) external view returns (bytes32[]);
        function isCoPilotRequired(bytes32 mission) external view returns (bool);
    }

    #[derive(Debug, PartialEq, Eq)]
    interface IAttestationModule {
        event Summoned(uint256 indexed token, bytes32 indexed mission, address indexed validator, uint64 expiry, address by);
        event SummonsAcknowledged(uint256 indexed token, bytes32 indexed mission, address indexed validator);
        event SummonsRevoked(uint256 indexed token, bytes32 indexed mission, address indexed validator);
        event Attested(bytes32 indexed attestation, bytes32 indexed mission, address indexed guardian, uint64 size, bytes32 root, uint8 verdict, bytes32 remarks);
        event AttestationRevoked(bytes32 indexed attestation, bytes32 indexed mission, address indexed guardian);

        function summon(bytes32 mission, address validator, uint64 expiry) external returns (uint256 token);
        function revoke(uint256 token) external;
        function acknowledge(uint256 token) external;
        function acknowledgeSigned(uint256 token, uint64 deadline, bytes signature) external;
        function attest(bytes32 mission, uint64 size, bytes32 root, uint8 verdict, bytes32 remarks) external returns (bytes32 attestation);
        function revokeAttestation(bytes32 attestation) external;
        function isReader(bytes32 mission, address account) external view returns (bool);
        function nextToken() external view returns (uint256);
        function summonsOf(uint256 token) external view returns (bytes32 mission, address validator, uint64 expiry, uint64 acknowledgedAt, bool revoked);
        function locked(uint256 tokenId) external view returns (bool);
        function owner() external view returns (address);
    }

    #[derive(Debug, PartialEq, Eq)]
    interface IBudgetManager {
        event MissionOpened(bytes32 indexed mission, uint256 cap);
        event BudgetCapUpdated(bytes32 indexed mission, uint256 previous, uint256 current, address indexed by);

        function updateCap(bytes32 mission, uint256 microUsd) external;
        function capOf(bytes32 mission) external view returns (uint256);
    }

    #[derive(Debug, PartialEq, Eq)]
    interface ISystemPause {
        event FleetPaused(address indexed by);
        event FleetResumed(address indexed by);

        function pauseAll() external;
        function unpauseAll() external;
        function paused() external view returns (bool);
        function tripped() external view returns (bool);
        function governance() external view returns (address);
    }

    #[derive(Debug, PartialEq, Eq)]
    interface IPauseGuardian {
        error PauseGuardianNotOwner(address found, address expected);
        error PauseGuardianResumeDelayed(address timelock);
        error PauseGuardianNotCosigned(uint256 trip);

        event TripwirePaused(address indexed by, bytes32 rule, string reason);
        event TripwireResumed(address indexed by);

        function pauseAll() external;
        function unpauseAll() external;
        function guardian() external view returns (address);
        function owner() external view returns (address);
        function systemPause() external view returns (address);
        function trip() external view returns (uint256);
        function council() external view returns (address);
        function timelock() external view returns (address);
    }

    #[derive(Debug, PartialEq, Eq)]
    interface IManager {
        event PauseCallForwarded(address indexed target, bytes data, bytes response);

        function forwardPauseCall(bytes data) external returns (bytes);
        function systemPause() external view returns (address);
        function governance() external view returns (address);
        function guardianCouncil() external view returns (address);
    }

    #[derive(Debug, PartialEq, Eq)]
    interface IValidatorRegistry {
        function isValidator(address account) external view returns (bool);
        function validators() external view returns (address[]);
        function milestoneQuorum() external view returns (uint8);
        function addValidator(address account) external;
        function removeValidator(address account) external;
    }

    #[derive(Debug, PartialEq, Eq)]
    interface ICheckpointLedger {
        event CheckpointAnchored(bytes32 indexed mission, uint64 indexed size, bytes32 root, address indexed by);

        function anchor(bytes32 mission, uint64 size, bytes32 root) external;
        function isAnchorer(address account) external view returns (bool);
        function latest(bytes32 mission) external view returns (uint64 size, bytes32 root);
    }

    #[derive(Debug, PartialEq, Eq)]
    interface IMissionEscrow {
        struct Milestone {
            uint16 payoutBps;
            address[] payees;
        }

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

        struct Approval {
            address validator;
            uint64 deadline;
            bytes signature;
        }

        event MissionFunded(bytes32 indexed mission, address indexed operator, uint256 deposit, bytes32 indexed specHash, bytes32 termsHash);
        event MilestoneReleased(bytes32 indexed mission, uint256 indexed milestone, uint256 amount, uint256 validatorReward, bytes32 deliverable, bytes32 root);
        event Paid(bytes32 indexed mission, uint256 indexed milestone, address indexed payee, uint256 amount, uint8 kind);
        event MissionClosed(bytes32 indexed mission);
        event MissionFailed(bytes32 indexed mission, uint256 slashed, uint256 refunded, string reason, address indexed by);
        event MissionRefunded(bytes32 indexed mission, address indexed operator, uint256 amount);

        function fund(bytes32 mission, Terms terms) external returns (uint256 deposit);
        function failMission(bytes32 mission, string reason) external;
        function refund(bytes32 mission) external;
        function depositOf(Terms terms) external pure returns (uint256);
        function releaseMilestone(bytes32 mission, uint256 milestone, bytes32 deliverable, bytes32 root, Approval[] approvals) external;
        function isReleased(bytes32 mission, uint256 milestone) external view returns (bool);
        function paused() external view returns (bool);
        function token() external view returns (address);
        function validatorRegistry() external view returns (address);
        function budgetManager() external view returns (address);
        function systemPause() external view returns (address);
    }

    /// What a summoned validator signs to confirm the summons (EIP-712, domain `Phase8 AttestationModule`, version 1).
    #[derive(Debug, PartialEq, Eq)]
    struct SummonsAcknowledgement {
        uint256 token;
        uint64 deadline;
    }

    /// What a validator signs (EIP-712).
    #[derive(Debug, PartialEq, Eq)]
    struct MilestoneApproval {
        bytes32 mission;
        uint256 milestone;
        bytes32 deliverable;
        bytes32 root;
        uint64 deadline;
    }
}

mod votes {
    #![expect(
        clippy::too_many_arguments,
        reason = "an event of OpenZeppelin's governor has nine parameters"
    )]

    use alloy_sol_types::sol;

    sol! {
        /// OpenZeppelin's `Governor` with counting, quorum and timelock, as far as it is spoken to.
        #[derive(Debug, PartialEq, Eq)]
        interface IAdapterGovernor {
            event ProposalCreated(uint256 proposalId, address proposer, address[] targets, uint256[] values, string[] signatures, bytes[] calldatas, uint256 voteStart, uint256 voteEnd, string description);
            event VoteCast(address indexed voter, uint256 proposalId, uint8 support, uint256 weight, string reason);
            event ProposalQueued(uint256 proposalId, uint256 etaSeconds);
            event ProposalExecuted(uint256 proposalId);
            event ProposalCanceled(uint256 proposalId);

            function propose(address[] targets, uint256[] values, bytes[] calldatas, string description) external returns (uint256);
            function castVote(uint256 proposalId, uint8 support) external returns (uint256);
            function queue(address[] targets, uint256[] values, bytes[] calldatas, bytes32 descriptionHash) external returns (uint256);
            function execute(address[] targets, uint256[] values, bytes[] calldatas, bytes32 descriptionHash) external returns (uint256);
            function state(uint256 proposalId) external view returns (uint8);
            function quorum(uint256 timepoint) external view returns (uint256);
            function proposalThreshold() external view returns (uint256);
            function hasVoted(uint256 proposalId, address account) external view returns (bool);
        }
    }
}

pub use votes::IAdapterGovernor;
