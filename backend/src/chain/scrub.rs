//! What an endpoint says, without what its own address hides: providers keep keys in paths, and repeat them in errors.

use std::fmt;
use std::sync::Arc;

use alloy::transports::Authorization;
use reqwest::Url;

/// What is shorter is a version or the name of a network, and keeps nothing.
const LEAST: usize = 8;

/// Parts of an address that nobody may see.
#[derive(Clone)]
pub(super) struct Scrub(Arc<[String]>);

impl Scrub {
    /// Those of this address: path, query, user and password, as they are written, sent and meant.
    pub(super) fn of(url: &Url) -> Self {
        let (user, password) = (url.username(), url.password().unwrap_or_default());
        let segments = url.path_segments().into_iter().flatten().map(str::to_owned);
        let values = url.query_pairs().map(|(_, value)| value.into_owned());
        let sent = [(user.to_owned(), password.to_owned()), (meant(user), meant(password))]
            .map(|(user, password)| Authorization::basic(user, password).to_string());
        let mut parts: Vec<String> = segments
            .chain(values)
            .chain([user.to_owned(), meant(user), password.to_owned(), meant(password)])
            .chain(url.query().map(str::to_owned))
            .flat_map(|part| [meant(&part), part])
            .chain(sent.iter().filter_map(|sent| sent.strip_prefix("Basic ")).map(str::to_owned))
            .filter(|part| part.len() >= LEAST)
            .collect();
        // A part that holds another goes first, and nothing of it stays.
        parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
        parts.dedup();
        Self(parts.into())
    }

    /// The text without them.
    pub(super) fn clean(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, part| text.replace(part, "…"))
    }
}

impl fmt::Debug for Scrub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scrub(…)")
    }
}

/// A part of an address with its percent signs read.
fn meant(part: &str) -> String {
    let Ok(mut probe) = Url::parse("http://localhost/") else { return part.to_owned() };
    // In a query a plus is a space; here it is a plus.
    probe.set_query(Some(&part.replace('+', "%2B").replace('&', "%26").replace('=', "%3D")));
    let read = probe.query_pairs().next().map(|(name, _)| name.into_owned());
    read.unwrap_or_else(|| part.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_that_repeats_its_address_gives_nothing_away() {
        let address = "https://operator:p%40ss+word1@node.example/v3/0123456789abcdef?apikey=fedcba9876543210&x=1";
        let url: Url = address.parse().unwrap();
        let scrub = Scrub::of(&url);
        for said in [
            format!("cannot serve {address}"),
            "project 0123456789abcdef is over its limit".to_owned(),
            "apikey fedcba9876543210 unknown".to_owned(),
            "user operator, password p@ss+word1".to_owned(),
            "password p%40ss+word1".to_owned(),
            Authorization::basic("operator", "p@ss+word1").to_string(),
            Authorization::basic("operator", "p%40ss+word1").to_string(),
        ] {
            let clean = scrub.clean(&said);
            assert!(clean.contains('…'), "{clean}");
            for secret in ["0123456789", "fedcba98", "operator", "p@ss", "p%40ss", "b3BlcmF0b3I"] {
                assert!(!clean.contains(secret), "{said} became {clean}");
            }
        }
        assert_eq!(scrub.clean("nonce too low on v3"), "nonce too low on v3");
        assert!(!format!("{scrub:?}").contains("0123"));
    }

    #[test]
    fn an_address_without_a_secret_changes_no_word() {
        let scrub = Scrub::of(&"http://127.0.0.1:8545".parse().unwrap());
        assert_eq!(
            scrub.clean("execution reverted at 127.0.0.1"),
            "execution reverted at 127.0.0.1"
        );
    }
}
