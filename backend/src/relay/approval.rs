//! A validator's approval, checked before it reaches the ledger: the same checks as the escrow's, in words.

use alloy::primitives::{Address, Bytes, Signature};
use phase8_shared::api::ProblemCode;
use phase8_shared::chain::ApprovalRequest;
use phase8_shared::time::Timestamp;

use crate::chain::{ChainError, Reader};

/// Bytes of a wallet's signature: r, s and v.
const SIGNATURE_LENGTH: usize = 65;

/// The approval would not count.
#[derive(Debug, thiserror::Error)]
pub enum ApprovalError {
    /// The operator approves the own mission.
    #[error("{0} launched this mission and may not approve it: another member of the guild must")]
    OwnMission(Address),
    /// The deadline that was signed has passed.
    #[error("the approval was valid until {0}: sign it again")]
    Expired(Timestamp),
    /// Not a member of the guild.
    #[error("{0} is not an active member of the validators' guild: choose the wallet of a member")]
    NotAValidator(Address),
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
            Self::BadSignature(_) => ProblemCode::BadSignature,
            Self::Chain(_) => ProblemCode::ChainUnreachable,
        }
    }
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
    let digest = request.digest();
    if reader.is_contract(validator).await? {
        if reader.accepts_signature(validator, digest, signature).await? {
            return Ok(signature.clone());
        }
        let words =
            format!("the contract {validator} does not call this signature its own (EIP-1271)");
        return Err(ApprovalError::BadSignature(words));
    }
    let parsed = parse(signature)?;
    match parsed.recover_address_from_prehash(&digest) {
        Ok(signer) if signer == validator => Ok(Bytes::from(parsed.as_bytes())),
        Ok(signer) => Err(ApprovalError::BadSignature(format!(
            "the signature is {signer}'s or over other content, expected {validator}'s over exactly this milestone, \
             deliverable, ledger root and deadline: reload and sign again"
        ))),
        Err(_) => Err(ApprovalError::BadSignature("the signature belongs to no wallet".to_owned())),
    }
}

/// Reads a wallet's signature; some wallets count v from 0, the escrow takes 27 and 28 alone.
fn parse(signature: &Bytes) -> Result<Signature, ApprovalError> {
    let refuse = |words: String| ApprovalError::BadSignature(words);
    if signature.len() != SIGNATURE_LENGTH {
        return Err(refuse(format!(
            "a wallet's signature has {SIGNATURE_LENGTH} bytes, found {}",
            signature.len()
        )));
    }
    let parsed = match signature.last() {
        Some(0 | 1 | 27 | 28) => Signature::from_raw(signature).ok(),
        _ => None,
    };
    let parsed = parsed.ok_or_else(|| refuse("its last byte must be 27 or 28".to_owned()))?;
    if parsed.normalize_s().is_some() {
        return Err(refuse("its s is in the upper half, which contracts refuse".to_owned()));
    }
    Ok(parsed)
}

#[cfg(test)]
mod tests {
    use alloy::primitives::{B256, U256};
    use alloy::signers::SignerSync;
    use alloy::signers::local::PrivateKeySigner;

    use super::*;

    fn signature() -> Signature {
        let signer = PrivateKeySigner::from_bytes(&B256::repeat_byte(7)).unwrap();
        signer.sign_hash_sync(&B256::repeat_byte(1)).unwrap()
    }

    #[test]
    fn a_signature_that_counts_v_from_zero_is_written_as_contracts_take_it() {
        let good = signature();
        let mut low = good.as_bytes();
        low[64] -= 27;

        assert_eq!(parse(&low.to_vec().into()).unwrap().as_bytes(), good.as_bytes());
    }

    #[test]
    fn a_malleable_or_misshapen_signature_is_refused() {
        let order: U256 =
            "0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141".parse().unwrap();
        let good = signature();
        let high = Signature::new(good.r(), order - good.s(), !good.v());
        let short = good.as_bytes()[..64].to_vec();
        let mut odd = good.as_bytes().to_vec();
        odd[64] = 99;

        for bytes in [high.as_bytes().to_vec(), short, odd, Vec::new()] {
            assert!(matches!(parse(&bytes.into()), Err(ApprovalError::BadSignature(_))));
        }
    }
}
