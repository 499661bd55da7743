//! The engine's own tripwires: spend, silence, failing models, and the time that the job allows. Each trips once, and
//! again only after its reason was gone.

use phase8_shared::id::{MilestoneIndex, Role, StepId};
use phase8_shared::mission::{MilestoneStatus, MissionState, Severity, Trip, Tripwire};
use phase8_shared::time::MissionTime;

use super::questions::{self, TripAbout};
use super::{Draft, check_ins};

/// This share of the cap may be spent before milestone two is done, in percent.
const SURGE_PERCENT: u128 = 85;
/// So many check-ins missed in a row are a gap.
const GAP: u32 = 2;
/// A machine that is busy elsewhere delays everything by moments. On a clock that is faster than the wall's, so many
/// milliseconds of the wall are minutes or hours: they say nothing about an agent.
const NOISE_MILLIS: u64 = 10_000;

/// Looks at what does not hang on a single agent.
pub(super) fn look(draft: &mut Draft<'_>) {
    if draft.state.created.safety.is_none() {
        return;
    }
    if let Some(trip) = surge(&draft.state) {
        questions::trip(draft, trip, TripAbout::default());
    }
    if let Some(trip) = regression(&draft.state) {
        questions::trip(draft, trip, TripAbout::default());
    }
    if let Some(trip) = overtime(draft) {
        questions::trip(draft, trip, TripAbout::default());
    }
}

fn surge(state: &MissionState) -> Option<Trip> {
    let (spent, cap) = (state.budget.spent, state.budget.cap);
    let share = u128::from(spent.get()) * 100;
    let surged = share >= u128::from(cap.get()) * SURGE_PERCENT && spent.get() > 0;
    let waits = state.milestone(MilestoneIndex(1)).is_some_and(|second| match &second.status {
        MilestoneStatus::Pending => true,
        MilestoneStatus::AwaitingApproval { approvals, .. } => {
            approvals.len() < usize::from(state.created.terms.quorum)
        }
        MilestoneStatus::Paid { .. } => false,
    });
    (surged && waits && !state.watch.has_tripped(Tripwire::BudgetSurge)).then(|| Trip {
        tripwire: Tripwire::BudgetSurge,
        rule: "spent-before-milestone-two".to_owned(),
        severity: Severity::Critical,
        span: None,
        words: format!(
            "{spent} of {cap} are spent, {SURGE_PERCENT} % or more, and milestone two is not done"
        ),
    })
}

fn regression(state: &MissionState) -> Option<Trip> {
    let watch = &state.watch;
    let ((recent, of_recent), (earlier, of_earlier)) = (watch.recent(), watch.earlier());
    (watch.has_regressed() && !watch.has_tripped(Tripwire::ModelRegression)).then(|| Trip {
        tripwire: Tripwire::ModelRegression,
        rule: "answered-calls".to_owned(),
        severity: Severity::Warning,
        span: None,
        words: format!(
            "{recent} of the last {of_recent} calls were answered; before them it was {earlier} of {of_earlier}"
        ),
    })
}

fn overtime(draft: &Draft<'_>) -> Option<Trip> {
    let state = &draft.state;
    let now = state.clock.at(draft.ctx.now);
    (overtime_at(state)? <= now).then(|| Trip {
        tripwire: Tripwire::AutonomyEnvelope,
        rule: "duration".to_owned(),
        severity: Severity::Warning,
        span: None,
        words: format!(
            "agents are at work after {now}, and the job allows {}",
            MissionTime::from_minutes(state.created.duration_minutes)
        ),
    })
}

/// When agents will have worked for longer than the job allows; `None` while they do not, or if that was told.
pub(super) fn overtime_at(state: &MissionState) -> Option<MissionTime> {
    let told = state.watch.has_tripped(Tripwire::AutonomyEnvelope);
    let works = state.may_spend() && check_ins::working(state).next().is_some();
    let applies = state.created.safety.is_some() && works && !told;
    let end = MissionTime::from_minutes(state.created.duration_minutes);
    applies.then(|| end.plus_millis(noise(state)))
}

/// Mission milliseconds that are the machine's and nobody's fault.
fn noise(state: &MissionState) -> u64 {
    let scale = state.clock.scale;
    if scale.is_scaled() { scale.mission_millis(NOISE_MILLIS) } else { 0 }
}

/// An agent was not heard of when its check-in fell due. The silence counts up to the first check-in that was not
/// accounted for: after that one it was the engine that did not look.
pub(super) fn silence(draft: &mut Draft<'_>, role: &Role, step: StepId, due: MissionTime) {
    let state = &draft.state;
    let Some(agent) = state.agents.get(role).filter(|_| state.created.safety.is_some()) else {
        return;
    };
    let idle = MissionTime::from_minutes(state.created.idle_minutes);
    let silent = due.since(agent.last_heard);
    if silent <= idle.millis().max(noise(state)) {
        return;
    }
    let about = TripAbout { step: Some(step), ..TripAbout::default() };
    let told = agent.tripped.clone();
    let (heard, missed) = (agent.last_heard, agent.missed_in_a_row);
    if !told.contains(&Tripwire::Idle) {
        let trip = Trip {
            tripwire: Tripwire::Idle,
            rule: "silent-agent".to_owned(),
            severity: Severity::Warning,
            span: None,
            words: format!(
                "nothing was heard of the {role} for {} since {heard}; the job allows {idle}",
                MissionTime::from_millis(silent)
            ),
        };
        questions::trip(draft, trip, about);
    }
    if missed >= GAP && !told.contains(&Tripwire::LedgerGap) {
        let trip = Trip {
            tripwire: Tripwire::LedgerGap,
            rule: "missed-check-ins".to_owned(),
            severity: Severity::Warning,
            span: None,
            words: format!("the {role} missed {missed} check-ins in a row"),
        };
        questions::trip(draft, trip, about);
    }
}
