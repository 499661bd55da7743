//! The manager's registry: what to ask it, what it answers, and its entries in words.

mod change;
mod check;
mod form;
mod project;
#[cfg(test)]
pub(crate) mod samples;

use alloy_dyn_abi::DynSolValue;
use alloy_primitives::{Address, B256};

pub use self::change::{follow_ups, lever};
pub use self::check::{Complaint, FieldError, check};
pub use self::form::{Choice, Form, Input, Shape};
use super::decode::signature::Kind;
use super::field::{Field, Names};
use super::view::View;
use super::{Call, ContractName, Contracts};
use crate::api::ReadValue;

/// What an entry of the registry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// A field in which value is made.
    Domain,
    /// An agent that watches domains.
    Sentinel,
    /// A vault that funds domains.
    Stream,
}

/// An entry of the registry.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its id: keccak-256 of the slug in lower case.
    pub id: B256,
    /// What it is.
    pub kind: EntryKind,
    /// Its fields, in the contract's order.
    pub fields: Vec<Field>,
    /// The domains that it is bound to; none means all. Domains themselves are bound to none.
    pub domains: Vec<B256>,
}

/// Everything that the manager holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Registry {
    /// Domains.
    pub domains: Vec<Entry>,
    /// Sentinels.
    pub sentinels: Vec<Entry>,
    /// Capital streams.
    pub streams: Vec<Entry>,
    /// The global parameters; addresses are zero until they are set for the first time.
    pub parameters: Vec<Field>,
    /// The self-improvement plan; its hash is zero until it is set for the first time.
    pub plan: Vec<Field>,
    /// The guardian council; zero if none was named.
    pub council: Address,
    /// The pause switch; zero if none was named.
    pub system_pause: Address,
    /// Who may change all this.
    pub governance: Address,
}

/// The manager's answers cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegistryError {
    /// There are more or fewer answers than calls.
    #[error("{found} answers came for {expected} questions")]
    Count {
        /// How many came.
        found: usize,
        /// How many calls there were.
        expected: usize,
    },
    /// The manager refused to answer.
    #[error("the manager does not answer {view}: {why}")]
    Reverted {
        /// What was asked.
        view: &'static str,
        /// Why, in words.
        why: String,
    },
    /// The answer has another shape, as of another contract.
    #[error("the manager's answer to {view} is not one: is the address right?")]
    Garbled {
        /// What was asked.
        view: &'static str,
    },
}

impl EntryKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Domain, Self::Sentinel, Self::Stream];

    /// What people call it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Domain => "domain",
            Self::Sentinel => "sentinel",
            Self::Stream => "capital stream",
        }
    }

    /// The function that registers one.
    pub const fn register(self) -> &'static str {
        match self {
            Self::Domain => "registerDomain",
            Self::Sentinel => "registerSentinel",
            Self::Stream => "registerCapitalStream",
        }
    }

    /// The function that replaces one.
    pub const fn update(self) -> &'static str {
        match self {
            Self::Domain => "updateDomain",
            Self::Sentinel => "updateSentinel",
            Self::Stream => "updateCapitalStream",
        }
    }

    /// The function that removes one.
    pub const fn remove(self) -> &'static str {
        match self {
            Self::Domain => "removeDomain",
            Self::Sentinel => "removeSentinel",
            Self::Stream => "removeCapitalStream",
        }
    }

    /// The function that switches one on or off.
    pub const fn set_status(self) -> &'static str {
        match self {
            Self::Domain => "setDomainStatus",
            Self::Sentinel => "setSentinelStatus",
            Self::Stream => "setCapitalStreamStatus",
        }
    }

    /// The function that binds one to domains; domains are not bound.
    pub const fn bind(self) -> Option<&'static str> {
        match self {
            Self::Domain => None,
            Self::Sentinel => Some("setSentinelDomains"),
            Self::Stream => Some("setCapitalStreamDomains"),
        }
    }

    /// The view of one.
    pub const fn get(self) -> &'static str {
        match self {
            Self::Domain => "getDomain",
            Self::Sentinel => "getSentinel",
            Self::Stream => "getCapitalStream",
        }
    }

    /// The view of the domains that one is bound to.
    pub const fn get_domains(self) -> Option<&'static str> {
        match self {
            Self::Domain => None,
            Self::Sentinel => Some("getSentinelDomains"),
            Self::Stream => Some("getCapitalStreamDomains"),
        }
    }
}

