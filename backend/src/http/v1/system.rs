//! `GET /api/v1/system`.

use axum::extract::State;
use phase8_shared::api::SystemView;

use crate::http::extract::Json;
use crate::http::state::AppState;

/// What this server is, runs on and offers.
#[utoipa::path(get, path = "/api/v1/system", tag = "system", responses((status = 200, body = SystemView)))]
pub(in crate::http) async fn get(State(state): State<AppState>) -> Json<SystemView> {
    let (chain, orchestrator, relayer, ledger) = futures_util::future::join4(
        state.chain.health(),
        state.orchestrator.health(),
        state.transactions.relayer(),
        state.orchestrator.ledger_key(),
    )
    .await;
    Json(SystemView {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        page_digest: state.page.digest().map(ToOwned::to_owned),
        now: state.clock.now(),
        deployment: state.deployment.clone(),
        wallet_rpc_url: state.wallet_rpc_url.clone(),
        chain,
        endpoints: state.chain.agreement(),
        relayer,
        orchestrator,
        ledger: ledger.ok(),
        fleet: state.chain.fleet(),
        launch: state.launch.clone(),
        adapters: state.adapters.clone(),
        policies: state.policies.clone(),
    })
}
