//! Check-ins: who is at work is heard of, or named.

use phase8_shared::id::{Role, StepId};
use phase8_shared::mission::{Actor, MissionState, Payload, StepState, StepStatus, Work};
use phase8_shared::time::MissionTime;

use super::{Draft, watch};

/// An agent at work that the interval has caught up with.
struct Due {
    role: Role,
    step: StepId,
    /// Number of the last check-in that fell due.
    index: u32,
    /// Number of the first one that is not accounted for: a smaller one if nobody looked in time.
    first: u32,
    progress_percent: u8,
}

/// Agents at work check in when they were heard of recently; the silent ones are named, and may trip. One entry stands
/// for all intervals that passed since the last look; its number shows how many.
pub(super) fn check_ins(draft: &mut Draft<'_>) {
    for due in due(draft) {
        // A silent agent may have stopped the mission for all others.
        if draft.state.may_spend() && !is_heard_of(draft, &due) {
            watch::silence(draft, &due.role, due.step, check_in_time(&draft.state, due.first));
        }
    }
}

/// After the engine was away: who was not heard of is named, but the silence was the engine's.
pub(super) fn check_ins_after_an_absence(draft: &mut Draft<'_>) {
    for due in due(draft) {
        is_heard_of(draft, &due);
    }
}

fn due(draft: &Draft<'_>) -> Vec<Due> {
    let state = &draft.state;
    let Some(index) = last_due(state, state.clock.at(draft.ctx.now)).filter(|_| state.may_spend())
    else {
        return Vec::new();
    };
    let due = working(state).map(|step| Due {
        role: step.plan.role.clone(),
        step: step.plan.id,
        index,
        first: counted(state, step).saturating_add(1),
        progress_percent: progress(step),
    });
    due.filter(|due| due.first <= index).collect()
}

/// Records whether the agent was heard of within the time that it may be silent.
fn is_heard_of(draft: &mut Draft<'_>, due: &Due) -> bool {
    let Due { role, index, progress_percent, .. } = due;
    let (index, progress_percent) = (*index, *progress_percent);
    let now = draft.state.clock.at(draft.ctx.now);
    let heard = draft.state.agents.get(role).map_or(MissionTime::ZERO, |agent| agent.last_heard);
    let idle = MissionTime::from_minutes(draft.state.created.idle_minutes).millis();
    let is_heard_of = now.since(heard) <= idle;
    let role = role.clone();
    if is_heard_of {
        let actor = Actor::Agent(role.clone());
        draft.emit(actor, Payload::CheckedIn { role, index, progress_percent });
    } else {
        draft.emit(Actor::Engine, Payload::CheckInMissed { role, index });
    }
    is_heard_of
}

/// Agents' steps that are under way.
pub(super) fn working(state: &MissionState) -> impl Iterator<Item = &StepState> {
    state.steps.iter().filter(|step| step.status.is_working() && !step.plan.role.is_validator())
}

/// When a working agent's next check-in falls due.
pub(super) fn next_check_in(state: &MissionState, step: &StepState) -> Option<MissionTime> {
    let next = counted(state, step).saturating_add(1);
    (interval(state) > 0).then(|| check_in_time(state, next))
}

fn check_in_time(state: &MissionState, index: u32) -> MissionTime {
    MissionTime::from_millis(interval(state).saturating_mul(u64::from(index)))
}

fn interval(state: &MissionState) -> u64 {
    MissionTime::from_minutes(state.created.check_in_minutes).millis()
}

/// Number of the last check-in that fell due by then.
fn last_due(state: &MissionState, now: MissionTime) -> Option<u32> {
    now.millis().checked_div(interval(state)).and_then(|due| u32::try_from(due).ok())
}

/// Number of the last check-in that is accounted for: recorded, or due before the step began.
fn counted(state: &MissionState, step: &StepState) -> u32 {
    let recorded = state.agents.get(&step.plan.role).map_or(0, |agent| agent.check_ins);
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
