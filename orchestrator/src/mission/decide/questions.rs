//! What a mission asks people, and what follows from their answers.

use phase8_shared::api::AnswerQuestion;
use phase8_shared::id::{CallId, Seq, StepId};
use phase8_shared::ledger::Commitment;
use phase8_shared::mission::{
    Actor, Answer, PauseCause, Payload, QuestionAbout, Severity, Trip, Tripwire,
};
use phase8_shared::time::Timestamp;

use super::{Draft, calls};
use crate::refusal::Refusal;

/// The most characters of a reason.
const LONGEST_REASON: usize = 1_000;

/// What a trip is about.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct TripAbout {
    pub(super) step: Option<StepId>,
    pub(super) call: Option<CallId>,
    pub(super) text: Option<Commitment>,
}

/// Records a trip. Where the job halts on tripwires, everything stands still until a person answers; a detector that
/// failed always halts, because nothing passes unchecked.
pub(super) fn trip(draft: &mut Draft<'_>, trip: Trip, about: TripAbout) {
    let halt = draft.state.created.safety.as_ref().is_some_and(|safety| safety.halt_on_tripwire);
    let halts =
        trip.tripwire == Tripwire::DetectorFailed || (halt && trip.severity > Severity::Info);
    let tripwire = trip.tripwire;
    let TripAbout { step, call, text } = about;
    draft.emit(Actor::Engine, Payload::TripwireTripped { trip, step, call, text, halts });
    if halts {
        pause(draft, PauseCause::Tripwire);
        calls::cut_off_all(draft, &format!("{tripwire} tripped"));
    }
}

/// Stands still for this cause, unless it does already.
pub(super) fn pause(draft: &mut Draft<'_>, cause: PauseCause) {
    if !draft.state.pauses.contains(&cause) {
        let paused = Payload::MissionPaused { cause, tripwire: false, by: None, evidence: None };
        draft.emit(Actor::Engine, paused);
    }
}

/// Takes a person's answer.
pub(super) fn answer(
    draft: &mut Draft<'_>,
    asked: Seq,
    answered: &AnswerQuestion,
) -> Result<(), Refusal> {
    let AnswerQuestion { by, answer, reason, deadline, signature } = answered;
    if draft.state.is_closed() {
        return Err(Refusal::MissionClosed(draft.state.created.mission));
    }
    let question = draft.state.questions.get(&asked).cloned();
    let question = question.ok_or(Refusal::NotAsked(asked))?;
    if !question.about.takes(*answer) {
        return Err(Refusal::AnswerDoesNotFit { question: asked, answer: *answer });
    }
    if *deadline <= draft.ctx.now.unix_seconds() {
        let ended = Timestamp::from_millis(deadline.saturating_mul(1_000));
        return Err(Refusal::AnswerExpired(ended));
    }
    if reason.chars().count() > LONGEST_REASON {
        return Err(Refusal::ReasonTooLong(LONGEST_REASON));
    }
    if let (QuestionAbout::UnknownCall { charged, .. }, Answer::Reconcile { cost }) =
        (&question.about, answer)
        && cost > charged
    {
        return Err(Refusal::BilledMoreThanCharged { cost: *cost, charged: *charged });
    }
    let given = Payload::QuestionAnswered {
        question: asked,
        answer: *answer,
        reason: reason.clone(),
        by: *by,
        deadline: *deadline,
        signature: signature.clone(),
    };
    let actor = super::levers::person(&draft.state, *by);
    draft.emit(actor, given);
    follow(draft, &question.about, *answer, *by);
    Ok(())
}

/// What follows from an answer.
fn follow(
    draft: &mut Draft<'_>,
    about: &QuestionAbout,
    answer: Answer,
    by: alloy_primitives::Address,
) {
    match answer {
        Answer::Stop {} => {
            pause(draft, PauseCause::Stopped);
            calls::cut_off_all(draft, "a person stopped the mission");
        }
        Answer::FinishStep {} => resume(draft, PauseCause::Budget, by),
        Answer::Resume {} | Answer::FalseAlarm {} | Answer::CheckIn {} => match about {
            QuestionAbout::Stopped {} => resume(draft, PauseCause::Stopped, by),
            QuestionAbout::Trip { .. } => {
                let open = draft.state.questions.values().any(|question| {
                    matches!(question.about, QuestionAbout::Trip { halts: true, .. })
                });
                if !open {
                    resume(draft, PauseCause::Tripwire, by);
                }
            }
            QuestionAbout::CheckIn { .. } => {
                let open = draft.state.questions.values().any(|question| {
                    matches!(question.about, QuestionAbout::CheckIn { missed: true, .. })
                });
                if !open {
                    resume(draft, PauseCause::CheckIn, by);
                }
            }
            QuestionAbout::Budget { .. } | QuestionAbout::UnknownCall { .. } => {}
        },
        // What the owner gives back may be what the next call needs.
        Answer::Reconcile { .. } => super::facts::resume_if_there_is_room(draft, by),
    }
}

fn resume(draft: &mut Draft<'_>, cause: PauseCause, by: alloy_primitives::Address) {
    if draft.state.pauses.contains(&cause) {
        let resumed = Payload::MissionResumed { cause, by: Some(by), evidence: None };
        draft.emit(Actor::Engine, resumed);
    }
}
