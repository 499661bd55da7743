//! `phase8-governance-directives.md`: what the manifest asks of those who govern.

use super::command_center::counted_minutes;
use super::markdown::{Document, Side, account, code, plain, plain_list};
use super::{Artifact, Dossier};
use crate::chain::field::duration_words;
use crate::format::to_fixed;
use crate::simulate::next_run;

impl Dossier<'_> {
    /// What the manifest asks of those who govern.
    pub fn governance_directives(&self) -> Artifact {
        let manifest = self.manifest;
        let mut document = Document::new(
            "Governance directives",
            format_args!(
                "What the manifest asks of those who govern, as of {}.",
                self.facts.generated_at
            ),
        );
        document.section("Guardrails");
        document.facts(self.guardrail_facts());
        document.section("Domains");
        let rows = manifest.domains.iter().enumerate().map(|(index, domain)| {
            [
                plain(&domain.name),
                domain.autonomy_level_bps.to_string(),
                duration_words(domain.heartbeat_seconds),
                domain.tvl_limit.to_string(),
                plain_list(&self.sentinels_of(index)),
                plain_list(&self.streams_of(index)),
            ]
        });
        let columns = [
            ("Domain", Side::Left),
            ("Decides alone", Side::Right),
            ("Heartbeat", Side::Left),
            ("Limit", Side::Right),
            ("Watched by", Side::Left),
            ("Funded by", Side::Left),
        ];
        document.table(columns, rows);
        document.section("Self-improvement");
        if let Some(plan) = manifest.plan() {
            document.paragraph(format_args!(
                "The plan {} (keccak-256 {}) runs every {}.",
                code(&plan.plan_uri),
                code(plan.plan_hash),
                duration_words(plan.cadence_seconds)
            ));
        }
        let last = manifest.plan().and_then(|plan| plan.last_executed_at);
        let playbooks = manifest.self_improvement.iter().flat_map(|it| &it.playbooks);
        let rows = playbooks.map(|playbook| {
            let next = next_run(playbook, last, self.facts.generated_at);
            [
                plain(&playbook.name),
                account(playbook.owner),
                plain(playbook.automation.as_str()),
                next.map_or_else(|| "a person starts it".to_owned(), |at| at.to_string()),
                plain_list(&playbook.guardrails),
            ]
        });
        let columns = [
            ("Playbook", Side::Left),
            ("Owner", Side::Left),
            ("Runs", Side::Left),
            ("Next run", Side::Left),
            ("Guardrails", Side::Left),
        ];
        document.table(columns, rows);
        if let Some(safety) = &manifest.safety {
            document.section("Safety");
            document.facts([
                ("A person looks after", counted_minutes(safety.autonomy_threshold_minutes)),
                ("Check-ins every", counted_minutes(safety.check_in_cadence_minutes)),
                ("Written to", plain_list(&safety.logging.sinks)),
                (
                    "Traced",
                    format!(
                        "{} % of calls",
                        to_fixed(safety.logging.trace_sampling.as_double() * 100.0, 1)
                    ),
                ),
            ]);
            let rows = safety.tripwires.iter().map(|it| {
                [plain(&it.name), plain(&it.severity), plain(&it.trigger), plain(&it.action)]
            });
            let columns = [
                ("Tripwire", Side::Left),
                ("Severity", Side::Left),
                ("Trips when", Side::Left),
                ("Then", Side::Left),
            ];
            document.table(columns, rows);
        }
        if let Some(governance) = &manifest.governance {
            document.section("Decisions");
            document.paragraph(format_args!("Made through: {}.", plain(&governance.interface)));
            let rows = governance.human_policy_controls.iter();
            let rows =
                rows.map(|it| [plain(&it.name), plain(&it.requirement), plain(&it.enforcement)]);
            let columns = [
                ("A person decides", Side::Left),
                ("Needs", Side::Left),
                ("Enforced by", Side::Left),
            ];
            document.table(columns, rows);
            document.part("Proposals ready to be filled in");
            let rows = governance.proposal_templates.iter().map(|it| {
                [plain(&it.title), plain(&it.summary), format!("{} hours", it.execution_eta_hours)]
            });
            let columns = [
                ("Proposal", Side::Left),
                ("Asks for", Side::Left),
                ("Carried out after", Side::Right),
            ];
            document.table(columns, rows);
        }
        Artifact { name: "phase8-governance-directives.md", text: document.finish() }
    }
}
