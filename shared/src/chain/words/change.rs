//! Calls without a lever of their own in words.

use alloy_dyn_abi::DynSolValue;

use super::super::decode::Function;
use super::super::field::{self, NamedCall, Names, duration_words, value_words};
use super::super::manager::{EntryKind, Step, step};
use super::super::{Change, ContractName};
use super::FieldChange;

const AS_NEW: &str = "as it will be";
const AS_NOW: &str = "the same as now: nothing changes";

/// Now, new, and the fields that differ.
pub(super) fn sides(change: &Change, names: &Names) -> (String, String, Vec<FieldChange>) {
    let Some(call) = NamedCall::read(change.contract, &change.data) else {
        return (
            "as it is".to_owned(),
            "unknown: the call cannot be taken apart".to_owned(),
            Vec::new(),
        );
    };
    let back = change.undo.as_ref().and_then(|data| NamedCall::read(change.contract, data));
    if change.contract != ContractName::Manager {
        let (now, new) = other(change.contract, &call, names);
        return (now, new, Vec::new());
    }
    let changes = changes(&call, back.as_ref(), names);
    let Some((kind, step)) = step(call.function.name()) else {
        if changes.is_empty() {
            return (AS_NEW.to_owned(), AS_NOW.to_owned(), changes);
        }
        let now = joined(&changes, |it| it.now.as_deref());
        let new = joined(&changes, |it| it.new.as_deref());
        return (now, new, changes);
    };
    let (now, new) = entry(kind, step, &call, back.as_ref(), &changes, names);
    (now, new, changes)
}

fn entry(
    kind: EntryKind,
    step: Step,
    call: &NamedCall,
    back: Option<&NamedCall>,
    changes: &[FieldChange],
    names: &Names,
) -> (String, String) {
    let known = || call.key("id").map(|id| names.of(id)).unwrap_or_default();
    let slug = |call: &NamedCall| call.text("slug").map(str::to_owned);
    let name = match step {
        Step::Register | Step::Update => slug(call).unwrap_or_else(known),
        Step::Remove => back.and_then(slug).unwrap_or_else(known),
        Step::Status | Step::Limits | Step::Bind => known(),
    };
    let what = format!("{} {name}", kind.as_str());
    match step {
        Step::Register => (format!("no {what}"), format!("{what} is registered")),
        Step::Remove => (format!("{what} is registered"), format!("no {what}")),
        _ if changes.is_empty() => (format!("{what} {AS_NEW}"), AS_NOW.to_owned()),
        Step::Update | Step::Status | Step::Limits | Step::Bind => (
            format!("{what}: {}", joined(changes, |it| it.now.as_deref())),
            format!("{what}: {}", joined(changes, |it| it.new.as_deref())),
        ),
    }
}

