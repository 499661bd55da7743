//! Keys and tokens that providers give out, known by their prefix, and what is sent in headers and addresses.

use super::scan::{Set, Value, any_of, begins, millibits, placeholder, plain, take, value};
use super::{Found, Rule, Surety};
use crate::tripwire::normal::Normal;

/// The least entropy of a value that somebody's machine made, in millibits a character.
const LEAST_MILLIBITS: u32 = 2_800;

/// How a provider's key looks.
struct Shape {
    provider: &'static str,
    prefix: &'static str,
    set: Set,
    least: usize,
    most: usize,
}

const fn shape(
    provider: &'static str,
    prefix: &'static str,
    set: Set,
    least: usize,
    most: usize,
) -> Shape {
    Shape { provider, prefix, set, least, most }
}

/// Longer prefixes before shorter ones that they begin with.
const SHAPES: [Shape; 58] = [
    shape("age", "AGE-SECRET-KEY-1", Set::Upper, 58, 58),
    shape("alchemy", "alchemy.com/v2/", Set::Url, 24, 64),
    shape("anthropic", "sk-ant-", Set::Url, 20, 200),
    shape("aws", "ABIA", Set::Upper, 16, 16),
    shape("aws", "ACCA", Set::Upper, 16, 16),
    shape("aws", "AKIA", Set::Upper, 16, 16),
    shape("aws", "ASIA", Set::Upper, 16, 16),
    shape("databricks", "dapi", Set::Hex, 32, 34),
    shape("digitalocean", "dop_v1_", Set::Hex, 64, 64),
    shape("discord", "discord.com/api/webhooks/", Set::Path, 40, 200),
    shape("github", "github_pat_", Set::Url, 22, 255),
    shape("github", "gho_", Set::Alnum, 36, 255),
    shape("github", "ghp_", Set::Alnum, 36, 255),
    shape("github", "ghr_", Set::Alnum, 36, 255),
    shape("github", "ghs_", Set::Alnum, 36, 255),
    shape("github", "ghu_", Set::Alnum, 36, 255),
    shape("gitlab", "glpat-", Set::Dotted, 20, 64),
    shape("google", "AIza", Set::Url, 35, 35),
    shape("google", "GOCSPX-", Set::Url, 20, 64),
    shape("google", "ya29.", Set::Dotted, 20, 400),
    shape("grafana", "glsa_", Set::Url, 32, 64),
    shape("hugging-face", "hf_", Set::Alnum, 30, 64),
    shape("infura", "infura.io/v3/", Set::Hex, 32, 32),
    shape("linear", "lin_api_", Set::Alnum, 32, 64),
    shape("mailgun", "key-", Set::Hex, 32, 32),
    shape("notion", "ntn_", Set::Alnum, 40, 64),
    shape("notion", "secret_", Set::Alnum, 40, 64),
    shape("npm", "npm_", Set::Alnum, 36, 36),
    shape("openai", "sk-admin-", Set::Url, 20, 255),
    shape("openai", "sk-proj-", Set::Url, 20, 255),
    shape("openai", "sk-svcacct-", Set::Url, 20, 255),
    shape("openrouter", "sk-or-", Set::Url, 20, 128),
    shape("openai", "sk-", Set::Alnum, 20, 128),
    shape("pypi", "pypi-AgE", Set::Url, 40, 400),
    shape("sendgrid", "SG.", Set::Dotted, 40, 100),
    shape("shopify", "shpat_", Set::Hex, 32, 32),
    shape("shopify", "shpss_", Set::Hex, 32, 32),
    shape("slack", "hooks.slack.com/services/", Set::Path, 24, 100),
    shape("slack", "xapp-", Set::Url, 20, 255),
    shape("slack", "xoxa-", Set::Url, 16, 255),
    shape("slack", "xoxb-", Set::Url, 16, 255),
    shape("slack", "xoxe-", Set::Url, 16, 255),
    shape("slack", "xoxp-", Set::Url, 16, 255),
    shape("slack", "xoxr-", Set::Url, 16, 255),
    shape("slack", "xoxs-", Set::Url, 16, 255),
    shape("square", "sq0atp-", Set::Url, 22, 64),
    shape("square", "sq0csp-", Set::Url, 22, 64),
    shape("stripe", "rk_live_", Set::Alnum, 16, 255),
    shape("stripe", "rk_test_", Set::Alnum, 16, 255),
    shape("stripe", "sk_live_", Set::Alnum, 16, 255),
    shape("stripe", "sk_test_", Set::Alnum, 16, 255),
    shape("stripe", "whsec_", Set::Alnum, 24, 255),
    shape("telegram", "api.telegram.org/bot", Set::Url, 8, 64),
    shape("twilio", "SK", Set::Hex, 32, 32),
    shape("vault", "hvb.", Set::Url, 24, 255),
    shape("vault", "hvs.", Set::Url, 24, 255),
    shape("vercel", "vercel_", Set::Alnum, 24, 64),
    shape("xai", "xai-", Set::Alnum, 40, 128),
];

