//! Why a contract said no, in words. Every error that our contracts and their token can revert with is known here; a
//! test compares the list with the compiled artifacts.

mod known;
mod words;

use std::fmt;

use alloy::primitives::Bytes;
use alloy::sol_types::{Panic, Revert, SolError, SolInterface};
use serde_json::Value;

use self::known::Known;
use self::words::words;

/// Why a contract or a node said no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Name of the contract's error, such as `ERC20InsufficientBalance`, where it is one that is known.
    pub name: Option<&'static str>,
    /// In words.
    pub words: String,
}

impl Reason {
    /// From the bytes that a contract reverted with.
    pub fn of_revert(data: &[u8]) -> Self {
        if let Ok(known) = Known::KnownErrors::abi_decode_validate(data) {
            let name = data
                .first_chunk()
                .and_then(|selector| Known::KnownErrors::name_by_selector(*selector));
            return Self { name, words: words(&known) };
        }
        if let Ok(revert) = Revert::abi_decode(data) {
            return Self { name: Some("Error"), words: revert.reason };
        }
        if let Ok(panic) = Panic::abi_decode(data) {
            return Self {
                name: Some("Panic"),
                words: format!("the contract stopped itself: {panic}"),
            };
        }
        let words = match data {
            [] => "the contract refused without saying why".to_owned(),
            data => format!(
                "the contract refused with an error that is not known here: {}",
                Bytes::copy_from_slice(data)
            ),
        };
        Self { name: None, words }
    }

    /// From the error object of a JSON-RPC answer.
    pub(super) fn of_rpc(code: i64, message: &str, data: Option<&Value>) -> Self {
        match data.and_then(revert_bytes) {
            Some(data) if !data.is_empty() => Self::of_revert(&data),
            _ => Self { name: None, words: format!("the node refused: {message} ({code})") },
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name {
            Some(name) => write!(f, "{} ({name})", self.words),
            None => f.write_str(&self.words),
        }
    }
}

/// Nodes send the bytes bare, or in an object under `data`.
pub(super) fn revert_bytes(data: &Value) -> Option<Bytes> {
    match data {
        Value::String(text) => text.parse().ok(),
        Value::Object(object) => object.get("data").and_then(revert_bytes),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    }
}

/// What a contract that follows EIP-1271 answers to a good signature.
pub(crate) const EIP1271_MAGIC: [u8; 4] = [0x16, 0x26, 0xba, 0x7e];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use alloy::primitives::{Address, B256, U256};

    use super::*;
    use crate::chain::artifacts::Artifact;

    #[test]
    fn every_error_of_every_artifact_has_words() {
        let known: BTreeSet<&str> = Known::KnownErrors::SIGNATURES.iter().copied().collect();

        for artifact in Artifact::ALL {
            for signature in artifact.signatures("error") {
                assert!(known.contains(signature.as_str()), "{}: {signature}", artifact.name);
            }
        }
    }

    #[test]
    fn a_revert_reads_as_a_sentence() {
        let account = Address::repeat_byte(0xab);
        let tokens = |count: u64| U256::from(count) * U256::from(10).pow(U256::from(18));
        let error = Known::ERC20InsufficientBalance {
            sender: account,
            balance: tokens(5),
            needed: tokens(1200),
        };

        let reason = Reason::of_revert(&error.abi_encode());

        assert_eq!(
            reason.to_string(),
            "the wallet 0xABaBaBaBABabABabAbAbABAbABabababaBaBABaB holds 5 AGIα and needs 1,200 AGIα: top it up \
             (ERC20InsufficientBalance)"
        );
    }

    #[test]
    fn bytes_that_nobody_knows_are_shown_and_do_no_harm() {
        assert_eq!(Reason::of_revert(&[]).words, "the contract refused without saying why");
        for data in [&[1, 2, 3][..], &[0xb5, 0x6f, 0x93], B256::repeat_byte(7).as_slice()] {
            assert_eq!(Reason::of_revert(data).name, None);
        }
        assert_eq!(
            Reason::of_revert(&Known::MissionEscrowNoReward {}.abi_encode()).words,
            "the contract refused: mission escrow no reward"
        );
    }

    #[test]
    fn nodes_may_wrap_the_bytes() {
        let data = Bytes::from(Known::EnforcedPause {}.abi_encode());
        let bare = serde_json::json!(data);
        let wrapped = serde_json::json!({ "message": "reverted", "data": data });

        for data in [bare, wrapped] {
            assert_eq!(
                Reason::of_rpc(3, "execution reverted", Some(&data)).name,
                Some("EnforcedPause")
            );
        }
        assert_eq!(
            Reason::of_rpc(-32000, "nonce too low", None).words,
            "the node refused: nonce too low (-32000)"
        );
    }
}
