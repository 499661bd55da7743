//! What the watcher tells the engine, and what the engine asks of the chain. Both may be repeated without harm: a fact
//! is known by its log, an effect by what it would change.

use alloy_primitives::{Address, B256, Bytes, U256};
use serde::{Deserialize, Serialize};

use crate::id::{MilestoneIndex, MissionId, MissionKey};
use crate::ledger::{Commitment, TreeHead};
use crate::mission::{Payment, TxEvidence};
use crate::money::{MicroUsd, TokenAmount};

/// A contract's event with its place on the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Observed {
    /// Where it stands.
    pub evidence: TxEvidence,
    /// What it says.
    pub fact: ChainFact,
}

/// What a contract's event says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum ChainFact {
    /// `MissionEscrow.MissionFunded`.
    MissionFunded {
        /// Key of the mission.
        mission: MissionKey,
        /// Who paid.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        operator: Address,
        /// How much.
        deposit: TokenAmount,
        /// keccak-256 of the ABI-encoded terms.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        terms_hash: B256,
    },
    /// `MissionEscrow.MilestoneReleased`, with the `Paid` events of the same transaction.
    MilestoneReleased {
        /// Key of the mission.
        mission: MissionKey,
        /// Which milestone.
        milestone: MilestoneIndex,
        /// To agents.
        amount: TokenAmount,
        /// To validators.
        validator_reward: TokenAmount,
        /// Every transfer.
        payments: Vec<Payment>,
    },
    /// `BudgetManager.BudgetCapUpdated`.
    BudgetCapUpdated {
        /// Key of the mission.
        mission: MissionKey,
        /// Before.
        previous: MicroUsd,
        /// Now.
        current: MicroUsd,
        /// Who ordered it: the owner, also where somebody else sent or carried out what the owner signed.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        by: Address,
    },
    /// `SystemPause.FleetPaused`.
    FleetPaused {
        /// Who ordered it.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        by: Address,
        /// Whether it came with a `PauseGuardian.TripwirePaused` in the same transaction.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        tripwire: bool,
    },
    /// `SystemPause.FleetResumed`.
    FleetResumed {
        /// Who ordered it.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        by: Address,
    },
    /// `ModelRegistry.ActiveAdapterChanged`, or `ActiveAdapterRolledBack`.
    AdapterChanged {
        /// For whom, as the registry knows it: a mission, a role, or an agent of a mission.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        scope: B256,
        /// Key of the adapter before; zero while the missions' plans decided.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        previous: B256,
        /// Key of the adapter now; zero if the missions' plans decide again.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        current: B256,
        /// Whether it went back to one that was active before.
        rolled_back: bool,
        /// In the owner's words; empty if none were needed.
        reason: String,
        /// Who ordered it.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        by: Address,
    },
    /// `ModelRegistry.CoPilotChanged`.
    CoPilotChanged {
        /// Key of the mission.
        mission: MissionKey,
        /// Whether a person must release each step.
        required: bool,
        /// Who ordered it.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        by: Address,
    },
    /// `AttestationModule.Summoned`.
    ValidatorSummoned {
        /// Key of the mission.
        mission: MissionKey,
        /// The read token.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        token: U256,
        /// Who is called in.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        validator: Address,
        /// Unix seconds at which the read token ends.
        expiry: u64,
        /// Who ordered it.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        by: Address,
    },
    /// `AttestationModule.SummonsAcknowledged`.
    SummonsAcknowledged {
        /// Key of the mission.
        mission: MissionKey,
        /// The read token.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        token: U256,
        /// Who was called in.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        validator: Address,
    },
    /// `AttestationModule.SummonsRevoked`.
    SummonsRevoked {
        /// Key of the mission.
        mission: MissionKey,
        /// The read token.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        token: U256,
        /// Who was called in.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        validator: Address,
        /// Who ordered it.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        by: Address,
    },
    /// `CheckpointLedger.CheckpointAnchored`.
    CheckpointAnchored {
        /// Key of the mission.
        mission: MissionKey,
        /// What was anchored.
        tree: TreeHead,
    },
    /// `MissionEscrow.MissionFailed`.
    MissionFailed {
        /// Key of the mission.
        mission: MissionKey,
        /// In the owner's words.
        reason: String,
    },
    /// `MissionEscrow.MissionRefunded`.
    MissionRefunded {
        /// Key of the mission.
        mission: MissionKey,
    },
}

/// What the engine wants done on the chain. Whoever does it looks first whether it is done already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum ChainEffect {
    /// Release a milestone with the signatures collected.
    ReleaseMilestone {
        /// The mission.
        mission: MissionId,
        /// Which milestone.
        milestone: MilestoneIndex,
        /// Commitment to the deliverable.
        deliverable: Commitment,
        /// Root of the ledger that was signed.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        root: B256,
        /// Ascending by validator.
        approvals: Vec<ReleaseApproval>,
    },
    /// Write a checkpoint to the chain.
    AnchorCheckpoint {
        /// The mission.
        mission: MissionId,
        /// The ledger's head.
        tree: TreeHead,
    },
}

/// One validator's signature for [`ChainEffect::ReleaseMilestone`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReleaseApproval {
    /// Who signed.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub validator: Address,
    /// Unix seconds.
    pub deadline: u64,
    /// EIP-712 signature.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub signature: Bytes,
}

impl ChainFact {
    /// The mission it is about; `None` if it is about all of them, or about those that its scope covers.
    pub const fn mission(&self) -> Option<MissionKey> {
        match self {
            Self::MissionFunded { mission, .. }
            | Self::MilestoneReleased { mission, .. }
            | Self::BudgetCapUpdated { mission, .. }
            | Self::CoPilotChanged { mission, .. }
            | Self::ValidatorSummoned { mission, .. }
            | Self::SummonsAcknowledged { mission, .. }
            | Self::SummonsRevoked { mission, .. }
            | Self::CheckpointAnchored { mission, .. }
            | Self::MissionFailed { mission, .. }
            | Self::MissionRefunded { mission } => Some(*mission),
            Self::FleetPaused { .. } | Self::FleetResumed { .. } | Self::AdapterChanged { .. } => {
                None
            }
        }
    }
}
