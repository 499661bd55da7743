//! `POST /api/v1/requests`.

use axum::extract::State;
use axum::http::StatusCode;
use phase8_shared::api::{Problem, RequestView, SubmitRequest};

use crate::http::error::ApiError;
use crate::http::extract::Json;
use crate::http::state::AppState;

/// Carries a request that the owner signed to the chain. Its EIP-712 digest names it: sending it twice is the same as once.
#[utoipa::path(post, path = "/api/v1/requests", tag = "chain", request_body = SubmitRequest, responses(
    (status = 202, description = "Taken in; ask for it by its digest", body = RequestView),
    (status = 403, description = "Not signed by the owner, or not a call that this server relays", body = Problem),
    (status = 409, description = "Its deadline has passed, or its nonce is used", body = Problem),
    (status = 422, description = "The signature does not fit, or the chain refuses the call", body = Problem),
    (status = 503, description = "The chain does not answer, or this server cannot pay the gas: then the request is kept", body = Problem),
))]
pub(in crate::http) async fn submit(
    State(state): State<AppState>,
    Json(request): Json<SubmitRequest>,
) -> Result<(StatusCode, Json<RequestView>), ApiError> {
    let view = state.requests.submit(request).await?;
    Ok((StatusCode::ACCEPTED, Json(view)))
}
