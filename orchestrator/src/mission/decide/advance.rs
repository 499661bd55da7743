//! What is due by now: check-ins, steps whose needs are done, calls that fit into the budget, approvals to ask for, and
//! the end.

use phase8_shared::id::Role;
use phase8_shared::mission::{
    Actor, Lifecycle, MilestoneStatus, MissionState, PauseCause, Payload, StepState, StepStatus,
    Work,
};
use phase8_shared::money::MicroUsd;
use phase8_shared::time::{MissionTime, Timestamp};

use super::{Draft, approvals, worker};
use crate::budget;

/// The longest wait before a failed call is asked again.
const LONGEST_BACKOFF_MINUTES: u32 = 30;

/// Brings a mission up to now.
pub(super) fn advance(draft: &mut Draft<'_>) {
    if !matches!(draft.state.lifecycle, Lifecycle::Running { .. }) {
        return;
    }
    check_ins(draft);
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

/// While the co-pilot is required, an agent's step waits for a person.
fn may_start(state: &MissionState, step: &StepState) -> bool {
    state.is_ready(step) && !state.is_held(step)
}

/// A turn that a working agent should take now.
struct Turn {
    step: StepState,
    number: u8,
    adapter: String,
    worst_case: MicroUsd,
}

/// The next turn of each agent at work that has no call under way.
fn due_turns(draft: &Draft<'_>) -> Vec<Turn> {
    let state = &draft.state;
    let idle = |step: &&StepState| {
        step.status.is_working() && !state.open_calls.values().any(|call| call.step == step.plan.id)
    };
    let turn_of = |step: &StepState| match &step.plan.work {
        Work::Agent { adapter, .. } => {
            let priced = state.adapter_of(step);
            Some(Turn {
                step: step.clone(),
                number: step.turns_done,
                adapter: priced.map_or_else(|| adapter.clone(), |priced| priced.id.clone()),
                worst_case: priced.and_then(budget::worst_case).unwrap_or(MicroUsd::new(u64::MAX)),
            })
        }
        Work::SignOff => None,
    };
    state.steps.iter().filter(idle).filter_map(turn_of).collect()
}

/// Whether the next call of any agent at work fits into what is left.
pub(super) fn has_room(draft: &Draft<'_>) -> bool {
    let turns = due_turns(draft);
    turns.is_empty() || turns.iter().any(|turn| budget::fits(&draft.state.budget, turn.worst_case))
}

/// Asks for every turn that is due and fits. Where one does not fit while other calls hold budget back, it waits for
/// them to be settled; where nothing is held back, the mission pauses and asks for a higher cap.
fn request_calls(draft: &mut Draft<'_>) {
    if !draft.state.may_spend() {
        return;
    }
    let now = draft.state.clock.at(draft.ctx.now);
    let mut short = None;
    for turn in due_turns(draft) {
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
            turn: turn.number,
            adapter: turn.adapter,
            reserved: turn.worst_case,
        };
        draft.emit(worker(&turn.step.plan.role), requested);
    }
    let Some(short) = short.filter(|_| draft.state.open_calls.is_empty()) else { return };
    let exhausted = Payload::BudgetExhausted {
        step: short.step.plan.id,
        needed: short.worst_case,
        remaining: draft.state.budget.remaining(),
    };
    draft.emit(Actor::Engine, exhausted);
    draft.emit(
        Actor::Engine,
        Payload::MissionPaused {
            cause: PauseCause::Budget,
            tripwire: false,
            by: None,
            evidence: None,
        },
    );
}

/// When a step whose last call failed is asked again: at once after the first failure, then later each time.
fn retry_at(state: &MissionState, step: &StepState) -> Option<MissionTime> {
    let minutes = match step.failures {
        0 | 1 => return None,
        failures => 1_u32
            .checked_shl(u32::from(failures) - 2)
            .unwrap_or(u32::MAX)
            .min(LONGEST_BACKOFF_MINUTES),
    };
    let last_heard = state.agents.get(&step.plan.role)?.last_heard;
    Some(last_heard.plus_millis(MissionTime::from_minutes(minutes).millis()))
}

/// Agents at work that the interval has caught up with: those heard of recently check in, the silent ones are named.
/// One entry stands for all intervals that passed since the last look (the engine may have been stopped); its number
/// shows how many.
pub(super) fn check_ins(draft: &mut Draft<'_>) {
    if !draft.state.may_spend() {
        return;
    }
    let now = draft.state.clock.at(draft.ctx.now);
    for (role, step) in working(&draft.state) {
        let Some(due) = last_due(&draft.state, now) else { return };
        let Some(agent) = draft.state.agents.get(&role) else { continue };
        if due <= counted(&draft.state, &role, &step) {
            continue;
        }
        let idle = MissionTime::from_minutes(draft.state.created.idle_minutes).millis();
        if now.since(agent.last_heard) > idle {
            draft.emit(Actor::Engine, Payload::CheckInMissed { role, index: due });
        } else {
            let progress_percent = progress(&step);
            draft.emit(
                Actor::Agent(role.clone()),
                Payload::CheckedIn { role, index: due, progress_percent },
            );
        }
    }
}

fn working(state: &MissionState) -> Vec<(Role, StepState)> {
    let steps = state
        .steps
        .iter()
        .filter(|step| step.status.is_working() && !step.plan.role.is_validator());
    steps.map(|step| (step.plan.role.clone(), step.clone())).collect()
}

fn interval(state: &MissionState) -> u64 {
    MissionTime::from_minutes(state.created.check_in_minutes).millis()
}

/// Number of the last check-in that fell due by then.
fn last_due(state: &MissionState, now: MissionTime) -> Option<u32> {
    now.millis().checked_div(interval(state)).and_then(|due| u32::try_from(due).ok())
}

/// Number of the last check-in that is accounted for: recorded, or due before the step began.
fn counted(state: &MissionState, role: &Role, step: &StepState) -> u32 {
    let recorded = state.agents.get(role).map_or(0, |agent| agent.check_ins);
    let before = match step.status {
        StepStatus::Working { since } => last_due(state, since).unwrap_or(0),
        StepStatus::Waiting | StepStatus::Delivered { .. } | StepStatus::Done { .. } => 0,
    };
    recorded.max(before)
}

fn progress(step: &StepState) -> u8 {
    match &step.plan.work {
        Work::Agent { turns, .. } => {
            let percent = u32::from(step.turns_done) * 100 / u32::from((*turns).max(1));
            u8::try_from(percent.min(100)).unwrap_or(100)
        }
        Work::SignOff => 0,
    }
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
    let agents = working(state).into_iter().filter(|_| state.may_spend());
    let mission_times = agents.flat_map(|(role, step)| {
        let next = u64::from(counted(state, &role, &step)).saturating_add(1);
        let check_in = Some(interval(state)).filter(|interval| *interval > 0);
        let check_in =
            check_in.map(|interval| MissionTime::from_millis(interval.saturating_mul(next)));
        [check_in, retry_at(state, &step)]
    });
    let timers = mission_times.flatten().filter_map(|time| state.clock.when(time));
    expiries.chain(timers).filter(|at| *at > after).min()
}
