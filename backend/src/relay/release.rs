//! A person's release of a step, checked before it reaches the ledger.

use alloy::primitives::{Address, Bytes};
use phase8_shared::chain::StepReleaseRequest;
use phase8_shared::time::Timestamp;

use super::approval::ApprovalError;
use super::signature;
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
    let digest = request.digest();
    if reader.is_contract(by).await? {
        if reader.accepts_signature(by, digest, signature).await? {
            return Ok(signature.clone());
        }
        let words = format!("the contract {by} does not call this signature its own (EIP-1271)");
        return Err(ApprovalError::BadSignature(words));
    }
    match signature::recover(signature, digest) {
        Ok((signer, written)) if signer == by => Ok(written),
        Ok((signer, _)) => Err(ApprovalError::BadSignature(format!(
            "the signature is {signer}'s or over other content, expected {by}'s over exactly this mission, step and \
             deadline: reload and sign again"
        ))),
        Err(error) => Err(ApprovalError::BadSignature(error.to_string())),
    }
}
