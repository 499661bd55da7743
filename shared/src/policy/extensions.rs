//! `contract-extensions.json`: implementations that the owner stages, that wait, and that guardians may veto.

use alloy_primitives::{Address, B256, Bytes};
use alloy_sol_types::SolCall;
use serde::{Deserialize, Serialize};

use super::manifest_index::{DependencyKind, ManifestIndex};
use super::parts::{self, list, no_second, texts, words};
use super::{address, load};
use crate::chain::abi::IUpgradeCoordinator;
use crate::chain::{Change, ContractName, Contracts, Lever, module_key};
use crate::findings::Loaded;
use crate::json::{Cursor, Fields, Report, shortened};
use crate::spec::Party;

/// Version of a file that names none.
const FIRST_VERSION: &str = "1.0.0";

/// A year: longer windows are mistakes.
const MOST_HOURS: u32 = 366 * 24;

/// Extensions that the owner plans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ContractExtensions {
    /// The file's own version.
    pub version: String,
    /// When it was made, as it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generated_at: Option<String>,
    /// The extensions.
    #[cfg_attr(feature = "openapi", schema(min_items = 1))]
    pub extensions: Vec<ContractExtension>,
}

/// One extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ContractExtension {
    /// What files call it.
    pub slug: String,
    /// The module that it implements; the hash of this name, case kept, is the module's id.
    pub module: String,
    /// What people call it.
    pub name: String,
    /// What it does.
    pub description: String,
    /// The contract: its address, or a name that the deployment resolves.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub implementation: Party,
    /// The call that it is initialised with; `0x` for none.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^0x([0-9a-fA-F]{2})*$"))]
    pub initializer: Bytes,
    /// Whether it is activated while the fleet is paused only.
    #[serde(default = "yes")]
    pub pause_before_upgrade: bool,
    /// Hours after which the staging is void.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 8_784))]
    pub upgrade_window_hours: u32,
    /// What the manifest must have.
    #[serde(default)]
    pub dependencies: Vec<Dependency>,
    /// Checks that must have passed.
    #[serde(default)]
    pub ci_checks: Vec<String>,
    /// Guardians who are asked.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub guardian_approvers: Vec<Address>,
    /// Steps, in order.
    #[serde(default)]
    pub rollout_plan: Vec<String>,
    /// The way back, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback: Option<Rollback>,
    /// Where it is watched.
    #[serde(default)]
    pub observability: Vec<String>,
    /// What it is good for.
    #[serde(default)]
    pub value_levers: Vec<String>,
    /// 32 bytes that its author vouches for it with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, pattern = "^0x[0-9a-fA-F]{64}$"))]
    pub checksum: Option<B256>,
}

/// Something that the manifest must have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Dependency {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: DependencyKind,
    /// Its slug; a protocol's scenario.
    pub slug: String,
}

/// The way back, for people: what undoes an extension is a lever of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Rollback {
    /// In words.
    pub description: String,
    /// As its author would call it.
    pub call: String,
}

/// Why an extension cannot be staged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StageError {
    /// No contract of the deployment has this name.
    #[error("`{0}` is no contract of this deployment: write the implementation's address")]
    UnknownImplementation(String),
    /// Shorter than a selector.
    #[error(
        "the initializer has {0} bytes, and the coordinator refuses less than a selector's four: write a call, or 0x"
    )]
    InitializerTooShort(usize),
}

const fn yes() -> bool {
    true
}

impl ContractExtension {
    /// The module's id on the chain.
    pub fn module_id(&self) -> B256 {
        module_key(&self.module)
    }

    /// Seconds after which the staging is void.
    pub fn upgrade_window(&self) -> u64 {
        u64::from(self.upgrade_window_hours).saturating_mul(3_600)
    }

    /// The lever that stages it; withdrawing undoes it.
    pub fn stage(&self, contracts: &Contracts) -> Result<Lever, StageError> {
        let implementation = parts::locate(&self.implementation, contracts)
            .ok_or_else(|| StageError::UnknownImplementation(self.implementation.to_string()))?;
        if (1..4).contains(&self.initializer.len()) {
            return Err(StageError::InitializerTooShort(self.initializer.len()));
        }
        let call = IUpgradeCoordinator::stageExtensionCall {
            module: self.module_id(),
            implementation,
            pauseBeforeUpgrade: self.pause_before_upgrade,
            upgradeWindow: self.upgrade_window(),
            initializer: self.initializer.clone(),
        };
        let undo = IUpgradeCoordinator::withdrawExtensionCall { module: self.module_id() };
        Ok(change(&call, &undo))
    }

