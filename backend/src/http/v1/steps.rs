//! `POST /api/v1/missions/{mission}/steps/{step}/release`.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use phase8_shared::api::{ReleaseStep, routes};
use phase8_shared::chain::StepReleaseRequest;
use phase8_shared::id::{MissionId, StepId};

use crate::http::error::ApiError;
use crate::http::extract::{Json, Path};
use crate::http::state::AppState;
use crate::http::v1::missions::relay_json;

/// Takes a person's signature that lets a step start: proved here against the mission's operator and the guild, recorded
/// in the ledger.
pub(in crate::http) async fn release(
    State(state): State<AppState>,
    Path((mission, step)): Path<(MissionId, StepId)>,
    headers: HeaderMap,
    Json(mut release): Json<ReleaseStep>,
) -> Result<Response, ApiError> {
    let ledger = state.orchestrator.find_state(mission).await?;
    let ledger =
        ledger.ok_or_else(|| ApiError::not_found(format!("there is no mission {mission}")))?;
    // Whatever waits for nobody is refused by the orchestrator, in its own words.
    if ledger.held_steps().any(|held| held.plan.id == step) {
        let request = StepReleaseRequest {
            chain_id: state.deployment.chain_id,
            escrow: state.deployment.contracts.escrow,
            mission: mission.key(),
            step,
            deadline: release.deadline,
        };
        release.signature =
            state.approvals.verify_release(&request, &release, ledger.created.operator).await?;
    }
    relay_json(&state, routes::step_release(mission, step), &headers, &release).await
}
