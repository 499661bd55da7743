//! `POST /api/v1/rpc`.

use axum::extract::State;
use phase8_shared::api::Problem;
use serde_json::Value;

use crate::http::extract::{Json, JsonBytes};
use crate::http::state::AppState;

/// Read-only JSON-RPC for the page; on a development chain also signing by its own accounts.
#[utoipa::path(post, path = "/api/v1/rpc", tag = "chain",
    request_body(content = Object, description = "A JSON-RPC 2.0 request, or a batch of them"),
    responses(
        (status = 200, description = "The node's answer. Errors are JSON-RPC's: -32601 for a method that is not passed on, \
                                      -32002 while the chain does not answer", body = Object),
        (status = 413, body = Problem),
        (status = 415, body = Problem),
    ))]
pub(in crate::http) async fn pass(
    State(state): State<AppState>,
    JsonBytes(request): JsonBytes,
) -> Json<Value> {
    Json(state.chain.pass_through(&request).await)
}
