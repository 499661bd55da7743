//! Times and calls in words, as every part of the command center says them.

use phase8_shared::chain::decode::{self, Argument, Decoded, NotDecoded, words};
use phase8_shared::chain::{Call, Contracts, field};
use phase8_shared::time::Timestamp;

use crate::format;

/// `45 s`, `2 min`, `3 h 20 min`, `2 d 4 h`: two parts at most.
pub(crate) fn duration(seconds: u64) -> String {
    let two = |large: u64, unit: &str, small: u64, rest: &str| {
        if small == 0 {
            format!("{large} {unit}")
        } else {
            format!("{large} {unit} {small} {rest}")
        }
    };
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => two(seconds / 60, "min", seconds % 60, "s"),
        3_600..86_400 => two(seconds / 3_600, "h", seconds % 3_600 / 60, "min"),
        _ => two(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h"),
    }
}

/// A moment in Unix seconds to the minute: `2026-11-23 06:37 UTC`.
pub(crate) fn moment(seconds: u64) -> String {
    minute(Timestamp::from_millis(seconds.saturating_mul(1_000)))
}

/// A moment to the minute.
pub(crate) fn minute(at: Timestamp) -> String {
    let text = at.to_string();
    match (text.get(..10), text.get(11..16)) {
        (Some(day), Some(time)) => format!("{day} {time} UTC"),
        _ => text,
    }
}

/// A call in words: what it is called, then each argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CallWords {
    /// What it is called.
    pub(crate) title: String,
    /// Contract and function, through every call that it carries.
    pub(crate) path: String,
    /// The arguments of what happens in the end.
    pub(crate) arguments: Vec<(String, String)>,
}

/// A call in words, if it can be taken apart to the very same bytes.
pub(crate) fn call_words(contracts: &Contracts, call: &Call) -> Result<CallWords, NotDecoded> {
    decode::decode(contracts, call).map(|decoded| of_decoded(&decoded))
}

fn of_decoded(decoded: &Decoded) -> CallWords {
    let ends = decoded.innermost();
    let titles: Vec<_> = ends.iter().map(|end| end.function.title).collect();
    CallWords {
        title: titles.join(", "),
        path: decoded.path(),
        arguments: ends.iter().flat_map(|end| lines(&end.arguments, "")).collect(),
    }
}

/// The arguments, those of a struct one by one; a number with a unit is told in it too.
fn lines(arguments: &[Argument], within: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for argument in arguments {
        let name = format!("{within}{}", argument.name);
        if argument.fields.is_empty() {
            all.push((name, reading(argument)));
        } else {
            all.extend(lines(&argument.fields, &format!("{name}.")));
        }
    }
    all
}

/// `$9,000.00 (9000000000)`: in words, and as it is signed.
fn reading(argument: &Argument) -> String {
    let exact = words(&argument.value);
    let is_number = argument.value.as_uint().is_some() || argument.value.as_int().is_some();
    let said = field::value_words(argument.name, &argument.value, &field::Names::default());
    if is_number && said.replace(',', "") != exact { format!("{said} ({exact})") } else { exact }
}

/// A call in two lines: its title, and its path with short arguments.
pub(crate) fn call_lines(contracts: &Contracts, call: &Call) -> (String, String) {
    match call_words(contracts, call) {
        Ok(words) => {
            let arguments: Vec<_> = words
                .arguments
                .iter()
                .map(|(name, value)| format!("{name} {}", brief(value)))
                .collect();
            let end = if arguments.is_empty() {
                String::new()
            } else {
                format!(": {}", arguments.join(", "))
            };
            (words.title, format!("{}{end}", words.path))
        }
        Err(why) => ("Not decoded".to_owned(), why.to_string()),
    }
}

/// A fragment as a sentence.
pub(crate) fn sentence(fragment: &str) -> String {
    let mut letters = fragment.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let end = if fragment.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

/// An id shortens in the middle, a text is cut.
fn brief(value: &str) -> String {
    if value.starts_with("0x") {
        return format::shorten(value);
    }
    let mut cut: String = value.chars().take(40).collect();
    if cut.len() < value.len() {
        cut.push('…');
    }
    cut
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{Address, B256, U256};
    use alloy_sol_types::SolCall;
    use phase8_shared::chain::abi::IBudgetManager;

    use super::*;

    #[test]
    fn a_duration_has_two_parts_at_most() {
        for (seconds, words) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (61, "1 min 1 s"),
            (3_600, "1 h"),
            (12_000, "3 h 20 min"),
            (187_200, "2 d 4 h"),
        ] {
            assert_eq!(duration(seconds), words);
        }
    }

    #[test]
    fn a_moment_is_shown_to_the_minute() {
        assert_eq!(moment(1_795_386_900), "2026-11-22 22:35 UTC");
    }

    #[test]
    fn a_call_is_told_in_two_lines_and_smuggled_bytes_are_not_decoded() {
        let contracts = Contracts::locate(|name| Address::with_last_byte(1 + name as u8));
        let data = IBudgetManager::updateCapCall {
            mission: B256::repeat_byte(7),
            microUsd: U256::from(5),
        }
        .abi_encode();
        let call = Call { to: contracts.budget_manager, data: data.clone().into() };

        assert_eq!(
            call_lines(&contracts, &call),
            (
                "Budget Cap".to_owned(),
                "BudgetManager.updateCap: mission 0x0707…0707, microUsd $0.000005 (5)".to_owned()
            )
        );

        let smuggled = [data, vec![1]].concat();
        let call = Call { to: contracts.budget_manager, data: smuggled.into() };
        assert_eq!(call_lines(&contracts, &call).0, "Not decoded");
    }
}
