// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IGuardianCouncil} from "../governance/interfaces/IGuardianCouncil.sol";
import {IValidatorRegistry} from "../governance/interfaces/IValidatorRegistry.sol";
import {IAttestationModule} from "./interfaces/IAttestationModule.sol";
import {IERC5192} from "./interfaces/IERC5192.sol";

/// @title Who was called to look, and what the guardians say they saw
/// @dev A summons is an ERC-721 token that never moves (ERC-5192): wallets show it, and nobody can sell the right to
/// read. Expired tokens stay with their holder as a record; {isReader} is what doors ask.
contract AttestationModule is IAttestationModule, IERC5192, ERC721, Ownable2Step, EIP712, Nonces {
    /// @notice The longest time that a summons lasts.
    uint64 public constant MAX_SUMMONS = 30 days;

    bytes4 private constant ERC5192_ID = 0xb45a3c0e;
    uint8 private constant LAST_VERDICT = 2;

    bytes32 private constant ACKNOWLEDGEMENT_TYPEHASH =
        keccak256("SummonsAcknowledgement(uint256 token,uint64 deadline)");
    bytes32 private constant ATTESTATION_TYPEHASH = keccak256(
        "CheckpointAttestation(bytes32 mission,uint64 size,bytes32 root,uint8 verdict,bytes32 remarks,uint256 nonce,uint64 deadline)"
    );

    struct Summons {
        bytes32 mission;
        address validator;
        uint64 expiry;
        bool revoked;
        uint64 acknowledgedAt;
    }

    struct Attestation {
        bytes32 mission;
        bytes32 root;
        bytes32 remarks;
        address guardian;
        uint64 size;
        uint8 verdict;
    }

    IValidatorRegistry private immutable _registry;
    IGuardianCouncil private immutable _council;

    uint256 private _lastToken;

    mapping(uint256 token => Summons) private _summons;
    mapping(bytes32 mission => mapping(address validator => uint256)) private _latest;
    mapping(bytes32 attestation => Attestation) private _attestations;

    /// @dev Code is not checked here, because the parts of a fleet are deployed at addresses known in advance.
    /// @param initialOwner who calls validators: the OwnerProxy
    /// @param validatorRegistry_ the guild
    /// @param council_ the guardian council
    constructor(address initialOwner, address validatorRegistry_, address council_)
        ERC721("Phase8 Summons", "P8SUMMONS")
        Ownable(initialOwner)
        EIP712("Phase8 AttestationModule", "1")
    {
        if (validatorRegistry_ == address(0) || council_ == address(0)) revert AttestationModuleZeroAddress();
        _registry = IValidatorRegistry(validatorRegistry_);
        _council = IGuardianCouncil(council_);
    }

    /// @inheritdoc IAttestationModule
    function summon(bytes32 mission, address validator, uint64 expiry) external onlyOwner returns (uint256 token) {
        if (!_registry.isValidator(validator)) revert AttestationModuleNotValidator(validator);
        uint256 latest = block.timestamp + MAX_SUMMONS;
        if (expiry <= block.timestamp || expiry > latest) revert AttestationModuleInvalidExpiry(expiry, latest);
        uint256 standing = _latest[mission][validator];
        if (_stands(standing)) revert AttestationModuleAlreadySummoned(standing);

        token = ++_lastToken;
        _summons[token] = Summons(mission, validator, expiry, false, 0);
        _latest[mission][validator] = token;
        // Not the variant that calls the receiver back: the validator need not agree to be called.
        _mint(validator, token);
        emit Locked(token);
        emit Summoned(token, mission, validator, expiry, msg.sender);
    }

    /// @inheritdoc IAttestationModule
    function revoke(uint256 token) external onlyOwner {
        Summons storage summons = _unrevoked(token);
        summons.revoked = true;
        _burn(token);
        emit SummonsRevoked(token, summons.mission, summons.validator);
    }

    /// @inheritdoc IAttestationModule
    function acknowledge(uint256 token) external {
        address validator = _unrevoked(token).validator;
        if (msg.sender != validator) revert AttestationModuleNotHolder(msg.sender, validator);
        _acknowledge(token);
    }

    /// @inheritdoc IAttestationModule
    function acknowledgeSigned(uint256 token, uint64 deadline, bytes calldata signature) external {
        address validator = _unrevoked(token).validator;
        _checkSignature(validator, acknowledgementDigest(token, deadline), deadline, signature);
        _acknowledge(token);
    }

    /// @inheritdoc IAttestationModule
    function attest(bytes32 mission, uint64 size, bytes32 root, uint8 verdict, bytes32 remarks)
        external
        returns (bytes32 attestation)
    {
        return _attest(Attestation(mission, root, remarks, msg.sender, size, verdict));
    }

    /// @inheritdoc IAttestationModule
    function attestSigned(address guardian, CheckpointAttestation calldata content, bytes calldata signature)
        external
        returns (bytes32 attestation)
    {
        _checkSignature(guardian, attestationDigest(content), content.deadline, signature);
        _useCheckedNonce(guardian, content.nonce);
        return
            _attest(
                Attestation(content.mission, content.root, content.remarks, guardian, content.size, content.verdict)
            );
    }

    /// @inheritdoc IAttestationModule
    function revokeAttestation(bytes32 attestation) external {
        Attestation storage standing = _attestations[attestation];
        if (standing.verdict == 0 || standing.guardian != msg.sender) {
            revert AttestationModuleUnknownAttestation(attestation, msg.sender);
        }
        bytes32 mission = standing.mission;
        delete _attestations[attestation];
        _useNonce(msg.sender);
        emit AttestationRevoked(attestation, mission, msg.sender);
    }

    /// @notice Refused: read tokens stay with the validator they were made for.
    function approve(address, uint256) public pure override {
        revert AttestationModuleNotTransferable();
    }

    /// @notice Refused: read tokens stay with the validator they were made for.
    function setApprovalForAll(address, bool) public pure override {
        revert AttestationModuleNotTransferable();
    }

    /// @inheritdoc IAttestationModule
    function isReader(bytes32 mission, address account) external view returns (bool) {
        return _stands(_latest[mission][account]) && _registry.isValidator(account);
    }

    /// @inheritdoc IAttestationModule
    function nextToken() external view returns (uint256) {
        return _lastToken + 1;
    }

    /// @inheritdoc IAttestationModule
    function summonsOf(uint256 token)
        external
        view
        returns (bytes32 mission, address validator, uint64 expiry, uint64 acknowledgedAt, bool revoked)
    {
        Summons storage summons = _summons[token];
        return (summons.mission, summons.validator, summons.expiry, summons.acknowledgedAt, summons.revoked);
    }

    /// @inheritdoc IAttestationModule
    function attestationOf(bytes32 attestation)
        external
        view
        returns (bytes32 mission, address guardian, uint64 size, bytes32 root, uint8 verdict, bytes32 remarks)
    {
        Attestation storage found = _attestations[attestation];
        return (found.mission, found.guardian, found.size, found.root, found.verdict, found.remarks);
    }

    /// @inheritdoc IERC5192
    function locked(uint256 tokenId) external view returns (bool) {
        _requireOwned(tokenId);
        return true;
    }

    /// @inheritdoc IAttestationModule
    function acknowledgementDigest(uint256 token, uint64 deadline) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(ACKNOWLEDGEMENT_TYPEHASH, token, deadline)));
    }

    /// @inheritdoc IAttestationModule
    function attestationDigest(CheckpointAttestation calldata content) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(ATTESTATION_TYPEHASH, content)));
    }

    /// @inheritdoc IAttestationModule
    function validatorRegistry() external view returns (address) {
        return address(_registry);
    }

    /// @inheritdoc IAttestationModule
    function council() external view returns (address) {
        return address(_council);
    }

    /// @notice Whether this contract speaks an interface (ERC-165).
    /// @param interfaceId the interface's identifier
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == ERC5192_ID || super.supportsInterface(interfaceId);
    }

    /// @dev Lets tokens be made and burnt, and nothing else.
    function _update(address to, uint256 tokenId, address auth) internal override returns (address from) {
        if (to != address(0) && _ownerOf(tokenId) != address(0)) revert AttestationModuleNotTransferable();
        return super._update(to, tokenId, auth);
    }

    function _acknowledge(uint256 token) private {
        Summons storage summons = _summons[token];
        if (block.timestamp >= summons.expiry) revert AttestationModuleSummonsExpired(summons.expiry);
        if (summons.acknowledgedAt != 0) revert AttestationModuleAlreadyAcknowledged(token);
        summons.acknowledgedAt = uint64(block.timestamp);
        emit SummonsAcknowledged(token, summons.mission, summons.validator);
    }

    function _attest(Attestation memory given) private returns (bytes32 attestation) {
        if (!_council.isMember(given.guardian)) revert AttestationModuleNotGuardian(given.guardian);
        if (given.verdict == 0 || given.verdict > LAST_VERDICT) revert AttestationModuleUnknownVerdict(given.verdict);
        if (given.size == 0 || given.root == bytes32(0)) {
            revert AttestationModuleInvalidCheckpoint(given.size, given.root);
        }
        attestation =
            keccak256(abi.encode(block.chainid, address(this), given.mission, given.size, given.root, given.guardian));
        if (_attestations[attestation].verdict != 0) revert AttestationModuleAlreadyAttested(attestation);

        _attestations[attestation] = given;
        emit Attested(attestation, given.mission, given.guardian, given.size, given.root, given.verdict, given.remarks);
    }

    function _checkSignature(address signer, bytes32 digest, uint64 deadline, bytes calldata signature) private view {
        if (block.timestamp > deadline) revert AttestationModuleSignatureExpired(deadline);
        if (!SignatureChecker.isValidSignatureNowCalldata(signer, digest, signature)) {
            revert AttestationModuleInvalidSignature(signer);
        }
    }

    /// @dev Zero, which no summons has, does not stand.
    function _stands(uint256 token) private view returns (bool) {
        Summons storage summons = _summons[token];
        return !summons.revoked && block.timestamp < summons.expiry;
    }

    function _unrevoked(uint256 token) private view returns (Summons storage summons) {
        summons = _summons[token];
        if (summons.validator == address(0) || summons.revoked) revert AttestationModuleUnknownSummons(token);
    }
}
