//! A person's release of a step, checked before it reaches the ledger.

use alloy::primitives::{Address, Bytes};
use phase8_shared::chain::StepReleaseRequest;
use phase8_shared::time::Timestamp;

use super::approval::ApprovalError;
use super::statement;
use crate::chain::Reader;

/// Checks a release and answers the signature in its usual form: it is the operator's or a guild member's, over exactly
/// this mission, step and deadline, and the deadline has not passed.
pub async fn verify(
    reader: &Reader,
    request: &StepReleaseRequest,
    by: Address,
    signature: &Bytes,
    operator: Address,
) -> Result<Bytes, ApprovalError> {
    if reader.block_time().await? > request.deadline {
        let ended = Timestamp::from_millis(request.deadline.saturating_mul(1_000));
        return Err(ApprovalError::Expired(ended));
    }
    if by != operator && !reader.is_validator(by).await? {
        return Err(ApprovalError::NotAValidator(by));
    }
    let over = "this mission, step and deadline";
    statement::signed_by(reader, by, request.digest(), signature, over).await
}
