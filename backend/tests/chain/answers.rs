//! Who may answer what a mission asks: read from the chain, proved by a signature.

use alloy::primitives::{Address, Bytes};
use phase8_backend::relay::answer::verify;
use phase8_backend::relay::approval::ApprovalError;
use phase8_shared::chain::{DevRole, MissionAnswerRequest};
use phase8_shared::id::Seq;
use phase8_shared::mission::Answer;
use phase8_shared::money::MicroUsd;
use serde_json::json;

use crate::support::{World, mission};

const ANSWERS: [Answer; 6] = [
    Answer::FinishStep {},
    Answer::Stop {},
    Answer::Resume {},
    Answer::FalseAlarm {},
    Answer::CheckIn {},
    Answer::Reconcile { cost: MicroUsd::new(250_000) },
];

/// What is changed after signing, and how.
type Change = (&'static str, fn(&mut MissionAnswerRequest));

fn request(world: &World, answer: Answer) -> MissionAnswerRequest {
    let approval = world.request(mission(1), 0);
    MissionAnswerRequest {
        chain_id: approval.chain_id,
        escrow: approval.escrow,
        mission: approval.mission,
        question: Seq(17),
        answer,
        reason: "the card number in it is the provider's test card".to_owned(),
        deadline: approval.deadline,
    }
}

async fn sign(world: &World, by: Address, request: &MissionAnswerRequest) -> Bytes {
    world.rpc.ask("eth_signTypedData_v4", json!([by, request.typed_data_json()])).await.unwrap()
}

#[tokio::test]
async fn each_answer_is_taken_from_exactly_the_roles_that_may_give_it() {
    let world = World::start().await;
    let operator = world.account(DevRole::Operator);
    let people = [
        ("owner", world.account(DevRole::Owner)),
        ("operator", operator),
        ("validator", world.account(DevRole::Validator)),
        ("stranger", world.payee("planner")),
    ];
    let mut lines = Vec::new();
    for answer in ANSWERS {
        let request = request(&world, answer);
        let mut taken = Vec::new();
        for (role, by) in people {
            let signature = sign(&world, by, &request).await;
            match verify(&world.reader, &request, by, &signature, operator).await {
                Ok(written) => {
                    assert_eq!(written, signature);
                    taken.push(role);
                }
                Err(refused @ ApprovalError::MissingRole { .. }) => {
                    assert!(refused.to_string().contains(&by.to_string()), "{refused}");
                }
                Err(other) => panic!("{answer} by the {role}: {other}"),
            }
        }
        lines.push(format!("{answer}: {}", taken.join(", ")));
    }

    insta::assert_snapshot!(lines.join("\n"), @r"
    finish-step: owner, operator
    stop: owner, operator, validator
    resume: owner, validator
    false-alarm: owner, validator
    check-in: validator
    reconcile:250000: owner
    ");
}

#[tokio::test]
async fn a_validator_who_launched_the_mission_answers_as_its_operator_alone() {
    let world = World::start().await;
    let validator = world.account(DevRole::Validator);
    let request = request(&world, Answer::Resume {});
    let signature = sign(&world, validator, &request).await;

    let refused = verify(&world.reader, &request, validator, &signature, validator).await;

    let words = refused.unwrap_err().to_string();
    assert!(words.contains("a member of the guild that did not launch the mission"), "{words}");
}

#[tokio::test]
async fn a_signature_over_anything_else_or_after_its_deadline_is_refused() {
    let world = World::start().await;
    let (owner, operator) = (world.account(DevRole::Owner), world.account(DevRole::Operator));
    let signed = request(&world, Answer::Reconcile { cost: MicroUsd::new(1) });
    let signature = sign(&world, owner, &signed).await;
    let changes: [Change; 5] = [
        ("cost", |request| request.answer = Answer::Reconcile { cost: MicroUsd::ZERO }),
        ("question", |request| request.question = Seq(18)),
        ("reason", |request| request.reason.clear()),
        ("mission", |request| request.mission = mission(2).key()),
        ("chain", |request| request.chain_id += 1),
    ];
    for (what, change) in changes {
        let mut other = signed.clone();
        change(&mut other);
        let refused = verify(&world.reader, &other, owner, &signature, operator).await;
        assert!(matches!(refused, Err(ApprovalError::BadSignature(_))), "{what}: {refused:?}");
    }
    let mut late = signed;
    late.deadline = 1;
    let signature = sign(&world, owner, &late).await;
    let refused = verify(&world.reader, &late, owner, &signature, operator).await;
    assert!(matches!(refused, Err(ApprovalError::Expired(_))), "{refused:?}");
}
