//! The list of guards that `cargo xtask mutants` takes out must fit the code: each guard stands where the list says, once,
//! and so does its test. Cheap enough for every run, so that the list does not go stale between runs of the command.

use crate::mutants::{Mutant, Test, all};
use crate::tidy::Finding;
use crate::tidy::sources::Source;

/// Where the list is kept.
const LIST: &str = "xtask/src/mutants/guards";

/// Checks every entry of the list.
pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let of_entries = all().flat_map(|mutant| check_entry(mutant, sources));
    of_entries.chain(twice()).collect()
}

fn check_entry(mutant: &Mutant, sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    match sources.iter().find(|source| source.path == mutant.file) {
        Some(source) => {
            if let Err(error) = mutant.apply(&source.text) {
                findings.push(Finding::of_file(mutant.file, error.to_string()));
            }
        }
        None => findings.push(of_list(mutant, format!("{} is not there", mutant.file))),
    }
    if mutant.find == mutant.replace {
        findings.push(of_list(mutant, "it takes nothing out".to_owned()));
    }
    let function = format!("fn {}(", mutant.test.function());
    let (folder, keyword) = match mutant.test {
        Test::Rust { folder, .. } => (format!("{folder}/"), function),
        Test::Forge { file, function } => {
            (format!("contracts/test/{file}"), format!("function {function}("))
        }
    };
    let tests = sources.iter().filter(|source| source.path.starts_with(&folder));
    let times: usize = tests.map(|source| source.text.matches(&keyword).count()).sum();
    if times != 1 {
        let words = format!("its test `{keyword}…)` stands {times} times below {folder}");
        findings.push(of_list(mutant, words));
    }
    findings
}

fn twice() -> impl Iterator<Item = Finding> {
    let is_second = |mutant: &&Mutant| all().filter(|other| other.name == mutant.name).count() > 1;
    all().filter(is_second).map(|mutant| of_list(mutant, "two guards have this name".to_owned()))
}

fn of_list(mutant: &Mutant, words: String) -> Finding {
    Finding::of_file(LIST, format!("guard `{}`: {words}", mutant.name))
}

#[cfg(test)]
mod tests {
    use crate::mutants::{Program, Promise};

    use super::*;

    const GUARD: Mutant = Mutant {
        name: "a-guard",
        promise: Promise::Budget,
        file: "shared/src/a.rs",
        find: "guard()",
        replace: "true",
        test: Test::Rust {
            folder: "shared",
            program: Program::Library,
            path: "a::tests::a_guard_is_kept",
        },
        why: "nothing is kept",
    };

    fn messages(mutant: &Mutant, guarded: &str, tests: &str) -> Vec<String> {
        let source =
            |path: &str, text: &str| Source { path: path.to_owned(), text: text.to_owned() };
        let sources = [source("shared/src/a.rs", guarded), source("shared/tests/a.rs", tests)];
        check_entry(mutant, &sources).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_guard_and_its_test_stand_where_the_list_says() {
        assert_eq!(messages(&GUARD, "guard();", "fn a_guard_is_kept() {}"), [""; 0]);
    }

    #[test]
    fn a_list_that_does_not_fit_the_code_is_found() {
        let test = "fn a_guard_is_kept() {}";
        for (guarded, tests, words) in [
            ("", test, "stands 0 times"),
            ("guard(); guard();", test, "stands 2 times"),
            ("guard();", "fn another() {}", "its test `fn a_guard_is_kept(…)` stands 0 times"),
        ] {
            let found = messages(&GUARD, guarded, tests);
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].contains(words), "{found:?}");
        }
        let elsewhere = Mutant { file: "shared/src/b.rs", ..GUARD };
        assert_eq!(messages(&elsewhere, "guard();", test).len(), 1);
        let nothing = Mutant { replace: GUARD.find, ..GUARD };
        assert_eq!(messages(&nothing, "guard();", test).len(), 1);
    }
}
