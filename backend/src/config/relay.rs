//! `[relay]`: how transactions are followed, and when the relayer's own are signed again.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Complaint;
use crate::relay::{RelayConfig, Relayer};

/// How transactions are followed, and when the relayer's own are signed again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FollowingConfig {
    /// Blocks that must follow for "safe", where the node does not say which block is.
    pub safe_depth: u64,
    /// Blocks that must follow for "final", where the node does not say which block is.
    pub final_depth: u64,
    /// Seconds after which a transaction of the relayer that no block includes is signed again at a higher price.
    pub stuck_seconds: u64,
    /// How often at most.
    pub sign_again_at_most: u32,
}

impl FollowingConfig {
    /// The relay's configuration, with this wallet.
    pub fn with(&self, relayer: Option<Relayer>) -> RelayConfig {
        RelayConfig {
            relayer,
            safe_depth: self.safe_depth,
            final_depth: self.final_depth,
            stuck_after: Duration::from_secs(self.stuck_seconds),
            sign_again_at_most: usize::try_from(self.sign_again_at_most).unwrap_or(usize::MAX),
            ..RelayConfig::default()
        }
    }

    /// What does not hold.
    pub fn validate(&self) -> Vec<Complaint> {
        let mut complaints = Vec::new();
        if self.safe_depth > self.final_depth {
            complaints
                .push(Complaint::new("relay.safe_depth", "must be at most relay.final_depth"));
        }
        if self.final_depth > 100_000 {
            complaints.push(Complaint::new("relay.final_depth", "must be at most 100000"));
        }
        if !(5..=86_400).contains(&self.stuck_seconds) {
            complaints.push(Complaint::new("relay.stuck_seconds", "must be from 5 to 86400"));
        }
        if self.sign_again_at_most > 20 {
            complaints.push(Complaint::new("relay.sign_again_at_most", "must be at most 20"));
        }
        complaints
    }
}
