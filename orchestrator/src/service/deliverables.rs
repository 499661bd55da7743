//! Contents that ledgers commit to.

use axum::extract::State;
use phase8_shared::api::{DeliverableView, Problem, ProblemCode, routes};
use phase8_shared::id::MissionId;
use phase8_shared::ledger::Commitment;

use super::ApiError;
use super::extract::{Json, Path};
use crate::driver::Engine;

/// A deliverable's content with the salt that opens its commitment.
#[utoipa::path(
    get,
    path = routes::DELIVERABLE,
    tag = "missions",
    params(
        ("mission" = String, Path, description = "32 lower-case hex digits"),
        ("commitment" = String, Path, description = "0x and 64 hex digits, as in the ledger"),
    ),
    responses(
        (status = 200, body = DeliverableView),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "`not_found`"),
    )
)]
pub(super) async fn get(
    State(engine): State<Engine>,
    Path((mission, commitment)): Path<(MissionId, Commitment)>,
) -> Result<Json<DeliverableView>, ApiError> {
    let found = engine.deliverable(mission, commitment).await?;
    let missing = || {
        let detail = "this mission has no content under that commitment; take the commitment from its ledger";
        ApiError::of(ProblemCode::NotFound, detail)
    };
    found.map(Json).ok_or_else(missing)
}
