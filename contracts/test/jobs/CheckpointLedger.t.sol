// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ICheckpointLedger} from "../../jobs/interfaces/ICheckpointLedger.sol";
import {Fleet} from "../support/Fleet.sol";
import {Vm} from "../support/Vm.sol";

contract CheckpointLedgerTest is Fleet {
    function test_anAnchorIsKeptAndTold() public {
        vm.expectEmit(address(ledger));
        emit ICheckpointLedger.CheckpointAnchored(MISSION, 7, ROOT, relayer);
        _anchor(7, ROOT);

        (uint64 size, bytes32 root) = ledger.latest(MISSION);
        assertEq(size, 7, "size");
        assertEq(root, ROOT, "root");
        assertEq(ledger.anchorCount(MISSION), 1, "count");
        assertEq(ledger.rootAt(MISSION, 7), ROOT, "root at size");
        assertEq(ledger.rootAt(MISSION, 6), bytes32(0), "no root between");
    }

    function test_anchoringTheLatestAgainChangesNothing() public {
        _anchor(7, ROOT);
        vm.recordLogs();
        _anchor(7, ROOT);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, 0, "events");
        assertEq(ledger.anchorCount(MISSION), 1, "count");
    }

    function test_anotherRootForTheSameSizeIsAFork() public {
        _anchor(7, ROOT);
        vm.expectRevert(
            abi.encodeWithSelector(ICheckpointLedger.CheckpointLedgerFork.selector, MISSION, 7, ROOT, DELIVERABLE)
        );
        _anchor(7, DELIVERABLE);
    }

    function test_aLedgerDoesNotShrink() public {
        _anchor(7, ROOT);
        vm.expectRevert(abi.encodeWithSelector(ICheckpointLedger.CheckpointLedgerNotGrowing.selector, MISSION, 7, 6));
        _anchor(6, ROOT);
    }

    function test_anEmptyLedgerOrRootIsNotAnchored() public {
        vm.expectRevert(abi.encodeWithSelector(ICheckpointLedger.CheckpointLedgerNotGrowing.selector, MISSION, 0, 0));
        _anchor(0, ROOT);
        vm.expectRevert(abi.encodeWithSelector(ICheckpointLedger.CheckpointLedgerZeroRoot.selector));
        _anchor(1, bytes32(0));
    }

    function test_onlyAnchorersAnchorAndOnlyTheOwnerNamesThem() public {
        vm.expectRevert(abi.encodeWithSelector(ICheckpointLedger.CheckpointLedgerNotAnchorer.selector, stranger));
        vm.prank(stranger);
        ledger.anchor(MISSION, 1, ROOT);

        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, relayer));
        vm.prank(relayer);
        ledger.setAnchorer(stranger, true);

        asOwner(address(ledger), abi.encodeCall(ledger.setAnchorer, (stranger, true)));
        asOwner(address(ledger), abi.encodeCall(ledger.setAnchorer, (relayer, false)));
        assertTrue(ledger.isAnchorer(stranger), "named");
        assertFalse(ledger.isAnchorer(relayer), "dismissed");

        vm.expectRevert(abi.encodeWithSelector(ICheckpointLedger.CheckpointLedgerZeroAddress.selector));
        asOwner(address(ledger), abi.encodeCall(ledger.setAnchorer, (address(0), true)));
    }

    function test_missionsDoNotDisturbEachOther() public {
        bytes32 other = keccak256("another");
        _anchor(9, ROOT);
        vm.prank(relayer);
        ledger.anchor(other, 2, DELIVERABLE);
        (uint64 size,) = ledger.latest(MISSION);
        assertEq(size, 9, "size");
    }

    function testFuzz_onlyGrowthIsAccepted(uint64[12] calldata sizes) public {
        uint64 highest;
        uint256 accepted;
        for (uint256 i = 0; i < sizes.length; ++i) {
            bytes32 root = keccak256(abi.encode(sizes[i]));
            vm.prank(relayer);
            try ledger.anchor(MISSION, sizes[i], root) {
                assertTrue(sizes[i] >= highest && sizes[i] != 0, "accepted");
                if (sizes[i] > highest) ++accepted;
                highest = sizes[i];
            } catch {
                assertTrue(sizes[i] < highest || sizes[i] == 0, "refused");
            }
        }
        (uint64 size,) = ledger.latest(MISSION);
        assertEq(size, highest, "latest");
        assertEq(ledger.anchorCount(MISSION), accepted, "count");
    }

    function _anchor(uint64 size, bytes32 root) private {
        vm.prank(relayer);
        ledger.anchor(MISSION, size, root);
    }
}
