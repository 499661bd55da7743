//! Extractors that answer with a `Problem` when the request cannot be read.
#![expect(
    clippy::disallowed_types,
    reason = "these wrap the extractors that everything else must not use"
)]

use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use phase8_shared::api::ProblemCode;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::ApiError;

/// Parameters in the path.
pub(super) struct Path<T>(pub(super) T);

/// Parameters in the query.
pub(super) struct Query<T>(pub(super) T);

/// A JSON body.
pub(super) struct Json<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let read = axum::extract::Path::from_request_parts(parts, state).await;
        let refused = |error: axum::extract::rejection::PathRejection| {
            ApiError::of(
                ProblemCode::Malformed,
                format!("the address cannot be read: {}", plain(&error.body_text())),
            )
        };
        read.map(|axum::extract::Path(value)| Self(value)).map_err(refused)
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let read = axum::extract::Query::from_request_parts(parts, state).await;
        let refused = |error: axum::extract::rejection::QueryRejection| {
            ApiError::of(
                ProblemCode::Malformed,
                format!("the query cannot be read: {}", plain(&error.body_text())),
            )
        };
        read.map(|axum::extract::Query(value)| Self(value)).map_err(refused)
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let read = axum::Json::from_request(request, state).await;
        read.map(|axum::Json(value)| Self(value)).map_err(|error| unreadable(&error))
    }
}

fn unreadable(error: &JsonRejection) -> ApiError {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            let detail = "the body is larger than this address takes; a job spec has at most 4 MiB";
            ApiError::of(ProblemCode::TooLarge, detail)
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            let detail = "the body must be JSON; send it with the content type application/json";
            ApiError::of(ProblemCode::UnsupportedMediaType, detail)
        }
        _ => {
            let detail = format!("the body cannot be read: {}", plain(&error.body_text()));
            ApiError::of(ProblemCode::Malformed, detail)
        }
    }
}

/// What is wrong, without what the framework was doing when it found out.
fn plain(words: &str) -> &str {
    const PREFIXES: [&str; 4] = [
        "Invalid URL: ",
        "Failed to deserialize query string: ",
        "Failed to deserialize the JSON body into the target type: ",
        "Failed to parse the request body as JSON: ",
    ];
    PREFIXES.iter().find_map(|prefix| words.strip_prefix(prefix)).unwrap_or(words)
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}
