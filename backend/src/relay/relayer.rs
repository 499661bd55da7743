//! This server's own wallet. It pays gas and holds no power: what it sends was signed by others.

use std::fmt;
use std::path::{Path, PathBuf};

use alloy::consensus::{SignableTransaction, TxEip1559, TxEnvelope};
use alloy::eips::Encodable2718;
use alloy::network::TxSignerSync;
use alloy::primitives::{Address, B256, Bytes, TxKind, U256};
use alloy::signers::local::PrivateKeySigner;
use phase8_shared::chain::Call;

use crate::chain::rpc::Fees;

/// The wallet. Its key is in no log and no debug output.
#[derive(Clone)]
pub struct Relayer {
    signer: PrivateKeySigner,
}

/// The key cannot be used. The text never shows any part of it.
#[derive(Debug, thiserror::Error)]
pub enum RelayerKeyError {
    /// The file cannot be read.
    #[error("the relayer's key file {path} cannot be read")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Not a key.
    #[error("the relayer's key is not one: 64 hex digits, with or without 0x, are expected")]
    NotAKey,
}

impl Relayer {
    /// The wallet with the key in this text.
    pub fn from_text(text: &str) -> Result<Self, RelayerKeyError> {
        let key: B256 = text.trim().parse().map_err(|_| RelayerKeyError::NotAKey)?;
        Self::from_key(&key)
    }

    /// The wallet with the key in this file.
    pub fn from_file(path: &Path) -> Result<Self, RelayerKeyError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| RelayerKeyError::File { path: path.to_owned(), source })?;
        Self::from_text(&text)
    }

    /// The development chain's relayer, whose key everybody knows.
    pub fn of_development_chain() -> Result<Self, RelayerKeyError> {
        Self::from_key(&crate::chain::RELAYER_KEY)
    }

    fn from_key(key: &B256) -> Result<Self, RelayerKeyError> {
        PrivateKeySigner::from_bytes(key)
            .map(|signer| Self { signer })
            .map_err(|_| RelayerKeyError::NotAKey)
    }

    /// The wallet's address.
    pub const fn address(&self) -> Address {
        self.signer.address()
    }

    /// Signs a call as a transaction: its hash and its bytes.
    pub(super) fn sign(
        &self,
        chain_id: u64,
        nonce: u64,
        gas: u64,
        fees: Fees,
        call: &Call,
    ) -> Result<(B256, Bytes), alloy::signers::Error> {
        sign_call(&self.signer, chain_id, nonce, gas, fees, call)
    }
}

/// A call as a signed transaction: its hash and its bytes.
pub(crate) fn sign_call(
    signer: &PrivateKeySigner,
    chain_id: u64,
    nonce: u64,
    gas: u64,
    fees: Fees,
    call: &Call,
) -> Result<(B256, Bytes), alloy::signers::Error> {
    let mut transaction = TxEip1559 {
        chain_id,
        nonce,
        gas_limit: gas,
        max_fee_per_gas: fees.max_fee,
        max_priority_fee_per_gas: fees.tip,
        to: TxKind::Call(call.to),
        value: U256::ZERO,
        input: call.data.clone(),
        ..TxEip1559::default()
    };
    let signature = signer.sign_transaction_sync(&mut transaction)?;
    let envelope = TxEnvelope::from(transaction.into_signed(signature));
    Ok((*envelope.tx_hash(), envelope.encoded_2718().into()))
}

impl fmt::Debug for Relayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relayer").field("address", &self.address()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_never_shows() {
        let key = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        let relayer = Relayer::from_text(&format!(" 0x{key}\n")).unwrap();

        let shown = format!("{relayer:?}");

        assert!(shown.contains(&format!("{:?}", relayer.address())), "{shown}");
        assert!(!shown.contains("0123456789ab"), "{shown}");
    }

    #[test]
    fn what_is_no_key_is_refused_without_being_shown() {
        for text in ["", "secret-that-is-no-key", "0x12", &"0".repeat(64), &"f".repeat(64)] {
            let error = Relayer::from_text(text).unwrap_err();
            assert!(matches!(error, RelayerKeyError::NotAKey), "{text}");
        }
    }

    #[test]
    fn the_development_chains_relayer_is_account_six() {
        let relayer = Relayer::of_development_chain().unwrap();
        assert_eq!(relayer.address().to_string(), "0x976EA74026E726554dB657fA54763abd0C3a0aa9");
    }
}
