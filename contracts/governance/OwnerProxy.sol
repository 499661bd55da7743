// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IOwnerProxy} from "./interfaces/IOwnerProxy.sol";

/// @title The one door for levers
/// @dev Contracts that obey the owner obey this address; who stands behind it (a key, a Safe, a timelock) can change
/// without touching them. It only ever makes plain calls: no delegatecall, no value, no call to itself.
contract OwnerProxy is IOwnerProxy, Ownable2Step, EIP712 {
    bytes32 private constant OWNER_REQUEST_TYPEHASH =
        keccak256("OwnerRequest(address target,bytes data,uint256 nonce,uint64 deadline)");

    /// @dev How far {voidOutstanding} jumps: further than anybody signs ahead, and small enough for 64-bit readers.
    uint256 private constant NONCE_STRIDE = 2 ** 32;

    mapping(address signer => uint256) private _nonces;

    /// @dev Counts owners. Delegates belong to the owner who named them, and end with that owner.
    uint256 private _term;

    mapping(
        uint256 term => mapping(address delegate => mapping(address target => mapping(bytes4 selector => bool)))
    ) private _delegates;

    /// @param initialOwner who owns the door at first: a key, a Safe, a timelock
    constructor(address initialOwner) Ownable(initialOwner) EIP712("Phase8 OwnerProxy", "1") {}

    /// @inheritdoc IOwnerProxy
    function execute(address target, bytes calldata data) external returns (bytes memory) {
        bytes4 selector = _selectorOf(target, data);
        if (msg.sender != owner() && !_delegates[_term][msg.sender][target][selector]) {
            revert OwnerProxyNotAllowed(msg.sender, target, selector);
        }
        return _call(target, selector, data, msg.sender);
    }

    /// @inheritdoc IOwnerProxy
    function executeBatch(Call[] calldata calls) external onlyOwner returns (bytes[] memory) {
        if (calls.length == 0) revert OwnerProxyEmptyBatch();

        bytes[] memory responses = new bytes[](calls.length);
        for (uint256 i = 0; i < calls.length; ++i) {
            // An earlier call of the batch cannot change the owner: the proxy never calls itself.
            bytes4 selector = _selectorOf(calls[i].target, calls[i].data);
            responses[i] = _call(calls[i].target, selector, calls[i].data, msg.sender);
        }
        return responses;
    }

    /// @inheritdoc IOwnerProxy
    function executeSigned(OwnerRequest calldata request, bytes calldata signature) external returns (bytes memory) {
        if (block.timestamp > request.deadline) revert OwnerProxyRequestExpired(request.deadline);
        bytes4 selector = _selectorOf(request.target, request.data);

        address signer = owner();
        uint256 current = _nonces[signer];
        if (request.nonce != current) revert InvalidAccountNonce(signer, current);
        if (!SignatureChecker.isValidSignatureNowCalldata(signer, requestDigest(request), signature)) {
            revert OwnerProxyInvalidSignature(signer);
        }

        _nonces[signer] = current + 1;
        return _call(request.target, selector, request.data, signer);
    }

    /// @inheritdoc IOwnerProxy
    function voidOutstanding() external onlyOwner {
        _voidOutstanding(msg.sender);
    }

    /// @inheritdoc IOwnerProxy
    function setDelegate(address delegate, address target, bytes4 selector, bool allowed) external onlyOwner {
        _delegates[_term][delegate][target][selector] = allowed;
        emit DelegateSet(delegate, target, selector, allowed);
    }

    /// @notice Refused: without an owner a paused fleet could never be resumed.
    function renounceOwnership() public view override onlyOwner {
        revert OwnerProxyOwnerRequired();
    }

    /// @inheritdoc IOwnerProxy
    function isDelegate(address delegate, address target, bytes4 selector) external view returns (bool) {
        return _delegates[_term][delegate][target][selector];
    }

    /// @inheritdoc IOwnerProxy
    function nonces(address owner_) external view returns (uint256) {
        return _nonces[owner_];
    }

    /// @inheritdoc IOwnerProxy
    function requestDigest(OwnerRequest calldata request) public view returns (bytes32) {
        return _hashTypedDataV4(
            keccak256(
                abi.encode(
                    OWNER_REQUEST_TYPEHASH, request.target, keccak256(request.data), request.nonce, request.deadline
                )
            )
        );
    }

    /// @dev A hand-over ends what the former owner had signed and whom they had named, even if they come back later.
    function _transferOwnership(address newOwner) internal override {
        address former = owner();
        if (former != address(0)) _voidOutstanding(former);
        ++_term;
        super._transferOwnership(newOwner);
    }

    function _voidOutstanding(address signer) private {
        uint256 next = (_nonces[signer] / NONCE_STRIDE + 1) * NONCE_STRIDE;
        _nonces[signer] = next;
        emit OutstandingVoided(signer, next);
    }

    function _call(address target, bytes4 selector, bytes calldata data, address by) private returns (bytes memory) {
        emit Executed(target, selector, data, by);
        return Address.functionCall(target, data);
    }

    function _selectorOf(address target, bytes calldata data) private view returns (bytes4) {
        if (target == address(this)) revert OwnerProxySelfCall();
        if (data.length < 4) revert OwnerProxyDataTooShort(data.length);
        return bytes4(data[:4]);
    }
}
