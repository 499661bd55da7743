//! Parts that several files of the owner have: lists of texts, contracts by address or by name, calls as Solidity writes
//! them.

use alloy_primitives::Address;

use super::address;
use crate::chain::decode::signature::{self, Parameter};
use crate::chain::decode::{Caller, FUNCTIONS, Function};
use crate::chain::{ContractName, Contracts};
use crate::json::{Cursor, Fields, Report, shortened};
use crate::spec::Party;

/// Most entries of a list.
pub(super) const MOST: usize = 200;

/// A text for people that must be there.
pub(super) fn words(
    fields: &mut Fields<'_>,
    name: &'static str,
    what: &str,
    report: &mut Report<'_>,
) -> Option<String> {
    fields.required(report, name)?.words(report, what, 2_000)
}

/// A list of texts that may be left out.
pub(super) fn texts(
    fields: &mut Fields<'_>,
    name: &'static str,
    what: &str,
    report: &mut Report<'_>,
) -> Vec<String> {
    list(fields, name, report, |item, report| item.words(report, what, 2_000))
}

/// A list that may be left out; entries that cannot be read are reported and left out.
pub(super) fn list<'d, T>(
    fields: &mut Fields<'d>,
    name: &'static str,
    report: &mut Report<'_>,
    mut entry: impl FnMut(Cursor<'d>, &mut Report<'_>) -> Option<T>,
) -> Vec<T> {
    let Some(cursor) = fields.optional(name) else { return Vec::new() };
    let Some(items) = cursor.items(report) else { return Vec::new() };
    if items.len() > MOST {
        let message = format_args!("`{name}` has {} entries, and {MOST} is the most", items.len());
        report.error("too-many-entries", cursor.place(), message, format_args!("split the file"));
        return Vec::new();
    }
    items.iter().filter_map(|item| entry(item.into(), report)).collect()
}

/// Reports a name that an earlier entry of the same list has.
pub(super) fn no_second<'k>(
    seen: &mut Vec<&'k str>,
    key: &'k str,
    what: &str,
    at: Cursor<'_>,
    report: &mut Report<'_>,
) {
    if seen.contains(&key) {
        let message = format_args!("two entries have the {what} `{}`", shortened(key));
        report.error("duplicate-id", at.place(), message, format_args!("give each its own"));
    }
    seen.push(key);
}

/// A contract: its address, or a name such as `0xSystemPause` that the deployment resolves.
pub(super) fn contract(cursor: Cursor<'_>, report: &mut Report<'_>) -> Option<Party> {
    let text = cursor.text(report, "an address, or a name such as \"0xSystemPause\"")?;
    if address::looks_like_one(text) {
        return address::read(cursor, report).map(Party::Address);
    }
    if let Some(name) = named(text) {
        let message = format_args!("`{text}` stands in place of an address; {name} is meant");
        let help = format_args!("nothing to do where this deployment's own contract is meant");
        report.info("placeholder", cursor.place(), message, help);
        return Some(Party::Placeholder(text.to_owned()));
    }
    let message = format_args!("{:?} is neither an address nor a contract's name", shortened(text));
    let help = format_args!("write 0x and 40 hex digits, or 0x and a name such as SystemPause");
    report.error("not-an-address", cursor.place(), message, help);
    None
}

/// Where a contract is on this deployment.
pub(super) fn locate(party: &Party, contracts: &Contracts) -> Option<Address> {
    match party {
        Party::Address(address) => Some(*address),
        Party::Placeholder(name) => named(name).map(|name| contracts.address(name)),
    }
}

/// The contract that a name such as `0xPhase8Manager` stands for.
pub(crate) fn named(text: &str) -> Option<ContractName> {
    let plain = |text: &str| {
        let mut text = text.to_ascii_lowercase();
        text.retain(|letter| letter.is_ascii_alphanumeric());
        text
    };
    let text = plain(text.strip_prefix("0x")?);
    if matches!(text.as_str(), "manager" | "phase8manager") {
        return Some(ContractName::Manager);
    }
    ContractName::ALL.into_iter().find(|name| plain(name.as_str()) == text)
}

