//! What the server is, runs on and offers, and whether a launch would succeed.

use alloy_primitives::Address;
use serde::{Deserialize, Serialize};

use super::{Agreement, LedgerKey};
use crate::chain::Deployment;
use crate::money::TokenAmount;
use crate::time::{ClockScale, Timestamp};

/// `GET /api/v1/system`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SystemView {
    /// Version of the program.
    pub version: String,
    /// SHA-256 of the page's WASM module, if the page is served from here.
    pub page_digest: Option<String>,
    /// The server's clock.
    pub now: Timestamp,
    /// Chain and contracts.
    pub deployment: Deployment,
    /// JSON-RPC endpoint that a wallet may be pointed at when it does not know the chain; none if the operator publishes
    /// none.
    pub wallet_rpc_url: Option<String>,
    /// How the chain answers.
    pub chain: ServiceHealth,
    /// Whether the chain's endpoints agree.
    #[serde(default)]
    pub endpoints: Agreement,
    /// Whether the wallet that pays gas for what others signed can go on; none if the server has no such wallet.
    #[serde(default)]
    pub relayer: Option<ServiceHealth>,
    /// How the orchestrator answers.
    pub orchestrator: ServiceHealth,
    /// The key that the orchestrator signs checkpoints of its ledgers with; none while it does not answer.
    #[serde(default)]
    pub ledger: Option<LedgerKey>,
    /// Whether the fleet is paused, as far as the watcher knows.
    pub fleet: Fleet,
    /// What the launch form starts with.
    pub launch: LaunchDefaults,
    /// The configured model adapters.
    pub adapters: Vec<AdapterView>,
    /// The configured policies, as uploaded files are checked against them.
    pub policies: PolicyView,
}

/// Whether a part answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServiceHealth {
    /// Name of the part.
    pub name: String,
    /// Whether it works.
    pub ok: bool,
    /// In words.
    pub detail: String,
    /// Latest block, for the chain.
    #[serde(default)]
    pub block: Option<u64>,
}

/// Whether the fleet is paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Fleet {
    /// As of the last log that the watcher read.
    pub paused: bool,
}

/// What the launch form starts with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LaunchDefaults {
    /// Reward over all milestones.
    pub reward: TokenAmount,
    /// Stake at multiplier 1.
    pub base_stake: TokenAmount,
    /// Speed of a rehearsal's clock.
    pub clock_scale: ClockScale,
}

/// A configured model adapter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdapterView {
    /// Its record as in `model-adapters.json`.
    pub adapter: crate::policy::ModelAdapter,
    /// Whether it is a rehearsal: no model is asked.
    pub rehearsal: bool,
}

/// The governance policies, as in `governance-policies.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PolicyView {
    /// The text of the file.
    pub source: String,
}

/// `GET /api/v1/preflight`: the launch checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Preflight {
    /// For this operator, if one was named.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub operator: Option<Address>,
    /// One line each.
    pub checks: Vec<Check>,
}

/// One line of the checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Check {
    /// Stable name.
    pub id: String,
    /// What is checked.
    pub label: String,
    /// How it stands.
    pub state: CheckState,
    /// What was found.
    pub found: String,
    /// What was expected.
    pub expected: String,
    /// What to do about it; empty when all is well.
    pub mend: String,
}

/// How a line of the checklist stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// As expected.
    Pass,
    /// A launch works, but look at it.
    Warn,
    /// A launch would fail.
    Fail,
    /// It could not be found out, which blocks as a failure does.
    Unknown,
}

impl Preflight {
    /// Whether nothing blocks a launch.
    pub fn is_clear(&self) -> bool {
        self.checks.iter().all(|check| matches!(check.state, CheckState::Pass | CheckState::Warn))
    }
}
