// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title Which model adapter answers where
interface IModelRegistry {
    /// @notice An adapter's record as it is registered.
    /// @param id its name, whose hash is its key
    /// @param recordHash the hash of its record
    /// @param score its score, times 10^4
    struct Adapter {
        string id;
        bytes32 recordHash;
        int256 score;
    }

    /// @notice An adapter can be chosen from now on.
    event AdapterRegistered(bytes32 indexed adapter, string id, bytes32 recordHash, int256 score);
    /// @notice An adapter can no longer be chosen.
    event AdapterRetired(bytes32 indexed adapter, address indexed by);
    /// @notice An adapter was graded.
    event ScoreRecorded(bytes32 indexed adapter, int256 previous, int256 current, address indexed by);
    /// @notice Another adapter answers in this scope.
    /// @param previous what answered before; zero for the first
    /// @param reason why, in words; there is one whenever the score falls
    event ActiveAdapterChanged(
        bytes32 indexed scope, bytes32 indexed previous, bytes32 indexed current, string reason, address by
    );
    /// @notice The adapter that answered before answers again.
    event ActiveAdapterRolledBack(bytes32 indexed scope, bytes32 indexed from, bytes32 indexed to, address by);
    /// @notice A mission needs a human beside it, or no longer.
    event CoPilotChanged(bytes32 indexed mission, bool required, address indexed by);
    /// @notice Another account grades adapters.
    event EvaluatorUpdated(address indexed previous, address indexed current);

    /// @notice Only an accelerator, which waits before it acts, does this.
    error ModelRegistryNotAccelerator(address caller);
    /// @notice Only the evaluator and the owner grade.
    error ModelRegistryNotEvaluator(address caller);
    /// @notice An adapter has a name.
    error ModelRegistryEmptyId();
    /// @notice This adapter can be chosen already.
    error ModelRegistryAlreadyRegistered(bytes32 adapter);
    /// @notice This adapter was never registered, or is retired.
    error ModelRegistryUnknownAdapter(bytes32 adapter);
    /// @notice This adapter answers in this scope already.
    error ModelRegistryAlreadyActive(bytes32 scope, bytes32 adapter);
    /// @notice A lower score than the current adapter's needs a written reason.
    error ModelRegistryReasonNeeded(int256 current, int256 proposed);
    /// @notice No adapter was ever chosen in this scope, so there is nothing to go back from.
    error ModelRegistryNoPrevious(bytes32 scope);
    /// @notice A part of the set-up is the zero address.
    error ModelRegistryZeroAddress();

    /// @notice Lets an adapter be chosen; only by an accelerator.
    /// @dev A retired adapter can come back this way, with the record and score that are given now.
    function registerAdapter(string calldata id, bytes32 recordHash, int256 score) external;

    /// @notice Keeps an adapter from being chosen again; only by the owner, at once.
    /// @dev Where it is active it stays until it is replaced or rolled back.
    function retireAdapter(bytes32 adapter) external;

    /// @notice Grades an adapter; by the evaluator or the owner.
    function setScore(bytes32 adapter, int256 score) external;

    /// @notice Chooses who answers in `scope`; only by an accelerator, and never for a lower score.
    /// @param scope a mission's key, the hash of a role's name, or the hash of both: opaque here
    function setActiveAdapter(bytes32 scope, bytes32 adapter) external;

    /// @notice Chooses who answers in `scope`, also for a lower score if there is a reason; only by an accelerator.
    function setActiveAdapterWithReason(bytes32 scope, bytes32 adapter, string calldata reason) external;

    /// @notice Goes back to the adapter that answered in `scope` before; only by the owner, at once.
    /// @dev Retired adapters are passed over. Behind the first choice nobody is chosen (zero), and the mission's own plan
    /// decides. Going forward again takes an accelerator.
    function rollback(bytes32 scope) external;

    /// @notice Asks for a human beside a mission (by the owner, at once) or releases them (by an accelerator).
    function setCoPilot(bytes32 mission, bool required) external;

    /// @notice Names who grades, or nobody; only by the owner.
    function setEvaluator(address newEvaluator) external;

    /// @notice An adapter's record; what is retired is no longer registered, but still known.
    function adapterOf(bytes32 adapter)
        external
        view
        returns (string memory id, bytes32 recordHash, int256 score, bool registered);

    /// @notice The keys of all adapters that can be chosen, in no particular order.
    function adapters() external view returns (bytes32[] memory);

    /// @notice Who answers in `scope`; zero if nobody was chosen.
    function activeAdapter(bytes32 scope) external view returns (bytes32);

    /// @notice Who was chosen for `scope`, the current one last; what was rolled back is gone from it.
    function historyOf(bytes32 scope) external view returns (bytes32[] memory);

    /// @notice Whether `mission` needs a human beside it.
    function isCoPilotRequired(bytes32 mission) external view returns (bool);

    /// @notice Whether `account` may do what waits.
    function isAccelerator(address account) external view returns (bool);

    /// @notice Who grades besides the owner; zero for nobody.
    function evaluator() external view returns (address);
}
