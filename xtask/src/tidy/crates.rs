//! Which crates may lean on which: the direction of dependencies, and what stays out of the page.

use std::collections::BTreeSet;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::setup::forget_own_cargo;
use crate::tidy::Finding;
use crate::tools::WASM_TARGET;
use crate::workspace::Workspace;

/// What must not be found among everything that a crate depends on, directly or not.
struct Rule {
    package: &'static str,
    target: &'static str,
    /// The crates of this workspace that it may depend on.
    may_use: &'static [&'static str],
    /// Names of crates that must be absent; a star at the end stands for any ending.
    absent: &'static [&'static str],
    /// Crates that are passed over with all that they bring.
    passed_over: &'static [&'static str],
    why: &'static str,
}

const RULES: [Rule; 3] = [
    Rule {
        package: "phase8-frontend",
        target: WASM_TARGET,
        may_use: &["phase8-shared"],
        absent: &["tokio", "reqwest", "regex", "regex-*"],
        // Leptos always brings its configuration reader; a browser calls nothing of it, so the linker drops it.
        passed_over: &["leptos_config"],
        why: "the page stays small",
    },
    Rule {
        package: "phase8-shared",
        target: "all",
        may_use: &[],
        absent: &["tokio", "axum", "reqwest", "sqlx", "rusqlite", "leptos", "web-sys"],
        passed_over: &[],
        why: "shared knows no runtime, network, database or page",
    },
    Rule {
        package: "phase8-orchestrator",
        target: "all",
        may_use: &["phase8-shared"],
        absent: &["alloy", "alloy-provider", "alloy-contract", "alloy-transport*", "leptos*"],
        passed_over: &[],
        why: "the engine knows neither the chain nor the page",
    },
];

/// Asks cargo for the tree of each crate that has a rule.
pub(super) fn check(workspace: &Workspace) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for rule in &RULES {
        let mut cargo = Command::new("cargo");
        cargo
            .args(["tree", "--locked", "--package", rule.package, "--target", rule.target])
            .args(["--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}"])
            .args(rule.passed_over.iter().flat_map(|name| ["--prune", *name]))
            .current_dir(workspace.root());
        forget_own_cargo(&mut cargo);
        let tree = process::output(&mut cargo)
            .with_context(|| format!("cannot tell what {} depends on", rule.package))?;
        findings.extend(judge(rule, &tree));
    }
    Ok(findings)
}

fn judge(rule: &Rule, tree: &str) -> Vec<Finding> {
    let names: BTreeSet<&str> =
        tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let forbidden = names.into_iter().filter(|name| *name != rule.package).filter(|name| {
        let foreign = name.starts_with("phase8-") && !rule.may_use.contains(name);
        foreign || rule.absent.iter().any(|pattern| is_like(name, pattern))
    });
    forbidden
        .map(|name| {
            Finding::of_file(
                rule.package,
                format!(
                    "depends on {name}, and must not: {} (`cargo tree -p {} -i {name}` shows the way)",
                    rule.why, rule.package
                ),
            )
        })
        .collect()
}

fn is_like(name: &str, pattern: &str) -> bool {
    pattern.strip_suffix('*').map_or(name == pattern, |start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Rule = Rule {
        package: "phase8-frontend",
        target: WASM_TARGET,
        may_use: &["phase8-shared"],
        absent: &["tokio", "regex-*"],
        passed_over: &[],
        why: "the page stays small",
    };

    fn found(tree: &str) -> Vec<String> {
        judge(&RULE, tree).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn allowed_crates_are_let_be() {
        let tree = "phase8-frontend v0.1.0 (/p/frontend)\nphase8-shared v0.1.0 (/p/shared)\n\
                    tokio-like v1.0.0\nserde v1.0.229\nserde v1.0.229 (*)\n";

        assert_eq!(found(tree), [""; 0]);
    }

    #[test]
    fn forbidden_crates_are_named_once() {
        let tree =
            "phase8-frontend v0.1.0\ntokio v1.54.1\ntokio v1.54.1 (*)\nregex-syntax v0.8.1\n";

        assert_eq!(found(tree).len(), 2);
        assert!(found(tree)[1].starts_with("phase8-frontend: depends on tokio, and must not"));
    }

    #[test]
    fn another_crate_of_the_workspace_is_forbidden_unless_allowed() {
        assert_eq!(found("phase8-orchestrator v0.1.0 (/p/orchestrator)\n").len(), 1);
    }
}
