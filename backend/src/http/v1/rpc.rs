//! `POST /api/v1/rpc`.

use alloy::primitives::Bytes;
use axum::Extension;
use axum::extract::State;
use phase8_shared::api::Problem;
use phase8_shared::siwe::Message;
use serde_json::Value;

use crate::http::error::ApiError;
use crate::http::extract::{Json, JsonBytes};
use crate::http::state::AppState;
use crate::session::{Access, Visitor};

/// Read-only JSON-RPC for the page; on a development chain also signing by its own accounts. Whoever may not read here has
/// one thing signed there: the message by which an account of the development chain signs in.
#[utoipa::path(post, path = "/api/v1/rpc", tag = "chain",
    request_body(content = Object, description = "A JSON-RPC 2.0 request, or a batch of them"),
    responses(
        (status = 200, description = "The node's answer. Errors are JSON-RPC's: -32601 for a method that is not passed on, \
                                      -32002 while the chain does not answer", body = Object),
        (status = 401, description = "`sign_in_needed`", body = Problem),
        (status = 413, body = Problem),
        (status = 415, body = Problem),
    ))]
pub(in crate::http) async fn pass(
    State(state): State<AppState>,
    Extension(visitor): Extension<Visitor>,
    JsonBytes(request): JsonBytes,
) -> Result<Json<Value>, ApiError> {
    if !signs_in(&request) {
        visitor.may(Access::Reader, None)?;
    }
    Ok(Json(state.chain.pass_through(&request).await))
}

/// Whether the request asks for the signature by which an account signs in, and for nothing else. Only a development chain
/// has accounts that sign.
fn signs_in(request: &[u8]) -> bool {
    let Ok(request) = serde_json::from_slice::<Value>(request) else { return false };
    let is_personal = request.get("method").and_then(Value::as_str) == Some("personal_sign");
    let signed = request.pointer("/params/0").and_then(Value::as_str);
    let signed = signed.and_then(|text| text.parse::<Bytes>().ok());
    let text = signed.as_ref().and_then(|bytes| std::str::from_utf8(bytes).ok());
    is_personal && text.is_some_and(|text| text.parse::<Message>().is_ok())
}
