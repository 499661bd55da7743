//! What the core is asked to do. Commands carry everything that deciding needs: the core itself reads nothing.

use alloy_primitives::{Address, B256};
use phase8_shared::api::{AnswerQuestion, ApproveMilestone, ReleaseStep};
use phase8_shared::chain::Observed;
use phase8_shared::id::{CallId, MilestoneIndex, MissionId, Role, Seq, StepId};
use phase8_shared::ledger::Commitment;
use phase8_shared::mission::{PricedAdapter, Safety, Trip, TxEvidence};
use phase8_shared::money::TokenAmount;
use phase8_shared::spec::JobSpec;
use phase8_shared::time::ClockScale;
use std::collections::BTreeMap;

/// One request to a mission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Accept a job spec.
    Create(Box<NewMission>),
    /// Take note of a contract's event.
    Observe(Observed),
    /// Take note of how a model call ended.
    Settle {
        /// Which call.
        call: CallId,
        /// How it ended.
        end: CallEnd,
    },
    /// Record the dossier of a sign-off step.
    Deliver {
        /// The step.
        step: StepId,
        /// What was compiled.
        deliverable: Delivered,
    },
    /// Add a validator's signature.
    Approve {
        /// The milestone.
        milestone: MilestoneIndex,
        /// The signature. Whether it is the signer's, and whether the signer is in the guild, was proved before, at the
        /// backend's edge, and the contract proves it again before it pays.
        approval: ApproveMilestone,
    },
    /// Follow the model registry.
    SwitchAdapter(Box<AdapterSwitch>),
    /// Let a step start that waits for a person.
    ReleaseStep {
        /// Which one.
        step: StepId,
        /// The signature. Whether it is the operator's or a guild member's was proved before, at the backend's edge.
        release: ReleaseStep,
    },
    /// Take a person's answer to what the mission asked.
    Answer {
        /// The event that asked.
        question: Seq,
        /// The answer. Whether the signature is the signer's, and whether the signer's role may give it
        /// ([`phase8_shared::mission::Answer::may_be_given_by`]), was proved before, at the backend's edge.
        answer: AnswerQuestion,
    },
    /// Do what is due by now.
    Tick,
    /// Begin again after the engine was stopped without notice: nobody knows what became of open calls.
    Recover,
    /// Prepare for an orderly stop: open calls are cut off.
    Stop,
}

/// A change in the model registry, with the adapter that was found for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdapterSwitch {
    /// The contract's event.
    pub evidence: TxEvidence,
    /// For whom, as the registry knows it.
    pub scope: B256,
    /// Key of the adapter before.
    pub previous: B256,
    /// Key of the adapter now.
    pub current: B256,
    /// What that means here.
    pub to: SwitchTo,
    /// Whether it went back to one that was active before.
    pub rolled_back: bool,
    /// In the owner's words.
    pub reason: String,
    /// Who ordered it.
    pub by: Address,
}

/// What agents are to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SwitchTo {
    /// What their plan says.
    Plan {},
    /// This adapter, at the price that is configured now.
    Adapter {
        /// The adapter.
        priced: PricedAdapter,
        /// Whether it asks no model.
        rehearsal: bool,
    },
    /// Nothing that could be used here.
    Unusable {
        /// Why, for people.
        why: String,
    },
}

/// A launch whose job spec was read and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMission {
    /// The id that the client drew.
    pub mission: MissionId,
    /// The job spec exactly as it was uploaded.
    pub source: String,
    /// The same, read; names are replaced by addresses.
    pub spec: JobSpec,
    /// The wallet that will fund it.
    pub operator: Address,
    /// What agents earn.
    pub reward: TokenAmount,
    /// The stake at multiplier 1.
    pub base_stake: TokenAmount,
    /// Wallet of each role.
    pub payees: BTreeMap<Role, Address>,
    /// The adapters that the agents use.
    pub adapters: Vec<PricedAdapter>,
    /// Whether every one of them is a rehearsal.
    pub rehearsal: bool,
    /// Speed of the mission's clock.
    pub clock_scale: ClockScale,
    /// The rules it runs under.
    pub safety: Safety,
}

/// How a model call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallEnd {
    /// It answered.
    Answered {
        /// Tokens sent.
        input_tokens: u64,
        /// Tokens received.
        output_tokens: u64,
        /// One line of what the agent did.
        words: String,
        /// What it wrote, stored apart.
        text: Option<Commitment>,
        /// The step's result, with the last turn.
        deliverable: Option<Delivered>,
    },
    /// It answered, and tripwires held the text back.
    Withheld {
        /// Tokens sent.
        input_tokens: u64,
        /// Tokens received.
        output_tokens: u64,
        /// What it wrote, stored apart.
        text: Commitment,
        /// What was found; at least one.
        trips: Vec<Trip>,
    },
    /// It is known that it did not answer, and that it cost nothing.
    Failed {
        /// Why.
        reason: String,
    },
    /// Nobody knows whether it answered.
    Lost {},
}

/// A result whose content is stored apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// Words for people.
    pub title: String,
    /// MIME type of the content.
    pub media_type: String,
    /// Size of the content.
    pub bytes: u64,
    /// Salted commitment to the content.
    pub commitment: Commitment,
}
