//! Fields of calls and answers in words: what they are called, in which unit they count, and how a value reads.

use std::collections::BTreeMap;

/// A value of any type, as calls and answers carry it.
pub use alloy_dyn_abi::DynSolValue;
use alloy_primitives::{B256, Bytes, I256, U256};

use super::ContractName;
use super::decode::signature::{Kind, Leaf, Parameter};
use super::decode::{self, Function};
use crate::money::MicroUsd;
use crate::time::Timestamp;

/// A field without parts, with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its name, as Solidity has it.
    pub name: &'static str,
    /// Its type.
    pub kind: Leaf,
    /// Its value.
    pub value: DynSolValue,
}

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Nothing in particular.
    Plain,
    /// Seconds.
    Seconds,
    /// Ten-thousandths of a whole.
    Bps,
    /// Millionths of a dollar.
    MicroUsd,
    /// Whole dollars.
    Dollars,
    /// Seconds since 1970.
    Moment,
    /// Ten-thousandths of a score.
    Score,
}

/// Names of what contracts know by a key alone: adapters, missions, roles, modules, domains.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names(BTreeMap<B256, String>);

impl Unit {
    /// The unit of a field, told by its name.
    pub fn of(field: &str) -> Self {
        match field {
            "guardianReviewWindow" | "upgradeWindow" | "delay" | "newDelay" => Self::Seconds,
            "microUsd" => Self::MicroUsd,
            "annualBudget" => Self::Dollars,
            "lastExecutedAt" | "executedAt" | "expiry" | "stagedAt" | "expiresAt" | "deadline"
            | "acknowledgedAt" => Self::Moment,
            "score" => Self::Score,
            _ if field.ends_with("Seconds") => Self::Seconds,
            _ if field.ends_with("Bps") => Self::Bps,
            _ => Self::Plain,
        }
    }

    /// What to write into a field that counts this; empty where there is nothing to say.
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Seconds => "seconds",
            Self::Bps => "bps: 100 are 1 %, at most 10000",
            Self::MicroUsd => "micro-dollars: 1000000 are $1",
            Self::Dollars => "whole dollars a year",
            Self::Moment => "Unix seconds",
            Self::Score => "ten-thousandths: 10000 are 1",
        }
    }

    fn words(self, number: U256) -> String {
        let Ok(small) = u64::try_from(number) else { return number.to_string() };
        match self {
            Self::Plain => crate::format::grouped(small),
            Self::Seconds => duration_words(small),
            Self::Bps => format!("{small} bps ({} %)", hundredths(small)),
            Self::MicroUsd => MicroUsd::new(small).to_string(),
            Self::Dollars => format!("${} a year", crate::format::grouped(small)),
            Self::Moment => moment_words(small),
            Self::Score => fraction(small),
        }
    }
}

impl Names {
    /// With one more name.
    #[must_use]
    pub fn with(mut self, key: B256, name: impl Into<String>) -> Self {
        self.0.insert(key, name.into());
        self
    }

    /// The name of a key, if it is known.
    pub fn find(&self, key: B256) -> Option<&str> {
        self.0.get(&key).map(String::as_str)
    }

    /// The name of a key, else the key itself.
    pub fn of(&self, key: B256) -> String {
        self.find(key).map_or_else(|| key.to_string(), str::to_owned)
    }
}

/// Seconds in words, exactly: `1 hour 30 minutes`.
pub fn duration_words(seconds: u64) -> String {
    let parts = [
        (seconds / 86_400, "day"),
        (seconds / 3_600 % 24, "hour"),
        (seconds / 60 % 60, "minute"),
        (seconds % 60, "second"),
    ];
    let said: Vec<String> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count} {unit}{}", if count == 1 { "" } else { "s" }))
        .collect();
    if said.is_empty() { "0 seconds".to_owned() } else { said.join(" ") }
}

/// Unix seconds as a date and time; zero is no moment.
pub fn moment_words(seconds: u64) -> String {
    match seconds.checked_mul(1000) {
        Some(0) => "never".to_owned(),
        // A calendar of five-digit years helps nobody.
        Some(millis) if millis <= 253_402_300_799_000 => Timestamp::from_millis(millis).to_string(),
        Some(_) | None => format!("second {seconds}"),
    }
}

