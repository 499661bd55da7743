// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title Who was called to look, and what the guardians say they saw
interface IAttestationModule {
    /// @notice What a guardian signs when somebody else sends the transaction.
    struct CheckpointAttestation {
        bytes32 mission;
        uint64 size;
        bytes32 root;
        uint8 verdict;
        bytes32 remarks;
        uint256 nonce;
        uint64 deadline;
    }

    /// @notice A validator was called to a mission and may read it until the expiry.
    event Summoned(
        uint256 indexed token, bytes32 indexed mission, address indexed validator, uint64 expiry, address by
    );
    /// @notice The validator confirmed the summons.
    event SummonsAcknowledged(uint256 indexed token, bytes32 indexed mission, address indexed validator);
    /// @notice The owner took the summons back, and the right to read with it.
    event SummonsRevoked(uint256 indexed token, bytes32 indexed mission, address indexed validator);
    /// @notice A guardian judged a checkpoint of a mission's ledger.
    /// @param size how many entries the checkpoint covers
    /// @param root the ledger's root at that size
    /// @param verdict 1 for confirmed, 2 for disputed
    /// @param remarks the hash of what the guardian wrote; zero if nothing
    event Attested(
        bytes32 indexed attestation,
        bytes32 indexed mission,
        address indexed guardian,
        uint64 size,
        bytes32 root,
        uint8 verdict,
        bytes32 remarks
    );
    /// @notice The guardian took the judgement back.
    event AttestationRevoked(bytes32 indexed attestation, bytes32 indexed mission, address indexed guardian);

    /// @notice Read tokens stay with the validator they were made for.
    error AttestationModuleNotTransferable();
    /// @notice Only active members of the guild are called.
    error AttestationModuleNotValidator(address account);
    /// @notice The validator may read this mission already, by this token.
    error AttestationModuleAlreadySummoned(uint256 token);
    /// @notice An expiry lies ahead, but not further than the longest summons.
    error AttestationModuleInvalidExpiry(uint64 expiry, uint256 latest);
    /// @notice There is no such summons, or it was revoked.
    error AttestationModuleUnknownSummons(uint256 token);
    /// @notice The summons has expired.
    error AttestationModuleSummonsExpired(uint64 expiry);
    /// @notice Only the validator who was called confirms.
    error AttestationModuleNotHolder(address caller, address holder);
    /// @notice A summons is confirmed once.
    error AttestationModuleAlreadyAcknowledged(uint256 token);
    /// @notice The deadline of what was signed has passed.
    error AttestationModuleSignatureExpired(uint64 deadline);
    /// @notice The signature is not `signer`'s over this content.
    error AttestationModuleInvalidSignature(address signer);
    /// @notice Only members of the guardian council attest.
    error AttestationModuleNotGuardian(address account);
    /// @notice A verdict is 1 for confirmed or 2 for disputed.
    error AttestationModuleUnknownVerdict(uint8 verdict);
    /// @notice A checkpoint covers at least one entry and has a root.
    error AttestationModuleInvalidCheckpoint(uint64 size, bytes32 root);
    /// @notice The guardian's judgement of this checkpoint stands already.
    error AttestationModuleAlreadyAttested(bytes32 attestation);
    /// @notice No judgement of the caller stands under this key.
    error AttestationModuleUnknownAttestation(bytes32 attestation, address caller);
    /// @notice A part of the set-up is the zero address.
    error AttestationModuleZeroAddress();

    /// @notice Calls `validator` to `mission`, who may read it until `expiry`; only by the owner.
    /// @return token the read token, which cannot move
    function summon(bytes32 mission, address validator, uint64 expiry) external returns (uint256 token);

    /// @notice Takes a summons back and burns its token, also after its expiry; only by the owner.
    function revoke(uint256 token) external;

    /// @notice Confirms a summons; by the validator who was called, once, before its expiry.
    function acknowledge(uint256 token) external;

    /// @notice Confirms a summons that the validator signed for (EIP-712; ERC-1271 if it is a contract); by anybody.
    /// @dev Needs no nonce, because a summons is confirmed once.
    function acknowledgeSigned(uint256 token, uint64 deadline, bytes calldata signature) external;

    /// @notice Judges a checkpoint; only by members of the guardian council.
    /// @return attestation the key of this guardian's judgement of this checkpoint
    function attest(bytes32 mission, uint64 size, bytes32 root, uint8 verdict, bytes32 remarks)
        external
        returns (bytes32 attestation);

    /// @notice Judges a checkpoint as `guardian` signed it (EIP-712; ERC-1271 if it is a contract); by anybody.
    /// @dev Nonces are sequential; `InvalidAccountNonce` if it is another one's turn.
    /// @return attestation the key of this guardian's judgement of this checkpoint
    function attestSigned(address guardian, CheckpointAttestation calldata content, bytes calldata signature)
        external
        returns (bytes32 attestation);

    /// @notice Takes a judgement back; only by the guardian who gave it. What they signed and nobody sent dies too.
    function revokeAttestation(bytes32 attestation) external;

    /// @notice Whether `account` may read `mission` now: called, not expired, not revoked, and still in the guild.
    function isReader(bytes32 mission, address account) external view returns (bool);

    /// @notice The token that the next summons will get.
    function nextToken() external view returns (uint256);

    /// @notice A summons, also after it ended; all zero if there was none.
    /// @return mission what the validator was called to
    /// @return validator who was called
    /// @return expiry when the right to read ends
    /// @return acknowledgedAt when the validator confirmed; zero if not
    /// @return revoked whether the owner took it back
    function summonsOf(uint256 token)
        external
        view
        returns (bytes32 mission, address validator, uint64 expiry, uint64 acknowledgedAt, bool revoked);

    /// @notice A judgement; a verdict of zero if there is none, or it was taken back.
    function attestationOf(bytes32 attestation)
        external
        view
        returns (bytes32 mission, address guardian, uint64 size, bytes32 root, uint8 verdict, bytes32 remarks);

    /// @notice The digest that a validator signs to confirm a summons.
    function acknowledgementDigest(uint256 token, uint64 deadline) external view returns (bytes32);

    /// @notice The digest that a guardian signs to judge a checkpoint.
    function attestationDigest(CheckpointAttestation calldata content) external view returns (bytes32);

    /// @notice The guild.
    function validatorRegistry() external view returns (address);

    /// @notice The guardian council.
    function council() external view returns (address);
}
