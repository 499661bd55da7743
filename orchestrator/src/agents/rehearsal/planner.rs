//! The planner's mission plan.

use super::document::{Document, Section, bullets, table, titled};
use super::figures::{
    agent_steps, check_ins, inputs, payout, percent, verdict_rows, worst_plan, worst_step,
};
use crate::agents::CallRequest;
use crate::plan;

pub(super) fn write(request: &CallRequest) -> Document {
    Document {
        title: titled("Mission plan", &request.step.title),
        sections: vec![
            Section::new("Objective", objective(request)),
            Section::new("Steps", steps(request)),
            Section::new("Milestones and payouts", milestones(request)),
            Section::new("Budget", budget(request)),
            Section::new("Check-ins and silence", cadence(request)),
            Section::new("Safety", safety(request)),
            Section::new(
                "Rules of the job",
                table(["Rule", "Found", "Verdict"], verdict_rows(&request.spec, &request.mission)),
            ),
            Section::new("What the guild should check", acceptance(request)),
        ],
    }
}

fn objective(request: &CallRequest) -> String {
    let (spec, mission) = (&request.spec, &request.mission);
    let about = if spec.description.is_empty() {
        "The job spec gives no description."
    } else {
        &spec.description
    };
    format!(
        "{about}\n\nThe mission **{}** has {} and a reward of {}. {} work on it.\n\nBuilt on:\n\n{}",
        mission.name,
        spec.max_duration_minutes,
        mission.terms.reward,
        if spec.agents.len() == 1 {
            "One agent".to_owned()
        } else {
            format!("{} agents", spec.agents.len())
        },
        inputs(request),
    )
}

fn steps(request: &CallRequest) -> String {
    let mission = &request.mission;
    let rows = agent_steps(mission).into_iter().map(|step| {
        let needs: Vec<String> =
            step.step.needs.iter().map(|need| format!("{}", need.0 + 1)).collect();
        [
            format!("{}", step.step.id.0 + 1),
            step.step.title.clone(),
            step.step.role.to_string(),
            step.adapter.to_owned(),
            format!("{} min in {} turns", step.minutes, step.turns),
            if needs.is_empty() {
                "nothing".to_owned()
            } else {
                format!("step {}", needs.join(", "))
            },
        ]
    });
    let critical = plan::critical_minutes(&mission.plan);
    format!(
        "{}\nThe longest chain takes {critical} minutes, {} of the {} allowed; the rest is reserve.",
        table(["#", "Step", "Agent", "Model adapter", "Time", "Waits for"], rows),
        percent(critical.into(), mission.duration_minutes.into()),
        request.spec.max_duration_minutes,
    )
}

fn milestones(request: &CallRequest) -> String {
    let rows = request.spec.economics.milestones.iter().enumerate().map(|(index, milestone)| {
        [
            milestone.name.clone(),
            milestone.checkpoint.to_string(),
            milestone.payout_bps.to_string(),
            payout(&request.mission, index).to_string(),
        ]
    });
    table(["Milestone", "Checkpoint", "Share", "Pays"], rows)
}

fn budget(request: &CallRequest) -> String {
    let mission = &request.mission;
    let rows = agent_steps(mission).into_iter().map(|step| {
        [step.step.title.clone(), step.turns.to_string(), worst_step(mission, &step).to_string()]
    });
    let worst = worst_plan(mission);
    format!(
        "{}\nAll steps together cost {worst} at worst, {} of the cap of {}. Each call is held back from the budget before \
         it is asked for.",
        table(["Step", "Calls", "Worst case"], rows),
        percent(worst.get(), mission.terms.budget_cap.get()),
        mission.terms.budget_cap,
    )
}

fn cadence(request: &CallRequest) -> String {
    let mission = &request.mission;
    format!(
        "Agents at work check in every {} minutes, about {} times in this plan. One that is silent for more than {} \
         minutes is named as missing.",
        mission.check_in_minutes,
        check_ins(mission),
        mission.idle_minutes,
    )
}

fn safety(request: &CallRequest) -> String {
    let safety = &request.spec.safety;
    let halt = if safety.halt_on_tripwire {
        "A trip halts the mission."
    } else {
        "A trip is recorded and work goes on."
    };
    let wires = bullets(safety.tripwires.iter().map(|wire| format!("`{}`", wire.as_str())));
    format!(
        "{wires}\n{halt} The pause guardian is `{}`, the owner acts through `{}`.",
        safety.pause_guardian, request.spec.governance.owner_proxy
    )
}

fn acceptance(request: &CallRequest) -> String {
    let quorum = request.mission.terms.quorum;
    let each = request.spec.planned_checkpoints().into_iter().map(|planned| {
        let what = if planned.milestone.is_some() {
            "pays a milestone"
        } else {
            "pays nothing, but is read"
        };
        format!("`{}` {what}", planned.checkpoint)
    });
    format!("{quorum} members of the guild approve each payment by signature.\n\n{}", bullets(each))
}
