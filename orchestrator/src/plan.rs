//! From a job spec to the steps of its mission: the planner first, then every other agent side by side, and the guild's
//! sign-off over everything at the end.

use std::collections::BTreeMap;

use phase8_shared::id::StepId;
use phase8_shared::mission::{PlanStep, Work};
use phase8_shared::spec::{Agent, CheckpointRef, JobSpec, PlannedCheckpoint};

/// The job spec names work that nobody can do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// A checkpoint of a role that no agent has.
    #[error(
        "checkpoint {0} belongs to no agent of the job; add an agent with that role, or move the checkpoint"
    )]
    NoAgent(CheckpointRef),
    /// More steps than a plan can number.
    #[error("the job has more steps than a plan can hold")]
    TooLong,
}

/// A step has at least so many turns, so that its card shows progress.
const FEWEST_TURNS: u32 = 4;
/// And at most so many, so that a long step does not drown the ledger.
const MOST_TURNS: u32 = 48;
/// Share of the mission's duration that the plan gives to the planner, in percent.
const PLANNER_PERCENT: u32 = 15;
/// And to the agents that work side by side after it.
const AGENTS_PERCENT: u32 = 50;

/// The plan of a job.
pub fn plan(spec: &JobSpec) -> Result<Vec<PlanStep>, PlanError> {
    let planned = spec.planned_checkpoints();
    let owned = |checkpoint: &&PlannedCheckpoint| {
        let role = &checkpoint.checkpoint.role;
        !role.is_validator() && spec.agent(role).is_none()
    };
    if let Some(orphan) = planned.iter().find(owned) {
        return Err(PlanError::NoAgent(orphan.checkpoint.clone()));
    }
    let mut steps: Vec<PlanStep> = Vec::new();
    let (planners, others): (Vec<&Agent>, Vec<&Agent>) =
        spec.agents.iter().partition(|agent| agent.role.is_planner());
    for agent in &planners {
        add_agent(&mut steps, spec, agent, &planned, PLANNER_PERCENT, &[])?;
    }
    let after_planner: Vec<StepId> = steps.last().map(|step| step.id).into_iter().collect();
    let percent =
        if planners.is_empty() { PLANNER_PERCENT + AGENTS_PERCENT } else { AGENTS_PERCENT };
    for agent in others {
        add_agent(&mut steps, spec, agent, &planned, percent, &after_planner)?;
    }
    for checkpoint in planned.iter().filter(|checkpoint| checkpoint.checkpoint.role.is_validator())
    {
        let needs = steps.iter().map(|step| step.id).collect();
        steps.push(PlanStep {
            id: next_id(&steps)?,
            role: checkpoint.checkpoint.role.clone(),
            title: title(spec, checkpoint),
            checkpoint: checkpoint.checkpoint.clone(),
            needs,
            work: Work::SignOff,
            milestone: checkpoint.milestone,
        });
    }
    Ok(steps)
}

/// One step for each checkpoint of the agent, one after the other; an agent without any has its work as one step.
fn add_agent(
    steps: &mut Vec<PlanStep>,
    spec: &JobSpec,
    agent: &Agent,
    planned: &[PlannedCheckpoint],
    percent: u32,
    needs: &[StepId],
) -> Result<(), PlanError> {
    let own: Vec<&PlannedCheckpoint> =
        planned.iter().filter(|planned| planned.checkpoint.role == agent.role).collect();
    let all_minutes = spec.max_duration_minutes.get() * percent / 100;
    let minutes = (all_minutes / u32::try_from(own.len().max(1)).unwrap_or(u32::MAX)).max(1);
    let work = Work::Agent {
        adapter: agent.model.to_string(),
        turns: turns(minutes, spec.autonomy.max_idle_minutes.get()),
        minutes,
    };
    let mut needs = needs.to_vec();
    let mut add = |title: String, checkpoint: CheckpointRef, milestone| {
        let id = next_id(steps)?;
        let step = PlanStep {
            id,
            role: agent.role.clone(),
            title,
            checkpoint,
            needs: std::mem::replace(&mut needs, vec![id]),
            work: work.clone(),
            milestone,
        };
        steps.push(step);
        Ok(())
    };
    if own.is_empty() {
        let checkpoint = CheckpointRef { role: agent.role.clone(), name: "work".to_owned() };
        return add(format!("Work of the {}", agent.role), checkpoint, None);
    }
    own.into_iter().try_for_each(|planned| {
        add(title(spec, planned), planned.checkpoint.clone(), planned.milestone)
    })
}

