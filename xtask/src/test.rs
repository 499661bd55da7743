//! `cargo xtask test`: every check there is, quick ones first, the tests themselves last.

use anyhow::{Context, Result, bail};

use crate::args::{CodegenMode, TestPlan};
use crate::setup::{self, Kit, Need, PostgresServer};
use crate::workspace::Workspace;
use crate::{build, codegen, process, progress, size, tidy, tools};

/// One step of the checks.
struct Check {
    name: &'static str,
    title: &'static str,
    needs: &'static [Need],
    run: fn(&Kit, Journeys) -> Result<()>,
    /// Whether the step is only there for the browser.
    for_browser: bool,
}

/// Whether the crate of the journeys, which need a page and a browser, takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Journeys {
    Included,
    LeftOut,
}

impl Journeys {
    /// The packages to compile and test, as cargo takes them.
    const fn scope(self) -> &'static [&'static str] {
        match self {
            Self::Included => &["--workspace"],
            Self::LeftOut => {
                &["--workspace", "--exclude", "phase8-tests", "--exclude", "phase8-bench"]
            }
        }
    }
}

const CHECKS: [Check; 7] = [
    Check { name: "fmt", title: "Formatting", needs: &[], run: fmt, for_browser: false },
    Check { name: "tidy", title: "Architecture rules", needs: &[], run: tidy, for_browser: false },
    Check {
        name: "contracts",
        title: "Contracts",
        needs: &[Need::Contracts],
        run: contracts,
        for_browser: false,
    },
    Check {
        name: "codegen",
        title: "Generated files",
        needs: &[],
        run: generated,
        for_browser: false,
    },
    Check { name: "clippy", title: "Lints", needs: &[Need::Page], run: clippy, for_browser: false },
    Check { name: "page", title: "Page", needs: &[Need::Page], run: page, for_browser: true },
    Check {
        name: "tests",
        title: "Tests",
        needs: &[Need::Contracts, Need::TestRunner, Need::Database, Need::Clock, Need::Ipfs],
        run: tests,
        for_browser: false,
    },
];

/// Sets up what the plan needs, then goes through it until something fails.
pub(crate) fn run(workspace: &Workspace, plan: &TestPlan) -> Result<()> {
    let checks = chosen(plan)?;
    let journeys = match plan {
        TestPlan::WithoutBrowser => Journeys::LeftOut,
        TestPlan::Everything | TestPlan::Only(_) => Journeys::Included,
    };
    let mut needs: Vec<Need> = checks.iter().flat_map(|check| check.needs).copied().collect();
    if journeys == Journeys::Included && checks.iter().any(|check| check.name == "tests") {
        needs.extend([Need::Browser, Need::Page]);
    }
    let kit = setup::ensure(workspace, &needs)?;
    for check in checks {
        progress::heading(&format!("{} ({})", check.title, check.name));
        (check.run)(&kit, journeys)?;
    }
    Ok(())
}

fn chosen(plan: &TestPlan) -> Result<Vec<&'static Check>> {
    let chosen: Vec<&Check> = CHECKS
        .iter()
        .filter(|check| match plan {
            TestPlan::Everything => true,
            TestPlan::WithoutBrowser => !check.for_browser,
            TestPlan::Only(name) => check.name == name,
        })
        .collect();
    if chosen.is_empty() {
        let names: Vec<&str> = CHECKS.iter().map(|check| check.name).collect();
        bail!("there is no such step; the steps are {}", names.join(", "));
    }
    Ok(chosen)
}

fn fmt(kit: &Kit, _: Journeys) -> Result<()> {
    progress::step("cargo fmt", |step| {
        let mut command = kit.command("cargo");
        command.args(["fmt", "--all", "--check", "--", "-l", "--color", "never"]);
        process::run(step, &mut command, &kit.workspace().log("fmt"))
            .context("these files are not formatted.\n  What to do: run `cargo fmt --all`")
    })
}

fn tidy(kit: &Kit, _: Journeys) -> Result<()> {
    tidy::run(kit.workspace())
}

fn contracts(kit: &Kit, _: Journeys) -> Result<()> {
    codegen::compile_contracts(kit)?;
    codegen::contracts(kit, CodegenMode::Check)?;
    for (label, args) in
        [("forge fmt", ["fmt", "--check"].as_slice()), ("forge test", ["test"].as_slice())]
    {
        progress::step(label, |step| {
            let mut command = kit.command("forge");
            command.args(args).current_dir(kit.workspace().at("contracts"));
            process::run(step, &mut command, &kit.workspace().log(&label.replace(' ', "-")))
        })?;
    }
    Ok(())
}

fn generated(kit: &Kit, journeys: Journeys) -> Result<()> {
    build::server_and_tests(kit, journeys.scope())?;
    codegen::by_server(kit, CodegenMode::Check)
}

fn clippy(kit: &Kit, journeys: Journeys) -> Result<()> {
    let host = [journeys.scope(), &["--all-targets"]].concat();
    let page = vec!["--package", "phase8-frontend", "--target", tools::WASM_TARGET];
    for (label, scope) in [("clippy", host), ("clippy for the page", page)] {
        progress::step(label, |step| {
            let mut command = kit.command("cargo");
            command.args(["clippy", "--locked"]).args(scope).args(["--", "-D", "warnings"]);
            process::run(step, &mut command, &kit.workspace().log(&label.replace(' ', "-")))
        })?;
    }
    Ok(())
}

fn page(kit: &Kit, _: Journeys) -> Result<()> {
    build::page(kit)?;
    size::run(kit.workspace())
}

/// The runner writes to the terminal itself, and nothing comes after its closing lines.
fn tests(kit: &Kit, journeys: Journeys) -> Result<()> {
    build::server_and_tests(kit, journeys.scope())?;
    let postgres =
        progress::step("PostgreSQL for the tests", |_| PostgresServer::start(kit.workspace()))?;
    let mut command = kit.command("cargo");
    command
        .args(["nextest", "run", "--locked", "--no-fail-fast"])
        .args(journeys.scope())
        .env("PHASE8_ANVIL", kit.anvil()?)
        .env("PHASE8_CAST", kit.cast()?)
        .env("PHASE8_BIN", kit.server())
        .env("PHASE8_IPFS_CAR", kit.workspace().tools().join(tools::IPFS_CAR.folder()))
        .env("PHASE8_POSTGRES", postgres.url());
    if journeys == Journeys::Included {
        build::page(kit)?;
        let chromium = setup::find_chromium()
            .context("Chromium was installed, and yet none is on the PATH")?;
        command
            .env("PHASE8_CHROMIUM", chromium)
            .env("PHASE8_DIST", kit.workspace().at(build::DIST));
    }
    process::run_openly(&mut command)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(plan: &TestPlan) -> Vec<&'static str> {
        chosen(plan).unwrap().iter().map(|check| check.name).collect()
    }

    #[test]
    fn the_tests_themselves_come_last() {
        assert_eq!(names(&TestPlan::Everything).last(), Some(&"tests"));
        assert_eq!(names(&TestPlan::WithoutBrowser).last(), Some(&"tests"));
    }

    #[test]
    fn without_a_browser_no_page_is_built() {
        assert!(!names(&TestPlan::WithoutBrowser).contains(&"page"));
    }

    #[test]
    fn a_step_that_is_not_there_is_answered_with_those_that_are() {
        let error = chosen(&TestPlan::Only("lint".to_owned())).err().unwrap().to_string();

        assert!(error.contains("fmt, tidy, contracts"), "{error}");
    }
}
