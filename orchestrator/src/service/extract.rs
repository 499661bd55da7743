//! Extractors that answer with a `Problem` when the request cannot be read.
#![expect(clippy::disallowed_types, reason = "these wrap the extractors that everything else must not use")]

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
            ApiError::of(ProblemCode::Malformed, format!("the address cannot be read: {}", error.body_text()))
        };
        read.map(|axum::extract::Path(value)| Self(value)).map_err(refused)
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let read = axum::extract::Query::from_request_parts(parts, state).await;
        let refused = |error: axum::extract::rejection::QueryRejection| {
            ApiError::of(ProblemCode::Malformed, format!("the query cannot be read: {}", error.body_text()))
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
    let code = match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ProblemCode::TooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ProblemCode::UnsupportedMediaType,
        _ => ProblemCode::Malformed,
    };
    ApiError::of(code, format!("the body cannot be read: {}", error.body_text()))
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}
