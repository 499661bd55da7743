//! `POST /api/v1/missions/{mission}/questions/{question}/answer`.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use phase8_shared::api::{AnswerQuestion, routes};
use phase8_shared::chain::MissionAnswerRequest;
use phase8_shared::id::{MissionId, Seq};

use crate::http::error::ApiError;
use crate::http::extract::{Json, Path};
use crate::http::state::AppState;
use crate::http::v1::missions::relay_json;

/// Takes a person's signed answer to what a mission asks: role and signature are proved here, the ledger records it.
pub(in crate::http) async fn answer(
    State(state): State<AppState>,
    Path((mission, question)): Path<(MissionId, Seq)>,
    headers: HeaderMap,
    Json(mut answered): Json<AnswerQuestion>,
) -> Result<Response, ApiError> {
    let ledger = state.orchestrator.find_state(mission).await?;
    let ledger =
        ledger.ok_or_else(|| ApiError::not_found(format!("there is no mission {mission}")))?;
    // Whatever is not asked, or not answered like this, is refused by the orchestrator, in its own words.
    let asked = ledger.questions.get(&question);
    if asked.is_some_and(|asked| asked.about.takes(answered.answer)) {
        let request = MissionAnswerRequest {
            chain_id: state.deployment.chain_id,
            escrow: state.deployment.contracts.escrow,
            mission: mission.key(),
            question,
            answer: answered.answer,
            reason: answered.reason.clone(),
            deadline: answered.deadline,
        };
        let (by, operator) = (answered.by, ledger.created.operator);
        answered.signature =
            state.approvals.verify_answer(&request, by, &answered.signature, operator).await?;
    }
    relay_json(&state, routes::answers(mission, question), &headers, &answered).await
}
