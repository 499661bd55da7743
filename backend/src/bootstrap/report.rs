//! What is told of a plan: in groups for people, and as one object for programs.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use phase8_shared::chain::field::Names;
use phase8_shared::chain::words::lever_words;
use phase8_shared::format::{counted, grouped};
use phase8_shared::plan::OrderGroup;
use serde_json::{Value, json};

use super::simulate::{Means, Simulation};
use super::{Basis, Prepared, Step};

/// Calls of a group that are listed for people; of more, the rest is counted.
const LISTED: usize = 40;

impl Prepared {
    /// The plan in groups, with what changes.
    pub fn in_words(&self) -> String {
        let against = match &self.basis {
            Basis::Everything { why } => format!("everything: no chain was asked, {why}"),
            Basis::Chain(found) => format!("what differs at block {}", found.1.block),
        };
        let mut text = format!(
            "Plan for chain {}, manager {} ({against})\n",
            self.chain_id,
            self.route.manager()
        );
        if self.steps.is_empty() {
            text.push_str("\nNothing to do: the chain is as the files say.\n");
        }
        for (group, steps) in self.groups() {
            write(&mut text, format_args!("\n{} ({})\n", group.title(), steps.len()));
            for step in steps.iter().take(LISTED) {
                text.push_str(&self.line(step));
            }
            if let Some(more) = steps.len().checked_sub(LISTED).filter(|more| *more > 0) {
                write(&mut text, format_args!("  … and {more} more\n"));
            }
        }
        write(
            &mut text,
            format_args!(
                "\n{}, {} as the files say already\n",
                counted(self.steps.len(), "call"),
                self.unchanged
            ),
        );
        if let Some(simulation) = &self.simulation {
            write(&mut text, format_args!("Tried out: {}\n", self.tried(simulation)));
        }
        if let Some(verdict) = self.verdict {
            let passes = if verdict.passes() { "passes" } else { "is below" };
            let (score, least) = (verdict.score, verdict.least);
            let words =
                format_args!("Dominance score {score}: {passes} the guardrail of {least}\n");
            write(&mut text, words);
        }
        for remark in &self.remarks {
            write(&mut text, format_args!("Note: {remark}\n"));
        }
        text
    }

    fn line(&self, step: &Step) -> String {
        let mut line = format!("  {}", step.order);
        if step.operation.is_some() {
            let delay = match &self.basis {
                Basis::Everything { .. } => 0,
                Basis::Chain(found) => found.1.delay,
            };
            write(&mut line, format_args!("; scheduled, acts after {delay} seconds"));
        }
        line.push('\n');
        // What is new is in the documents; what changes is worth a look here.
        if !step.order.changed.is_empty() {
            for change in lever_words(&step.order.lever, 0, &self.names()).changes {
                let now = change.now.as_deref().unwrap_or("nothing");
                let new = change.new.as_deref().unwrap_or("nothing");
                write(&mut line, format_args!("      {}: {now} → {new}\n", change.label));
            }
        }
        line
    }

    fn names(&self) -> Names {
        match &self.basis {
            Basis::Everything { .. } => Names::default(),
            Basis::Chain(found) => found.1.registry.names(Names::default()),
        }
    }

    /// The steps by their groups, in order.
    fn groups(&self) -> Vec<(OrderGroup, Vec<&Step>)> {
        let mut groups: Vec<(OrderGroup, Vec<&Step>)> = Vec::new();
        for step in &self.steps {
            match groups.last_mut() {
                Some((group, steps)) if *group == step.order.group => steps.push(step),
                Some(_) | None => groups.push((step.order.group, vec![step])),
            }
        }
        groups
    }

    /// What became of trying the plan out, in words.
    pub fn tried(&self, simulation: &Simulation) -> String {
        match simulation {
            Simulation::Succeeds { by: Means::Nothing, .. } => "there is nothing to try".to_owned(),
            Simulation::Succeeds { gas, by } => {
                let by = if *by == Means::Block {
                    "eth_simulateV1"
                } else {
                    "one eth_call of the batch"
                };
                format!("every call succeeds, {} gas ({by})", grouped(*gas))
            }
            Simulation::Refused { index, why } => {
                let step = self.steps.get(*index).map(|step| step.order.to_string());
                format!("{} would be refused: {why}", step.unwrap_or_default())
            }
            Simulation::Unavailable { why } => format!("it could not be: {why}"),
        }
    }

    /// The plan as one object.
    pub fn as_json(&self, output: &Path, written: &[PathBuf]) -> Value {
        let groups: Vec<Value> = self
            .groups()
            .into_iter()
            .map(|(group, steps)| {
                let calls: Vec<Value> = steps.into_iter().map(|step| self.call(step)).collect();
                json!({ "title": group.title(), "calls": calls })
            })
            .collect();
        let basis = match &self.basis {
            Basis::Everything { .. } => json!({ "against": "nothing" }),
            Basis::Chain(found) => {
                json!({ "against": "chain", "block": found.1.block, "owner": found.1.owner })
            }
        };
        let simulation = self.simulation.as_ref().map(|simulation| match simulation {
            Simulation::Succeeds { gas, .. } => json!({ "state": "succeeds", "gas": gas }),
            Simulation::Refused { index, why } => {
                json!({ "state": "refused", "call": index, "why": why })
            }
            Simulation::Unavailable { why } => json!({ "state": "unavailable", "why": why }),
        });
        json!({
            "manifest": self.manifest,
            "chainId": self.chain_id,
            "manager": self.route.manager(),
            "basis": basis,
            "groups": groups,
            "calls": self.steps.len(),
            "unchanged": self.unchanged,
            "simulation": simulation,
            "dominance": self.verdict.map(|verdict| json!({
                "score": verdict.score.to_string(),
                "guardrail": verdict.least.to_string(),
                "passes": verdict.passes(),
            })),
            "findings": self.findings,
            "remarks": self.remarks,
            "output": output,
            "artifacts": written,
        })
    }

    fn call(&self, step: &Step) -> Value {
        let words = lever_words(&step.order.lever, 0, &self.names());
        let changes: Vec<Value> = words
            .changes
            .iter()
            .map(|change| json!({ "field": change.label, "now": change.now, "new": change.new }))
            .collect();
        json!({
            "label": step.order.function,
            "slug": step.order.slug,
            "changed": step.order.changed,
            "now": words.now,
            "new": words.new,
            "changes": changes,
            "delayed": step.operation.is_some(),
            "to": step.call.to,
            "data": step.call.data,
        })
    }
}

/// Writing to a string cannot fail.
fn write(text: &mut String, words: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(words);
}
