//! Funding a mission: the two calls that the operator's wallet signs.

use alloy_primitives::{B256, U256, keccak256};
use alloy_sol_types::{SolCall, SolValue};

use super::abi::{IAgiAlpha, IMissionEscrow};
use super::{Call, Contracts};
use crate::id::MissionKey;
use crate::mission::EscrowTerms;
use crate::money::TokenAmount;

/// Lets the escrow take exactly `deposit`, never more.
pub fn approve_call(contracts: &Contracts, deposit: TokenAmount) -> Call {
    let call = IAgiAlpha::approveCall { spender: contracts.escrow, value: deposit.get() };
    Call { to: contracts.token, data: call.abi_encode().into() }
}

/// Deposits under these terms.
pub fn fund_call(contracts: &Contracts, mission: MissionKey, terms: &EscrowTerms) -> Call {
    let call = IMissionEscrow::fundCall { mission: mission.0, terms: terms.into() };
    Call { to: contracts.escrow, data: call.abi_encode().into() }
}

/// What `MissionFunded` carries: keccak-256 of the ABI encoding of the terms.
pub fn terms_hash(terms: &EscrowTerms) -> B256 {
    keccak256(IMissionEscrow::Terms::from(terms).abi_encode())
}

impl From<&EscrowTerms> for IMissionEscrow::Terms {
    fn from(terms: &EscrowTerms) -> Self {
        Self {
            reward: terms.reward.get(),
            validatorRewardBps: terms.validator_reward_bps,
            durationBonusBps: terms.duration_bonus_bps,
            stake: terms.stake.get(),
            failurePenaltyBps: terms.failure_penalty_bps,
            bonusDeadline: terms.bonus_deadline,
            expiry: terms.expiry,
            quorum: terms.quorum,
            budgetCapMicroUsd: U256::from(terms.budget_cap.get()),
            specHash: terms.spec_hash,
            milestones: terms
                .milestones
                .iter()
                .map(|milestone| IMissionEscrow::Milestone {
                    payoutBps: milestone.payout_bps,
                    payees: milestone.payees.clone(),
                })
                .collect(),
        }
    }
}
