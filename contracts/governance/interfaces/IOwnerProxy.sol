// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title The one door for levers
interface IOwnerProxy {
    /// @notice One call of a batch.
    struct Call {
        address target;
        bytes data;
    }

    /// @notice What the owner signs when somebody else sends the transaction.
    struct OwnerRequest {
        address target;
        bytes data;
        uint256 nonce;
        uint64 deadline;
    }

    /// @notice A call went through the door.
    /// @param target the contract that was called
    /// @param selector the function that was called
    /// @param data the whole calldata
    /// @param by the owner, or the delegate, who ordered it (never the relayer who carried it)
    event Executed(address indexed target, bytes4 indexed selector, bytes data, address indexed by);
    /// @notice A delegate was allowed, or no longer allowed, to call one function of one target.
    event DelegateSet(address indexed delegate, address indexed target, bytes4 indexed selector, bool allowed);
    /// @notice Every request that `owner` had signed and nobody had sent became void.
    /// @param owner the signer
    /// @param nextNonce the nonce that the next request must carry
    event OutstandingVoided(address indexed owner, uint256 nextNonce);

    /// @notice The caller is neither the owner nor a delegate for this function of this target.
    error OwnerProxyNotAllowed(address caller, address target, bytes4 selector);
    /// @notice The proxy does not call itself.
    error OwnerProxySelfCall();
    /// @notice Calldata shorter than a selector names no function.
    error OwnerProxyDataTooShort(uint256 length);
    /// @notice A batch without calls does nothing.
    error OwnerProxyEmptyBatch();
    /// @notice The request's deadline has passed.
    error OwnerProxyRequestExpired(uint64 deadline);
    /// @notice The signature is not the owner's over this request.
    error OwnerProxyInvalidSignature(address owner);
    /// @notice The request carries another nonce than the current one.
    error InvalidAccountNonce(address account, uint256 currentNonce);
    /// @notice Without an owner a paused fleet could never be resumed.
    error OwnerProxyOwnerRequired();

    /// @notice Calls `target` with `data`; by the owner, or by a delegate allowed for this target and selector.
    /// @dev Reverts with the target's own error, {OwnerProxyNotAllowed}, {OwnerProxySelfCall},
    /// {OwnerProxyDataTooShort}, or `AddressEmptyCode` if the target has no code. Carries no value.
    /// @return what the target returned
    function execute(address target, bytes calldata data) external returns (bytes memory);

    /// @notice Makes several calls, all or none; only by the owner.
    /// @return what each target returned
    function executeBatch(Call[] calldata calls) external returns (bytes[] memory);

    /// @notice Makes a call that the owner signed (EIP-712; ERC-1271 if the owner is a contract); by anybody.
    /// @dev Nonces are sequential. Besides the errors of {execute}: {OwnerProxyRequestExpired},
    /// {OwnerProxyInvalidSignature}, `InvalidAccountNonce`.
    /// @return what the target returned
    function executeSigned(OwnerRequest calldata request, bytes calldata signature) external returns (bytes memory);

    /// @notice Voids every request that the owner has signed and nobody has sent; only by the owner.
    /// @dev The nonce jumps to the next multiple of 2^32, so that requests signed for the nonces to come die as well.
    function voidOutstanding() external;

    /// @notice The nonce that the next request signed by `owner` must carry.
    function nonces(address owner) external view returns (uint256);

    /// @notice Allows or forbids `delegate` to call `selector` of `target`; only by the owner.
    function setDelegate(address delegate, address target, bytes4 selector, bool allowed) external;

    /// @notice Whether `delegate` may call `selector` of `target`.
    function isDelegate(address delegate, address target, bytes4 selector) external view returns (bool);

    /// @notice The EIP-712 digest that the owner signs for `request`.
    function requestDigest(OwnerRequest calldata request) external view returns (bytes32);
}
