//! What one turn is to do.

use std::fmt::Write as _;

use super::{Brief, material};
use crate::agents::tasks::{self, Tasks};

pub(super) fn of(brief: &Brief<'_>, tasks: &Tasks) -> String {
    let Brief { step, turn, turns, .. } = brief;
    let number = turn.saturating_add(1);
    let mut text = format!("This is turn {number} of {turns}. ");
    let last = number >= *turns;
    if step.role.is_planner() {
        text.push_str(&planning(brief, last));
        return text;
    }
    let own = tasks.of(step);
    if last {
        let _ = write!(
            text,
            "Write the whole result of your step “{}” now, as one Markdown document that begins with a `# ` heading: what \
             you found in all turns, put together and checked.",
            super::one_line(&step.title)
        );
        if !own.is_empty() {
            text.push_str(" It answers for every one of these tasks:\n");
            text.push_str(&listed(own));
        }
        return text;
    }
    match tasks::share(own, *turn, *turns) {
        [] => {
            let _ = write!(
                text,
                "The plan names no tasks for you: work on your step “{}” as a whole, and bring it {number} of {turns} parts \
                 of the way. Write down what you work out, for your own later turns.",
                super::one_line(&step.title)
            );
        }
        share => {
            text.push_str(
                "Work these tasks of the plan out in full. Write down what you work out, for your own later turns:\n",
            );
            text.push_str(&listed(share));
        }
    }
    text
}

fn planning(brief: &Brief<'_>, last: bool) -> String {
    if !last {
        return match brief.turn {
            0 => "Work out what the mission must achieve, what it depends on, and what could go wrong. Write it down for \
                  your own later turns."
                .to_owned(),
            _ => "Go on with the plan: what each role must do, in which order, and how validators will know that it was \
                  done. Write it down for your own later turns."
                .to_owned(),
        };
    }
    let planner = &brief.step.role;
    let others = brief.spec.agents.iter().filter(|agent| agent.role != *planner);
    let roles: Vec<String> = others.map(|agent| agent.role.to_string()).collect();
    let mut text =
        "Write the whole plan now, as one Markdown document that begins with a `# ` heading."
            .to_owned();
    if let Some(first) = roles.first() {
        let _ = write!(
            text,
            " End it with one block in exactly this format, which names the tasks of each role, each task one sentence:\n\
             ```tasks\n{{ \"{first}\": [\"first task\", \"second task\"] }}\n```\nThe roles are: {}.",
            roles.join(", ")
        );
    }
    text
}

/// Tasks are the planner's words, so they are material as well.
fn listed(tasks: &[String]) -> String {
    let lines: Vec<String> = tasks.iter().map(|task| format!("- {task}")).collect();
    material("tasks of the plan", &lines.join("\n"))
}
