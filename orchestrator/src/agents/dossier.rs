//! The dossier that the guild signs off: everything delivered, with its commitment and text, and what it took.

use std::fmt::Write as _;

use phase8_shared::mission::{MilestoneStatus, MissionState};

use super::AgentDocument;
use super::memory::Memory;

/// Compiles the dossier. The same ledger and contents always give the same text.
pub fn compile(state: &MissionState, title: &str, deliverables: &[Memory]) -> AgentDocument {
    let created = &state.created;
    let mut text = format!("# {title}: {}\n\n", created.name);
    if created.rehearsal {
        text.push_str(
            "> **REHEARSAL.** No model was asked; the work was rehearsed from the job spec.\n\n",
        );
    }
    text.push_str(
        "## What was delivered\n\n| # | Deliverable | By | Commitment |\n|---|---|---|---|\n",
    );
    for (index, memory) in deliverables.iter().enumerate() {
        let _ = writeln!(
            text,
            "| {} | {} | {} | `{}` |",
            index + 1,
            memory.title,
            memory.role,
            memory.commitment
        );
    }
    text.push_str(
        "\n## What it took\n\n| Agent | Spent | Check-ins due | Missed |\n|---|---|---|---|\n",
    );
    for (role, agent) in &state.agents {
        let _ =
            writeln!(text, "| {role} | {} | {} | {} |", agent.spent, agent.check_ins, agent.missed);
    }
    let budget = &state.budget;
    let _ = writeln!(
        text,
        "\n{} of the cap of {} is spent and {} is held back for open calls. Mission time so far: {}.",
        budget.spent,
        budget.cap,
        budget.reserved,
        state.clock.at(state.as_of),
    );
    text.push_str("\n## Milestones\n\n| Milestone | Pays | State |\n|---|---|---|\n");
    for milestone in &state.milestones {
        let standing = match &milestone.status {
            MilestoneStatus::Pending => "not asked for yet",
            MilestoneStatus::AwaitingApproval { .. } => "waits for the guild",
            MilestoneStatus::Paid { .. } => "paid",
        };
        let _ = writeln!(text, "| {} | {} | {standing} |", milestone.name, milestone.payout);
    }
    for memory in deliverables {
        let _ = writeln!(
            text,
            "\n---\n\n<!-- {} -->\n\n{}",
            memory.commitment,
            memory.content.trim_end()
        );
    }
    AgentDocument { title: title.to_owned(), media_type: "text/markdown".to_owned(), content: text }
}
