//! Missions, which the orchestrator keeps: each request is admitted here and relayed there.

mod create;
mod deliverable;
mod events;
mod get;
mod list;
mod stream;

pub(in crate::http) use create::create;
pub(in crate::http) use deliverable::deliverable;
pub(in crate::http) use events::events;
pub(in crate::http) use get::get;
pub(in crate::http) use list::list;
pub(in crate::http) use stream::stream;

use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use phase8_shared::api::{Problem, problem};

use crate::http::body::{self, Limit};
use crate::http::error::ApiError;
use crate::http::extract::parse;
use crate::http::state::AppState;

/// The orchestrator's answer. Its problems become this server's, so that they carry this request's id.
pub(super) async fn relay(state: &AppState, request: Request) -> Result<Response, ApiError> {
    let response = state.orchestrator.forward(request).await?;
    let is_problem = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(problem::MEDIA_TYPE.as_bytes()));
    if !is_problem {
        return Ok(response);
    }
    let bytes = body::collect(response.into_body(), Limit::UPLOAD).await?;
    Err(parse::<Problem>(&bytes)?.into())
}
