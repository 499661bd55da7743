//! A call of the manager as a form: one input for each field, filled in with what is there now.

use alloy_dyn_abi::DynSolValue;
use alloy_primitives::B256;

use super::super::decode::signature::{Kind, Leaf, Parameter};
use super::super::decode::{self, parse_value};
use super::super::field::{self, Names, Unit};
use super::super::{ContractName, Lever, slug_key};
use super::{Complaint, Entry, FieldError, Registry, Step, check, key, lever, step, value_of};

/// A call of the manager, field by field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// The function's name.
    pub function: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// The fields, in order; those of a struct stand in its place.
    pub inputs: Vec<Input>,
    parameters: Vec<Parameter>,
}

/// One field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The field's name in the call; unique in the form.
    pub name: &'static str,
    /// The same for people.
    pub label: String,
    /// What can be written.
    pub shape: Shape,
    /// What a number in it counts.
    pub unit: Unit,
    /// What is written.
    pub text: String,
    /// Whether it is given: the id of the entry that the form is about.
    pub given: bool,
    /// What can be chosen, where it is not free.
    pub choices: Vec<Choice>,
}

/// What can be written into a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One value.
    One(Leaf),
    /// Ids or slugs of domains, as many as one likes, with commas or line ends between them.
    Domains,
}

/// Something that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What to write.
    pub value: String,
    /// What people read.
    pub label: String,
}

impl Form {
    /// The form of a function: about an entry, filled in with it; else with what stands alone, or empty. `None` for what
    /// is no function of the manager that has a form.
    pub fn new(function: &str, registry: &Registry, entry: Option<&Entry>) -> Option<Self> {
        let (row, parameters) = decode::find_named(ContractName::Manager, function)?;
        if row.name() == "forwardPauseCall" {
            return None;
        }
        let about = step(row.name());
        let mut inputs = Vec::new();
        for parameter in leaves(&parameters) {
            let given = parameter.name == "id" && entry.is_some();
            let (shape, choices) = match (&parameter.kind, about) {
                (Kind::Leaf(leaf), Some((kind, _))) if parameter.name == "id" => {
                    (Shape::One(*leaf), choices(registry.entries(kind)))
                }
                (Kind::Leaf(leaf), _) => (Shape::One(*leaf), Vec::new()),
                (Kind::Array(_) | Kind::Tuple(_), _) => {
                    (Shape::Domains, choices(&registry.domains))
                }
            };
            let value = current(row.name(), parameter.name, registry, entry);
            inputs.push(Input {
                name: parameter.name,
                label: field::label(parameter.name),
                shape,
                unit: Unit::of(parameter.name),
                text: value.as_ref().map_or_else(|| empty(shape), written),
                given,
                choices,
            });
        }
        Some(Self { function: row.name(), title: row.title, inputs, parameters })
    }

    /// The form with another text in a field.
    #[must_use]
    pub fn with(mut self, name: &str, text: impl Into<String>) -> Self {
        if let Some(input) = self.inputs.iter_mut().find(|input| input.name == name) {
            input.text = text.into();
        }
        self
    }

    /// The arguments of the call, or every field whose text is no value.
    pub fn read(&self) -> Result<Vec<DynSolValue>, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let mut values = self.inputs.iter().map(|input| match input.value() {
            Ok(value) => Some(value),
            Err(what) => {
                wrong.push(FieldError { field: input.name, what });
                None
            }
        });
        let arguments: Vec<Option<DynSolValue>> =
            self.parameters.iter().map(|parameter| gather(&parameter.kind, &mut values)).collect();
        if wrong.is_empty() {
            let whole: Option<Vec<DynSolValue>> = arguments.into_iter().collect();
            return whole
                .ok_or_else(|| vec![FieldError { field: "", what: Complaint::UnknownFunction }]);
        }
        Err(wrong)
    }

    /// Everything that the manager would refuse, at a time in Unix seconds.
    pub fn check(&self, registry: &Registry, now: u64) -> Vec<FieldError> {
        match self.read() {
            Ok(values) => check(self.function, &values, registry, now),
            Err(wrong) => wrong,
        }
    }

    /// The lever that the form asks for, at a time in Unix seconds.
    pub fn lever(&self, registry: &Registry, now: u64) -> Result<Lever, Vec<FieldError>> {
        lever(self.function, self.read()?, registry, now)
    }
}

