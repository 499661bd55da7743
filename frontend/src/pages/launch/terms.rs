//! The deposit, and whether the server's offer is what this page computes itself. What differs is not signed.

use alloy_primitives::B256;
use phase8_shared::api::{FundingOffer, LaunchDefaults};
use phase8_shared::chain::Deployment;
use phase8_shared::mission::{EscrowTerms, Offer};
use phase8_shared::money::TokenAmount;
use phase8_shared::spec::JobSpec;
use phase8_shared::time::Timestamp;
use sha2::{Digest, Sha256};

/// What terms are derived from, beside the job spec and the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Basis {
    /// What agents earn.
    pub(super) reward: TokenAmount,
    /// The uploaded text.
    pub(super) text: String,
    /// Chain, contracts and payees.
    pub(super) deployment: Deployment,
    /// The server's defaults.
    pub(super) defaults: LaunchDefaults,
}

/// One line of the deposit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DepositLine {
    /// What it is for.
    pub(super) label: &'static str,
    /// How much.
    pub(super) amount: TokenAmount,
}

/// The terms as this page computes them.
pub(super) fn derive(
    spec: &JobSpec,
    basis: &Basis,
    created_at: Timestamp,
) -> Result<EscrowTerms, String> {
    let offer = Offer {
        reward: basis.reward,
        base_stake: basis.defaults.base_stake,
        payees: basis.deployment.payees.clone(),
        created_at,
        spec_hash: spec_hash(&basis.text),
    };
    EscrowTerms::derive(spec, &offer).map_err(|error| error.to_string())
}

/// SHA-256 of the job spec's text.
fn spec_hash(text: &str) -> B256 {
    B256::from_slice(&Sha256::digest(text.as_bytes()))
}

/// What the deposit consists of.
pub(super) fn deposit_lines(terms: &EscrowTerms) -> Vec<DepositLine> {
    let share = |bps: u16| terms.reward.bps(bps.into()).unwrap_or_default();
    vec![
        DepositLine { label: "Reward for agents", amount: terms.reward },
        DepositLine { label: "Validators, on top", amount: share(terms.validator_reward_bps) },
        DepositLine {
            label: "Bonus, if finished in time",
            amount: share(terms.duration_bonus_bps),
        },
        DepositLine { label: "Your stake, returned at the end", amount: terms.stake },
    ]
}

/// Where the server's offer differs from what this page computed, in words; empty when they agree.
pub(super) fn differences(own: &EscrowTerms, offered: &FundingOffer) -> Vec<String> {
    let theirs = &offered.terms;
    let mut found = Vec::new();
    let mut compare = |what: &str, own: String, theirs: String| {
        if own != theirs {
            found.push(format!("{what}: this page computes {own}, the server offers {theirs}"));
        }
    };
    compare("reward", own.reward.to_string(), theirs.reward.to_string());
    compare(
        "validators' share",
        own.validator_reward_bps.to_string(),
        theirs.validator_reward_bps.to_string(),
    );
    compare("bonus", own.duration_bonus_bps.to_string(), theirs.duration_bonus_bps.to_string());
    compare("stake", own.stake.to_string(), theirs.stake.to_string());
    compare("penalty", own.failure_penalty_bps.to_string(), theirs.failure_penalty_bps.to_string());
    compare("bonus deadline", own.bonus_deadline.to_string(), theirs.bonus_deadline.to_string());
    compare("expiry", own.expiry.to_string(), theirs.expiry.to_string());
    compare("quorum", own.quorum.to_string(), theirs.quorum.to_string());
    compare("budget cap", own.budget_cap.to_string(), theirs.budget_cap.to_string());
    compare("job spec hash", own.spec_hash.to_string(), theirs.spec_hash.to_string());
    compare("milestones", format!("{:?}", own.milestones), format!("{:?}", theirs.milestones));
    let deposit = own.deposit().map_or_else(|| "too large".to_owned(), |amount| amount.to_string());
    compare("deposit", deposit, offered.deposit.to_string());
    found
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use alloy_primitives::Address;
    use phase8_shared::chain::Contracts;
    use phase8_shared::time::ClockScale;

    use super::*;

    fn basis() -> Basis {
        let tokens = |text| TokenAmount::from_tokens_decimal(text).unwrap();
        let at = |last| Address::with_last_byte(last);
        let roles = ["planner", "dev", "analyst"];
        Basis {
            reward: tokens("1000"),
            text: super::super::SAMPLE.to_owned(),
            deployment: Deployment {
                chain_id: 31_337,
                from_block: 0,
                contracts: Contracts::locate(|name| at(1 + name as u8)),
                payees: roles
                    .iter()
                    .map(|role| (role.parse().unwrap(), at(20)))
                    .collect::<BTreeMap<_, _>>(),
                dev_accounts: Vec::new(),
            },
            defaults: LaunchDefaults {
                reward: tokens("1000"),
                base_stake: tokens("100"),
                clock_scale: ClockScale::REAL,
            },
        }
    }

    fn own() -> EscrowTerms {
        let spec = phase8_shared::spec::preview(super::super::SAMPLE).spec.unwrap();
        derive(&spec, &basis(), Timestamp::from_millis(1_000_000)).unwrap()
    }

    fn offer(terms: EscrowTerms) -> FundingOffer {
        FundingOffer {
            deposit: terms.deposit().unwrap(),
            terms,
            created_at: Timestamp::from_millis(1_000_000),
        }
    }

    #[test]
    fn the_same_terms_do_not_differ() {
        assert_eq!(differences(&own(), &offer(own())), Vec::<String>::new());
    }

    #[test]
    fn a_payee_that_the_server_swapped_is_named() {
        let mut theirs = own();
        theirs.milestones[0].payees = vec![Address::with_last_byte(66)];

        let found = differences(&own(), &offer(theirs));

        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("milestones: "), "{found:?}");
    }

    #[test]
    fn the_lines_sum_to_the_deposit() {
        let terms = own();

        let sum = deposit_lines(&terms)
            .into_iter()
            .try_fold(TokenAmount::ZERO, |sum, line| sum.checked_add(line.amount));

        assert_eq!(sum, terms.deposit());
    }
}
