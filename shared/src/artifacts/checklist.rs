//! `phase8-governance-checklist.md`: what governance checks before, during and after it signs.

use super::markdown::{Document, Side, account, code, plain};
use super::{Artifact, Dossier};
use crate::plan::PlanGroup;
use crate::score::dominance::ResilienceStatus;

impl Dossier<'_> {
    /// What governance checks before, during and after it signs.
    pub fn governance_checklist(&self) -> Artifact {
        let mut document = Document::new("Governance checklist", self.plan_words());
        document.section("Before signing");
        document.tasks([
            self.manager().map_or_else(
                || "A manager is named: until then nothing can be sent".to_owned(),
                |it| format!("The manager is {}", account(it)),
            ),
            format!("The chain is {}", self.facts.chain_id),
            format!(
                "The sender {} governs the manager, or owns what does",
                account(self.facts.sender)
            ),
            format!("The dominance score is {}", self.verdict_words()),
            format!(
                "The manifesto {} hashes to {}",
                code(&self.manifest.global.manifesto_uri),
                code(self.manifest.global.manifesto_hash)
            ),
        ]);
        document.section("Domains that need a look");
        let rows = self.manifest.domains.iter().enumerate().filter_map(|(index, domain)| {
            let status = self.metrics.status(self.manifest, &self.mesh, index);
            let words = match status {
                ResilienceStatus::Unwatched => "no sentinel watches it",
                ResilienceStatus::CoverageGap => "it is watched for less than the review window",
                ResilienceStatus::Unfunded => "no stream funds it",
                ResilienceStatus::Fragile => "it withstands less than 0.9",
                ResilienceStatus::Resilient => return None,
            };
            Some([plain(&domain.name), status.as_str().to_owned(), words.to_owned()])
        });
        let columns = [("Domain", Side::Left), ("Status", Side::Left), ("Why", Side::Left)];
        document.table(columns, rows);
        document.section("The calls, in order");
        let mut number = 0_usize;
        for group in PlanGroup::ALL {
            let mut calls = self.plan.of(group).peekable();
            if calls.peek().is_none() {
                continue;
            }
            document.part(group.title());
            document.tasks(calls.map(|call| {
                number = number.saturating_add(1);
                let slug =
                    call.slug.as_ref().map_or_else(String::new, |it| format!(" {}", plain(it)));
                let undo = if call.undo.is_some() { "" } else { "; cannot be undone" };
                let changed = if call.changed.is_empty() {
                    String::new()
                } else {
                    format!(" (changes {})", call.changed.join(", "))
                };
                format!("{number}. {}{slug}{changed}{undo}", code(call.function))
            }));
        }
        if self.plan.is_empty() {
            document.paragraph("*None.*");
        }
        if !self.plan.left_over.is_empty() {
            document.section("On the chain, and not in the manifest");
            document.bullets(
                self.plan
                    .left_over
                    .iter()
                    .map(|it| format!("{} {}", it.kind.as_str(), plain(&it.slug))),
            );
        }
        document.section("Afterwards");
        document.tasks([
            "Every receipt says success, on the chain named above",
            "A second plan is empty",
            "Guardians have the mission timeline, the simulation and the command center",
        ]);
        Artifact { name: "phase8-governance-checklist.md", text: document.finish() }
    }
}
