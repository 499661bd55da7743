//! What the manager would refuse, told beside the field before anybody signs. The rules are the contract's, one by one.

use std::collections::BTreeSet;

use alloy_dyn_abi::DynSolValue;
use alloy_primitives::{B256, U256};

use super::super::decode::{self, ParseValueError};
use super::super::field::{by_name, moment_words};
use super::super::{ContractName, slug_key};
use super::{EntryKind, Registry, Step, key, step, value_of};

/// Something is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name in the call; empty if it is about the whole call.
    pub field: &'static str,
    /// What is wrong with it.
    pub what: Complaint,
}

/// What is wrong, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Complaint {
    /// The text is no value of the field's type.
    #[error(transparent)]
    NotAValue(#[from] ParseValueError),
    /// The manager has no such function, or its arguments are others.
    #[error("the manager has no such call")]
    UnknownFunction,
    /// The slug is empty.
    #[error("write a slug: the entry's id is made from it")]
    EmptySlug,
    /// The name is empty.
    #[error("write a name")]
    EmptyName,
    /// The URI is empty.
    #[error("write a URI")]
    EmptyUri,
    /// The manifesto's URI is empty.
    #[error("write the manifesto's URI")]
    EmptyManifesto,
    /// The manifesto's hash is zero.
    #[error("write the hash of the manifesto; zero is none")]
    NoManifestoHash,
    /// The plan's hash is zero.
    #[error("write the hash of the plan; zero is none")]
    NoPlanHash,
    /// The address is zero.
    #[error("write an address; the zero address belongs to nobody")]
    ZeroAddress,
    /// Governance would go to nobody.
    #[error("write who shall govern; the zero address belongs to nobody")]
    ZeroGovernance,
    /// A time that must be positive is zero.
    #[error("write at least 1 second")]
    ZeroSeconds,
    /// The plan's cadence is zero.
    #[error("write at least 1 second between two runs")]
    ZeroCadence,
    /// More than a whole.
    #[error("{found} bps are more than the whole: write at most 10000")]
    TooManyBps {
        /// What is written.
        found: U256,
    },
    /// A sentinel covers less than the guardians' review window.
    #[error(
        "a sentinel must cover the guardians' review window: write at least {needed} seconds, not {found}"
    )]
    CoverageTooShort {
        /// What is written.
        found: U256,
        /// The review window, and at least a second.
        needed: U256,
    },
    /// The slug is taken.
    #[error("there is a {} with this slug already: choose another, or update that one", .0.as_str())]
    Duplicate(EntryKind),
    /// The slug would make another id.
    #[error("the slug makes the id, so only its case may change: keep {slug:?}, or register anew")]
    OtherSlug {
        /// What kind of entry it is.
        kind: EntryKind,
        /// The slug as it is.
        slug: String,
    },
    /// There is no such entry.
    #[error("there is no {} with this id", .0.as_str())]
    Unknown(EntryKind),
    /// The domain is named twice.
    #[error("the domain {0} is named twice: name it once")]
    BoundTwice(B256),
    /// The domain is not registered.
    #[error("there is no domain {0}: register it first")]
    UnknownDomain(B256),
    /// There is no plan yet.
    #[error("there is no self-improvement plan yet: set one first")]
    PlanUnset,
    /// A run at no time.
    #[error("write when the plan was carried out")]
    NoMoment,
    /// A run in the future.
    #[error("{} lies in the future: write a time that is past", moment_words(*.0))]
    InFuture(u64),
    /// A run before the last one.
    #[error("the last run on record was at {}: write no earlier time", moment_words(*.last))]
    BeforeLast {
        /// When the last run was.
        last: u64,
    },
}

