//! `[ledger]`: the name under which ledgers are served as logs, and the key that signs their checkpoints.

use std::path::PathBuf;

use phase8_shared::ledger::Origin;
use serde::{Deserialize, Serialize};

use super::Complaint;

/// The name under which ledgers are served as logs, and the key that signs their checkpoints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LedgerConfig {
    /// Name of this engine in checkpoints, such as the host under which it is reached; no scheme, no spaces, no `+`.
    pub origin: String,
    /// File with the key that signs checkpoints. Without one, the key lies in the folder of missions and is made at the
    /// first start. Several processes on one database name the same file.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub key_file: Option<PathBuf>,
}

impl LedgerConfig {
    /// The name; the configuration was checked before.
    pub fn name(&self) -> Result<Origin, phase8_shared::ledger::ParseOriginError> {
        self.origin.parse()
    }

    /// What does not hold.
    pub fn validate(&self) -> Vec<Complaint> {
        let mut complaints = Vec::new();
        match self.name() {
            Ok(_) if self.origin.contains("://") => {
                let words = "is a name without a scheme, such as control.example.org";
                complaints.push(Complaint::new("ledger.origin", words));
            }
            Ok(_) => {}
            Err(error) => complaints.push(Complaint::new("ledger.origin", error.to_string())),
        }
        if self.key_file.as_ref().is_some_and(|file| file.as_os_str().is_empty()) {
            complaints.push(Complaint::new("ledger.key_file", "must name a file, or be left out"));
        }
        complaints
    }
}
