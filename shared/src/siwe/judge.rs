//! Whether a message that can be read is one that this site asked for, now.

use super::Message;
use crate::time::Timestamp;

/// Clocks differ: a message may be written this much ahead of the judge's own.
pub const SKEW_MILLIS: u64 = 60_000;

/// What the site that is signed in to expects.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// Its host, with the port where it is not the scheme's own.
    pub domain: &'a str,
    /// Its chain.
    pub chain_id: u64,
    /// The moment.
    pub now: Timestamp,
    /// How old a message may be, in milliseconds.
    pub most_age: u64,
}

/// The message does not sign anybody in here and now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotHeld {
    /// It was signed for another site, perhaps by somebody who was deceived there.
    #[error(
        "the message was signed for the site {found:?}, and this is {expected:?}: sign in here anew"
    )]
    Domain {
        /// The message's.
        found: String,
        /// This site's.
        expected: String,
    },
    /// Its purpose lies elsewhere.
    #[error(
        "the message is for {found:?}, which is not a place of http(s)://{expected}: sign in here anew"
    )]
    Uri {
        /// The message's.
        found: String,
        /// This site's host.
        expected: String,
    },
    /// It is for another chain.
    #[error(
        "the message is for chain {found}, and this is chain {expected}: switch the wallet's network and sign again"
    )]
    Chain {
        /// The message's.
        found: u64,
        /// This site's.
        expected: u64,
    },
    /// It was written in the future.
    #[error(
        "the message says that it was written at {0}, which is in the future: set the clock of this device and sign again"
    )]
    Future(Timestamp),
    /// It was written too long ago.
    #[error("the message was written at {0}, which is too long ago: sign a new one")]
    Old(Timestamp),
    /// Its time is over.
    #[error("the message was good until {0}: sign a new one")]
    Expired(Timestamp),
    /// Its time has not come.
    #[error("the message counts from {0} on: sign a new one, or wait")]
    NotYet(Timestamp),
}

impl Message {
    /// Whether it signs somebody in at this site, now. Nonce and signature are for the server to check.
    pub fn judge(&self, expected: &Expected<'_>) -> Result<(), NotHeld> {
        if !self.domain.eq_ignore_ascii_case(expected.domain) || !self.is_of_the_web() {
            let found = match &self.scheme {
                Some(scheme) => format!("{scheme}://{}", self.domain),
                None => self.domain.clone(),
            };
            return Err(NotHeld::Domain { found, expected: expected.domain.to_owned() });
        }
        if !self.uri_is_at(expected.domain) {
            let expected = expected.domain.to_owned();
            return Err(NotHeld::Uri { found: self.uri.clone(), expected });
        }
        if self.chain_id != expected.chain_id {
            return Err(NotHeld::Chain { found: self.chain_id, expected: expected.chain_id });
        }
        let now = expected.now;
        if self.issued_at > now.plus_millis(SKEW_MILLIS) {
            return Err(NotHeld::Future(self.issued_at));
        }
        match (self.expiration_time, self.not_before) {
            (Some(end), _) if end <= now => Err(NotHeld::Expired(end)),
            (_, Some(start)) if start > now.plus_millis(SKEW_MILLIS) => Err(NotHeld::NotYet(start)),
            _ if now.since(self.issued_at) > expected.most_age => Err(NotHeld::Old(self.issued_at)),
            _ => Ok(()),
        }
    }

    fn is_of_the_web(&self) -> bool {
        self.scheme.as_deref().is_none_or(|scheme| matches!(scheme, "http" | "https"))
    }

    fn uri_is_at(&self, domain: &str) -> bool {
        let Some((scheme, rest)) = self.uri.split_once("://") else { return false };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let agrees = self.scheme.as_deref().is_none_or(|own| own == scheme);
        agrees && matches!(scheme, "http" | "https") && authority.eq_ignore_ascii_case(domain)
    }
}
