//! A validator's approval, checked before it reaches the ledger: the same checks as the escrow's, in words.

use alloy::primitives::{Address, Bytes};
use phase8_shared::api::ProblemCode;
use phase8_shared::chain::ApprovalRequest;
use phase8_shared::mission::{Answer, AnswerRole};
use phase8_shared::time::Timestamp;

use super::statement;
use crate::chain::{ChainError, Reader};

/// The approval would not count.
#[derive(Debug, thiserror::Error)]
pub enum ApprovalError {
    /// The operator approves the own mission.
    #[error("{0} launched this mission and may not approve it: another member of the guild must")]
    OwnMission(Address),
    /// The deadline that was signed has passed.
    #[error("the signature was good until {0}: sign again")]
    Expired(Timestamp),
    /// Not a member of the guild.
    #[error("{0} is not an active member of the validators' guild: choose the wallet of a member")]
    NotAValidator(Address),
    /// Not in a role that may give the answer.
    #[error(
        "{by} may not answer \"{answer}\": that takes {}; connect such a wallet", takes(*answer)
    )]
    MissingRole {
        /// Who signed.
        by: Address,
        /// What was answered.
        answer: Answer,
    },
    /// The signature is another wallet's, or over something else.
    #[error("{0}")]
    BadSignature(String),
    /// The chain could not be asked.
    #[error("the chain could not be asked whether the signer belongs to the guild")]
    Chain(#[from] ChainError),
}

impl ApprovalError {
    /// The problem code that goes with it.
    pub const fn code(&self) -> ProblemCode {
        match self {
            Self::OwnMission(_) => ProblemCode::OwnMission,
            Self::Expired(_) => ProblemCode::ApprovalExpired,
            Self::NotAValidator(_) => ProblemCode::NotAValidator,
            Self::MissingRole { .. } => ProblemCode::MissingRole,
            Self::BadSignature(_) => ProblemCode::BadSignature,
            Self::Chain(_) => ProblemCode::ChainUnreachable,
        }
    }
}

/// The roles that may give an answer, in words.
fn takes(answer: Answer) -> String {
    let words = |role: &AnswerRole| match role {
        AnswerRole::Owner => "the owner of the owner proxy",
        AnswerRole::Operator => "the wallet that launched the mission",
        AnswerRole::Validator => "a member of the guild that did not launch the mission",
    };
    answer.may_be_given_by().iter().map(words).collect::<Vec<_>>().join(" or ")
}

/// Checks an approval and answers the signature as the escrow takes it.
pub async fn verify(
    reader: &Reader,
    request: &ApprovalRequest,
    validator: Address,
    signature: &Bytes,
    operator: Address,
) -> Result<Bytes, ApprovalError> {
    if validator == operator {
        return Err(ApprovalError::OwnMission(validator));
    }
    if reader.block_time().await? > request.deadline {
        return Err(ApprovalError::Expired(Timestamp::from_millis(
            request.deadline.saturating_mul(1000),
        )));
    }
    if !reader.is_validator(validator).await? {
        return Err(ApprovalError::NotAValidator(validator));
    }
    let over = "this milestone, deliverable, ledger root and deadline";
    statement::signed_by(reader, validator, request.digest(), signature, over).await
}
