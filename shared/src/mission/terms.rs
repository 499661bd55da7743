//! The escrow's terms, derived from the job spec: the page and the server compute them apart and must agree.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256};
use serde::{Deserialize, Serialize};

use crate::id::Role;
use crate::money::{MicroUsd, TokenAmount};
use crate::spec::JobSpec;
use crate::time::Timestamp;

/// What `MissionEscrow.fund` is called with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EscrowTerms {
    /// Paid to agents over all milestones.
    pub reward: TokenAmount,
    /// Paid to approving validators on top of each milestone.
    pub validator_reward_bps: u16,
    /// Paid to agents on top when the last milestone is released by `bonus_deadline`.
    pub duration_bonus_bps: u16,
    /// The operator's stake, returned at the end.
    pub stake: TokenAmount,
    /// Share of the stake that a failure costs.
    pub failure_penalty_bps: u16,
    /// Unix seconds.
    pub bonus_deadline: u64,
    /// Unix seconds after which the operator may take back what is not released.
    pub expiry: u64,
    /// Validators that must approve a milestone.
    pub quorum: u8,
    /// Budget cap that the mission opens with.
    pub budget_cap: MicroUsd,
    /// SHA-256 of the job spec's text.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub spec_hash: B256,
    /// In the order of the job spec.
    pub milestones: Vec<MilestoneTerms>,
}

/// One milestone of [`EscrowTerms`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MilestoneTerms {
    /// Share of the reward.
    pub payout_bps: u16,
    /// Who shares it, in equal parts.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub payees: Vec<Address>,
}

/// What the terms need beside the job spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Paid to agents over all milestones.
    pub reward: TokenAmount,
    /// The stake at multiplier 1.
    pub base_stake: TokenAmount,
    /// Wallet of each agent role.
    pub payees: BTreeMap<Role, Address>,
    /// When the mission is created.
    pub created_at: Timestamp,
    /// SHA-256 of the job spec's text.
    pub spec_hash: B256,
}

/// The terms cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// A milestone's role has no wallet.
    #[error("no payout wallet is configured for the role {0}")]
    NoPayee(Role),
    /// The reward is zero, or a number outgrew its type.
    #[error("{0} is out of range")]
    OutOfRange(&'static str),
}

/// Seconds after the bonus deadline in which milestones can still be approved before the operator may take the rest back.
const GRACE_SECONDS: u64 = 30 * 86_400;

impl EscrowTerms {
    /// The terms of a job spec under an offer.
    pub fn derive(spec: &JobSpec, offer: &Offer) -> Result<Self, TermsError> {
        if offer.reward == TokenAmount::ZERO {
            return Err(TermsError::OutOfRange("the reward"));
        }
        let economics = &spec.economics;
        let stake = offer
            .base_stake
            .scaled_by_micros(economics.stake_multiplier.micros())
            .ok_or(TermsError::OutOfRange("the stake"))?;
        let duration_seconds = u64::from(spec.max_duration_minutes.get()) * 60;
        let bonus_deadline = offer.created_at.unix_seconds() + duration_seconds;
        let milestones = economics
            .milestones
            .iter()
            .map(|milestone| {
                let role = &milestone.checkpoint.role;
                let payees = if role.is_validator() {
                    spec.agents
                        .iter()
                        .map(|agent| payee(offer, &agent.role))
                        .collect::<Result<Vec<_>, _>>()?
                } else {
                    vec![payee(offer, role)?]
                };
                Ok(MilestoneTerms {
                    payout_bps: narrow(milestone.payout_bps.get(), "a payout")?,
                    payees,
                })
            })
            .collect::<Result<Vec<_>, TermsError>>()?;

        Ok(Self {
            reward: offer.reward,
            validator_reward_bps: narrow(spec.validators.reward_bps.get(), "validators.rewardBps")?,
            duration_bonus_bps: narrow(
                economics.reward_adjustment.duration_bonus_bps.get(),
                "durationBonusBps",
            )?,
            stake,
            failure_penalty_bps: penalty_bps(
                economics.reward_adjustment.failure_penalty_multiplier.micros(),
            ),
            bonus_deadline,
            expiry: bonus_deadline + GRACE_SECONDS,
            quorum: u8::try_from(spec.governance.required_validator_approvals)
                .map_err(|_| TermsError::OutOfRange("requiredValidatorApprovals"))?,
            budget_cap: economics.max_budget,
            spec_hash: offer.spec_hash,
            milestones,
        })
    }

    /// What the operator deposits: reward, the validators' part, the bonus and the stake; `None` past the largest amount.
    pub fn deposit(&self) -> Option<TokenAmount> {
        self.reward
            .checked_add(self.reward.bps(self.validator_reward_bps.into())?)?
            .checked_add(self.reward.bps(self.duration_bonus_bps.into())?)?
            .checked_add(self.stake)
    }

    /// What a milestone pays to agents: its share rounded down, and to the last milestone whatever is left.
    pub fn payout(&self, index: usize) -> Option<TokenAmount> {
        let share = |milestone: &MilestoneTerms| self.reward.bps(milestone.payout_bps.into());
        if index + 1 < self.milestones.len() {
            return share(self.milestones.get(index)?);
        }
        let (_, earlier) =
            self.milestones.split_last().filter(|_| index + 1 == self.milestones.len())?;
        let paid =
            earlier.iter().try_fold(TokenAmount::ZERO, |sum, one| sum.checked_add(share(one)?))?;
        self.reward.get().checked_sub(paid.get()).map(TokenAmount::new)
    }
}

fn payee(offer: &Offer, role: &Role) -> Result<Address, TermsError> {
    offer.payees.get(role).copied().ok_or_else(|| TermsError::NoPayee(role.clone()))
}

fn narrow(bps: u32, what: &'static str) -> Result<u16, TermsError> {
    u16::try_from(bps).ok().filter(|bps| *bps <= 10_000).ok_or(TermsError::OutOfRange(what))
}

/// A multiplier of the stake in bps; more than the whole stake cannot be slashed.
fn penalty_bps(multiplier_micros: u64) -> u16 {
    u16::try_from((multiplier_micros / 100).min(10_000)).unwrap_or(10_000)
}
