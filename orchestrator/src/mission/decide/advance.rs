//! What is due by now: check-ins, steps whose needs are done, calls that fit into the budget, approvals to ask for, and
//! the end.

use phase8_shared::id::StepId;
use phase8_shared::mission::{
    Actor, Lifecycle, MilestoneStatus, MissionState, PauseCause, Payload, QuestionAbout, StepState,
    Work,
};
use phase8_shared::money::MicroUsd;
use phase8_shared::time::{MissionTime, Timestamp};

use super::check_ins::{check_ins, next_check_in, working};
use super::{Draft, approvals, questions, watch, worker};
use crate::budget;

/// The longest wait before a failed call is asked again.
const LONGEST_BACKOFF_MINUTES: u32 = 30;

/// Brings a mission up to now.
pub(super) fn advance(draft: &mut Draft<'_>) {
    if !matches!(draft.state.lifecycle, Lifecycle::Running { .. }) {
        return;
    }
    check_ins(draft);
    watch::look(draft);
    questions::miss_validators(draft);
    approvals::request(draft);
    start_steps(draft);
    request_calls(draft);
    complete(draft);
}

fn start_steps(draft: &mut Draft<'_>) {
    if !draft.state.may_spend() {
        return;
    }
    let ready: Vec<_> =
        draft.state.steps.iter().filter(|step| may_start(&draft.state, step)).cloned().collect();
    for step in ready {
        draft.emit(worker(&step.plan.role), Payload::StepStarted { step: step.plan.id });
    }
}

/// While the co-pilot is required, an agent's step waits for a person; once a step got the rest of the budget, all
/// others wait for a higher cap.
fn may_start(state: &MissionState, step: &StepState) -> bool {
    let waits_for_budget = state.begins_nothing_new() && !step.wraps_up;
    let by_agent = matches!(step.plan.work, Work::Agent { .. });
    state.is_ready(step) && !state.is_held(step) && !(by_agent && waits_for_budget)
}

/// The next agent's step, if it waits for a higher cap and for nothing else.
fn waits_for_budget(state: &MissionState) -> Option<&StepState> {
    let by_agent = |step: &&StepState| matches!(step.plan.work, Work::Agent { .. });
    let mut waiting = state.steps.iter().filter(by_agent);
    waiting.find(|step| state.is_ready(step) && !state.is_held(step) && !may_start(state, step))
}

/// A turn that a working agent should take now.
struct Turn {
    step: StepState,
    adapter: String,
    worst_case: MicroUsd,
}

/// A step's next turn. A price that is not known is more than any budget holds.
fn turn_of(state: &MissionState, step: &StepState) -> Option<Turn> {
    let Work::Agent { adapter, .. } = &step.plan.work else { return None };
    let priced = state.adapter_of(step);
    let worst_case = priced.and_then(|priced| {
        if step.wraps_up {
            let last = budget::last_call(priced, state.budget.remaining());
            last.or_else(|| budget::least_call(priced))
        } else {
            budget::worst_case(priced)
        }
    });
    Some(Turn {
        step: step.clone(),
        adapter: priced.map_or_else(|| adapter.clone(), |priced| priced.id.clone()),
        worst_case: worst_case.unwrap_or(MicroUsd::new(u64::MAX)),
    })
}

/// The next turn of each agent at work that has no call under way; while a step wraps up, its own alone.
fn due_turns(state: &MissionState) -> Vec<Turn> {
    let is_free = |step: &&StepState| {
        step.status.is_working() && !state.open_calls.values().any(|call| call.step == step.plan.id)
    };
    let wraps_up = state.steps.iter().any(|step| step.wraps_up && step.status.is_working());
    let free = state.steps.iter().filter(is_free).filter(|step| step.wraps_up || !wraps_up);
    free.filter_map(|step| turn_of(state, step)).collect()
}

/// Whether the next call of any agent at work fits into what is left, and nothing else waits for budget.
pub(super) fn has_room(state: &MissionState) -> bool {
    let turns = due_turns(state);
    let fits = |turn: &Turn| budget::fits(&state.budget, turn.worst_case);
    if turns.is_empty() { waits_for_budget(state).is_none() } else { turns.iter().any(fits) }
}

