//! One line for each request, written when its answer's head is ready, with the request id that the answer carries.
//! Bodies, query strings and header values never reach the log.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use phase8_shared::api::{Problem, routes};
use tokio::time::Instant;
use tracing::{Instrument, Level, enabled};

use super::error::{self, Cause};

/// Carries the request id, both ways.
pub(super) static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Draws request ids: 16 hex digits, different for each request and each run.
#[derive(Debug, Clone, Default)]
pub(super) struct RequestIds {
    keys: RandomState,
    drawn: Arc<AtomicU64>,
    source: Source,
}

/// Whose ids they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Source {
    /// This server's own: what strangers send is no id.
    #[default]
    Own,
    /// The caller's, if it sends one: behind another server, a request has one id.
    Caller,
}

impl RequestIds {
    /// Those that callers send, where they send any.
    pub(super) fn of_callers() -> Self {
        Self { source: Source::Caller, ..Self::default() }
    }

    fn of(&self, request: &Request) -> String {
        match self.source {
            Source::Own => self.draw(),
            Source::Caller => sent(request).unwrap_or_else(|| self.draw()),
        }
    }

    fn draw(&self) -> String {
        let number = self.drawn.fetch_add(1, Ordering::Relaxed);
        format!("{:016x}", self.keys.hash_one(number))
    }
}

/// An id of the form that this program draws.
fn sent(request: &Request) -> Option<String> {
    let id = request.headers().get(&REQUEST_ID)?.to_str().ok()?;
    let is_one = id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_one.then(|| id.to_owned())
}

/// Gives the request its id, answers, and writes the line.
pub(super) async fn log(
    State(ids): State<RequestIds>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = ids.of(&request);
    let started = Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let header = HeaderValue::from_str(&id).ok();
    if let Some(header) = header.clone() {
        request.headers_mut().insert(REQUEST_ID.clone(), header);
    }

    // Whatever is said meanwhile is about this request.
    let span = tracing::info_span!("request", request.id = %id);
    let mut response = next.run(request).instrument(span).await;

    if let Some(problem) = response.extensions_mut().remove::<Arc<Problem>>() {
        response = with_id(response, &problem, &id);
    }
    if let Some(header) = header {
        response.headers_mut().insert(REQUEST_ID.clone(), header);
    }
    write_line(&Line { id: &id, method: &method, path: &path, started }, &response);
    response
}

/// The same problem with the request id in its body; headers and extensions stay.
fn with_id(response: Response, problem: &Problem, id: &str) -> Response {
    let (parts, _) = response.into_parts();
    let named = Problem { request_id: Some(id.to_owned()), ..problem.clone() };
    let (mut fresh, body) = error::render(&named).into_parts();
    fresh.extensions = parts.extensions;
    for (name, value) in &parts.headers {
        if !fresh.headers.contains_key(name) && name != axum::http::header::CONTENT_LENGTH {
            fresh.headers.insert(name.clone(), value.clone());
        }
    }
    Response::from_parts(fresh, body)
}

struct Line<'a> {
    id: &'a str,
    method: &'a Method,
    path: &'a str,
    started: Instant,
}

/// Failures of the server are errors with their cause; refusals and changes are worth a line; reads only when asked for.
fn write_line(line: &Line<'_>, response: &Response) {
    let Line { id, method, path, started } = line;
    let status = response.status();
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    // Pages read the chain by POST, many times a minute.
    let path_is_read = *path == routes::RPC;
    // A path is up to the caller; control characters must not reach the terminal.
    let path = path.escape_debug();
    if let (true, Some(cause)) = (status.is_server_error(), response.extensions().get::<Cause>()) {
        let cause = cause.chain();
        tracing::error!(
            request.id = id,
            status = status.as_u16(),
            duration_ms,
            "{method} {path} → {status}: {cause}"
        );
        return;
    }
    if status.is_server_error() {
        tracing::warn!(
            request.id = id,
            status = status.as_u16(),
            duration_ms,
            "{method} {path} → {status}"
        );
        return;
    }
    let is_read = matches!(**method, Method::GET | Method::HEAD) || path_is_read;
    if status.is_client_error() || !is_read {
        tracing::info!(
            request.id = id,
            status = status.as_u16(),
            duration_ms,
            "{method} {path} → {status}"
        );
    } else if enabled!(Level::DEBUG) {
        tracing::debug!(
            request.id = id,
            status = status.as_u16(),
            duration_ms,
            "{method} {path} → {status}"
        );
    }
}
