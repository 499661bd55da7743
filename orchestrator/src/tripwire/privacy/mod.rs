//! `privacy-leak-detector`: secrets and personal data. Every rule reads the text in one pass with a bounded look around each
//! place, so that time grows with the text's length and with nothing else.
//!
//! What it cannot see: secrets that are encrypted, compressed, packed twice or spoken of in riddles; passwords without a word
//! beside them that says so; names, postal addresses and health; seed phrases in other languages than English.

mod assigned;
mod contact;
mod encoded;
mod keys;
mod numbers;
mod phone;
mod scan;
mod seed;
mod tokens;

use std::ops::Range;

use phase8_shared::mission::{Severity, Span, Trip, Tripwire};
use phase8_shared::policy::TripwireSensitivity;

use super::Detector;
use super::normal::Normal;

/// Looks for secrets and personal data.
#[derive(Debug, Clone, Copy, Default)]
pub struct PrivacyLeakDetector;

/// How sure a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Surety {
    /// It has the shape, or it is usually harmless.
    Weak,
    /// It has the shape and something that speaks for it.
    Likely,
    /// A checksum, a provider's own prefix or plain words say so.
    Certain,
}

/// What was found, in the words of the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    PemKey,
    HexKey,
    WifKey,
    ExtendedKey,
    SeedPhrase,
    /// A provider's key; its rule carries the provider's name.
    Token(&'static str),
    WebToken,
    Bearer,
    UrlPassword,
    Secret,
    Card,
    Iban,
    SocialSecurity,
    Email,
    Phone,
}

/// One finding in a text as detectors read it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    rule: Rule,
    surety: Surety,
    at: Range<usize>,
}

impl Found {
    const fn new(rule: Rule, surety: Surety, at: Range<usize>) -> Self {
        Self { rule, surety, at }
    }
}

impl Rule {
    fn name(self) -> String {
        match self {
            Self::PemKey => "private-key-pem".to_owned(),
            Self::HexKey => "private-key-hex".to_owned(),
            Self::WifKey => "private-key-wif".to_owned(),
            Self::ExtendedKey => "private-key-extended".to_owned(),
            Self::SeedPhrase => "seed-phrase".to_owned(),
            Self::Token(provider) => format!("token-{provider}"),
            Self::WebToken => "json-web-token".to_owned(),
            Self::Bearer => "bearer-token".to_owned(),
            Self::UrlPassword => "password-in-url".to_owned(),
            Self::Secret => "password-or-secret".to_owned(),
            Self::Card => "payment-card".to_owned(),
            Self::Iban => "iban".to_owned(),
            Self::SocialSecurity => "social-security-number".to_owned(),
            Self::Email => "email-address".to_owned(),
            Self::Phone => "phone-number".to_owned(),
        }
    }

    const fn severity(self) -> Severity {
        match self {
            Self::Iban | Self::SocialSecurity | Self::Email | Self::Phone => Severity::Warning,
            Self::PemKey
            | Self::HexKey
            | Self::WifKey
            | Self::ExtendedKey
            | Self::SeedPhrase
            | Self::Token(_)
            | Self::WebToken
            | Self::Bearer
            | Self::UrlPassword
            | Self::Secret
            | Self::Card => Severity::Critical,
        }
    }

    fn words(self, packed: Packed) -> String {
        let what = match self {
            Self::PemKey => {
                "A private key in PEM form: whoever reads it can sign and decrypt with it"
            }
            Self::HexKey => "A private key of 32 bytes: whoever reads it controls its account",
            Self::WifKey => "A Bitcoin private key: whoever reads it controls its coins",
            Self::ExtendedKey => {
                "An extended private key: whoever reads it controls a whole wallet"
            }
            Self::SeedPhrase => {
                "A wallet's seed phrase: whoever reads it controls the whole wallet"
            }
            Self::Token(provider) => {
                return format!(
                    "A key or token of {provider}{packed}: it has to be revoked there."
                );
            }
            Self::WebToken => "A JSON Web Token: whoever reads it can act as its bearer",
            Self::Bearer => {
                "A token in an authorization header: whoever reads it can act as its bearer"
            }
            Self::UrlPassword => "An address with a password in it: the password has to be changed",
            Self::Secret => "A password or secret beside its name: it has to be changed",
            Self::Card => "A payment card's number, its check digit right",
            Self::Iban => "A bank account's number (IBAN), its check digits right",
            Self::SocialSecurity => "A number in the form of a social security number",
            Self::Email => "A person's e-mail address",
            Self::Phone => "A phone number",
        };
        format!("{what}{packed}.")
    }
}

/// Whether a finding stood there plainly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packed {
    Plain,
    Base64,
}

impl std::fmt::Display for Packed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Plain => Ok(()),
            Self::Base64 => f.write_str(", packed in Base64"),
        }
    }
}

/// A finding in the text itself.
struct Placed {
    rule: Rule,
    surety: Surety,
    span: Span,
    packed: Packed,
}

impl Detector for PrivacyLeakDetector {
    fn tripwire(&self) -> Tripwire {
        Tripwire::PrivacyLeakDetector
    }

    fn check(&self, text: &str, sensitivity: TripwireSensitivity) -> Vec<Trip> {
        let least = match sensitivity {
            TripwireSensitivity::Low => Surety::Certain,
            TripwireSensitivity::Medium => Surety::Likely,
            TripwireSensitivity::High => Surety::Weak,
        };
        let view = Normal::of(text);
        let mut placed = place(&view, Packed::Plain, None);
        if let Some(unspelled) = view.unspelled() {
            placed.extend(place(&unspelled, Packed::Plain, None));
        }
        for (at, decoded) in encoded::parts(&view) {
            let inner = Normal::of(&decoded);
            placed.extend(place(&inner, Packed::Base64, view.span(&at)));
        }
        placed.retain(|found| found.surety >= least);
        apart(placed).into_iter().map(trip).collect()
    }
}

/// Every finding in a text, placed where it stands, or all of them at one place.
fn place(view: &Normal, packed: Packed, at: Option<Span>) -> Vec<Placed> {
    let mut found = Vec::new();
    keys::find(view, &mut found);
    tokens::find(view, &mut found);
    assigned::find(view, &mut found);
    seed::find(view, &mut found);
    numbers::find(view, &mut found);
    phone::find(view, &mut found);
    contact::find(view, &mut found);
    found
        .into_iter()
        .filter_map(|Found { rule, surety, at: own }| {
            let span = at.or_else(|| view.span(&own))?;
            Some(Placed { rule, surety, span, packed })
        })
        .collect()
}

/// Of findings that overlap, the worst.
fn apart(mut placed: Vec<Placed>) -> Vec<Placed> {
    placed.sort_by_key(|found| (found.span.start, std::cmp::Reverse(found.span.end)));
    let mut kept: Vec<Placed> = Vec::new();
    for found in placed {
        match kept.last_mut() {
            Some(last) if found.span.start < last.span.end => {
                let rank = |found: &Placed| (found.rule.severity(), found.surety);
                if rank(&found) > rank(last) {
                    *last = found;
                }
            }
            _ => kept.push(found),
        }
    }
    kept
}

fn trip(found: Placed) -> Trip {
    Trip {
        tripwire: Tripwire::PrivacyLeakDetector,
        rule: found.rule.name(),
        severity: found.rule.severity(),
        span: Some(found.span),
        words: found.rule.words(found.packed),
    }
}
