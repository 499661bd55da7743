//! `[orchestrator]`: inside this process, or somewhere else.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Complaint;

/// Inside this process, or somewhere else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrchestratorConfig {
    /// Address of an orchestrator that runs on its own; without one it runs inside this process.
    #[serde(default)]
    pub url: Option<String>,
    /// Seconds after which another orchestrator on the same database takes over the missions of one that is not heard of.
    #[serde(default = "OrchestratorConfig::usual_lease")]
    pub lease_seconds: u16,
}

impl OrchestratorConfig {
    const fn usual_lease() -> u16 {
        10
    }

    /// How long a lease lasts.
    pub fn lease(&self) -> Duration {
        Duration::from_secs(self.lease_seconds.into())
    }

    /// What does not hold.
    pub fn validate(&self) -> Vec<Complaint> {
        let mut complaints = match self.url.as_deref().map(crate::relay::orchestrator::Remote::new)
        {
            None | Some(Ok(_)) => Vec::new(),
            Some(Err(error)) => vec![Complaint::new("orchestrator.url", error.to_string())],
        };
        if self.lease_seconds == 0 {
            let words = "must be at least 1: a lease that lasts no time is never held";
            complaints.push(Complaint::new("orchestrator.lease_seconds", words));
        }
        complaints
    }
}
