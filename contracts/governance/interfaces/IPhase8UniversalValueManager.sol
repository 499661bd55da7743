// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title The owner's registry of domains, sentinels, capital streams and plans
/// @dev Selectors, events and errors are those that existing owner consoles speak, so they carry no prefix. Every
/// function that changes something is for governance alone and reverts with `NotGovernance` otherwise.
interface IPhase8UniversalValueManager {
    /// @notice What holds for the whole system.
    struct GlobalParameters {
        address treasury;
        address universalVault;
        address upgradeCoordinator;
        address validatorRegistry;
        address missionControl;
        address knowledgeGraph;
        uint64 heartbeatSeconds;
        uint64 guardianReviewWindow;
        uint256 maxDrawdownBps;
        string manifestoURI;
        bytes32 manifestoHash;
    }

    /// @notice A field in which value is made.
    struct ValueDomain {
        string slug;
        string name;
        string metadataURI;
        address orchestrator;
        address capitalVault;
        address validatorModule;
        address policyKernel;
        uint64 heartbeatSeconds;
        uint256 tvlLimit;
        uint256 autonomyLevelBps;
        bool active;
    }

    /// @notice A domain with its id.
    struct DomainView {
        bytes32 id;
        ValueDomain config;
    }

    /// @notice An agent that watches domains.
    struct SentinelProfile {
        string slug;
        string name;
        string uri;
        address agent;
        uint64 coverageSeconds;
        uint256 sensitivityBps;
        bool active;
    }

    /// @notice A sentinel with its id.
    struct SentinelView {
        bytes32 id;
        SentinelProfile profile;
    }

    /// @notice A vault that funds domains.
    struct CapitalStream {
        string slug;
        string name;
        string uri;
        address vault;
        uint256 annualBudget;
        uint256 expansionBps;
        bool active;
    }

    /// @notice A stream with its id.
    struct CapitalStreamView {
        bytes32 id;
        CapitalStream stream;
    }

    /// @notice How the system improves itself.
    struct SelfImprovementPlan {
        string planURI;
        bytes32 planHash;
        uint64 cadenceSeconds;
        uint64 lastExecutedAt;
        string lastReportURI;
    }

    /// @notice The global parameters changed, wholly or in part.
    event GlobalParametersUpdated(GlobalParameters params);
    /// @notice Another guardian council was named.
    event GuardianCouncilUpdated(address indexed council);
    /// @notice Pause calls go to another contract from now on.
    event SystemPauseUpdated(address indexed systemPause);
    /// @notice A call was forwarded to the pause switch.
    event PauseCallForwarded(address indexed target, bytes data, bytes response);
    /// @notice A domain was registered.
    event DomainRegistered(bytes32 indexed id, ValueDomain domain);
    /// @notice A domain was replaced.
    event DomainUpdated(bytes32 indexed id, ValueDomain domain);
    /// @notice A domain was switched on or off.
    event DomainStatusChanged(bytes32 indexed id, bool active);
    /// @notice A domain's limits changed.
    event DomainLimitsUpdated(bytes32 indexed id, uint256 tvlLimit, uint256 autonomyLevelBps, uint64 heartbeatSeconds);
    /// @notice A domain was removed, and with it every binding to it.
    event DomainRemoved(bytes32 indexed id);
    /// @notice A sentinel was registered.
    event SentinelRegistered(bytes32 indexed id, SentinelProfile profile);
    /// @notice A sentinel was replaced.
    event SentinelUpdated(bytes32 indexed id, SentinelProfile profile);
    /// @notice A sentinel was switched on or off.
    event SentinelStatusChanged(bytes32 indexed id, bool active);
    /// @notice A sentinel watches these domains from now on; none means all.
    event SentinelDomainsUpdated(bytes32 indexed id, bytes32[] domainIds);
    /// @notice A sentinel was removed.
    event SentinelRemoved(bytes32 indexed id);
    /// @notice A capital stream was registered.
    event CapitalStreamRegistered(bytes32 indexed id, CapitalStream stream);
    /// @notice A capital stream was replaced.
    event CapitalStreamUpdated(bytes32 indexed id, CapitalStream stream);
    /// @notice A capital stream was switched on or off.
    event CapitalStreamStatusChanged(bytes32 indexed id, bool active);
    /// @notice A capital stream funds these domains from now on; none means all.
    event CapitalStreamDomainsUpdated(bytes32 indexed id, bytes32[] domainIds);
    /// @notice A capital stream was removed.
    event CapitalStreamRemoved(bytes32 indexed id);
    /// @notice The self-improvement plan was replaced.
    event SelfImprovementPlanUpdated(
        string planURI, bytes32 indexed planHash, uint64 cadenceSeconds, uint64 lastExecutedAt, string lastReportURI
    );
    /// @notice The plan was carried out.
    event SelfImprovementExecutionRecorded(uint64 executedAt, string reportURI, bytes32 indexed planHash);

