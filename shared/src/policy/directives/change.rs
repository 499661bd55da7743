//! Current → desired: how each parameter stands, and the fewest levers that bring all of them there.

use alloy_dyn_abi::DynSolValue;
use alloy_primitives::U256;

use super::parameter::Slot;
use super::{DirectedParameter, OwnerDirectives};
use crate::chain::decode::{self, Function};
use crate::chain::{Change, Lever};

/// How parameters stand, and the levers that change them.
#[derive(Debug, Clone, PartialEq)]
pub struct DirectedState<'d> {
    /// Every parameter, in the order of the file.
    pub standings: Vec<(&'d DirectedParameter, Standing)>,
    /// The levers, in the order in which the file first needs them.
    pub changes: Vec<DirectedChange<'d>>,
}

/// How a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is as desired.
    Reached {
        /// What it is.
        now: U256,
    },
    /// It is something else.
    Off {
        /// What it is.
        now: U256,
    },
    /// The chain could not be read, or has no such entry.
    Unread,
    /// No contract holds it.
    OffChain,
}

/// One lever, with every parameter that it brings where it shall be. Parameters that one function sets go together: a
/// second call would set the first back.
#[derive(Debug, Clone, PartialEq)]
pub struct DirectedChange<'d> {
    /// The function.
    pub function: &'static Function,
    /// The domain that it is about, if it is about one.
    pub domain: Option<&'d str>,
    /// The parameters, each with what it is now.
    pub parameters: Vec<(&'d DirectedParameter, U256)>,
    /// The lever; what is there now undoes it.
    pub lever: Lever,
}

impl OwnerDirectives {
    /// Holds every parameter against the chain. `current` gives the arguments with which a function would change nothing
    /// now, for one domain if it is about a domain (by slug, or by its position in the manifest); `None` if they cannot be
    /// told.
    pub fn state(
        &self,
        current: impl Fn(&'static Function, Option<&str>) -> Option<Vec<DynSolValue>>,
    ) -> DirectedState<'_> {
        let mut standings = Vec::new();
        let mut groups: Vec<Group<'_>> = Vec::new();
        for parameter in &self.parameters {
            let Some(slot) = parameter.slot_found() else {
                standings.push((parameter, Standing::OffChain));
                continue;
            };
            let domain = parameter.domain();
            let known = groups
                .iter()
                .position(|it| it.domain == domain && std::ptr::eq(it.function, slot.function));
            let index = known.unwrap_or_else(|| {
                groups.push(Group {
                    function: slot.function,
                    domain,
                    values: current(slot.function, domain),
                    parameters: Vec::new(),
                });
                groups.len().saturating_sub(1)
            });
            let Some(group) = groups.get_mut(index) else { continue };
            let now = group.values.as_deref().and_then(|values| get(values, &slot.at));
            standings.push((parameter, Standing::of(now, parameter.desired)));
            if let Some(now) = now.filter(|now| *now != parameter.desired) {
                group.parameters.push((parameter, slot, now));
            }
        }
        let changes = groups.into_iter().filter_map(Group::change).collect();
        DirectedState { standings, changes }
    }
}

impl Standing {
    fn of(now: Option<U256>, desired: U256) -> Self {
        match now {
            None => Self::Unread,
            Some(now) if now == desired => Self::Reached { now },
            Some(now) => Self::Off { now },
        }
    }

    /// What the parameter is, if that is known.
    pub const fn now(self) -> Option<U256> {
        match self {
            Self::Reached { now } | Self::Off { now } => Some(now),
            Self::Unread | Self::OffChain => None,
        }
    }
}

impl DirectedParameter {
    /// What it is, among the arguments with which its function would change nothing.
    pub fn current(&self, arguments: &[DynSolValue]) -> Option<U256> {
        get(arguments, &self.slot_found()?.at)
    }
}

/// The parameters that one call sets.
struct Group<'d> {
    function: &'static Function,
    domain: Option<&'d str>,
    values: Option<Vec<DynSolValue>>,
    parameters: Vec<(&'d DirectedParameter, Slot, U256)>,
}

impl<'d> Group<'d> {
    fn change(self) -> Option<DirectedChange<'d>> {
        let Self { function, domain, values, parameters } = self;
        let now = values.filter(|_| !parameters.is_empty())?;
        let mut new = now.clone();
        for (parameter, slot, _) in &parameters {
            set(&mut new, &slot.at, DynSolValue::Uint(parameter.desired, slot.bits))?;
        }
        let lever = Lever::Change(Change {
            contract: function.contract,
            data: decode::encode(function, new)?,
            undo: decode::encode(function, now),
        });
        let parameters = parameters.into_iter().map(|(parameter, _, now)| (parameter, now));
        Some(DirectedChange { function, domain, parameters: parameters.collect(), lever })
    }
}

fn get(values: &[DynSolValue], at: &[usize]) -> Option<U256> {
    let (first, rest) = at.split_first()?;
    let value = values.get(*first)?;
    if rest.is_empty() {
        return value.as_uint().map(|(number, _)| number);
    }
    get(value.as_tuple()?, rest)
}

fn set(values: &mut [DynSolValue], at: &[usize], new: DynSolValue) -> Option<()> {
    let (first, rest) = at.split_first()?;
    let value = values.get_mut(*first)?;
    if rest.is_empty() {
        *value = new;
        return Some(());
    }
    let DynSolValue::Tuple(fields) = value else { return None };
    set(fields, rest, new)
}
