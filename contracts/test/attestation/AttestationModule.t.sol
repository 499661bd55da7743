// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {AttestationModule} from "../../attestation/AttestationModule.sol";
import {IAttestationModule} from "../../attestation/interfaces/IAttestationModule.sol";
import {IERC5192} from "../../attestation/interfaces/IERC5192.sol";
import {Fleet} from "../support/Fleet.sol";

contract AttestationModuleTest is Fleet {
    uint64 private _expiry;

    function setUp() public override {
        super.setUp();
        _expiry = uint64(block.timestamp + 6 hours);
    }

    function test_aSummonsIsATokenThatTheValidatorHolds() public {
        assertEq(attestation.nextToken(), 1, "next");
        vm.expectEmit(address(attestation));
        emit IERC721.Transfer(address(0), guild[0], 1);
        vm.expectEmit(address(attestation));
        emit IERC5192.Locked(1);
        vm.expectEmit(address(attestation));
        emit IAttestationModule.Summoned(1, MISSION, guild[0], _expiry, address(proxy));
        assertEq(_summon(MISSION, guild[0], _expiry), 1, "token");

        (bytes32 mission, address validator, uint64 expiry, uint64 acknowledged, bool revoked) =
            attestation.summonsOf(1);
        assertTrue(mission == MISSION && validator == guild[0] && expiry == _expiry, "summons");
        assertTrue(acknowledged == 0 && !revoked, "open");
        assertEq(attestation.ownerOf(1), guild[0], "holder");
        assertTrue(attestation.locked(1), "locked");
        assertEq(attestation.nextToken(), 2, "next");
    }

    function test_theInterfacesAreNamed() public view {
        assertTrue(attestation.supportsInterface(0xb45a3c0e), "ERC-5192");
        assertTrue(attestation.supportsInterface(0x80ac58cd), "ERC-721");
        assertTrue(attestation.supportsInterface(0x01ffc9a7), "ERC-165");
        assertFalse(attestation.supportsInterface(0xffffffff), "nothing");
        assertSelector(type(IERC5192).interfaceId, 0xb45a3c0e, "identifier");
        assertText(attestation.symbol(), "P8SUMMONS", "symbol");
        assertEq(attestation.validatorRegistry(), address(registry), "guild");
        assertEq(attestation.council(), address(council), "council");
    }

    function test_aTokenThatDoesNotExistIsNotLocked() public {
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, 1));
        attestation.locked(1);
    }

    function testFuzz_theRightToReadEndsWithTheExpiry(uint64 length, uint64 later) public {
        length = uint64(bound(length, 1, attestation.MAX_SUMMONS()));
        later = uint64(bound(later, 0, 2 * uint256(attestation.MAX_SUMMONS())));
        uint256 start = block.timestamp;
        _summon(MISSION, guild[1], uint64(start + length));
        vm.warp(start + later);
        assertTrue(attestation.isReader(MISSION, guild[1]) == (later < length), "reader");
        assertFalse(attestation.isReader(ROOT, guild[1]), "of another mission");
        assertFalse(attestation.isReader(MISSION, guild[0]), "somebody else");
    }

    function test_anExpiryLiesAheadButNotTooFar() public {
        uint256 latest = block.timestamp + attestation.MAX_SUMMONS();
        uint64[3] memory wrong = [uint64(0), uint64(block.timestamp), uint64(latest + 1)];
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(IAttestationModule.AttestationModuleInvalidExpiry.selector, wrong[i], latest)
            );
            _summon(MISSION, guild[0], wrong[i]);
        }
        _summon(MISSION, guild[0], uint64(latest));
    }

    function test_onlyTheGuildIsCalled() public {
        vm.expectRevert(abi.encodeWithSelector(IAttestationModule.AttestationModuleNotValidator.selector, stranger));
        _summon(MISSION, stranger, _expiry);
    }

    function test_whoLeavesTheGuildReadsNothing() public {
        _summon(MISSION, guild[0], _expiry);
        assertTrue(attestation.isReader(MISSION, guild[0]), "reader");
        asOwner(address(registry), abi.encodeCall(registry.removeValidator, (guild[0])));
        assertFalse(attestation.isReader(MISSION, guild[0]), "left");
    }

    function test_aStandingSummonsIsNotRepeatedAndAnEndedOneIs() public {
        _summon(MISSION, guild[0], _expiry);
        vm.expectRevert(abi.encodeWithSelector(IAttestationModule.AttestationModuleAlreadySummoned.selector, 1));
        _summon(MISSION, guild[0], _expiry + 1);
        assertEq(_summon(ROOT, guild[0], _expiry), 2, "another mission");

        vm.warp(_expiry);
        assertEq(_summon(MISSION, guild[0], _expiry + 1), 3, "after the expiry");
        _revoke(3);
        assertEq(_summon(MISSION, guild[0], _expiry + 2), 4, "after the revocation");
        assertTrue(attestation.isReader(MISSION, guild[0]), "reader");
    }

    function test_aRevokedSummonsIsBurntAndReadsNothing() public {
        _summon(MISSION, guild[0], _expiry);
        vm.expectEmit(address(attestation));
        emit IERC721.Transfer(guild[0], address(0), 1);
        vm.expectEmit(address(attestation));
        emit IAttestationModule.SummonsRevoked(1, MISSION, guild[0]);
        _revoke(1);
        assertFalse(attestation.isReader(MISSION, guild[0]), "reader");
        assertEq(attestation.balanceOf(guild[0]), 0, "tokens");

        bytes memory unknown = abi.encodeWithSelector(IAttestationModule.AttestationModuleUnknownSummons.selector, 1);
        vm.expectRevert(unknown);
        _revoke(1);
        vm.expectRevert(unknown);
        vm.prank(guild[0]);
        attestation.acknowledge(1);
        vm.expectRevert(abi.encodeWithSelector(IAttestationModule.AttestationModuleUnknownSummons.selector, 9));
        _revoke(9);
    }

    function testFuzz_tokensNeverMove(address caller, address to) public {
        _summon(MISSION, guild[0], _expiry);
        vm.assume(to != address(0));
        bytes memory refused = abi.encodeWithSelector(IAttestationModule.AttestationModuleNotTransferable.selector);
        address[2] memory callers = [guild[0], caller];
        for (uint256 i = 0; i < 2; ++i) {
            vm.startPrank(callers[i]);
            vm.expectRevert(refused);
            attestation.transferFrom(guild[0], to, 1);
            vm.expectRevert(refused);
            attestation.safeTransferFrom(guild[0], to, 1);
            vm.expectRevert(refused);
            attestation.safeTransferFrom(guild[0], to, 1, "data");
            vm.expectRevert(refused);
            attestation.approve(to, 1);
            vm.expectRevert(refused);
            attestation.setApprovalForAll(to, true);
            vm.stopPrank();
        }
        assertEq(attestation.ownerOf(1), guild[0], "holder");
    }

    function test_theHolderConfirmsOnceInTime() public {
        _summon(MISSION, guild[0], _expiry);
        _summon(MISSION, guild[1], _expiry);
        vm.warp(block.timestamp + 60);
        vm.expectEmit(address(attestation));
        emit IAttestationModule.SummonsAcknowledged(1, MISSION, guild[0]);
        vm.prank(guild[0]);
        attestation.acknowledge(1);
        (,,, uint64 acknowledged,) = attestation.summonsOf(1);
        assertEq(acknowledged, block.timestamp, "at");

        vm.expectRevert(abi.encodeWithSelector(IAttestationModule.AttestationModuleAlreadyAcknowledged.selector, 1));
        vm.prank(guild[0]);
        attestation.acknowledge(1);
        vm.expectRevert(
            abi.encodeWithSelector(IAttestationModule.AttestationModuleNotHolder.selector, guild[0], guild[1])
        );
        vm.prank(guild[0]);
        attestation.acknowledge(2);
        vm.warp(_expiry);
        vm.expectRevert(abi.encodeWithSelector(IAttestationModule.AttestationModuleSummonsExpired.selector, _expiry));
        vm.prank(guild[1]);
        attestation.acknowledge(2);
    }

    function test_anybodyCarriesASignedConfirmationOfKeyAndWallet() public {
        for (uint256 i = 0; i < 3; ++i) {
            uint256 summons = _summon(MISSION, guild[i], _expiry);
            bytes memory signature = sign(guildKeys[i], attestation.acknowledgementDigest(summons, _expiry));
            vm.expectEmit(address(attestation));
            emit IAttestationModule.SummonsAcknowledged(summons, MISSION, guild[i]);
            vm.prank(relayer);
            attestation.acknowledgeSigned(summons, _expiry, signature);

            vm.expectRevert(
                abi.encodeWithSelector(IAttestationModule.AttestationModuleAlreadyAcknowledged.selector, summons)
            );
            attestation.acknowledgeSigned(summons, _expiry, signature);
        }
    }

    function test_aSignatureOfAnotherOrOverAnotherTokenOrTooLateIsRefused() public {
        _summon(MISSION, guild[0], _expiry);
        uint64 deadline = uint64(block.timestamp + 60);
        bytes memory byAnother = sign(guildKeys[1], attestation.acknowledgementDigest(1, deadline));
        bytes memory overAnother = sign(guildKeys[0], attestation.acknowledgementDigest(2, deadline));
        bytes memory good = sign(guildKeys[0], attestation.acknowledgementDigest(1, deadline));
        bytes memory invalid =
            abi.encodeWithSelector(IAttestationModule.AttestationModuleInvalidSignature.selector, guild[0]);
        vm.expectRevert(invalid);
        attestation.acknowledgeSigned(1, deadline, byAnother);
        vm.expectRevert(invalid);
        attestation.acknowledgeSigned(1, deadline, overAnother);
        vm.expectRevert(invalid);
        attestation.acknowledgeSigned(1, deadline + 1, good);
        vm.warp(deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(IAttestationModule.AttestationModuleSignatureExpired.selector, deadline));
        attestation.acknowledgeSigned(1, deadline, good);
        vm.warp(deadline);
        attestation.acknowledgeSigned(1, deadline, good);
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
            abi.encode(keccak256("SummonsAcknowledgement(uint256 token,uint64 deadline)"), uint256(4), uint64(99))
        );
        bytes32 expected = keccak256(abi.encodePacked(hex"1901", domain, content));
        assertEq(attestation.acknowledgementDigest(4, 99), expected, "digest");
    }

    function testFuzz_onlyTheOwnerCallsAndRevokes(address caller) public {
        vm.assume(caller != address(proxy));
        _summon(MISSION, guild[0], _expiry);
        bytes memory refused = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, caller);
        vm.startPrank(caller);
        vm.expectRevert(refused);
        attestation.summon(MISSION, guild[1], _expiry);
        vm.expectRevert(refused);
        attestation.revoke(1);
        vm.stopPrank();
    }

    function test_guildAndCouncilAreNeeded() public {
        bytes memory zero = abi.encodeWithSelector(IAttestationModule.AttestationModuleZeroAddress.selector);
        vm.expectRevert(zero);
        new AttestationModule(owner, address(0), address(council));
        vm.expectRevert(zero);
        new AttestationModule(owner, address(registry), address(0));
    }

    function _summon(bytes32 mission, address validator, uint64 expiry) private returns (uint256) {
        bytes memory call = abi.encodeCall(attestation.summon, (mission, validator, expiry));
        bytes memory answer = asOwner(address(attestation), call);
        return answer.length == 32 ? abi.decode(answer, (uint256)) : 0;
    }

    function _revoke(uint256 summons) private {
        asOwner(address(attestation), abi.encodeCall(attestation.revoke, (summons)));
    }
}
