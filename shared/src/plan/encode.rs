//! What a manifest says, as the manager's functions take it: fields in the contract's order.

use std::collections::BTreeSet;

use alloy_dyn_abi::DynSolValue;
use alloy_primitives::{B256, Bytes, U256};

use super::RecordedRun;
use crate::chain::field::Field;
use crate::chain::manager::EntryKind;
use crate::chain::{ContractName, decode, slug_key};
use crate::manifest::{
    CapitalStream, ImprovementPlan, Manifest, ManifestGlobal, Sentinel, ValueDomain,
};
use crate::spec::Bps;

pub(super) fn call(function: &str, values: Vec<DynSolValue>) -> Option<Bytes> {
    let (row, _) = decode::find_named(ContractName::Manager, function)?;
    decode::encode(row, values)
}

/// What the manifest calls a field of a call; empty where the path names it already.
pub(super) fn in_manifest(field: &'static str) -> &'static str {
    match field {
        "council" | "newSystemPause" | "id" => "",
        "domainIds" => "domains",
        "executedAt" => "lastExecutedAt",
        "reportURI" => "lastReportURI",
        _ => field,
    }
}

/// The manifest's list of a kind of entries.
pub(super) const fn list(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Domain => "domains",
        EntryKind::Sentinel => "sentinels",
        EntryKind::Stream => "capitalStreams",
    }
}

fn text(text: &str) -> DynSolValue {
    DynSolValue::String(text.to_owned())
}

fn seconds(seconds: u64) -> DynSolValue {
    DynSolValue::Uint(U256::from(seconds), 64)
}

fn bps(bps: Bps) -> DynSolValue {
    DynSolValue::Uint(U256::from(bps.get()), 256)
}

const fn word(number: U256) -> DynSolValue {
    DynSolValue::Uint(number, 256)
}

pub(super) fn ids(domains: &[B256]) -> DynSolValue {
    DynSolValue::Array(domains.iter().copied().map(DynSolValue::from).collect())
}

pub(super) fn tuple(fields: &[Field]) -> DynSolValue {
    DynSolValue::Tuple(fields.iter().map(|field| field.value.clone()).collect())
}

/// The names of fields that a new struct changes.
pub(super) fn changed(fields: &[Field], new: &DynSolValue) -> Vec<&'static str> {
    let pairs = fields.iter().zip(new.as_tuple().unwrap_or_default());
    pairs.filter(|(field, new)| field.value != **new).map(|(field, _)| field.name).collect()
}

pub(super) fn parameters(global: &ManifestGlobal) -> DynSolValue {
    DynSolValue::Tuple(vec![
        global.treasury.into(),
        global.universal_vault.into(),
        global.upgrade_coordinator.into(),
        global.validator_registry.into(),
        global.mission_control.into(),
        global.knowledge_graph.into(),
        seconds(global.heartbeat_seconds),
        seconds(global.guardian_review_window),
        bps(global.max_drawdown_bps),
        text(&global.manifesto_uri),
        global.manifesto_hash.into(),
    ])
}

fn domain(domain: &ValueDomain) -> DynSolValue {
    DynSolValue::Tuple(vec![
        text(&domain.slug),
        text(&domain.name),
        text(&domain.metadata_uri),
        domain.orchestrator.into(),
        domain.capital_vault.into(),
        domain.validator_module.into(),
        domain.policy_kernel.into(),
        seconds(domain.heartbeat_seconds),
        word(domain.tvl_limit),
        bps(domain.autonomy_level_bps),
        domain.active.into(),
    ])
}

fn sentinel(sentinel: &Sentinel) -> DynSolValue {
    DynSolValue::Tuple(vec![
        text(&sentinel.slug),
        text(&sentinel.name),
        text(&sentinel.uri),
        sentinel.agent.into(),
        seconds(sentinel.coverage_seconds),
        bps(sentinel.sensitivity_bps),
        sentinel.active.into(),
    ])
}

fn stream(stream: &CapitalStream) -> DynSolValue {
    DynSolValue::Tuple(vec![
        text(&stream.slug),
        text(&stream.name),
        text(&stream.uri),
        stream.vault.into(),
        word(stream.annual_budget),
        bps(stream.expansion_bps),
        stream.active.into(),
    ])
}

/// The plan, with the last run that is on record: a run that the chain knows and the manifest does not is never undone.
pub(super) fn improvement(plan: &ImprovementPlan, now: &[Field]) -> DynSolValue {
    let field = |name: &str| now.iter().find(|field| field.name == name).map(|it| &it.value);
    let recorded = field("lastExecutedAt").and_then(DynSolValue::as_uint);
    let recorded = recorded.map(|(at, _)| at).unwrap_or_default();
    let executed = U256::from(plan.last_executed_at.unwrap_or_default());
    let own_report = plan.last_report_uri.as_deref().unwrap_or_default();
    let report = if recorded > executed {
        field("lastReportURI").and_then(DynSolValue::as_str).unwrap_or(own_report)
    } else {
        own_report
    };
    DynSolValue::Tuple(vec![
        text(&plan.plan_uri),
        plan.plan_hash.into(),
        seconds(plan.cadence_seconds),
        DynSolValue::Uint(executed.max(recorded), 64),
        text(report),
    ])
}

pub(super) fn run(run: &RecordedRun) -> Vec<DynSolValue> {
    vec![seconds(run.executed_at), text(&run.report_uri)]
}

/// The entries of a kind, each as the struct that the contract takes.
pub(super) fn configs(kind: EntryKind, manifest: &Manifest) -> Vec<(&str, DynSolValue)> {
    match kind {
        EntryKind::Domain => {
            manifest.domains.iter().map(|it| (it.slug.as_str(), domain(it))).collect()
        }
        EntryKind::Sentinel => {
            manifest.sentinels.iter().map(|it| (it.slug.as_str(), sentinel(it))).collect()
        }
        EntryKind::Stream => {
            manifest.capital_streams.iter().map(|it| (it.slug.as_str(), stream(it))).collect()
        }
    }
}

/// The entries of a kind with the slugs of the domains that they are bound to.
pub(super) fn bindings(kind: EntryKind, manifest: &Manifest) -> Vec<(&str, &[String])> {
    match kind {
        EntryKind::Domain => Vec::new(),
        EntryKind::Sentinel => {
            manifest.sentinels.iter().map(|it| (it.slug.as_str(), it.domains.as_slice())).collect()
        }
        EntryKind::Stream => manifest
            .capital_streams
            .iter()
            .map(|it| (it.slug.as_str(), it.domains.as_slice()))
            .collect(),
    }
}

/// The ids of the entries of a kind.
pub(super) fn wanted(kind: EntryKind, manifest: &Manifest) -> BTreeSet<B256> {
    match kind {
        EntryKind::Domain => manifest.domains.iter().map(|it| slug_key(&it.slug)).collect(),
        EntryKind::Sentinel => manifest.sentinels.iter().map(|it| slug_key(&it.slug)).collect(),
        EntryKind::Stream => manifest.capital_streams.iter().map(|it| slug_key(&it.slug)).collect(),
    }
}
