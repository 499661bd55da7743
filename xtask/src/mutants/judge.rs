//! Whether a test noticed: red by its own words, and not because nothing compiles or nothing ends.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};

use crate::mutants::copy::Copy;
use crate::mutants::{Mutant, Program, Test};
use crate::process;
use crate::progress::{self, Step};
use crate::setup::{Kit, PostgresServer};

/// The profile of the test runner: no second try, and a test that hangs is ended sooner.
const PROFILE: &str = "mutants";

/// What tests are run with.
#[derive(Debug)]
pub(super) struct Bench<'a> {
    kit: &'a Kit,
    copy: &'a Copy,
    anvil: PathBuf,
    cast: PathBuf,
    postgres: PostgresServer,
}

/// What a run of one test came to.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    /// Every test is green.
    Green,
    /// A test failed, and said so where it stands.
    Red(String),
    /// There was nothing to run.
    NotCompiled,
    /// It was ended because it took too long.
    TimedOut,
    /// Anything else: no such test, a crash, a runner that broke down.
    Unclear,
}

impl<'a> Bench<'a> {
    /// Starts the database that tests use.
    pub(super) fn new(kit: &'a Kit, copy: &'a Copy) -> Result<Self> {
        let postgres =
            progress::step("PostgreSQL for the tests", |_| PostgresServer::start(kit.workspace()))?;
        Ok(Self { kit, copy, anvil: kit.anvil()?, cast: kit.cast()?, postgres })
    }

    /// Runs the tests of these guards where nothing is missing: a test that is red anyhow notices nothing.
    pub(super) fn baseline(&self, mutants: &[&Mutant]) -> Result<()> {
        let mut programs: BTreeMap<String, Vec<Test>> = BTreeMap::new();
        for mutant in mutants {
            programs.entry(mutant.test.program()).or_default().push(mutant.test);
        }
        for (program, mut tests) in programs {
            tests.sort_unstable();
            tests.dedup();
            let label = format!("{program}: {} tests", tests.len());
            progress::step(&label, |step| match self.run(step, &tests)? {
                Outcome::Green => Ok(()),
                Outcome::Red(_) | Outcome::NotCompiled | Outcome::TimedOut | Outcome::Unclear => {
                    bail!(
                        "a test is not green although no guard is missing\n{}\n  the whole of it: {}",
                        self.tail(),
                        self.log().display()
                    )
                }
            })?;
        }
        Ok(())
    }

    /// Takes the guard out and runs its test; answers where the test noticed.
    pub(super) fn judge(&self, step: &mut Step, mutant: &Mutant) -> Result<String> {
        let without = self.copy.without(mutant)?;
        let tests = [mutant.test];
        let outcome = self.run(step, &tests)?;
        drop(without);
        match outcome {
            Outcome::Red(place) => Ok(place),
            Outcome::Green => Err(anyhow!(
                "`{}` is gone from {} and {} is still green: without it {}",
                mutant.name,
                mutant.file,
                mutant.test.function(),
                mutant.why
            )),
            Outcome::NotCompiled => Err(anyhow!(
                "without `{}` nothing compiles, so no test can notice\n{}\n  the whole of it: {}",
                mutant.name,
                self.tail(),
                self.log().display()
            )),
            Outcome::TimedOut | Outcome::Unclear => Err(anyhow!(
                "without `{}`, {} neither passed nor failed by its own words\n{}\n  the whole of it: {}",
                mutant.name,
                mutant.test.function(),
                self.tail(),
                self.log().display()
            )),
        }
    }

    fn run(&self, step: &mut Step, tests: &[Test]) -> Result<Outcome> {
        let Some(first) = tests.first() else { return Ok(Outcome::Green) };
        let mut command = match first {
            Test::Rust { .. } => {
                let mut command = self.cargo(first);
                command.args(["--no-fail-fast", "-E", &rust_filter(tests)]);
                command
            }
            Test::Forge { .. } => {
                let mut command = self.forge();
                command.args(["test", "--match-test", &forge_filter(tests)]);
                command
            }
        };
        let ended_well = process::run(step, &mut command, &self.log()).is_ok();
        let text = fs::read_to_string(self.log()).context("the tests left no log")?;
        Ok(match first {
            Test::Rust { .. } => read_nextest(ended_well, &text, tests.len()),
            Test::Forge { .. } => read_forge(ended_well, &text, tests.len()),
        })
    }

    fn cargo(&self, test: &Test) -> Command {
        let mut command = self.kit.command("cargo");
        command
            .current_dir(self.copy.root())
            .env("CARGO_TARGET_DIR", self.copy.target())
            .env("PHASE8_ANVIL", &self.anvil)
            .env("PHASE8_CAST", &self.cast)
            .env("PHASE8_POSTGRES", self.postgres.url())
            .env("RUST_BACKTRACE", "0")
            .env("INSTA_UPDATE", "no")
            .args(["nextest", "run", "--locked", "--color", "never", "--profile", PROFILE]);
        if let Test::Rust { folder, program, .. } = test {
            command.args(["--package", &format!("phase8-{folder}")]);
            match program {
                Program::Library => command.arg("--lib"),
                Program::Of(name) => command.args(["--test", name]),
            };
        }
        command
    }

    fn forge(&self) -> Command {
        let mut command = self.kit.command("forge");
        command.current_dir(self.copy.root().join("contracts"));
        command
    }

    fn log(&self) -> PathBuf {
        self.kit.workspace().log("mutants")
    }

