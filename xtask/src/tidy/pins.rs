//! Versions that are written in more than one place must be the same everywhere.

use crate::tidy::Finding;
use crate::tidy::sources::Source;
use crate::tools;

/// Compares `Cargo.lock` and `Trunk.toml` with the table of tools.
pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let bindgen = tools::WASM_BINDGEN.version;
    if let Some(lock) = find(sources, "Cargo.lock") {
        let locked = locked_version(lock, "wasm-bindgen");
        if locked.is_some_and(|version| version != bindgen) {
            findings.push(Finding::of_file(
                "Cargo.lock",
                format!(
                    "wasm-bindgen is {}, and the wasm-bindgen program of xtask/src/tools.rs is {bindgen}; \
                     they must be equal",
                    locked.unwrap_or_default()
                ),
            ));
        }
    }
    if let Some(trunk) = find(sources, "Trunk.toml") {
        let wasm_opt = tools::wasm_opt_name();
        for (key, pinned) in [("wasm_bindgen", bindgen), ("wasm_opt", wasm_opt.as_str())] {
            if let Some((line, value)) = setting(trunk, key)
                && value != pinned
            {
                findings.push(Finding::at(
                    "Trunk.toml",
                    line,
                    format!("{key} is {value}, and xtask/src/tools.rs says {pinned}"),
                ));
            }
        }
    }
    findings
}

fn find<'a>(sources: &'a [Source], path: &str) -> Option<&'a str> {
    sources.iter().find(|source| source.path == path).map(|source| source.text.as_str())
}

/// The version of a package in the text of a `Cargo.lock`.
fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name).skip(1);
    lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')
}

/// The line and the value of `key = "value"`.
fn setting<'a>(text: &'a str, key: &str) -> Option<(usize, &'a str)> {
    text.lines().enumerate().find_map(|(index, line)| {
        let (found, value) = line.split_once('=')?;
        let value = value.split('"').nth(1)?;
        (found.trim() == key).then_some((index.saturating_add(1), value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(path: &str, text: &str) -> Vec<String> {
        let source = Source { path: path.to_owned(), text: text.to_owned() };
        check(&[source]).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_locked_wasm_bindgen_equals_the_program() {
        let lock = |version: &str| {
            format!(
                "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.1\"\n\n\
                 [[package]]\nname = \"wasm-bindgen\"\nversion = \"{version}\"\n"
            )
        };

        assert_eq!(messages("Cargo.lock", &lock(tools::WASM_BINDGEN.version)), [""; 0]);
        assert_eq!(messages("Cargo.lock", &lock("0.2.1")).len(), 1);
        assert_eq!(messages("Cargo.lock", "version = 4\n"), [""; 0]);
    }

    #[test]
    fn trunk_is_told_the_versions_that_are_installed() {
        let text = format!("[tools]\nwasm_bindgen = \"{}\"\n", tools::WASM_BINDGEN.version);

        assert_eq!(messages("Trunk.toml", &text), [""; 0]);
        assert_eq!(
            messages("Trunk.toml", "[tools]\nwasm_opt = \"version_1\" # old\n"),
            ["Trunk.toml:2: wasm_opt is version_1, and xtask/src/tools.rs says version_132"]
        );
    }
}
