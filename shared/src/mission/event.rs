//! Ledger events. `seq` is the position and the only order; time is display. Serialising one is a promise: the bytes
//! that are stored are the bytes that are hashed.

use alloy_primitives::{Address, B256, Bytes, U256};
use serde::{Deserialize, Serialize};

use super::{
    Actor, Answer, CallOutcome, MissionCreated, PauseCause, Payment, PricedAdapter, Trip,
    TxEvidence,
};
use crate::id::{CallId, MilestoneIndex, Role, Seq, StepId};
use crate::ledger::{Commitment, TreeHead};
use crate::money::{MicroUsd, TokenAmount};
use crate::time::Timestamp;

/// One entry of a mission's ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Event {
    /// Position, gapless from 1.
    pub seq: Seq,
    /// Version of the event format.
    pub version: u16,
    /// Who did it.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub actor: Actor,
    /// When, on the wall clock of the machine that wrote it.
    pub at: Timestamp,
    /// What happened: `kind` and `payload` on the wire.
    #[serde(flatten)]
    pub payload: Payload,
}

impl Event {
    /// The version written today.
    pub const VERSION: u16 = 1;
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", content = "payload", rename_all = "snake_case")]
pub enum Payload {
    /// The job spec was accepted. Nothing runs before the escrow is funded.
    MissionCreated(Box<MissionCreated>),
    /// The escrow holds the operator's deposit under exactly the mission's terms.
    EscrowFunded {
        /// What was deposited.
        deposit: TokenAmount,
        /// `MissionFunded`.
        evidence: TxEvidence,
    },
    /// The agents may start.
    MissionLaunched {},
    /// A step's work began.
    StepStarted {
        /// Which one.
        step: StepId,
    },
    /// A model is about to be called; its worst case is reserved from here on.
    ModelCallRequested {
        /// Number of the call.
        call: CallId,
        /// For this step.
        step: StepId,
        /// Turn within the step, from 0.
        turn: u8,
        /// Id of the model adapter.
        adapter: String,
        /// Worst case, held back from the budget until the call is settled.
        reserved: MicroUsd,
        /// Whether the step ends with this turn, within the reservation: a person decided so when the budget ran short.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        wraps_up: bool,
        /// The call before it for the same turn, if nobody knows what became of that one: this is a new spend beside
        /// the one that was charged for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        repeats: Option<CallId>,
    },
    /// What became of a model call, and what it cost.
    ModelCallSettled {
        /// Number of the call.
        call: CallId,
        /// How it ended.
        outcome: CallOutcome,
        /// Charged to the budget in place of the reservation.
        cost: MicroUsd,
    },
    /// A step's result stands; its content is stored apart.
    DeliverableRecorded {
        /// Of this step.
        step: StepId,
        /// Words for people.
        title: String,
        /// MIME type of the content.
        media_type: String,
        /// Size of the content in bytes.
        bytes: u64,
        /// Salted commitment to the content.
        commitment: Commitment,
    },
    /// A step is done.
    StepCompleted {
        /// Which one.
        step: StepId,
    },
    /// An agent checked in on time.
    CheckedIn {
        /// Its role.
        role: Role,
        /// Number of the check-in, from 1.
        index: u32,
        /// Share of its step that is done.
        progress_percent: u8,
    },
    /// An agent at work did not check in.
    CheckInMissed {
        /// Its role.
        role: Role,
        /// Number of the check-in, from 1.
        index: u32,
    },
    /// The guild is asked to approve a milestone. Approvals bind to exactly these values.
    ApprovalRequested {
        /// Which one.
        milestone: MilestoneIndex,
        /// Commitment to the deliverable.
        deliverable: Commitment,
        /// The ledger as it stood when it was asked.
        tree: TreeHead,
        /// Approvals are void after this.
        expires_at: Timestamp,
    },
    /// A validator signed.
    ApprovalGiven {
        /// Which milestone.
        milestone: MilestoneIndex,
        /// Who signed.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        validator: Address,
        /// Unix seconds after which the signature is void; part of what was signed.
        deadline: u64,
        /// EIP-712 signature of `MilestoneApproval`.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        signature: Bytes,
    },
    /// The escrow paid a milestone.
    MilestonePaid {
        /// Which one.
        milestone: MilestoneIndex,
        /// To agents.
        amount: TokenAmount,
        /// To the validators that approved.
        validator_reward: TokenAmount,
        /// Every single transfer.
        payments: Vec<Payment>,
        /// `MilestoneReleased`.
        evidence: TxEvidence,
    },
    /// The owner moved the budget cap.
    BudgetCapChanged {
        /// Before.
        previous: MicroUsd,
        /// From now on.
        current: MicroUsd,
        /// The wallet that signed.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        by: Address,
        /// `BudgetCapUpdated`.
        evidence: TxEvidence,
    },
    /// Agents use another model adapter from their next call on.
    AdapterChanged {
        /// For whom, as the registry on the chain knows it.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        scope: B256,
        /// Roles of this mission's agents that the scope covers.
        roles: Vec<Role>,
        /// Key of the adapter before; zero while the plan decided.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        previous: B256,
        /// The adapter with its price; none if the plan decides again.
        adapter: Option<PricedAdapter>,
        /// Whether it went back to one that was active before.
        rolled_back: bool,
        /// In the owner's words; empty if none were needed.
        reason: String,
        /// Who ordered it.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        by: Address,
        /// `ActiveAdapterChanged` or `ActiveAdapterRolledBack`.
        evidence: TxEvidence,
    },
    /// The registry names an adapter that this engine cannot use: agents go on with the one they have.
    AdapterNotUsed {
        /// For whom, as the registry on the chain knows it.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        scope: B256,
        /// Roles of this mission's agents that the scope covers.
        roles: Vec<Role>,
        /// Key of the adapter.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        adapter: B256,
        /// Why not, for people.
        why: String,
        /// Who ordered it.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        by: Address,
        /// `ActiveAdapterChanged` or `ActiveAdapterRolledBack`.
        evidence: TxEvidence,
    },
    /// The owner asks that a person works along, or no longer.
    CoPilotChanged {
        /// Whether a person must release each agent's step before it starts.
        required: bool,
        /// Who ordered it.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        by: Address,
        /// `CoPilotChanged`.
        evidence: TxEvidence,
    },
    /// A person lets a step start while the co-pilot is required.
    StepReleased {
        /// Which one.
        step: StepId,
        /// The operator or a member of the guild.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        by: Address,
        /// Unix seconds after which the signature is void; part of what was signed.
        deadline: u64,
        /// EIP-712 signature of `StepRelease`.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        signature: Bytes,
    },
    /// The owner calls a validator in to inspect the mission, with a read token.
    ValidatorSummoned {
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
        /// `Summoned`.
        evidence: TxEvidence,
    },
    /// The validator confirms the summons.
    SummonsAcknowledged {
        /// The read token.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        token: U256,
        /// Who was called in.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        validator: Address,
        /// `SummonsAcknowledged`.
        evidence: TxEvidence,
    },
    /// The owner takes a summons back; the read token is void.
    SummonsRevoked {
        /// The read token.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        token: U256,
        /// Who was called in.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        validator: Address,
        /// Who ordered it.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        by: Address,
        /// `SummonsRevoked`.
        evidence: TxEvidence,
    },
    /// A step needs more than is left of the budget.
    BudgetExhausted {
        /// Which step.
        step: StepId,
        /// Worst case of its next call.
        needed: MicroUsd,
        /// Cap less what is spent and reserved.
        remaining: MicroUsd,
    },
    /// A tripwire tripped. What it found in a text is held back: the text is stored apart and nobody acts on it.
    TripwireTripped {
        /// What was found.
        trip: Trip,
        /// In this step, where it is about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<StepId>,
        /// In the answer to this call, where it is about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call: Option<CallId>,
        /// The text that was held back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<Commitment>,
        /// Whether the mission stands still until a person answers.
        halts: bool,
    },
    /// A checkpoint that needs a validator was delivered: one is asked to look at it.
    ValidatorCheckInDue {
        /// The step that was delivered.
        step: StepId,
        /// When the mission stops waiting and stands still, on the wall clock.
        due_at: Timestamp,
    },
    /// No validator looked in time.
    ValidatorCheckInMissed {
        /// The event that asked.
        question: Seq,
    },
    /// A person answered what the mission asked.
    QuestionAnswered {
        /// The event that asked.
        question: Seq,
        /// What was answered.
        #[serde(flatten)]
        answer: Answer,
        /// In the signer's words; may be empty.
        reason: String,
        /// Who signed.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        by: Address,
        /// Unix seconds after which the signature is void; part of what was signed.
        deadline: u64,
        /// EIP-712 signature of `MissionAnswer`.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        signature: Bytes,
    },
    /// No new spend from here on.
    MissionPaused {
        /// Why.
        cause: PauseCause,
        /// Whether a tripwire paused the fleet: its end waits for the timelock and for a guardian.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        tripwire: bool,
        /// Who ordered it, where somebody did.
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
        by: Option<Address>,
        /// The contract's event, where there is one.
        evidence: Option<TxEvidence>,
    },
    /// One cause of a pause is gone; the mission goes on when none is left.
    MissionResumed {
        /// Which cause.
        cause: PauseCause,
        /// The wallet that signed, where one did.
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
        by: Option<Address>,
        /// The contract's event, where there is one.
        evidence: Option<TxEvidence>,
    },
    /// A checkpoint of this ledger stands on the chain.
    CheckpointAnchored {
        /// What was anchored.
        tree: TreeHead,
        /// `CheckpointAnchored`.
        evidence: TxEvidence,
    },
    /// Everything is delivered and paid.
    MissionCompleted {},
    /// The owner declared the mission failed; the escrow slashed and refunded.
    MissionFailed {
        /// In the owner's words.
        reason: String,
        /// `MissionFailed`.
        evidence: TxEvidence,
    },
    /// The operator took the unreleased part of the deposit back after the term.
    MissionRefunded {
        /// `MissionRefunded`.
        evidence: TxEvidence,
    },
}
