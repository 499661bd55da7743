//! `[orchestrator]`: inside this process, or somewhere else.

use serde::{Deserialize, Serialize};

use super::Complaint;

/// Inside this process, or somewhere else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrchestratorConfig {
    /// Address of an orchestrator that runs on its own; without one it runs inside this process.
    #[serde(default)]
    pub url: Option<String>,
}

impl OrchestratorConfig {
    /// What does not hold.
    pub fn validate(&self) -> Vec<Complaint> {
        match self.url.as_deref().map(crate::relay::orchestrator::Remote::new) {
            None | Some(Ok(_)) => Vec::new(),
            Some(Err(error)) => vec![Complaint::new("orchestrator.url", error.to_string())],
        }
    }
}
