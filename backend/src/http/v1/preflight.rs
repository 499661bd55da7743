//! `GET /api/v1/preflight`.

use alloy::primitives::Address;
use axum::extract::State;
use phase8_shared::api::{Check, CheckState, Preflight, Problem, ServiceHealth};
use phase8_shared::money::TokenAmount;
use serde::Deserialize;

use crate::http::error::ApiError;
use crate::http::extract::{Json, Query};
use crate::http::state::AppState;

/// For whom.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Asked {
    /// The wallet that would launch.
    #[param(value_type = Option<String>)]
    operator: Option<Address>,
    /// What it would deposit, in smallest units.
    #[param(value_type = Option<String>)]
    deposit: Option<TokenAmount>,
}

/// The launch checklist.
#[utoipa::path(get, path = "/api/v1/preflight", tag = "system", params(Asked), responses(
    (status = 200, body = Preflight),
    (status = 400, body = Problem),
))]
pub(in crate::http) async fn get(
    State(state): State<AppState>,
    Query(asked): Query<Asked>,
) -> Result<Json<Preflight>, ApiError> {
    let (mut checks, orchestrator) = futures_util::future::join(
        state.chain.preflight(asked.operator, asked.deposit),
        state.orchestrator.health(),
    )
    .await;
    checks.push(state.room.check());
    checks.push(adapters(state.adapters.len()));
    checks.push(service(orchestrator));
    Ok(Json(Preflight { operator: asked.operator, checks }))
}

fn adapters(count: usize) -> Check {
    let (state, mend) = if count == 0 {
        (
            CheckState::Fail,
            "list at least one model in the model adapters' file and start the server again",
        )
    } else {
        (CheckState::Pass, "")
    };
    check("adapters", "Model adapters", state, &format!("{count} configured"), "at least 1", mend)
}

fn service(health: ServiceHealth) -> Check {
    let (state, mend) = if health.ok {
        (CheckState::Pass, "")
    } else {
        (CheckState::Fail, "start the orchestrator, or check ORCHESTRATOR_URL")
    };
    check("orchestrator", "Orchestrator", state, &health.detail, "answers", mend)
}

fn check(
    id: &str,
    label: &str,
    state: CheckState,
    found: &str,
    expected: &str,
    mend: &str,
) -> Check {
    Check {
        id: id.to_owned(),
        label: label.to_owned(),
        state,
        found: found.to_owned(),
        expected: expected.to_owned(),
        mend: mend.to_owned(),
    }
}