    /// The lever that activates it once it is staged and the delay is over; retiring undoes it.
    pub fn activate(&self) -> Lever {
        let call = IUpgradeCoordinator::activateExtensionCall { module: self.module_id() };
        let undo = IUpgradeCoordinator::retireExtensionCall { module: self.module_id() };
        change(&call, &undo)
    }
}

fn change(call: &impl SolCall, undo: &impl SolCall) -> Lever {
    Lever::Change(Change {
        contract: ContractName::UpgradeCoordinator,
        data: call.abi_encode().into(),
        undo: Some(undo.abi_encode().into()),
    })
}

/// Reads `contract-extensions.json`; dependencies are looked up in the manifest, if there is one.
pub fn read_extensions(
    text: &str,
    manifest: Option<&ManifestIndex<'_>>,
) -> Loaded<ContractExtensions> {
    load(text, |root, report| extensions(root, manifest, report))
}

fn extensions(
    root: Cursor<'_>,
    manifest: Option<&ManifestIndex<'_>>,
    report: &mut Report<'_>,
) -> Option<ContractExtensions> {
    let mut fields = root.fields(report)?;
    if fields.optional("extensions").is_none() {
        let message = format_args!("this is not a file of contract extensions");
        let help = format_args!("expected the key extensions");
        report.error("not-extensions", root.place(), message, help);
        return None;
    }
    fields.optional("$schema");
    let version = fields.optional("version");
    let version = version.and_then(|it| it.words(report, "the file's version", 64));
    let made = fields.optional("generatedAt");
    let generated_at = made.and_then(|it| it.words(report, "when the file was made", 64));
    let entries = list(&mut fields, "extensions", report, |item, report| {
        extension(item, manifest, report).map(|extension| (item, extension))
    });
    if entries.is_empty() && !report.has_errors() {
        let message = format_args!("there is no extension in the file");
        let place = fields.at("extensions");
        report.error("no-extensions", place, message, format_args!("add at least one"));
    }
    let (mut slugs, mut modules) = (Vec::new(), Vec::new());
    for (item, extension) in &entries {
        no_second(&mut slugs, &extension.slug, "slug", *item, report);
        if modules.contains(&&extension.module) {
            let message = format_args!(
                "`{}` is the module of an earlier extension too",
                shortened(&extension.module)
            );
            let help = format_args!("a module has one staged extension: the later takes its place");
            report.warning("module-twice", item.place(), message, help);
        }
        modules.push(&extension.module);
    }
    let dependent = entries.iter().find(|(_, extension)| !extension.dependencies.is_empty());
    if let (None, Some((item, _))) = (manifest, dependent) {
        let message = format_args!("dependencies cannot be checked without the manifest");
        let help = format_args!("upload the manifest as well, or check by hand that it has them");
        report.warning("dependencies-unchecked", item.place(), message, help);
    }
    fields.finish(report);
    Some(ContractExtensions {
        version: version.unwrap_or_else(|| FIRST_VERSION.to_owned()),
        generated_at,
        extensions: entries.into_iter().map(|(_, extension)| extension).collect(),
    })
}

