//! `POST /api/v1/reads`.

use axum::extract::State;
use phase8_shared::api::{Problem, ProblemCode, ReadAnswer, ReadRequest};

use crate::http::error::ApiError;
use crate::http::extract::Json;
use crate::http::state::AppState;

/// Reads that gate a lever: what a quorum of the endpoints says about one block, and what a call would change. There is
/// no answer without a quorum.
#[utoipa::path(post, path = "/api/v1/reads", tag = "chain", request_body = ReadRequest, responses(
    (status = 200, body = ReadAnswer),
    (status = 400, description = "It cannot be read, or asks for too much at once", body = Problem),
    (status = 413, body = Problem),
    (status = 415, body = Problem),
    (status = 503, description = "Too few endpoints answer, or too few say the same: the detail names who said what",
     body = Problem),
))]
pub(in crate::http) async fn read(
    State(state): State<AppState>,
    Json(request): Json<ReadRequest>,
) -> Result<Json<ReadAnswer>, ApiError> {
    request.check().map_err(|error| ApiError::new(ProblemCode::Malformed, error.to_string()))?;
    state.chain.read(&request).await.map(Json)
}