impl Complaint {
    /// The error by which the contract refuses the same; `None` for what never reaches it.
    pub const fn contract_error(&self) -> Option<&'static str> {
        Some(match self {
            Self::NotAValue(_) | Self::UnknownFunction => return None,
            Self::EmptySlug => "EmptySlug",
            Self::EmptyName => "EmptyName",
            Self::EmptyUri => "InvalidURI",
            Self::EmptyManifesto => "ManifestRequired",
            Self::NoManifestoHash => "ManifestHashRequired",
            Self::NoPlanHash => "InvalidPlanHash",
            Self::ZeroAddress => "InvalidAddress",
            Self::ZeroGovernance => "ZeroAddress",
            Self::ZeroSeconds => "InvalidHeartbeat",
            Self::ZeroCadence => "InvalidCadence",
            Self::TooManyBps { .. } => "InvalidBps",
            Self::CoverageTooShort { .. } => "SentinelCoverageTooShort",
            Self::Duplicate(EntryKind::Domain) => "DuplicateDomain",
            Self::Duplicate(EntryKind::Sentinel) => "DuplicateSentinel",
            Self::Duplicate(EntryKind::Stream) => "DuplicateStream",
            Self::OtherSlug { kind: EntryKind::Domain, .. }
            | Self::Unknown(EntryKind::Domain)
            | Self::UnknownDomain(_) => "UnknownDomain",
            Self::OtherSlug { kind: EntryKind::Sentinel, .. }
            | Self::Unknown(EntryKind::Sentinel) => "UnknownSentinel",
            Self::OtherSlug { kind: EntryKind::Stream, .. } | Self::Unknown(EntryKind::Stream) => {
                "UnknownStream"
            }
            Self::BoundTwice(_) => "DuplicateBinding",
            Self::PlanUnset => "SelfImprovementPlanUnset",
            Self::NoMoment | Self::InFuture(_) | Self::BeforeLast { .. } => {
                "InvalidExecutionTimestamp"
            }
        })
    }
}

/// Everything that the manager would refuse about a call, at a time in Unix seconds. What only the chain knows is left
/// to the simulation: whether the council and the pause switch have code.
pub fn check(
    function: &str,
    values: &[DynSolValue],
    registry: &Registry,
    now: u64,
) -> Vec<FieldError> {
    let unknown = || vec![FieldError { field: "", what: Complaint::UnknownFunction }];
    // Pausing has levers of its own, so this call is not made here.
    if function == "forwardPauseCall" {
        return unknown();
    }
    let Some((row, parameters)) = decode::find_named(ContractName::Manager, function) else {
        return unknown();
    };
    if decode::encode(row, values.to_vec()).is_none() {
        return unknown();
    }
    let fields = by_name(&parameters, values);
    let mut found = Vec::new();
    for (field, value) in &fields {
        let what = alone(function, field, value, registry, now);
        found.extend(what.map(|what| FieldError { field, what }));
    }
    let at = |name: &str| fields.iter().find(|(field, _)| *field == name).map(|(_, value)| value);
    if let Some((kind, step)) = step(function) {
        let id = at("id").and_then(key);
        let slug = at("slug").and_then(DynSolValue::as_str);
        found.extend(about_entry(kind, step, id, slug, registry));
    }
    if function == "recordSelfImprovementExecution" && !registry.has_plan() {
        found.push(FieldError { field: "", what: Complaint::PlanUnset });
    }
    found
}