/// What a field is called: `metadataURI` is "Metadata URI", `heartbeatSeconds` is "Heartbeat".
pub fn label(field: &str) -> String {
    let stem = match field {
        "microUsd" => "budgetCap",
        "newSystemPause" => "systemPause",
        "newGovernance" | "newOwner" => "newGovernance",
        "domainIds" => "domains",
        "active" => "status",
        _ => field.strip_suffix("Seconds").or_else(|| field.strip_suffix("Bps")).unwrap_or(field),
    };
    let mut text = String::with_capacity(stem.len().saturating_add(4));
    let mut after_capital = false;
    for letter in stem.chars() {
        if letter.is_ascii_uppercase() && !after_capital {
            text.push(' ');
        }
        after_capital = letter.is_ascii_uppercase();
        text.push(letter.to_ascii_lowercase());
    }
    let words: Vec<String> = text.split(' ').map(known_short).collect();
    capital(&words.join(" "))
}

/// A label as it stands within a sentence: "metadata URI", but "TVL limit".
pub(super) fn within(label: &str) -> String {
    let mut letters = label.chars();
    let (first, second) = (letters.next(), letters.next());
    if second.is_some_and(|letter| letter.is_ascii_uppercase()) {
        return label.to_owned();
    }
    let first = first.map(|letter| letter.to_ascii_lowercase());
    first.into_iter().chain(second).chain(letters).collect()
}

/// The text with a capital first letter.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|letter| letter.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

fn known_short(word: &str) -> String {
    match word {
        "uri" | "tvl" => word.to_ascii_uppercase(),
        _ => word.to_owned(),
    }
}

/// The value of a field in words.
pub fn value_words(field: &str, value: &DynSolValue, names: &Names) -> String {
    match value {
        DynSolValue::Bool(value) => truth_words(field, *value).to_owned(),
        DynSolValue::Uint(number, _) => Unit::of(field).words(*number),
        DynSolValue::Int(number, _) if Unit::of(field) == Unit::Score => score_words(*number),
        DynSolValue::Address(address) if address.is_zero() => "nobody".to_owned(),
        DynSolValue::FixedBytes(word, 32) if word.is_zero() => "none".to_owned(),
        DynSolValue::FixedBytes(word, 32) => names.of(*word),
        DynSolValue::String(text) if text.is_empty() => "empty".to_owned(),
        DynSolValue::Bytes(bytes) if bytes.is_empty() => "none".to_owned(),
        DynSolValue::Array(items) if items.is_empty() => {
            if field == "domainIds" { "every domain" } else { "none" }.to_owned()
        }
        DynSolValue::Array(items) => {
            let mut said: Vec<String> =
                items.iter().map(|item| value_words("", item, names)).collect();
            said.sort_unstable();
            said.join(", ")
        }
        DynSolValue::Int(..)
        | DynSolValue::FixedBytes(..)
        | DynSolValue::Address(_)
        | DynSolValue::Function(_)
        | DynSolValue::Bytes(_)
        | DynSolValue::String(_)
        | DynSolValue::FixedArray(_)
        | DynSolValue::Tuple(_) => decode::words(value),
    }
}

const fn truth_words(field: &str, value: bool) -> &'static str {
    // `match` on text is no constant function, so the pairs are told apart by their bytes.
    let (yes, no) = match field.as_bytes() {
        b"active" => ("active", "switched off"),
        b"paused" => ("paused", "runs"),
        b"tripped" => ("held by a tripwire", "no tripwire holds it"),
        b"required" => ("a person must work along", "agents work alone"),
        b"reader" => ("may read", "may not read"),
        b"member" => ("member", "no member"),
        b"validator" => ("in the guild", "not in the guild"),
        b"registered" => ("can be chosen", "cannot be chosen"),
        b"revoked" => ("revoked", "not revoked"),
        b"vetoed" => ("vetoed", "not vetoed"),
        b"allowed" => ("allowed", "not allowed"),
        _ => ("yes", "no"),
    };
    if value { yes } else { no }
}

fn score_words(number: I256) -> String {
    let sign = if number.is_negative() { "-" } else { "" };
    let size = u64::try_from(number.unsigned_abs());
    size.map_or_else(|_| number.to_string(), |size| format!("{sign}{}", fraction(size)))
}

fn fraction(ten_thousandths: u64) -> String {
    format!("{}.{:04}", ten_thousandths / 10_000, ten_thousandths % 10_000)
}

