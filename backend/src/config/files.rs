//! `[files]`: what the server reads at its start.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Complaint;

/// What the server reads at its start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FilesConfig {
    /// The governance policies.
    #[schema(value_type = String)]
    pub policies: PathBuf,
    /// The model adapters.
    #[schema(value_type = String)]
    pub adapters: PathBuf,
}

impl FilesConfig {
    /// What does not hold.
    pub fn validate(&self) -> Vec<Complaint> {
        let mut complaints = Vec::new();
        if self.policies.as_os_str().is_empty() {
            complaints.push(Complaint::new("files.policies", "must name a file"));
        }
        if self.adapters.as_os_str().is_empty() {
            complaints.push(Complaint::new("files.adapters", "must name a file"));
        }
        complaints
    }
}
