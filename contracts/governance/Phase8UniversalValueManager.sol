// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import {Governable} from "./Governable.sol";
import {IPhase8UniversalValueManager} from "./interfaces/IPhase8UniversalValueManager.sol";

/// @title The owner's registry of domains, sentinels, capital streams and plans
/// @dev A record that others read and obey; the one thing it moves is the pause switch. Its runtime must stay below the
/// 24,576 bytes of EIP-170, which is why checks are shared and bindings are sets.
contract Phase8UniversalValueManager is IPhase8UniversalValueManager, Governable {
    using EnumerableSet for EnumerableSet.Bytes32Set;

    /// @notice The shape that this contract implements.
    string public constant SPEC_VERSION = "phase8.universal-value.v1";

    uint256 private constant BPS = 10_000;

    /// @notice The global parameters, one value per field.
    /// @dev A public variable, because consoles expect its flat return values and not a struct.
    GlobalParameters public globalParameters;
    /// @notice The self-improvement plan, one value per field.
    SelfImprovementPlan public selfImprovementPlan;

    address private _guardianCouncil;
    address private _systemPause;

    EnumerableSet.Bytes32Set private _domainIds;
    EnumerableSet.Bytes32Set private _sentinelIds;
    EnumerableSet.Bytes32Set private _streamIds;

    mapping(bytes32 id => ValueDomain) private _domains;
    mapping(bytes32 id => SentinelProfile) private _sentinels;
    mapping(bytes32 id => CapitalStream) private _streams;
    mapping(bytes32 id => EnumerableSet.Bytes32Set) private _sentinelDomains;
    mapping(bytes32 id => EnumerableSet.Bytes32Set) private _streamDomains;

    /// @dev Council and switch may be addresses known in advance, without code yet, or zero to be named later.
    /// @param initialGovernance who may change things: the OwnerProxy, a timelock, a Safe
    /// @param initialCouncil the guardian council
    /// @param initialSystemPause the pause switch
    constructor(address initialGovernance, address initialCouncil, address initialSystemPause)
        Governable(initialGovernance)
    {
        _guardianCouncil = initialCouncil;
        emit GuardianCouncilUpdated(initialCouncil);
        _systemPause = initialSystemPause;
        emit SystemPauseUpdated(initialSystemPause);
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function setGlobalParameters(GlobalParameters calldata params) external onlyGovernance {
        _requireAddress("treasury", params.treasury);
        _requireAddress("universalVault", params.universalVault);
        _requireAddress("upgradeCoordinator", params.upgradeCoordinator);
        _requireAddress("validatorRegistry", params.validatorRegistry);
        _requireAddress("missionControl", params.missionControl);
        _requireAddress("knowledgeGraph", params.knowledgeGraph);
        _requireRisk(params.heartbeatSeconds, params.guardianReviewWindow, params.maxDrawdownBps);
        _requireManifesto(params.manifestoURI, params.manifestoHash);

        globalParameters = params;
        emit GlobalParametersUpdated(params);
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function setGuardianCouncil(address council) external onlyGovernance {
        _requireCode("guardianCouncil", council);
        _guardianCouncil = council;
        emit GuardianCouncilUpdated(council);
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function setSystemPause(address newSystemPause) external onlyGovernance {
        _requireCode("systemPause", newSystemPause);
        _systemPause = newSystemPause;
        emit SystemPauseUpdated(newSystemPause);
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function updateManifesto(string calldata manifestoURI, bytes32 manifestoHash) external onlyGovernance {
        _requireManifesto(manifestoURI, manifestoHash);
        globalParameters.manifestoURI = manifestoURI;
        globalParameters.manifestoHash = manifestoHash;
        emit GlobalParametersUpdated(globalParameters);
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function updateRiskParameters(uint64 heartbeatSeconds, uint64 guardianReviewWindow, uint256 maxDrawdownBps)
        external
        onlyGovernance
    {
        _requireRisk(heartbeatSeconds, guardianReviewWindow, maxDrawdownBps);
        globalParameters.heartbeatSeconds = heartbeatSeconds;
        globalParameters.guardianReviewWindow = guardianReviewWindow;
        globalParameters.maxDrawdownBps = maxDrawdownBps;
        emit GlobalParametersUpdated(globalParameters);
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function forwardPauseCall(bytes calldata data) external onlyGovernance returns (bytes memory) {
        address target = _systemPause;
        _requireAddress("systemPause", target);
        bytes memory response = Address.functionCall(target, data);
        // After the call, because the event carries the answer; the call is made to a contract that governance chose.
        emit PauseCallForwarded(target, data, response);
        return response;
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function registerDomain(ValueDomain calldata config) external onlyGovernance returns (bytes32) {
        bytes32 id = _checkDomain(config);
        if (!_domainIds.add(id)) revert DuplicateDomain(id);
        _domains[id] = config;
        emit DomainRegistered(id, config);
        return id;
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function updateDomain(bytes32 id, ValueDomain calldata config) external onlyGovernance {
        _requireDomain(id);
        bytes32 named = _checkDomain(config);
        if (named != id) revert UnknownDomain(named);
        _domains[id] = config;
        emit DomainUpdated(id, config);
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function removeDomain(bytes32 id) external onlyGovernance {
        if (!_domainIds.remove(id)) revert UnknownDomain(id);
        delete _domains[id];
        emit DomainRemoved(id);

        for (uint256 i = 0; i < _sentinelIds.length(); ++i) {
            bytes32 sentinel = _sentinelIds.at(i);
            EnumerableSet.Bytes32Set storage bound = _sentinelDomains[sentinel];
            if (bound.remove(id)) emit SentinelDomainsUpdated(sentinel, bound.values());
        }
        for (uint256 i = 0; i < _streamIds.length(); ++i) {
            bytes32 stream = _streamIds.at(i);
            EnumerableSet.Bytes32Set storage bound = _streamDomains[stream];
            if (bound.remove(id)) emit CapitalStreamDomainsUpdated(stream, bound.values());
        }
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function setDomainStatus(bytes32 id, bool active) external onlyGovernance {
        _requireDomain(id);
        _domains[id].active = active;
        emit DomainStatusChanged(id, active);
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function configureDomainLimits(bytes32 id, uint256 tvlLimit, uint256 autonomyLevelBps, uint64 heartbeatSeconds)
        external
        onlyGovernance
    {
        _requireDomain(id);
        _requireBps(autonomyLevelBps);
        _requireSeconds(heartbeatSeconds);
        ValueDomain storage domain = _domains[id];
        domain.tvlLimit = tvlLimit;
        domain.autonomyLevelBps = autonomyLevelBps;
        domain.heartbeatSeconds = heartbeatSeconds;
        emit DomainLimitsUpdated(id, tvlLimit, autonomyLevelBps, heartbeatSeconds);
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function registerSentinel(SentinelProfile calldata profile) external onlyGovernance returns (bytes32) {
        bytes32 id = _checkSentinel(profile);
        if (!_sentinelIds.add(id)) revert DuplicateSentinel(id);
        _sentinels[id] = profile;
        emit SentinelRegistered(id, profile);
        return id;
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function updateSentinel(bytes32 id, SentinelProfile calldata profile) external onlyGovernance {
        _requireSentinel(id);
        bytes32 named = _checkSentinel(profile);
        if (named != id) revert UnknownSentinel(named);
        _sentinels[id] = profile;
        emit SentinelUpdated(id, profile);
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function removeSentinel(bytes32 id) external onlyGovernance {
        if (!_sentinelIds.remove(id)) revert UnknownSentinel(id);
        delete _sentinels[id];
        _sentinelDomains[id].clear();
        emit SentinelRemoved(id);
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function setSentinelStatus(bytes32 id, bool active) external onlyGovernance {
        _requireSentinel(id);
        _sentinels[id].active = active;
        emit SentinelStatusChanged(id, active);
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function setSentinelDomains(bytes32 id, bytes32[] calldata domainIds) external onlyGovernance {
        _requireSentinel(id);
        _bind(_sentinelDomains[id], domainIds);
        emit SentinelDomainsUpdated(id, domainIds);
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function registerCapitalStream(CapitalStream calldata stream) external onlyGovernance returns (bytes32) {
        bytes32 id = _checkStream(stream);
        if (!_streamIds.add(id)) revert DuplicateStream(id);
        _streams[id] = stream;
        emit CapitalStreamRegistered(id, stream);
        return id;
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function updateCapitalStream(bytes32 id, CapitalStream calldata stream) external onlyGovernance {
        _requireStream(id);
        bytes32 named = _checkStream(stream);
        if (named != id) revert UnknownStream(named);
        _streams[id] = stream;
        emit CapitalStreamUpdated(id, stream);
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function removeCapitalStream(bytes32 id) external onlyGovernance {
        if (!_streamIds.remove(id)) revert UnknownStream(id);
        delete _streams[id];
        _streamDomains[id].clear();
        emit CapitalStreamRemoved(id);
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function setCapitalStreamStatus(bytes32 id, bool active) external onlyGovernance {
        _requireStream(id);
        _streams[id].active = active;
        emit CapitalStreamStatusChanged(id, active);
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function setCapitalStreamDomains(bytes32 id, bytes32[] calldata domainIds) external onlyGovernance {
        _requireStream(id);
        _bind(_streamDomains[id], domainIds);
        emit CapitalStreamDomainsUpdated(id, domainIds);
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function setSelfImprovementPlan(SelfImprovementPlan calldata plan) external onlyGovernance {
        _requireURI("planURI", plan.planURI);
        if (plan.planHash == bytes32(0)) revert InvalidPlanHash();
        if (plan.cadenceSeconds == 0) revert InvalidCadence(plan.cadenceSeconds);
        if (plan.lastExecutedAt > block.timestamp) revert InvalidExecutionTimestamp(plan.lastExecutedAt);

        selfImprovementPlan = plan;
        emit SelfImprovementPlanUpdated(
            plan.planURI, plan.planHash, plan.cadenceSeconds, plan.lastExecutedAt, plan.lastReportURI
        );
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function recordSelfImprovementExecution(uint64 executedAt, string calldata reportURI) external onlyGovernance {
        SelfImprovementPlan storage plan = selfImprovementPlan;
        bytes32 planHash = plan.planHash;
        if (planHash == bytes32(0)) revert SelfImprovementPlanUnset();
        if (executedAt == 0 || executedAt > block.timestamp || executedAt < plan.lastExecutedAt) {
            revert InvalidExecutionTimestamp(executedAt);
        }
        _requireURI("reportURI", reportURI);

        plan.lastExecutedAt = executedAt;
        plan.lastReportURI = reportURI;
        emit SelfImprovementExecutionRecorded(executedAt, reportURI, planHash);
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function guardianCouncil() external view returns (address) {
        return _guardianCouncil;
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function systemPause() external view returns (address) {
        return _systemPause;
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function listDomains() external view returns (DomainView[] memory) {
        bytes32[] memory ids = _domainIds.values();
        DomainView[] memory found = new DomainView[](ids.length);
        for (uint256 i = 0; i < ids.length; ++i) {
            found[i] = DomainView({id: ids[i], config: _domains[ids[i]]});
        }
        return found;
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function listSentinels() external view returns (SentinelView[] memory) {
        bytes32[] memory ids = _sentinelIds.values();
        SentinelView[] memory found = new SentinelView[](ids.length);
        for (uint256 i = 0; i < ids.length; ++i) {
            found[i] = SentinelView({id: ids[i], profile: _sentinels[ids[i]]});
        }
        return found;
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function listCapitalStreams() external view returns (CapitalStreamView[] memory) {
        bytes32[] memory ids = _streamIds.values();
        CapitalStreamView[] memory found = new CapitalStreamView[](ids.length);
        for (uint256 i = 0; i < ids.length; ++i) {
            found[i] = CapitalStreamView({id: ids[i], stream: _streams[ids[i]]});
        }
        return found;
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function getDomain(bytes32 id) external view returns (ValueDomain memory) {
        _requireDomain(id);
        return _domains[id];
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function getSentinel(bytes32 id) external view returns (SentinelProfile memory) {
        _requireSentinel(id);
        return _sentinels[id];
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function getCapitalStream(bytes32 id) external view returns (CapitalStream memory) {
        _requireStream(id);
        return _streams[id];
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function getSentinelDomains(bytes32 id) external view returns (bytes32[] memory) {
        _requireSentinel(id);
        return _sentinelDomains[id].values();
    }

    /// @inheritdoc IPhase8UniversalValueManager
    function getCapitalStreamDomains(bytes32 id) external view returns (bytes32[] memory) {
        _requireStream(id);
        return _streamDomains[id].values();
    }

    function _bind(EnumerableSet.Bytes32Set storage bound, bytes32[] calldata domainIds) private {
        bound.clear();
        for (uint256 i = 0; i < domainIds.length; ++i) {
            _requireDomain(domainIds[i]);
            if (!bound.add(domainIds[i])) revert DuplicateBinding(domainIds[i]);
        }
    }

    function _checkDomain(ValueDomain calldata config) private pure returns (bytes32) {
        bytes32 id = _checkNames(config.slug, config.name, "metadataURI", config.metadataURI);
        _requireAddress("orchestrator", config.orchestrator);
        _requireAddress("capitalVault", config.capitalVault);
        _requireAddress("validatorModule", config.validatorModule);
        _requireAddress("policyKernel", config.policyKernel);
        _requireSeconds(config.heartbeatSeconds);
        _requireBps(config.autonomyLevelBps);
        return id;
    }

    function _checkSentinel(SentinelProfile calldata profile) private view returns (bytes32) {
        bytes32 id = _checkNames(profile.slug, profile.name, "uri", profile.uri);
        _requireAddress("agent", profile.agent);
        uint64 required = globalParameters.guardianReviewWindow;
        if (required == 0) required = 1;
        if (profile.coverageSeconds < required) revert SentinelCoverageTooShort(profile.coverageSeconds, required);
        _requireBps(profile.sensitivityBps);
        return id;
    }

    function _checkStream(CapitalStream calldata stream) private pure returns (bytes32) {
        bytes32 id = _checkNames(stream.slug, stream.name, "uri", stream.uri);
        _requireAddress("vault", stream.vault);
        _requireBps(stream.expansionBps);
        return id;
    }

    function _checkNames(string calldata slug, string calldata name, string memory uriField, string calldata uri)
        private
        pure
        returns (bytes32)
    {
        if (bytes(slug).length == 0) revert EmptySlug();
        if (bytes(name).length == 0) revert EmptyName();
        _requireURI(uriField, uri);
        return _idOf(slug);
    }

    /// @dev Lowers ASCII letters only, as every reader of these ids does.
    function _idOf(string memory slug) private pure returns (bytes32) {
        bytes memory text = bytes(slug);
        for (uint256 i = 0; i < text.length; ++i) {
            if (text[i] >= "A" && text[i] <= "Z") text[i] |= 0x20;
        }
        return keccak256(text);
    }

    function _requireManifesto(string calldata uri, bytes32 hash) private pure {
        if (bytes(uri).length == 0) revert ManifestRequired();
        if (hash == bytes32(0)) revert ManifestHashRequired();
    }

    function _requireRisk(uint64 heartbeatSeconds, uint64 guardianReviewWindow, uint256 maxDrawdownBps) private pure {
        _requireSeconds(heartbeatSeconds);
        _requireSeconds(guardianReviewWindow);
        _requireBps(maxDrawdownBps);
    }

    function _requireDomain(bytes32 id) private view {
        if (!_domainIds.contains(id)) revert UnknownDomain(id);
    }

    function _requireSentinel(bytes32 id) private view {
        if (!_sentinelIds.contains(id)) revert UnknownSentinel(id);
    }

    function _requireStream(bytes32 id) private view {
        if (!_streamIds.contains(id)) revert UnknownStream(id);
    }

    function _requireCode(string memory field, address provided) private view {
        if (provided.code.length == 0) revert InvalidAddress(field, provided);
    }

    function _requireAddress(string memory field, address provided) private pure {
        if (provided == address(0)) revert InvalidAddress(field, provided);
    }

    function _requireURI(string memory field, string memory uri) private pure {
        if (bytes(uri).length == 0) revert InvalidURI(field);
    }

    function _requireBps(uint256 bps) private pure {
        if (bps > BPS) revert InvalidBps(bps);
    }

    function _requireSeconds(uint64 duration) private pure {
        if (duration == 0) revert InvalidHeartbeat();
    }
}
