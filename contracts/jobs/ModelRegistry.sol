// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";

/// @title Which model adapter answers where
/// @dev New adapters and new choices come from accelerators, contracts that wait before they act; going back, retiring
/// and asking for a human are the owner's, at once.
contract ModelRegistry is IModelRegistry, Ownable2Step {
    using EnumerableSet for EnumerableSet.Bytes32Set;

    EnumerableSet.Bytes32Set private _registered;
    address private _evaluator;

    mapping(address account => bool) private _accelerators;
    mapping(bytes32 adapter => Adapter) private _adapters;
    mapping(bytes32 scope => bytes32[]) private _history;
    mapping(bytes32 mission => bool) private _coPilots;

    /// @param initialOwner who goes back, retires and asks for a human: the OwnerProxy
    /// @param accelerators who registers and chooses: timelocks; fixed for good
    /// @param initialEvaluator who grades besides the owner; zero for nobody
    /// @param initialAdapters the adapters that can be chosen from the start
    constructor(
        address initialOwner,
        address[] memory accelerators,
        address initialEvaluator,
        Adapter[] memory initialAdapters
    ) Ownable(initialOwner) {
        for (uint256 i = 0; i < accelerators.length; ++i) {
            if (accelerators[i] == address(0)) revert ModelRegistryZeroAddress();
            _accelerators[accelerators[i]] = true;
        }
        _setEvaluator(initialEvaluator);
        for (uint256 i = 0; i < initialAdapters.length; ++i) {
            _register(initialAdapters[i]);
        }
    }

    /// @dev Refuses every caller that does not wait before it acts.
    modifier onlyAccelerator() {
        _checkAccelerator();
        _;
    }

    /// @inheritdoc IModelRegistry
    function registerAdapter(string calldata id, bytes32 recordHash, int256 score) external onlyAccelerator {
        _register(Adapter(id, recordHash, score));
    }

    /// @inheritdoc IModelRegistry
    function retireAdapter(bytes32 adapter) external onlyOwner {
        if (!_registered.remove(adapter)) revert ModelRegistryUnknownAdapter(adapter);
        emit AdapterRetired(adapter, msg.sender);
    }

    /// @inheritdoc IModelRegistry
    function setScore(bytes32 adapter, int256 score) external {
        if (msg.sender != _evaluator && msg.sender != owner()) revert ModelRegistryNotEvaluator(msg.sender);
        _requireRegistered(adapter);

        emit ScoreRecorded(adapter, _adapters[adapter].score, score, msg.sender);
        _adapters[adapter].score = score;
    }

    /// @inheritdoc IModelRegistry
    function setActiveAdapter(bytes32 scope, bytes32 adapter) external onlyAccelerator {
        _activate(scope, adapter, "");
    }

    /// @inheritdoc IModelRegistry
    function setActiveAdapterWithReason(bytes32 scope, bytes32 adapter, string calldata reason)
        external
        onlyAccelerator
    {
        _activate(scope, adapter, reason);
    }

    /// @inheritdoc IModelRegistry
    function rollback(bytes32 scope) external onlyOwner {
        bytes32[] storage history = _history[scope];
        bytes32 from = activeAdapter(scope);
        if (from == bytes32(0)) revert ModelRegistryNoPrevious(scope);

        bytes32 to;
        do {
            history.pop();
            to = activeAdapter(scope);
        } while (to != bytes32(0) && !_registered.contains(to));
        emit ActiveAdapterRolledBack(scope, from, to, msg.sender);
    }

    /// @inheritdoc IModelRegistry
    function setCoPilot(bytes32 mission, bool required) external {
        if (required) {
            _checkOwner();
        } else {
            _checkAccelerator();
        }
        _coPilots[mission] = required;
        emit CoPilotChanged(mission, required, msg.sender);
    }

    /// @inheritdoc IModelRegistry
    function setEvaluator(address newEvaluator) external onlyOwner {
        _setEvaluator(newEvaluator);
    }

    /// @inheritdoc IModelRegistry
    function adapterOf(bytes32 adapter)
        external
        view
        returns (string memory id, bytes32 recordHash, int256 score, bool registered)
    {
        Adapter storage found = _adapters[adapter];
        return (found.id, found.recordHash, found.score, _registered.contains(adapter));
    }

    /// @inheritdoc IModelRegistry
    function adapters() external view returns (bytes32[] memory) {
        return _registered.values();
    }

    /// @inheritdoc IModelRegistry
    function activeAdapter(bytes32 scope) public view returns (bytes32) {
        bytes32[] storage history = _history[scope];
        uint256 length = history.length;
        return length == 0 ? bytes32(0) : history[length - 1];
    }

    /// @inheritdoc IModelRegistry
    function historyOf(bytes32 scope) external view returns (bytes32[] memory) {
        return _history[scope];
    }

    /// @inheritdoc IModelRegistry
    function isCoPilotRequired(bytes32 mission) external view returns (bool) {
        return _coPilots[mission];
    }

    /// @inheritdoc IModelRegistry
    function isAccelerator(address account) external view returns (bool) {
        return _accelerators[account];
    }

    /// @inheritdoc IModelRegistry
    function evaluator() external view returns (address) {
        return _evaluator;
    }

    function _register(Adapter memory adapter) private {
        if (bytes(adapter.id).length == 0) revert ModelRegistryEmptyId();
        bytes32 key = keccak256(bytes(adapter.id));
        if (!_registered.add(key)) revert ModelRegistryAlreadyRegistered(key);

        _adapters[key] = adapter;
        emit AdapterRegistered(key, adapter.id, adapter.recordHash, adapter.score);
    }

    function _activate(bytes32 scope, bytes32 adapter, string memory reason) private {
        _requireRegistered(adapter);
        bytes32 previous = activeAdapter(scope);
        if (previous == adapter) revert ModelRegistryAlreadyActive(scope, adapter);
        if (previous != bytes32(0) && bytes(reason).length == 0) {
            int256 current = _adapters[previous].score;
            int256 proposed = _adapters[adapter].score;
            if (proposed < current) revert ModelRegistryReasonNeeded(current, proposed);
        }

        _history[scope].push(adapter);
        emit ActiveAdapterChanged(scope, previous, adapter, reason, msg.sender);
    }

    function _setEvaluator(address newEvaluator) private {
        emit EvaluatorUpdated(_evaluator, newEvaluator);
        _evaluator = newEvaluator;
    }

    function _checkAccelerator() private view {
        if (!_accelerators[msg.sender]) revert ModelRegistryNotAccelerator(msg.sender);
    }

    function _requireRegistered(bytes32 adapter) private view {
        if (!_registered.contains(adapter)) revert ModelRegistryUnknownAdapter(adapter);
    }
}
