//! What the page makes of an uploaded text: findings, words, score and simulation, all computed here in the browser.

use phase8_shared::api::SystemView;
use phase8_shared::findings::{Findings, Level};
use phase8_shared::policy::{GovernancePolicies, ModelAdapter, read_policies};
use phase8_shared::score::{self, JobScore};
use phase8_shared::simulate::{Simulation, simulate};
use phase8_shared::spec::{self, FileKind, JobSpec, SummaryLine};

use crate::format;
use crate::ui::Tone;

/// What a job spec is checked against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rules {
    /// The policies of this server.
    policies: Option<GovernancePolicies>,
    /// Its adapters.
    adapters: Vec<ModelAdapter>,
    /// Ids of the adapters that are rehearsals.
    rehearsals: Vec<String>,
}

/// A text and what was made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Review {
    /// Which kind of file it is.
    pub(super) kind: FileKind,
    /// The job spec, if every part could be read.
    pub(super) spec: Option<JobSpec>,
    /// Everything that was found.
    pub(super) findings: Findings,
    /// The job in plain words; names that stand for addresses are resolved once the rules are known.
    pub(super) summary: Vec<SummaryLine>,
    /// What could be read of a file that is not whole: name and value.
    pub(super) readable: Vec<(&'static str, String)>,
    /// The Job score.
    pub(super) score: Option<JobScore>,
    /// What the plan leads to.
    pub(super) simulation: Option<Simulation>,
    /// Whether every agent works through a rehearsal adapter.
    pub(super) rehearsal: bool,
    /// Whether the policies and adapters of the server were known.
    pub(super) is_strict: bool,
}

impl Rules {
    /// The rules that a server told us.
    pub(super) fn of(view: &SystemView) -> Self {
        let proxy = view.deployment.contracts.owner_proxy;
        let policies = read_policies(&view.policies.source)
            .value
            .map(|policies| policies.with_owner_proxy(proxy));
        let rehearsals = view
            .adapters
            .iter()
            .filter(|one| one.rehearsal)
            .map(|one| one.adapter.id.to_string())
            .collect();
        Self {
            policies,
            adapters: view.adapters.iter().map(|one| one.adapter.clone()).collect(),
            rehearsals,
        }
    }
}

impl Review {
    /// Reads a text: strictly if the rules are known, else as far as the text alone tells.
    pub(super) fn of(text: &str, rules: Option<&Rules>) -> Self {
        let policies = rules.and_then(|rules| rules.policies.as_ref());
        let adapters = rules.map(|rules| rules.adapters.as_slice()).unwrap_or_default();
        let preview = match policies {
            Some(policies) => spec::preview_under(text, policies, adapters),
            None => spec::preview(text),
        };
        let spec = preview.spec.as_ref();
        let checked = policies.and_then(|policies| spec::check(text, policies, adapters).ok());
        let resolved = checked.as_ref().map(|checked| &checked.spec).or(spec);
        let rehearsal = spec.zip(rules).is_some_and(|(spec, rules)| {
            spec.agents
                .iter()
                .all(|agent| rules.rehearsals.iter().any(|id| id == agent.model.as_str()))
        });
        Self {
            kind: preview.kind,
            summary: resolved.map(spec::summary).unwrap_or_default(),
            readable: if spec.is_some() { Vec::new() } else { readable(&preview.draft) },
            score: spec.map(score::job),
            simulation: spec.map(|spec| simulate(spec, adapters)),
            rehearsal,
            is_strict: policies.is_some(),
            findings: preview.findings,
            spec: preview.spec,
        }
    }

    /// The job spec, if it may be launched.
    pub(super) fn launchable(&self) -> Option<&JobSpec> {
        self.spec.as_ref().filter(|_| self.is_strict && !self.findings.has_errors())
    }

    /// The verdict over all findings, in words.
    pub(super) fn verdict(&self) -> (Tone, String) {
        let errors = self.findings.count(Level::Error);
        let warnings = self.findings.count(Level::Warning);
        match (errors, warnings) {
            (0, 0) => (Tone::Ok, "No problems".to_owned()),
            (0, warnings) => (Tone::Warn, format::count(warnings, "warning", "warnings")),
            (errors, 0) => (Tone::Bad, format::count(errors, "error", "errors")),
            (errors, warnings) => (
                Tone::Bad,
                format!(
                    "{}, {}",
                    format::count(errors, "error", "errors"),
                    format::count(warnings, "warning", "warnings")
                ),
            ),
        }
    }
}

/// Whatever could be read of a file that is still being put right.
fn readable(draft: &spec::Draft) -> Vec<(&'static str, String)> {
    let listed = |names: Vec<String>| (!names.is_empty()).then(|| names.join(", "));
    let agents = draft
        .agents
        .iter()
        .flatten()
        .flatten()
        .map(|agent| format!("{} ({})", agent.role, agent.model));
    let milestones = draft
        .milestones
        .iter()
        .flatten()
        .flatten()
        .map(|milestone| format!("{} for {}", milestone.payout_bps, milestone.name));
    [
        ("Job", draft.job_name.as_ref().map(ToString::to_string)),
        ("Duration", draft.max_duration_minutes.map(|minutes| minutes.to_string())),
        ("Agents", listed(agents.collect())),
        ("Check-ins", draft.checkpoint_interval_minutes.map(|minutes| format!("every {minutes}"))),
        ("Pay", listed(milestones.collect())),
        ("Budget", draft.max_budget.map(|budget| budget.to_string())),
        ("Stake tier", draft.stake_tier.as_ref().map(ToString::to_string)),
        ("Approvals", draft.required_validator_approvals.map(|needed| needed.to_string())),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_read_of_a_broken_job_is_shown() {
        let text = super::super::SAMPLE.replacen("\"stakeTier\": \"", "\"stakeTier\": \" / ", 1);

        let review = Review::of(&text, None);

        assert_eq!(review.spec, None);
        let names: Vec<_> = review.readable.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["Job", "Duration", "Agents", "Check-ins", "Pay", "Budget", "Approvals"]);
    }

    #[test]
    fn broken_json_is_reviewed_with_its_line() {
        let review = Review::of("{\n  \"jobName\": ,\n}", None);

        assert!(review.findings.has_errors());
        assert!(review.findings.iter().any(|finding| finding.line == Some(2)));
        assert_eq!(review.launchable(), None);
    }

    #[test]
    fn without_the_servers_rules_nothing_may_be_launched() {
        let review = Review::of(super::super::SAMPLE, None);

        assert!(review.spec.is_some(), "{}", review.findings);
        assert_eq!(review.launchable(), None);
    }
}
