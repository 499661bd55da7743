// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {Governable} from "../../governance/Governable.sol";
import {Phase8UniversalValueManager} from "../../governance/Phase8UniversalValueManager.sol";
import {IPhase8UniversalValueManager as Manager} from "../../governance/interfaces/IPhase8UniversalValueManager.sol";
import {Fleet} from "../support/Fleet.sol";

contract Phase8UniversalValueManagerTest is Fleet {
    bytes32 private constant FINANCE = keccak256("atlas-finance");

    function setUp() public override {
        super.setUp();
        manager = new Phase8UniversalValueManager(address(this), address(council), address(switch_));
    }

    function test_theConstructorTakesPartsThatHaveNoCodeYet() public {
        vm.recordLogs();
        Phase8UniversalValueManager other = new Phase8UniversalValueManager(owner, address(council), stranger);
        assertEq(vm.getRecordedLogs().length, 3, "governance, council and switch are told");
        assertEq(other.guardianCouncil(), address(council), "council");
        assertEq(other.systemPause(), stranger, "switch");
        assertEq(other.governance(), owner, "governance");
        assertEq(other.owner(), owner, "owner");
        assertText(other.SPEC_VERSION(), "phase8.universal-value.v1", "version");
    }

    function test_globalParametersAreReplacedAndReadFlat() public {
        Manager.GlobalParameters memory params = _params();
        vm.expectEmit(address(manager));
        emit Manager.GlobalParametersUpdated(params);
        manager.setGlobalParameters(params);

        (
            address first,,,,,
            address sixth,
            uint64 heartbeat,
            uint64 window,
            uint256 drawdown,
            string memory uri,
            bytes32 hash
        ) = manager.globalParameters();
        assertEq(first, params.treasury, "treasury");
        assertEq(sixth, params.knowledgeGraph, "knowledge graph");
        assertEq(heartbeat, 600, "heartbeat");
        assertEq(window, 900, "window");
        assertEq(drawdown, 2500, "drawdown");
        assertText(uri, "ipfs://manifesto", "manifesto");
        assertEq(hash, keccak256("manifesto"), "hash");
    }

    function test_globalParametersThatCannotHoldAreRefused() public {
        Manager.GlobalParameters memory params = _params();
        params.upgradeCoordinator = address(0);
        _refused(abi.encodeCall(manager.setGlobalParameters, (params)), _zero("upgradeCoordinator"));

        params = _params();
        params.heartbeatSeconds = 0;
        _refused(abi.encodeCall(manager.setGlobalParameters, (params)), _error(Manager.InvalidHeartbeat.selector));

        params = _params();
        params.guardianReviewWindow = 0;
        _refused(abi.encodeCall(manager.setGlobalParameters, (params)), _error(Manager.InvalidHeartbeat.selector));

        params = _params();
        params.maxDrawdownBps = 10_001;
        _refused(abi.encodeCall(manager.setGlobalParameters, (params)), _bps(10_001));

        params = _params();
        params.manifestoURI = "";
        _refused(abi.encodeCall(manager.setGlobalParameters, (params)), _error(Manager.ManifestRequired.selector));

        params = _params();
        params.manifestoHash = 0;
        _refused(abi.encodeCall(manager.setGlobalParameters, (params)), _error(Manager.ManifestHashRequired.selector));
    }

    function test_manifestoAndRiskAreUpdatedApart() public {
        manager.setGlobalParameters(_params());
        manager.updateManifesto("ipfs://second", keccak256("second"));
        manager.updateRiskParameters(60, 120, 300);
        (address first,,,,,, uint64 heartbeat, uint64 window, uint256 drawdown, string memory uri, bytes32 hash) =
            manager.globalParameters();
        assertEq(first, _params().treasury, "treasury untouched");
        assertEq(heartbeat, 60, "heartbeat");
        assertEq(window, 120, "window");
        assertEq(drawdown, 300, "drawdown");
        assertText(uri, "ipfs://second", "manifesto");
        assertEq(hash, keccak256("second"), "hash");

        _refused(abi.encodeCall(manager.updateManifesto, ("", hash)), _error(Manager.ManifestRequired.selector));
        _refused(abi.encodeCall(manager.updateRiskParameters, (1, 1, 10_001)), _bps(10_001));
    }

    function test_councilAndSwitchMustHaveCode() public {
        _refused(
            abi.encodeCall(manager.setGuardianCouncil, (stranger)),
            abi.encodeWithSelector(Manager.InvalidAddress.selector, "guardianCouncil", stranger)
        );
        _refused(
            abi.encodeCall(manager.setSystemPause, (stranger)),
            abi.encodeWithSelector(Manager.InvalidAddress.selector, "systemPause", stranger)
        );
        vm.expectEmit(address(manager));
        emit Manager.GuardianCouncilUpdated(address(wallet));
        manager.setGuardianCouncil(address(wallet));
        vm.expectEmit(address(manager));
        emit Manager.SystemPauseUpdated(address(escrow));
        manager.setSystemPause(address(escrow));
        assertEq(manager.systemPause(), address(escrow), "switch");
    }

    function test_aPauseCallIsForwardedWithItsAnswer() public {
        bytes memory question = abi.encodeWithSignature("pauseGuardian()");
        bytes memory answer = abi.encode(address(guardian));
        vm.expectEmit(address(manager));
        emit Manager.PauseCallForwarded(address(switch_), question, answer);
        assertEq(keccak256(manager.forwardPauseCall(question)), keccak256(answer), "answer");
    }

    function test_aSwitchThatAnotherGovernsRefusesTheForwardedCall() public {
        // The switch of the fleet is governed by the fleet's own manager, not by this one.
        _refused(
            abi.encodeCall(manager.forwardPauseCall, (abi.encodeCall(switch_.pauseAll, ()))),
            _error(Governable.NotGovernance.selector)
        );
    }

    function test_withoutASwitchNothingIsForwarded() public {
        manager = new Phase8UniversalValueManager(address(this), address(council), address(0));
        _refused(abi.encodeCall(manager.forwardPauseCall, (hex"595c6a67")), _zero("systemPause"));
    }

    function test_aDomainIsRegisteredUnderItsSlugInLowerCase() public {
        Manager.ValueDomain memory domain = _domain("Atlas-FINANCE");
        vm.expectEmit(address(manager));
        emit Manager.DomainRegistered(FINANCE, domain);
        assertEq(manager.registerDomain(domain), FINANCE, "id");
        assertText(manager.getDomain(FINANCE).slug, "Atlas-FINANCE", "slug as given");
        assertEq(manager.listDomains().length, 1, "listed");
        assertEq(manager.listDomains()[0].id, FINANCE, "listed id");

        _refused(
            abi.encodeCall(manager.registerDomain, (_domain("ATLAS-finance"))),
            abi.encodeWithSelector(Manager.DuplicateDomain.selector, FINANCE)
        );
    }

    function test_domainsThatCannotHoldAreRefused() public {
        Manager.ValueDomain memory domain = _domain("");
        _refused(abi.encodeCall(manager.registerDomain, (domain)), _error(Manager.EmptySlug.selector));
        domain = _domain("a");
        domain.name = "";
        _refused(abi.encodeCall(manager.registerDomain, (domain)), _error(Manager.EmptyName.selector));
        domain = _domain("a");
        domain.metadataURI = "";
        _refused(
            abi.encodeCall(manager.registerDomain, (domain)),
            abi.encodeWithSelector(Manager.InvalidURI.selector, "metadataURI")
        );
        domain = _domain("a");
        domain.policyKernel = address(0);
        _refused(abi.encodeCall(manager.registerDomain, (domain)), _zero("policyKernel"));
        domain = _domain("a");
        domain.heartbeatSeconds = 0;
        _refused(abi.encodeCall(manager.registerDomain, (domain)), _error(Manager.InvalidHeartbeat.selector));
        domain = _domain("a");
        domain.autonomyLevelBps = 10_001;
        _refused(abi.encodeCall(manager.registerDomain, (domain)), _bps(10_001));
    }

    function test_aDomainKeepsItsSlugWhenItIsUpdated() public {
        manager.registerDomain(_domain("atlas-finance"));
        Manager.ValueDomain memory domain = _domain("Atlas-Finance");
        domain.name = "Second name";
        manager.updateDomain(FINANCE, domain);
        assertText(manager.getDomain(FINANCE).name, "Second name", "name");

        _refused(
            abi.encodeCall(manager.updateDomain, (FINANCE, _domain("other"))),
            abi.encodeWithSelector(Manager.UnknownDomain.selector, keccak256("other"))
        );
        _refused(
            abi.encodeCall(manager.updateDomain, (keccak256("other"), _domain("other"))),
            abi.encodeWithSelector(Manager.UnknownDomain.selector, keccak256("other"))
        );
    }

    function test_aDomainsStatusAndLimitsChangeAlone() public {
        manager.registerDomain(_domain("atlas-finance"));
        vm.expectEmit(address(manager));
        emit Manager.DomainStatusChanged(FINANCE, false);
        manager.setDomainStatus(FINANCE, false);
        vm.expectEmit(address(manager));
        emit Manager.DomainLimitsUpdated(FINANCE, 5, 6, 7);
        manager.configureDomainLimits(FINANCE, 5, 6, 7);
        Manager.ValueDomain memory found = manager.getDomain(FINANCE);
        assertFalse(found.active, "active");
        assertEq(found.tvlLimit, 5, "limit");
        assertEq(found.autonomyLevelBps, 6, "autonomy");
        assertEq(found.heartbeatSeconds, 7, "heartbeat");

        _refused(abi.encodeCall(manager.configureDomainLimits, (FINANCE, 5, 10_001, 7)), _bps(10_001));
    }

    function test_aRemovedDomainTakesItsBindingsAlong() public {
        bytes32 health = keccak256("health");
        manager.registerDomain(_domain("atlas-finance"));
        manager.registerDomain(_domain("health"));
        bytes32 sentinel = manager.registerSentinel(_sentinel("watch"));
        bytes32 stream = manager.registerCapitalStream(_stream("fund"));
        manager.setSentinelDomains(sentinel, _ids(FINANCE, health));
        manager.setCapitalStreamDomains(stream, _ids(FINANCE, health));

        bytes32[] memory left = new bytes32[](1);
        left[0] = health;
        vm.expectEmit(address(manager));
        emit Manager.DomainRemoved(FINANCE);
        vm.expectEmit(address(manager));
        emit Manager.SentinelDomainsUpdated(sentinel, left);
        vm.expectEmit(address(manager));
        emit Manager.CapitalStreamDomainsUpdated(stream, left);
        manager.removeDomain(FINANCE);

        assertEq(manager.listDomains().length, 1, "domains");
        assertEq(manager.getSentinelDomains(sentinel).length, 1, "sentinel's");
        assertEq(manager.getCapitalStreamDomains(stream)[0], health, "stream's");
        _refused(
            abi.encodeCall(manager.removeDomain, (FINANCE)),
            abi.encodeWithSelector(Manager.UnknownDomain.selector, FINANCE)
        );
        vm.expectRevert(abi.encodeWithSelector(Manager.UnknownDomain.selector, FINANCE));
        manager.getDomain(FINANCE);
    }

    function test_aSentinelMustCoverTheReviewWindow() public {
        Manager.SentinelProfile memory sentinel = _sentinel("watch");
        sentinel.coverageSeconds = 0;
        _refused(
            abi.encodeCall(manager.registerSentinel, (sentinel)),
            abi.encodeWithSelector(Manager.SentinelCoverageTooShort.selector, 0, 1)
        );
        manager.setGlobalParameters(_params());
        sentinel.coverageSeconds = 899;
        _refused(
            abi.encodeCall(manager.registerSentinel, (sentinel)),
            abi.encodeWithSelector(Manager.SentinelCoverageTooShort.selector, 899, 900)
        );
        sentinel.coverageSeconds = 900;
        manager.registerSentinel(sentinel);
        assertEq(manager.listSentinels().length, 1, "listed");
    }

    function test_aSentinelLivesAndGoes() public {
        manager.registerDomain(_domain("atlas-finance"));
        bytes32 id = manager.registerSentinel(_sentinel("Watch"));
        assertEq(id, keccak256("watch"), "id");
        _refused(
            abi.encodeCall(manager.registerSentinel, (_sentinel("watch"))),
            abi.encodeWithSelector(Manager.DuplicateSentinel.selector, id)
        );
        Manager.SentinelProfile memory changed = _sentinel("watch");
        changed.sensitivityBps = 9;
        manager.updateSentinel(id, changed);
        manager.setSentinelStatus(id, false);
        manager.setSentinelDomains(id, _ids(FINANCE));
        assertEq(manager.getSentinel(id).sensitivityBps, 9, "sensitivity");
        assertFalse(manager.getSentinel(id).active, "active");
        _refused(
            abi.encodeCall(manager.updateSentinel, (id, _sentinel("other"))),
            abi.encodeWithSelector(Manager.UnknownSentinel.selector, keccak256("other"))
        );

        manager.removeSentinel(id);
        vm.expectRevert(abi.encodeWithSelector(Manager.UnknownSentinel.selector, id));
        manager.getSentinelDomains(id);
        manager.registerSentinel(_sentinel("watch"));
        assertEq(manager.getSentinelDomains(id).length, 0, "a new sentinel inherits no bindings");
    }

    function test_aStreamLivesAndGoes() public {
        manager.registerDomain(_domain("atlas-finance"));
        bytes32 id = manager.registerCapitalStream(_stream("Fund"));
        assertEq(id, keccak256("fund"), "id");
        _refused(
            abi.encodeCall(manager.registerCapitalStream, (_stream("fund"))),
            abi.encodeWithSelector(Manager.DuplicateStream.selector, id)
        );
        Manager.CapitalStream memory changed = _stream("fund");
        changed.annualBudget = 9;
        manager.updateCapitalStream(id, changed);
        manager.setCapitalStreamStatus(id, false);
        manager.setCapitalStreamDomains(id, _ids(FINANCE));
        assertEq(manager.getCapitalStream(id).annualBudget, 9, "budget");
        assertFalse(manager.listCapitalStreams()[0].stream.active, "active");
        changed.vault = address(0);
        _refused(abi.encodeCall(manager.updateCapitalStream, (id, changed)), _zero("vault"));

        manager.removeCapitalStream(id);
        vm.expectRevert(abi.encodeWithSelector(Manager.UnknownStream.selector, id));
        manager.getCapitalStreamDomains(id);
    }

    function test_bindingsNameKnownDomainsOnce() public {
        manager.registerDomain(_domain("atlas-finance"));
        bytes32 id = manager.registerSentinel(_sentinel("watch"));
        _refused(
            abi.encodeCall(manager.setSentinelDomains, (id, _ids(FINANCE, FINANCE))),
            abi.encodeWithSelector(Manager.DuplicateBinding.selector, FINANCE)
        );
        _refused(
            abi.encodeCall(manager.setSentinelDomains, (id, _ids(keccak256("unknown")))),
            abi.encodeWithSelector(Manager.UnknownDomain.selector, keccak256("unknown"))
        );
        manager.setSentinelDomains(id, _ids(FINANCE));
        manager.setSentinelDomains(id, new bytes32[](0));
        assertEq(manager.getSentinelDomains(id).length, 0, "all again");
    }

    function test_aPlanIsSetAndItsExecutionsRecorded() public {
        _refused(
            abi.encodeCall(manager.recordSelfImprovementExecution, (1, "ipfs://r")),
            _error(Manager.SelfImprovementPlanUnset.selector)
        );
        Manager.SelfImprovementPlan memory plan = _plan();
        vm.expectEmit(address(manager));
        emit Manager.SelfImprovementPlanUpdated("ipfs://plan", keccak256("plan"), 86_400, 5, "");
        manager.setSelfImprovementPlan(plan);

        uint64 now_ = uint64(block.timestamp);
        vm.expectEmit(address(manager));
        emit Manager.SelfImprovementExecutionRecorded(now_, "ipfs://report", plan.planHash);
        manager.recordSelfImprovementExecution(now_, "ipfs://report");
        (string memory uri, bytes32 hash, uint64 cadence, uint64 executedAt, string memory report) =
            manager.selfImprovementPlan();
        assertText(uri, "ipfs://plan", "uri");
        assertEq(hash, plan.planHash, "hash");
        assertEq(cadence, 86_400, "cadence");
        assertEq(executedAt, now_, "executed");
        assertText(report, "ipfs://report", "report");

        uint64[3] memory wrong = [0, now_ - 1, now_ + 1];
        for (uint256 i = 0; i < 3; ++i) {
            _refused(
                abi.encodeCall(manager.recordSelfImprovementExecution, (wrong[i], "ipfs://r")),
                abi.encodeWithSelector(Manager.InvalidExecutionTimestamp.selector, wrong[i])
            );
        }
        _refused(
            abi.encodeCall(manager.recordSelfImprovementExecution, (now_, "")),
            abi.encodeWithSelector(Manager.InvalidURI.selector, "reportURI")
        );
    }

    function test_plansThatCannotHoldAreRefused() public {
        Manager.SelfImprovementPlan memory plan = _plan();
        plan.planURI = "";
        _refused(
            abi.encodeCall(manager.setSelfImprovementPlan, (plan)),
            abi.encodeWithSelector(Manager.InvalidURI.selector, "planURI")
        );
        plan = _plan();
        plan.planHash = 0;
        _refused(abi.encodeCall(manager.setSelfImprovementPlan, (plan)), _error(Manager.InvalidPlanHash.selector));
        plan = _plan();
        plan.cadenceSeconds = 0;
        _refused(
            abi.encodeCall(manager.setSelfImprovementPlan, (plan)),
            abi.encodeWithSelector(Manager.InvalidCadence.selector, 0)
        );
        plan = _plan();
        plan.lastExecutedAt = uint64(block.timestamp + 1);
        _refused(
            abi.encodeCall(manager.setSelfImprovementPlan, (plan)),
            abi.encodeWithSelector(Manager.InvalidExecutionTimestamp.selector, block.timestamp + 1)
        );
    }

    function testFuzz_idsIgnoreTheCaseOfTheSlug(bytes16 letters, uint256 flips) public {
        bytes memory lower = new bytes(16);
        bytes memory mixed = new bytes(16);
        for (uint256 i = 0; i < 16; ++i) {
            uint8 letter = 97 + uint8(letters[i]) % 26;
            lower[i] = bytes1(letter);
            mixed[i] = bytes1((flips >> i) & 1 == 1 ? letter - 32 : letter);
        }
        assertEq(manager.registerDomain(_domain(string(mixed))), keccak256(lower), "id");
    }

    function _refused(bytes memory call, bytes memory reason) private {
        (bool success, bytes memory found) = address(manager).call(call);
        assertFalse(success, "was accepted");
        assertEq(keccak256(found), keccak256(reason), "reason");
    }

    function _error(bytes4 selector) private pure returns (bytes memory) {
        return abi.encodeWithSelector(selector);
    }

    function _zero(string memory field) private pure returns (bytes memory) {
        return abi.encodeWithSelector(Manager.InvalidAddress.selector, field, address(0));
    }

    function _bps(uint256 found) private pure returns (bytes memory) {
        return abi.encodeWithSelector(Manager.InvalidBps.selector, found);
    }

    function _params() private pure returns (Manager.GlobalParameters memory) {
        return Manager.GlobalParameters({
            treasury: address(1),
            universalVault: address(2),
            upgradeCoordinator: address(3),
            validatorRegistry: address(4),
            missionControl: address(5),
            knowledgeGraph: address(6),
            heartbeatSeconds: 600,
            guardianReviewWindow: 900,
            maxDrawdownBps: 2500,
            manifestoURI: "ipfs://manifesto",
            manifestoHash: keccak256("manifesto")
        });
    }

    function _domain(string memory slug) private pure returns (Manager.ValueDomain memory) {
        return Manager.ValueDomain({
            slug: slug,
            name: "Atlas Finance",
            metadataURI: "ipfs://domain",
            orchestrator: address(11),
            capitalVault: address(12),
            validatorModule: address(13),
            policyKernel: address(14),
            heartbeatSeconds: 120,
            tvlLimit: 1e24,
            autonomyLevelBps: 7800,
            active: true
        });
    }

    function _sentinel(string memory slug) private pure returns (Manager.SentinelProfile memory) {
        return Manager.SentinelProfile({
            slug: slug,
            name: "Watch",
            uri: "ipfs://sentinel",
            agent: address(21),
            coverageSeconds: 1800,
            sensitivityBps: 250,
            active: true
        });
    }

    function _stream(string memory slug) private pure returns (Manager.CapitalStream memory) {
        return Manager.CapitalStream({
            slug: slug,
            name: "Fund",
            uri: "ipfs://stream",
            vault: address(31),
            annualBudget: 1e9,
            expansionBps: 1200,
            active: true
        });
    }

    function _plan() private pure returns (Manager.SelfImprovementPlan memory) {
        return Manager.SelfImprovementPlan({
            planURI: "ipfs://plan",
            planHash: keccak256("plan"),
            cadenceSeconds: 86_400,
            lastExecutedAt: 5,
            lastReportURI: ""
        });
    }

    function _ids(bytes32 one) private pure returns (bytes32[] memory ids) {
        ids = new bytes32[](1);
        ids[0] = one;
    }

    function _ids(bytes32 one, bytes32 two) private pure returns (bytes32[] memory ids) {
        ids = new bytes32[](2);
        (ids[0], ids[1]) = (one, two);
    }
}
