//! Salted commitments: bulky or private content stays out of the leaf, and can be erased without breaking any proof.

use std::fmt;

use alloy_primitives::B256;
use serde::{Deserialize, Serialize};

use super::leaf::sha256;

/// 32 random bytes that keep a commitment from being guessed. Erased together with the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
#[serde(transparent)]
pub struct Salt(pub B256);

/// `SHA-256("phase8-commitment-v1" ‖ salt ‖ content)`: what the ledger and the validators' signatures know of a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
#[serde(transparent)]
pub struct Commitment(pub B256);

impl Commitment {
    /// Commits to a content.
    pub fn to(salt: Salt, content: &[u8]) -> Self {
        Self(sha256(&[b"phase8-commitment-v1", salt.0.as_slice(), content]))
    }

    /// Whether this is the commitment to that content.
    pub fn opens_to(&self, salt: Salt, content: &[u8]) -> bool {
        *self == Self::to(salt, content)
    }
}

impl fmt::Display for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commitment_opens_only_to_its_content_and_salt() {
        let salt = Salt(B256::repeat_byte(7));
        let commitment = Commitment::to(salt, b"plan");

        assert!(commitment.opens_to(salt, b"plan"));
        assert!(!commitment.opens_to(salt, b"plan "));
        assert!(!commitment.opens_to(Salt(B256::repeat_byte(8)), b"plan"));
    }
}
