//! Reading a message by the EIP's grammar.

use std::str::{FromStr, Split};

use alloy_primitives::Address;

use super::{Message, VERSION, WANTS};
use crate::policy::date;
use crate::time::Timestamp;

/// The longest message that is read.
pub const MAX_BYTES: usize = 4 * 1024;

/// The text is no message that may be signed to sign in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseMessageError {
    /// Longer than any that is meant.
    #[error("the message has {0} bytes, and at most {MAX_BYTES} are read")]
    TooLong(usize),
    /// A line is not what the grammar has there.
    #[error("line {line} of the message must be {expected}; found {found:?}")]
    Line {
        /// Which line, from 1.
        line: usize,
        /// What belongs there.
        expected: &'static str,
        /// What is there.
        found: String,
    },
    /// It ends too early.
    #[error("the message ends before {0}")]
    Ends(&'static str),
}

/// The lines, and how many were taken.
struct Lines<'a> {
    rest: Split<'a, char>,
    ahead: Option<&'a str>,
    number: usize,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        let mut rest = text.split('\n');
        let ahead = rest.next();
        Self { rest, ahead, number: 1 }
    }

    fn take(&mut self, expected: &'static str) -> Result<&'a str, ParseMessageError> {
        let line = self.ahead.ok_or(ParseMessageError::Ends(expected))?;
        self.ahead = self.rest.next();
        self.number = self.number.saturating_add(1);
        Ok(line)
    }

    /// The line that was taken last is none of those.
    fn wrong(&self, expected: &'static str, found: &str) -> ParseMessageError {
        let found = found.chars().take(80).collect();
        ParseMessageError::Line { line: self.number.saturating_sub(1), expected, found }
    }

    fn read<T>(
        &mut self,
        expected: &'static str,
        reads: impl FnOnce(&'a str) -> Option<T>,
    ) -> Result<T, ParseMessageError> {
        let line = self.take(expected)?;
        reads(line).ok_or_else(|| self.wrong(expected, line))
    }

    /// A field that may be left out: it is there if the line begins with its name.
    fn optional<T>(
        &mut self,
        name: &str,
        expected: &'static str,
        reads: impl FnOnce(&'a str) -> Option<T>,
    ) -> Result<Option<T>, ParseMessageError> {
        match self.ahead.and_then(|line| line.strip_prefix(name)) {
            None => Ok(None),
            Some(value) => self.read(expected, |_| reads(value)).map(Some),
        }
    }
}

impl FromStr for Message {
    type Err = ParseMessageError;

    fn from_str(text: &str) -> Result<Self, ParseMessageError> {
        if text.len() > MAX_BYTES {
            return Err(ParseMessageError::TooLong(text.len()));
        }
        let mut lines = Lines::of(text);
        let (scheme, domain) = lines.read(
            "a host with the words “wants you to sign in with your Ethereum account:”",
            site,
        )?;
        let address = lines.read("an address with its EIP-55 checksum", |line| {
            Address::parse_checksummed(line, None).ok()
        })?;
        lines.read("empty", empty)?;
        let statement = match lines.take("a statement or an empty line")? {
            "" => None,
            line if is_statement(line) => {
                lines.read("empty", empty)?;
                Some(line.to_owned())
            }
            line => return Err(lines.wrong("a statement of visible characters", line)),
        };
        let uri =
            lines.read("“URI: ” and an address", |line| uri_in(line.strip_prefix("URI: ")?))?;
        lines.read("“Version: 1”", |line| {
            line.strip_prefix("Version: ").filter(|version| *version == VERSION)
        })?;
        let chain_id = lines.read("“Chain ID: ” and digits", |line| {
            let digits = line.strip_prefix("Chain ID: ")?;
            let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse().ok().filter(|_| plain)
        })?;
        let nonce = lines.read("“Nonce: ” and at least 8 letters or digits", |line| {
            let nonce = line.strip_prefix("Nonce: ")?;
            let plain = nonce.bytes().all(|byte| byte.is_ascii_alphanumeric());
            (nonce.len() >= 8 && plain).then(|| nonce.to_owned())
        })?;
        let issued_at = lines
            .read("“Issued At: ” and a moment such as 2026-11-23T06:37:00Z", |line| {
                moment(line.strip_prefix("Issued At: ")?)
            })?;
        let expiration_time =
            lines.optional("Expiration Time: ", "a moment such as 2026-11-23T06:37:00Z", moment)?;
        let not_before =
            lines.optional("Not Before: ", "a moment such as 2026-11-23T06:37:00Z", moment)?;
        let request_id = lines.optional("Request ID: ", "a name without spaces", |id| {
            id.bytes().all(is_pchar).then(|| id.to_owned())
        })?;
        let mut resources = Vec::new();
        if lines.ahead == Some("Resources:") {
            lines.take("“Resources:”")?;
            while lines.ahead.is_some() {
                resources
                    .push(lines.read("“- ” and an address", |line| {
                        uri_in(line.strip_prefix("- ")?)
                    })?);
            }
        }
        match lines.ahead {
            None => Ok(Self {
                scheme,
                domain,
                address,
                statement,
                uri,
                chain_id,
                nonce,
                issued_at,
                expiration_time,
                not_before,
                request_id,
                resources,
            }),
            Some(more) => {
                lines.take("the end")?;
                Err(lines.wrong("the end of the message", more))
            }
        }
    }
}

fn site(line: &str) -> Option<(Option<String>, String)> {
    let site = line.strip_suffix(WANTS)?;
    let (scheme, domain) = match site.split_once("://") {
        Some((scheme, domain)) => (Some(scheme), domain),
        None => (None, site),
    };
    let is_authority = !domain.is_empty()
        && domain.bytes().all(|byte| byte.is_ascii_graphic() && !b"/?#\\\"<>^`{|}".contains(&byte));
    (scheme.is_none_or(is_scheme) && is_authority)
        .then(|| (scheme.map(str::to_owned), domain.to_owned()))
}

/// `scheme` of RFC 3986.
fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

fn empty(line: &str) -> Option<()> {
    line.is_empty().then_some(())
}

/// `1*( reserved / unreserved / " " )` of RFC 3986.
fn is_statement(line: &str) -> bool {
    line.bytes().all(|byte| byte == b' ' || is_uri_byte(byte) && byte != b'%')
}

/// `pchar` of RFC 3986.
fn is_pchar(byte: u8) -> bool {
    is_uri_byte(byte) && !b"/?#[]".contains(&byte)
}

fn is_uri_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte)
}

/// An absolute address: scheme, colon, and characters of RFC 3986.
fn uri_in(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once(':')?;
    let good = !rest.is_empty() && is_scheme(scheme) && text.bytes().all(is_uri_byte);
    good.then(|| text.to_owned())
}

/// `date-time` of RFC 3339: the whole of it, with a zone.
fn moment(text: &str) -> Option<Timestamp> {
    let clock = text.get(10..)?.strip_prefix('T')?;
    let to_the_second = clock.get(2..3) == Some(":") && clock.get(5..6) == Some(":");
    date::parse(text).filter(|_| to_the_second)
}
