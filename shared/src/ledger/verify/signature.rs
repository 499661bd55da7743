//! Wallets' signatures that cards carry (EIP-712), as far as they can be told without asking the chain.

use alloy_primitives::{Address, B256, Bytes, Signature};

/// Bytes of a wallet's signature: r, s and v.
const LENGTH: usize = 65;

/// What can be told of a signature offline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Signed {
    /// By the wallet that is named.
    ByThem,
    /// Not by it.
    NotByThem(String),
    /// Only a contract could tell (EIP-1271).
    ContractOnly,
}

/// Who signed this digest.
pub(super) fn signed(by: Address, digest: B256, signature: &Bytes) -> Signed {
    if signature.len() > LENGTH {
        return Signed::ContractOnly;
    }
    let parsed = match (signature.len(), signature.last()) {
        (LENGTH, Some(27 | 28)) => Signature::from_raw(signature).ok(),
        _ => None,
    };
    let Some(parsed) = parsed.filter(|parsed| parsed.normalize_s().is_none()) else {
        return Signed::NotByThem("no signature that a contract would take".to_owned());
    };
    match parsed.recover_address_from_prehash(&digest) {
        Ok(signer) if signer == by => Signed::ByThem,
        Ok(signer) => Signed::NotByThem(format!("made by {signer}, or by a contract's own way")),
        Err(_) => Signed::NotByThem("made by no wallet".to_owned()),
    }
}