    /// @notice A slug is empty.
    error EmptySlug();
    /// @notice A name is empty.
    error EmptyName();
    /// @notice The slug is taken by a domain.
    error DuplicateDomain(bytes32 id);
    /// @notice There is no such domain, or the slug given names another one.
    error UnknownDomain(bytes32 id);
    /// @notice The slug is taken by a sentinel.
    error DuplicateSentinel(bytes32 id);
    /// @notice There is no such sentinel, or the slug given names another one.
    error UnknownSentinel(bytes32 id);
    /// @notice The slug is taken by a stream.
    error DuplicateStream(bytes32 id);
    /// @notice There is no such stream, or the slug given names another one.
    error UnknownStream(bytes32 id);
    /// @notice A domain is named twice.
    error DuplicateBinding(bytes32 id);
    /// @notice An address is zero, or lacks the code it must have.
    error InvalidAddress(string field, address provided);
    /// @notice A number of seconds that must be positive is zero.
    error InvalidHeartbeat();
    /// @notice A rate is above 10000 bps.
    error InvalidBps(uint256 provided);
    /// @notice A URI is empty.
    error InvalidURI(string field);
    /// @notice The manifesto's URI is empty.
    error ManifestRequired();
    /// @notice The manifesto's hash is zero.
    error ManifestHashRequired();
    /// @notice The plan's cadence is zero.
    error InvalidCadence(uint64 provided);
    /// @notice The plan's hash is zero.
    error InvalidPlanHash();
    /// @notice An execution lies in the future, before the last one, or at zero.
    error InvalidExecutionTimestamp(uint64 provided);
    /// @notice There is no plan whose execution could be recorded.
    error SelfImprovementPlanUnset();
    /// @notice A sentinel must cover the guardians' review window, and at least a second.
    error SentinelCoverageTooShort(uint64 provided, uint64 required);

    /// @notice Replaces the global parameters.
    /// @dev Sentinels that are registered already are not measured again against a longer review window.
    function setGlobalParameters(GlobalParameters calldata params) external;

    /// @notice Names the guardian council, which must have code.
    function setGuardianCouncil(address council) external;

    /// @notice Names the pause switch, which must have code.
    function setSystemPause(address newSystemPause) external;

    /// @notice Replaces the manifesto.
    function updateManifesto(string calldata manifestoURI, bytes32 manifestoHash) external;

    /// @notice Replaces the heartbeat, the guardians' review window and the drawdown limit.
    function updateRiskParameters(uint64 heartbeatSeconds, uint64 guardianReviewWindow, uint256 maxDrawdownBps) external;

    /// @notice Calls the pause switch with `data`; reverts with the switch's own error.
    /// @dev Works only if this contract governs the switch.
    /// @return what the switch returned
    function forwardPauseCall(bytes calldata data) external returns (bytes memory);

    /// @notice Registers a domain under keccak256 of its slug in lower case.
    /// @return the domain's id
    function registerDomain(ValueDomain calldata config) external returns (bytes32);

    /// @notice Replaces a domain; the slug may change its case only.
    function updateDomain(bytes32 id, ValueDomain calldata config) external;

    /// @notice Removes a domain and every binding to it.
    /// @dev Whoever was bound to this domain alone is bound to all afterwards: the events tell.
    function removeDomain(bytes32 id) external;

    /// @notice Switches a domain on or off.
    function setDomainStatus(bytes32 id, bool active) external;

    /// @notice Replaces a domain's limits.
    function configureDomainLimits(bytes32 id, uint256 tvlLimit, uint256 autonomyLevelBps, uint64 heartbeatSeconds)
        external;

    /// @notice Registers a sentinel under keccak256 of its slug in lower case.
    /// @return the sentinel's id
    function registerSentinel(SentinelProfile calldata profile) external returns (bytes32);

    /// @notice Replaces a sentinel; the slug may change its case only.
    function updateSentinel(bytes32 id, SentinelProfile calldata profile) external;

    /// @notice Removes a sentinel.
    function removeSentinel(bytes32 id) external;

    /// @notice Switches a sentinel on or off.
    function setSentinelStatus(bytes32 id, bool active) external;

    /// @notice Binds a sentinel to domains; none means all.
    function setSentinelDomains(bytes32 id, bytes32[] calldata domainIds) external;

    /// @notice Registers a capital stream under keccak256 of its slug in lower case.
    /// @return the stream's id
    function registerCapitalStream(CapitalStream calldata stream) external returns (bytes32);

    /// @notice Replaces a capital stream; the slug may change its case only.
    function updateCapitalStream(bytes32 id, CapitalStream calldata stream) external;

    /// @notice Removes a capital stream.
    function removeCapitalStream(bytes32 id) external;

    /// @notice Switches a capital stream on or off.
    function setCapitalStreamStatus(bytes32 id, bool active) external;

    /// @notice Binds a capital stream to domains; none means all.
    function setCapitalStreamDomains(bytes32 id, bytes32[] calldata domainIds) external;

    /// @notice Replaces the self-improvement plan.
    function setSelfImprovementPlan(SelfImprovementPlan calldata plan) external;

    /// @notice Records that the plan was carried out.
    function recordSelfImprovementExecution(uint64 executedAt, string calldata reportURI) external;

    /// @notice The guardian council; zero if none was named.
    function guardianCouncil() external view returns (address);

    /// @notice The pause switch; zero if none was named.
    function systemPause() external view returns (address);

    /// @notice Every domain, in no order that means anything.
    function listDomains() external view returns (DomainView[] memory);

    /// @notice Every sentinel, in no order that means anything.
    function listSentinels() external view returns (SentinelView[] memory);

    /// @notice Every capital stream, in no order that means anything.
    function listCapitalStreams() external view returns (CapitalStreamView[] memory);

    /// @notice One domain; reverts if there is none.
    function getDomain(bytes32 id) external view returns (ValueDomain memory);

    /// @notice One sentinel; reverts if there is none.
    function getSentinel(bytes32 id) external view returns (SentinelProfile memory);

    /// @notice One capital stream; reverts if there is none.
    function getCapitalStream(bytes32 id) external view returns (CapitalStream memory);

    /// @notice The domains that a sentinel is bound to; none means all. Reverts if there is no such sentinel.
    function getSentinelDomains(bytes32 id) external view returns (bytes32[] memory);

    /// @notice The domains that a capital stream is bound to; none means all. Reverts if there is no such stream.
    function getCapitalStreamDomains(bytes32 id) external view returns (bytes32[] memory);
}