fn next_id(steps: &[PlanStep]) -> Result<StepId, PlanError> {
    u16::try_from(steps.len()).map(StepId).map_err(|_| PlanError::TooLong)
}

/// So many turns that an agent is heard of well within the time it may be silent.
fn turns(minutes: u32, idle_minutes: u32) -> u8 {
    let quiet = (idle_minutes * 3 / 4).max(1);
    u8::try_from(minutes.div_ceil(quiet).clamp(FEWEST_TURNS, MOST_TURNS)).unwrap_or(u8::MAX)
}

/// The milestone's name, or the checkpoint's in words.
fn title(spec: &JobSpec, planned: &PlannedCheckpoint) -> String {
    let milestone =
        planned.milestone.and_then(|index| spec.economics.milestones.get(usize::from(index.0)));
    milestone.map_or_else(|| in_words(&planned.checkpoint.name), |milestone| milestone.name.clone())
}

/// `market-report` becomes `Market report`.
fn in_words(name: &str) -> String {
    let spaced = name.replace(['-', '_'], " ");
    let mut letters = spaced.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The minutes that the plan's longest chain of steps takes.
pub fn critical_minutes(steps: &[PlanStep]) -> u32 {
    let mut ends: BTreeMap<StepId, u32> = BTreeMap::new();
    for step in steps {
        let start = step.needs.iter().filter_map(|need| ends.get(need)).max().copied().unwrap_or(0);
        let minutes = match &step.work {
            Work::Agent { minutes, .. } => *minutes,
            Work::SignOff => 0,
        };
        ends.insert(step.id, start + minutes);
    }
    ends.into_values().max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use phase8_shared::spec;

    use super::*;
    use crate::testing::{CONFIG_JOB, SMALL_JOB};

    fn planned(job: &str) -> (Vec<String>, u32) {
        let steps = plan(&spec::preview(job).spec.unwrap()).unwrap();
        let lines = steps.iter().map(|step| {
            let needs: Vec<String> = step.needs.iter().map(ToString::to_string).collect();
            let work = match &step.work {
                Work::Agent { turns, minutes, .. } => format!("{turns} turns in {minutes} min"),
                Work::SignOff => "sign-off".to_owned(),
            };
            let pays = step
                .milestone
                .map_or("nothing".to_owned(), |milestone| format!("milestone {milestone}"));
            format!(
                "{} {} “{}” after [{}]: {work}, pays {pays}",
                step.id,
                step.checkpoint,
                step.title,
                needs.join(" ")
            )
        });
        (lines.collect(), critical_minutes(&steps))
    }

    #[test]
    fn the_planner_comes_first_then_agents_side_by_side_then_the_guild() {
        let (steps, minutes) = planned(CONFIG_JOB);

        insta::assert_snapshot!(steps.join("\n"), @r#"
        0 planner:blueprint “Blueprint” after []: 5 turns in 72 min, pays milestone 0
        1 dev:implementation “Implementation” after [0]: 16 turns in 240 min, pays milestone 1
        2 analyst:market-report “Market report” after [0]: 16 turns in 240 min, pays nothing
        3 validator:signoff “Validation” after [0 1 2]: sign-off, pays milestone 2
        "#);
        assert_eq!(minutes, 312);
    }

    #[test]
    fn an_agent_without_a_checkpoint_has_its_work_as_one_step() {
        insta::assert_snapshot!(planned(SMALL_JOB).0.join("\n"), @r#"
        0 planner:blueprint “Blueprint” after []: 4 turns in 15 min, pays milestone 0
        1 analyst:work “Work of the analyst” after [0]: 4 turns in 50 min, pays nothing
        2 validator:signoff “Validation” after [0 1]: sign-off, pays milestone 1
        "#);
    }

    #[test]
    fn a_checkpoint_of_nobody_is_refused() {
        let job = SMALL_JOB.replace("planner:blueprint", "dev:build");

        let refused = plan(&spec::preview(&job).spec.unwrap());

        assert!(matches!(refused, Err(PlanError::NoAgent(_))), "{refused:?}");
    }
}
