//! `phase8-safe-transaction-batch.json`: the plan for Safe's Transaction Builder.

use super::{Artifact, Dossier};
use crate::chain::exit::SafeBatch;
use crate::format::counted;

impl Dossier<'_> {
    /// The plan for Safe's Transaction Builder. Without a manager it is a batch of nothing.
    pub fn safe_batch(&self) -> Artifact {
        let facts = &self.facts;
        let planned = facts.route.map(|route| self.plan.calls.iter().map(move |it| route.call(it)));
        let of_manager = planned.into_iter().flatten();
        let calls: Vec<_> = of_manager.chain(self.beside.iter().cloned()).collect();
        let name = "Phase 8: bring the chain to the manifest".to_owned();
        let beside = if self.beside.is_empty() { "" } else { ", its guild and its adapters" };
        let description = format!(
            "{} of the manager{beside}, in order; what is already as the manifest says is left out",
            counted(calls.len(), "call")
        );
        let batch = SafeBatch::of_calls(
            facts.chain_id,
            facts.sender,
            (name, description),
            calls,
            facts.generated_at,
        );
        let mut text = batch.to_text();
        text.push('\n');
        Artifact { name: "phase8-safe-transaction-batch.json", text }
    }
}