impl Input {
    /// The value that is written.
    pub fn value(&self) -> Result<DynSolValue, Complaint> {
        match self.shape {
            Shape::One(leaf) => Ok(parse_value(leaf, &self.text)?),
            Shape::Domains => {
                let parts = self.text.split([',', '\n']).map(str::trim);
                let ids = parts.filter(|part| !part.is_empty()).map(domain);
                ids.collect::<Result<_, _>>().map(DynSolValue::Array)
            }
        }
    }

    /// What is written, in words and with its unit: `5 minutes` for 300; `None` where that says no more than the text.
    pub fn reading(&self, names: &Names) -> Option<String> {
        let value = self.value().ok()?;
        let words = field::value_words(self.name, &value, names);
        (self.unit != Unit::Plain || self.shape == Shape::Domains).then_some(words)
    }
}

/// A domain by its id, or by its slug.
fn domain(text: &str) -> Result<DynSolValue, Complaint> {
    if text.starts_with("0x") {
        return Ok(parse_value(Leaf::FixedBytes(32), text)?);
    }
    Ok(slug_key(text).into())
}

/// The parameters without parts, with the fields of a struct in its place.
fn leaves(parameters: &[Parameter]) -> Vec<&Parameter> {
    let found = parameters.iter().flat_map(|parameter| match &parameter.kind {
        Kind::Tuple(fields) => leaves(fields),
        Kind::Leaf(_) | Kind::Array(_) => vec![parameter],
    });
    found.collect()
}

/// Takes as many values as a type has parts.
fn gather(
    kind: &Kind,
    values: &mut impl Iterator<Item = Option<DynSolValue>>,
) -> Option<DynSolValue> {
    match kind {
        Kind::Leaf(_) | Kind::Array(_) => values.next().flatten(),
        Kind::Tuple(fields) => {
            let parts: Vec<_> = fields.iter().map(|field| gather(&field.kind, values)).collect();
            parts.into_iter().collect::<Option<_>>().map(DynSolValue::Tuple)
        }
    }
}

fn choices(entries: &[Entry]) -> Vec<Choice> {
    let choice = |entry: &Entry| Choice {
        value: entry.id.to_string(),
        label: format!("{} ({})", entry.name(), entry.slug()),
    };
    entries.iter().map(choice).collect()
}

/// What is there now.
fn current(
    function: &str,
    name: &str,
    registry: &Registry,
    entry: Option<&Entry>,
) -> Option<DynSolValue> {
    match (step(function), entry) {
        (Some(_), Some(entry)) if name == "id" => Some(entry.id.into()),
        (Some((_, Step::Bind)), Some(entry)) => Some(ids(&entry.domains)),
        // Whoever opens this form wants it the other way.
        (Some((_, Step::Status)), Some(entry)) => Some((!entry.is_active()).into()),
        (Some(_), Some(entry)) => entry.field(name).cloned(),
        (Some(_), None) => None,
        (None, _) => match function {
            "setGuardianCouncil" => Some(registry.council.into()),
            "setSystemPause" => Some(registry.system_pause.into()),
            "setSelfImprovementPlan" => value_of(&registry.plan, name).cloned(),
            _ => value_of(&registry.parameters, name).cloned(),
        },
    }
}

fn ids(domains: &[B256]) -> DynSolValue {
    DynSolValue::Array(domains.iter().copied().map(DynSolValue::from).collect())
}

/// A value as it is written; nothing where the contract holds nothing.
fn written(value: &DynSolValue) -> String {
    if value.as_address().is_some_and(|address| address.is_zero())
        || key(value).is_some_and(|word| word.is_zero())
    {
        return String::new();
    }
    value.as_array().map_or_else(
        || decode::words(value),
        |items| items.iter().map(decode::words).collect::<Vec<_>>().join(", "),
    )
}

fn empty(shape: Shape) -> String {
    match shape {
        Shape::One(Leaf::Bool) => "true".to_owned(),
        Shape::One(_) | Shape::Domains => String::new(),
    }
}
