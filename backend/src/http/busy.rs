//! A bound on what is in work at a time, so that a flood is refused in words instead of exhausting the machine.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::RETRY_AFTER;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use phase8_shared::api::ProblemCode;
use tokio::sync::Semaphore;

use super::error::ApiError;
use crate::telemetry::metrics::Metrics;

/// The seats of requests in work.
#[derive(Debug, Clone)]
pub(super) struct Bound {
    pub(super) seats: Arc<Semaphore>,
    pub(super) metrics: Metrics,
}

/// Answers, unless too much is in work. An event stream counts until its first byte only.
pub(super) async fn bound(State(bound): State<Bound>, request: Request, next: Next) -> Response {
    let Ok(_seat) = bound.seats.try_acquire() else {
        bound.metrics.http().shed();
        let detail =
            "more requests are in work than this server takes at a time; try again in a second";
        let mut response = ApiError::new(ProblemCode::Busy, detail).into_response();
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
        return response;
    };
    next.run(request).await
}
