//! Rules that look at one file: its opening, its length, and words that must not be in it.

use crate::tidy::Finding;
use crate::tidy::sources::Source;

/// No file of code is longer than this, its tests not counted.
const CODE_LINES: usize = 500;
/// No file of components is longer than this, its tests not counted.
const COMPONENT_LINES: usize = 250;
/// Folders whose Rust files hold components.
const COMPONENTS: [&str; 2] = ["frontend/src/ui/", "frontend/src/pages/"];
/// Endings of files that hold code written by hand.
const CODE: [&str; 5] = ["rs", "sol", "mjs", "js", "css"];
/// Endings of files that may hold remarks about work to do.
const REMARKS: [&str; 8] = ["rs", "sol", "mjs", "js", "css", "toml", "html", "yml"];

// Written in two parts, so that this file keeps its own rules.
const MARKERS: [&str; 2] = [concat!("TO", "DO"), concat!("FIX", "ME")];
const ALLOW: [&str; 2] = [concat!("#[", "allow("), concat!("#![", "allow(")];
const REGISTRY_HOSTS: [&str; 6] = [
    concat!("crates", ".io"),
    concat!("npmjs", ".org"),
    concat!("pypi", ".org"),
    concat!("pythonhosted", ".org"),
    concat!("deb.debian", ".org"),
    concat!("proxy.golang", ".org"),
];
/// Cargo writes the registry's address into this file itself.
const HOSTS_ALLOWED: &str = "Cargo.lock";

/// Checks every rule of this module.
pub(super) fn check(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    if source.ending() == "rs" {
        findings.extend(opening(source));
        findings.extend(allowances(source));
    }
    findings.extend(length(source));
    if REMARKS.contains(&source.ending()) {
        findings.extend(remarks(source));
    }
    if source.path != HOSTS_ALLOWED {
        findings.extend(hosts(source));
    }
    findings
}

fn opening(source: &Source) -> Option<Finding> {
    let opens = source.text.lines().next().is_some_and(|line| line.starts_with("//! "));
    (!opens).then(|| Finding::at(&source.path, 1, "the file must open with a `//!` sentence"))
}

fn allowances(source: &Source) -> Vec<Finding> {
    find_lines(source, |line| {
        ALLOW.iter().any(|allow| line.contains(allow)).then(|| {
            "use `#[expect(…, reason = \"…\")]`, which complains when it is stale".to_owned()
        })
    })
}

fn length(source: &Source) -> Option<Finding> {
    if !CODE.contains(&source.ending()) || source.is_test() {
        return None;
    }
    let component =
        source.ending() == "rs" && COMPONENTS.iter().any(|folder| source.path.starts_with(folder));
    let limit = if component { COMPONENT_LINES } else { CODE_LINES };
    let lines = lines_without_tests(&source.text);
    (lines > limit).then(|| {
        Finding::of_file(
            &source.path,
            format!("{lines} lines; {limit} are allowed, tests not counted"),
        )
    })
}

/// Lines up to the tests at the end of a Rust file.
fn lines_without_tests(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    lines
        .windows(2)
        .position(|pair| matches!(pair, ["#[cfg(test)]", next] if next.starts_with("mod ")))
        .unwrap_or(lines.len())
}

fn remarks(source: &Source) -> Vec<Finding> {
    find_lines(source, |line| {
        MARKERS.iter().find_map(|marker| {
            let (before, after) = line.split_once(marker)?;
            let is_word = !before.ends_with(is_word_part) && !after.starts_with(is_word_part);
            (is_word && !has_owner_and_condition(after))
                .then(|| format!("write `{marker}(name): until when`, or do it now"))
        })
    })
}

fn has_owner_and_condition(after: &str) -> bool {
    after
        .strip_prefix('(')
        .and_then(|rest| rest.split_once("):"))
        .is_some_and(|(owner, condition)| !owner.trim().is_empty() && !condition.trim().is_empty())
}

fn hosts(source: &Source) -> Vec<Finding> {
    find_lines(source, |line| {
        REGISTRY_HOSTS
            .iter()
            .find(|host| line.contains(**host))
            .map(|host| format!("names the registry {host}; registries are the machine's affair"))
    })
}

fn find_lines(source: &Source, rule: impl Fn(&str) -> Option<String>) -> Vec<Finding> {
    source
        .text
        .lines()
        .enumerate()
        .filter_map(|(index, line)| {
            rule(line).map(|message| Finding::at(&source.path, index.saturating_add(1), message))
        })
        .collect()
}

fn is_word_part(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.to_owned(), text: text.to_owned() }
    }

    fn messages(path: &str, text: &str) -> Vec<String> {
        check(&source(path, text)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_plain_file_breaks_no_rule() {
        assert_eq!(
            messages("backend/src/app.rs", "//! The application.\n\nfn main() {}\n"),
            [""; 0]
        );
    }

    #[test]
    fn a_rust_file_opens_with_a_sentence() {
        assert_eq!(messages("a.rs", "fn a() {}\n").len(), 1);
        assert_eq!(messages("a.rs", "").len(), 1);
        assert_eq!(messages("a.css", "a {}\n").len(), 0);
    }

    #[test]
    fn lints_are_expected_and_not_allowed_away() {
        let text = format!("//! A.\n{}dead_code)]\nfn a() {{}}\n", ALLOW[0]);

        let found = messages("a.rs", &text);

        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("a.rs:2: use `#[expect("), "{found:?}");
    }

    #[test]
    fn a_file_may_be_as_long_as_the_limit_and_tests_do_not_count() {
        let lines = |count: usize| format!("//! A.\n{}", "\n".repeat(count - 1));
        let tests = "#[cfg(test)]\nmod tests {\n}\n";

        assert!(length(&source("backend/src/a.rs", &lines(500))).is_none());
        assert!(length(&source("backend/src/a.rs", &lines(501))).is_some());
        assert!(length(&source("backend/src/a.rs", &(lines(500) + tests))).is_none());
        assert!(length(&source("frontend/src/pages/launch/mod.rs", &lines(251))).is_some());
        assert!(length(&source("frontend/src/live/mod.rs", &lines(251))).is_none());
        assert!(length(&source("tests/tests/journey.rs", &lines(900))).is_none());
        assert!(length(&source("contracts/artifacts/A.json", &lines(900))).is_none());
    }

    #[test]
    fn work_to_do_has_an_owner_and_a_condition() {
        let marker = MARKERS[0];

        assert_eq!(messages("a.rs", &format!("//! A.\n// {marker}: later\n")).len(), 1);
        assert_eq!(messages("a.rs", &format!("//! A.\n// {marker}(ada):\n")).len(), 1);
        assert_eq!(
            messages("a.rs", &format!("//! A.\n// {marker}(ada): when leptos 0.9 is out\n")).len(),
            0
        );
        assert_eq!(messages("a.rs", &format!("//! A.\nconst {marker}S: u8 = 1;\n")).len(), 0);
    }

    #[test]
    fn no_file_but_the_lock_names_a_registry() {
        let text = format!("resolved = https://registry.{}\n", REGISTRY_HOSTS[1]);

        assert_eq!(messages("contracts/package-lock.json", &text).len(), 1);
        assert_eq!(messages("Cargo.lock", &text).len(), 0);
    }
}
