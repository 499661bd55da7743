//! What happened in a mission, and what is missing, in plain words.

use crate::format::{counted, grouped, short_address};
use crate::ledger::Export;
use crate::ledger::verify::Known;
use crate::mission::{Lifecycle, MilestoneStatus, MissionState, Outcome};
use crate::scoreboard::Measure;
use crate::timeline::lasted;

/// What happened.
pub(super) fn told(state: &MissionState) -> Vec<Measure> {
    let created = &state.created;
    let line = |name: &str, value: String| Measure { name: name.to_owned(), value };
    let rehearsal = if created.rehearsal { " It is a rehearsal: no model was asked." } else { "" };
    let mut lines = vec![
        line(
            "Mission",
            format!(
                "{}, launched by {}.{rehearsal}",
                created.name,
                short_address(&created.operator)
            ),
        ),
        line("Where it stands", stands(state)),
        line("Work", work(state)),
        line("Milestones", milestones(state)),
        line("Budget", format!("{} spent of {}.", state.budget.spent, state.budget.cap)),
    ];
    let (due, missed) = state.agents.values().fold((0_u32, 0_u32), |(due, missed), agent| {
        (due.saturating_add(agent.check_ins), missed.saturating_add(agent.missed))
    });
    lines.push(line("Check-ins", format!("{} of {due} came on time.", due.saturating_sub(missed))));
    let trips = match state.trips.len() {
        0 => "Nothing tripped.".to_owned(),
        count => {
            let wrong = state.trips.iter().filter(|it| it.judged_wrong == Some(true)).count();
            format!("{}, {wrong} of them judged a false alarm.", counted(count, "trip"))
        }
    };
    lines.push(line("Tripwires", trips));
    lines
}

fn stands(state: &MissionState) -> String {
    match &state.lifecycle {
        Lifecycle::AwaitingFunding => "It waits for its funds.".to_owned(),
        Lifecycle::Running { since } if state.pauses.is_empty() => {
            format!("It runs since {since}.")
        }
        Lifecycle::Running { since } => format!("It runs since {since} and is paused."),
        Lifecycle::Closed { outcome, at } => match outcome {
            Outcome::Completed => format!("It was completed at {at}: all is delivered and paid."),
            Outcome::Failed(why) => format!("The owner declared it failed at {at}: {why}."),
            Outcome::Refunded => format!("The operator took the rest back at {at}."),
        },
    }
}

fn work(state: &MissionState) -> String {
    let done = state.steps.iter().filter(|step| step.status.is_done()).count();
    let calls = grouped(state.next_call.0.saturating_sub(1).into());
    format!(
        "{done} of {} done in {calls} model calls, over {}.",
        counted(state.steps.len(), "step"),
        lasted(state.clock.at(state.as_of).since(state.clock.at(state.created_at)))
    )
}

fn milestones(state: &MissionState) -> String {
    let mut words = Vec::new();
    for milestone in &state.milestones {
        words.push(match &milestone.status {
            MilestoneStatus::Pending => format!("{}: not delivered yet", milestone.name),
            MilestoneStatus::AwaitingApproval { approvals, .. } => format!(
                "{}: {} of {} approvals",
                milestone.name,
                approvals.len(),
                state.created.terms.quorum
            ),
            MilestoneStatus::Paid { amount, validator_reward, .. } => {
                format!("{}: {amount} to agents, {validator_reward} to validators", milestone.name)
            }
        });
    }
    if words.is_empty() {
        "The job pays none.".to_owned()
    } else {
        format!("{}.", words.join("; "))
    }
}

/// What is missing, or not as it might be.
pub(super) fn missing(state: &MissionState, export: &Export, known: Known<'_>) -> Vec<String> {
    let mut missing = Vec::new();
    if known.trusted.is_none() {
        missing.push("Nobody told this browser the engine's key, so the file's own was used: ask the operator for it.".to_owned());
    }
    let cards = export.events.len() as u64;
    match state.anchored {
        None => missing.push("No checkpoint of this history stands on the chain.".to_owned()),
        Some(tree) if tree.size < cards => missing.push(format!(
            "The last {} came after the newest checkpoint on the chain.",
            counted(usize::try_from(cards - tree.size).unwrap_or(usize::MAX), "card")
        )),
        Some(_) => {}
    }
    missing.push("No witness cosigned the checkpoint: that everybody is shown this same history, only the chain and your own visits tell.".to_owned());
    if export.registration.is_none() {
        missing.push("Nothing shows that the registry of missions lists this one.".to_owned());
    }
    let missed: u32 = state.agents.values().map(|agent| agent.missed).sum();
    if missed > 0 {
        missing.push(format!("{} did not come.", counted(missed as usize, "check-in")));
    }
    if !state.open_calls.is_empty() {
        missing
            .push(format!("{} without an outcome.", counted(state.open_calls.len(), "model call")));
    }
    if !state.questions.is_empty() {
        missing.push(format!("{} without an answer.", counted(state.questions.len(), "question")));
    }
    if !export.erased.is_empty() {
        missing.push(format!(
            "{} erased; what was committed to still stands.",
            counted(export.erased.len(), "content")
        ));
    }
    let waiting = state.awaiting_approval().count();
    if waiting > 0 {
        missing.push(format!("Approvals of {}.", counted(waiting, "milestone")));
    }
    missing
}
