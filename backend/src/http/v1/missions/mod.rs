//! Missions, which the orchestrator keeps: each request is admitted here and relayed there.

mod create;
mod deliverable;
mod events;
mod export;
mod get;
mod list;
mod log;
mod stream;

pub(in crate::http) use create::create;
pub(in crate::http) use deliverable::deliverable;
pub(in crate::http) use events::events;
pub(in crate::http) use export::export;
pub(in crate::http) use get::get;
pub(in crate::http) use list::list;
pub(in crate::http) use log::log;
pub(in crate::http) use stream::stream;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::response::Response;
use phase8_shared::api::{Problem, problem};
use serde::Serialize;

use crate::http::body::{self, Limit};
use crate::http::error::ApiError;
use crate::http::extract::parse;
use crate::http::log::REQUEST_ID;
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

/// Posts what was proved here to the orchestrator, written anew so that nothing unread passes.
pub(super) async fn relay_json(
    state: &AppState,
    path: String,
    headers: &HeaderMap,
    proved: &(impl Serialize + Sync),
) -> Result<Response, ApiError> {
    let body = serde_json::to_vec(proved).map_err(ApiError::internal)?;
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(CONTENT_TYPE, "application/json")
        .header(CONTENT_LENGTH, HeaderValue::from(body.len()))
        .body(Body::from(body))
        .map_err(ApiError::internal)?;
    if let Some(id) = headers.get(&REQUEST_ID) {
        request.headers_mut().insert(REQUEST_ID.clone(), id.clone());
    }
    relay(state, request).await
}
