//! Whether a job spec may be launched under the policies, with the adapters there are.

use alloy_primitives::Address;

use super::{Draft, JobSpec, Party};
use crate::findings::Findings;
use crate::format::listed;
use crate::json::Step::{Index, Key};
use crate::json::{Place, Report, nearest};
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

fn permitted(draft: &Draft, policies: &GovernancePolicies, report: &mut Report<'_>) {
    if policies.global_pause {
        let message = format_args!(
            "governance-policies.json has globalPause set, so no mission may be launched"
        );
        let help = format_args!("the owner must set globalPause to false first");
        report.error("global-pause", Place::Path(&[]), message, help);
    }
    if policies.human_co_pilot_required && draft.allow_human_co_pilot == Some(false) {
        let place = Place::Path(&[Key("governance"), Key("allowHumanCoPilot")]);
        let message =
            format_args!("the policies require a human co-pilot, and this job does not allow one");
        report.error("co-pilot-required", place, message, format_args!("write true"));
    }
    if let Some(budget) = draft.max_budget.filter(|budget| *budget > policies.budget_cap) {
        let place = Place::Path(&[Key("economics"), Key("maxBudgetUSD")]);
        let message = format_args!(
            "the budget of {budget} is above the {} that the policies allow",
            policies.budget_cap
        );
        let help = format_args!("lower it, or have the owner raise budgetCapUSD");
        report.error("budget-above-cap", place, message, help);
    }
}

fn stakes(draft: &Draft, policies: &GovernancePolicies, report: &mut Report<'_>) {
    let Some(tier) = &draft.stake_tier else { return };
    let Some(expected) = policies.stake_tiers.get(tier) else {
        let names: Vec<&str> = policies.stake_tiers.keys().map(super::StakeTier::as_str).collect();
        let help = match nearest(tier.as_str(), &mut names.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("the tiers are {}", listed(&names)),
        };
        let place = Place::Path(&[Key("economics"), Key("stakeTier")]);
        let message = format_args!("the policies have no stake tier `{tier}`");
        report.error("unknown-tier", place, message, format_args!("{help}"));
        return;
    };
    if let Some(found) = draft.stake_multiplier.filter(|found| found != expected) {
        let place = Place::Path(&[Key("economics"), Key("stakeMultiplier")]);
        let message = format_args!(
            "the multiplier is {found}, but the policies give {tier} a multiplier of {expected}"
        );
        report.error(
            "multiplier-differs",
            place,
            message,
            format_args!("write {expected}, or choose another tier"),
        );
    }
}

fn quorum(draft: &Draft, policies: &GovernancePolicies, report: &mut Report<'_>) {
    let members = policies.guild().len();
    let Some(needed) = draft.required_validator_approvals else { return };
    if usize::try_from(needed).map_or(true, |needed| needed > members) {
        let place = Place::Path(&[Key("governance"), Key("requiredValidatorApprovals")]);
        let message = format_args!(
            "{needed} approvals are required, but the guild has {members} members, so nothing could ever be paid"
        );
        let help = format_args!("write {members} or less, or add members to the policies");
        report.error("quorum-above-guild", place, message, help);
    }
}

fn models(draft: &Draft, adapters: &[ModelAdapter], report: &mut Report<'_>) {
    for (index, agent) in Draft::readable(draft.agents.as_ref()) {
        let steps = [Key("agents"), Index(index), Key("model")];
        let place = Place::Path(&steps);
        let model = &agent.model;
        match adapters.iter().find(|adapter| adapter.id == *model) {
            None => {
                let names: Vec<&str> = adapters.iter().map(|adapter| adapter.id.as_str()).collect();
                let help = match nearest(model.as_str(), &mut names.iter().copied()) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None if names.is_empty() => {
                        "no adapter is configured; add it to model-adapters.json".to_owned()
                    }
                    None => format!("the adapters are {}", listed(&names)),
                };
                let message = format_args!("there is no model adapter `{model}`");
                report.error("unknown-adapter", place, message, format_args!("{help}"));
            }
            Some(adapter) if adapter.cost_per_1k_tokens.is_none() => {
                let message = format_args!(
                    "the price of `{model}` is not known, so its spend could not be capped"
                );
                let help = format_args!(
                    "write costUSDPer1KTokens in model-adapters.json, or choose another adapter"
                );
                report.error("unknown-price", place, message, help);
            }
            Some(_) => {}
        }
    }
}

/// The parties of a job by address.
pub(super) struct Parties {
    pub(super) guild: Address,
    pub(super) pause_guardian: Address,
    pub(super) owner_proxy: Address,
}

/// The addresses that the policies give to the parties of a job, with a finding for each name that was replaced.
pub(super) fn resolve(
    draft: &Draft,
    policies: &GovernancePolicies,
    report: &mut Report<'_>,
) -> Option<Parties> {
    let mut party = |found: Option<&Party>, place: Place<'_>, expected| {
        party(found?, place, expected, policies, report)
    };
    let guild = Place::Path(&[Key("validators"), Key("guild")]);
    let guild = party(draft.guild.as_ref(), guild, Some(policies.validator_guild));
    let guardian = Place::Path(&[Key("safety"), Key("pauseGuardian")]);
    let pause_guardian =
        party(draft.pause_guardian.as_ref(), guardian, Some(policies.pause_guardian));
    let proxy = Place::Path(&[Key("governance"), Key("ownerProxy")]);
    let owner_proxy = party(draft.owner_proxy.as_ref(), proxy, policies.owner_proxy);
    Some(Parties { guild: guild?, pause_guardian: pause_guardian?, owner_proxy: owner_proxy? })
}

fn party(
    found: &Party,
    place: Place<'_>,
    expected: Option<Address>,
    policies: &GovernancePolicies,
    report: &mut Report<'_>,
) -> Option<Address> {
    match found {
        Party::Address(address) => {
            if let Some(expected) = expected.filter(|expected| expected != address) {
                let message = format_args!(
                    "{address} is not the one that the policies name, which is {expected}"
                );
                report.warning(
                    "party-differs",
                    place,
                    message,
                    format_args!("check which of the two is meant"),
                );
            }
            Some(*address)
        }
        Party::Placeholder(name) => {
            let Some((address, key)) = policies.resolve(name) else {
                let message = format_args!(
                    "`{name}` stands in place of an address, and nothing in governance-policies.json resolves it"
                );
                let help = format_args!(
                    "write the address, or one of 0xOwner, 0xOwnerProxy, 0xPauseGuardian and 0xValidatorGuild"
                );
                report.error("placeholder-unresolved", place, message, help);
                return None;
            };
            let message = format_args!(
                "`{name}` stands in place of an address; the policies' {key} is meant: {address}"
            );
            let help = format_args!("check the address before you sign, or write it into the file");
            report.warning("placeholder-resolved", place, message, help);
            Some(address)
        }
    }
}
