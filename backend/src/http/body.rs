//! Reading bodies, never more than allowed.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use http_body_util::BodyExt;
use phase8_shared::api::ProblemCode;
use tokio::time::timeout;

use super::error::ApiError;

/// A body that is allowed has arrived by then, or the sender holds a seat for nothing.
const ARRIVAL: Duration = Duration::from_secs(30);
/// What is left of a refused upload is read and thrown away this long, so that the caller gets to read the refusal.
const DRAIN: Duration = Duration::from_secs(10);

/// The most bytes that a body may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limit(u64);

impl Limit {
    /// For messages.
    pub(super) const MESSAGE: Self = Self(256 * 1024);
    /// For uploaded files.
    pub(super) const UPLOAD: Self = Self(1024 * 1024);
}

/// Reads a body whole, or refuses it without holding more than the limit.
pub(super) async fn read(request: Request, limit: Limit) -> Result<Bytes, ApiError> {
    let announced = announced(request.headers());
    let body = request.into_body();
    if let Some(announced) = announced.filter(|bytes| *bytes > limit.0) {
        drain(body);
        return Err(too_large(&format!("has {}", sized(announced)), limit));
    }
    collect_within(ARRIVAL, body, limit).await
}

async fn collect_within(arrival: Duration, body: Body, limit: Limit) -> Result<Bytes, ApiError> {
    let collected = timeout(arrival, collect(body, limit)).await;
    collected.unwrap_or_else(|_| {
        let seconds = arrival.as_secs();
        Err(ApiError::new(
            ProblemCode::Malformed,
            format!("the body had not arrived after {seconds} seconds; send it again"),
        ))
    })
}

/// Reads on until the end or the limit.
pub(super) async fn collect(mut body: Body, limit: Limit) -> Result<Bytes, ApiError> {
    let room = usize::try_from(limit.0).unwrap_or(usize::MAX);
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            ApiError::new(
                ProblemCode::Malformed,
                format!("the body ended before all of it had arrived: {error}"),
            )
        })?;
        let Ok(data) = frame.into_data() else { continue };
        if bytes.len().saturating_add(data.len()) > room {
            drain(body);
            return Err(too_large("has more than that", limit));
        }
        bytes.extend_from_slice(&data);
    }
    Ok(Bytes::from(bytes))
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large(found: &str, Limit(limit): Limit) -> ApiError {
    ApiError::new(
        ProblemCode::TooLarge,
        format!("the body may have {}, and this one {found}; nothing of it was kept", sized(limit)),
    )
}

/// Reads on beside the answer and keeps nothing.
fn drain(mut body: Body) {
    tokio::spawn(async move {
        let _ended = timeout(DRAIN, async { while let Some(Ok(_)) = body.frame().await {} }).await;
    });
}

/// `200 MiB (209715200 bytes)`.
fn sized(bytes: u64) -> String {
    const KIB: u64 = 1024;
    const MIB: u64 = 1024 * KIB;
    match bytes {
        _ if bytes >= MIB => format!("{} MiB ({bytes} bytes)", bytes.div_ceil(MIB)),
        _ if bytes >= KIB => format!("{} KiB ({bytes} bytes)", bytes.div_ceil(KIB)),
        _ => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_that_never_arrives_is_given_up() {
        let silent =
            Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>());

        let error =
            collect_within(Duration::from_millis(1), silent, Limit::MESSAGE).await.unwrap_err();

        assert_eq!(
            error.problem().detail,
            "the body had not arrived after 0 seconds; send it again"
        );
    }
}
