// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {ICheckpointLedger} from "./interfaces/ICheckpointLedger.sol";

/// @title Anchors of each mission's append-only ledger
/// @dev Nothing here can be changed or removed, not even by the owner. Not paused either: a record that stops during an
/// incident is missing when it matters.
contract CheckpointLedger is ICheckpointLedger, Ownable2Step {
    struct Head {
        uint64 size;
        uint64 count;
    }

    mapping(bytes32 mission => Head) private _heads;
    mapping(bytes32 mission => mapping(uint64 size => bytes32)) private _roots;
    mapping(address anchorer => bool) private _anchorers;

    /// @param initialOwner who names anchorers: the OwnerProxy
    /// @param initialAnchorers who may anchor at first: the relayer
    constructor(address initialOwner, address[] memory initialAnchorers) Ownable(initialOwner) {
        for (uint256 i = 0; i < initialAnchorers.length; ++i) {
            _setAnchorer(initialAnchorers[i], true);
        }
    }

    /// @inheritdoc ICheckpointLedger
    function anchor(bytes32 mission, uint64 size, bytes32 root) external {
        if (!_anchorers[msg.sender]) revert CheckpointLedgerNotAnchorer(msg.sender);
        if (root == bytes32(0)) revert CheckpointLedgerZeroRoot();

        Head storage head = _heads[mission];
        uint64 current = head.size;
        if (size < current || size == 0) revert CheckpointLedgerNotGrowing(mission, current, size);
        if (size == current) {
            bytes32 anchored = _roots[mission][size];
            if (anchored != root) revert CheckpointLedgerFork(mission, size, anchored, root);
            return;
        }

        head.size = size;
        ++head.count;
        _roots[mission][size] = root;
        emit CheckpointAnchored(mission, size, root, msg.sender);
    }

    /// @inheritdoc ICheckpointLedger
    function setAnchorer(address anchorer, bool allowed) external onlyOwner {
        _setAnchorer(anchorer, allowed);
    }

    /// @inheritdoc ICheckpointLedger
    function isAnchorer(address account) external view returns (bool) {
        return _anchorers[account];
    }

    /// @inheritdoc ICheckpointLedger
    function latest(bytes32 mission) external view returns (uint64 size, bytes32 root) {
        size = _heads[mission].size;
        root = _roots[mission][size];
    }

    /// @inheritdoc ICheckpointLedger
    function anchorCount(bytes32 mission) external view returns (uint256) {
        return _heads[mission].count;
    }

    /// @inheritdoc ICheckpointLedger
    function rootAt(bytes32 mission, uint64 size) external view returns (bytes32) {
        return _roots[mission][size];
    }

    function _setAnchorer(address anchorer, bool allowed) private {
        if (anchorer == address(0)) revert CheckpointLedgerZeroAddress();
        _anchorers[anchorer] = allowed;
        emit AnchorerSet(anchorer, allowed);
    }
}