/// What the step needs at least to come to its end in one more call, if that is more than what remains.
pub(super) fn too_little_to_finish(state: &MissionState, step: StepId) -> Option<MicroUsd> {
    let step = StepState { wraps_up: true, ..state.step(step)?.clone() };
    let needed = turn_of(state, &step)?.worst_case;
    (!budget::fits(&state.budget, needed)).then_some(needed)
}

/// Asks for every turn that is due and fits. Where one does not fit while other calls hold budget back, it waits for
/// them to be settled; where nothing is held back, the mission pauses and asks a person.
fn request_calls(draft: &mut Draft<'_>) {
    if !draft.state.may_spend() {
        return;
    }
    let now = draft.state.clock.at(draft.ctx.now);
    let mut short = None;
    for turn in due_turns(&draft.state) {
        if retry_at(&draft.state, &turn.step).is_some_and(|at| at > now) {
            continue;
        }
        if !budget::fits(&draft.state.budget, turn.worst_case) {
            short = short.or(Some(turn));
            continue;
        }
        let requested = Payload::ModelCallRequested {
            call: draft.state.next_call,
            step: turn.step.plan.id,
            turn: turn.step.turns_done,
            adapter: turn.adapter,
            reserved: turn.worst_case,
            wraps_up: turn.step.wraps_up,
            repeats: turn.step.lost,
        };
        draft.emit(worker(&turn.step.plan.role), requested);
    }
    if !draft.state.open_calls.is_empty() {
        return;
    }
    let short = short.or_else(|| {
        let idle = working(&draft.state).next().is_none();
        waits_for_budget(&draft.state).filter(|_| idle).and_then(|step| turn_of(&draft.state, step))
    });
    let Some(short) = short else { return };
    let exhausted = Payload::BudgetExhausted {
        step: short.step.plan.id,
        needed: short.worst_case,
        remaining: draft.state.budget.remaining(),
    };
    draft.emit(Actor::Engine, exhausted);
    questions::pause(draft, PauseCause::Budget, "the budget is used up");
}

/// When a step whose last call failed is asked again: at once after the first failure, then later each time, but before
/// the agent would count as silent.
fn retry_at(state: &MissionState, step: &StepState) -> Option<MissionTime> {
    let longest = LONGEST_BACKOFF_MINUTES.min(state.created.idle_minutes / 2).max(1);
    let minutes = match step.failures {
        0 | 1 => return None,
        failures => 1_u32.checked_shl(u32::from(failures) - 2).unwrap_or(u32::MAX).min(longest),
    };
    let last_heard = state.agents.get(&step.plan.role)?.last_heard;
    Some(last_heard.plus_millis(MissionTime::from_minutes(minutes).millis()))
}

fn complete(draft: &mut Draft<'_>) {
    let state = &draft.state;
    let delivered = state.steps.iter().all(|step| step.status.is_done());
    let paid = state
        .milestones
        .iter()
        .all(|milestone| matches!(milestone.status, MilestoneStatus::Paid { .. }));
    if delivered && paid {
        draft.emit(Actor::Engine, Payload::MissionCompleted {});
    }
}

/// The next moment after `after` at which time alone makes something due.
pub fn next_wake(state: &MissionState, after: Timestamp) -> Option<Timestamp> {
    if !matches!(state.lifecycle, Lifecycle::Running { .. }) {
        return None;
    }
    let expiries = state.milestones.iter().filter_map(|milestone| match &milestone.status {
        MilestoneStatus::AwaitingApproval { expires_at, .. } => Some(*expires_at),
        MilestoneStatus::Pending | MilestoneStatus::Paid { .. } => None,
    });
    let check_ins = state.questions.values().filter_map(|question| match question.about {
        QuestionAbout::CheckIn { due_at, missed: false, .. } => Some(due_at),
        QuestionAbout::CheckIn { missed: true, .. }
        | QuestionAbout::Budget { .. }
        | QuestionAbout::Trip { .. }
        | QuestionAbout::UnknownCall { .. }
        | QuestionAbout::Stopped {} => None,
    });
    let agents = working(state).filter(|_| state.may_spend());
    let mission_times =
        agents.flat_map(|step| [next_check_in(state, step), retry_at(state, step)]).flatten();
    let mission_times = mission_times.chain(watch::overtime_at(state));
    let timers = mission_times.filter_map(|time| state.clock.when(time));
    expiries.chain(check_ins).chain(timers).filter(|at| *at > after).min()
}
