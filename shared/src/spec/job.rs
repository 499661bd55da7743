//! The job spec: what an operator uploads, typed. It is written back in the very format it was read from.

use std::fmt;
use std::str::FromStr;

use alloy_primitives::Address;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::values::dollars;
use super::{AdapterId, Bps, CheckpointRef, JobName, Millionths, Minutes, StakeTier};
use crate::id::{MilestoneIndex, Role, parse_text};
use crate::money::MicroUsd;
use crate::policy::address;

/// What a mission is to do, by whom, for how much, under which guard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct JobSpec {
    /// Names the ledger archive: 1 to 64 letters, digits, `-`, `_` and `.`.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"))]
    pub job_name: JobName,
    /// What it is about, for people.
    #[serde(default)]
    pub description: String,
    /// The longest it may take, in minutes.
    pub max_duration_minutes: Minutes,
    /// How far agents are let alone.
    pub autonomy: Autonomy,
    /// Stakes, payouts and the cap on spend.
    pub economics: Economics,
    /// Who works.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 16))]
    pub agents: Vec<Agent>,
    /// Who signs off.
    pub validators: Validators,
    /// What stops the work.
    pub safety: Safety,
    /// Who governs it.
    pub governance: Governance,
}

/// How far agents are let alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Autonomy {
    /// Agents check in this often, in minutes.
    pub checkpoint_interval_minutes: Minutes,
    /// Whether a check-in needs a validator.
    pub require_validator_check_in: bool,
    /// An agent that is silent for longer than this, in minutes, trips.
    pub max_idle_minutes: Minutes,
}

/// Stakes, payouts and the cap on spend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Economics {
    /// A key of `stakeTiers` in the policies, such as `STANDARD`, `PRO` or `ULTRA`.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[A-Za-z0-9_-]{1,32}$"))]
    pub stake_tier: StakeTier,
    /// Must be the tier's multiplier.
    pub stake_multiplier: Millionths,
    /// What is paid, and when. The shares sum to 10 000 basis points.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 32))]
    pub milestones: Vec<Milestone>,
    /// The cap on model spend, in US dollars.
    #[serde(rename = "maxBudgetUSD", with = "dollars")]
    #[cfg_attr(feature = "openapi", schema(value_type = f64, minimum = 0))]
    pub max_budget: MicroUsd,
    /// What is added for speed and taken for failure.
    pub reward_adjustment: RewardAdjustment,
}

/// A payout and what it waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Milestone {
    /// Words for people.
    pub name: String,
    /// Share of the reward, in basis points.
    pub payout_bps: Bps,
    /// The checkpoint that must be approved, as `role:name`.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[A-Za-z0-9_-]{1,32}:[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"))]
    pub checkpoint: CheckpointRef,
}

/// What is added for speed and taken for failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RewardAdjustment {
    /// Bonus when the mission ends inside its duration, in basis points of the reward.
    pub duration_bonus_bps: Bps,
    /// What the stake is slashed by on failure.
    pub failure_penalty_multiplier: Millionths,
}

/// A worker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Agent {
    /// `planner`, `dev`, `analyst` or any other; each role once.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[A-Za-z0-9_-]{1,32}$"))]
    pub role: Role,
    /// Id of the model adapter that it works through.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub model: AdapterId,
    /// What it is good at.
    #[serde(default)]
    pub capabilities: Vec<String>,
    /// What it remembers.
    pub memory: MemoryPolicy,
}

/// What an agent remembers, and for how long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct MemoryPolicy {
    /// Whether it outlives a restart.
    #[serde(rename = "type")]
    pub kind: MemoryKind,
    /// Where it is kept.
    pub bucket: String,
    /// For how many hours.
    pub retention_hours: u32,
}

/// Whether memory outlives a restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum MemoryKind {
    /// Kept with the ledger.
    Persistent,
    /// Gone when the step ends.
    Ephemeral,
}

/// Who signs off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Validators {
    /// The guild's address, or a name that the policies resolve.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub guild: Party,
    /// Checkpoints that need the guild's sign-off, as `role:name`.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub checkpoints: Vec<CheckpointRef>,
    /// The validators' share on top of the reward, in basis points.
    pub reward_bps: Bps,
}

/// What stops the work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Safety {
    /// The detectors that watch.
    pub tripwires: Vec<TripwireKind>,
    /// Whether a trip halts the mission.
    pub halt_on_tripwire: bool,
    /// Who may pause at once: an address, or a name that the policies resolve.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub pause_guardian: Party,
}

/// A detector that watches agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum TripwireKind {
    /// Abuse in what an agent writes.
    ToxicityFilter,
    /// Personal data in what an agent writes.
    PrivacyLeakDetector,
    /// Spend that nears the cap.
    BudgetGuard,
}

/// Who governs the mission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Governance {
    /// The contract that the owner's levers go through: an address, or a name that the policies resolve.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub owner_proxy: Party,
    /// Whether a person may step in.
    pub allow_human_co_pilot: bool,
    /// How many validators must approve a milestone.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 255))]
    pub required_validator_approvals: u32,
}

/// Someone on the chain: an address, or a name such as `0xPauseGuardian` that the governance policies resolve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Party {
    /// An account or contract.
    Address(Address),
    /// A name that stands in its place.
    Placeholder(String),
}

impl TripwireKind {
    /// Every detector there is.
    pub const ALL: [Self; 3] = [Self::ToxicityFilter, Self::PrivacyLeakDetector, Self::BudgetGuard];

    /// Its name in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ToxicityFilter => "toxicity-filter",
            Self::PrivacyLeakDetector => "privacy-leak-detector",
            Self::BudgetGuard => "budget-guard",
        }
    }
}

impl Party {
    /// The address, unless a name still stands in its place.
    pub const fn address(&self) -> Option<Address> {
        match self {
            Self::Address(address) => Some(*address),
            Self::Placeholder(_) => None,
        }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Placeholder(name) => f.write_str(name),
        }
    }
}

impl FromStr for Party {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let address = address::parse(text).ok().map(Self::Address);
        Ok(address.unwrap_or_else(|| Self::Placeholder(text.to_owned())))
    }
}

impl Serialize for Party {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Party {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse_text(deserializer)
    }
}

/// A checkpoint that the mission reaches, with everything the spec says about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedCheckpoint {
    /// Which one.
    pub checkpoint: CheckpointRef,
    /// The milestone that it pays, if any.
    pub milestone: Option<MilestoneIndex>,
    /// Whether `validators.checkpoints` lists it.
    pub listed: bool,
}

impl JobSpec {
    /// Every checkpoint once: those of milestones in their order, then those that only the validators' list names.
    pub fn planned_checkpoints(&self) -> Vec<PlannedCheckpoint> {
        let mut planned: Vec<PlannedCheckpoint> = Vec::new();
        for (index, milestone) in (0_u8..).zip(&self.economics.milestones) {
            let checkpoint = milestone.checkpoint.clone();
            let listed = self.validators.checkpoints.contains(&checkpoint);
            planned.push(PlannedCheckpoint {
                checkpoint,
                milestone: Some(MilestoneIndex(index)),
                listed,
            });
        }
        for checkpoint in &self.validators.checkpoints {
            if !planned.iter().any(|other| other.checkpoint == *checkpoint) {
                planned.push(PlannedCheckpoint {
                    checkpoint: checkpoint.clone(),
                    milestone: None,
                    listed: true,
                });
            }
        }
        planned
    }

    /// The agent of a role.
    pub fn agent(&self, role: &Role) -> Option<&Agent> {
        self.agents.iter().find(|agent| agent.role == *role)
    }
}
