//! E-mail addresses of people (RFC 5321), also where the signs are written as words.

use super::scan::{any_of, before, plain};
use super::{Found, Rule, Surety};
use crate::tripwire::normal::Normal;

/// Top-level domains of more than two letters that people have addresses under.
const DOMAINS: [&str; 34] = [
    "com", "org", "net", "edu", "gov", "mil", "int", "info", "biz", "name", "pro", "dev", "app",
    "xyz", "online", "site", "tech", "cloud", "email", "mail", "agency", "finance", "capital",
    "ventures", "digital", "network", "systems", "world", "life", "live", "shop", "store", "news",
    "eth",
];
/// Names of offices and machines, not of people.
const OFFICES: [&str; 22] = [
    "info",
    "support",
    "help",
    "hello",
    "contact",
    "sales",
    "admin",
    "office",
    "noreply",
    "no reply",
    "donotreply",
    "team",
    "security",
    "abuse",
    "postmaster",
    "webmaster",
    "billing",
    "press",
    "privacy",
    "legal",
    "jobs",
    "notifications",
];
/// Domains that belong to nobody (RFC 2606) or stand for one.
const NOBODYS: [&str; 10] = [
    "example.com",
    "example.org",
    "example.net",
    "example.edu",
    ".example",
    ".test",
    ".invalid",
    ".localhost",
    "domain.com",
    "yourcompany.com",
];

/// Every address.
pub(super) fn find(view: &Normal, found: &mut Vec<Found>) {
    for (at, byte) in view.bytes().iter().enumerate() {
        let hit = match byte {
            b'@' => address(view, at, at.saturating_add(1), Written::Signs),
            b'[' | b'(' | b'{' | b' ' => spelled(view, at),
            _ => None,
        };
        found.extend(hit);
    }
}

/// How the signs of an address are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    Signs,
    /// `[at]`.
    Brackets,
    /// `at`.
    Words,
}

/// `jane [at] corp [dot] com`, `jane at corp dot com`.
fn spelled(view: &Normal, at: usize) -> Option<Found> {
    let end = at.saturating_add(4);
    let word = plain(view.slice(at..end));
    match word.as_slice() {
        b"[at]" | b"(at)" | b"{at}" => address(view, at, end, Written::Brackets),
        b" at " => address(view, at, end, Written::Words),
        _ => None,
    }
}

fn address(
    view: &Normal,
    local_end: usize,
    domain_start: usize,
    written: Written,
) -> Option<Found> {
    let apart =
        usize::from(written == Written::Brackets && view.at(local_end.saturating_sub(1)) == b' ');
    let local_end = local_end.saturating_sub(apart);
    let local_start = local_start(view, local_end);
    let (domain, end) = domain(view, domain_start, written)?;
    let local = plain(view.slice(local_start..local_end));
    let (host, top) = domain.rsplit_once('.')?;
    let named = host.bytes().any(|byte| byte.is_ascii_alphabetic()) && host.len() >= 2;
    let known = DOMAINS.contains(&top);
    let letters = top.bytes().all(|byte| byte.is_ascii_lowercase());
    if local.is_empty() || !letters || top.len() < 2 || !named || local == b"git" {
        return None;
    }
    let nobodys = NOBODYS.iter().any(|nobody| domain.ends_with(nobody));
    let office = OFFICES.iter().any(|office| {
        local
            .strip_prefix(office.as_bytes())
            .is_some_and(|rest| rest.first().is_none_or(|byte| !byte.is_ascii_alphabetic()))
    });
    // Behind `scheme://`, and behind a user there, the sign is one of the address of a machine.
    let head = before(view, local_start, 32);
    if head.ends_with(b"//") {
        return None;
    }
    let inside_url = head.ends_with(b":") && any_of(&head, &["://"]) && !head.contains(&b' ');
    let surety = match written {
        _ if nobodys || office || inside_url => Surety::Weak,
        Written::Signs if known || top.len() == 2 => Surety::Certain,
        Written::Brackets if known || top.len() == 2 => Surety::Likely,
        Written::Words if known => Surety::Weak,
        Written::Words => return None,
        Written::Signs | Written::Brackets => Surety::Weak,
    };
    Some(Found::new(Rule::Email, surety, local_start..end))
}

fn local_start(view: &Normal, end: usize) -> usize {
    let mut start = end;
    while let Some(before) = start.checked_sub(1).filter(|before| {
        let byte = view.at(*before);
        byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'%' | b'+' | b'-')
    }) {
        if end.saturating_sub(before) > 64 {
            break;
        }
        start = before;
    }
    start
}

/// The domain from there on in small letters, and where it ends. A word for a point counts as one where `at` was a word too.
fn domain(view: &Normal, from: usize, written: Written) -> Option<(String, usize)> {
    let mut at = from;
    if written == Written::Brackets && view.at(at) == b' ' {
        at = at.saturating_add(1);
    }
    let mut domain = String::new();
    let mut end = at;
    loop {
        let byte = view.at(at);
        if byte.is_ascii_alphanumeric() || byte == b'-' {
            domain.push(char::from(byte.to_ascii_lowercase()));
            at = at.saturating_add(1);
            end = at;
        } else if let Some(length) = point(view, at, written) {
            domain.push('.');
            at = at.saturating_add(length);
        } else {
            break;
        }
        if domain.len() > 253 {
            return None;
        }
    }
    let domain = domain.trim_end_matches('.');
    let right = domain.contains('.') && !domain.contains("..") && !domain.starts_with(['.', '-']);
    right.then(|| (domain.to_owned(), end))
}

/// How long the point is that stands there.
fn point(view: &Normal, at: usize, written: Written) -> Option<usize> {
    if view.at(at) == b'.' {
        return Some(1);
    }
    let words: &[&[u8]] = match written {
        Written::Signs => &[],
        Written::Brackets => &[b" [dot] ", b" (dot) ", b" {dot} ", b"[dot]", b"(dot)", b"{dot}"],
        Written::Words => &[b" dot "],
    };
    words
        .iter()
        .find(|word| plain(view.slice(at..at.saturating_add(word.len()))) == **word)
        .map(|word| word.len())
}
