//! The registry: one ledger of its own that lists every mission (so that a deleted one shows) and every pause of the
//! fleet and every change of an active adapter (so that neither a restart nor a later mission misses it).

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, B256};
use phase8_shared::chain::{ChainFact, Observed};
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
        /// Who ordered it.
        by: Address,
        /// Whether it was a tripwire.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        tripwire: bool,
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
    /// The model registry names another adapter, for missions that are here and for those that will be.
    AdapterChanged {
        /// For whom, as the registry on the chain knows it.
        scope: B256,
        /// Key of the adapter before.
        previous: B256,
        /// Key of the adapter now.
        current: B256,
        /// Whether it went back to one that was active before.
        rolled_back: bool,
        /// In the owner's words.
        reason: String,
        /// Who ordered it.
        by: Address,
        /// `ModelRegistry.ActiveAdapterChanged` or `ActiveAdapterRolledBack`.
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
    /// The last change of each scope in the model registry, in order.
    pub adapters: Vec<RegistryEntry>,
    seen: BTreeSet<TxEvidence>,
}

impl RegistryEntry {
    /// The entry that a contract's event makes; `None` if the registry does not keep it.
    pub fn of(observed: &Observed) -> Option<Self> {
        let evidence = observed.evidence;
        match &observed.fact {
            ChainFact::FleetPaused { by, tripwire } => {
                Some(Self::FleetPaused { by: *by, tripwire: *tripwire, evidence })
            }
            ChainFact::FleetResumed { by } => Some(Self::FleetResumed { by: *by, evidence }),
            ChainFact::AdapterChanged { scope, previous, current, rolled_back, reason, by } => {
                Some(Self::AdapterChanged {
                    scope: *scope,
                    previous: *previous,
                    current: *current,
                    rolled_back: *rolled_back,
                    reason: reason.clone(),
                    by: *by,
                    evidence,
                })
            }
            ChainFact::MissionFunded { .. }
            | ChainFact::MilestoneReleased { .. }
            | ChainFact::BudgetCapUpdated { .. }
            | ChainFact::CoPilotChanged { .. }
            | ChainFact::ValidatorSummoned { .. }
            | ChainFact::SummonsAcknowledged { .. }
            | ChainFact::SummonsRevoked { .. }
            | ChainFact::CheckpointAnchored { .. }
            | ChainFact::MissionFailed { .. }
            | ChainFact::MissionRefunded { .. } => None,
        }
    }

    /// The contract's event that it keeps.
    pub fn observed(&self) -> Option<Observed> {
        let (evidence, fact) = match self {
            Self::MissionRegistered { .. } => return None,
            Self::FleetPaused { by, tripwire, evidence } => {
                (*evidence, ChainFact::FleetPaused { by: *by, tripwire: *tripwire })
            }
            Self::FleetResumed { by, evidence } => (*evidence, ChainFact::FleetResumed { by: *by }),
            Self::AdapterChanged {
                scope,
                previous,
                current,
                rolled_back,
                reason,
                by,
                evidence,
            } => {
                let fact = ChainFact::AdapterChanged {
                    scope: *scope,
                    previous: *previous,
                    current: *current,
                    rolled_back: *rolled_back,
                    reason: reason.clone(),
                    by: *by,
                };
                (*evidence, fact)
            }
        };
        Some(Observed { evidence, fact })
    }

    /// The scope whose adapter changed.
    const fn scope(&self) -> Option<B256> {
        match self {
            Self::AdapterChanged { scope, .. } => Some(*scope),
            Self::MissionRegistered { .. }
            | Self::FleetPaused { .. }
            | Self::FleetResumed { .. } => None,
        }
    }
}

impl Registry {
    /// Whether nothing that came later has overtaken an entry.
    pub fn is_latest(&self, entry: &RegistryEntry) -> bool {
        self.last_fleet.as_ref() == Some(entry) || self.adapters.contains(entry)
    }

    /// Folds in one entry.
    pub fn apply(&mut self, event: &RegistryEvent) {
        self.size = event.seq.0;
        match &event.entry {
            RegistryEntry::MissionRegistered { mission } => {
                self.missions.insert(*mission, event.seq);
            }
            RegistryEntry::FleetPaused { by, tripwire, evidence } => {
                self.seen.insert(*evidence);
                self.fleet = Some(FleetPause { by: *by, tripwire: *tripwire, evidence: *evidence });
                self.last_fleet = Some(event.entry.clone());
            }
            RegistryEntry::FleetResumed { evidence, .. } => {
                self.seen.insert(*evidence);
                self.fleet = None;
                self.last_fleet = Some(event.entry.clone());
            }
            RegistryEntry::AdapterChanged { scope, evidence, .. } => {
                self.seen.insert(*evidence);
                self.adapters.retain(|entry| entry.scope() != Some(*scope));
                self.adapters.push(event.entry.clone());
            }
        }
    }

    /// Whether this log of the chain is in the registry already.
    pub fn saw(&self, evidence: &TxEvidence) -> bool {
        self.seen.contains(evidence)
    }
}
