// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {OwnerProxy} from "../../governance/OwnerProxy.sol";
import {IOwnerProxy} from "../../governance/interfaces/IOwnerProxy.sol";
import {IBudgetManager} from "../../jobs/interfaces/IBudgetManager.sol";
import {Fleet} from "../support/Fleet.sol";
import {Wallet} from "../support/Wallet.sol";

contract OwnerProxyTest is Fleet {
    function setUp() public override {
        super.setUp();
        fundUsual();
    }

    function test_theOwnersCallIsMadeAndTold() public {
        bytes memory data = _cap(5);
        vm.expectEmit(address(proxy));
        emit IOwnerProxy.Executed(address(budget), budget.updateCap.selector, data, owner);
        asOwner(address(budget), data);
        assertEq(budget.capOf(MISSION), 5, "cap");
    }

    function test_theAnswerOfTheTargetComesBack() public {
        bytes memory answer = asOwner(address(budget), abi.encodeCall(budget.capOf, (MISSION)));
        assertEq(abi.decode(answer, (uint256)), 250_000_000, "cap");
    }

    function test_aStrangersCallIsRefused() public {
        bytes memory data = _cap(5);
        vm.expectRevert(_notAllowed(stranger));
        vm.prank(stranger);
        proxy.execute(address(budget), data);
    }

    function test_theErrorOfTheTargetComesThrough() public {
        bytes32 unknown = keccak256("unknown");
        vm.expectRevert(abi.encodeWithSelector(IBudgetManager.BudgetManagerUnknownMission.selector, unknown));
        asOwner(address(budget), abi.encodeCall(budget.updateCap, (unknown, 1)));
    }

    function test_itselfAndNobodyAndNothingAreNotCalled() public {
        vm.expectRevert(abi.encodeWithSelector(IOwnerProxy.OwnerProxySelfCall.selector));
        asOwner(address(proxy), abi.encodeCall(proxy.voidOutstanding, ()));

        vm.expectRevert(abi.encodeWithSelector(Address.AddressEmptyCode.selector, stranger));
        asOwner(stranger, _cap(1));

        vm.expectRevert(abi.encodeWithSelector(IOwnerProxy.OwnerProxyDataTooShort.selector, 3));
        asOwner(address(budget), hex"010203");
    }

    function test_aDelegateCallsExactlyWhatItWasAllowed() public {
        vm.expectEmit(address(proxy));
        emit IOwnerProxy.DelegateSet(stranger, address(budget), budget.updateCap.selector, true);
        _delegate(true);
        bytes memory data = _cap(6);
        vm.prank(stranger);
        proxy.execute(address(budget), data);
        assertEq(budget.capOf(MISSION), 6, "cap");
        assertTrue(proxy.isDelegate(stranger, address(budget), budget.updateCap.selector), "listed");

        bytes memory other = abi.encodeCall(budget.transferOwnership, (stranger));
        vm.expectRevert(
            abi.encodeWithSelector(
                IOwnerProxy.OwnerProxyNotAllowed.selector, stranger, address(budget), budget.transferOwnership.selector
            )
        );
        vm.prank(stranger);
        proxy.execute(address(budget), other);

        vm.expectRevert(
            abi.encodeWithSelector(
                IOwnerProxy.OwnerProxyNotAllowed.selector, stranger, address(escrow), budget.updateCap.selector
            )
        );
        vm.prank(stranger);
        proxy.execute(address(escrow), data);

        _delegate(false);
        vm.expectRevert(_notAllowed(stranger));
        vm.prank(stranger);
        proxy.execute(address(budget), data);
    }

    function test_aDelegateNamesNoDelegatesAndMakesNoBatch() public {
        _delegate(true);
        bytes memory refused = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger);
        vm.expectRevert(refused);
        vm.prank(stranger);
        proxy.setDelegate(stranger, address(escrow), escrow.failMission.selector, true);

        IOwnerProxy.Call[] memory calls = new IOwnerProxy.Call[](1);
        calls[0] = IOwnerProxy.Call(address(budget), _cap(1));
        vm.expectRevert(refused);
        vm.prank(stranger);
        proxy.executeBatch(calls);
    }

    function test_aBatchIsAllOrNothing() public {
        IOwnerProxy.Call[] memory calls = new IOwnerProxy.Call[](2);
        calls[0] = IOwnerProxy.Call(address(budget), _cap(9));
        calls[1] = IOwnerProxy.Call(address(budget), abi.encodeCall(budget.capOf, (MISSION)));
        vm.prank(owner);
        bytes[] memory answers = proxy.executeBatch(calls);
        assertEq(abi.decode(answers[1], (uint256)), 9, "cap seen by the second call");

        calls[0].data = _cap(8);
        calls[1].data = abi.encodeCall(budget.updateCap, (bytes32(0), 1));
        vm.expectRevert(abi.encodeWithSelector(IBudgetManager.BudgetManagerUnknownMission.selector, bytes32(0)));
        vm.prank(owner);
        proxy.executeBatch(calls);
        assertEq(budget.capOf(MISSION), 9, "cap");

        vm.expectRevert(abi.encodeWithSelector(IOwnerProxy.OwnerProxyEmptyBatch.selector));
        vm.prank(owner);
        proxy.executeBatch(new IOwnerProxy.Call[](0));
    }

    function test_theDigestIsThatOfTheTypedData() public view {
        IOwnerProxy.OwnerRequest memory request = _request(3);
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Phase8 OwnerProxy"),
                keccak256("1"),
                block.chainid,
                address(proxy)
            )
        );
        bytes32 content = keccak256(
            abi.encode(
                keccak256("OwnerRequest(address target,bytes data,uint256 nonce,uint64 deadline)"),
                request.target,
                keccak256(request.data),
                request.nonce,
                request.deadline
            )
        );
        assertEq(proxy.requestDigest(request), keccak256(abi.encodePacked(hex"1901", domain, content)), "digest");
    }

    function test_aSignedRequestIsCarriedByAnybodyOnce() public {
        IOwnerProxy.OwnerRequest memory request = _request(11);
        bytes memory signature = sign(OWNER_KEY, proxy.requestDigest(request));

        vm.expectEmit(address(proxy));
        emit IOwnerProxy.Executed(address(budget), budget.updateCap.selector, request.data, owner);
        vm.prank(relayer);
        proxy.executeSigned(request, signature);
        assertEq(budget.capOf(MISSION), 11, "cap");
        assertEq(proxy.nonces(owner), 1, "nonce");

        vm.expectRevert(abi.encodeWithSelector(IOwnerProxy.InvalidAccountNonce.selector, owner, 1));
        vm.prank(relayer);
        proxy.executeSigned(request, signature);
    }

    function test_aRequestPastItsDeadlineIsRefused() public {
        IOwnerProxy.OwnerRequest memory request = _request(11);
        bytes memory signature = sign(OWNER_KEY, proxy.requestDigest(request));
        vm.warp(request.deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(IOwnerProxy.OwnerProxyRequestExpired.selector, request.deadline));
        proxy.executeSigned(request, signature);
    }

    function test_aRequestSignedForAnotherChainIsRefused() public {
        IOwnerProxy.OwnerRequest memory request = _request(11);
        bytes memory signature = sign(OWNER_KEY, proxy.requestDigest(request));
        vm.chainId(1);
        vm.expectRevert(abi.encodeWithSelector(IOwnerProxy.OwnerProxyInvalidSignature.selector, owner));
        proxy.executeSigned(request, signature);
    }

    function test_aRequestThatFailsKeepsItsNonce() public {
        IOwnerProxy.OwnerRequest memory request = _request(11);
        request.data = abi.encodeCall(budget.updateCap, (bytes32(0), 1));
        bytes memory signature = sign(OWNER_KEY, proxy.requestDigest(request));
        vm.expectRevert(abi.encodeWithSelector(IBudgetManager.BudgetManagerUnknownMission.selector, bytes32(0)));
        proxy.executeSigned(request, signature);
        assertEq(proxy.nonces(owner), 0, "nonce");
    }

    function testFuzz_aRequestByAnyOtherKeyIsRefused(uint256 key) public {
        key = bound(key, 1, type(uint128).max);
        vm.assume(key != OWNER_KEY);
        IOwnerProxy.OwnerRequest memory request = _request(11);
        bytes memory signature = sign(key, proxy.requestDigest(request));
        vm.expectRevert(abi.encodeWithSelector(IOwnerProxy.OwnerProxyInvalidSignature.selector, owner));
        proxy.executeSigned(request, signature);
    }

    function testFuzz_aRequestThatWasChangedIsRefused(address target, bytes calldata data, uint64 later) public {
        IOwnerProxy.OwnerRequest memory request = _request(11);
        bytes memory signature = sign(OWNER_KEY, proxy.requestDigest(request));
        vm.assume(data.length >= 4 && target != address(proxy));
        request.target = target;
        request.data = data;
        request.deadline = uint64(bound(later, block.timestamp, type(uint64).max));
        vm.expectRevert(abi.encodeWithSelector(IOwnerProxy.OwnerProxyInvalidSignature.selector, owner));
        proxy.executeSigned(request, signature);
    }

    function test_voidingEndsWhateverWasSignedAhead() public {
        IOwnerProxy.OwnerRequest memory request = _request(11);
        for (uint256 ahead = 0; ahead < 3; ++ahead) {
            request.nonce = ahead;
            bytes memory signature = sign(OWNER_KEY, proxy.requestDigest(request));
            if (ahead == 0) {
                vm.expectEmit(address(proxy));
                emit IOwnerProxy.OutstandingVoided(owner, 2 ** 32);
                vm.prank(owner);
                proxy.voidOutstanding();
            }
            vm.expectRevert(abi.encodeWithSelector(IOwnerProxy.InvalidAccountNonce.selector, owner, 2 ** 32));
            proxy.executeSigned(request, signature);
        }

        request.nonce = proxy.nonces(owner);
        proxy.executeSigned(request, sign(OWNER_KEY, proxy.requestDigest(request)));
        assertEq(budget.capOf(MISSION), 11, "cap by a new request");
    }

    function test_onlyTheOwnerVoids() public {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger));
        vm.prank(stranger);
        proxy.voidOutstanding();
    }

    function test_aContractWalletOwnsTheDoorAsAKeyDoes() public {
        Wallet safe = new Wallet(vm.addr(WALLET_KEY));
        vm.prank(owner);
        proxy.transferOwnership(address(safe));
        assertEq(proxy.owner(), owner, "the hand-over takes two steps");
        safe.call(address(proxy), abi.encodeCall(proxy.acceptOwnership, ()));
        assertEq(proxy.owner(), address(safe), "owner");

        IOwnerProxy.OwnerRequest memory request = _request(12);
        proxy.executeSigned(request, sign(WALLET_KEY, proxy.requestDigest(request)));
        assertEq(budget.capOf(MISSION), 12, "signed by the wallet");

        safe.call(address(proxy), abi.encodeCall(proxy.execute, (address(budget), _cap(11))));
        assertEq(budget.capOf(MISSION), 11, "sent by the wallet");

        request.nonce = 1;
        bytes memory byNobody = sign(STRANGER_KEY, proxy.requestDigest(request));
        vm.expectRevert(abi.encodeWithSelector(IOwnerProxy.OwnerProxyInvalidSignature.selector, address(safe)));
        proxy.executeSigned(request, byNobody);
    }

    function test_aHandOverEndsDelegatesAndOutstandingRequestsForGood() public {
        _delegate(true);
        IOwnerProxy.OwnerRequest memory request = _request(14);
        bytes memory signature = sign(OWNER_KEY, proxy.requestDigest(request));
        vm.prank(owner);
        proxy.transferOwnership(operator);
        vm.prank(operator);
        proxy.acceptOwnership();
        assertFalse(proxy.isDelegate(stranger, address(budget), budget.updateCap.selector), "delegate");

        vm.expectRevert(abi.encodeWithSelector(IOwnerProxy.OwnerProxyInvalidSignature.selector, operator));
        proxy.executeSigned(request, signature);

        vm.prank(operator);
        proxy.transferOwnership(owner);
        vm.prank(owner);
        proxy.acceptOwnership();
        vm.expectRevert(abi.encodeWithSelector(IOwnerProxy.InvalidAccountNonce.selector, owner, 2 ** 32));
        proxy.executeSigned(request, signature);
        assertFalse(proxy.isDelegate(stranger, address(budget), budget.updateCap.selector), "delegate");
    }

    function test_ownershipIsNotRenounced() public {
        vm.expectRevert(abi.encodeWithSelector(IOwnerProxy.OwnerProxyOwnerRequired.selector));
        vm.prank(owner);
        proxy.renounceOwnership();
    }

    function test_valueIsNotAccepted() public {
        (bool success,) = address(proxy).call{value: 1}("");
        assertFalse(success, "value accepted");
    }

    function _cap(uint256 cap) private view returns (bytes memory) {
        return abi.encodeCall(budget.updateCap, (MISSION, cap));
    }

    function _request(uint256 cap) private view returns (IOwnerProxy.OwnerRequest memory) {
        return IOwnerProxy.OwnerRequest(address(budget), _cap(cap), 0, uint64(block.timestamp + 1 hours));
    }

    function _delegate(bool allowed) private {
        bytes4 selector = budget.updateCap.selector;
        vm.prank(owner);
        proxy.setDelegate(stranger, address(budget), selector, allowed);
    }

    function _notAllowed(address caller) private view returns (bytes memory) {
        return abi.encodeWithSelector(
            IOwnerProxy.OwnerProxyNotAllowed.selector, caller, address(budget), budget.updateCap.selector
        );
    }
}
