//! `GET /api/v1/bootstrap`.

use axum::extract::State;
use phase8_shared::api::BootstrapFiles;

use crate::http::extract::Json;
use crate::http::state::AppState;

/// The configured manifest and model adapters as texts, for whoever plans a bootstrap in the browser. What differs from the
/// chain is planned there, and nothing is sent by this server.
#[utoipa::path(get, path = "/api/v1/bootstrap", tag = "system", responses((status = 200, body = BootstrapFiles)))]
pub(in crate::http) async fn get(State(state): State<AppState>) -> Json<BootstrapFiles> {
    Json(state.bootstrap.clone())
}
