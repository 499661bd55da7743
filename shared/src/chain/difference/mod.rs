//! What a lever would change, in governance terms: the questions to ask the chain before and after trying it out, and the
//! answers side by side. Whatever changes beyond what the lever is for is told apart.

mod questions;

use alloy_dyn_abi::DynSolValue;
use alloy_primitives::{Address, B256};

pub use self::questions::{Subject, questions};
use super::decode::signature::{self, Kind};
use super::field::{self, Names};
use super::view::View;
use super::{Call, ContractName, Contracts, Intent, LeverRole};
use crate::api::{ReadValue, SimulatedCall};

/// Which of a lever's two moments is looked at. A lever without a delay has the first alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// What is signed: the effect itself, or the operation that begins to wait.
    Signed,
    /// What the timelock does when the delay is over.
    Waited,
}

/// Something to ask the chain before and after.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// What it is about, in words.
    pub label: String,
    /// The view call.
    pub call: Call,
    /// How its answer is read.
    view: &'static View,
    /// What the answer shall be afterwards.
    hope: Hope,
    /// Whether nothing but the lever's own purpose may change it.
    guarded: bool,
}

/// What an answer shall be afterwards.
#[derive(Debug, Clone, PartialEq)]
enum Hope {
    /// These fields change as told; all others stay.
    Fields(Vec<(&'static str, Wanted)>),
    /// There is nothing to answer about any more.
    Gone,
    /// It is asked for the name of this key alone, and shows no line.
    NameOf(B256),
}

/// What a field shall be afterwards.
#[derive(Debug, Clone, PartialEq)]
enum Wanted {
    /// This.
    Is(DynSolValue),
    /// Another value than before.
    Another,
    /// Another value than before, which only the block that carries the lever tells: a moment, or a number given out in turn.
    Later,
    /// Anything.
    Any,
}

/// One line of what a lever would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What it is about.
    pub label: String,
    /// As it is.
    pub now: String,
    /// As it would be.
    pub new: String,
    /// Whether that differs.
    pub changed: bool,
    /// Whether it would be as the lever means it. A line that is not expected is a reason not to sign.
    pub expected: bool,
    /// Whether it is of those that no lever changes in passing: owner, guardian, governance, pause, delay.
    pub guarded: bool,
}

/// Who signs, and thereby whose call is tried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signer {
    /// The owner of the owner proxy, through the door; also for what is relayed.
    Owner(Address),
    /// The pause guardian, at the brake itself.
    PauseGuardian(Address),
}

/// Why an operation could not be carried out yet, though nothing is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Hindrance {
    /// It is early.
    #[error("it can be carried out from {} on", field::moment_words(*.0))]
    NotBefore(u64),
    /// Guardians have yet to agree.
    #[error("the guardian council must co-sign the resume after tripwire {0} first")]
    NotCosigned(u64),
    /// The fleet must be paused.
    #[error("the fleet must be paused first")]
    FleetRuns,
}

/// The call to try out; `None` for the second stage of what does not wait.
pub fn simulated_call(
    intent: &Intent,
    contracts: &Contracts,
    signer: Signer,
    stage: Stage,
) -> Option<SimulatedCall> {
    let (from, call) = match (stage, signer) {
        (Stage::Waited, _) => {
            let operation = intent.operation.as_ref()?;
            (operation.timelock, operation.effect.clone())
        }
        (Stage::Signed, Signer::Owner(owner)) => (owner, intent.transaction()),
        (Stage::Signed, Signer::PauseGuardian(guardian)) => {
            let brakes = intent.lever.role() == LeverRole::PauseGuardian;
            (guardian, brakes.then(|| intent.lever.effect(contracts))?)
        }
    };
    Some(SimulatedCall { from, to: call.to, data: call.data })
}

