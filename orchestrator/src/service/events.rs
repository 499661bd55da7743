//! A mission's ledger: in pages, and live. Both serve the exact bytes that are stored and hashed.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::sse::{Event as Frame, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt, stream};
use phase8_shared::api::{EventPage, Problem, ProblemCode, routes};
use phase8_shared::id::{MissionId, Seq};
use serde::Deserialize;

use super::ApiError;
use super::extract::{Path, Query};
use crate::driver::{Engine, EventTail, EventsPage};
use crate::store::Stored;

/// Which part of a ledger.
#[derive(Debug, Deserialize)]
pub(super) struct Range {
    /// Only events after this one.
    #[serde(default)]
    after: u64,
    /// At most so many.
    #[serde(default = "Range::usual")]
    limit: usize,
}

impl Range {
    const fn usual() -> usize {
        200
    }
}

/// A page of a mission's ledger.
#[utoipa::path(
    get,
    path = routes::EVENTS,
    tag = "missions",
    params(
        ("mission" = String, Path, description = "32 lower-case hex digits"),
        ("after" = Option<u64>, Query, description = "only events after this one"),
        ("limit" = Option<u32>, Query, description = "at most so many, up to 1000; 200 if absent"),
    ),
    responses(
        (status = 200, body = EventPage),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "`not_found`"),
    )
)]
pub(super) async fn page(
    State(engine): State<Engine>,
    Path(mission): Path<MissionId>,
    Query(range): Query<Range>,
) -> Result<Response, ApiError> {
    let page = engine.events(mission, Seq(range.after), range.limit).await?;
    let json = HeaderValue::from_static("application/json");
    Ok(([(header::CONTENT_TYPE, json)], page_bytes(&page)).into_response())
}

/// [`EventPage`] as JSON, with the events byte for byte as they are stored.
fn page_bytes(page: &EventsPage) -> Vec<u8> {
    let mut bytes = b"{\"events\":[".to_vec();
    for (index, event) in page.events.iter().enumerate() {
        if index > 0 {
            bytes.push(b',');
        }
        bytes.extend_from_slice(&event.bytes);
    }
    bytes.extend_from_slice(format!("],\"last\":{}}}", page.last).as_bytes());
    bytes
}

/// A mission's ledger as server-sent events: what is stored after the given event, then what is appended. Each has the
/// event's number as `id` and its stored bytes as `data`. `Last-Event-ID` wins over `after`.
#[utoipa::path(
    get,
    path = routes::STREAM,
    tag = "missions",
    params(
        ("mission" = String, Path, description = "32 lower-case hex digits"),
        ("after" = Option<u64>, Query, description = "only events after this one"),
        ("Last-Event-ID" = Option<u64>, Header, description = "the last event that was received"),
    ),
    responses(
        (status = 200, content_type = "text/event-stream", body = String),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "`not_found`"),
    )
)]
pub(super) async fn stream(
    State(engine): State<Engine>,
    Path(mission): Path<MissionId>,
    Query(range): Query<Range>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let after = last_event_id(&headers)?.unwrap_or(Seq(range.after));
    let tail = engine.follow(mission, after)?;
    let alive = KeepAlive::new().interval(Duration::from_secs(15)).text("alive");
    let unbuffered =
        [(header::HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"))];
    Ok((unbuffered, Sse::new(frames(tail)).keep_alive(alive)).into_response())
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<Seq>, ApiError> {
    let Some(value) = headers.get("last-event-id") else { return Ok(None) };
    let read = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    let refused =
        || ApiError::of(ProblemCode::Malformed, "Last-Event-ID is not the number of an event");
    read.map(|seq| Some(Seq(seq))).ok_or_else(refused)
}

/// The stream ends when the store fails or the engine stops: the browser comes back with `Last-Event-ID`.
fn frames(tail: EventTail) -> impl Stream<Item = Result<Frame, Infallible>> {
    let hint = Frame::default().retry(Duration::from_secs(1)).comment("the ledger follows");
    let events = stream::unfold(tail, |mut tail| async move {
        match tail.next().await {
            Ok(Some(events)) => Some((stream::iter(events.into_iter().filter_map(frame)), tail)),
            Ok(None) => None,
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "a live ledger could not be read on"
                );
                None
            }
        }
    });
    stream::iter([hint]).chain(events.flatten()).map(Ok)
}

/// JSON has no bare line break, so an event is one `data` line.
fn frame(event: Stored) -> Option<Frame> {
    let text = std::str::from_utf8(&event.bytes).ok()?;
    Some(Frame::default().id(event.seq.to_string()).data(text))
}
