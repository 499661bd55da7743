//! `[scoreboard]`: which manifest is shown to whoever uploads none, and the score that it has to reach.

use std::path::PathBuf;

use phase8_shared::score::Tenths;
use serde::{Deserialize, Serialize};

use super::Complaint;

/// Which manifest is shown to whoever uploads none, and the score that it has to reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScoreboardConfig {
    /// The manifest. The server goes on without one.
    #[schema(value_type = String)]
    pub manifest: PathBuf,
    /// The guardrail: the least dominance score that passes, from 0 to 100 with one digit after the point.
    pub guardrail: Tenths,
}

impl ScoreboardConfig {
    /// What does not hold.
    pub fn validate(&self) -> Vec<Complaint> {
        let mut complaints = Vec::new();
        if self.manifest.as_os_str().is_empty() {
            complaints.push(Complaint::new("scoreboard.manifest", "must name a file"));
        }
        if self.guardrail > Tenths::new(1_000) {
            let message = format!("must be from 0 to 100; found {}", self.guardrail);
            complaints.push(Complaint::new("scoreboard.guardrail", message));
        }
        complaints
    }
}
