//! The session's cookie. No script reads it, no other site's page has it sent, and over https it carries the prefix that
//! keeps other hosts and plain http from setting it. Its name holds the port: cookies of one host are shared by all ports,
//! and two servers of one machine must not sign each other's people out.

use axum::http::header::{COOKIE, HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue};
use phase8_shared::api::ProblemCode;

use crate::http::error::ApiError;
use crate::session::Opened;

/// The site as the browser sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::http) struct Site {
    /// Host, with the port where it is not the scheme's own.
    pub(in crate::http) domain: String,
    is_https: bool,
}

impl Site {
    /// Who is asked, by the request's `Host`, and by `Origin` whether over https. The guard has seen that both agree.
    pub(in crate::http) fn of(headers: &HeaderMap) -> Result<Self, ApiError> {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let domain = text(HOST).map(str::to_owned);
        let is_https = text(ORIGIN).is_some_and(|origin| origin.starts_with("https://"));
        let missing = || ApiError::new(ProblemCode::Malformed, "the request names no host");
        domain.map(|domain| Self { domain, is_https }).ok_or_else(missing)
    }

    fn cookie(&self) -> String {
        name(&self.domain, self.is_https)
    }

    const fn marks(&self) -> &'static str {
        if self.is_https { "; Secure" } else { "" }
    }
}

fn name(domain: &str, is_https: bool) -> String {
    let port = domain.parse::<Authority>().ok().and_then(|authority| authority.port_u16());
    let port = port.map(|port| format!("-{port}")).unwrap_or_default();
    let prefix = if is_https { "__Host-" } else { "" };
    format!("{prefix}phase8-session{port}")
}

/// The token that a request carries.
pub(super) fn token_of(headers: &HeaderMap) -> Option<&str> {
    let domain = headers.get(HOST).and_then(|value| value.to_str().ok())?;
    // What only https could set counts before what plain http could.
    [true, false].into_iter().find_map(|is_https| {
        let wanted = name(domain, is_https);
        let pairs = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        pairs
            .flat_map(|pairs| pairs.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| *name == wanted)
            .map(|(_, token)| token)
    })
}

/// `Set-Cookie` for a session just opened.
pub(in crate::http) fn kept(site: &Site, opened: &Opened) -> Result<HeaderValue, ApiError> {
    let seconds = opened.lasts_millis / 1_000;
    value(site, opened.token.expose(), seconds)
}

/// `Set-Cookie` that forgets it.
pub(in crate::http) fn forgotten(site: &Site) -> Result<HeaderValue, ApiError> {
    value(site, "", 0)
}

fn value(site: &Site, token: &str, seconds: u64) -> Result<HeaderValue, ApiError> {
    let text = format!(
        "{}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{}",
        site.cookie(),
        site.marks()
    );
    let mut value = HeaderValue::from_str(&text).map_err(ApiError::internal)?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn a_cookie_is_for_one_port_and_marked_by_how_it_came() {
        for (host, origin, start, secure) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080", "phase8-session-8080=", false),
            ("[::1]:8080", "http://[::1]:8080", "phase8-session-8080=", false),
            ("control.example.org", "https://control.example.org", "__Host-phase8-session=", true),
        ] {
            let site = Site::of(&headers(&[("host", host), ("origin", origin)])).unwrap();

            let cookie = forgotten(&site).unwrap();
            let cookie = cookie.to_str().unwrap();

            assert!(cookie.starts_with(start), "{cookie}");
            assert!(cookie.contains("Path=/; HttpOnly; SameSite=Strict; Max-Age=0"), "{cookie}");
            assert_eq!(cookie.ends_with("; Secure"), secure, "{cookie}");
        }
    }

    #[test]
    fn the_token_of_this_port_is_found_and_the_safer_name_first() {
        let host = ("host", "127.0.0.1:8080");
        let found = |cookies: &[&str]| {
            let mut pairs = vec![host];
            pairs.extend(cookies.iter().map(|cookie| ("cookie", *cookie)));
            token_of(&headers(&pairs)).map(str::to_owned)
        };

        assert_eq!(found(&["a=b; phase8-session-8080=one"]).as_deref(), Some("one"));
        assert_eq!(found(&["a=b", "phase8-session-8080=one"]).as_deref(), Some("one"));
        assert_eq!(found(&["phase8-session-8081=one"]), None);
        let both = "phase8-session-8080=one; __Host-phase8-session-8080=two";
        assert_eq!(found(&[both]).as_deref(), Some("two"));
        assert_eq!(found(&[]), None);
    }
}
