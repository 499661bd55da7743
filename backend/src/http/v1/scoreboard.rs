//! `GET /api/v1/scoreboard`.

use axum::extract::State;
use phase8_shared::api::ScoreboardView;

use crate::http::extract::Json;
use crate::http::state::AppState;

/// The dominance scoreboard of the configured manifest: the score against its guardrail, its components, the tables behind
/// it, and the programme played through. Whoever has another manifest measures it on the page or with `phase8 scoreboard`.
#[utoipa::path(get, path = "/api/v1/scoreboard", tag = "system", responses((status = 200, body = ScoreboardView)))]
pub(in crate::http) async fn get(State(state): State<AppState>) -> Json<ScoreboardView> {
    Json(state.scoreboard.clone())
}
