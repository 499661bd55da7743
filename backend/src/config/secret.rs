//! Values that must not be shown.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

/// A secret: its text is reached by [`Self::expose`] alone and shown by nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Holds a secret.
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// A JSON-RPC endpoint. Providers put keys into its path, so that only scheme and host are ever shown.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Endpoint(String);

impl Endpoint {
    /// The endpoint at this address.
    pub const fn new(url: String) -> Self {
        Self(url)
    }

    /// The whole address.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether it is reached by HTTP.
    pub fn is_http(&self) -> bool {
        ["http://", "https://"].iter().any(|scheme| self.0.starts_with(scheme))
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Whatever it is instead, it may be a secret.
        let Some((scheme, rest)) = self.0.split_once("://") else {
            return f.write_str("[no address]");
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        let more = if host.len() == rest.trim_end_matches('/').len() { "" } else { "/…" };
        write!(f, "{scheme}://{host}{more}")
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Endpoint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_never_shown() {
        assert_eq!(format!("{:?}", Secret::new("0xabc".to_owned())), "[secret]");
        for (url, shown) in [
            ("http://127.0.0.1:8545", "http://127.0.0.1:8545"),
            ("https://rpc.example.org/v3/0123456789abcdef", "https://rpc.example.org/…"),
            ("https://user:word@rpc.example.org", "https://rpc.example.org/…"),
            ("0123456789abcdef", "[no address]"),
        ] {
            let endpoint = Endpoint::new(url.to_owned());
            assert_eq!(endpoint.to_string(), shown);
            assert_eq!(format!("{endpoint:?}"), shown);
            assert_eq!(serde_json::to_string(&endpoint).unwrap(), format!("\"{shown}\""));
        }
    }
}
