//! The registry: one ledger of its own that lists every mission (so that a deleted one shows) and every pause of the
//! fleet (so that a restart does not forget it).

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::Address;
use phase8_shared::id::{MissionId, Seq};
use phase8_shared::mission::TxEvidence;
use phase8_shared::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::mission::FleetPause;

/// One entry of the registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistryEvent {
    /// Position, gapless from 1.
    pub seq: Seq,
    /// Version of the format.
    pub version: u16,
    /// When it was written.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub entry: RegistryEntry,
}

impl RegistryEvent {
    /// The version written today.
    pub const VERSION: u16 = 1;
}

/// What the registry knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all = "snake_case")]
pub enum RegistryEntry {
    /// A mission's ledger began.
    MissionRegistered {
        /// Which one.
        mission: MissionId,
    },
    /// The contracts were paused.
    FleetPaused {
        /// The wallet that signed.
        by: Address,
        /// `SystemPause.FleetPaused`.
        evidence: TxEvidence,
    },
    /// The contracts were resumed.
    FleetResumed {
        /// The wallet that signed.
        by: Address,
        /// `SystemPause.FleetResumed`.
        evidence: TxEvidence,
    },
}

/// The fold of the registry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Registry {
    /// Entries that are folded in.
    pub size: u64,
    /// Every mission, with the position at which it was registered.
    pub missions: BTreeMap<MissionId, Seq>,
    /// How the fleet came to be paused, if it is.
    pub fleet: Option<FleetPause>,
    /// The last change of the fleet, to be told to missions again after a restart.
    pub last_fleet: Option<RegistryEntry>,
    seen: BTreeSet<TxEvidence>,
}

impl Registry {
    /// Folds in one entry.
    pub fn apply(&mut self, event: &RegistryEvent) {
        self.size = event.seq.0;
        match &event.entry {
            RegistryEntry::MissionRegistered { mission } => {
                self.missions.insert(*mission, event.seq);
            }
            RegistryEntry::FleetPaused { by, evidence } => {
                self.seen.insert(*evidence);
                self.fleet = Some(FleetPause { by: *by, evidence: *evidence });
                self.last_fleet = Some(event.entry.clone());
            }
            RegistryEntry::FleetResumed { evidence, .. } => {
                self.seen.insert(*evidence);
                self.fleet = None;
                self.last_fleet = Some(event.entry.clone());
            }
        }
    }

    /// Whether this log of the chain is in the registry already.
    pub fn saw(&self, evidence: &TxEvidence) -> bool {
        self.seen.contains(evidence)
    }
}
