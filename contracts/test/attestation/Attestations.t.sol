// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {IAttestationModule} from "../../attestation/interfaces/IAttestationModule.sol";
import {Fleet} from "../support/Fleet.sol";

/// @dev What the guardians say about checkpoints.
contract AttestationsTest is Fleet {
    uint8 private constant CONFIRMED = 1;
    uint8 private constant DISPUTED = 2;
    bytes32 private constant REMARKS = keccak256("seen and checked");

    function test_aGuardianJudgesACheckpoint() public {
        bytes32 key = _key(MISSION, 40, ROOT, guardians[0]);
        vm.expectEmit(address(attestation));
        emit IAttestationModule.Attested(key, MISSION, guardians[0], 40, ROOT, CONFIRMED, REMARKS);
        assertEq(_attest(0, CONFIRMED), key, "key");

        (bytes32 mission, address judge, uint64 size, bytes32 root, uint8 verdict, bytes32 remarks) =
            attestation.attestationOf(key);
        assertTrue(mission == MISSION && judge == guardians[0] && size == 40 && root == ROOT, "what");
        assertTrue(verdict == CONFIRMED && remarks == REMARKS, "judgement");
    }

    function test_eachGuardianJudgesACheckpointOnceUntilTakenBack() public {
        bytes32 key = _attest(0, CONFIRMED);
        assertTrue(_attest(1, DISPUTED) != key, "each for themselves");
        vm.expectRevert(abi.encodeWithSelector(IAttestationModule.AttestationModuleAlreadyAttested.selector, key));
        _attest(0, DISPUTED);

        vm.expectEmit(address(attestation));
        emit IAttestationModule.AttestationRevoked(key, MISSION, guardians[0]);
        vm.prank(guardians[0]);
        attestation.revokeAttestation(key);
        (,,,, uint8 verdict,) = attestation.attestationOf(key);
        assertEq(verdict, 0, "taken back");
        assertEq(_attest(0, DISPUTED), key, "judged anew");
    }

    function test_onlyTheGuardianTakesItBack() public {
        bytes32 key = _attest(0, CONFIRMED);
        address[3] memory others = [guardians[1], address(proxy), stranger];
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectRevert(_unknown(key, others[i]));
            vm.prank(others[i]);
            attestation.revokeAttestation(key);
        }
        vm.startPrank(guardians[0]);
        attestation.revokeAttestation(key);
        vm.expectRevert(_unknown(key, guardians[0]));
        attestation.revokeAttestation(key);
        vm.stopPrank();
    }

    function testFuzz_nobodyElseJudges(address caller) public {
        vm.assume(!council.isMember(caller));
        vm.expectRevert(abi.encodeWithSelector(IAttestationModule.AttestationModuleNotGuardian.selector, caller));
        vm.prank(caller);
        attestation.attest(MISSION, 40, ROOT, CONFIRMED, REMARKS);
    }

    function test_whoLeftTheCouncilJudgesNoMore() public {
        vm.prank(address(ownerTimelock));
        council.setMember(guardians[0], false);
        vm.expectRevert(abi.encodeWithSelector(IAttestationModule.AttestationModuleNotGuardian.selector, guardians[0]));
        _attest(0, CONFIRMED);
    }

    function testFuzz_aVerdictIsOneOfTwo(uint8 verdict) public {
        vm.assume(verdict != CONFIRMED && verdict != DISPUTED);
        vm.expectRevert(abi.encodeWithSelector(IAttestationModule.AttestationModuleUnknownVerdict.selector, verdict));
        _attest(0, verdict);
    }

    function test_aCheckpointHasEntriesAndARoot() public {
        vm.startPrank(guardians[0]);
        vm.expectRevert(abi.encodeWithSelector(IAttestationModule.AttestationModuleInvalidCheckpoint.selector, 0, ROOT));
        attestation.attest(MISSION, 0, ROOT, CONFIRMED, REMARKS);
        vm.expectRevert(
            abi.encodeWithSelector(IAttestationModule.AttestationModuleInvalidCheckpoint.selector, 40, bytes32(0))
        );
        attestation.attest(MISSION, 40, bytes32(0), CONFIRMED, REMARKS);
        vm.stopPrank();
    }

    function test_anybodyCarriesASignedJudgementOnce() public {
        IAttestationModule.CheckpointAttestation memory content = _content(0);
        bytes memory signature = sign(guardianKeys[1], attestation.attestationDigest(content));
        vm.expectEmit(address(attestation));
        emit IAttestationModule.Attested(
            _key(MISSION, 40, ROOT, guardians[1]), MISSION, guardians[1], 40, ROOT, CONFIRMED, REMARKS
        );
        vm.prank(relayer);
        bytes32 key = attestation.attestSigned(guardians[1], content, signature);
        assertEq(attestation.nonces(guardians[1]), 1, "nonce");

        vm.prank(guardians[1]);
        attestation.revokeAttestation(key);
        vm.expectRevert(abi.encodeWithSelector(Nonces.InvalidAccountNonce.selector, guardians[1], 2));
        attestation.attestSigned(guardians[1], content, signature);
    }

    function test_takingBackVoidsWhatWasSignedAndNotSent() public {
        IAttestationModule.CheckpointAttestation memory content = _content(0);
        bytes memory signature = sign(guardianKeys[0], attestation.attestationDigest(content));
        bytes32 key = _attest(0, CONFIRMED);
        vm.prank(guardians[0]);
        attestation.revokeAttestation(key);
        vm.expectRevert(abi.encodeWithSelector(Nonces.InvalidAccountNonce.selector, guardians[0], 1));
        attestation.attestSigned(guardians[0], content, signature);
    }

    function test_aSignatureOfAnotherOrOverOtherContentOrTooLateIsRefused() public {
        IAttestationModule.CheckpointAttestation memory content = _content(0);
        bytes memory signature = sign(guardianKeys[0], attestation.attestationDigest(content));
        vm.expectRevert(_invalid(guardians[1]));
        attestation.attestSigned(guardians[1], content, signature);
        content.verdict = DISPUTED;
        vm.expectRevert(_invalid(guardians[0]));
        attestation.attestSigned(guardians[0], content, signature);

        content.verdict = CONFIRMED;
        vm.warp(content.deadline + 1);
        vm.expectRevert(
            abi.encodeWithSelector(IAttestationModule.AttestationModuleSignatureExpired.selector, content.deadline)
        );
        attestation.attestSigned(guardians[0], content, signature);
    }

    function test_aStrangersOwnSignatureMakesNoGuardian() public {
        IAttestationModule.CheckpointAttestation memory content = _content(0);
        bytes memory signature = sign(STRANGER_KEY, attestation.attestationDigest(content));
        vm.expectRevert(abi.encodeWithSelector(IAttestationModule.AttestationModuleNotGuardian.selector, stranger));
        attestation.attestSigned(stranger, content, signature);
    }

    function test_theDigestIsThatOfTheTypedData() public view {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Phase8 AttestationModule"),
                keccak256("1"),
                block.chainid,
                address(attestation)
            )
        );
        bytes32 content = keccak256(
            abi.encode(
                keccak256(
                    "CheckpointAttestation(bytes32 mission,uint64 size,bytes32 root,uint8 verdict,bytes32 remarks,uint256 nonce,uint64 deadline)"
                ),
                MISSION,
                uint256(40),
                ROOT,
                uint256(CONFIRMED),
                REMARKS,
                uint256(3),
                block.timestamp + 60
            )
        );
        bytes32 expected = keccak256(abi.encodePacked(hex"1901", domain, content));
        assertEq(attestation.attestationDigest(_content(3)), expected, "digest");
    }

    function _attest(uint256 member, uint8 verdict) private returns (bytes32) {
        vm.prank(guardians[member]);
        return attestation.attest(MISSION, 40, ROOT, verdict, REMARKS);
    }

    function _content(uint256 nonce) private view returns (IAttestationModule.CheckpointAttestation memory) {
        return IAttestationModule.CheckpointAttestation(
            MISSION, 40, ROOT, CONFIRMED, REMARKS, nonce, uint64(block.timestamp + 60)
        );
    }

    function _key(bytes32 mission, uint64 size, bytes32 root, address judge) private view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(attestation), mission, size, root, judge));
    }

    function _unknown(bytes32 key, address caller) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IAttestationModule.AttestationModuleUnknownAttestation.selector, key, caller);
    }

    function _invalid(address signer) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IAttestationModule.AttestationModuleInvalidSignature.selector, signer);
    }
}
