//! A validator's signature, from the wallet's prompt to the escrow's digest.

use alloy::primitives::{Bytes, Signature, U256};
use alloy::sol;
use phase8_backend::relay::approval::{ApprovalError, verify};
use phase8_shared::chain::DevRole;

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
