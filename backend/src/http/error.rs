//! The one error of the HTTP edge: what the caller is told, and the cause that only the log sees.

use std::error::Error as StdError;
use std::sync::Arc;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use phase8_shared::api::problem::MEDIA_TYPE;
use phase8_shared::api::{Problem, ProblemCode};

use crate::relay::orchestrator::OrchestratorError;

/// What a handler answers when it cannot answer what was asked.
#[derive(Debug)]
pub struct ApiError {
    problem: Box<Problem>,
    cause: Option<Cause>,
}

/// Why, for the log alone.
#[derive(Debug, Clone)]
pub struct Cause(Arc<dyn StdError + Send + Sync>);

impl Cause {
    /// The error and everything below it, in one line.
    pub fn chain(&self) -> String {
        let mut text = self.0.to_string();
        let mut next = self.0.source();
        while let Some(error) = next {
            let below = error.to_string();
            if !text.ends_with(&below) {
                text.push_str(": ");
                text.push_str(&below);
            }
            next = error.source();
        }
        text
    }
}

impl ApiError {
    /// A problem of this kind, with words for this occurrence.
    pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self { problem: Box::new(Problem::new(code, detail)), cause: None }
    }

    /// Something that is not the caller's fault and not for the caller to see.
    pub fn internal(cause: impl StdError + Send + Sync + 'static) -> Self {
        let detail =
            "the request was not carried out; the server's log says why under this request id";
        Self::new(ProblemCode::Internal, detail).caused_by(cause)
    }

    /// There is no such thing.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(ProblemCode::NotFound, detail)
    }

    /// The same with its cause, for the log.
    #[must_use]
    pub fn caused_by(mut self, cause: impl StdError + Send + Sync + 'static) -> Self {
        self.cause = Some(Cause(Arc::new(cause)));
        self
    }

    /// What the caller is told.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self { problem: Box::new(problem), cause: None }
    }
}

impl From<OrchestratorError> for ApiError {
    fn from(error: OrchestratorError) -> Self {
        match error {
            OrchestratorError::Refused(problem) => Self::from(*problem),
            OrchestratorError::NotPublic(path) => Self::not_found(format!("there is nothing at {path}")),
            OrchestratorError::Unreachable(_) => Self::new(
                ProblemCode::OrchestratorUnreachable,
                "missions go on where they are, but cannot be seen or changed from here; try again in a few seconds",
            )
            .caused_by(error),
            OrchestratorError::Garbled { .. } | OrchestratorError::NoLedger(_) => Self::internal(error),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = render(&self.problem);
        if let Some(cause) = self.cause {
            response.extensions_mut().insert(cause);
        }
        // The log's layer puts the request id in and renders again.
        response.extensions_mut().insert(Arc::new(*self.problem));
        response
    }
}

/// A problem as a response.
pub(super) fn render(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = serde_json::to_vec(problem).map_or_else(|_| Body::empty(), Body::from);
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_told_from_top_to_bottom() {
        let below = std::io::Error::other("connection refused");
        let error = OrchestratorError::Unreachable(Box::new(below));

        let Some(cause) = ApiError::from(error).cause else { panic!("no cause") };

        assert_eq!(cause.chain(), "the orchestrator does not answer: connection refused");
    }
}
