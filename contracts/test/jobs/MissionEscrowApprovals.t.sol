// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {IMissionEscrow} from "../../jobs/interfaces/IMissionEscrow.sol";
import {Fleet} from "../support/Fleet.sol";

/// @dev Who may approve, what exactly they approve, and for how long.
contract MissionEscrowApprovalsTest is Fleet {
    function setUp() public override {
        super.setUp();
        fundUsual();
    }

    function test_theDigestIsThatOfTheTypedData() public view {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Phase8 MissionEscrow"),
                keccak256("1"),
                block.chainid,
                address(escrow)
            )
        );
        bytes32 content = keccak256(
            abi.encode(
                keccak256(
                    "MilestoneApproval(bytes32 mission,uint256 milestone,bytes32 deliverable,bytes32 root,uint64 deadline)"
                ),
                MISSION,
                uint256(1),
                DELIVERABLE,
                ROOT,
                uint64(77)
            )
        );
        assertEq(
            escrow.milestoneApprovalDigest(MISSION, 1, DELIVERABLE, ROOT, 77),
            keccak256(abi.encodePacked(hex"1901", domain, content)),
            "digest"
        );
    }

    function test_anybodyMaySendTheApprovals() public {
        IMissionEscrow.Approval[] memory approvals = approvalsOf(0);
        vm.prank(stranger);
        escrow.releaseMilestone(MISSION, 0, DELIVERABLE, ROOT, approvals);
        assertTrue(escrow.isReleased(MISSION, 0), "released");
    }

    function test_aContractWalletApprovesAsAnyMemberDoes() public {
        IMissionEscrow.Approval[] memory approvals = new IMissionEscrow.Approval[](3);
        for (uint256 i = 0; i < 3; ++i) {
            approvals[i] = approvalBy(i, 0);
        }
        escrow.releaseMilestone(MISSION, 0, DELIVERABLE, ROOT, approvals);
        assertTrue(token.balanceOf(address(wallet)) > 0, "wallet got its share");
    }

    function test_aContractWalletThatChangedItsSignerApprovesNothing() public {
        IMissionEscrow.Approval[] memory approvals = new IMissionEscrow.Approval[](3);
        for (uint256 i = 0; i < 3; ++i) {
            approvals[i] = approvalBy(i, 0);
        }
        wallet.setSigner(stranger);
        expectRefusal(
            0, approvals, abi.encodeWithSelector(IMissionEscrow.MissionEscrowInvalidApproval.selector, address(wallet))
        );
    }

    function test_fewerApprovalsThanTheQuorumAreRefused() public {
        IMissionEscrow.Approval[] memory approvals = new IMissionEscrow.Approval[](1);
        approvals[0] = approvalBy(0, 0);
        expectRefusal(0, approvals, abi.encodeWithSelector(IMissionEscrow.MissionEscrowQuorumNotReached.selector, 1, 2));
    }

    function test_theSameValidatorTwiceIsRefused() public {
        IMissionEscrow.Approval[] memory approvals = approvalsOf(0);
        approvals[1] = approvals[0];
        expectRefusal(
            0,
            approvals,
            abi.encodeWithSelector(IMissionEscrow.MissionEscrowApprovalsNotAscending.selector, guild[0], guild[0])
        );
    }

    function test_approvalsOutOfOrderAreRefused() public {
        IMissionEscrow.Approval[] memory approvals = approvalsOf(0);
        (approvals[0], approvals[1]) = (approvals[1], approvals[0]);
        expectRefusal(
            0,
            approvals,
            abi.encodeWithSelector(IMissionEscrow.MissionEscrowApprovalsNotAscending.selector, guild[1], guild[0])
        );
    }

    function test_aStrangersApprovalIsRefusedEvenOnTopOfAQuorum() public {
        IMissionEscrow.Approval[] memory approvals = new IMissionEscrow.Approval[](3);
        uint64 deadline = uint64(block.timestamp + 1 hours);
        bytes32 digest = escrow.milestoneApprovalDigest(MISSION, 0, DELIVERABLE, ROOT, deadline);
        (approvals[0], approvals[1]) = (approvalBy(0, 0), approvalBy(1, 0));
        approvals[2] = IMissionEscrow.Approval(stranger, deadline, sign(STRANGER_KEY, digest));
        _sort(approvals);
        expectRefusal(0, approvals, abi.encodeWithSelector(IMissionEscrow.MissionEscrowNotValidator.selector, stranger));
    }

    function test_theOperatorMayNotApproveEvenAsAMember() public {
        asOwner(address(registry), abi.encodeCall(registry.addValidator, (operator)));
        IMissionEscrow.Approval[] memory approvals = new IMissionEscrow.Approval[](2);
        uint64 deadline = uint64(block.timestamp + 1 hours);
        bytes32 digest = escrow.milestoneApprovalDigest(MISSION, 0, DELIVERABLE, ROOT, deadline);
        approvals[0] = approvalBy(0, 0);
        approvals[1] = IMissionEscrow.Approval(operator, deadline, sign(OPERATOR_KEY, digest));
        _sort(approvals);
        expectRefusal(
            0, approvals, abi.encodeWithSelector(IMissionEscrow.MissionEscrowOperatorMayNotApprove.selector, operator)
        );
    }

    function test_aMemberWhoWasRemovedNoLongerApproves() public {
        IMissionEscrow.Approval[] memory approvals = approvalsOf(0);
        asOwner(address(registry), abi.encodeCall(registry.removeValidator, (guild[0])));
        expectRefusal(0, approvals, abi.encodeWithSelector(IMissionEscrow.MissionEscrowNotValidator.selector, guild[0]));
    }

    function test_aMemberBelowTheMinimumStakeDoesNotApprove() public {
        IMissionEscrow.Approval[] memory approvals = approvalsOf(0);
        asOwner(address(registry), abi.encodeCall(registry.setMinimumStake, (1 ether)));
        expectRefusal(0, approvals, abi.encodeWithSelector(IMissionEscrow.MissionEscrowNotValidator.selector, guild[0]));
    }

    function test_anApprovalCountsUpToItsDeadline() public {
        IMissionEscrow.Approval[] memory approvals = approvalsOf(0);
        vm.warp(approvals[0].deadline);
        escrow.releaseMilestone(MISSION, 0, DELIVERABLE, ROOT, approvals);
        assertTrue(escrow.isReleased(MISSION, 0), "released");
    }

    function test_anExpiredApprovalIsRefused() public {
        IMissionEscrow.Approval[] memory approvals = approvalsOf(0);
        vm.warp(approvals[0].deadline + 1);
        expectRefusal(
            0,
            approvals,
            abi.encodeWithSelector(
                IMissionEscrow.MissionEscrowApprovalExpired.selector, guild[0], approvals[0].deadline
            )
        );
    }

    function test_aDeadlineThatWasNotSignedIsRefused() public {
        IMissionEscrow.Approval[] memory approvals = approvalsOf(0);
        approvals[0].deadline += 1;
        expectRefusal(
            0, approvals, abi.encodeWithSelector(IMissionEscrow.MissionEscrowInvalidApproval.selector, guild[0])
        );
    }

    function test_anApprovalOfOneMilestoneDoesNotReleaseAnother() public {
        expectRefusal(
            1, approvalsOf(0), abi.encodeWithSelector(IMissionEscrow.MissionEscrowInvalidApproval.selector, guild[0])
        );
    }

    function test_anApprovalOnAnotherChainIsRefused() public {
        IMissionEscrow.Approval[] memory approvals = approvalsOf(0);
        vm.chainId(1);
        expectRefusal(
            0, approvals, abi.encodeWithSelector(IMissionEscrow.MissionEscrowInvalidApproval.selector, guild[0])
        );
    }

    function test_anApprovalOfAnotherMissionIsRefused() public {
        bytes32 other = keccak256("another mission");
        IMissionEscrow.Terms memory terms = usualTerms();
        vm.prank(operator);
        escrow.fund(other, terms);
        IMissionEscrow.Approval[] memory approvals = approvalsOf(0);
        vm.expectRevert(abi.encodeWithSelector(IMissionEscrow.MissionEscrowInvalidApproval.selector, guild[0]));
        escrow.releaseMilestone(other, 0, DELIVERABLE, ROOT, approvals);
    }

    function testFuzz_approvalsOfOtherContentAreRefused(bytes32 deliverable, bytes32 root) public {
        vm.assume(deliverable != DELIVERABLE || root != ROOT);
        IMissionEscrow.Approval[] memory approvals = approvalsOf(0);
        vm.expectRevert(abi.encodeWithSelector(IMissionEscrow.MissionEscrowInvalidApproval.selector, guild[0]));
        escrow.releaseMilestone(MISSION, 0, deliverable, root, approvals);
    }

    function testFuzz_signaturesByAnyOtherKeyAreRefused(uint256 key) public {
        key = bound(key, 1, type(uint128).max);
        vm.assume(key != guildKeys[0]);
        IMissionEscrow.Approval[] memory approvals = approvalsOf(0);
        bytes32 digest = escrow.milestoneApprovalDigest(MISSION, 0, DELIVERABLE, ROOT, approvals[0].deadline);
        approvals[0].signature = sign(key, digest);
        expectRefusal(
            0, approvals, abi.encodeWithSelector(IMissionEscrow.MissionEscrowInvalidApproval.selector, guild[0])
        );
    }

    function testFuzz_noiseIsNoSignature(bytes calldata noise) public {
        IMissionEscrow.Approval[] memory approvals = approvalsOf(0);
        vm.assume(keccak256(noise) != keccak256(approvals[1].signature));
        approvals[1].signature = noise;
        expectRefusal(
            0, approvals, abi.encodeWithSelector(IMissionEscrow.MissionEscrowInvalidApproval.selector, guild[1])
        );
    }

    function testFuzz_validSignaturesByNonMembersAreRefused(uint256 key) public {
        key = bound(key, 1, type(uint128).max);
        address signer = vm.addr(key);
        vm.assume(!registry.isMember(signer) && signer != operator);
        uint64 deadline = uint64(block.timestamp + 1 hours);
        IMissionEscrow.Approval[] memory approvals = new IMissionEscrow.Approval[](2);
        bytes32 digest = escrow.milestoneApprovalDigest(MISSION, 0, DELIVERABLE, ROOT, deadline);
        approvals[0] = approvalBy(0, 0);
        approvals[1] = IMissionEscrow.Approval(signer, deadline, sign(key, digest));
        _sort(approvals);
        expectRefusal(0, approvals, abi.encodeWithSelector(IMissionEscrow.MissionEscrowNotValidator.selector, signer));
    }

    function _sort(IMissionEscrow.Approval[] memory approvals) private pure {
        for (uint256 i = 0; i < approvals.length; ++i) {
            for (uint256 j = i + 1; j < approvals.length; ++j) {
                if (approvals[i].validator > approvals[j].validator) {
                    (approvals[i], approvals[j]) = (approvals[j], approvals[i]);
                }
            }
        }
    }
}
