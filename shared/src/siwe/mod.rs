//! Sign-In with Ethereum (EIP-4361): the text that a wallet signs, written by the page and read by the server.
//!
//! The grammar is the EIP's own ABNF, taken strictly: lines end with LF, fields stand in their order, an address carries
//! its EIP-55 checksum, and nothing may follow. What the grammar lets in is then judged by [`Message::judge`].
//!
//! ```text
//! [ scheme "://" ] domain " wants you to sign in with your Ethereum account:" LF
//! address LF
//! LF
//! [ statement LF ]
//! LF
//! "URI: " uri LF
//! "Version: " "1" LF
//! "Chain ID: " 1*DIGIT LF
//! "Nonce: " 8*( ALPHA / DIGIT ) LF
//! "Issued At: " date-time
//! [ LF "Expiration Time: " date-time ]
//! [ LF "Not Before: " date-time ]
//! [ LF "Request ID: " *pchar ]
//! [ LF "Resources:" *( LF "- " uri ) ]
//! ```

mod judge;
mod read;
#[cfg(test)]
mod tests;

use std::fmt;

use alloy_primitives::{Address, B256, eip191_hash_message};

pub use self::judge::{Expected, NotHeld, SKEW_MILLIS};
pub use self::read::{MAX_BYTES, ParseMessageError};
use crate::time::Timestamp;

/// What follows the domain in the first line.
const WANTS: &str = " wants you to sign in with your Ethereum account:";
/// The only version there is.
const VERSION: &str = "1";

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Scheme of the site that asks, if it says so.
    pub scheme: Option<String>,
    /// The site that asks: host, and port if it is not the scheme's own.
    pub domain: String,
    /// Who signs in.
    pub address: Address,
    /// What the person agrees to, in one line.
    pub statement: Option<String>,
    /// What the signing in is for.
    pub uri: String,
    /// The chain that the account is on, which matters where it is a contract.
    pub chain_id: u64,
    /// Given out by the server once; letters and digits.
    pub nonce: String,
    /// When it was written.
    pub issued_at: Timestamp,
    /// From then on it does not count any more.
    pub expiration_time: Option<Timestamp>,
    /// Before that it does not count yet.
    pub not_before: Option<Timestamp>,
    /// A name that the site gives this request.
    pub request_id: Option<String>,
    /// What else the person agrees to, by address.
    pub resources: Vec<String>,
}

impl Message {
    /// What a wallet signs of this text: the hash of EIP-191's personal message.
    pub fn digest(text: &str) -> B256 {
        eip191_hash_message(text)
    }
}

/// The text that is signed.
impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(scheme) = &self.scheme {
            write!(f, "{scheme}://")?;
        }
        write!(f, "{}{WANTS}\n{}\n\n", self.domain, self.address)?;
        if let Some(statement) = &self.statement {
            writeln!(f, "{statement}")?;
        }
        write!(f, "\nURI: {}\nVersion: {VERSION}\nChain ID: {}", self.uri, self.chain_id)?;
        write!(f, "\nNonce: {}\nIssued At: {}", self.nonce, self.issued_at)?;
        if let Some(at) = self.expiration_time {
            write!(f, "\nExpiration Time: {at}")?;
        }
        if let Some(at) = self.not_before {
            write!(f, "\nNot Before: {at}")?;
        }
        if let Some(id) = &self.request_id {
            write!(f, "\nRequest ID: {id}")?;
        }
        if !self.resources.is_empty() {
            write!(f, "\nResources:")?;
        }
        self.resources.iter().try_for_each(|resource| write!(f, "\n- {resource}"))
    }
}
