//! `phase8-orchestration-report.txt`: the whole on one page, for a terminal.

use std::fmt::Write as _;

use super::{Artifact, Dossier};
use crate::chain::field::duration_words;
use crate::format::to_fixed;
use crate::plan::PlanGroup;

/// Columns of a line.
const WIDTH: usize = 78;

impl Dossier<'_> {
    /// The whole on one page, for a terminal.
    pub fn orchestration_report(&self) -> Artifact {
        let mut text = String::new();
        heading(&mut text, "PHASE 8: UNIVERSAL VALUE DOMINANCE", '=');
        entry(&mut text, "Generated", &self.facts.generated_at.to_string());
        entry(&mut text, "Chain", &self.facts.chain_id.to_string());
        let manager =
            self.manager().map_or_else(|| "none is named".to_owned(), |it| format!("{it:#x}"));
        entry(&mut text, "Manager", &manager);
        entry(&mut text, "Emergency levers", self.readiness().as_str());
        heading(&mut text, "Scoreboard", '-');
        for (name, value) in self.scoreboard() {
            entry(&mut text, name, &value);
        }
        heading(&mut text, "Components of the score", '-');
        for component in &self.metrics.dominance.components {
            let value =
                format!("{:>5} of {}", to_fixed(component.points(), 2), component.kind.points());
            entry(&mut text, component.kind.title(), &value);
        }
        heading(&mut text, "Domains", '-');
        for (index, domain) in self.manifest.domains.iter().enumerate() {
            let status = self.metrics.status(self.manifest, &self.mesh, index);
            let value = format!(
                "{:>10} a month, resilience {}, {}",
                domain.value_flow_monthly.short(),
                to_fixed(domain.resilience_index.as_double(), 3),
                status.as_str()
            );
            entry(&mut text, &one_line(&domain.name), &value);
        }
        heading(&mut text, "Simulation", '-');
        let programme = &self.programme;
        entry(&mut text, "Starts", &programme.started_at.to_string());
        entry(&mut text, "Ends", &programme.completed_at.to_string());
        let duration = duration_words(programme.total_minutes.saturating_mul(60));
        entry(&mut text, "Takes", &duration);
        let check_ins = format!("{} of {}", programme.delivered(), programme.check_ins.len());
        entry(&mut text, "Check-ins delivered", &check_ins);
        heading(&mut text, "Call plan", '-');
        for group in PlanGroup::ALL {
            let count = self.plan.of(group).count();
            if count > 0 {
                entry(&mut text, group.title(), &count.to_string());
            }
        }
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", self.plan_words());
        Artifact { name: "phase8-orchestration-report.txt", text }
    }
}

fn heading(text: &mut String, title: &str, rule: char) {
    let before = if text.is_empty() { "" } else { "\n" };
    let line = rule.to_string().repeat(WIDTH);
    let _ = writeln!(text, "{before}{title}\n{line}");
}

fn entry(text: &mut String, name: &str, value: &str) {
    let _ = writeln!(text, "{name:<28} {value}");
}

/// A text in one line; a terminal obeys control characters, so none is left.
fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}