/// Provider keys, JSON Web Tokens, authorization headers and addresses with a password.
pub(super) fn find(view: &Normal, found: &mut Vec<Found>) {
    let mut at = 0;
    while at < view.bytes().len() {
        let hit = if begins(view, at) {
            provider(view, at)
                .or_else(|| web_token(view, at))
                .or_else(|| bearer(view, at))
                .or_else(|| telegram(view, at))
        } else {
            None
        };
        let hit = hit.or_else(|| url_password(view, at));
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

fn starts(view: &Normal, at: usize, prefix: &str) -> bool {
    view.at(at) == prefix.as_bytes().first().copied().unwrap_or(0)
        && view.slice(at..at.saturating_add(prefix.len())) == prefix.as_bytes()
}

fn provider(view: &Normal, at: usize) -> Option<Found> {
    let shape = SHAPES.iter().find(|shape| starts(view, at, shape.prefix))?;
    let body =
        value(view, at.saturating_add(shape.prefix.len()), shape.set, shape.least, shape.most)?;
    if millibits(&body.text) < LEAST_MILLIBITS {
        return None;
    }
    let letters_only = !body.text.iter().any(u8::is_ascii_digit);
    let surety = if placeholder(&body.text) {
        Surety::Weak
    } else if letters_only && shape.prefix.len() < 4 {
        return None;
    } else {
        Surety::Certain
    };
    Some(Found::new(Rule::Token(shape.provider), surety, at..body.at.end))
}

/// `<id>:AA<33 characters>`, as Telegram gives to bots.
fn telegram(view: &Normal, at: usize) -> Option<Found> {
    if !view.at(at).is_ascii_digit() {
        return None;
    }
    let id = take(view, at, Set::Alnum, 12);
    let secret = id.at.end.saturating_add(1);
    let right = (8..=12).contains(&id.text.len())
        && id.text.iter().all(u8::is_ascii_digit)
        && view.at(id.at.end) == b':'
        && starts(view, secret, "AA");
    let body = value(view, secret, Set::Url, 35, 35).filter(|_| right)?;
    Some(Found::new(Rule::Token("telegram"), Surety::Certain, at..body.at.end))
}

/// Three parts, the first two of which are JSON objects in Base64 (RFC 7519).
fn web_token(view: &Normal, at: usize) -> Option<Found> {
    let inside = at.checked_sub(1).is_some_and(|before| Set::Url.has(view.at(before)));
    if inside || !starts(view, at, "eyJ") {
        return None;
    }
    let part =
        |from: usize| Some(take(view, from, Set::Url, 4_096)).filter(|part| part.text.len() >= 8);
    let head = part(at)?;
    let claims = head.at.end.saturating_add(1);
    if view.at(head.at.end) != b'.' || !starts(view, claims, "eyJ") {
        return None;
    }
    let body = part(claims)?;
    let end = if view.at(body.at.end) == b'.' {
        take(view, body.at.end.saturating_add(1), Set::Url, 4_096).at.end
    } else {
        body.at.end
    };
    Some(Found::new(Rule::WebToken, Surety::Certain, at..end))
}

/// `Bearer …` and `Basic …` (RFC 6750, RFC 7617).
fn bearer(view: &Normal, at: usize) -> Option<Found> {
    if !matches!(view.at(at), b'B' | b'b') {
        return None;
    }
    let word = take(view, at, Set::Alnum, 6);
    if !matches!(plain(&word.text).as_slice(), b"bearer" | b"basic") || view.at(word.at.end) != b' '
    {
        return None;
    }
    let from = word.at.end.saturating_add(1);
    let secret: Value = take(view, from, Set::Base64, 512);
    let machine_made = secret.text.len() >= 16
        && secret.text.iter().any(u8::is_ascii_digit)
        && secret.text.iter().any(u8::is_ascii_alphabetic)
        && millibits(&secret.text) >= LEAST_MILLIBITS;
    let surety = match machine_made {
        true if placeholder(&secret.text) => Surety::Weak,
        true => Surety::Certain,
        false => return None,
    };
    Some(Found::new(Rule::Bearer, surety, at..secret.at.end))
}

/// `scheme://user:password@host`.
fn url_password(view: &Normal, at: usize) -> Option<Found> {
    if !starts(view, at, "://") {
        return None;
    }
    let from = at.saturating_add(3);
    let authority = view.slice(from..from.saturating_add(256).min(view.bytes().len()));
    let inside = |byte: &&u8| byte.is_ascii_graphic() && !matches!(byte, b'/' | b'"' | b'<' | b'>');
    let length = authority.iter().take_while(inside).count();
    let authority = authority.get(..length)?;
    let host = authority.iter().rposition(|byte| *byte == b'@')?;
    let colon = authority.iter().position(|byte| *byte == b':').filter(|colon| *colon < host)?;
    let secret = authority.get(colon.saturating_add(1)..host)?;
    if secret.len() < 3 || secret.first() == Some(&b'$') {
        return None;
    }
    let stands_for_one =
        placeholder(secret) || any_of(&plain(secret), &["pass", "secret", "pwd", "*"]);
    let surety = if stands_for_one { Surety::Weak } else { Surety::Certain };
    Some(Found::new(Rule::UrlPassword, surety, at..from.saturating_add(length)))
}