/// What is wrong with a value, whatever stands beside it.
fn alone(
    function: &str,
    field: &str,
    value: &DynSolValue,
    registry: &Registry,
    now: u64,
) -> Option<Complaint> {
    match value {
        DynSolValue::Address(address) if address.is_zero() => Some(match function {
            "setGovernance" | "transferOwnership" => Complaint::ZeroGovernance,
            _ => Complaint::ZeroAddress,
        }),
        DynSolValue::String(text) if text.is_empty() => match field {
            "slug" => Some(Complaint::EmptySlug),
            "name" => Some(Complaint::EmptyName),
            "manifestoURI" => Some(Complaint::EmptyManifesto),
            // A plan that never ran has no report.
            "lastReportURI" => None,
            _ => Some(Complaint::EmptyUri),
        },
        DynSolValue::FixedBytes(word, _) if word.is_zero() => match field {
            "manifestoHash" => Some(Complaint::NoManifestoHash),
            "planHash" => Some(Complaint::NoPlanHash),
            _ => None,
        },
        DynSolValue::Uint(number, _) => number_alone(field, *number, registry, now),
        DynSolValue::Array(ids) if field == "domainIds" => bindings(ids, registry),
        // What is not empty, and the types that the manager takes as they come.
        DynSolValue::Address(_)
        | DynSolValue::String(_)
        | DynSolValue::FixedBytes(..)
        | DynSolValue::Array(_)
        | DynSolValue::Bool(_)
        | DynSolValue::Int(..)
        | DynSolValue::Bytes(_)
        | DynSolValue::Function(_)
        | DynSolValue::FixedArray(_)
        | DynSolValue::Tuple(_) => None,
    }
}

fn number_alone(field: &str, number: U256, registry: &Registry, now: u64) -> Option<Complaint> {
    let moment = u64::try_from(number).unwrap_or(u64::MAX);
    match field {
        "heartbeatSeconds" | "guardianReviewWindow" => {
            number.is_zero().then_some(Complaint::ZeroSeconds)
        }
        "cadenceSeconds" => number.is_zero().then_some(Complaint::ZeroCadence),
        "coverageSeconds" => {
            let window = uint(registry, "guardianReviewWindow").max(U256::from(1));
            (number < window)
                .then_some(Complaint::CoverageTooShort { found: number, needed: window })
        }
        "lastExecutedAt" => (moment > now).then_some(Complaint::InFuture(moment)),
        "executedAt" if number.is_zero() => Some(Complaint::NoMoment),
        "executedAt" if moment > now => Some(Complaint::InFuture(moment)),
        "executedAt" => {
            let last = value_of(&registry.plan, "lastExecutedAt").and_then(DynSolValue::as_uint);
            let last = last.and_then(|(last, _)| u64::try_from(last).ok()).unwrap_or_default();
            (moment < last).then_some(Complaint::BeforeLast { last })
        }
        _ if field.ends_with("Bps") => {
            (number > U256::from(10_000)).then_some(Complaint::TooManyBps { found: number })
        }
        _ => None,
    }
}

fn uint(registry: &Registry, parameter: &str) -> U256 {
    let value = value_of(&registry.parameters, parameter).and_then(DynSolValue::as_uint);
    value.map_or(U256::ZERO, |(number, _)| number)
}

fn bindings(ids: &[DynSolValue], registry: &Registry) -> Option<Complaint> {
    let known: BTreeSet<B256> = registry.domains.iter().map(|entry| entry.id).collect();
    let mut seen = BTreeSet::new();
    ids.iter().filter_map(key).find_map(|id| {
        if !known.contains(&id) {
            return Some(Complaint::UnknownDomain(id));
        }
        (!seen.insert(id)).then_some(Complaint::BoundTwice(id))
    })
}

/// Whether an entry must, or must not, be there already.
fn about_entry(
    kind: EntryKind,
    step: Step,
    id: Option<B256>,
    slug: Option<&str>,
    registry: &Registry,
) -> Option<FieldError> {
    let named = slug.filter(|slug| !slug.is_empty()).map(slug_key);
    if step == Step::Register {
        let taken = registry.find(kind, named?).is_some();
        return taken.then_some(FieldError { field: "slug", what: Complaint::Duplicate(kind) });
    }
    let Some(entry) = registry.find(kind, id?) else {
        return Some(FieldError { field: "id", what: Complaint::Unknown(kind) });
    };
    (step == Step::Update && named? != entry.id).then(|| FieldError {
        field: "slug",
        what: Complaint::OtherSlug { kind, slug: entry.slug().to_owned() },
    })
}
