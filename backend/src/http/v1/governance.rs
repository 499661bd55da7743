//! `GET /api/v1/governance`.

use axum::extract::State;
use phase8_shared::api::{GovernanceView, Problem};

use crate::http::error::ApiError;
use crate::http::extract::Json;
use crate::http::state::AppState;

/// What governance decided and waits for, folded from the contracts' events: operations of the timelocks with the time from
/// which they can be carried out, extensions, summonses, model adapters, the council, a tripwire that holds the fleet, and
/// the calls that went through the owner's door.
#[utoipa::path(get, path = "/api/v1/governance", tag = "chain", responses(
    (status = 200, body = GovernanceView),
    (status = 503, description = "The chain was not read yet", body = Problem),
))]
pub(in crate::http) async fn get(
    State(state): State<AppState>,
) -> Result<Json<GovernanceView>, ApiError> {
    state.governance.view().await.map(Json)
}
