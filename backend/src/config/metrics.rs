//! `[metrics]`: whether and where this process tells its measurements.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::Complaint;

/// Whether and where this process tells its measurements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MetricsConfig {
    /// Whether there is a `/metrics`.
    pub enabled: bool,
    /// An address of its own to listen on, for whoever reaches it. Without one, `/metrics` is at the server's own address
    /// and answers programs of this machine alone.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub listen: Option<SocketAddr>,
}

impl MetricsConfig {
    /// What does not hold.
    pub fn validate(&self) -> Vec<Complaint> {
        if self.listen.is_some() && !self.enabled {
            let words = "names an address, and metrics.enabled is false: leave one of them out";
            return vec![Complaint::new("metrics.listen", words)];
        }
        Vec::new()
    }
}
