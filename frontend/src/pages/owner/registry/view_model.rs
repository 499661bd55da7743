//! The manager's registry as rows, and a form's fields with now → new.

use std::collections::BTreeMap;

use alloy_primitives::{B256, U256};
use phase8_shared::chain::field::{Field, Names, label, value_words};
use phase8_shared::chain::manager::{Entry, EntryKind, FieldError, Form, Registry};

use crate::pages::owner::rows::{Cell, Row};
use crate::pages::owner::words::sentence;
use crate::ui::Tone;

/// What was typed into a form, by field.
pub(super) type Edits = BTreeMap<&'static str, String>;

/// Headings of a kind's table.
pub(super) const fn headings(kind: EntryKind) -> &'static [&'static str] {
    match kind {
        EntryKind::Domain => &["Domain", "State", "TVL limit", "Autonomy", "Heartbeat", "Id"],
        EntryKind::Sentinel => &["Sentinel", "State", "Coverage", "Sensitivity", "Domains", "Id"],
        EntryKind::Stream => {
            &["Capital stream", "State", "Annual budget", "Expansion", "Domains", "Id"]
        }
    }
}

/// The rows of a kind.
pub(super) fn rows(registry: &Registry, kind: EntryKind) -> Vec<Row> {
    let names = registry.names(Names::default());
    registry.entries(kind).iter().map(|entry| row(entry, &names)).collect()
}

fn row(entry: &Entry, names: &Names) -> Row {
    let state = if entry.is_active() {
        Cell::state(Tone::Ok, "Active")
    } else {
        Cell::state(Tone::Off, "Switched off")
    };
    let field = |name: &'static str| number(entry, name, names);
    let mut cells = vec![Cell::lines(entry.name(), entry.slug()), state];
    match entry.kind {
        EntryKind::Domain => {
            cells.extend(["tvlLimit", "autonomyLevelBps", "heartbeatSeconds"].map(field));
        }
        EntryKind::Sentinel => {
            cells.extend(["coverageSeconds", "sensitivityBps"].map(field));
            cells.push(bindings(&entry.domains, names));
        }
        EntryKind::Stream => {
            cells.extend(["annualBudget", "expansionBps"].map(field));
            cells.push(bindings(&entry.domains, names));
        }
    }
    cells.push(Cell::copy(entry.id, "id"));
    Row { id: entry.id.to_string(), cells }
}

fn number(entry: &Entry, name: &'static str, names: &Names) -> Cell {
    let Some(value) = entry.field(name) else { return Cell::words("–") };
    let size = value.as_uint().map_or(U256::ZERO, |(number, _)| number);
    Cell::number(u128::try_from(size).unwrap_or(u128::MAX), value_words(name, value, names))
}

fn bindings(domains: &[B256], names: &Names) -> Cell {
    if domains.is_empty() {
        return Cell::words("every domain");
    }
    let mut slugs: Vec<_> = domains.iter().map(|domain| names.of(*domain)).collect();
    slugs.sort_unstable();
    Cell::words(slugs.join(", "))
}

/// Fields with their values in words.
pub(super) fn facts(fields: &[Field], names: &Names) -> Vec<(String, String)> {
    let line = |field: &Field| (label(field.name), value_words(field.name, &field.value, names));
    fields.iter().map(line).collect()
}

/// The form of a function, filled in with what is there now and then with what was typed.
pub(super) fn form(
    function: &str,
    registry: &Registry,
    about: Option<(EntryKind, B256)>,
    edits: &Edits,
) -> Option<Form> {
    let entry = match about {
        Some((kind, id)) => Some(registry.find(kind, id)?),
        None => None,
    };
    let form = Form::new(function, registry, entry)?;
    Some(edits.iter().fold(form, |form, (name, text)| form.with(name, text.clone())))
}

/// What a field holds now, in words; `None` for what is about to be registered.
pub(super) fn now_words(
    function: &str,
    name: &str,
    registry: &Registry,
    about: Option<(EntryKind, B256)>,
) -> Option<String> {
    let names = registry.names(Names::default());
    if let Some((kind, id)) = about {
        let entry = registry.find(kind, id)?;
        if name == "domainIds" {
            let Cell { face: crate::pages::owner::rows::CellFace::Words(words), .. } =
                bindings(&entry.domains, &names)
            else {
                return None;
            };
            return Some(words);
        }
        return entry.field(name).map(|value| value_words(name, value, &names));
    }
    let fields = match function {
        "setSelfImprovementPlan" => &registry.plan,
        "recordSelfImprovementExecution" => return last_run(name, registry, &names),
        "setGuardianCouncil" => return Some(registry.council.to_string()),
        "setSystemPause" => return Some(registry.system_pause.to_string()),
        _ if function.starts_with("register") => return None,
        _ => &registry.parameters,
    };
    let field = fields.iter().find(|field| field.name == name)?;
    Some(value_words(name, &field.value, &names))
}

fn last_run(name: &str, registry: &Registry, names: &Names) -> Option<String> {
    let held = match name {
        "executedAt" => "lastExecutedAt",
        "reportURI" => "lastReportURI",
        _ => return None,
    };
    let field = registry.plan.iter().find(|field| field.name == held)?;
    Some(value_words(held, &field.value, names))
}

/// What is wrong with a field, in words.
pub(super) fn error_of(errors: &[FieldError], name: &str) -> Option<String> {
    errors.iter().find(|error| error.field == name).map(|error| sentence(&error.what.to_string()))
}

/// Ids of domains with one more, or one less.
pub(super) fn toggled(text: &str, id: &str, on: bool) -> String {
    let mut ids: Vec<&str> =
        text.split([',', '\n']).map(str::trim).filter(|it| !it.is_empty() && *it != id).collect();
    if on {
        ids.push(id);
    }
    ids.join(", ")
}

/// Whether a list of ids holds this one.
pub(super) fn holds(text: &str, id: &str) -> bool {
    text.split([',', '\n']).any(|it| it.trim() == id)
}
