//! Calls of the manager as levers: each with the call that restores what is there now, where one can.

use alloy_dyn_abi::DynSolValue;
use alloy_primitives::{B256, Bytes};

use super::super::decode;
use super::super::field::{NamedCall, by_name, names_of};
use super::super::{Change, ContractName, Lever, slug_key};
use super::{
    Complaint, Entry, EntryKind, FieldError, Registry, Step, check, key, step, tuple, value_of,
};

/// The lever that makes a call of the manager, at a time in Unix seconds; or everything that the manager would refuse.
///
/// It is undone by the call that restores the registry as it was read. There is none where the manager would refuse that
/// call too (nothing was set before; a sentinel that covers less than the review window of today) or where somebody else
/// would have to make it (governance is handed over). Removing an entry also takes its bindings away, which registering
/// it anew does not bring back: [`follow_ups`] does.
pub fn lever(
    function: &str,
    values: Vec<DynSolValue>,
    registry: &Registry,
    now: u64,
) -> Result<Lever, Vec<FieldError>> {
    let refused = check(function, &values, registry, now);
    if !refused.is_empty() {
        return Err(refused);
    }
    let undo = undo(function, &values, registry, now);
    match encode(function, values) {
        Some(data) => Ok(Lever::Change(Change { contract: ContractName::Manager, data, undo })),
        None => Err(vec![FieldError { field: "", what: Complaint::UnknownFunction }]),
    }
}

/// The levers that bind again what the removal of an entry unbound; to be flipped after the entry is registered anew.
/// Empty for every other lever.
pub fn follow_ups(lever: &Lever, registry: &Registry) -> Vec<Lever> {
    let Lever::Change(Change { contract: ContractName::Manager, data, .. }) = lever else {
        return Vec::new();
    };
    let removed = NamedCall::read(ContractName::Manager, data).and_then(|call| {
        let (kind, step) = step(call.function.name())?;
        (step == Step::Remove).then_some((kind, call.key("id")?))
    });
    let Some((kind, id)) = removed else { return Vec::new() };
    let bindings: Vec<Option<Lever>> = if kind == EntryKind::Domain {
        let left = |entry: &Entry| {
            entry.domains.iter().copied().filter(|domain| *domain != id).collect::<Vec<_>>()
        };
        registry.bound_to(id).map(|entry| bind_again(entry, &left(entry))).collect()
    } else {
        let bound = registry.find(kind, id).filter(|entry| !entry.domains.is_empty());
        bound.map(|entry| bind_again(entry, &[])).into_iter().collect()
    };
    bindings.into_iter().flatten().collect()
}

fn bind_again(entry: &Entry, left: &[B256]) -> Option<Lever> {
    let function = entry.kind.bind()?;
    let call = |domains: &[B256]| encode(function, vec![entry.id.into(), ids(domains)]);
    let (data, undo) = (call(&entry.domains)?, call(left));
    Some(Lever::Change(Change { contract: ContractName::Manager, data, undo }))
}

fn ids(domains: &[B256]) -> DynSolValue {
    DynSolValue::Array(domains.iter().copied().map(DynSolValue::from).collect())
}

fn encode(function: &str, values: Vec<DynSolValue>) -> Option<Bytes> {
    let (row, _) = decode::find_named(ContractName::Manager, function)?;
    decode::encode(row, values)
}

/// The call that restores what is there now, if the manager would take it.
fn undo(function: &str, values: &[DynSolValue], registry: &Registry, now: u64) -> Option<Bytes> {
    let (back, values, before) = match step(function) {
        Some((kind, Step::Register)) => {
            let (_, parameters) = decode::find_named(ContractName::Manager, function)?;
            let fields = by_name(&parameters, values);
            let slug = fields.iter().find(|(field, _)| *field == "slug")?.1.as_str()?;
            // The entry that it removes is there by then, so there is nothing to check.
            return encode(kind.remove(), vec![slug_key(slug).into()]);
        }
        Some((kind, step)) => {
            let entry = registry.find(kind, values.first().and_then(key)?)?;
            let (back, values) = restore(entry, step)?;
            let gone = step == Step::Remove;
            (back, values, if gone { registry.without(entry) } else { registry.clone() })
        }
        None => {
            let (back, values) = restore_standing(function, registry)?;
            (back, values, registry.clone())
        }
    };
    check(back, &values, &before, now).is_empty().then(|| encode(back, values)).flatten()
}

fn restore(entry: &Entry, step: Step) -> Option<(&'static str, Vec<DynSolValue>)> {
    let id = DynSolValue::from(entry.id);
    let at = |name: &str| entry.field(name).cloned();
    Some(match step {
        Step::Register => return None,
        Step::Update => (entry.kind.update(), vec![id, entry.config()]),
        Step::Remove => (entry.kind.register(), vec![entry.config()]),
        Step::Status => (entry.kind.set_status(), vec![id, at("active")?]),
        Step::Limits => (
            "configureDomainLimits",
            vec![id, at("tvlLimit")?, at("autonomyLevelBps")?, at("heartbeatSeconds")?],
        ),
        Step::Bind => (entry.kind.bind()?, vec![id, ids(&entry.domains)]),
    })
}

/// The call that restores what stands alone.
fn restore_standing(
    function: &str,
    registry: &Registry,
) -> Option<(&'static str, Vec<DynSolValue>)> {
    let (row, parameters) = decode::find_named(ContractName::Manager, function)?;
    Some(match row.name() {
        "setGlobalParameters" => (row.name(), vec![tuple(&registry.parameters)]),
        "updateManifesto" | "updateRiskParameters" => {
            let names = names_of(&parameters);
            let values =
                names.into_iter().map(|name| value_of(&registry.parameters, name).cloned());
            (row.name(), values.collect::<Option<_>>()?)
        }
        "setGuardianCouncil" => (row.name(), vec![registry.council.into()]),
        "setSystemPause" => (row.name(), vec![registry.system_pause.into()]),
        "setSelfImprovementPlan" | "recordSelfImprovementExecution" => {
            ("setSelfImprovementPlan", vec![tuple(&registry.plan)])
        }
        // Handed over is handed over: the new governance alone could give it back.
        _ => return None,
    })
}

impl Registry {
    /// The registry as it is once an entry is removed.
    fn without(&self, entry: &Entry) -> Self {
        let mut registry = self.clone();
        let entries = match entry.kind {
            EntryKind::Domain => &mut registry.domains,
            EntryKind::Sentinel => &mut registry.sentinels,
            EntryKind::Stream => &mut registry.streams,
        };
        entries.retain(|found| found.id != entry.id);
        registry
    }
}