fn joined<'a>(
    changes: &'a [FieldChange],
    side: impl Fn(&'a FieldChange) -> Option<&'a str>,
) -> String {
    let parts = changes.iter().map(|change| {
        format!("{} {}", field::within(&change.label), side(change).unwrap_or("not read"))
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// The fields that differ between what is there now, which the undo would restore, and what the call sets.
fn changes(call: &NamedCall, back: Option<&NamedCall>, names: &Names) -> Vec<FieldChange> {
    let back_field = |name: &str| {
        let held = match name {
            "executedAt" => "lastExecutedAt",
            "reportURI" => "lastReportURI",
            other => other,
        };
        back.and_then(|back| back.get(held))
    };
    let removes = step(call.function.name()).is_some_and(|(_, step)| step == Step::Remove);
    if removes {
        let fields = back.into_iter().flat_map(|back| &back.arguments);
        return fields
            .map(|(name, value)| FieldChange {
                label: field::label(name),
                now: Some(value_words(name, value, names)),
                new: None,
            })
            .collect();
    }
    let fields = call.arguments.iter().filter(|(name, _)| *name != "id");
    fields
        .filter(|(name, value)| back_field(name) != Some(value))
        .map(|(name, value)| FieldChange {
            label: field::label(name),
            now: back_field(name).map(|value| value_words(name, value, names)),
            new: Some(value_words(name, value, names)),
        })
        .collect()
}

/// Why nothing undoes a call.
pub(super) fn without_undo(change: &Change) -> &'static str {
    match change.function().map(Function::name) {
        Some("setGovernance" | "transferOwnership") => {
            "Nothing here: only whoever governs then can hand it back"
        }
        Some("acceptOwnership") => "Nothing here: only the new owner can hand it back",
        Some("setGlobalParameters" | "updateManifesto" | "updateRiskParameters") => {
            "Nothing: no parameters are set yet, and none cannot be set again"
        }
        Some("setSelfImprovementPlan" | "recordSelfImprovementExecution") => {
            "Nothing: there is no plan yet, and none cannot be set again"
        }
        Some("setGuardianCouncil" | "setSystemPause") => {
            "Nothing: none is named yet, and nobody cannot be named again"
        }
        Some("updateSentinel" | "removeSentinel") => {
            "Nothing: as it is now it covers less than the guardians' review window, which the manager takes no more"
        }
        Some("cancel") => "Schedule it again; the delay starts anew",
        Some("voidOutstanding") => "Nothing: what was signed must be signed again",
        Some("failMission") => "Nothing: a failed mission stays closed",
        Some("activateExtension") => "Retire Extension, by the owner, at once",
        Some("withdrawExtension" | "retireExtension") => "Stage it again; it waits anew",
        _ => "Nothing that is known here",
    }
}

/// What the undo does not bring back.
pub(super) fn not_restored(change: &Change) -> &'static str {
    let step = change.function().and_then(|function| step(function.name()));
    match (change.contract, step) {
        (ContractName::Manager, Some((EntryKind::Domain, Step::Remove))) => {
            "; sentinels and streams that were bound to it are bound anew afterwards"
        }
        (ContractName::Manager, Some((_, Step::Remove))) => {
            "; its domains are bound anew afterwards"
        }
        _ => "",
    }
}

/// Calls of the other contracts.
fn other(contract: ContractName, call: &NamedCall, names: &Names) -> (String, String) {
    let said = |name: &str| {
        call.get(name).map(|value| value_words(name, value, names)).unwrap_or_default()
    };
    let truth = |name: &str| call.get(name).and_then(DynSolValue::as_bool).unwrap_or_default();
    let pair = |now: String, new: String| (now, new);
    match (contract, call.function.name()) {
        (ContractName::UpgradeCoordinator, "stageExtension") => {
            let window = call.get("upgradeWindow").and_then(DynSolValue::as_uint);
            let window = window.and_then(|(window, _)| u64::try_from(window).ok());
            let paused =
                if truth("pauseBeforeUpgrade") { ", while the fleet is paused," } else { "" };
            pair(
                format!("extension {} as it stands", said("module")),
                format!(
                    "{} may take its place{paused} within {}",
                    said("implementation"),
                    duration_words(window.unwrap_or_default())
                ),
            )
        }
        (ContractName::UpgradeCoordinator, "activateExtension") => pair(
            format!("extension {} is staged", said("module")),
            "the staged implementation is in force".to_owned(),
        ),
        (ContractName::UpgradeCoordinator, "withdrawExtension") => {
            pair(format!("extension {} is staged", said("module")), "nothing is staged".to_owned())
        }
        (ContractName::UpgradeCoordinator, "retireExtension") => pair(
            format!("the newest implementation of extension {} is in force", said("module")),
            "the one before it is, if there was one".to_owned(),
        ),
        (ContractName::GuardianCouncil, "setMember") => {
            let (sits, not) = (
                format!("{} sits in the guardian council", said("account")),
                format!("{} does not sit in the guardian council", said("account")),
            );
            if truth("member") { (not, sits) } else { (sits, not) }
        }
        (ContractName::ValidatorRegistry, name) => {
            let (sits, not) = (
                format!("{} belongs to the guild", said("account")),
                format!("{} does not belong to the guild", said("account")),
            );
            if name == "addValidator" { (not, sits) } else { (sits, not) }
        }
        (ContractName::OwnerTimelock, "updateDelay") => pair(
            "what accelerates waits as long as now".to_owned(),
            format!("it waits {}", said("newDelay")),
        ),
        (ContractName::OwnerTimelock, "cancel") => pair(
            format!("operation {} waits", said("id")),
            "it is cancelled and never carried out".to_owned(),
        ),
        (ContractName::PauseGuardian, "setGuardian") => pair(
            "the pause guardian is who it is".to_owned(),
            format!("{} may pause everything at once", said("newGuardian")),
        ),
        (ContractName::ModelRegistry, "registerAdapter") => pair(
            format!("{} cannot be chosen", said("id")),
            format!("{} can be chosen, with score {}", said("id"), said("score")),
        ),
        (ContractName::ModelRegistry, "retireAdapter") => pair(
            format!("{} can be chosen", said("adapter")),
            "it cannot be chosen any more".to_owned(),
        ),
        (ContractName::ModelRegistry, "setScore") => pair(
            format!("{} has the score that it has", said("adapter")),
            format!("its score is {}", said("score")),
        ),
        (ContractName::Escrow, "failMission") => pair(
            format!("mission {} goes on", said("mission")),
            format!("it is failed for good, because: {}", said("reason")),
        ),
        (ContractName::OwnerProxy, "setDelegate") => pair(
            format!("{} as it is", said("delegate")),
            format!("{} to call {} of {}", said("allowed"), said("selector"), said("target")),
        ),
        (ContractName::OwnerProxy, "voidOutstanding") => pair(
            "signed requests that were not sent can still be".to_owned(),
            "none of them can".to_owned(),
        ),
        (ContractName::OwnerProxy, "transferOwnership") => pair(
            "the owner is who it is".to_owned(),
            format!("{} may accept the ownership", said("newOwner")),
        ),
        (ContractName::OwnerProxy, "acceptOwnership") => {
            pair("the owner is who it is".to_owned(), "whoever accepts is the owner".to_owned())
        }
        _ => {
            let arguments = call.arguments.iter().map(|(name, value)| {
                format!(
                    "{} {}",
                    field::within(&field::label(name)),
                    value_words(name, value, names)
                )
            });
            pair("as it is".to_owned(), arguments.collect::<Vec<_>>().join(", "))
        }
    }
}
