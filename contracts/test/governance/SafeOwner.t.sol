// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {Safe} from "@safe-global/safe-contracts/contracts/Safe.sol";
import {Enum} from "@safe-global/safe-contracts/contracts/common/Enum.sol";
import {
    CompatibilityFallbackHandler
} from "@safe-global/safe-contracts/contracts/handler/CompatibilityFallbackHandler.sol";
import {MultiSendCallOnly} from "@safe-global/safe-contracts/contracts/libraries/MultiSendCallOnly.sol";
import {SafeProxyFactory} from "@safe-global/safe-contracts/contracts/proxies/SafeProxyFactory.sol";
import {IOwnerProxy} from "../../governance/interfaces/IOwnerProxy.sol";
import {Fleet} from "../support/Fleet.sol";

/// @dev The door in the hands of a real Safe, two of three.
contract SafeOwnerTest is Fleet {
    uint256[3] private _keys;
    Safe private _safe;
    CompatibilityFallbackHandler private _handler;
    MultiSendCallOnly private _multiSend;

    function setUp() public override {
        super.setUp();
        fundUsual();
        _handler = new CompatibilityFallbackHandler();
        _multiSend = new MultiSendCallOnly();
        SafeProxyFactory factory = new SafeProxyFactory();
        Safe singleton = new Safe();

        _keys = _sorted([uint256(0x5AFE1), 0x5AFE2, 0x5AFE3]);
        address[] memory owners = new address[](3);
        for (uint256 i = 0; i < 3; ++i) {
            owners[i] = vm.addr(_keys[i]);
        }
        bytes memory setup = abi.encodeCall(
            Safe.setup, (owners, 2, address(0), "", address(_handler), address(0), 0, payable(address(0)))
        );
        _safe = Safe(payable(address(factory.createProxyWithNonce(address(singleton), setup, 8))));

        vm.prank(owner);
        proxy.transferOwnership(address(_safe));
        _send(address(proxy), abi.encodeCall(proxy.acceptOwnership, ()), Enum.Operation.Call);
        assertEq(proxy.owner(), address(_safe), "owner");
    }

    function test_twoSignaturesCarryARequestThroughTheDoor() public {
        IOwnerProxy.OwnerRequest memory request = _lowerTo(7, 0);
        bytes32 digest = proxy.requestDigest(request);
        bytes memory signatures = _messageSignatures(digest, 0, 2);
        vm.expectEmit(address(proxy));
        emit IOwnerProxy.Executed(address(budget), budget.updateCap.selector, request.data, address(_safe));
        vm.prank(relayer);
        proxy.executeSigned(request, signatures);
        assertEq(budget.capOf(MISSION), 7, "cap");

        vm.expectRevert(abi.encodeWithSelector(IOwnerProxy.InvalidAccountNonce.selector, address(_safe), 1));
        proxy.executeSigned(request, signatures);
    }

    function test_oneSignatureIsRefused() public {
        IOwnerProxy.OwnerRequest memory request = _lowerTo(7, 0);
        bytes32 digest = proxy.requestDigest(request);
        bytes32 message = _handler.getMessageHashForSafe(_safe, abi.encode(digest));
        _refused(request, sign(_keys[0], message));
        _refused(request, abi.encodePacked(sign(_keys[0], message), sign(_keys[0], message)));
        _refused(request, "");
    }

    function test_signaturesByAStrangerOrOverTheBareDigestAreRefused() public {
        IOwnerProxy.OwnerRequest memory request = _lowerTo(7, 0);
        bytes32 digest = proxy.requestDigest(request);
        bytes32 message = _handler.getMessageHashForSafe(_safe, abi.encode(digest));
        uint256[3] memory keys = _sorted([_keys[0], STRANGER_KEY, type(uint128).max]);
        _refused(request, abi.encodePacked(sign(keys[0], message), sign(keys[1], message)));
        _refused(request, abi.encodePacked(sign(_keys[0], digest), sign(_keys[1], digest)));
    }

    function test_whatTheSafeSignedDiesWithTheSigner() public {
        IOwnerProxy.OwnerRequest memory request = _lowerTo(7, 0);
        bytes memory signatures = _messageSignatures(proxy.requestDigest(request), 1, 2);
        bytes memory swap =
            abi.encodeWithSignature("swapOwner(address,address,address)", _before(2), vm.addr(_keys[2]), stranger);
        _send(address(_safe), swap, Enum.Operation.Call);
        _refused(request, signatures);
    }

    function test_aSafeTransactionPullsALever() public {
        bytes memory lower = abi.encodeCall(budget.updateCap, (MISSION, 9));
        _send(address(proxy), abi.encodeCall(proxy.execute, (address(budget), lower)), Enum.Operation.Call);
        assertEq(budget.capOf(MISSION), 9, "cap");
    }

    function test_aBatchPullsSeveralLeversAllOrNothing() public {
        bytes memory lower = abi.encodeCall(budget.updateCap, (MISSION, 9));
        bytes memory pause = abi.encodeCall(manager.forwardPauseCall, (abi.encodeCall(switch_.pauseAll, ())));
        bytes memory batch = abi.encodePacked(
            _packed(address(proxy), abi.encodeCall(proxy.execute, (address(budget), lower))),
            _packed(address(proxy), abi.encodeCall(proxy.execute, (address(manager), pause)))
        );
        _send(address(_multiSend), abi.encodeCall(_multiSend.multiSend, (batch)), Enum.Operation.DelegateCall);
        assertEq(budget.capOf(MISSION), 9, "cap");
        assertTrue(escrow.paused(), "fleet");

        bytes memory further = abi.encodeCall(budget.updateCap, (MISSION, 8));
        bytes memory raise = abi.encodeCall(budget.updateCap, (MISSION, 10));
        batch = abi.encodePacked(
            _packed(address(proxy), abi.encodeCall(proxy.execute, (address(budget), further))),
            _packed(address(proxy), abi.encodeCall(proxy.execute, (address(budget), raise)))
        );
        bytes memory data = abi.encodeCall(_multiSend.multiSend, (batch));
        bytes memory signatures = _transactionSignatures(address(_multiSend), data, Enum.Operation.DelegateCall);
        vm.expectRevert("GS013");
        _transact(address(_multiSend), data, Enum.Operation.DelegateCall, signatures);
        assertEq(budget.capOf(MISSION), 9, "cap");
    }

    function test_theSafeStartsAWaitThatEndsInARaise() public {
        bytes memory raise = abi.encodeCall(budget.updateCap, (MISSION, 300_000_000));
        bytes memory wait =
            abi.encodeCall(ownerTimelock.schedule, (address(budget), 0, raise, bytes32(0), bytes32(0), DELAY));
        _send(address(proxy), abi.encodeCall(proxy.execute, (address(ownerTimelock), wait)), Enum.Operation.Call);
        vm.warp(block.timestamp + DELAY);
        vm.prank(relayer);
        ownerTimelock.execute(address(budget), 0, raise, bytes32(0), bytes32(0));
        assertEq(budget.capOf(MISSION), 300_000_000, "cap");
    }

    function test_oneSignatureSendsNoTransaction() public {
        bytes memory data = abi.encodeCall(proxy.voidOutstanding, ());
        bytes32 hash = _transactionHash(address(proxy), data, Enum.Operation.Call);
        vm.expectRevert("GS020");
        _transact(address(proxy), data, Enum.Operation.Call, sign(_keys[0], hash));
    }

    function _lowerTo(uint256 cap, uint256 nonce) private view returns (IOwnerProxy.OwnerRequest memory) {
        bytes memory data = abi.encodeCall(budget.updateCap, (MISSION, cap));
        return IOwnerProxy.OwnerRequest(address(budget), data, nonce, uint64(block.timestamp + 1 hours));
    }

    function _refused(IOwnerProxy.OwnerRequest memory request, bytes memory signatures) private {
        vm.expectRevert(abi.encodeWithSelector(IOwnerProxy.OwnerProxyInvalidSignature.selector, address(_safe)));
        proxy.executeSigned(request, signatures);
    }

    /// @dev What two owners sign so that the Safe vouches for `digest` by ERC-1271.
    function _messageSignatures(bytes32 digest, uint256 one, uint256 two) private view returns (bytes memory) {
        bytes32 message = _handler.getMessageHashForSafe(_safe, abi.encode(digest));
        return abi.encodePacked(sign(_keys[one], message), sign(_keys[two], message));
    }

    function _send(address to, bytes memory data, Enum.Operation operation) private {
        bytes memory signatures = _transactionSignatures(to, data, operation);
        vm.prank(relayer);
        assertTrue(_transact(to, data, operation, signatures), "the Safe's transaction");
    }

    function _transactionHash(address to, bytes memory data, Enum.Operation operation) private view returns (bytes32) {
        return _safe.getTransactionHash(to, 0, data, operation, 0, 0, 0, address(0), address(0), _safe.nonce());
    }

    function _transactionSignatures(address to, bytes memory data, Enum.Operation operation)
        private
        view
        returns (bytes memory)
    {
        bytes32 hash = _transactionHash(to, data, operation);
        return abi.encodePacked(sign(_keys[0], hash), sign(_keys[1], hash));
    }

    function _transact(address to, bytes memory data, Enum.Operation operation, bytes memory signatures)
        private
        returns (bool)
    {
        return _safe.execTransaction(to, 0, data, operation, 0, 0, 0, address(0), payable(address(0)), signatures);
    }

    /// @dev One call of a batch, as MultiSend packs it.
    function _packed(address to, bytes memory data) private pure returns (bytes memory) {
        return abi.encodePacked(uint8(0), to, uint256(0), data.length, data);
    }

    /// @dev The Safe keeps its owners as a linked list in the order of its set-up.
    function _before(uint256 position) private view returns (address) {
        return vm.addr(_keys[position - 1]);
    }

    /// @dev Keys in the order of their addresses, in which a Safe wants signatures.
    function _sorted(uint256[3] memory keys) private pure returns (uint256[3] memory) {
        for (uint256 i = 0; i < 3; ++i) {
            for (uint256 j = i + 1; j < 3; ++j) {
                if (vm.addr(keys[i]) > vm.addr(keys[j])) (keys[i], keys[j]) = (keys[j], keys[i]);
            }
        }
        return keys;
    }
}