/// A function's name and types, out of `function f(uint64 seconds) external` or `f(uint64)`.
pub(super) fn canonical(call: &str) -> Option<String> {
    let call = call.trim();
    let call = call.strip_prefix("function ").unwrap_or(call).trim_start();
    let mut text = String::new();
    let mut depth = 0_usize;
    let mut rest = call;
    loop {
        let end = rest.find(['(', ',', ')'])?;
        let (segment, tail) = rest.split_at_checked(end)?;
        let mut letters = tail.chars();
        let mark = letters.next()?;
        rest = letters.as_str();
        let mut words = segment.split_whitespace();
        let word = words.next().unwrap_or_default();
        if depth == 0 && words.next().is_some() {
            return None;
        }
        // Behind a bracket stand the name of a struct's parameter, which does not count, or `[]`, which does.
        let is_name = text.ends_with(')') && !word.starts_with('[');
        text.push_str(match word {
            _ if is_name => "",
            "uint" => "uint256",
            "int" => "int256",
            word => word,
        });
        text.push(mark);
        match mark {
            '(' => depth = depth.saturating_add(1),
            ')' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    let (name, _) = text.split_once('(')?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    (!name.is_empty() && name.bytes().all(is_name)).then_some(text)
}

/// The function that an owner can call by this text, at once or through the timelock.
pub(super) fn function(call: &str) -> Option<(&'static Function, Vec<Parameter>)> {
    let canonical = canonical(call)?;
    let owners = FUNCTIONS.iter().filter(|function| {
        function.is_behind_door() || matches!(function.caller, Caller::Timelock | Caller::Manager)
    });
    owners.into_iter().find_map(|function| {
        let (name, parameters) = signature::parse(function.declaration).ok()?;
        (format!("{name}{}", signature::canonical(&parameters)) == canonical)
            .then_some((function, parameters))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_read_however_it_is_written() {
        for (written, canonical_text) in [
            ("pauseAll()", "pauseAll()"),
            ("function pauseAll() external returns (bool)", "pauseAll()"),
            (
                " updateRiskParameters( uint64 heartbeatSeconds , uint64 w,uint d )",
                "updateRiskParameters(uint64,uint64,uint256)",
            ),
            (
                "setSentinelDomains(bytes32 id, bytes32[] domainIds)",
                "setSentinelDomains(bytes32,bytes32[])",
            ),
            ("f((string a,uint64 b)[] calldata list,bool c)", "f((string,uint64)[],bool)"),
            ("f((string a,uint64 b) plan)", "f((string,uint64))"),
        ] {
            assert_eq!(canonical(written).as_deref(), Some(canonical_text), "{written}");
        }
        for written in ["", "f", "f(", "f)", "(", "()", "a b(c)", "f((a)"] {
            assert_eq!(canonical(written), None, "{written}");
        }
    }

    #[test]
    fn a_function_of_the_table_is_found_by_its_text() {
        let title = |call| function(call).map(|(function, _)| function.title);

        assert_eq!(title("updateRiskParameters(uint64,uint64,uint256)"), Some("Risk Parameters"));
        assert_eq!(title("function pauseAll()"), Some("Pause Fleet"));
        assert_eq!(title("upgradeModule(address,address)"), None);
        assert_eq!(title("acknowledge(uint256)"), None, "a validator calls it");
    }

    #[test]
    fn a_contract_is_found_by_its_name() {
        for (text, name) in [
            ("0xPhase8Manager", Some(ContractName::Manager)),
            ("0xPhase8UniversalValueManager", Some(ContractName::Manager)),
            ("0xSystemPause", Some(ContractName::SystemPause)),
            ("0xupgrade-coordinator", Some(ContractName::UpgradeCoordinator)),
            ("SystemPause", None),
            ("0xNobody", None),
        ] {
            assert_eq!(named(text), name, "{text}");
        }
    }
}
