//! Calls taken apart for people. What is shown as decoded encodes back to the very same bytes; anything else is "not
//! decoded", and is not signed: decoders accept trailing bytes, and signatures have been smuggled in them.

pub mod signature;
mod table;
mod value;

use std::sync::LazyLock;

use alloy_dyn_abi::{DynSolType, DynSolValue};
use alloy_primitives::{Address, Bytes};

use self::signature::{Kind, Parameter};
pub use self::table::{Caller, FUNCTIONS, Function, Pace};
pub use self::value::{ParseValueError, parse_value, words};
use super::{Call, ContractName, Contracts};

/// How deep calls may carry calls: a signed request that schedules a forwarded pause call is four.
const MAX_DEPTH: u8 = 6;

/// A call, taken apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    /// The contract.
    pub contract: ContractName,
    /// Its address.
    pub address: Address,
    /// The function.
    pub function: &'static Function,
    /// Its arguments, in order.
    pub arguments: Vec<Argument>,
    /// The calls that it carries.
    pub inner: Vec<Self>,
}

/// An argument, or a field of one.
#[derive(Debug, Clone, PartialEq)]
pub struct Argument {
    /// Its name.
    pub name: &'static str,
    /// Its type, as Solidity writes it.
    pub kind: String,
    /// Its value.
    pub value: DynSolValue,
    /// Fields of a struct; empty for everything else.
    pub fields: Vec<Self>,
}

/// Why a call is not taken apart.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotDecoded {
    /// The target is none of the deployment's contracts.
    #[error("{0} is none of this deployment's contracts")]
    UnknownContract(Address),
    /// The function is none that this program knows.
    #[error("{contract} is called with {selector}, which is no function that this program knows")]
    UnknownFunction {
        /// The contract.
        contract: ContractName,
        /// The first bytes of the call.
        selector: Bytes,
    },
    /// The arguments cannot be read.
    #[error("the arguments of {contract}.{function} cannot be read")]
    Malformed {
        /// The contract.
        contract: ContractName,
        /// The function.
        function: &'static str,
    },
    /// The arguments encode to other bytes: something hides behind them.
    #[error(
        "{contract}.{function} carries bytes that its arguments do not account for: {found} bytes, expected {expected}"
    )]
    OtherBytes {
        /// The contract.
        contract: ContractName,
        /// The function.
        function: &'static str,
        /// Length of the call.
        found: usize,
        /// Length that its arguments encode to.
        expected: usize,
    },
    /// A carried call moves money, which no lever does.
    #[error("{contract}.{function} would send {value} wei along")]
    CarriesValue {
        /// The contract.
        contract: ContractName,
        /// The function.
        function: &'static str,
        /// How much.
        value: alloy_primitives::U256,
    },
    /// Calls within calls beyond any use.
    #[error("the call carries calls within calls more than {MAX_DEPTH} deep")]
    TooDeep,
}

/// Takes a call apart, with every call that it carries.
pub fn decode(contracts: &Contracts, call: &Call) -> Result<Decoded, NotDecoded> {
    decode_at(contracts, call.to, &call.data, 0)
}

fn decode_at(
    contracts: &Contracts,
    to: Address,
    data: &[u8],
    depth: u8,
) -> Result<Decoded, NotDecoded> {
    if depth > MAX_DEPTH {
        return Err(NotDecoded::TooDeep);
    }
    let contract = contracts.name_of(to).ok_or(NotDecoded::UnknownContract(to))?;
    let unknown = || NotDecoded::UnknownFunction {
        contract,
        selector: data.get(..4).unwrap_or(data).to_vec().into(),
    };
    let (selector, arguments) = data.split_first_chunk::<4>().ok_or_else(unknown)?;
    let (function, parameters) = find(contract, *selector).ok_or_else(unknown)?;
    let name = function.name();
    let values = tuple(parameters)
        .abi_decode_params(arguments)
        .map_err(|_| NotDecoded::Malformed { contract, function: name })?;
    let again = values.abi_encode_params();
    if again != arguments {
        return Err(NotDecoded::OtherBytes {
            contract,
            function: name,
            found: data.len(),
            expected: again.len().saturating_add(4),
        });
    }
    let arguments = named(parameters, &values);
    let mut inner = Vec::new();
    carried(contracts, function, &arguments, depth, &mut inner)?;
    Ok(Decoded { contract, address: to, function, arguments, inner })
}

/// A function of the table with its declaration taken apart.
struct Known {
    function: &'static Function,
    selector: [u8; 4],
    parameters: Vec<Parameter>,
}

/// The table, taken apart once.
static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let known = FUNCTIONS.iter().filter_map(|function| {
        let (name, parameters) = signature::parse(function.declaration).ok()?;
        let selector = signature::selector(name, &parameters);
        Some(Known { function, selector, parameters })
    });
    known.collect()
});

/// The function of a contract with this selector.
pub fn find(
    contract: ContractName,
    selector: [u8; 4],
) -> Option<(&'static Function, &'static [Parameter])> {
    let known = KNOWN
        .iter()
        .find(|known| known.selector == selector && known.function.contract == contract)?;
    Some((known.function, &known.parameters))
}

/// The function of a contract with this name and its parameters.
pub fn find_named(
    contract: ContractName,
    name: &str,
) -> Option<(&'static Function, Vec<Parameter>)> {
    let function = FUNCTIONS
        .iter()
        .find(|function| function.contract == contract && function.name() == name)?;
    let (_, parameters) = signature::parse(function.declaration).ok()?;
    Some((function, parameters))
}

