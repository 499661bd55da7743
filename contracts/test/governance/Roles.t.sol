// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {IAttestationModule} from "../../attestation/interfaces/IAttestationModule.sol";
import {Governable} from "../../governance/Governable.sol";
import {IGuardianCouncil} from "../../governance/interfaces/IGuardianCouncil.sol";
import {IOwnerProxy} from "../../governance/interfaces/IOwnerProxy.sol";
import {IPhase8UniversalValueManager} from "../../governance/interfaces/IPhase8UniversalValueManager.sol";
import {IUpgradeCoordinator} from "../../governance/interfaces/IUpgradeCoordinator.sol";
import {IValidatorRegistry} from "../../governance/interfaces/IValidatorRegistry.sol";
import {IBudgetManager} from "../../jobs/interfaces/IBudgetManager.sol";
import {ICheckpointLedger} from "../../jobs/interfaces/ICheckpointLedger.sol";
import {IMissionEscrow} from "../../jobs/interfaces/IMissionEscrow.sol";
import {IModelRegistry} from "../../jobs/interfaces/IModelRegistry.sol";
import {IPauseGuardian} from "../../security/interfaces/IPauseGuardian.sol";
import {Fleet} from "../support/Fleet.sol";

/// @dev A stranger tries every function that changes anything. The artifacts say which those are, so that a function
/// that is added without a thought for its caller fails here.
contract RolesTest is Fleet {
    string private _contract;
    address private _target;
    mapping(string contractName => mapping(string functionName => bool)) private _seen;

    function test_aStrangerGetsNowhereWithBrakesAndMoney() public {
        bytes memory notOwner = _unauthorized();

        _about("OwnerProxy", address(proxy));
        bytes memory data = abi.encodeCall(budget.updateCap, (MISSION, 1));
        _refused(
            "execute(address,bytes)",
            abi.encode(address(budget), data),
            abi.encodeWithSelector(
                IOwnerProxy.OwnerProxyNotAllowed.selector, stranger, address(budget), budget.updateCap.selector
            )
        );
        _refused("executeBatch((address,bytes)[])", abi.encode(new IOwnerProxy.Call[](1)), notOwner);
        IOwnerProxy.OwnerRequest memory request =
            IOwnerProxy.OwnerRequest(address(budget), data, 0, uint64(block.timestamp));
        _refused(
            "executeSigned((address,bytes,uint256,uint64),bytes)",
            abi.encode(request, sign(STRANGER_KEY, proxy.requestDigest(request))),
            abi.encodeWithSelector(IOwnerProxy.OwnerProxyInvalidSignature.selector, owner)
        );
        _refused("voidOutstanding()", "", notOwner);
        _refused("setDelegate(address,address,bytes4,bool)", abi.encode(stranger, budget, bytes4(data), true), notOwner);
        _refusedOwnership();
        _complete();

        _about("PauseGuardian", address(guardian));
        bytes memory notBrake =
            abi.encodeWithSelector(IPauseGuardian.PauseGuardianNotOwner.selector, stranger, address(proxy));
        _refused("pauseAll()", "", notBrake);
        _refused("pauseAllWithReason(bytes32,string)", abi.encode(ROOT, "why"), notBrake);
        _refused("unpauseAll()", "", notBrake);
        _refused("setGuardian(address)", abi.encode(stranger), notBrake);
        _refused("transferOwnership(address)", abi.encode(stranger), notBrake);
        _refused("renounceOwnership()", "", notBrake);
        _refused("acceptOwnership()", "", notOwner);
        _complete();

        _about("SystemPause", address(switch_));
        _refused("pauseAll()", "", _notGovernance());
        _refused("unpauseAll()", "", _notGovernance());
        address[8] memory modules;
        _refused(
            "setModules(address,address,address,address,address,address,address,address)",
            abi.encode(modules),
            _notGovernance()
        );
        _refused("setGovernance(address)", abi.encode(stranger), _notGovernance());
        _refused("transferOwnership(address)", abi.encode(stranger), _notGovernance());
        _complete();

        _about("BudgetManager", address(budget));
        _refused(
            "openMission(bytes32,uint256)",
            abi.encode(MISSION, 1),
            abi.encodeWithSelector(IBudgetManager.BudgetManagerNotRegistrar.selector, stranger)
        );
        _refused("updateCap(bytes32,uint256)", abi.encode(MISSION, 1), notOwner);
        _refusedOwnership();
        _complete();

        _about("CheckpointLedger", address(ledger));
        _refused(
            "anchor(bytes32,uint64,bytes32)",
            abi.encode(MISSION, uint64(1), ROOT),
            abi.encodeWithSelector(ICheckpointLedger.CheckpointLedgerNotAnchorer.selector, stranger)
        );
        _refused("setAnchorer(address,bool)", abi.encode(stranger, true), notOwner);
        _refusedOwnership();
        _complete();
    }

    function test_aStrangerGetsNowhereWithEscrowAndGuild() public {
        bytes memory notOwner = _unauthorized();
        fundUsual();

        _about("MissionEscrow", address(escrow));
        bytes memory notSwitch = abi.encodeWithSelector(IMissionEscrow.MissionEscrowNotSystemPause.selector, stranger);
        _refused("pause()", "", notSwitch);
        _refused("unpause()", "", notSwitch);
        _refused("failMission(bytes32,string)", abi.encode(MISSION, "why"), notOwner);
        _refused(
            "releaseMilestone(bytes32,uint256,bytes32,bytes32,(address,uint64,bytes)[])",
            abi.encode(MISSION, 0, DELIVERABLE, ROOT, new IMissionEscrow.Approval[](0)),
            abi.encodeWithSelector(IMissionEscrow.MissionEscrowQuorumNotReached.selector, 0, 2)
        );
        _refused(
            "refund(bytes32)",
            abi.encode(MISSION),
            abi.encodeWithSelector(IMissionEscrow.MissionEscrowNotOperator.selector, stranger, operator)
        );
        // Anybody who pays is an operator.
        _open("fund");
        _refusedOwnership();
        _complete();

        _about("ValidatorRegistry", address(registry));
        _refused("addValidator(address)", abi.encode(stranger), notOwner);
        _refused("removeValidator(address)", abi.encode(guild[0]), notOwner);
        _refused("setMilestoneQuorum(uint8)", abi.encode(1), notOwner);
        _refused("setMinimumStake(uint256)", abi.encode(1), notOwner);
        _refused("setUnbondingDelay(uint64)", abi.encode(1), notOwner);
        _refused(
            "stake(uint256)",
            abi.encode(1),
            abi.encodeWithSelector(IValidatorRegistry.ValidatorRegistryNotMember.selector, stranger)
        );
        _refused(
            "unstake(uint256)",
            abi.encode(1),
            abi.encodeWithSelector(IValidatorRegistry.ValidatorRegistryInsufficientStake.selector, 1, 0)
        );
        _refused("withdraw()", "", abi.encodeWithSelector(IValidatorRegistry.ValidatorRegistryZeroAmount.selector));
        _refusedOwnership();
        _complete();
    }

    function test_aStrangerGetsNowhereWithCouncilExtensionsAndModels() public {
        bytes memory notOwner = _unauthorized();

        _about("GuardianCouncil", address(council));
        bytes memory notMember = abi.encodeWithSelector(IGuardianCouncil.GuardianCouncilNotMember.selector, stranger);
        _refused("cancelOperation(address,bytes32)", abi.encode(ownerTimelock, ROOT), notMember);
        _refused("vetoExtension(bytes32)", abi.encode(ROOT), notMember);
        _refused("cosignResume(uint256)", abi.encode(1), notMember);
        _refused(
            "setMember(address,bool)",
            abi.encode(stranger, true),
            abi.encodeWithSelector(IGuardianCouncil.GuardianCouncilNotTimelock.selector, stranger)
        );
        _complete();

        _about("UpgradeCoordinator", address(coordinator));
        _refused(
            "stageExtension(bytes32,address,bool,uint64,bytes)",
            abi.encode(ROOT, budget, false, uint64(30 days), bytes("")),
            notOwner
        );
        _refused("withdrawExtension(bytes32)", abi.encode(ROOT), notOwner);
        _refused("retireExtension(bytes32)", abi.encode(ROOT), notOwner);
        _refused(
            "activateExtension(bytes32)",
            abi.encode(ROOT),
            abi.encodeWithSelector(IUpgradeCoordinator.UpgradeCoordinatorNotTimelock.selector, stranger)
        );
        _refused(
            "veto(bytes32)",
            abi.encode(ROOT),
            abi.encodeWithSelector(IUpgradeCoordinator.UpgradeCoordinatorNotCouncil.selector, stranger)
        );
        _refusedOwnership();
        _complete();

        _about("ModelRegistry", address(models));
        bytes memory waits = abi.encodeWithSelector(IModelRegistry.ModelRegistryNotAccelerator.selector, stranger);
        _refused("registerAdapter(string,bytes32,int256)", abi.encode("x", ROOT, int256(1)), waits);
        _refused("setActiveAdapter(bytes32,bytes32)", abi.encode(MISSION, STRONG), waits);
        _refused("setActiveAdapterWithReason(bytes32,bytes32,string)", abi.encode(MISSION, STRONG, "why"), waits);
        _refused("setCoPilot(bytes32,bool)", abi.encode(MISSION, false), waits);
        _refused("setCoPilot(bytes32,bool)", abi.encode(MISSION, true), notOwner);
        _refused("retireAdapter(bytes32)", abi.encode(STRONG), notOwner);
        _refused("rollback(bytes32)", abi.encode(MISSION), notOwner);
        _refused("setEvaluator(address)", abi.encode(stranger), notOwner);
        _refused(
            "setScore(bytes32,int256)",
            abi.encode(STRONG, int256(1)),
            abi.encodeWithSelector(IModelRegistry.ModelRegistryNotEvaluator.selector, stranger)
        );
        _refusedOwnership();
        _complete();
    }

    function test_aStrangerGetsNowhereWithSummonsesAndJudgements() public {
        asOwner(
            address(attestation), abi.encodeCall(attestation.summon, (MISSION, guild[0], uint64(block.timestamp + 60)))
        );
        _about("AttestationModule", address(attestation));
        _refused("summon(bytes32,address,uint64)", abi.encode(MISSION, guild[1], block.timestamp + 60), _unauthorized());
        _refused("revoke(uint256)", abi.encode(1), _unauthorized());
        _refused(
            "acknowledge(uint256)",
            abi.encode(1),
            abi.encodeWithSelector(IAttestationModule.AttestationModuleNotHolder.selector, stranger, guild[0])
        );
        uint64 deadline = uint64(block.timestamp);
        _refused(
            "acknowledgeSigned(uint256,uint64,bytes)",
            abi.encode(1, deadline, sign(STRANGER_KEY, attestation.acknowledgementDigest(1, deadline))),
            abi.encodeWithSelector(IAttestationModule.AttestationModuleInvalidSignature.selector, guild[0])
        );
        bytes memory notGuardian =
            abi.encodeWithSelector(IAttestationModule.AttestationModuleNotGuardian.selector, stranger);
        _refused("attest(bytes32,uint64,bytes32,uint8,bytes32)", abi.encode(MISSION, 1, ROOT, 1, ROOT), notGuardian);
        IAttestationModule.CheckpointAttestation memory content =
            IAttestationModule.CheckpointAttestation(MISSION, 1, ROOT, 1, ROOT, 0, deadline);
        _refused(
            "attestSigned(address,(bytes32,uint64,bytes32,uint8,bytes32,uint256,uint64),bytes)",
            abi.encode(stranger, content, sign(STRANGER_KEY, attestation.attestationDigest(content))),
            notGuardian
        );
        _refused(
            "revokeAttestation(bytes32)",
            abi.encode(ROOT),
            abi.encodeWithSelector(IAttestationModule.AttestationModuleUnknownAttestation.selector, ROOT, stranger)
        );
        bytes memory stuck = abi.encodeWithSelector(IAttestationModule.AttestationModuleNotTransferable.selector);
        _refused("transferFrom(address,address,uint256)", abi.encode(guild[0], stranger, 1), stuck);
        _refused("safeTransferFrom(address,address,uint256)", abi.encode(guild[0], stranger, 1), stuck);
        _refusedOwnership();
        _complete();
    }

    function test_aStrangerGetsNowhereWithTimelocksAndGovernor() public {
        DelayCalls calls = new DelayCalls();
        TimelockController[2] memory timelocks = [TimelockController(ownerTimelock), governorTimelock];
        for (uint256 i = 0; i < 2; ++i) {
            _about("DelayTimelock", address(timelocks[i]));
            bytes memory proposes = _lacks(timelocks[i].PROPOSER_ROLE());
            bytes memory administers = _lacks(bytes32(0));
            bytes32 role = timelocks[i].CANCELLER_ROLE();
            _refused(
                "schedule(address,uint256,bytes,bytes32,bytes32,uint256)", calls.one(address(budget), DELAY), proposes
            );
            _refused("scheduleBatch(address[],uint256[],bytes[],bytes32,bytes32,uint256)", calls.batch(DELAY), proposes);
            _refused("cancel(bytes32)", abi.encode(ROOT), _lacks(role));
            _refused(
                "updateDelay(uint256)",
                abi.encode(0),
                abi.encodeWithSelector(TimelockController.TimelockUnauthorizedCaller.selector, stranger)
            );
            _refused("grantRole(bytes32,address)", abi.encode(role, stranger), administers);
            _refused("revokeRole(bytes32,address)", abi.encode(role, council), administers);
            _refused(
                "renounceRole(bytes32,address)",
                abi.encode(role, council),
                abi.encodeWithSelector(IAccessControl.AccessControlBadConfirmation.selector)
            );
            // Anybody executes what is due, and a timelock accepts tokens that it can return by an operation.
            _open("execute");
            _open("executeBatch");
            _open("onERC721Received");
            _open("onERC1155Received");
            _open("onERC1155BatchReceived");
            _complete();
        }

        _about("AdapterGovernor", address(governor));
        bytes memory notExecutor = abi.encodeWithSelector(IGovernor.GovernorOnlyExecutor.selector, stranger);
        _refused("setVotingDelay(uint48)", abi.encode(0), notExecutor);
        _refused("setVotingPeriod(uint32)", abi.encode(1), notExecutor);
        _refused("setProposalThreshold(uint256)", abi.encode(1), notExecutor);
        _refused("updateQuorumNumerator(uint256)", abi.encode(0), notExecutor);
        _refused("updateTimelock(address)", abi.encode(stranger), notExecutor);
        _refused("relay(address,uint256,bytes)", abi.encode(budget, 0, bytes("")), notExecutor);
        bytes memory noDeposit = abi.encodeWithSelector(IGovernor.GovernorDisabledDeposit.selector);
        _refused("onERC721Received(address,address,uint256,bytes)", abi.encode(owner, owner, 1, bytes("")), noDeposit);
        // A vote is open to whoever has votes; AdapterGovernor.t.sol says what comes of it.
        _open("propose");
        _open("queue");
        _open("execute");
        _open("cancel");
        _open("castVote");
        _open("castVoteWithReason");
        _open("castVoteWithReasonAndParams");
        _open("castVoteBySig");
        _open("castVoteWithReasonAndParamsBySig");
        _open("onERC1155Received");
        _open("onERC1155BatchReceived");
        _complete();
    }

    function test_aStrangerGetsNowhereWithTheManager() public {
        _about("Phase8UniversalValueManager", address(manager));
        IPhase8UniversalValueManager.ValueDomain memory domain;
        IPhase8UniversalValueManager.SentinelProfile memory sentinel;
        IPhase8UniversalValueManager.CapitalStream memory stream;
        IPhase8UniversalValueManager.GlobalParameters memory params;
        IPhase8UniversalValueManager.SelfImprovementPlan memory plan;
        bytes32[] memory ids = new bytes32[](0);

        _refusedCall("registerDomain", abi.encodeCall(manager.registerDomain, (domain)));
        _refusedCall("updateDomain", abi.encodeCall(manager.updateDomain, (ROOT, domain)));
        _refusedCall("removeDomain", abi.encodeCall(manager.removeDomain, (ROOT)));
        _refusedCall("setDomainStatus", abi.encodeCall(manager.setDomainStatus, (ROOT, true)));
        _refusedCall("configureDomainLimits", abi.encodeCall(manager.configureDomainLimits, (ROOT, 1, 1, 1)));
        _refusedCall("registerSentinel", abi.encodeCall(manager.registerSentinel, (sentinel)));
        _refusedCall("updateSentinel", abi.encodeCall(manager.updateSentinel, (ROOT, sentinel)));
        _refusedCall("removeSentinel", abi.encodeCall(manager.removeSentinel, (ROOT)));
        _refusedCall("setSentinelStatus", abi.encodeCall(manager.setSentinelStatus, (ROOT, true)));
        _refusedCall("setSentinelDomains", abi.encodeCall(manager.setSentinelDomains, (ROOT, ids)));
        _refusedCall("registerCapitalStream", abi.encodeCall(manager.registerCapitalStream, (stream)));
        _refusedCall("updateCapitalStream", abi.encodeCall(manager.updateCapitalStream, (ROOT, stream)));
        _refusedCall("removeCapitalStream", abi.encodeCall(manager.removeCapitalStream, (ROOT)));
        _refusedCall("setCapitalStreamStatus", abi.encodeCall(manager.setCapitalStreamStatus, (ROOT, true)));
        _refusedCall("setCapitalStreamDomains", abi.encodeCall(manager.setCapitalStreamDomains, (ROOT, ids)));
        _refusedCall("setGlobalParameters", abi.encodeCall(manager.setGlobalParameters, (params)));
        _refusedCall("updateManifesto", abi.encodeCall(manager.updateManifesto, ("x", ROOT)));
        _refusedCall("updateRiskParameters", abi.encodeCall(manager.updateRiskParameters, (1, 1, 1)));
        _refusedCall("setGuardianCouncil", abi.encodeCall(manager.setGuardianCouncil, (stranger)));
        _refusedCall("setSystemPause", abi.encodeCall(manager.setSystemPause, (stranger)));
        _refusedCall("forwardPauseCall", abi.encodeCall(manager.forwardPauseCall, (hex"595c6a67")));
        _refusedCall("setSelfImprovementPlan", abi.encodeCall(manager.setSelfImprovementPlan, (plan)));
        _refusedCall("recordSelfImprovementExecution", abi.encodeCall(manager.recordSelfImprovementExecution, (1, "x")));
        _refusedCall("setGovernance", abi.encodeCall(manager.setGovernance, (stranger)));
        _refusedCall("transferOwnership", abi.encodeCall(manager.transferOwnership, (stranger)));
        _complete();
    }

    /// @dev What follows is about this contract.
    function _about(string memory name, address target) private {
        (_contract, _target) = (name, target);
    }

    /// @dev The stranger calls this function and gets exactly this error.
    function _refused(string memory signature, bytes memory arguments, bytes memory reason) private {
        bytes memory call = abi.encodePacked(bytes4(keccak256(bytes(signature))), arguments);
        _try(_nameIn(signature), call, reason);
    }

    function _refusedCall(string memory name, bytes memory call) private {
        _try(name, call, _notGovernance());
    }

    function _try(string memory name, bytes memory call, bytes memory reason) private {
        string memory where = string.concat(_contract, ".", name);
        vm.prank(stranger);
        (bool success, bytes memory answer) = _target.call(call);
        assertFalse(success, where);
        assertText(string(answer), string(reason), where);
        _seen[_contract][name] = true;
    }

    /// @dev What every Ownable2Step offers.
    function _refusedOwnership() private {
        _refused("transferOwnership(address)", abi.encode(stranger), _unauthorized());
        _refused("acceptOwnership()", "", _unauthorized());
        _refused("renounceOwnership()", "", _unauthorized());
    }

    /// @dev Anybody may call this one; the comment where it is named says why.
    function _open(string memory name) private {
        _seen[_contract][name] = true;
    }

    /// @dev Every function of the artifact that changes anything was tried, or is open.
    function _complete() private view {
        uint256 found;
        uint256 item;
        for (string memory name = " "; bytes(name).length != 0; ++item) {
            bool mutating;
            (name, mutating) = this.functionAt(_contract, item);
            if (!mutating) continue;
            ++found;
            assertTrue(_seen[_contract][name], string.concat("untried: ", _contract, ".", name));
        }
        assertTrue(found > 3, "the artifact was read");
    }

    /// @dev The name of an artifact's item, and whether it is a function that changes anything; no name after the last.
    /// External, because each call forgets the memory that the file took.
    function functionAt(string calldata name, uint256 item) external view returns (string memory, bool) {
        string memory json = vm.readFile(string.concat("artifacts/", name, ".json"));
        string memory path = string.concat(".abi[", Strings.toString(item), "]");
        if (!vm.keyExistsJson(json, path)) return ("", false);
        bytes32 kind = keccak256(bytes(vm.parseJsonString(json, string.concat(path, ".type"))));
        if (kind != keccak256("function")) return ("not a function", false);
        bytes32 mutability = keccak256(bytes(vm.parseJsonString(json, string.concat(path, ".stateMutability"))));
        bool mutating = mutability != keccak256("view") && mutability != keccak256("pure");
        return (vm.parseJsonString(json, string.concat(path, ".name")), mutating);
    }

    function _nameIn(string memory signature) private pure returns (string memory) {
        bytes memory text = bytes(signature);
        uint256 length;
        while (text[length] != "(") ++length;
        bytes memory name = new bytes(length);
        for (uint256 i = 0; i < length; ++i) {
            name[i] = text[i];
        }
        return string(name);
    }

    function _unauthorized() private view returns (bytes memory) {
        return abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger);
    }

    function _notGovernance() private pure returns (bytes memory) {
        return abi.encodeWithSelector(Governable.NotGovernance.selector);
    }

    function _lacks(bytes32 role) private view returns (bytes memory) {
        return abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, stranger, role);
    }
}

/// @dev Arguments of a timelock's scheduling.
contract DelayCalls {
    function one(address target, uint256 delay) external pure returns (bytes memory) {
        return abi.encode(target, 0, bytes(""), bytes32(0), bytes32(0), delay);
    }

    function batch(uint256 delay) external pure returns (bytes memory) {
        return abi.encode(new address[](1), new uint256[](1), new bytes[](1), bytes32(0), bytes32(0), delay);
    }
}
