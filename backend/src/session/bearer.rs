//! The access key as commands of this program show it to a server.

use std::net::IpAddr;
use std::path::Path;

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};

use super::key::{self, AccessKeyError, VARIABLE};
use super::token::Token;

/// What a command shows the server that it asks, if anything.
#[derive(Debug, Clone, Default)]
pub struct Bearer(Option<Token>);

/// The key that was named is none.
#[derive(Debug, thiserror::Error)]
pub enum BearerError {
    /// The variable holds something else.
    #[error(
        "{VARIABLE} holds no access key: it is 64 hex digits, as in the file access.key of the server's data folder"
    )]
    Variable,
    /// The file of this machine's server cannot be used.
    #[error(transparent)]
    File(#[from] AccessKeyError),
}

impl Bearer {
    /// For the server at this address: the key that the environment names, or the one in the data folder. The latter is this
    /// machine's and is never sent to another.
    pub fn for_server(url: &str, data: &Path) -> Result<Self, BearerError> {
        match std::env::var(VARIABLE) {
            Ok(text) if !text.trim().is_empty() => {
                Token::parse(text.trim()).map(|key| Self(Some(key))).ok_or(BearerError::Variable)
            }
            _ if is_here(url) => Ok(Self(key::read(data)?)),
            _ => Ok(Self(None)),
        }
    }

    /// A client that shows it with every request.
    pub fn on(&self, client: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        let Some(key) = &self.0 else { return client };
        let Ok(mut value) = HeaderValue::from_str(&format!("Bearer {}", key.expose())) else {
            return client;
        };
        value.set_sensitive(true);
        client.default_headers(HeaderMap::from_iter([(AUTHORIZATION, value)]))
    }
}

/// Whether an address is this machine's own.
fn is_here(url: &str) -> bool {
    let Ok(url) = url.parse::<reqwest::Url>() else { return false };
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let is_own = |address: IpAddr| address.is_loopback() || address.is_unspecified();
    host == "localhost" || host.parse().is_ok_and(is_own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_this_machine_is_shown_to_this_machine_alone() {
        for (url, here) in [
            ("http://127.0.0.1:8080", true),
            ("http://localhost:8080/", true),
            ("http://[::1]:8080", true),
            ("http://0.0.0.0:8080", true),
            ("https://control.example.org", false),
            ("http://127.0.0.1.evil.example", false),
            ("http://127.0.0.1@evil.example", false),
            ("http://192.168.1.7:8080", false),
            ("nonsense", false),
        ] {
            assert_eq!(is_here(url), here, "{url}");
        }
    }
}