/// What a function of the manager does with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Register,
    Update,
    Remove,
    Status,
    Limits,
    Bind,
}

/// Which entries a function is about, and what it does with one; `None` for what is about no entry.
pub(super) fn step(function: &str) -> Option<(EntryKind, Step)> {
    if function == "configureDomainLimits" {
        return Some((EntryKind::Domain, Step::Limits));
    }
    EntryKind::ALL.into_iter().find_map(|kind| {
        let step = match function {
            _ if function == kind.register() => Step::Register,
            _ if function == kind.update() => Step::Update,
            _ if function == kind.remove() => Step::Remove,
            _ if function == kind.set_status() => Step::Status,
            _ if Some(function) == kind.bind() => Step::Bind,
            _ => return None,
        };
        Some((kind, step))
    })
}

impl Entry {
    /// A field's value.
    pub fn field(&self, name: &str) -> Option<&DynSolValue> {
        value_of(&self.fields, name)
    }

    /// Its slug.
    pub fn slug(&self) -> &str {
        self.field("slug").and_then(DynSolValue::as_str).unwrap_or_default()
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.field("name").and_then(DynSolValue::as_str).unwrap_or_default()
    }

    /// Whether it is switched on.
    pub fn is_active(&self) -> bool {
        self.field("active").and_then(DynSolValue::as_bool).unwrap_or_default()
    }

    /// Its fields as the struct that the contract takes.
    pub fn config(&self) -> DynSolValue {
        tuple(&self.fields)
    }
}

pub(super) fn value_of<'a>(fields: &'a [Field], name: &str) -> Option<&'a DynSolValue> {
    fields.iter().find(|field| field.name == name).map(|field| &field.value)
}

fn tuple(fields: &[Field]) -> DynSolValue {
    DynSolValue::Tuple(fields.iter().map(|field| field.value.clone()).collect())
}

/// What is asked first: the entries, and everything that stands alone.
const FIRST: [&str; 8] = [
    "listDomains",
    "listSentinels",
    "listCapitalStreams",
    "globalParameters",
    "selfImprovementPlan",
    "guardianCouncil",
    "systemPause",
    "governance",
];

impl Registry {
    /// The calls whose answers [`Registry::read`] takes.
    pub fn calls(contracts: &Contracts) -> Vec<Call> {
        let views = FIRST.into_iter().filter_map(|name| View::find(ContractName::Manager, name));
        views.filter_map(|view| view.call(contracts, Vec::new())).collect()
    }

    /// The registry without its bindings, from the answers to [`Registry::calls`].
    pub fn read(answers: &[ReadValue]) -> Result<Self, RegistryError> {
        if answers.len() != FIRST.len() {
            return Err(RegistryError::Count { found: answers.len(), expected: FIRST.len() });
        }
        let mut values = FIRST.into_iter().zip(answers).map(|(view, answer)| read(view, answer));
        let mut next = || values.next().unwrap_or_else(|| Ok(Vec::new()));
        Ok(Self {
            domains: entries(EntryKind::Domain, next()?),
            sentinels: entries(EntryKind::Sentinel, next()?),
            streams: entries(EntryKind::Stream, next()?),
            parameters: flat("globalParameters", next()?),
            plan: flat("selfImprovementPlan", next()?),
            council: address(&next()?),
            system_pause: address(&next()?),
            governance: address(&next()?),
        })
    }

    /// The calls whose answers [`Registry::bind`] takes: one for each sentinel and stream. There can be more of them than
    /// one request may hold.
    pub fn binding_calls(&self, contracts: &Contracts) -> Vec<Call> {
        let calls = self.sentinels.iter().chain(&self.streams).filter_map(|entry| {
            let view = View::find(ContractName::Manager, entry.kind.get_domains()?)?;
            view.call(contracts, vec![entry.id.into()])
        });
        calls.collect()
    }

