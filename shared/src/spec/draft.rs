//! A job spec as far as it could be read: what the page can show while the file is still being put right.

use super::{
    Agent, Autonomy, Bps, CheckpointRef, Economics, Governance, JobName, JobSpec, Milestone,
    Millionths, Minutes, Party, RewardAdjustment, Safety, StakeTier, TripwireKind, Validators,
};
use crate::money::MicroUsd;

/// A job spec as far as it could be read. Lists keep the place of every entry: one that could not be read is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Draft {
    /// `jobName`.
    pub job_name: Option<JobName>,
    /// `description`.
    pub description: Option<String>,
    /// `maxDurationMinutes`.
    pub max_duration_minutes: Option<Minutes>,
    /// `autonomy.checkpointIntervalMinutes`.
    pub checkpoint_interval_minutes: Option<Minutes>,
    /// `autonomy.requireValidatorCheckIn`.
    pub require_validator_check_in: Option<bool>,
    /// `autonomy.maxIdleMinutes`.
    pub max_idle_minutes: Option<Minutes>,
    /// `economics.stakeTier`.
    pub stake_tier: Option<StakeTier>,
    /// `economics.stakeMultiplier`.
    pub stake_multiplier: Option<Millionths>,
    /// `economics.milestones`.
    pub milestones: Option<Vec<Option<Milestone>>>,
    /// `economics.maxBudgetUSD`.
    pub max_budget: Option<MicroUsd>,
    /// `economics.rewardAdjustment.durationBonusBps`.
    pub duration_bonus_bps: Option<Bps>,
    /// `economics.rewardAdjustment.failurePenaltyMultiplier`.
    pub failure_penalty_multiplier: Option<Millionths>,
    /// `agents`.
    pub agents: Option<Vec<Option<Agent>>>,
    /// `validators.guild`.
    pub guild: Option<Party>,
    /// `validators.checkpoints`.
    pub checkpoints: Option<Vec<Option<CheckpointRef>>>,
    /// `validators.rewardBps`.
    pub reward_bps: Option<Bps>,
    /// `safety.tripwires`.
    pub tripwires: Option<Vec<Option<TripwireKind>>>,
    /// `safety.haltOnTripwire`.
    pub halt_on_tripwire: Option<bool>,
    /// `safety.pauseGuardian`.
    pub pause_guardian: Option<Party>,
    /// `governance.ownerProxy`.
    pub owner_proxy: Option<Party>,
    /// `governance.allowHumanCoPilot`.
    pub allow_human_co_pilot: Option<bool>,
    /// `governance.requiredValidatorApprovals`.
    pub required_validator_approvals: Option<u32>,
}

impl Draft {
    /// The job spec, if every part of it could be read.
    pub fn complete(&self) -> Option<JobSpec> {
        Some(JobSpec {
            job_name: self.job_name.clone()?,
            description: self.description.clone()?,
            max_duration_minutes: self.max_duration_minutes?,
            autonomy: Autonomy {
                checkpoint_interval_minutes: self.checkpoint_interval_minutes?,
                require_validator_check_in: self.require_validator_check_in?,
                max_idle_minutes: self.max_idle_minutes?,
            },
            economics: Economics {
                stake_tier: self.stake_tier.clone()?,
                stake_multiplier: self.stake_multiplier?,
                milestones: all(self.milestones.as_deref())?,
                max_budget: self.max_budget?,
                reward_adjustment: RewardAdjustment {
                    duration_bonus_bps: self.duration_bonus_bps?,
                    failure_penalty_multiplier: self.failure_penalty_multiplier?,
                },
            },
            agents: all(self.agents.as_deref())?,
            validators: Validators {
                guild: self.guild.clone()?,
                checkpoints: all(self.checkpoints.as_deref())?,
                reward_bps: self.reward_bps?,
            },
            safety: Safety {
                tripwires: all(self.tripwires.as_deref())?,
                halt_on_tripwire: self.halt_on_tripwire?,
                pause_guardian: self.pause_guardian.clone()?,
            },
            governance: Governance {
                owner_proxy: self.owner_proxy.clone()?,
                allow_human_co_pilot: self.allow_human_co_pilot?,
                required_validator_approvals: self.required_validator_approvals?,
            },
        })
    }

    /// The entries of a list that could be read, with their indices.
    pub(super) fn readable<T>(list: Option<&Vec<Option<T>>>) -> impl Iterator<Item = (usize, &T)> {
        let entries = list.into_iter().flatten().enumerate();
        entries.filter_map(|(index, entry)| entry.as_ref().map(|entry| (index, entry)))
    }
}

/// All entries, if all could be read.
fn all<T: Clone>(list: Option<&[Option<T>]>) -> Option<Vec<T>> {
    list?.iter().cloned().collect()
}
