//! What a mission asks people, and what follows from their answers.

use alloy_primitives::Address;
use phase8_shared::api::AnswerQuestion;
use phase8_shared::id::{CallId, Seq, StepId};
use phase8_shared::ledger::Commitment;
use phase8_shared::mission::{
    Actor, Answer, AnswerRole, MissionState, PauseCause, Payload, QuestionAbout, Severity, Trip,
    Tripwire,
};
use phase8_shared::time::{MissionTime, Timestamp};

use super::{Draft, advance, calls};
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
        pause(draft, PauseCause::Tripwire, &format!("{tripwire} tripped"));
    }
}

/// Stands still for this cause, unless it does already. Whatever is under way ends with it.
pub(super) fn pause(draft: &mut Draft<'_>, cause: PauseCause, why: &str) {
    if !draft.state.pauses.contains(&cause) {
        let paused = Payload::MissionPaused { cause, tripwire: false, by: None, evidence: None };
        draft.emit(Actor::Engine, paused);
    }
    calls::cut_off_all(draft, why);
}

/// A checkpoint that needs a validator was delivered: one is to look within the interval of check-ins. People live on
/// the wall's clock, however fast a rehearsal runs.
pub(super) fn ask_a_validator(draft: &mut Draft<'_>, step: StepId) {
    let Some(safety) = &draft.state.created.safety else { return };
    let Some(found) = draft.state.step(step) else { return };
    if safety.validator_check_in && safety.validator_checkpoints.contains(&found.plan.checkpoint) {
        let interval = MissionTime::from_minutes(draft.state.created.check_in_minutes);
        let due_at = draft.ctx.now.plus_millis(interval.millis());
        draft.emit(Actor::Engine, Payload::ValidatorCheckInDue { step, due_at });
    }
}

/// Names the check-ins that no validator kept; the mission stands still until one looks.
pub(super) fn miss_validators(draft: &mut Draft<'_>) {
    let now = draft.ctx.now;
    let due = |about: &QuestionAbout| match about {
        QuestionAbout::CheckIn { due_at, missed, .. } => *due_at <= now && !missed,
        QuestionAbout::Budget { .. }
        | QuestionAbout::Trip { .. }
        | QuestionAbout::UnknownCall { .. }
        | QuestionAbout::Stopped {} => false,
    };
    let questions = draft.state.questions.iter();
    let missed: Vec<Seq> =
        questions.filter(|(_, asked)| due(&asked.about)).map(|(seq, _)| *seq).collect();
    for question in missed {
        draft.emit(Actor::Engine, Payload::ValidatorCheckInMissed { question });
        pause(draft, PauseCause::CheckIn, "no validator looked at what was delivered");
    }
}

/// A validator looked: the mission goes on when no other check-in is missed.
pub(super) fn resume_if_looked_at(draft: &mut Draft<'_>, by: Address) {
    resume_if_answered(draft, PauseCause::CheckIn, by);
}

/// Goes on when no open question pauses for this cause any more.
fn resume_if_answered(draft: &mut Draft<'_>, cause: PauseCause, by: Address) {
    let mut open = draft.state.questions.values();
    if !open.any(|question| question.about.pauses_for() == Some(cause)) {
        resume(draft, cause, by);
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
    if answer.ends_a_halt() && *by == draft.state.created.operator {
        return Err(Refusal::OwnHalt(*by));
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
    if let (QuestionAbout::Budget { step, .. }, Answer::FinishStep {}) = (&question.about, answer)
        && let Some(least) = advance::too_little_to_finish(&draft.state, *step)
    {
        let (step, remaining) = (*step, draft.state.budget.remaining());
        return Err(Refusal::TooLittleLeft { step, least, remaining });
    }
    if *answer == (Answer::Stop {})
        && let Some(stop) = stop(draft)
    {
        return Err(Refusal::AlreadyStopped(stop));
    }
    let given = Payload::QuestionAnswered {
        question: asked,
        answer: *answer,
        reason: reason.clone(),
        by: *by,
        deadline: *deadline,
        signature: signature.clone(),
    };
    draft.emit(author(&draft.state, *by, *answer), given);
    follow(draft, &question.about, *answer, *by);
    Ok(())
}

fn author(state: &MissionState, by: Address, answer: Answer) -> Actor {
    match answer.may_be_given_by() {
        _ if by == state.created.operator => Actor::Operator(by),
        [AnswerRole::Validator] => Actor::Validator(by),
        _ => Actor::Person(by),
    }
}

/// The question that stands while the mission is stopped.
fn stop(draft: &Draft<'_>) -> Option<Seq> {
    let mut asked = draft.state.questions.iter();
    asked.find(|(_, question)| question.about == QuestionAbout::Stopped {}).map(|(seq, _)| *seq)
}

/// What follows from an answer.
fn follow(draft: &mut Draft<'_>, about: &QuestionAbout, answer: Answer, by: Address) {
    match answer {
        Answer::Stop {} => pause(draft, PauseCause::Stopped, "a person stopped the mission"),
        Answer::FinishStep {} => resume(draft, PauseCause::Budget, by),
        Answer::Resume {} | Answer::FalseAlarm {} | Answer::CheckIn {} => {
            if let Some(cause) = about.pauses_for() {
                resume_if_answered(draft, cause, by);
            }
        }
        // What the owner gives back may be what the next call needs.
        Answer::Reconcile { .. } => super::facts::resume_if_there_is_room(draft, by),
    }
}

fn resume(draft: &mut Draft<'_>, cause: PauseCause, by: Address) {
    if draft.state.pauses.contains(&cause) {
        let resumed = Payload::MissionResumed { cause, by: Some(by), evidence: None };
        draft.emit(Actor::Engine, resumed);
    }
}