/// What an operation waits for, told from the bytes that its effect reverts with when it is tried out now; `None` if it
/// would be refused for good.
pub fn hindrance(revert: &[u8]) -> Option<Hindrance> {
    let (selector, arguments) = revert.split_first_chunk::<4>()?;
    let number = || {
        let word: &[u8; 32] = arguments.first_chunk()?;
        u64::try_from(alloy_primitives::U256::from_be_bytes(*word)).ok()
    };
    let is = |declaration| {
        signature::parse(declaration)
            .is_ok_and(|(name, parameters)| signature::selector(name, &parameters) == *selector)
    };
    if is("PauseGuardianTooEarly(uint256 readyAt)")
        || is("UpgradeCoordinatorTooEarly(uint256 readyAt)")
    {
        return number().map(Hindrance::NotBefore);
    }
    if is("PauseGuardianNotCosigned(uint256 trip)") {
        return number().map(Hindrance::NotCosigned);
    }
    is("UpgradeCoordinatorFleetRunning()").then_some(Hindrance::FleetRuns)
}

/// The answers side by side, in the order of the questions; answers that are missing are lines that cannot be read.
pub fn difference(
    questions: &[Question],
    before: &[ReadValue],
    after: &[ReadValue],
    names: &Names,
) -> Vec<Difference> {
    let names = named(questions, before, names);
    let mut lines = Vec::new();
    for (at, question) in questions.iter().enumerate() {
        question.lines(before.get(at), after.get(at), &names, &mut lines);
    }
    lines
}

/// The known names, with those that the chain itself tells.
fn named(questions: &[Question], answers: &[ReadValue], names: &Names) -> Names {
    let mut names = names.clone();
    for (question, answer) in questions.iter().zip(answers) {
        let Hope::NameOf(key) = question.hope else { continue };
        let values = answer.returned().and_then(|data| question.view.read(data));
        let name = values.and_then(|values| values.first()?.as_str().map(str::to_owned));
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            names = names.with(key, name);
        }
    }
    names
}

