//! What every handler can reach.

use std::ops::Deref;
use std::sync::Arc;

use phase8_shared::api::{AdapterView, BootstrapFiles, LaunchDefaults, PolicyView, ScoreboardView};
use phase8_shared::chain::Deployment;
use tokio_util::sync::CancellationToken;

use super::page::Page;
use super::ports::{
    ApprovalPort, ArchivePort, ChainPort, ClockPort, EvaluationPort, GovernancePort, RequestPort,
    TransactionPort,
};
use super::room::Room;
use crate::relay::orchestrator::OrchestratorPort;
use crate::session::Sessions;
use crate::telemetry::metrics::Metrics;

/// What every handler can reach.
#[derive(Debug, Clone)]
pub struct AppState(Arc<Parts>);

/// The parts of [`AppState`].
#[derive(Debug)]
pub struct Parts {
    /// The orchestrator.
    pub orchestrator: Arc<dyn OrchestratorPort>,
    /// The chain.
    pub chain: Arc<dyn ChainPort>,
    /// Signed transactions.
    pub transactions: Arc<dyn TransactionPort>,
    /// Requests that the owner signed.
    pub requests: Arc<dyn RequestPort>,
    /// Validators' signatures.
    pub approvals: Arc<dyn ApprovalPort>,
    /// What governance decided and waits for.
    pub governance: Arc<dyn GovernancePort>,
    /// Evaluations of the model adapters.
    pub evaluations: Arc<dyn EvaluationPort>,
    /// Archives of missions.
    pub archive: Arc<dyn ArchivePort>,
    /// Time.
    pub clock: Arc<dyn ClockPort>,
    /// Where the contracts are.
    pub deployment: Deployment,
    /// Endpoint that wallets may be pointed at.
    pub wallet_rpc_url: Option<String>,
    /// What the launch form starts with.
    pub launch: LaunchDefaults,
    /// The configured model adapters.
    pub adapters: Vec<AdapterView>,
    /// The configured policies.
    pub policies: PolicyView,
    /// The scoreboard of the configured manifest.
    pub scoreboard: ScoreboardView,
    /// The files that a bootstrap is planned from.
    pub bootstrap: BootstrapFiles,
    /// The page.
    pub page: Page,
    /// Who has signed in.
    pub sessions: Sessions,
    /// Measurements.
    pub metrics: Metrics,
    /// The folder of data.
    pub room: Room,
    /// Fires when the server is stopped; event streams end then.
    pub stopping: CancellationToken,
}

impl AppState {
    /// Shares the parts among the handlers.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
