//! A validator's signature, from the wallet's prompt to the escrow's digest.

use alloy::primitives::{Address, B256, Bytes, Signature, U256};
use alloy::sol;
use phase8_backend::relay::approval::{ApprovalError, verify};
use phase8_shared::api::ProblemCode;
use phase8_shared::chain::{ApprovalRequest, DevRole};
use phase8_shared::ledger::Commitment;

use crate::support::{World, mission};

sol! {
    interface IEscrowDigest {
        function milestoneApprovalDigest(bytes32 mission, uint256 milestone, bytes32 deliverable, bytes32 root, uint64 deadline)
            external view returns (bytes32);
    }
}

#[tokio::test]
async fn a_wallet_signs_the_digest_that_the_escrow_checks() {
    let world = World::start().await;
    let request = world.request(mission(1), 2);
    let validator = world.account(DevRole::Validator);

    let signature = world.sign_approval(validator, &request).await;

    let on_chain = IEscrowDigest::milestoneApprovalDigestCall {
        mission: request.mission.0,
        milestone: U256::from(request.milestone.0),
        deliverable: request.deliverable.0,
        root: request.root,
        deadline: request.deadline,
    };
    let on_chain = world.rpc.view(request.escrow, on_chain).await.unwrap();
    assert_eq!(on_chain, request.digest());
    let recovered = Signature::from_raw(&signature)
        .unwrap()
        .recover_address_from_prehash(&request.digest())
        .unwrap();
    assert_eq!(recovered, validator);
    let operator = world.account(DevRole::Operator);
    assert_eq!(
        verify(&world.reader, &request, validator, &signature, operator).await.unwrap(),
        signature
    );
}

#[tokio::test]
async fn an_approval_that_would_not_count_is_refused_in_words() {
    let world = World::start().await;
    let request = world.request(mission(1), 0);
    let (operator, validator) =
        (world.account(DevRole::Operator), world.account(DevRole::Validator));
    let other = world.accounts(DevRole::Validator)[1];
    let good = world.sign_approval(validator, &request).await;
    let refused = async |request, validator, signature: &Bytes, operator| {
        verify(&world.reader, request, validator, signature, operator).await.unwrap_err()
    };

    assert!(matches!(
        refused(&request, validator, &good, validator).await,
        ApprovalError::OwnMission(_)
    ));
    let outsider = world.payee("planner");
    let signed = world.sign_approval(outsider, &request).await;
    assert!(matches!(
        refused(&request, outsider, &signed, operator).await,
        ApprovalError::NotAValidator(_)
    ));
    assert!(matches!(
        refused(&request, other, &good, operator).await,
        ApprovalError::BadSignature(_)
    ));
    let mut changed = request;
    changed.root = alloy::primitives::B256::ZERO;
    assert!(matches!(
        refused(&changed, validator, &good, operator).await,
        ApprovalError::BadSignature(_)
    ));
    let mut late = request;
    late.deadline = 1;
    assert!(matches!(refused(&late, validator, &good, operator).await, ApprovalError::Expired(_)));
    let cut = good.slice(..64);
    assert!(matches!(
        refused(&request, validator, &cut, operator).await,
        ApprovalError::BadSignature(_)
    ));
}

/// What is edited after signing, and how.
type Edit = (&'static str, fn(&mut ApprovalRequest));

#[tokio::test]
async fn an_approval_holds_for_exactly_what_was_signed_and_for_its_signer() {
    let world = World::start().await;
    let request = world.request(mission(1), 0);
    let (operator, validator) =
        (world.account(DevRole::Operator), world.account(DevRole::Validator));
    let other = world.accounts(DevRole::Validator)[1];
    let good = world.sign_approval(validator, &request).await;
    let refused = async |request: &ApprovalRequest, signature: &Bytes| {
        let refused = verify(&world.reader, request, validator, signature, operator).await;
        let refused = refused.unwrap_err();
        assert_eq!(refused.code(), ProblemCode::BadSignature, "{refused}");
        refused.to_string()
    };

    // Whatever was edited after the signature, it is another content now.
    let edits: [Edit; 7] = [
        ("another mission", |edited| edited.mission = mission(2).key()),
        ("another milestone", |edited| edited.milestone.0 += 1),
        ("an edited deliverable", |edited| edited.deliverable = Commitment(B256::repeat_byte(7))),
        ("a ledger that went on", |edited| edited.root = B256::repeat_byte(7)),
        ("a later deadline", |edited| edited.deadline += 1),
        ("another chain", |edited| edited.chain_id += 1),
        ("another escrow", |edited| edited.escrow = Address::repeat_byte(7)),
    ];
    for (edit, change) in edits {
        let mut edited = request;
        change(&mut edited);
        let words = refused(&edited, &good).await;
        assert!(words.contains("over other content"), "{edit}: {words}");
        assert!(words.ends_with("reload and sign again"), "{edit}: {words}");
    }

    // Another member signed the very same content, and the first one's name stands on it.
    let borrowed = world.sign_approval(other, &request).await;
    let words = refused(&request, &borrowed).await;
    assert!(words.starts_with(&format!("the signature is {other}'s")), "{words}");
    assert!(words.contains(&format!("expected {validator}'s")), "{words}");
}
