//! A person's signed statement, checked before it reaches the ledger.

use alloy::primitives::{Address, B256, Bytes};

use super::approval::ApprovalError;
use super::signature;
use crate::chain::Reader;

/// Whether this account signed the digest: with its key, or as a contract (EIP-1271). Answers the signature in its usual
/// form. `over` names what should have been signed.
pub(crate) async fn signed_by(
    reader: &Reader,
    by: Address,
    digest: B256,
    signature: &Bytes,
    over: &str,
) -> Result<Bytes, ApprovalError> {
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
            "the signature is {signer}'s or over other content, expected {by}'s over exactly {over}: reload and sign again"
        ))),
        Err(misshapen) => Err(ApprovalError::BadSignature(misshapen.to_string())),
    }
}
