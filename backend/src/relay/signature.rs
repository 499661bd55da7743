//! A wallet's signature, as contracts take it.

use alloy::consensus::crypto::secp256k1::recover_signer_unchecked;
use alloy::primitives::{Address, B256, Bytes, Signature};

/// Bytes of a wallet's signature: r, s and v.
const LENGTH: usize = 65;

/// Bytes that are no signature that a contract would take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MisshapenSignature {
    /// Too short or too long.
    #[error("a wallet's signature has {LENGTH} bytes, found {0}")]
    Length(usize),
    /// The recovery id is none.
    #[error("its last byte must be 27 or 28")]
    Recovery,
    /// There are two signatures for everything signed; contracts take the one with the lower s.
    #[error("its s is in the upper half, which contracts refuse")]
    Malleable,
    /// No key has made it.
    #[error("the signature belongs to no wallet")]
    Nobody,
}

/// Who signed this digest.
pub fn signer_of(digest: B256, signature: &Bytes) -> Result<Address, MisshapenSignature> {
    parsed(signature, digest).map(|(signer, _)| signer)
}

/// Who signed, and the signature as contracts take it: some wallets count v from 0.
pub(crate) fn recover(
    signature: &Bytes,
    digest: B256,
) -> Result<(Address, Bytes), MisshapenSignature> {
    let (signer, parsed) = parsed(signature, digest)?;
    Ok((signer, Bytes::from(parsed.as_bytes())))
}

fn parsed(signature: &Bytes, digest: B256) -> Result<(Address, Signature), MisshapenSignature> {
    if signature.len() != LENGTH {
        return Err(MisshapenSignature::Length(signature.len()));
    }
    let parsed = match signature.last() {
        Some(0 | 1 | 27 | 28) => Signature::from_raw(signature).ok(),
        _ => None,
    };
    let parsed = parsed.ok_or(MisshapenSignature::Recovery)?;
    if parsed.normalize_s().is_some() {
        return Err(MisshapenSignature::Malleable);
    }
    let signer =
        recover_signer_unchecked(&parsed, digest).map_err(|_| MisshapenSignature::Nobody)?;
    Ok((signer, parsed))
}

#[cfg(test)]
mod tests {
    use alloy::primitives::U256;
    use alloy::signers::SignerSync;
    use alloy::signers::local::PrivateKeySigner;

    use super::*;

    #[test]
    fn whoever_signed_is_found_and_v_counts_from_27() {
        let (digest, wallet) =
            (B256::repeat_byte(1), PrivateKeySigner::from_bytes(&B256::repeat_byte(7)).unwrap());
        let good = wallet.sign_hash_sync(&digest).unwrap();
        let mut low = good.as_bytes().to_vec();
        low[64] -= 27;

        for bytes in [good.as_bytes().to_vec(), low] {
            let (signer, written) = recover(&bytes.into(), digest).unwrap();
            assert_eq!((signer, written.as_ref()), (wallet.address(), &good.as_bytes()[..]));
        }
    }

    #[test]
    fn a_misshapen_or_malleable_signature_is_refused() {
        let order: U256 =
            "0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141".parse().unwrap();
        let wallet = PrivateKeySigner::from_bytes(&B256::repeat_byte(7)).unwrap();
        let good = wallet.sign_hash_sync(&B256::repeat_byte(1)).unwrap();
        let high = Signature::new(good.r(), order - good.s(), !good.v());
        let mut odd = good.as_bytes().to_vec();
        odd[64] = 99;

        for (bytes, expected) in [
            (high.as_bytes().to_vec(), MisshapenSignature::Malleable),
            (good.as_bytes()[..64].to_vec(), MisshapenSignature::Length(64)),
            (Vec::new(), MisshapenSignature::Length(0)),
            (odd, MisshapenSignature::Recovery),
            ([&[0; 64][..], &[27]].concat(), MisshapenSignature::Nobody),
        ] {
            assert_eq!(recover(&bytes.into(), B256::repeat_byte(1)), Err(expected));
        }
    }
}