fn extension(
    item: Cursor<'_>,
    manifest: Option<&ManifestIndex<'_>>,
    report: &mut Report<'_>,
) -> Option<ContractExtension> {
    let mut fields = item.fields(report)?;
    let slug = words(&mut fields, "slug", "the extension's slug", report);
    let module = words(&mut fields, "module", "the module's name", report);
    let name = words(&mut fields, "name", "the extension's name", report);
    let description = words(&mut fields, "description", "what the extension does", report);
    let implementation = fields
        .required(report, "implementation")
        .and_then(|cursor| parts::contract(cursor, report));
    let initializer = initializer(&mut fields, report);
    let pause = fields.optional("pauseBeforeUpgrade");
    let pause_before_upgrade = pause.map_or(Some(true), |flag| flag.flag(report));
    let hours = fields.required(report, "upgradeWindowHours");
    let hours = hours.and_then(|it| it.whole(report, "a whole number of hours", 1..=MOST_HOURS));
    let dependencies =
        list(&mut fields, "dependencies", report, |it, report| dependency(it, manifest, report));
    let ci_checks = texts(&mut fields, "ciChecks", "the name of a check", report);
    let guardian_approvers = list(&mut fields, "guardianApprovers", report, address::read);
    let rollout_plan = texts(&mut fields, "rolloutPlan", "a step", report);
    let rollback = fields.optional("rollback").and_then(|it| rollback(it, report));
    let observability = texts(&mut fields, "observability", "where it is watched", report);
    let value_levers = texts(&mut fields, "valueLevers", "what it is good for", report);
    let checksum = fields.optional("checksum").and_then(|it| checksum(it, report));
    fields.finish(report);
    Some(ContractExtension {
        slug: slug?,
        module: module?,
        name: name?,
        description: description?,
        implementation: implementation?,
        initializer: initializer?,
        pause_before_upgrade: pause_before_upgrade?,
        upgrade_window_hours: hours?,
        dependencies,
        ci_checks,
        guardian_approvers,
        rollout_plan,
        rollback,
        observability,
        value_levers,
        checksum,
    })
}

/// Bytes in hex. Fewer than a selector has are shown, and refused when the extension is to be staged.
fn initializer(fields: &mut Fields<'_>, report: &mut Report<'_>) -> Option<Bytes> {
    let Some(cursor) = fields.optional("initializer") else { return Some(Bytes::new()) };
    let text = cursor.text(report, "the initializer's bytes in hex")?;
    let bytes = text.strip_prefix("0x").and_then(|_| text.parse::<Bytes>().ok());
    let Some(bytes) = bytes else {
        let message = format_args!("{:?} is no call in hex", shortened(text));
        let help = format_args!("write 0x and an even number of hex digits; 0x alone for none");
        report.error("malformed", cursor.place(), message, help);
        return None;
    };
    if (1..4).contains(&bytes.len()) {
        let error = StageError::InitializerTooShort(bytes.len());
        let help = format_args!("until then this extension cannot be staged");
        report.warning("initializer-too-short", cursor.place(), format_args!("{error}"), help);
    }
    Some(bytes)
}

fn dependency(
    item: Cursor<'_>,
    manifest: Option<&ManifestIndex<'_>>,
    report: &mut Report<'_>,
) -> Option<Dependency> {
    let mut fields = item.fields(report)?;
    let kind = fields.required(report, "type").and_then(|cursor| {
        let text = cursor.text(report, "what it depends on")?;
        let kind = DependencyKind::ALL.into_iter().find(|kind| kind.as_str() == text);
        if kind.is_none() {
            let message = format_args!("{:?} is nothing to depend on", shortened(text));
            let help = format_args!("write domain, sentinel, stream, aiTeam or protocol");
            report.error("unknown-dependency", cursor.place(), message, help);
        }
        kind
    });
    let slug = words(&mut fields, "slug", "a slug", report);
    fields.finish(report);
    let (kind, slug) = (kind?, slug?);
    if manifest.is_some_and(|manifest| !manifest.has(kind, &slug)) {
        let message = format_args!("the manifest has no {} `{}`", kind.as_str(), shortened(&slug));
        let help = format_args!("add it to the manifest, or take the dependency out");
        report.error("missing-dependency", item.place(), message, help);
    }
    Some(Dependency { kind, slug })
}

fn rollback(item: Cursor<'_>, report: &mut Report<'_>) -> Option<Rollback> {
    let mut fields = item.fields(report)?;
    let description = words(&mut fields, "description", "the way back", report);
    let call = words(&mut fields, "call", "the call of the way back", report);
    fields.finish(report);
    Some(Rollback { description: description?, call: call? })
}

fn checksum(cursor: Cursor<'_>, report: &mut Report<'_>) -> Option<B256> {
    let text = cursor.text(report, "a checksum")?;
    let sum = text.strip_prefix("0x").and_then(|_| text.parse().ok());
    if sum.is_none() {
        let message = format_args!("{:?} is not a checksum of 32 bytes", shortened(text));
        let help = format_args!("write 0x and 64 hex digits");
        report.error("malformed", cursor.place(), message, help);
    }
    sum
}
