//! Private keys: PEM blocks, 32 bytes in hex beside words that say what they are, and Bitcoin's forms with a checksum.

use sha2::{Digest, Sha256};

use super::scan::{
    Set, after, any_of, before, begins, first_of, last_of, placeholder, take, value,
};
use super::{Found, Rule, Surety};
use crate::tripwire::normal::Normal;

/// Bytes around a number in which a word says what it is.
const NEAR: usize = 56;

/// Words that only a private key has.
const SURE: [&str; 16] = [
    "private key",
    "privatekey",
    "privkey",
    "priv key",
    "secret key",
    "secretkey",
    "signing key",
    "signer key",
    "wallet key",
    "deployer key",
    "operator key",
    "relayer key",
    "owner key",
    "validator key",
    "master key",
    "key pair secret",
];
/// Words that a private key may have.
const PERHAPS: [&str; 12] = [
    "secret", "key:", "key =", "key=", "key is", "keys:", "mnemonic", "seed", "sk:", "sk =", "sk=",
    "pk=",
];
/// Words between those and the number that say that it is something else.
const OTHERWISE: [&str; 22] = [
    "hash",
    "commit",
    "root",
    "digest",
    "sha",
    "keccak",
    "tx",
    "transaction",
    "topic",
    "block",
    "public",
    "pubkey",
    "signature",
    "checksum",
    "fingerprint",
    "role",
    "address",
    "slot",
    "proof",
    "leaf",
    "salt",
    "storage",
];

/// Everything that is a private key.
pub(super) fn find(view: &Normal, found: &mut Vec<Found>) {
    let mut at = 0;
    while at < view.bytes().len() {
        let hit = if begins(view, at) {
            pem(view, at).or_else(|| hex(view, at)).or_else(|| base58(view, at))
        } else {
            None
        };
        at = match hit {
            Some(hit) => {
                let end = hit.at.end;
                found.push(hit);
                end.max(at.saturating_add(1))
            }
            None => at.saturating_add(1),
        };
    }
}

/// `BEGIN … PRIVATE KEY` (RFC 7468, RFC 4880); without a body behind it, it is only spoken of.
fn pem(view: &Normal, at: usize) -> Option<Found> {
    if view.at(at) != b'B' || view.slice(at..at.saturating_add(6)) != b"BEGIN " {
        return None;
    }
    let dashes = view.slice(at.saturating_sub(3)..at) == b"---";
    let label = view.slice(at..at.saturating_add(48).min(view.bytes().len()));
    let key = first_of(label, &["PRIVATE KEY"])?;
    let end = at.saturating_add(key.end);
    let body = view.slice(end..end.saturating_add(240).min(view.bytes().len()));
    let mut longest = 0_usize;
    let mut length = 0_usize;
    for byte in body {
        length = if Set::Base64.has(*byte) && *byte != b'-' { length.saturating_add(1) } else { 0 };
        longest = longest.max(length);
    }
    let surety = match (dashes, longest) {
        (true, 24..) => Surety::Certain,
        (false, 24..) => Surety::Likely,
        (_, _) => Surety::Weak,
    };
    let reach = if surety == Surety::Weak { end } else { end.saturating_add(body.len()) };
    Some(Found::new(Rule::PemKey, surety, at.saturating_sub(5)..reach))
}