/// Selector and arguments of a function; `None` if the values are not of its types.
pub fn encode(function: &Function, values: Vec<DynSolValue>) -> Option<Bytes> {
    let (name, parameters) = signature::parse(function.declaration).ok()?;
    let values = DynSolValue::Tuple(values);
    tuple(&parameters).matches(&values).then(|| {
        let mut data = signature::selector(name, &parameters).to_vec();
        data.extend(values.abi_encode_params());
        data.into()
    })
}

fn tuple(parameters: &[Parameter]) -> DynSolType {
    DynSolType::Tuple(parameters.iter().map(|parameter| parameter.kind.ty()).collect())
}

fn named(parameters: &[Parameter], values: &DynSolValue) -> Vec<Argument> {
    let values = values.as_tuple().unwrap_or_default();
    let arguments = parameters.iter().zip(values).map(|(parameter, value)| Argument {
        name: parameter.name,
        kind: parameter.kind.canonical(),
        value: value.clone(),
        fields: match &parameter.kind {
            Kind::Tuple(fields) => named(fields, value),
            Kind::Array(item) => items(item, value),
            Kind::Leaf(_) => Vec::new(),
        },
    });
    arguments.collect()
}

/// Items of an array of structs, each as one argument; arrays of simple values stay whole.
fn items(item: &Kind, value: &DynSolValue) -> Vec<Argument> {
    let Kind::Tuple(fields) = item else { return Vec::new() };
    let items = value.as_array().unwrap_or_default().iter().map(|value| Argument {
        name: "item",
        kind: item.canonical(),
        value: value.clone(),
        fields: named(fields, value),
    });
    items.collect()
}

/// The calls that arguments carry: bytes beside a target, and what the manager forwards to its switch.
fn carried(
    contracts: &Contracts,
    function: &'static Function,
    arguments: &[Argument],
    depth: u8,
    found: &mut Vec<Decoded>,
) -> Result<(), NotDecoded> {
    let by_name = |name: &str| arguments.iter().find(|argument| argument.name == name);
    let target = match function.name() {
        "forwardPauseCall" => Some(contracts.system_pause),
        _ => by_name("target").and_then(|target| target.value.as_address()),
    };
    let data = by_name("data").or_else(|| by_name("payload"));
    let data = data.and_then(|data| data.value.as_bytes());
    if let (Some(target), Some(data)) = (target, data) {
        let value = by_name("value").and_then(|value| value.value.as_uint());
        if let Some((value, _)) = value.filter(|(value, _)| !value.is_zero()) {
            let (contract, function) = (function.contract, function.name());
            return Err(NotDecoded::CarriesValue { contract, function, value });
        }
        found.push(decode_at(contracts, target, data, depth.saturating_add(1))?);
    }
    many(contracts, function, arguments, depth, found)?;
    for argument in arguments {
        carried(contracts, function, &argument.fields, depth, found)?;
    }
    Ok(())
}

/// The calls of a proposal, which stand in three arrays of one length.
fn many(
    contracts: &Contracts,
    function: &'static Function,
    arguments: &[Argument],
    depth: u8,
    found: &mut Vec<Decoded>,
) -> Result<(), NotDecoded> {
    let array = |name: &str| {
        let argument = arguments.iter().find(|argument| argument.name == name)?;
        argument.value.as_array()
    };
    let (Some(targets), Some(values), Some(calldatas)) =
        (array("targets"), array("values"), array("calldatas"))
    else {
        return Ok(());
    };
    let (contract, name) = (function.contract, function.name());
    if targets.len() != calldatas.len() || targets.len() != values.len() {
        return Err(NotDecoded::Malformed { contract, function: name });
    }
    for (target, (value, data)) in targets.iter().zip(values.iter().zip(calldatas)) {
        let (Some(target), Some((value, _)), Some(data)) =
            (target.as_address(), value.as_uint(), data.as_bytes())
        else {
            return Err(NotDecoded::Malformed { contract, function: name });
        };
        if !value.is_zero() {
            return Err(NotDecoded::CarriesValue { contract, function: name, value });
        }
        found.push(decode_at(contracts, target, data, depth.saturating_add(1))?);
    }
    Ok(())
}

impl Decoded {
    /// Contract and function, through every call that it carries: `OwnerProxy.execute → BudgetManager.updateCap`.
    pub fn path(&self) -> String {
        let own = format!("{}.{}", self.contract, self.function.name());
        let rest: Vec<String> = self.inner.iter().map(Self::path).collect();
        match rest.as_slice() {
            [] => own,
            [one] => format!("{own} → {one}"),
            several => format!("{own} → ({})", several.join(", ")),
        }
    }

    /// The calls that carry no other: what happens in the end.
    pub fn innermost(&self) -> Vec<&Self> {
        if self.inner.is_empty() {
            return vec![self];
        }
        self.inner.iter().flat_map(Self::innermost).collect()
    }

    /// The value of an argument.
    pub fn argument(&self, name: &str) -> Option<&DynSolValue> {
        self.arguments.iter().find(|argument| argument.name == name).map(|argument| &argument.value)
    }

    /// Every argument with its value in words; fields of a struct as `config.slug`.
    pub fn lines(&self) -> Vec<(String, String)> {
        let mut lines = Vec::new();
        for argument in &self.arguments {
            argument.lines("", &mut lines);
        }
        lines
    }
}

impl Argument {
    fn lines(&self, prefix: &str, lines: &mut Vec<(String, String)>) {
        let name = format!("{prefix}{}", self.name);
        if self.fields.is_empty() {
            lines.push((name, words(&self.value)));
            return;
        }
        let prefix = format!("{name}.");
        for field in &self.fields {
            field.lines(&prefix, lines);
        }
    }
}

#[cfg(test)]
mod tests;
