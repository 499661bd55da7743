// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {Governable} from "../../governance/Governable.sol";
import {Phase8UniversalValueManager} from "../../governance/Phase8UniversalValueManager.sol";
import {IPhase8UniversalValueManager as Manager} from "../../governance/interfaces/IPhase8UniversalValueManager.sol";
import {Fleet} from "../support/Fleet.sol";

/// @dev Existing owner consoles speak these selectors, events and errors: they are promises.
contract Phase8CompatibilityTest is Fleet {
    function test_everySelectorIsTheOneThatConsolesSpeak() public pure {
        assertSelector(Manager.setGlobalParameters.selector, 0x1469bf40, "setGlobalParameters");
        assertSelector(Manager.setGuardianCouncil.selector, 0xda9ec140, "setGuardianCouncil");
        assertSelector(Manager.setSystemPause.selector, 0x9e0cb2bd, "setSystemPause");
        assertSelector(Manager.updateManifesto.selector, 0xd86b0799, "updateManifesto");
        assertSelector(Manager.updateRiskParameters.selector, 0x41c6c37b, "updateRiskParameters");
        assertSelector(Manager.forwardPauseCall.selector, 0xa7e5f9d7, "forwardPauseCall");
        assertSelector(Manager.registerDomain.selector, 0x29767566, "registerDomain");
        assertSelector(Manager.updateDomain.selector, 0x8cfabe29, "updateDomain");
        assertSelector(Manager.removeDomain.selector, 0x07651776, "removeDomain");
        assertSelector(Manager.setDomainStatus.selector, 0x945a1611, "setDomainStatus");
        assertSelector(Manager.configureDomainLimits.selector, 0x47156fff, "configureDomainLimits");
        assertSelector(Manager.registerSentinel.selector, 0x6356f2e0, "registerSentinel");
        assertSelector(Manager.updateSentinel.selector, 0x88eda306, "updateSentinel");
        assertSelector(Manager.removeSentinel.selector, 0x148a829e, "removeSentinel");
        assertSelector(Manager.setSentinelStatus.selector, 0x34f65f4a, "setSentinelStatus");
        assertSelector(Manager.setSentinelDomains.selector, 0xb41ba9fc, "setSentinelDomains");
        assertSelector(Manager.registerCapitalStream.selector, 0x7cf45c71, "registerCapitalStream");
        assertSelector(Manager.updateCapitalStream.selector, 0xd14b184e, "updateCapitalStream");
        assertSelector(Manager.removeCapitalStream.selector, 0x41363e84, "removeCapitalStream");
        assertSelector(Manager.setCapitalStreamStatus.selector, 0x1944d523, "setCapitalStreamStatus");
        assertSelector(Manager.setCapitalStreamDomains.selector, 0x5fdb4ff6, "setCapitalStreamDomains");
        assertSelector(Manager.setSelfImprovementPlan.selector, 0x9ecc95c6, "setSelfImprovementPlan");
        assertSelector(Manager.recordSelfImprovementExecution.selector, 0xffd9f74c, "recordSelfImprovementExecution");
        assertSelector(Governable.setGovernance.selector, 0xab033ea9, "setGovernance");
        assertSelector(Governable.transferOwnership.selector, 0xf2fde38b, "transferOwnership");
        assertSelector(Governable.NotGovernance.selector, 0xb56f932c, "NotGovernance");
    }

    function test_everyErrorHasItsName() public pure {
        _named(Manager.EmptySlug.selector, "EmptySlug()");
        _named(Manager.EmptyName.selector, "EmptyName()");
        _named(Manager.DuplicateDomain.selector, "DuplicateDomain(bytes32)");
        _named(Manager.UnknownDomain.selector, "UnknownDomain(bytes32)");
        _named(Manager.DuplicateSentinel.selector, "DuplicateSentinel(bytes32)");
        _named(Manager.UnknownSentinel.selector, "UnknownSentinel(bytes32)");
        _named(Manager.DuplicateStream.selector, "DuplicateStream(bytes32)");
        _named(Manager.UnknownStream.selector, "UnknownStream(bytes32)");
        _named(Manager.DuplicateBinding.selector, "DuplicateBinding(bytes32)");
        _named(Manager.InvalidAddress.selector, "InvalidAddress(string,address)");
        _named(Manager.InvalidHeartbeat.selector, "InvalidHeartbeat()");
        _named(Manager.InvalidBps.selector, "InvalidBps(uint256)");
        _named(Manager.InvalidURI.selector, "InvalidURI(string)");
        _named(Manager.ManifestRequired.selector, "ManifestRequired()");
        _named(Manager.ManifestHashRequired.selector, "ManifestHashRequired()");
        _named(Manager.InvalidCadence.selector, "InvalidCadence(uint64)");
        _named(Manager.InvalidPlanHash.selector, "InvalidPlanHash()");
        _named(Manager.InvalidExecutionTimestamp.selector, "InvalidExecutionTimestamp(uint64)");
        _named(Manager.SelfImprovementPlanUnset.selector, "SelfImprovementPlanUnset()");
        _named(Manager.SentinelCoverageTooShort.selector, "SentinelCoverageTooShort(uint64,uint64)");
        _named(Governable.ZeroAddress.selector, "ZeroAddress()");
    }

    function test_everyEventHasItsName() public pure {
        string memory domain = "(string,string,string,address,address,address,address,uint64,uint256,uint256,bool)";
        string memory sentinel = "(string,string,string,address,uint64,uint256,bool)";
        string memory stream = "(string,string,string,address,uint256,uint256,bool)";
        _topic(
            Manager.GlobalParametersUpdated.selector,
            "GlobalParametersUpdated((address,address,address,address,address,address,uint64,uint64,uint256,string,bytes32))"
        );
        _topic(Manager.GuardianCouncilUpdated.selector, "GuardianCouncilUpdated(address)");
        _topic(Manager.SystemPauseUpdated.selector, "SystemPauseUpdated(address)");
        _topic(Manager.PauseCallForwarded.selector, "PauseCallForwarded(address,bytes,bytes)");
        _topic(Manager.DomainRegistered.selector, string.concat("DomainRegistered(bytes32,", domain, ")"));
        _topic(Manager.DomainUpdated.selector, string.concat("DomainUpdated(bytes32,", domain, ")"));
        _topic(Manager.DomainStatusChanged.selector, "DomainStatusChanged(bytes32,bool)");
        _topic(Manager.DomainLimitsUpdated.selector, "DomainLimitsUpdated(bytes32,uint256,uint256,uint64)");
        _topic(Manager.DomainRemoved.selector, "DomainRemoved(bytes32)");
        _topic(Manager.SentinelRegistered.selector, string.concat("SentinelRegistered(bytes32,", sentinel, ")"));
        _topic(Manager.SentinelUpdated.selector, string.concat("SentinelUpdated(bytes32,", sentinel, ")"));
        _topic(Manager.SentinelStatusChanged.selector, "SentinelStatusChanged(bytes32,bool)");
        _topic(Manager.SentinelDomainsUpdated.selector, "SentinelDomainsUpdated(bytes32,bytes32[])");
        _topic(Manager.SentinelRemoved.selector, "SentinelRemoved(bytes32)");
        _topic(Manager.CapitalStreamRegistered.selector, string.concat("CapitalStreamRegistered(bytes32,", stream, ")"));
        _topic(Manager.CapitalStreamUpdated.selector, string.concat("CapitalStreamUpdated(bytes32,", stream, ")"));
        _topic(Manager.CapitalStreamStatusChanged.selector, "CapitalStreamStatusChanged(bytes32,bool)");
        _topic(Manager.CapitalStreamDomainsUpdated.selector, "CapitalStreamDomainsUpdated(bytes32,bytes32[])");
        _topic(Manager.CapitalStreamRemoved.selector, "CapitalStreamRemoved(bytes32)");
        _topic(
            Manager.SelfImprovementPlanUpdated.selector,
            "SelfImprovementPlanUpdated(string,bytes32,uint64,uint64,string)"
        );
        _topic(
            Manager.SelfImprovementExecutionRecorded.selector, "SelfImprovementExecutionRecorded(uint64,string,bytes32)"
        );
        _topic(Governable.GovernanceUpdated.selector, "GovernanceUpdated(address)");
    }

    function test_everyChangeIsForGovernanceAlone() public {
        bytes4[25] memory selectors = [
            bytes4(0x1469bf40),
            0xda9ec140,
            0x9e0cb2bd,
            0xd86b0799,
            0x41c6c37b,
            0xa7e5f9d7,
            0x29767566,
            0x8cfabe29,
            0x07651776,
            0x945a1611,
            0x47156fff,
            0x6356f2e0,
            0x88eda306,
            0x148a829e,
            0x34f65f4a,
            0xb41ba9fc,
            0x7cf45c71,
            0xd14b184e,
            0x41363e84,
            0x1944d523,
            0x5fdb4ff6,
            0x9ecc95c6,
            0xffd9f74c,
            0xab033ea9,
            0xf2fde38b
        ];
        // Zeros decode as any of the arguments: offsets point at the head itself, lengths and values are zero.
        bytes memory arguments = new bytes(2048);
        for (uint256 i = 0; i < selectors.length; ++i) {
            vm.prank(stranger);
            (bool success, bytes memory reason) = address(manager).call(abi.encodePacked(selectors[i], arguments));
            assertFalse(success, "a stranger was let in");
            assertEq(keccak256(reason), keccak256(abi.encodeWithSelector(Governable.NotGovernance.selector)), "reason");
        }
    }

    function test_theRuntimeFitsIntoTheLimitOfEip170() public view {
        assertTrue(address(manager).code.length < 24_576, "manager");
        assertTrue(address(escrow).code.length < 24_576, "escrow");
    }

    function _named(bytes4 found, string memory signature) private pure {
        assertSelector(found, bytes4(keccak256(bytes(signature))), signature);
    }

    function _topic(bytes32 found, string memory signature) private pure {
        assertEq(found, keccak256(bytes(signature)), signature);
    }
}