    /// The last lines of the log, for people.
    fn tail(&self) -> String {
        const LINES: usize = 40;
        let text = fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let from = lines.len().saturating_sub(LINES);
        let shown: Vec<String> =
            lines.iter().skip(from).map(|line| format!("  | {line}")).collect();
        shown.join("\n")
    }
}

impl Test {
    /// The program of tests it is in, in words.
    fn program(&self) -> String {
        match self {
            Self::Rust { folder, program: Program::Library, .. } => (*folder).to_owned(),
            Self::Rust { folder, program: Program::Of(name), .. } => {
                format!("{folder}/tests/{name}")
            }
            Self::Forge { .. } => "contracts".to_owned(),
        }
    }
}

fn rust_filter(tests: &[Test]) -> String {
    let paths = tests.iter().filter_map(|test| match test {
        Test::Rust { path, .. } => Some(format!("test(={path})")),
        Test::Forge { .. } => None,
    });
    paths.collect::<Vec<_>>().join(" | ")
}

fn forge_filter(tests: &[Test]) -> String {
    let names: Vec<&str> = tests.iter().map(Test::function).collect();
    format!("^({})\\(", names.join("|"))
}

/// What the test runner's lines say. A test that panics says where; in this workspace nothing but tests may.
fn read_nextest(ended_well: bool, text: &str, tests: usize) -> Outcome {
    let count = |word: &str| {
        let of_status = |line: &&str| line.trim_start().starts_with(&format!("{word} ["));
        text.lines().filter(of_status).count()
    };
    if ended_well && count("PASS") == tests {
        return Outcome::Green;
    }
    if text.contains("error: could not compile") {
        return Outcome::NotCompiled;
    }
    if count("TIMEOUT") > 0 {
        return Outcome::TimedOut;
    }
    let mut lines = text.lines();
    let place = lines.find_map(|line| line.split_once(" panicked at ")).map(|(_, at)| at);
    match place {
        // A library that compares for tests fails in a file of its own, and then says where it was asked to.
        Some(place) if count("FAIL") > 0 && place.starts_with('/') => {
            Outcome::Red(lines.next().unwrap_or(place).trim().to_owned())
        }
        Some(place) if count("FAIL") > 0 => {
            // `file:line:column:`; the column says nothing to people.
            let parts: Vec<&str> = place.split(':').take(2).collect();
            Outcome::Red(parts.join(":"))
        }
        _ => Outcome::Unclear,
    }
}

fn read_forge(ended_well: bool, text: &str, tests: usize) -> Outcome {
    let passed = text.lines().filter(|line| line.starts_with("[PASS]")).count();
    if ended_well && passed == tests {
        return Outcome::Green;
    }
    if text.contains("Compiler run failed") {
        return Outcome::NotCompiled;
    }
    let failed = text.lines().find_map(|line| line.strip_prefix("[FAIL: "));
    match failed {
        Some(why) if !ended_well => {
            let words = why.split([';', ']']).next().unwrap_or(why);
            Outcome::Red(words.chars().take(100).collect())
        }
        _ => Outcome::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAILED: &str = "
        FAIL [   0.010s] (1/1) phase8-orchestrator mission::tests::spend::two_hundred
  stderr ───
    thread 'mission::tests::spend::two_hundred' (77) panicked at orchestrator/src/mission/tests/spend.rs:66:9:
    1.20 USD after that
";

    #[test]
    fn a_test_that_failed_by_its_own_words_has_noticed() {
        let place = "orchestrator/src/mission/tests/spend.rs:66".to_owned();
        assert_eq!(read_nextest(false, FAILED, 1), Outcome::Red(place));
        assert_eq!(
            read_forge(
                false,
                "[FAIL: next call did not revert as expected] test_a() (gas: 7)\n",
                1
            ),
            Outcome::Red("next call did not revert as expected".to_owned())
        );
    }

    #[test]
    fn a_test_that_passed_has_not() {
        let passed = "        PASS [   0.010s] (1/1) phase8-orchestrator budget::tests::a\n";
        assert_eq!(read_nextest(true, passed, 1), Outcome::Green);
        assert_eq!(read_forge(true, "[PASS] test_a() (gas: 7)\n", 1), Outcome::Green);
    }

    #[test]
    fn what_never_ends_crashes_or_is_not_there_is_neither() {
        let timed_out = "     TIMEOUT [ 120.0s] (1/1) phase8-orchestrator a\n";
        assert_eq!(read_nextest(false, timed_out, 1), Outcome::TimedOut);
        let crashed = "     SIGABRT [   0.1s] (1/1) phase8-orchestrator a\n";
        assert_eq!(read_nextest(false, crashed, 1), Outcome::Unclear);
        assert_eq!(read_nextest(true, "0 tests run", 1), Outcome::Unclear);
        assert_eq!(read_forge(true, "No tests found in project!", 1), Outcome::Unclear);
    }

    #[test]
    fn what_does_not_compile_is_not_noticed_by_anybody() {
        let text = "error: could not compile `phase8-orchestrator` (lib test) due to 1 error";
        assert_eq!(read_nextest(false, text, 1), Outcome::NotCompiled);
        assert_eq!(read_forge(false, "Error: Compiler run failed:", 1), Outcome::NotCompiled);
    }

    #[test]
    fn exactly_the_named_tests_are_run() {
        let rust = |path| Test::Rust { folder: "shared", program: Program::Library, path };
        let forge = |function| Test::Forge { file: "jobs/A.t.sol", function };

        assert_eq!(rust_filter(&[rust("a::b"), rust("a::c")]), "test(=a::b) | test(=a::c)");
        assert_eq!(forge_filter(&[forge("test_a"), forge("test_b")]), "^(test_a|test_b)\\(");
    }
}
