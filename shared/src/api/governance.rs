//! What governance decided, is deciding and waits for, folded from the contracts' events.

use alloy_primitives::{Address, B256, Bytes, U256};
use serde::{Deserialize, Serialize};

use super::proposal::ProposalView;
use crate::chain::Call;
use crate::id::MissionKey;
use crate::mission::TxEvidence;

/// `GET /api/v1/governance`: everything that cannot be asked of the contracts because only their events tell it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GovernanceView {
    /// The block that it was read up to.
    pub block: u64,
    /// Hash of that block.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub block_hash: B256,
    /// Time of that block in Unix seconds.
    pub block_time: u64,
    /// Seconds that the owner's timelock waits at least.
    pub delay: u64,
    /// Operations of both timelocks, the newest first.
    pub operations: Vec<OperationView>,
    /// Extensions that are staged or active, or were, the newest first.
    pub extensions: Vec<ExtensionView>,
    /// Summonses, the newest first.
    pub summonses: Vec<SummonsView>,
    /// Model adapters of the registry.
    pub adapters: Vec<RegisteredAdapter>,
    /// Which adapter is active for whom; scopes that never had one are left out.
    pub active: Vec<ActiveAdapterView>,
    /// The guardian council.
    pub council: CouncilView,
    /// The tripwire that holds the fleet, if one does.
    pub trip: Option<TripView>,
    /// Calls that went through the owner's door, the newest first; at most 200.
    pub executed: Vec<ExecutedView>,
    /// Proposals that holders of votes decide on, the newest first.
    #[serde(default)]
    pub proposals: Vec<ProposalView>,
}

/// An operation of a timelock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OperationView {
    /// Which timelock.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub timelock: Address,
    /// Its id there.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub id: B256,
    /// What it will do. Batches are listed call by call.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub calls: Vec<Call>,
    /// Operation that must be done before; zero for none.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub predecessor: B256,
    /// Tells it from another with the same effect.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub salt: B256,
    /// Unix seconds from which it can be carried out.
    pub ready_at: u64,
    /// Where it stands.
    pub state: OperationState,
    /// Why this server could not carry it out when it was ready, in words; it tries again when something changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked: Option<String>,
    /// The event that scheduled it.
    pub scheduled: TxEvidence,
}

/// Where an operation stands. Whether one that waits is ready is told by the clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum OperationState {
    /// It waits for its time, or for somebody to carry it out.
    Waiting {},
    /// It was carried out.
    Done {
        /// The event that says so.
        evidence: TxEvidence,
    },
    /// It was cancelled.
    Cancelled {
        /// The guardian who did it; none if the owner did.
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
        by: Option<Address>,
        /// The event that says so.
        evidence: TxEvidence,
    },
}

/// An extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExtensionView {
    /// Key of its module: keccak-256 of the name.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub module: B256,
    /// The implementation.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub implementation: Address,
    /// Whether the fleet must be paused when it is activated.
    pub pause_before_upgrade: bool,
    /// Unix seconds after which it can no longer be activated.
    pub expires_at: u64,
    /// What is called on the implementation when it is activated.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub initializer: Bytes,
    /// Where it stands.
    pub state: ExtensionState,
    /// The event that staged it.
    pub staged: TxEvidence,
}

/// Where an extension stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExtensionState {
    /// It waits for its activation.
    Staged,
    /// A guardian refused it.
    Vetoed,
    /// The owner took it back, or another was staged in its place.
    Withdrawn,
    /// It is in force.
    Active,
    /// It was in force.
    Retired,
}

/// A validator called in to a mission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SummonsView {
    /// The read token.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub token: U256,
    /// Which mission.
    pub mission: MissionKey,
    /// Who is called.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub validator: Address,
    /// Unix seconds at which the read token ends.
    pub expiry: u64,
    /// Unix milliseconds at which a page with this account fetched the notification; this is reported by that page and
    /// proves nothing.
    pub delivered_at: Option<crate::time::Timestamp>,
    /// The event by which the validator acknowledged it.
    pub acknowledged: Option<TxEvidence>,
    /// The event by which the owner revoked it.
    pub revoked: Option<TxEvidence>,
    /// The event that issued it.
    pub summoned: TxEvidence,
}

/// A model adapter in the registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RegisteredAdapter {
    /// keccak-256 of its id.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub key: B256,
    /// Its id.
    pub id: String,
    /// Hash of its record.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub record_hash: B256,
    /// Its score in ten-thousandths.
    pub score: i64,
    /// Whether it can be chosen; false once it is retired.
    pub registered: bool,
}

/// Which adapter is active.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActiveAdapterView {
    /// For whom, as the registry knows it.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub scope: B256,
    /// Keys of those that were active, the oldest first; the last is active now.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub history: Vec<B256>,
}

/// The guardian council.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CouncilView {
    /// Its members.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub members: Vec<Address>,
    /// How many must co-sign a resume after a tripwire.
    pub cosignatures_needed: u64,
}

/// A tripwire that holds the fleet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TripView {
    /// Its number.
    pub trip: u64,
    /// Guardians who co-signed the resume.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub cosigners: Vec<Address>,
}

/// A call that went through the owner's door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExecutedView {
    /// The contract that was called, and how.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub call: Call,
    /// The owner, or the delegate, who ordered it.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub by: Address,
    /// The event that says so.
    pub evidence: TxEvidence,
}

/// `POST /api/v1/summonses/{token}/acknowledge`: the validator's signature, for this server to carry to the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AcknowledgeSummons {
    /// Unix seconds; part of what was signed.
    pub deadline: u64,
    /// EIP-712 signature of `SummonsAcknowledgement`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub signature: Bytes,
}
