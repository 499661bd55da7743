//! `GET /api/v1/system`.

use axum::Extension;
use axum::extract::State;
use phase8_shared::api::{Agreement, PolicyView, ServiceHealth, SystemView};

use crate::http::extract::Json;
use crate::http::state::AppState;
use crate::session::{Access, Visitor};

/// What this server is, runs on and offers. Who may not read here is told what signing in takes, and whether it works: chain
/// and contracts, version and page, but no configuration and no reasons.
#[utoipa::path(get, path = "/api/v1/system", tag = "system", responses((status = 200, body = SystemView)))]
pub(in crate::http) async fn get(
    State(state): State<AppState>,
    Extension(visitor): Extension<Visitor>,
) -> Json<SystemView> {
    let (chain, orchestrator, relayer, ledger) = futures_util::future::join4(
        state.chain.health(),
        state.orchestrator.health(),
        state.transactions.relayer(),
        state.orchestrator.ledger_key(),
    )
    .await;
    let view = SystemView {
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
    };
    Json(if visitor.may(Access::Reader, None).is_ok() { view } else { public(view) })
}

/// What everybody may know.
fn public(view: SystemView) -> SystemView {
    let bare = |health: ServiceHealth| ServiceHealth { detail: String::new(), ..health };
    SystemView {
        chain: bare(view.chain),
        endpoints: Agreement::default(),
        relayer: None,
        orchestrator: bare(view.orchestrator),
        adapters: Vec::new(),
        policies: PolicyView { source: String::new() },
        ..view
    }
}
