//! Errors as problems. The cause of a 5xx goes to the log, never into the answer.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use phase8_shared::api::{Problem, ProblemCode, problem};

use crate::driver::EngineError;
use crate::refusal::Refusal;
use crate::tlog::LogError;

/// An answer that is a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError(pub Problem);

impl ApiError {
    /// A problem of this kind.
    pub fn of(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self(Problem::new(code, detail))
    }
}

impl From<EngineError> for ApiError {
    fn from(error: EngineError) -> Self {
        let code = error.code();
        match error {
            EngineError::Refused(refusal) => {
                let problem = Problem::new(code, refusal.to_string());
                let Refusal::SpecRefused(findings) = refusal else { return Self(problem) };
                Self(problem.with_findings(findings.into_iter().collect()))
            }
            EngineError::Stopped => Self(Problem::new(code, error.to_string())),
            EngineError::Storage(_)
            | EngineError::Contended(_)
            | EngineError::NoChance(_)
            | EngineError::Halted(_)
            | EngineError::TakenOver(_)
            | EngineError::Unwritable(_) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "a request was not served: {error}"
                );
                Self(Problem::new(
                    code,
                    "the engine could not read or write its ledgers; the server's log says why",
                ))
            }
        }
    }
}

impl From<LogError> for ApiError {
    fn from(error: LogError) -> Self {
        match &error {
            LogError::NoSuchLog(_)
            | LogError::NoSuchTile { .. }
            | LogError::EntryTooLong { .. } => Self::of(ProblemCode::NotFound, error.to_string()),
            LogError::OutOfRange(words) => Self::of(ProblemCode::Malformed, words.clone()),
            LogError::Contradiction { .. } => {
                tracing::error!("{error}");
                Self::of(ProblemCode::Internal, error.to_string())
            }
            LogError::Unsigned(_) | LogError::Storage(_) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "a log was not served: {error}"
                );
                let words = "the log could not be read or signed; the server's log says why";
                Self::of(ProblemCode::Internal, words)
            }
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self.0).unwrap_or_default();
        let media_type = HeaderValue::from_static(problem::MEDIA_TYPE);
        (status, [(header::CONTENT_TYPE, media_type)], body).into_response()
    }
}
