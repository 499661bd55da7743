//! `governance-policies.json`: who governs, and within which limits missions may run.

use std::collections::BTreeMap;

use alloy_primitives::Address;
use serde::{Deserialize, Serialize};

use super::{address, load};
use crate::findings::Loaded;
use crate::json::{Cursor, Fields, Report, shortened};
use crate::money::MicroUsd;
use crate::spec::values::dollars;
use crate::spec::{Millionths, StakeTier};

/// Who governs, and within which limits missions may run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct GovernancePolicies {
    /// Owns the levers.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^0x[0-9a-fA-F]{40}$"))]
    pub owner: Address,
    /// The contract that levers go through; without it the owner's own address is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, pattern = "^0x[0-9a-fA-F]{40}$"))]
    pub owner_proxy: Option<Address>,
    /// Members of the council, who are validators too.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub governance_council: Vec<Address>,
    /// May pause everything at once.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^0x[0-9a-fA-F]{40}$"))]
    pub pause_guardian: Address,
    /// The validators' guild.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^0x[0-9a-fA-F]{40}$"))]
    pub validator_guild: Address,
    /// While true, no mission may be launched.
    pub global_pause: bool,
    /// How early tripwires trip.
    pub tripwire_sensitivity: TripwireSensitivity,
    /// Whether every job must allow a person to step in.
    pub human_co_pilot_required: bool,
    /// The largest budget a job may ask for, in US dollars.
    #[serde(rename = "budgetCapUSD", with = "dollars")]
    #[cfg_attr(feature = "openapi", schema(value_type = f64, minimum = 0))]
    pub budget_cap: MicroUsd,
    /// Multiplier of each tier.
    #[serde(with = "tiers")]
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, Tier>))]
    pub stake_tiers: BTreeMap<StakeTier, Millionths>,
    /// What must be green before an upgrade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ci: Option<CiGate>,
    /// Contract methods that upgrades go through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upgrade_hooks: Option<UpgradeHooks>,
}

/// How early tripwires trip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "UPPERCASE")]
pub enum TripwireSensitivity {
    /// Only at plain cases.
    Low,
    /// At likely cases.
    Medium,
    /// At the least sign.
    High,
}

/// What must be green before an upgrade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CiGate {
    /// The workflow's file.
    pub workflow: String,
    /// Checks that must have passed.
    pub require_status_checks: Vec<String>,
}

/// Contract methods that upgrades go through, as `Contract.method`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct UpgradeHooks {
    /// For a new model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_new_model: Option<String>,
    /// For a change of policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_policy_change: Option<String>,
    /// In an emergency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_emergency: Option<String>,
}

impl GovernancePolicies {
    /// Everyone who may approve: the guild's address and the council, each once, in the order of the file.
    pub fn guild(&self) -> Vec<Address> {
        let mut members = vec![self.validator_guild];
        for member in &self.governance_council {
            if !members.contains(member) {
                members.push(*member);
            }
        }
        members
    }

    /// The same policies with the owner proxy that is deployed on the chain in use.
    #[must_use]
    pub fn with_owner_proxy(mut self, owner_proxy: Address) -> Self {
        self.owner_proxy = Some(owner_proxy);
        self
    }