fn hundredths(number: u64) -> String {
    let text = format!("{}.{:02}", number / 100, number % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A call of a contract with its arguments by name; fields of a struct stand beside the other arguments.
#[derive(Debug, Clone)]
pub struct NamedCall {
    /// The function.
    pub function: &'static Function,
    /// The arguments, in order.
    pub arguments: Vec<(&'static str, DynSolValue)>,
}

impl NamedCall {
    /// Takes a call of a contract apart; `None` if it is none that this program knows, to the last byte.
    pub fn read(contract: ContractName, data: &Bytes) -> Option<Self> {
        let (selector, arguments) = data.split_first_chunk::<4>()?;
        let (function, parameters) = decode::find(contract, *selector)?;
        let values = values_of(parameters, arguments)?;
        Some(Self { function, arguments: by_name(parameters, &values) })
    }

    /// An argument, or a field of one.
    pub fn get(&self, name: &str) -> Option<&DynSolValue> {
        self.arguments.iter().find(|(found, _)| *found == name).map(|(_, value)| value)
    }

    /// An argument of 32 bytes.
    pub fn key(&self, name: &str) -> Option<B256> {
        self.get(name)?.as_fixed_bytes().and_then(|(bytes, _)| B256::try_from(bytes).ok())
    }

    /// An argument that is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }
}

/// Reads values of these types, and nothing behind them.
pub(super) fn values_of(parameters: &[Parameter], data: &[u8]) -> Option<Vec<DynSolValue>> {
    let kind = alloy_dyn_abi::DynSolType::Tuple(
        parameters.iter().map(|parameter| parameter.kind.ty()).collect(),
    );
    let values = kind.abi_decode_params(data).ok()?;
    (values.abi_encode_params() == data).then_some(())?;
    if let DynSolValue::Tuple(values) = values { Some(values) } else { None }
}

/// Values by name, with the fields of a struct in the struct's place.
pub(super) fn by_name(
    parameters: &[Parameter],
    values: &[DynSolValue],
) -> Vec<(&'static str, DynSolValue)> {
    let mut found = Vec::new();
    for (parameter, value) in parameters.iter().zip(values) {
        match (&parameter.kind, value.as_tuple()) {
            (Kind::Tuple(fields), Some(values)) => found.extend(by_name(fields, values)),
            _ => found.push((parameter.name, value.clone())),
        }
    }
    found
}

/// The names of parameters, with the fields of a struct in the struct's place.
pub(super) fn names_of(parameters: &[Parameter]) -> Vec<&'static str> {
    let names = parameters.iter().flat_map(|parameter| match &parameter.kind {
        Kind::Tuple(fields) => names_of(fields),
        Kind::Leaf(_) | Kind::Array(_) => vec![parameter.name],
    });
    names.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_called_by_words() {
        for (field, words) in [
            ("slug", "Slug"),
            ("metadataURI", "Metadata URI"),
            ("uri", "URI"),
            ("tvlLimit", "TVL limit"),
            ("heartbeatSeconds", "Heartbeat"),
            ("autonomyLevelBps", "Autonomy level"),
            ("guardianReviewWindow", "Guardian review window"),
            ("lastReportURI", "Last report URI"),
            ("domainIds", "Domains"),
            ("active", "Status"),
        ] {
            assert_eq!(label(field), words);
        }
        assert_eq!(within(&label("tvlLimit")), "TVL limit");
        assert_eq!(within(&label("metadataURI")), "metadata URI");
    }

    #[test]
    fn values_are_said_in_their_unit() {
        let number = |number: u64| DynSolValue::Uint(U256::from(number), 256);
        let names = Names::default().with(B256::repeat_byte(1), "gpt-large");
        for (field, value, words) in [
            ("heartbeatSeconds", number(5_400), "1 hour 30 minutes"),
            ("maxDrawdownBps", number(2_550), "2550 bps (25.5 %)"),
            ("microUsd", number(2_500_000), "$2.50"),
            ("annualBudget", number(1_200_000), "$1,200,000 a year"),
            ("lastExecutedAt", number(0), "never"),
            ("executedAt", number(1_795_415_820), "2026-11-23T06:37:00Z"),
            ("expiry", number(u64::MAX), "second 18446744073709551615"),
            ("tvlLimit", number(1_000), "1,000"),
            ("score", DynSolValue::Int(I256::try_from(-8_150).unwrap(), 256), "-0.8150"),
            ("active", true.into(), "active"),
            ("adapter", B256::repeat_byte(1).into(), "gpt-large"),
            ("adapter", B256::ZERO.into(), "none"),
            ("domainIds", DynSolValue::Array(Vec::new()), "every domain"),
            ("treasury", alloy_primitives::Address::ZERO.into(), "nobody"),
        ] {
            assert_eq!(value_words(field, &value, &names), words, "{field}");
        }
    }

    #[test]
    fn durations_are_exact() {
        for (seconds, words) in [
            (0, "0 seconds"),
            (1, "1 second"),
            (3_600, "1 hour"),
            (90_061, "1 day 1 hour 1 minute 1 second"),
        ] {
            assert_eq!(duration_words(seconds), words);
        }
    }
}
