//! Secrets that are handed out: 256 random bits as hex, of which only the hash is kept.

use std::fmt;

use alloy::primitives::{B256, hex};
use phase8_orchestrator::ports::{Ids as _, NoChance, SystemIds};
use sha2::{Digest as _, Sha256};

/// A secret as it is handed out, once.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// SHA-256 of a token: all that is kept, and what is compared, so that timing tells nothing of the token.
pub type TokenHash = B256;

impl Token {
    /// A new one.
    pub fn fresh() -> Result<Self, NoChance> {
        SystemIds.salt().map(|bytes| Self(hex::encode(bytes.0)))
    }

    /// One that was written down, if it has the form of one.
    pub fn parse(text: &str) -> Option<Self> {
        let good =
            text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        good.then(|| Self(text.to_owned()))
    }

    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub fn hash(&self) -> TokenHash {
        hash_of(&self.0)
    }
}

/// What would be kept of this text if it were a token.
pub fn hash_of(text: &str) -> TokenHash {
    B256::from_slice(&Sha256::digest(text))
}

/// A name that opens nothing: 64 random bits.
pub(super) fn fresh_id() -> Result<String, NoChance> {
    let Token(text) = Token::fresh()?;
    Ok(text.get(..16).unwrap_or_default().to_owned())
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_random_read_back_and_never_shown() {
        let (one, other) = (Token::fresh().unwrap(), Token::fresh().unwrap());

        assert_ne!(one, other);
        assert_eq!(Token::parse(one.expose()), Some(one.clone()));
        assert_eq!(format!("{one:?}"), "[secret]");
        assert_ne!(one.hash(), other.hash());
    }

    #[test]
    fn what_has_not_the_form_of_a_token_is_none() {
        for text in ["", "ab", &"g".repeat(64), &"A".repeat(64), &"0".repeat(65)] {
            assert_eq!(Token::parse(text), None, "{text}");
        }
    }
}
