//! The manager's registry as rows, and a form's fields with now → new.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{B256, U256};
use phase8_shared::chain::decode::parse_value;
use phase8_shared::chain::decode::signature::Leaf;
use phase8_shared::chain::field::{Field, Names, label, value_words};
use phase8_shared::chain::manager::{Entry, EntryKind, FieldError, Form, Input, Registry, Shape};

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

/// What a field holds now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Now {
    /// As it is written into the field.
    text: String,
    /// As people read it.
    pub(super) words: String,
}

impl Now {
    fn of(input: &Input, names: &Names) -> Self {
        Self { text: input.text.clone(), words: words(input, names) }
    }

    /// Whether a field still says the same.
    pub(super) fn is_kept_by(&self, input: &Input) -> bool {
        match input.shape {
            Shape::Domains => parts(&self.text) == parts(&input.text),
            Shape::One(_) if self.text.starts_with("0x") => {
                self.text.eq_ignore_ascii_case(input.text.trim())
            }
            Shape::One(_) => self.text == input.text,
        }
    }
}

/// What is written in a field, as people read it.
pub(super) fn words(input: &Input, names: &Names) -> String {
    match (input.reading(names), input.shape, input.text.as_str()) {
        (Some(words), ..) => words,
        (None, Shape::One(Leaf::Bool), text) => truth(input, text),
        (None, _, "") => "nothing".to_owned(),
        (None, _, text) => text.to_owned(),
    }
}

/// Yes or no in the words of the field: `active`, `switched off`.
pub(super) fn truth(input: &Input, text: &str) -> String {
    let value = parse_value(Leaf::Bool, text);
    value.map_or_else(
        |_| text.to_owned(),
        |value| value_words(input.name, &value, &Names::default()),
    )
}

fn parts(text: &str) -> BTreeSet<&str> {
    text.split([',', '\n']).map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// What a field holds now; `None` for what is about to be registered or recorded.
pub(super) fn now(
    function: &str,
    name: &str,
    registry: &Registry,
    about: Option<(EntryKind, B256)>,
) -> Option<Now> {
    if about.is_none() && (function.starts_with("register") || function.starts_with("record")) {
        return None;
    }
    // The form of a status opens the other way round; that of an update holds what is there.
    let holding = match about {
        Some((kind, _)) if function == kind.set_status() => kind.update(),
        _ => function,
    };
    let form = form(holding, registry, about, &Edits::new())?;
    let input = form.inputs.iter().find(|input| input.name == name)?;
    Some(Now::of(input, &registry.names(Names::default())))
}

/// What is wrong with a field, in words.
pub(super) fn error_of(errors: &[FieldError], name: &str) -> Option<String> {
    errors.iter().find(|error| error.field == name).map(|error| sentence(&error.what.to_string()))
}

/// Ids of domains with one more, or one less.
pub(super) fn toggled(text: &str, id: &str, on: bool) -> String {
    let mut ids = parts(text);
    if on {
        ids.insert(id);
    } else {
        ids.remove(id);
    }
    ids.into_iter().collect::<Vec<_>>().join(", ")
}

/// Whether a list of ids holds this one.
pub(super) fn holds(text: &str, id: &str) -> bool {
    parts(text).contains(id)
}
