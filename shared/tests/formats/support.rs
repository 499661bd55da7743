//! The usual files, and what is found when something in them is changed.

use phase8_shared::findings::{Finding, Findings};
use phase8_shared::policy::{GovernancePolicies, ModelAdapter, read_adapters, read_policies};
use phase8_shared::spec;

pub(crate) const JOB: &str = include_str!("../../../configs/job.multi-agent.json");
pub(crate) const POLICIES: &str = include_str!("../../../configs/governance-policies.json");
pub(crate) const ADAPTERS: &str = include_str!("../../../configs/model-adapters.json");
pub(crate) const DIRECTIVES: &str = include_str!("../../../configs/owner-directives.json");
pub(crate) const EXTENSIONS: &str = include_str!("../../../configs/contract-extensions.json");

pub(crate) fn policies() -> GovernancePolicies {
    read_policies(POLICIES).into_result().expect("the usual policies load").0
}

pub(crate) fn adapters() -> Vec<ModelAdapter> {
    read_adapters(ADAPTERS).into_result().expect("the usual adapters load").0
}

/// The text with each first part replaced by the second; a part that is not there is a mistake in the test.
pub(crate) fn changed(text: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "the file holds {from:?}");
        text.replacen(from, to, 1)
    })
}

/// What is found in the usual job spec after a change, apart from what is found in it anyway.
pub(crate) fn found_after(changes: &[(&str, &str)]) -> String {
    found_under(&policies(), changes)
}

/// The same under other policies.
pub(crate) fn found_under(policies: &GovernancePolicies, changes: &[(&str, &str)]) -> String {
    let usual = spec::preview_under(JOB, &self::policies(), &adapters()).findings;
    let known = |finding: &&Finding| {
        !usual.iter().any(|other| other.code == finding.code && other.message == finding.message)
    };
    let findings = spec::preview_under(&changed(JOB, changes), policies, &adapters()).findings;
    lines(findings.iter().filter(known))
}

pub(crate) fn shown(findings: &Findings) -> String {
    lines(findings.iter())
}

fn lines<'f>(findings: impl Iterator<Item = &'f Finding>) -> String {
    let lines: Vec<String> = findings.map(ToString::to_string).collect();
    if lines.is_empty() { "nothing".to_owned() } else { lines.join("\n") }
}