    /// The registry with its bindings, from the answers to [`Registry::binding_calls`].
    pub fn bind(mut self, answers: &[ReadValue]) -> Result<Self, RegistryError> {
        let expected = self.sentinels.len().saturating_add(self.streams.len());
        if answers.len() != expected {
            return Err(RegistryError::Count { found: answers.len(), expected });
        }
        let bound = self.sentinels.iter_mut().chain(&mut self.streams);
        for (entry, answer) in bound.zip(answers) {
            let Some(view) = entry.kind.get_domains() else { continue };
            let values = read(view, answer)?;
            let ids = values.first().and_then(DynSolValue::as_array).unwrap_or_default();
            entry.domains = ids.iter().filter_map(key).collect();
        }
        Ok(self)
    }

    /// The entries of a kind.
    pub fn entries(&self, kind: EntryKind) -> &[Entry] {
        match kind {
            EntryKind::Domain => &self.domains,
            EntryKind::Sentinel => &self.sentinels,
            EntryKind::Stream => &self.streams,
        }
    }

    /// The entry with this id.
    pub fn find(&self, kind: EntryKind, id: B256) -> Option<&Entry> {
        self.entries(kind).iter().find(|entry| entry.id == id)
    }

    /// The sentinels and streams that are bound to a domain by name.
    pub fn bound_to(&self, domain: B256) -> impl Iterator<Item = &Entry> {
        self.sentinels.iter().chain(&self.streams).filter(move |it| it.domains.contains(&domain))
    }

    /// Whether the global parameters were ever set.
    pub fn has_parameters(&self) -> bool {
        value_of(&self.parameters, "treasury")
            .and_then(DynSolValue::as_address)
            .is_some_and(|treasury| !treasury.is_zero())
    }

    /// Whether a self-improvement plan was ever set.
    pub fn has_plan(&self) -> bool {
        value_of(&self.plan, "planHash").and_then(key).is_some_and(|hash| !hash.is_zero())
    }

    /// The slugs of every entry, by id.
    pub fn names(&self, mut names: Names) -> Names {
        for entry in EntryKind::ALL.into_iter().flat_map(|kind| self.entries(kind)) {
            names = names.with(entry.id, entry.slug());
        }
        names
    }
}

/// A value of 32 bytes.
pub(super) fn key(value: &DynSolValue) -> Option<B256> {
    value.as_fixed_bytes().and_then(|(bytes, _)| B256::try_from(bytes).ok())
}

fn read(view: &'static str, answer: &ReadValue) -> Result<Vec<DynSolValue>, RegistryError> {
    let data = match answer {
        ReadValue::Returned { data } => data,
        ReadValue::Reverted { why, .. } => {
            return Err(RegistryError::Reverted { view, why: why.clone() });
        }
    };
    let found = View::find(ContractName::Manager, view).and_then(|it| it.read(data));
    found.ok_or(RegistryError::Garbled { view })
}

fn entries(kind: EntryKind, values: Vec<DynSolValue>) -> Vec<Entry> {
    let outputs =
        View::find(ContractName::Manager, kind.get()).map(View::outputs).unwrap_or_default();
    let Some(Kind::Tuple(fields)) = outputs.into_iter().next().map(|it| it.kind) else {
        return Vec::new();
    };
    let items = values.first().and_then(DynSolValue::as_array).unwrap_or_default();
    let found = items.iter().filter_map(|item| {
        let [id, config] = item.as_tuple()? else { return None };
        let values = fields.iter().zip(config.as_tuple()?);
        let fields = values.filter_map(|(field, value)| leaf(field.name, &field.kind, value));
        Some(Entry { id: key(id)?, kind, fields: fields.collect(), domains: Vec::new() })
    });
    found.collect()
}

fn flat(view: &str, values: Vec<DynSolValue>) -> Vec<Field> {
    let outputs = View::find(ContractName::Manager, view).map(View::outputs).unwrap_or_default();
    let fields = outputs.iter().zip(&values);
    fields.filter_map(|(field, value)| leaf(field.name, &field.kind, value)).collect()
}

fn leaf(name: &'static str, kind: &Kind, value: &DynSolValue) -> Option<Field> {
    match kind {
        Kind::Leaf(kind) => Some(Field { name, kind: *kind, value: value.clone() }),
        Kind::Tuple(_) | Kind::Array(_) => None,
    }
}

fn address(values: &[DynSolValue]) -> Address {
    values.first().and_then(DynSolValue::as_address).unwrap_or_default()
}

#[cfg(test)]
mod tests;
