//! What contracts refuse, whoever asks.

use super::forge;
use crate::mutants::{Mutant, Promise};

pub(super) const GUARDS: &[Mutant] = &[
    Mutant {
        name: "second-release",
        promise: Promise::Escrow,
        file: "contracts/jobs/MissionEscrow.sol",
        find: "if (_isReleased(found, milestone)) revert MissionEscrowAlreadyReleased(mission, milestone);",
        replace: "",
        test: forge("jobs/MissionEscrow.t.sol", "test_aSecondReleaseOfTheSameMilestoneIsRefused"),
        why: "a milestone is paid twice",
    },
    Mutant {
        name: "quorum-on-chain",
        promise: Promise::Escrow,
        file: "contracts/jobs/MissionEscrow.sol",
        find: "if (approvals.length < found.quorum) {",
        replace: "if (approvals.length == 0) {",
        test: forge(
            "jobs/MissionEscrowApprovals.t.sol",
            "test_fewerApprovalsThanTheQuorumAreRefused",
        ),
        why: "one validator releases a payment that takes two",
    },
    Mutant {
        name: "same-validator-twice",
        promise: Promise::Escrow,
        file: "contracts/jobs/MissionEscrow.sol",
        find: "if (approval.validator <= previous) {",
        replace: "if (approval.validator < previous) {",
        test: forge("jobs/MissionEscrowApprovals.t.sol", "test_theSameValidatorTwiceIsRefused"),
        why: "one validator counts as two",
    },
    Mutant {
        name: "operator-approves",
        promise: Promise::Escrow,
        file: "contracts/jobs/MissionEscrow.sol",
        find: "if (previous == found.operator) revert MissionEscrowOperatorMayNotApprove(previous);",
        replace: "",
        test: forge(
            "jobs/MissionEscrowApprovals.t.sol",
            "test_theOperatorMayNotApproveEvenAsAMember",
        ),
        why: "who launched a mission approves its payment",
    },
    Mutant {
        name: "expired-approval",
        promise: Promise::Escrow,
        file: "contracts/jobs/MissionEscrow.sol",
        find: "if (block.timestamp > approval.deadline) revert MissionEscrowApprovalExpired(previous, approval.deadline);",
        replace: "",
        test: forge("jobs/MissionEscrowApprovals.t.sol", "test_anExpiredApprovalIsRefused"),
        why: "an approval counts after its deadline",
    },
    Mutant {
        name: "paused-escrow",
        promise: Promise::Escrow,
        file: "contracts/jobs/MissionEscrow.sol",
        find: "        Approval[] calldata approvals
    ) external nonReentrant whenNotPaused {",
        replace: "        Approval[] calldata approvals
    ) external nonReentrant {",
        test: forge(
            "jobs/MissionEscrow.t.sol",
            "test_whilePausedNothingIsFundedReleasedOrRefunded",
        ),
        why: "a paused fleet pays",
    },
    Mutant {
        name: "refund-before-expiry",
        promise: Promise::Escrow,
        file: "contracts/jobs/MissionEscrow.sol",
        find: "if (block.timestamp <= expiry) revert MissionEscrowNotExpired(expiry);",
        replace: "",
        test: forge(
            "jobs/MissionEscrow.t.sol",
            "test_theOperatorTakesTheRestBackAfterTheExpiryOnly",
        ),
        why: "the operator takes back what agents worked for",
    },
    Mutant {
        name: "nonce-used-once",
        promise: Promise::Escrow,
        file: "contracts/governance/OwnerProxy.sol",
        find: "_nonces[signer] = current + 1;",
        replace: "",
        test: forge("governance/OwnerProxy.t.sol", "test_aSignedRequestIsCarriedByAnybodyOnce"),
        why: "a signed request is carried out again and again",
    },
    Mutant {
        name: "owners-signature",
        promise: Promise::Escrow,
        file: "contracts/governance/OwnerProxy.sol",
        find: "if (!SignatureChecker.isValidSignatureNowCalldata(signer, requestDigest(request), signature)) {",
        replace: "if (signature.length == 0) {",
        test: forge("governance/OwnerProxy.t.sol", "testFuzz_aRequestByAnyOtherKeyIsRefused"),
        why: "anybody signs for the owner",
    },
];
