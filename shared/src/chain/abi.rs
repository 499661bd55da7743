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
    }

    #[derive(Debug, PartialEq, Eq)]
    interface IOwnerProxy {
        event Executed(address indexed target, bytes4 indexed selector, bytes data, address indexed by);

        function execute(address target, bytes data) external returns (bytes);
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
        function governance() external view returns (address);
    }

    #[derive(Debug, PartialEq, Eq)]
    interface IPauseGuardian {
        error PauseGuardianNotOwner(address found, address expected);

        event TripwirePaused(address indexed by, bytes32 rule, string reason);
        event TripwireResumed(address indexed by);

        function pauseAll() external;
        function unpauseAll() external;
        function guardian() external view returns (address);
        function owner() external view returns (address);
        function systemPause() external view returns (address);
    }

    #[derive(Debug, PartialEq, Eq)]
    interface IManager {
        event PauseCallForwarded(address indexed target, bytes data, bytes response);

        function forwardPauseCall(bytes data) external returns (bytes);
        function systemPause() external view returns (address);
        function governance() external view returns (address);
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
