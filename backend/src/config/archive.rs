//! `[archive]`: where archives of missions are uploaded to.

use serde::{Deserialize, Serialize};

use super::{Complaint, Endpoint};

/// Where archives of missions are uploaded to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ArchiveConfig {
    /// Address of a Kubo RPC; without one nothing is uploaded.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub kubo_url: Option<Endpoint>,
}

impl ArchiveConfig {
    /// What does not hold.
    pub fn validate(&self) -> Vec<Complaint> {
        match &self.kubo_url {
            Some(url) if !url.is_http() => vec![Complaint::new(
                "archive.kubo_url",
                "must be an http:// or https:// address, such as http://127.0.0.1:5001",
            )],
            _ => Vec::new(),
        }
    }
}
