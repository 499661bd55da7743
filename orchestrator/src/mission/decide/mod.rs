//! `decide(state, command, context) -> events`. A decision of several events folds each one in before the next is made,
//! so that what follows always sees what came before.

mod advance;
mod approvals;
mod calls;
mod check_ins;
mod create;
mod facts;
mod levers;
mod questions;
mod watch;

use alloy_primitives::Address;
use phase8_shared::id::{Role, StepId};
use phase8_shared::ledger::TreeHead;
use phase8_shared::mission::{Actor, Event, MissionState, Payload, StepStatus, TxEvidence, Work};
use phase8_shared::time::Timestamp;

pub use advance::next_wake;

use crate::command::{Command, Delivered};
use crate::refusal::Refusal;

/// What a decision may know beside the mission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context {
    /// The moment.
    pub now: Timestamp,
    /// The mission's ledger before this decision.
    pub tree: TreeHead,
    /// How the fleet came to be paused, if it is.
    pub fleet: Option<FleetPause>,
}

/// The contract's event that paused the fleet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FleetPause {
    /// Who ordered it.
    pub by: Address,
    /// Whether it was a tripwire.
    pub tripwire: bool,
    /// Where it stands.
    pub evidence: TxEvidence,
}

/// What happened, by whom, in order.
pub type Decision = Vec<(Actor, Payload)>;

/// Decides. Nothing has happened until the events are in the ledger.
pub fn decide(
    state: Option<&MissionState>,
    command: Command,
    ctx: &Context,
) -> Result<Decision, Refusal> {
    let Some(state) = state else {
        return match command {
            Command::Create(new) => create::create(&new, ctx),
            // The caller finds the mission before it asks for anything else.
            Command::Observe(_)
            | Command::Settle { .. }
            | Command::Deliver { .. }
            | Command::Approve { .. }
            | Command::SwitchAdapter(_)
            | Command::ReleaseStep { .. }
            | Command::Answer { .. }
            | Command::Tick
            | Command::Recover
            | Command::Stop => Ok(Vec::new()),
        };
    };
    let mut draft = Draft::new(state, ctx);
    match command {
        Command::Create(_) => return Err(Refusal::MissionExists(state.created.mission)),
        Command::Observe(observed) => facts::observe(&mut draft, observed)?,
        Command::Settle { call, end } => calls::settle(&mut draft, call, end),
        Command::Deliver { step, deliverable } => deliver(&mut draft, step, deliverable)?,
        Command::Approve { milestone, approval } => {
            approvals::approve(&mut draft, milestone, &approval)?;
        }
        Command::SwitchAdapter(switch) => levers::switch(&mut draft, *switch),
        Command::ReleaseStep { step, release } => levers::release(&mut draft, step, &release)?,
        Command::Answer { question, answer } => {
            questions::answer(&mut draft, question, &answer)?;
        }
        Command::Tick => {}
        Command::Recover => {
            check_ins::check_ins_after_an_absence(&mut draft);
            calls::lose_all(&mut draft);
        }
        Command::Stop => {
            calls::cut_off_all(&mut draft, "the engine was stopped");
            return Ok(draft.events);
        }
    }
    advance::advance(&mut draft);
    Ok(draft.events)
}

/// A decision under way: the state as it will be, and the events that lead there.
struct Draft<'c> {
    ctx: &'c Context,
    /// Approval is asked for what was delivered before this decision, so that the signed root covers the delivery.
    delivered_before: Vec<StepId>,
    state: MissionState,
    events: Decision,
}

impl<'c> Draft<'c> {
    fn new(state: &MissionState, ctx: &'c Context) -> Self {
        let done = state.steps.iter().filter(|step| step.status.is_done()).map(|step| step.plan.id);
        Self { ctx, delivered_before: done.collect(), state: state.clone(), events: Vec::new() }
    }

    fn emit(&mut self, actor: Actor, payload: Payload) {
        let event = Event {
            seq: self.state.seq.next(),
            version: Event::VERSION,
            actor,
            at: self.ctx.now,
            payload,
        };
        self.state.apply(&event);
        self.events.push((event.actor, event.payload));
    }
}

/// Who is at work on a step: its agent, or the engine where the guild signs off.
fn worker(role: &Role) -> Actor {
    if role.is_validator() { Actor::Engine } else { Actor::Agent(role.clone()) }
}

/// Records a sign-off step's dossier.
fn deliver(draft: &mut Draft<'_>, step: StepId, deliverable: Delivered) -> Result<(), Refusal> {
    let Some(found) = draft.state.step(step) else { return Err(Refusal::StepNotWorking(step)) };
    match (&found.status, &found.plan.work) {
        (StepStatus::Working { .. }, Work::SignOff) => {
            record(draft, step, deliverable);
            Ok(())
        }
        // Compiled twice, or too late to matter: the first one stands.
        (StepStatus::Delivered { .. } | StepStatus::Done { .. }, _) => Ok(()),
        (StepStatus::Waiting | StepStatus::Working { .. }, _) => Err(Refusal::StepNotWorking(step)),
    }
}

/// A deliverable stands, and with it the step is done.
fn record(draft: &mut Draft<'_>, step: StepId, deliverable: Delivered) {
    let Some(role) = draft.state.step(step).map(|step| step.plan.role.clone()) else { return };
    let Delivered { title, media_type, bytes, commitment } = deliverable;
    draft.emit(
        worker(&role),
        Payload::DeliverableRecorded { step, title, media_type, bytes, commitment },
    );
    draft.emit(worker(&role), Payload::StepCompleted { step });
    questions::ask_a_validator(draft, step);
}