    /// The address that a name such as `0xPauseGuardian` stands for, and the key it is found under.
    pub fn resolve(&self, name: &str) -> Option<(Address, &'static str)> {
        let mut name = name.strip_prefix("0x").unwrap_or(name).to_ascii_lowercase();
        name.retain(|letter| letter.is_ascii_alphanumeric());
        let name = ["multisig", "safe", "address"]
            .iter()
            .find_map(|suffix| name.strip_suffix(suffix))
            .unwrap_or(&name);
        match name {
            "owner" => Some((self.owner, "owner")),
            "ownerproxy" => {
                Some(self.owner_proxy.map_or((self.owner, "owner"), |proxy| (proxy, "ownerProxy")))
            }
            "pauseguardian" => Some((self.pause_guardian, "pauseGuardian")),
            "validatorguild" => Some((self.validator_guild, "validatorGuild")),
            "governancecouncil" => match self.governance_council.as_slice() {
                [only] => Some((*only, "governanceCouncil")),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Reads `governance-policies.json`.
pub fn read_policies(text: &str) -> Loaded<GovernancePolicies> {
    load(text, policies)
}

fn policies(root: Cursor<'_>, report: &mut Report<'_>) -> Option<GovernancePolicies> {
    let mut fields = root.fields(report)?;
    if !["owner", "pauseGuardian", "stakeTiers", "budgetCapUSD"]
        .into_iter()
        .any(|key| fields.optional(key).is_some())
    {
        let message = format_args!("this is not a file of governance policies");
        let help = format_args!("expected the keys owner, pauseGuardian and stakeTiers");
        report.error("not-policies", root.place(), message, help);
        return None;
    }
    fields.optional("$schema");
    let owner = account(&mut fields, "owner", report);
    let owner_proxy =
        fields.optional("ownerProxy").and_then(|cursor| address::read(cursor, report));
    let council =
        fields.required(report, "governanceCouncil").and_then(|council| members(council, report));
    let pause_guardian = account(&mut fields, "pauseGuardian", report);
    let validator_guild = account(&mut fields, "validatorGuild", report);
    let global_pause = fields.required(report, "globalPause").and_then(|flag| flag.flag(report));
    let sensitivity = fields
        .required(report, "tripwireSensitivity")
        .and_then(|cursor| sensitivity(cursor, report));
    let co_pilot =
        fields.required(report, "humanCoPilotRequired").and_then(|flag| flag.flag(report));
    let cap = fields.required(report, "budgetCapUSD");
    let cap = cap
        .and_then(|cap| cap.millionths(report, "an amount of US dollars", 100_000_000))
        .map(MicroUsd::new);
    let stake_tiers =
        fields.required(report, "stakeTiers").and_then(|tiers| stake_tiers(tiers, report));
    let ci = fields.optional("ci").and_then(|ci| ci_gate(ci, report));
    let upgrade_hooks =
        fields.optional("upgradeHooks").and_then(|hooks| upgrade_hooks(hooks, report));
    fields.finish(report);
    Some(GovernancePolicies {
        owner: owner?,
        owner_proxy,
        governance_council: council?,
        pause_guardian: pause_guardian?,
        validator_guild: validator_guild?,
        global_pause: global_pause?,
        tripwire_sensitivity: sensitivity?,
        human_co_pilot_required: co_pilot?,
        budget_cap: cap?,
        stake_tiers: stake_tiers?,
        ci,
        upgrade_hooks,
    })
}

pub(super) fn account(
    fields: &mut Fields<'_>,
    name: &'static str,
    report: &mut Report<'_>,
) -> Option<Address> {
    let cursor = fields.required(report, name)?;
    address::read(cursor, report)
}

pub(super) fn members(cursor: Cursor<'_>, report: &mut Report<'_>) -> Option<Vec<Address>> {
    let mut council = Vec::new();
    for member in cursor.items(report)?.iter().map(Cursor::from) {
        let Some(address) = address::read(member, report) else { continue };
        if council.contains(&address) {
            let message = format_args!("{address} is listed twice");
            report.warning(
                "listed-twice",
                member.place(),
                message,
                format_args!("take one of them out"),
            );
        } else {
            council.push(address);
        }
    }
    Some(council)
}

fn sensitivity(cursor: Cursor<'_>, report: &mut Report<'_>) -> Option<TripwireSensitivity> {
    match cursor.text(report, "\"LOW\", \"MEDIUM\" or \"HIGH\"")? {
        "LOW" => Some(TripwireSensitivity::Low),
        "MEDIUM" => Some(TripwireSensitivity::Medium),
        "HIGH" => Some(TripwireSensitivity::High),
        other => {
            let message = format_args!("{:?} is not a sensitivity", shortened(other));
            let help = format_args!("write \"LOW\", \"MEDIUM\" or \"HIGH\"");
            report.error("unknown-sensitivity", cursor.place(), message, help);
            None
        }
    }
}

fn stake_tiers(
    cursor: Cursor<'_>,
    report: &mut Report<'_>,
) -> Option<BTreeMap<StakeTier, Millionths>> {
    let mut tiers = BTreeMap::new();
    for member in cursor.fields(report)?.all() {
        let tier = Cursor::from(&member.node);
        let Ok(name) = member.name.parse::<StakeTier>() else {
            let message =
                format_args!("{:?} cannot be the name of a stake tier", shortened(&member.name));
            report.error(
                "malformed",
                tier.place(),
                message,
                format_args!("use letters, digits, `-` and `_`"),
            );
            continue;
        };
        let Some(mut fields) = tier.fields(report) else { continue };
        let multiplier = fields.required(report, "multiplier");
        let multiplier =
            multiplier.and_then(|number| number.millionths(report, "a multiplier", 1_000));
        fields.finish(report);
        if let Some(multiplier) = multiplier {
            tiers.insert(name, Millionths::new(multiplier));
        }
    }
    if tiers.is_empty() {
        let message = format_args!("there is no stake tier, so no job could name one");
        report.error(
            "no-tiers",
            cursor.place(),
            message,
            format_args!("add STANDARD with its multiplier"),
        );
    }
    Some(tiers)
}

pub(super) fn ci_gate(cursor: Cursor<'_>, report: &mut Report<'_>) -> Option<CiGate> {
    let mut fields = cursor.fields(report)?;
    let workflow = fields
        .required(report, "workflow")
        .and_then(|path| path.words(report, "the workflow's file", 200));
    let checks =
        fields.required(report, "requireStatusChecks").and_then(|checks| checks.items(report));
    fields.finish(report);
    let mut require_status_checks = Vec::new();
    for check in checks? {
        require_status_checks.extend(Cursor::from(check).words(report, "the name of a check", 120));
    }
    Some(CiGate { workflow: workflow?, require_status_checks })
}

fn upgrade_hooks(cursor: Cursor<'_>, report: &mut Report<'_>) -> Option<UpgradeHooks> {
    let mut fields = cursor.fields(report)?;
    let mut hook = |name| contract_method(fields.optional(name)?, report);
    let on_new_model = hook("onNewModel");
    let on_policy_change = hook("onPolicyChange");
    let on_emergency = hook("onEmergency");
    fields.finish(report);
    Some(UpgradeHooks { on_new_model, on_policy_change, on_emergency })
}

fn contract_method(cursor: Cursor<'_>, report: &mut Report<'_>) -> Option<String> {
    let text = cursor.text(report, "a contract's method, such as \"PauseGuardian.pauseAll\"")?;
    let is_name = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    if text.split_once('.').is_some_and(|(contract, method)| is_name(contract) && is_name(method)) {
        return Some(text.to_owned());
    }
    let message = format_args!("{:?} is not a contract's method", shortened(text));
    report.error("malformed", cursor.place(), message, format_args!("write it as Contract.method"));
    None
}

/// A tier as the file has it: an object around its multiplier.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct Tier {
    /// What the base stake is multiplied by.
    multiplier: Millionths,
}

/// `stakeTiers` as the file has them.
mod tiers {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serializer};

    use super::{Millionths, StakeTier, Tier};

    pub(super) fn serialize<S: Serializer>(
        tiers: &BTreeMap<StakeTier, Millionths>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(
            tiers.iter().map(|(name, multiplier)| (name, Tier { multiplier: *multiplier })),
        )
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<StakeTier, Millionths>, D::Error> {
        let tiers = BTreeMap::<StakeTier, Tier>::deserialize(deserializer)?;
        Ok(tiers.into_iter().map(|(name, tier)| (name, tier.multiplier)).collect())
    }
}
