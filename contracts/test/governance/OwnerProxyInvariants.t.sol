// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {OwnerProxy} from "../../governance/OwnerProxy.sol";
import {IOwnerProxy} from "../../governance/interfaces/IOwnerProxy.sol";
import {Test} from "../support/Test.sol";

/// @dev Counts the calls that reach it.
contract Bell {
    mapping(uint256 note => uint256) public rung;

    function ring(uint256 note) external {
        ++rung[note];
    }
}

/// @dev Signs requests, some of them ahead, sends them in any order and repeatedly, and voids at random.
contract RequestPlayer is Test {
    uint256 private constant KEY = 0xA11CE;

    Bell public bell = new Bell();
    OwnerProxy public proxy = new OwnerProxy(vm.addr(KEY));
    uint256 public notes;
    uint256 public executed;
    uint256 public voided;
    uint256 public lastNonce;

    IOwnerProxy.OwnerRequest[] private _requests;
    bytes[] private _signatures;
    mapping(uint256 nonce => uint256) public executedAt;

    function signRequest(uint256 ahead) external {
        uint256 nonce = proxy.nonces(vm.addr(KEY)) + bound(ahead, 0, 2);
        IOwnerProxy.OwnerRequest memory request = IOwnerProxy.OwnerRequest(
            address(bell), abi.encodeCall(Bell.ring, (notes)), nonce, uint64(block.timestamp + 1 days)
        );
        ++notes;
        _requests.push(request);
        _signatures.push(sign(KEY, proxy.requestDigest(request)));
    }

    function send(uint256 pick) external {
        if (_requests.length == 0) return;
        // Recent requests are the ones that can still be valid.
        uint256 back = bound(pick, 0, _requests.length < 6 ? _requests.length - 1 : 5);
        uint256 index = _requests.length - 1 - back;
        try proxy.executeSigned(_requests[index], _signatures[index]) {
            ++executed;
            ++executedAt[_requests[index].nonce];
            if (executedAt[_requests[index].nonce] > 1) revert("a nonce was used twice");
        } catch {}
    }

    function voidAll(uint256 chance) external {
        if (chance % 8 != 0) return;
        vm.prank(vm.addr(KEY));
        proxy.voidOutstanding();
        ++voided;
    }

    function current() external view returns (uint256) {
        return proxy.nonces(vm.addr(KEY));
    }
}

contract OwnerProxyInvariants is Test {
    RequestPlayer private _player;

    function setUp() external {
        _player = new RequestPlayer();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_player);
    }

    function invariant_aSignedRequestIsExecutedOnceAtMost() external view {
        uint256 sum;
        for (uint256 note = 0; note < _player.notes(); ++note) {
            uint256 rung = _player.bell().rung(note);
            assertTrue(rung <= 1, "rung");
            sum += rung;
        }
        assertEq(sum, _player.executed(), "every success rang once");
        assertEq(_player.current() / 2 ** 32, _player.voided(), "voids");
        assertTrue(_player.current() % 2 ** 32 <= _player.executed(), "executions");
    }
}
