// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title Anchors of each mission's append-only ledger
interface ICheckpointLedger {
    /// @notice A checkpoint was anchored.
    /// @param size how many entries the ledger had
    /// @param root the ledger's tree head at that size
    event CheckpointAnchored(bytes32 indexed mission, uint64 indexed size, bytes32 root, address indexed by);
    /// @notice An account was allowed, or no longer allowed, to anchor.
    event AnchorerSet(address indexed anchorer, bool allowed);

    /// @notice The caller may not anchor.
    error CheckpointLedgerNotAnchorer(address caller);
    /// @notice The ledger shrank, or has no entries.
    error CheckpointLedgerNotGrowing(bytes32 mission, uint64 anchored, uint64 offered);
    /// @notice Another root was anchored for this size: the ledger forked.
    error CheckpointLedgerFork(bytes32 mission, uint64 size, bytes32 anchored, bytes32 offered);
    /// @notice A root is never zero.
    error CheckpointLedgerZeroRoot();
    /// @notice An anchorer is never the zero address.
    error CheckpointLedgerZeroAddress();

    /// @notice Anchors a checkpoint; only by an anchorer.
    /// @dev The size strictly grows. Anchoring the latest checkpoint again changes nothing and succeeds, so that a
    /// lost answer can be retried.
    function anchor(bytes32 mission, uint64 size, bytes32 root) external;

    /// @notice Allows or forbids an account to anchor; only by the owner.
    function setAnchorer(address anchorer, bool allowed) external;

    /// @notice Whether `account` may anchor.
    function isAnchorer(address account) external view returns (bool);

    /// @notice The latest checkpoint of `mission`; zeros if there is none.
    function latest(bytes32 mission) external view returns (uint64 size, bytes32 root);

    /// @notice How many checkpoints of `mission` were anchored.
    function anchorCount(bytes32 mission) external view returns (uint256);

    /// @notice The root that was anchored for exactly this size; zero if none was.
    function rootAt(bytes32 mission, uint64 size) external view returns (bytes32);
}