/// An answer, as far as it is one.
enum Answer {
    /// Values by name.
    Fields(Vec<(&'static str, DynSolValue)>),
    /// The manager knows no such entry.
    Nothing,
    /// No answer, and why.
    Unreadable(String),
}

impl Answer {
    fn of(view: &View, value: Option<&ReadValue>) -> Self {
        match value {
            Some(ReadValue::Returned { data }) => match view.read(data) {
                Some(values) => Self::Fields(field::by_name(&view.outputs(), &values)),
                None if data.is_empty() => {
                    Self::Unreadable(format!("cannot be read: there is no {}", view.contract))
                }
                None => Self::Unreadable("cannot be read: the answer is none".to_owned()),
            },
            Some(ReadValue::Reverted { data, .. }) if is_unknown_entry(view, data) => Self::Nothing,
            Some(ReadValue::Reverted { why, .. }) => {
                Self::Unreadable(format!("cannot be read: {why}"))
            }
            None => Self::Unreadable("cannot be read: no answer came".to_owned()),
        }
    }

    fn field(&self, name: &str) -> Option<&DynSolValue> {
        match self {
            Self::Fields(fields) => {
                fields.iter().find(|(found, _)| *found == name).map(|(_, value)| value)
            }
            Self::Nothing | Self::Unreadable(_) => None,
        }
    }

    /// The whole answer in a word or two.
    fn summary(&self, names: &Names) -> String {
        match self {
            Self::Fields(fields) => match fields.as_slice() {
                [(name, value)] => said(name, Some(value), names),
                _ => "registered".to_owned(),
            },
            Self::Nothing => "not registered".to_owned(),
            Self::Unreadable(why) => why.clone(),
        }
    }
}

/// Whether the manager says that there is no such entry.
fn is_unknown_entry(view: &View, revert: &[u8]) -> bool {
    const UNKNOWN: [&str; 3] =
        ["UnknownDomain(bytes32 id)", "UnknownSentinel(bytes32 id)", "UnknownStream(bytes32 id)"];
    view.contract == ContractName::Manager
        && UNKNOWN.into_iter().any(|declaration| {
            signature::parse(declaration).is_ok_and(|(name, parameters)| {
                revert.starts_with(&signature::selector(name, &parameters))
            })
        })
}

impl Question {
    /// Which 32-byte words of the answer only the block tells that carries the lever: they will be other than now, and
    /// other than tried out.
    pub fn told_later(&self) -> Vec<usize> {
        let Hope::Fields(wanted) = &self.hope else { return Vec::new() };
        let later = |name: &str| {
            wanted.iter().any(|(field, wanted)| *field == name && *wanted == Wanted::Later)
        };
        // Up to the first struct, each value has one word at the head of the answer.
        let outputs = self.view.outputs().into_iter();
        let plain = outputs.take_while(|output| !matches!(output.kind, Kind::Tuple(_)));
        let found = plain.enumerate().filter(|(_, output)| later(output.name));
        found.map(|(place, _)| place).collect()
    }

    fn lines(
        &self,
        before: Option<&ReadValue>,
        after: Option<&ReadValue>,
        names: &Names,
        lines: &mut Vec<Difference>,
    ) {
        let wanted: &[(&'static str, Wanted)] = match &self.hope {
            Hope::Fields(wanted) => wanted,
            Hope::Gone => &[],
            Hope::NameOf(_) => return,
        };
        let (before, after) = (Answer::of(self.view, before), Answer::of(self.view, after));
        let gone = self.hope == Hope::Gone;
        // Whether there is an answer at all is a line of its own where that is not a matter of course.
        let whole = match (&before, &after) {
            (Answer::Unreadable(_), _) | (_, Answer::Unreadable(_)) => Some(false),
            (Answer::Fields(_), Answer::Fields(_)) => gone.then_some(false),
            (Answer::Nothing, Answer::Fields(_)) => Some(!gone && !wanted.is_empty()),
            (Answer::Nothing, Answer::Nothing) => Some(gone || wanted.is_empty()),
            (Answer::Fields(_), Answer::Nothing) => Some(gone),
        };
        if let Some(expected) = whole {
            let (now, new) = (before.summary(names), after.summary(names));
            let (label, changed, guarded) = (self.label.clone(), now != new, self.guarded);
            lines.push(Difference { label, now, new, changed, expected, guarded });
        }
        if matches!(before, Answer::Unreadable(_)) || matches!(after, Answer::Unreadable(_)) {
            return;
        }
        let outputs = field::names_of(&self.view.outputs());
        let single = outputs.len() == 1;
        for name in outputs {
            let (now, new) = (before.field(name), after.field(name));
            if now.is_none() && new.is_none() {
                continue;
            }
            let wanted = wanted.iter().find(|(field, _)| *field == name).map(|(_, wanted)| wanted);
            let changed = !same(now, new);
            lines.push(Difference {
                label: if single {
                    self.label.clone()
                } else {
                    format!("{}: {}", self.label, field::within(&field::label(name)))
                },
                now: said(name, now, names),
                new: said(name, new, names),
                changed,
                expected: match wanted {
                    Some(Wanted::Is(value)) => same(new, Some(value)),
                    Some(Wanted::Another | Wanted::Later) => changed,
                    Some(Wanted::Any) => true,
                    None => !changed || (gone && new.is_none()),
                },
                guarded: self.guarded,
            });
        }
    }
}

/// Whether two values say the same; lists may come in any order.
fn same(one: Option<&DynSolValue>, other: Option<&DynSolValue>) -> bool {
    match (one, other) {
        (Some(DynSolValue::Array(one)), Some(DynSolValue::Array(other))) => {
            let sorted = |items: &[DynSolValue]| {
                let mut said: Vec<String> = items.iter().map(super::decode::words).collect();
                said.sort_unstable();
                said
            };
            sorted(one) == sorted(other)
        }
        (one, other) => one == other,
    }
}

fn said(name: &str, value: Option<&DynSolValue>, names: &Names) -> String {
    let Some(value) = value else { return "–".to_owned() };
    match (name, value) {
        // OpenZeppelin's mark for what was carried out.
        ("readyAt", DynSolValue::Uint(at, _)) => match u64::try_from(*at) {
            Ok(0) => "does not wait".to_owned(),
            Ok(1) => "carried out".to_owned(),
            Ok(at) => format!("until {}", field::moment_words(at)),
            Err(_) => at.to_string(),
        },
        _ => field::value_words(name, value, names),
    }
}

#[cfg(test)]
mod tests;