/// 64 hexadecimal digits beside words that say that they are a key. Without such words they are a hash.
fn hex(view: &Normal, at: usize) -> Option<Found> {
    if !view.at(at).is_ascii_hexdigit() {
        return None;
    }
    let prefixed = view.at(at) == b'0' && matches!(view.at(at.saturating_add(1)), b'x' | b'X');
    let from = if prefixed { at.saturating_add(2) } else { at };
    let end = digits(view, from)?;
    let (near, since) = (before(view, at, NEAR), at.saturating_sub(NEAR));
    let said = |words: &[&str]| {
        let place = last_of(&near, words)?;
        let between = near.get(place.start.saturating_sub(8)..)?;
        (!any_of(between, &OTHERWISE)).then(|| since.saturating_add(place.start))
    };
    if let Some(start) = said(&SURE) {
        return Some(Found::new(Rule::HexKey, Surety::Certain, start..end));
    }
    let behind = after(view, end, NEAR);
    if let Some(place) = first_of(&behind, &SURE)
        && let Some(between) = behind.get(..place.start)
        && !any_of(between, &OTHERWISE)
        && !between.contains(&b'.')
        && any_of(between, &[" is ", " as ", "(", "my "])
    {
        return Some(Found::new(Rule::HexKey, Surety::Certain, at..end.saturating_add(place.end)));
    }
    let start = said(&PERHAPS)?;
    Some(Found::new(Rule::HexKey, Surety::Likely, start..end))
}

/// Where exactly 64 hexadecimal digits from there on end, in one piece, in groups or over two lines.
fn digits(view: &Normal, from: usize) -> Option<usize> {
    if let Some(whole) = value(view, from, Set::Hex, 64, 64) {
        let ends = !view.at(whole.at.end).is_ascii_alphanumeric();
        return ends.then_some(whole.at.end);
    }
    let first = take(view, from, Set::Hex, 32).text.len();
    if !matches!(first, 2 | 4 | 8 | 16 | 32) {
        return None;
    }
    let (mut at, mut count) = (from, 0_usize);
    loop {
        let group = take(view, at, Set::Hex, first);
        if group.text.len() != first {
            return None;
        }
        count = count.saturating_add(first);
        if count == 64 {
            return (!view.at(group.at.end).is_ascii_alphanumeric()).then_some(group.at.end);
        }
        if !matches!(view.at(group.at.end), b' ' | b':' | b'-' | b'\n') || count > 64 {
            return None;
        }
        at = group.at.end.saturating_add(1);
    }
}

/// WIF and BIP-32 extended private keys: Base58 with four bytes of double SHA-256 at the end.
fn base58(view: &Normal, at: usize) -> Option<Found> {
    let (rule, length) = match view.at(at) {
        b'K' | b'L' | b'c' => (Rule::WifKey, 52),
        b'5' | b'9' => (Rule::WifKey, 51),
        b'x' | b't' | b'y' | b'z'
            if view.slice(at.saturating_add(1)..at.saturating_add(4)) == b"prv" =>
        {
            (Rule::ExtendedKey, 111)
        }
        _ => return None,
    };
    let key = value(view, at, Set::Base58, length, length)?;
    let bytes = decode58(&key.text);
    let body = bytes.len().checked_sub(4)?;
    let (body, check) = (bytes.get(..body)?, bytes.get(body..)?);
    let twice = Sha256::digest(Sha256::digest(body));
    if twice.get(..4) == Some(check) {
        return Some(Found::new(rule, Surety::Certain, at..key.at.end));
    }
    // Without its checksum an extended key still has its prefix.
    let weak = rule == Rule::ExtendedKey && !placeholder(&key.text);
    weak.then(|| Found::new(rule, Surety::Likely, at..key.at.end))
}

/// Base58, at most 111 digits long.
fn decode58(text: &[u8]) -> Vec<u8> {
    const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let mut bytes: Vec<u8> = Vec::new();
    for digit in text {
        let Some(value) = ALPHABET.iter().position(|known| known == digit) else {
            return Vec::new();
        };
        let mut carry = u32::try_from(value).unwrap_or(0);
        for byte in bytes.iter_mut().rev() {
            carry = carry.saturating_add(u32::from(*byte).saturating_mul(58));
            *byte = u8::try_from(carry & 0xff).unwrap_or(0);
            carry >>= 8;
        }
        while carry > 0 {
            bytes.insert(0, u8::try_from(carry & 0xff).unwrap_or(0));
            carry >>= 8;
        }
    }
    let zeros = text.iter().take_while(|digit| **digit == b'1').count();
    let mut whole = vec![0_u8; zeros];
    whole.extend(bytes);
    whole
}
