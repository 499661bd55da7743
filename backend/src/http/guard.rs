//! Who may ask: only pages of this server, under a name that is this server's.
//!
//! A page elsewhere can make a browser send requests here, and a name elsewhere can be made to point here (DNS
//! rebinding). Neither gets through: the first is told by `Origin` and `Sec-Fetch-Site`, the second by `Host`.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use phase8_shared::api::ProblemCode;

use super::error::ApiError;

/// The names of this server.
#[derive(Debug, Clone)]
pub(super) struct Names {
    allowed: Arc<[String]>,
}

impl Names {
    /// Besides `localhost` and addresses in digits, which no foreign name server can hand out.
    pub(super) fn new(allowed: &[String]) -> Self {
        Self { allowed: allowed.iter().map(|name| name.to_ascii_lowercase()).collect() }
    }

    fn includes(&self, authority: &str) -> bool {
        let host = without_port(authority).to_ascii_lowercase();
        let digits = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok();
        digits
            || host == "localhost"
            || host.ends_with(".localhost")
            || self.allowed.contains(&host)
    }
}

/// Lets the request in or refuses it.
pub(super) async fn admit(State(names): State<Names>, request: Request, next: Next) -> Response {
    let verdict = judge(&names, request.method(), request.uri(), request.headers());
    match verdict {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

fn judge(names: &Names, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), ApiError> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let host = uri.authority().map(Authority::as_str).or_else(|| text(HOST)).unwrap_or_default();
    if !names.includes(host) {
        return Err(refuse(format!(
            "this server does not go by the name {:?}; if it should, add the name to http.allowed_hosts",
            without_port(host)
        )));
    }
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    if let Some(origin) = text(ORIGIN) {
        let same = origin
            .split_once("://")
            .is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host));
        if !same {
            return Err(refuse(format!(
                "pages of {origin:?} may not change anything here; open the page at {host}"
            )));
        }
    }
    match headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
        None | Some(b"same-origin" | b"none") => Ok(()),
        Some(_) => Err(refuse(format!(
            "pages of other sites may not change anything here; open the page at {host}"
        ))),
    }
}

fn refuse(detail: String) -> ApiError {
    ApiError::new(ProblemCode::ForeignOrigin, detail)
}

fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port))
            if port.bytes().all(|byte| byte.is_ascii_digit()) && !host.ends_with(':') =>
        {
            host
        }
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(method: Method, pairs: &[(&'static str, &str)]) -> Result<(), String> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        let names = Names::new(&["Mission.example.org".to_owned()]);
        judge(&names, &method, &Uri::from_static("/api/v1/rpc"), &headers)
            .map_err(|error| error.problem().detail.clone())
    }

    #[test]
    fn the_own_page_may_change_things() {
        for (host, origin) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("localhost:8080", "http://localhost:8080"),
            ("[::1]:8080", "http://[::1]:8080"),
            ("mission.example.org", "https://mission.example.org"),
        ] {
            assert_eq!(
                verdict(Method::POST, &[("host", host), ("origin", origin)]),
                Ok(()),
                "{host}"
            );
        }
        assert_eq!(
            verdict(Method::POST, &[("host", "127.0.0.1:8080"), ("sec-fetch-site", "same-origin")]),
            Ok(())
        );
    }

    #[test]
    fn programs_without_an_origin_may_change_things() {
        assert_eq!(verdict(Method::POST, &[("host", "127.0.0.1:8080")]), Ok(()));
    }

    #[test]
    fn a_page_of_another_origin_may_not() {
        for origin in
            ["https://evil.example", "http://127.0.0.1:9999", "null", "http://localhost:8080"]
        {
            assert!(
                verdict(Method::POST, &[("host", "127.0.0.1:8080"), ("origin", origin)]).is_err(),
                "{origin}"
            );
        }
        assert!(
            verdict(Method::POST, &[("host", "127.0.0.1:8080"), ("sec-fetch-site", "cross-site")])
                .is_err()
        );
        assert!(
            verdict(Method::POST, &[("host", "127.0.0.1:8080"), ("sec-fetch-site", "same-site")])
                .is_err()
        );
    }

    #[test]
    fn a_name_that_is_not_this_servers_may_not_even_read() {
        for host in ["evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example", ""] {
            assert!(verdict(Method::GET, &[("host", host)]).is_err(), "{host}");
        }
    }
}
