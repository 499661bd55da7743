//! Passwords and secrets that stand beside their name: `password=…`, `"api_key": "…"`, `the passphrase is …`.

use super::scan::{Set, any_of, begins, millibits, placeholder, plain, take};
use super::{Found, Rule, Surety};
use crate::tripwire::normal::Normal;

/// Names of secrets, as parts of a name with `_` and `-` left out.
const NAMES: [&str; 22] = [
    "password",
    "passwd",
    "passwort",
    "passphrase",
    "passcode",
    "pwd",
    "secret",
    "apikey",
    "accesskey",
    "accesstoken",
    "authtoken",
    "sessiontoken",
    "refreshtoken",
    "bottoken",
    "clientsecret",
    "privatekey",
    "secretkey",
    "encryptionkey",
    "authkey",
    "accountkey",
    "masterkey",
    "credential",
];
/// Names that are too short to be parts of others.
const WHOLE: [&str; 5] = ["pass", "pw", "pin", "token", "otp"];
/// Ends of names whose values are no secrets.
const TELLS_ABOUT: [&str; 26] = [
    "file",
    "path",
    "name",
    "id",
    "ids",
    "policy",
    "length",
    "min",
    "max",
    "field",
    "hash",
    "url",
    "uri",
    "env",
    "type",
    "count",
    "limit",
    "limits",
    "var",
    "ref",
    "rotation",
    "manager",
    "store",
    "commitment",
    "hint",
    "sha256",
];
/// Bytes of a value that are looked at.
const MOST: usize = 200;

/// What stands between a name and its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    /// `:` or `=`.
    Sign,
    /// `is`.
    Is,
}

/// Every secret beside its name.
pub(super) fn find(view: &Normal, found: &mut Vec<Found>) {
    let mut at = 0;
    while at < view.bytes().len() {
        if !begins(view, at) || !view.at(at).is_ascii_alphabetic() {
            at = at.saturating_add(1);
            continue;
        }
        let name = take(view, at, Set::Url, 64);
        let end = name.at.end.max(at.saturating_add(1));
        let hit = named(&name.text).and_then(|exact| secret(view, at, end, exact));
        at = match hit {
            Some(hit) => {
                let end = hit.at.end;
                found.push(hit);
                end
            }
            None => end,
        };
    }
}

/// How a name names a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Naming {
    Plain,
    /// `token` and the like, which other things are called too.
    Loose,
}

fn named(name: &[u8]) -> Option<Naming> {
    let words = plain(name);
    let last = words.rsplit(|byte| *byte == b' ').next().unwrap_or_default();
    if TELLS_ABOUT.iter().any(|end| last == end.as_bytes()) {
        return None;
    }
    let joined: Vec<u8> = words.iter().copied().filter(|byte| *byte != b' ').collect();
    if any_of(&joined, &NAMES) {
        Some(Naming::Plain)
    } else if WHOLE.iter().any(|whole| last == whole.as_bytes()) {
        Some(Naming::Loose)
    } else {
        None
    }
}

fn secret(view: &Normal, start: usize, name_end: usize, naming: Naming) -> Option<Found> {
    let (link, from) = link(view, name_end)?;
    let quote = Some(view.at(from)).filter(|byte| matches!(byte, b'"' | b'\'' | b'`'));
    let from = from.saturating_add(usize::from(quote.is_some()));
    let rest = view.slice(from..from.saturating_add(MOST).min(view.bytes().len()));
    let inside = |byte: &u8| match quote {
        Some(quote) => *byte != quote && *byte != b'\n',
        None => {
            byte.is_ascii_graphic()
                && !matches!(byte, b'"' | b'\'' | b'`' | b',' | b';' | b')' | b'|')
        }
    };
    let length = rest.iter().take_while(|byte| inside(byte)).count();
    let text = rest.get(..length)?;
    let text = text.strip_suffix(b".").unwrap_or(text);
    let surety = surety(text, link, naming)?;
    Some(Found::new(Rule::Secret, surety, start..from.saturating_add(text.len())))
}

/// What follows a name, and where the value begins.
fn link(view: &Normal, name_end: usize) -> Option<(Link, usize)> {
    let mut at = name_end;
    let mut signs = 0_usize;
    // `name" :  `, `name**: `, `name => `.
    while at < name_end.saturating_add(8) {
        match view.at(at) {
            b':' | b'=' => signs = signs.saturating_add(1),
            b'>' if signs > 0 => {}
            b'"' | b'\'' | b'`' | b'*' if signs == 0 => {}
            b' ' | b'\t' => {}
            _ => break,
        }
        at = at.saturating_add(1);
    }
    if (1..=3).contains(&signs) {
        return Some((Link::Sign, at));
    }
    let word = plain(view.slice(at..at.saturating_add(4).min(view.bytes().len())));
    let is = signs == 0 && at > name_end && word.starts_with(b"is ");
    is.then(|| (Link::Is, at.saturating_add(3)))
}

fn surety(value: &[u8], link: Link, naming: Naming) -> Option<Surety> {
    let has = |class: fn(&u8) -> bool| value.iter().any(class);
    let digit = has(u8::is_ascii_digit);
    let letter = has(u8::is_ascii_alphabetic);
    let mark = has(|byte| {
        matches!(byte, b'!' | b'#' | b'%' | b'^' | b'&' | b'*' | b'@' | b'$' | b'?' | b'+' | b'~')
    });
    let both_cases = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
    let classes = [digit, mark, both_cases].into_iter().filter(|has| *has).count();
    let not_a_value = value.len() < 6
        || !(letter || naming == Naming::Plain && digit && value.len() >= 8)
        || value.starts_with(b"/")
        || value.starts_with(b"./")
        || value.starts_with(b"http")
        || value.starts_with(b"$")
        || value.contains(&b'(')
        || value.contains(&b'[')
        || value.windows(2).any(|pair| pair == b"::" || pair == b"//")
        || value.starts_with(b"0x") && naming == Naming::Loose
        || value.starts_with(b"0x") && value.len() <= 42;
    if not_a_value {
        return None;
    }
    let spaced = value.iter().any(|byte| matches!(byte, b' ' | 0x80..));
    let millibits = usize::try_from(millibits(value)).unwrap_or(0).saturating_mul(value.len());
    let strong = classes >= 1 && millibits >= 36_000 && value.len() >= 12 && digit;
    let fair = (classes >= 2 && value.len() >= 8 || digit && letter && value.len() >= 10)
        && millibits >= 20_000;
    match (link, naming) {
        (_, _) if placeholder(value) || spaced => (strong && !spaced).then_some(Surety::Weak),
        (Link::Sign, Naming::Plain) if strong => Some(Surety::Certain),
        (Link::Sign | Link::Is, Naming::Plain) if fair => Some(Surety::Likely),
        (Link::Sign | Link::Is, Naming::Loose) if strong && value.len() >= 20 => {
            Some(Surety::Likely)
        }
        (Link::Sign | Link::Is, Naming::Loose) if fair => Some(Surety::Weak),
        (Link::Sign | Link::Is, Naming::Plain) if digit || mark => Some(Surety::Weak),
        (Link::Sign | Link::Is, Naming::Plain | Naming::Loose) => None,
    }
}
