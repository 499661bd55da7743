//! Lanes: whose work an event is.

use crate::id::{Role, StepId};
use crate::mission::{MissionState, PauseCause, Payload};

use super::Journal;

/// A lane of the timeline.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// The mission as a whole.
    Mission,
    /// One agent.
    Agent(Role),
    /// The validators' guild.
    Validators,
    /// What owners and guardians decide.
    Levers,
    /// What stands on the chain.
    Chain,
}

impl Lane {
    /// Its name.
    pub fn label(&self) -> &str {
        match self {
            Self::Mission => "mission",
            Self::Agent(role) => role.as_str(),
            Self::Validators => "validators",
            Self::Levers => "levers",
            Self::Chain => "chain",
        }
    }

    /// The lanes of a mission, in the order of its plan.
    pub fn all(state: &MissionState) -> Vec<Self> {
        let mut lanes = vec![Self::Mission];
        for step in &state.steps {
            let lane = Self::of_role(&step.plan.role);
            if !lanes.contains(&lane) && lane != Self::Validators {
                lanes.push(lane);
            }
        }
        lanes.extend([Self::Validators, Self::Levers, Self::Chain]);
        lanes
    }

    /// The lane of an event.
    pub fn of(journal: &Journal, payload: &Payload) -> Self {
        match payload {
            Payload::StepStarted { step }
            | Payload::StepCompleted { step }
            | Payload::DeliverableRecorded { step, .. }
            | Payload::StepReleased { step, .. }
            | Payload::ModelCallRequested { step, .. }
            | Payload::BudgetExhausted { step, .. }
            | Payload::TripwireTripped { step: Some(step), .. } => Self::of_step(journal, *step),
            Payload::ModelCallSettled { call, .. } => {
                let request = journal.request_of(*call).and_then(|seq| journal.event(seq));
                if let Some(Payload::ModelCallRequested { step, .. }) =
                    request.map(|event| &event.payload)
                {
                    Self::of_step(journal, *step)
                } else {
                    Self::Mission
                }
            }
            Payload::CheckedIn { role, .. } | Payload::CheckInMissed { role, .. } => {
                Self::of_role(role)
            }
            Payload::ApprovalRequested { .. }
            | Payload::ApprovalGiven { .. }
            | Payload::SummonsAcknowledged { .. }
            | Payload::ValidatorCheckInDue { .. }
            | Payload::ValidatorCheckInMissed { .. } => Self::Validators,
            Payload::BudgetCapChanged { .. }
            | Payload::AdapterChanged { .. }
            | Payload::AdapterNotUsed { .. }
            | Payload::CoPilotChanged { .. }
            | Payload::ValidatorSummoned { .. }
            | Payload::SummonsRevoked { .. }
            | Payload::QuestionAnswered { .. } => Self::Levers,
            Payload::MissionPaused { cause, .. } | Payload::MissionResumed { cause, .. } => {
                match cause {
                    PauseCause::Fleet => Self::Levers,
                    PauseCause::Budget
                    | PauseCause::Tripwire
                    | PauseCause::CheckIn
                    | PauseCause::Stopped => Self::Mission,
                }
            }
            Payload::EscrowFunded { .. }
            | Payload::MilestonePaid { .. }
            | Payload::CheckpointAnchored { .. }
            | Payload::MissionFailed { .. }
            | Payload::MissionRefunded { .. } => Self::Chain,
            Payload::MissionCreated(_)
            | Payload::MissionLaunched {}
            | Payload::TripwireTripped { step: None, .. }
            | Payload::MissionCompleted {} => Self::Mission,
        }
    }

    fn of_step(journal: &Journal, step: StepId) -> Self {
        let step = journal.state().and_then(|state| state.step(step));
        step.map_or(Self::Mission, |step| Self::of_role(&step.plan.role))
    }

    fn of_role(role: &Role) -> Self {
        if role.is_validator() { Self::Validators } else { Self::Agent(role.clone()) }
    }
}

#[cfg(test)]
mod tests {
    use crate::id::Seq;

    use super::*;
    use crate::timeline::sample;

    #[test]
    fn there_is_a_lane_for_each_agent_and_for_the_guild_levers_and_chain() {
        let journal = sample::journal();

        let labels: Vec<_> = Lane::all(journal.state().unwrap())
            .iter()
            .map(|lane| lane.label().to_owned())
            .collect();

        assert_eq!(labels, ["mission", "planner", "validators", "levers", "chain"]);
    }

    #[test]
    fn an_answer_stands_in_the_lane_of_the_agent_that_asked() {
        let journal = sample::journal();
        let answer = &journal.event(Seq(6)).unwrap().payload;

        assert_eq!(Lane::of(&journal, answer), Lane::Agent(sample::role("planner")));
    }
}
