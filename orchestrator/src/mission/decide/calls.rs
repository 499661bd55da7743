//! Model calls: how one ends, and how all are cut off.

use phase8_shared::id::{CallId, StepId};
use phase8_shared::mission::{Actor, CallOutcome, OpenCall, Payload, Severity, Trip, Tripwire};
use phase8_shared::money::MicroUsd;
use phase8_shared::spec::TripwireKind;

use super::questions::{self, TripAbout};
use super::{Draft, record, worker};
use crate::budget::{self, CallLimits};
use crate::command::{CallEnd, Delivered};

/// Takes note of how a call ended. A call that is settled already (it was cut off, or the answer came twice) stays as
/// it is.
pub(super) fn settle(draft: &mut Draft<'_>, call: CallId, end: CallEnd) {
    let Some(open) = draft.state.open_calls.get(&call).cloned() else { return };
    match end {
        CallEnd::Answered { input_tokens, output_tokens, words, text, deliverable } => {
            let tokens = input_tokens.saturating_add(output_tokens);
            let outcome = CallOutcome::Answered { input_tokens, output_tokens, words, text };
            answered(draft, call, &open, Answer { tokens, outcome, deliverable });
        }
        CallEnd::Withheld { input_tokens, output_tokens, text, trips } => {
            let outcome = CallOutcome::Withheld { input_tokens, output_tokens };
            let tokens = input_tokens.saturating_add(output_tokens);
            let cost = cost(&open, tokens);
            // What cannot be believed is charged at its worst case.
            end_as(draft, call, open.step, outcome, cost.unwrap_or(open.reserved));
            let about = TripAbout { step: Some(open.step), call: Some(call), text: Some(text) };
            for trip in trips {
                questions::trip(draft, trip, about);
            }
            if cost.is_none() {
                guard_budget(draft, &open, tokens, about);
            }
        }
        CallEnd::Failed { reason } => {
            end_as(draft, call, open.step, CallOutcome::Failed { reason }, MicroUsd::ZERO);
        }
        CallEnd::Lost {} => end_as(draft, call, open.step, CallOutcome::Unknown {}, open.reserved),
    }
}

struct Answer {
    tokens: u64,
    outcome: CallOutcome,
    deliverable: Option<Delivered>,
}

fn answered(draft: &mut Draft<'_>, call: CallId, open: &OpenCall, answer: Answer) {
    let Some(cost) = cost(open, answer.tokens) else {
        let reason =
            format!("the adapter claims {} tokens, more than the call could use", answer.tokens);
        end_as(draft, call, open.step, CallOutcome::Failed { reason }, open.reserved);
        let about = TripAbout { step: Some(open.step), call: Some(call), text: None };
        return guard_budget(draft, open, answer.tokens, about);
    };
    let last = is_last_turn(draft, open);
    if last && answer.deliverable.is_none() {
        let reason = "the last turn brought no deliverable".to_owned();
        return end_as(draft, call, open.step, CallOutcome::Failed { reason }, cost);
    }
    end_as(draft, call, open.step, answer.outcome, cost);
    if let Some(deliverable) = answer.deliverable.filter(|_| last) {
        record(draft, open.step, deliverable);
    }
}

/// What the answer costs; `None` if it claims more than the call could use.
fn cost(open: &OpenCall, tokens: u64) -> Option<MicroUsd> {
    budget::charge(open.priced.as_ref()?, tokens, open.reserved)
}

/// Whoever bills what cannot have been used is not to be paid on before somebody looked, if the job says so.
fn guard_budget(draft: &mut Draft<'_>, open: &OpenCall, tokens: u64, about: TripAbout) {
    let safety = draft.state.created.safety.as_ref();
    if !safety.is_some_and(|safety| safety.tripwires.contains(&TripwireKind::BudgetGuard)) {
        return;
    }
    let most =
        open.priced.as_ref().map_or(0, |priced| CallLimits::within(priced, open.reserved).total());
    let trip = Trip {
        tripwire: Tripwire::BudgetGuard,
        rule: "claims-too-much".to_owned(),
        severity: Severity::Critical,
        span: None,
        words: format!(
            "{} claims {tokens} tokens for a call that could use {most} at most; {} are charged",
            open.adapter, open.reserved
        ),
    };
    questions::trip(draft, trip, about);
}

fn is_last_turn(draft: &Draft<'_>, open: &OpenCall) -> bool {
    open.turn.saturating_add(1) >= draft.state.turns_of(open)
}

fn end_as(draft: &mut Draft<'_>, call: CallId, step: StepId, outcome: CallOutcome, cost: MicroUsd) {
    let actor = match (&outcome, draft.state.step(step)) {
        (CallOutcome::Answered { .. }, Some(step)) => worker(&step.plan.role),
        _ => Actor::Engine,
    };
    draft.emit(actor, Payload::ModelCallSettled { call, outcome, cost });
}

/// The calls under way end now. A rehearsal that is cut off is known to have cost nothing; of a real model nobody knows
/// what it will bill, so its worst case is charged.
pub(super) fn cut_off_all(draft: &mut Draft<'_>, reason: &str) {
    for (call, open) in draft.state.open_calls.clone() {
        if draft.state.created.rehearsal {
            let outcome = CallOutcome::CutOff { reason: reason.to_owned() };
            end_as(draft, call, open.step, outcome, MicroUsd::ZERO);
        } else {
            end_as(draft, call, open.step, CallOutcome::Unknown {}, open.reserved);
        }
    }
}

/// The engine stopped without notice while these calls were under way.
pub(super) fn lose_all(draft: &mut Draft<'_>) {
    for (call, open) in draft.state.open_calls.clone() {
        end_as(draft, call, open.step, CallOutcome::Unknown {}, open.reserved);
    }
}
