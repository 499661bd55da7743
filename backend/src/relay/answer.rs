//! A person's answer to what a mission asks, checked before it reaches the ledger.

use alloy::primitives::{Address, Bytes};
use phase8_shared::chain::MissionAnswerRequest;
use phase8_shared::mission::AnswerRole;
use phase8_shared::time::Timestamp;

use super::approval::ApprovalError;
use super::statement;
use crate::chain::{ChainError, Reader};

/// Checks an answer and gives the signature in its usual form: the signer has one of the roles that may give it, by the
/// chain as it is now, and signed exactly this mission, question, answer, reason and deadline.
pub async fn verify(
    reader: &Reader,
    request: &MissionAnswerRequest,
    by: Address,
    signature: &Bytes,
    operator: Address,
) -> Result<Bytes, ApprovalError> {
    if reader.block_time().await? > request.deadline {
        let ended = Timestamp::from_millis(request.deadline.saturating_mul(1_000));
        return Err(ApprovalError::Expired(ended));
    }
    let roles = request.answer.may_be_given_by();
    if !has_one_of(reader, roles, by, operator).await? {
        return Err(ApprovalError::MissingRole { by, answer: request.answer });
    }
    let over = "this mission, question, answer, reason and deadline";
    statement::signed_by(reader, by, request.digest(), signature, over).await
}

async fn has_one_of(
    reader: &Reader,
    roles: &[AnswerRole],
    by: Address,
    operator: Address,
) -> Result<bool, ChainError> {
    for role in roles {
        let has = match role {
            AnswerRole::Owner => reader.owner().await? == by,
            AnswerRole::Operator => by == operator,
            AnswerRole::Validator => by != operator && reader.is_validator(by).await?,
        };
        if has {
            return Ok(true);
        }
    }
    Ok(false)
}
