//! Questions, answers and trips.

use crate::id::{CallId, Seq, StepId};
use crate::mission::{
    Answer, CallOutcome, Event, MissionState, PauseCause, Payload, Question, QuestionAbout, Trip,
    TripState, Tripwire,
};
use crate::money::MicroUsd;

impl MissionState {
    pub(super) fn ask(&mut self, event: &Event, about: QuestionAbout) {
        self.questions.insert(event.seq, Question { about, asked_at: event.at });
    }

    pub(super) fn trip(&mut self, event: &Event, trip: &Trip, step: Option<StepId>, halts: bool) {
        self.trips.push(TripState {
            trip: trip.clone(),
            step,
            at: event.at,
            judged_wrong: None,
            seq: event.seq,
        });
        let (tripwire, severity) = (trip.tripwire, trip.severity);
        self.ask(event, QuestionAbout::Trip { tripwire, severity, halts });
        match tripwire {
            Tripwire::Idle | Tripwire::LedgerGap => {
                let role = step.and_then(|step| Some(self.step(step)?.plan.role.clone()));
                if let Some(agent) = role.and_then(|role| self.agents.get_mut(&role)) {
                    agent.tripped.insert(tripwire);
                }
            }
            Tripwire::BudgetSurge | Tripwire::ModelRegression | Tripwire::AutonomyEnvelope => {
                self.watch.trip(tripwire);
            }
            Tripwire::ToxicityFilter
            | Tripwire::PrivacyLeakDetector
            | Tripwire::BudgetGuard
            | Tripwire::DetectorFailed => {}
        }
    }

    /// A call whose outcome nobody knows: named to its step, and asked about if it was charged.
    pub(super) fn lose_call(
        &mut self,
        event: &Event,
        call: CallId,
        step: StepId,
        charged: MicroUsd,
    ) {
        if charged > MicroUsd::ZERO {
            self.ask(event, QuestionAbout::UnknownCall { call, step, charged });
        }
        if let Some(step) = self.steps.get_mut(usize::from(step.0)) {
            step.lost = Some(call);
        }
    }

    /// Whether a call was answered, as far as that says something about the model: nobody knows of a lost call, and
    /// what was cut off on purpose is nobody's fault.
    pub(super) const fn was_answered(outcome: &CallOutcome) -> Option<bool> {
        match outcome {
            CallOutcome::Answered { .. } => Some(true),
            CallOutcome::Withheld { .. } | CallOutcome::Failed { .. } => Some(false),
            CallOutcome::CutOff { .. } | CallOutcome::Unknown {} => None,
        }
    }

    pub(super) fn answer(&mut self, asked: Seq, answer: Answer) {
        // Who stops the mission leaves the question open: it waits behind the stop.
        if answer == (Answer::Stop {}) {
            return;
        }
        let Some(question) = self.questions.remove(&asked) else { return };
        self.judge(asked, answer);
        match (question.about, answer) {
            (QuestionAbout::Budget { step, .. }, Answer::FinishStep {}) => {
                if let Some(step) = self.steps.get_mut(usize::from(step.0)) {
                    step.wraps_up = true;
                }
            }
            (QuestionAbout::UnknownCall { step, charged, .. }, Answer::Reconcile { cost }) => {
                let back = charged.saturating_sub(cost);
                self.budget.spent = self.budget.spent.saturating_sub(back);
                let role = self.step(step).map(|step| step.plan.role.clone());
                if let Some(agent) = role.and_then(|role| self.agents.get_mut(&role)) {
                    agent.spent = agent.spent.saturating_sub(back);
                }
            }
            // What else an answer leads to is told by the events that follow it.
            (
                QuestionAbout::Budget { .. }
                | QuestionAbout::Trip { .. }
                | QuestionAbout::CheckIn { .. }
                | QuestionAbout::UnknownCall { .. }
                | QuestionAbout::Stopped {},
                _,
            ) => {}
        }
    }

    /// A person looked at a trip: what it was about is asked again at once.
    fn judge(&mut self, asked: Seq, answer: Answer) {
        let Some(trip) = self.trips.iter_mut().find(|trip| trip.seq == asked) else { return };
        trip.judged_wrong = Some(answer == Answer::FalseAlarm {});
        let step = trip.step.and_then(|step| self.steps.get_mut(usize::from(step.0)));
        if let Some(step) = step {
            step.failures = 0;
        }
    }

    /// Who signed a step's milestone has looked at the step.
    pub(super) fn look(&mut self, event: &Event) {
        let Payload::ApprovalGiven { milestone, .. } = &event.payload else { return };
        let steps = &self.steps;
        let looked = |id: StepId| {
            let step = steps.get(usize::from(id.0));
            step.is_some_and(|step| step.plan.milestone == Some(*milestone))
        };
        self.questions.retain(|_, question| match question.about {
            QuestionAbout::CheckIn { step, .. } => !looked(step),
            QuestionAbout::Budget { .. }
            | QuestionAbout::Trip { .. }
            | QuestionAbout::UnknownCall { .. }
            | QuestionAbout::Stopped {} => true,
        });
    }

    /// What was asked for this pause is settled with it.
    pub(super) fn withdraw(&mut self, cause: PauseCause) {
        self.questions.retain(|_, question| question.about.pauses_for() != Some(cause));
    }
}
