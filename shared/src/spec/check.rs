//! Whether a job spec may be launched under the policies, with the adapters there are.

use alloy_primitives::Address;

use super::{Draft, JobSpec, Party};
use crate::findings::Findings;
use crate::json::{JsonPath, Report, nearest};
use crate::policy::{GovernancePolicies, ModelAdapter};

/// A job spec that may be launched. Every name that stood for an address is replaced by the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedJob {
    /// The job spec.
    pub spec: JobSpec,
    /// The validators' guild.
    pub guild: Address,
    /// Who may pause at once.
    pub pause_guardian: Address,
    /// The contract that the owner's levers go through.
    pub owner_proxy: Address,
    /// Warnings and remarks; no errors.
    pub findings: Findings,
}

/// Adds what stands against a launch.
pub(super) fn check(
    draft: &Draft,
    policies: &GovernancePolicies,
    adapters: &[ModelAdapter],
    report: &mut Report<'_>,
) {
    permitted(draft, policies, report);
    stakes(draft, policies, report);
    quorum(draft, policies, report);
    models(draft, adapters, report);
}

fn at(section: &'static str, name: &'static str) -> JsonPath {
    JsonPath::root().key(section).key(name)
}

fn permitted(draft: &Draft, policies: &GovernancePolicies, report: &mut Report<'_>) {
    if policies.global_pause {
        let message = "governance-policies.json has globalPause set, so no mission may be launched";
        report.error(
            "global-pause",
            &JsonPath::root(),
            message,
            "the owner must set globalPause to false first",
        );
    }
    if policies.human_co_pilot_required && draft.allow_human_co_pilot == Some(false) {
        let message = "the policies require a human co-pilot, and this job does not allow one";
        report.error(
            "co-pilot-required",
            &at("governance", "allowHumanCoPilot"),
            message,
            "write true",
        );
    }
    if let Some(budget) = draft.max_budget.filter(|budget| *budget > policies.budget_cap) {
        let message = format!(
            "the budget of {budget} is above the {} that the policies allow",
            policies.budget_cap
        );
        report.error(
            "budget-above-cap",
            &at("economics", "maxBudgetUSD"),
            &message,
            "lower it, or have the owner raise budgetCapUSD",
        );
    }
}

fn stakes(draft: &Draft, policies: &GovernancePolicies, report: &mut Report<'_>) {
    let Some(tier) = &draft.stake_tier else { return };
    let path = at("economics", "stakeTier");
    let Some(expected) = policies.stake_tiers.get(tier) else {
        let names = || policies.stake_tiers.keys().map(super::StakeTier::as_str);
        let help = match nearest(tier.as_str(), names()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("the tiers are {}", names().collect::<Vec<_>>().join(", ")),
        };
        report.error(
            "unknown-tier",
            &path,
            &format!("the policies have no stake tier `{tier}`"),
            &help,
        );
        return;
    };
    if let Some(found) = draft.stake_multiplier.filter(|found| found != expected) {
        let message = format!(
            "the multiplier is {found}, but the policies give {tier} a multiplier of {expected}"
        );
        let help = format!("write {expected}, or choose another tier");
        report.error("multiplier-differs", &at("economics", "stakeMultiplier"), &message, &help);
    }
}

fn quorum(draft: &Draft, policies: &GovernancePolicies, report: &mut Report<'_>) {
    let members = policies.guild().len();
    let Some(needed) = draft.required_validator_approvals else { return };
    if usize::try_from(needed).map_or(true, |needed| needed > members) {
        let message = format!(
            "{needed} approvals are required, but the guild has {members} members, so nothing could ever be paid"
        );
        let help = format!("write {members} or less, or add members to the policies");
        report.error(
            "quorum-above-guild",
            &at("governance", "requiredValidatorApprovals"),
            &message,
            &help,
        );
    }
}

fn models(draft: &Draft, adapters: &[ModelAdapter], report: &mut Report<'_>) {
    for (index, agent) in Draft::readable(draft.agents.as_ref()) {
        let path = JsonPath::root().key("agents").index(index).key("model");
        let Some(adapter) = adapters.iter().find(|adapter| adapter.id == agent.model) else {
            let names = || adapters.iter().map(|adapter| adapter.id.as_str());
            let help = match nearest(agent.model.as_str(), names()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None if adapters.is_empty() => {
                    "no model adapter is configured; add it to model-adapters.json".to_owned()
                }
                None => format!("the adapters are {}", names().collect::<Vec<_>>().join(", ")),
            };
            report.error(
                "unknown-adapter",
                &path,
                &format!("there is no model adapter `{}`", agent.model),
                &help,
            );
            continue;
        };
        if adapter.cost_per_1k_tokens.is_none() {
            let message = format!(
                "the price of `{}` is not known, so its spend could not be capped",
                adapter.id
            );
            report.error(
                "unknown-price",
                &path,
                &message,
                "write costUSDPer1KTokens in model-adapters.json, or choose another adapter",
            );
        }
    }
}

/// The addresses that the policies give to the parties of a job, with a finding for each name that was replaced.
pub(super) fn resolve(
    draft: &Draft,
    policies: &GovernancePolicies,
    report: &mut Report<'_>,
) -> Option<Parties> {
    let guild = party(
        draft.guild.as_ref(),
        at("validators", "guild"),
        Some(policies.validator_guild),
        policies,
        report,
    );
    let guardian = at("safety", "pauseGuardian");
    let pause_guardian = party(
        draft.pause_guardian.as_ref(),
        guardian,
        Some(policies.pause_guardian),
        policies,
        report,
    );
    let proxy = at("governance", "ownerProxy");
    let owner_proxy =
        party(draft.owner_proxy.as_ref(), proxy, policies.owner_proxy, policies, report);
    Some(Parties { guild: guild?, pause_guardian: pause_guardian?, owner_proxy: owner_proxy? })
}

/// The parties of a job by address.
pub(super) struct Parties {
    pub(super) guild: Address,
    pub(super) pause_guardian: Address,
    pub(super) owner_proxy: Address,
}

fn party(
    found: Option<&Party>,
    path: JsonPath,
    expected: Option<Address>,
    policies: &GovernancePolicies,
    report: &mut Report<'_>,
) -> Option<Address> {
    match found? {
        Party::Address(address) => {
            if let Some(expected) = expected.filter(|expected| expected != address) {
                let message =
                    format!("{address} is not the one that the policies name, which is {expected}");
                report.warning(
                    "party-differs",
                    &path,
                    &message,
                    "check which of the two is meant before you sign",
                );
            }
            Some(*address)
        }
        Party::Placeholder(name) => {
            let Some((address, key)) = policies.resolve(name) else {
                let message = format!(
                    "`{name}` stands in place of an address, and nothing in governance-policies.json resolves it"
                );
                let help = "write the address, or one of 0xOwner, 0xOwnerProxy, 0xPauseGuardian and 0xValidatorGuild";
                report.error("placeholder-unresolved", &path, &message, help);
                return None;
            };
            let message = format!(
                "`{name}` stands in place of an address; the policies' {key} is meant: {address}"
            );
            report.warning(
                "placeholder-resolved",
                &path,
                &message,
                "check the address before you sign, or write it into the file",
            );
            Some(address)
        }
    }
}
