//! `[storage]`: where missions and relayed transactions are kept.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Complaint;

/// Where missions and relayed transactions are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StorageConfig {
    /// The folder; it is created when it is not there.
    #[schema(value_type = String)]
    pub data: PathBuf,
}

impl StorageConfig {
    /// The missions' ledgers.
    pub fn missions(&self) -> PathBuf {
        self.data.join("missions.db")
    }

    /// Relayed transactions and the watcher's place.
    pub fn relay(&self) -> PathBuf {
        self.data.join("relay.db")
    }

    /// The development chain.
    pub fn anvil_state(&self) -> PathBuf {
        self.data.join("anvil-state.json")
    }

    /// The contracts of the development chain.
    pub fn deployment(&self) -> PathBuf {
        self.data.join("deployment.json")
    }

    /// What does not hold.
    pub fn validate(&self) -> Vec<Complaint> {
        if self.data.as_os_str().is_empty() {
            vec![Complaint::new("storage.data", "must name a folder")]
        } else {
            Vec::new()
        }
    }
}
