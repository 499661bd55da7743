//! Headers of every answer. The page may load nothing from elsewhere, be framed by nobody, and run no script but its own.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use super::page::{Markup, Page};

static PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
static OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
static RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
static ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// The headers that do not depend on the request.
#[derive(Debug, Clone)]
pub(super) struct PageHeaders {
    policy: Arc<HeaderValue>,
}

impl PageHeaders {
    /// For this page: its inline scripts are let in by their hashes.
    pub(super) fn new(page: &Page) -> Self {
        let policy = policy(page.inline_scripts(), page.markup());
        let value = HeaderValue::from_str(&policy)
            .unwrap_or(HeaderValue::from_static("default-src 'none'"));
        Self { policy: Arc::new(value) }
    }
}

fn policy(inline_scripts: &[String], markup: Markup) -> String {
    let scripts = inline_scripts.iter().fold(String::new(), |text, source| text + " " + source);
    let scripts = format!("script-src 'self' 'wasm-unsafe-eval'{scripts}");
    let mut directives = vec![
        "default-src 'none'",
        &scripts,
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ];
    if markup == Markup::Vetted {
        directives.extend(["require-trusted-types-for 'script'", "trusted-types default"]);
    }
    directives.join("; ")
}

/// Sets them on every answer.
pub(super) async fn set(State(page): State<PageHeaders>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let is_stream = is_event_stream(response.headers());
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, (*page.policy).clone());
    for (name, value) in [
        (&X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (&REFERRER_POLICY, "no-referrer"),
        (&OPENER_POLICY, "same-origin"),
        (&RESOURCE_POLICY, "same-origin"),
        (
            &PERMISSIONS_POLICY,
            "camera=(), geolocation=(), microphone=(), payment=(), usb=(), serial=(), display-capture=()",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if is_stream {
        headers.insert(&ACCEL_BUFFERING, HeaderValue::from_static("no"));
    }
    response
}

/// Whether an answer is a stream of server-sent events.
pub(super) fn is_event_stream(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"text/event-stream"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inline_script_is_let_in_by_its_hash_alone() {
        let policy = policy(&["'sha256-abc='".to_owned()], Markup::Free);

        assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval' 'sha256-abc=';"), "{policy}");
        assert!(!policy.contains("unsafe-inline"));
        assert!(!policy.contains("'unsafe-eval'"));
    }
    #[test]
    fn a_page_that_vets_its_markup_is_held_to_it() {
        let policy = policy(&[], Markup::Vetted);

        assert!(policy.ends_with("require-trusted-types-for 'script'; trusted-types default"));
    }
}
