//! Working on one mission: decide, append, fold, and do what is pending. A mission has no task of its own: whoever has
//! something for it (a command, a call that ended, a timer) sits down at its desk, one after the other.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use phase8_shared::mission::MissionState;
use phase8_shared::spec::{self, JobSpec};
use phase8_shared::time::Timestamp;
use tokio::sync::{MutexGuard, oneshot};
use tracing::Instrument;

use super::calls::{self, Done, Job};
use super::inner::Inner;
use super::ledger::{self, Snapshot, Written};
use super::seat::Seat;
use super::{EngineError, recollect, tenure::Held};
use crate::command::{CallEnd, Command};
use crate::mission::{Context, Effect, EffectKey, decide, next_wake};
use crate::ports::Retry;
use crate::store::{AppendError, Batch, Blob, LogAppend, LogId, StorageError};

/// So often a decision is made again because somebody else appended first.
const TRIES: u32 = 20;
/// A mission whose next timer is farther away than this rests until then.
const NEAR_MILLIS: u64 = 1_000;

/// What only whoever decides needs.
#[derive(Debug)]
pub(super) struct Desk {
    /// The job spec, read when an agent first needs it.
    spec: Option<Arc<JobSpec>>,
    /// Whether an append ended in a way that leaves open what the store holds.
    stale: bool,
    /// Whether the ledger cannot be written any more. Nothing is begun then: its outcome could not be recorded.
    halted: bool,
    /// When it was last looked what is due.
    looked: Timestamp,
}

impl Default for Desk {
    fn default() -> Self {
        Self { spec: None, stale: false, halted: false, looked: Timestamp::from_millis(0) }
    }
}

/// Why somebody sits down at a mission's desk.
#[derive(Debug)]
pub(super) enum Order {
    /// Decide on this.
    Do { command: Box<Command>, reply: oneshot::Sender<Result<(), EngineError>> },
    /// Something that ran for the mission ended; nothing came of it if it broke down.
    Ended { key: EffectKey, done: Option<Box<Done>> },
    /// See what is due.
    Look,
}

/// Who may make a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    /// Whoever knows the ledger's end: what people and the chain say is true wherever it arrives.
    Anyone,
    /// Only the holder of the mission's lease: what came of its work.
    Holder,
}

impl Inner {
    /// Tells a mission something and waits until it is in the ledger.
    pub(super) async fn tell(
        self: &Arc<Self>,
        seat: &Arc<Seat>,
        command: Command,
    ) -> Result<(), EngineError> {
        let (reply, answered) = oneshot::channel();
        let order = Order::Do { command: Box::new(command), reply };
        // On a task of its own: who does not wait for the answer any more must not stop what was begun.
        self.spawn(Arc::clone(self).work(Arc::clone(seat), order).in_current_span());
        answered.await.map_err(|_| EngineError::Stopped)?
    }

    /// Carries out an order, then everything that is due.
    pub(super) fn work(
        self: Arc<Self>,
        seat: Arc<Seat>,
        order: Order,
    ) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        // Whatever is said meanwhile is about this mission.
        let span = tracing::info_span!("mission", mission.id = %seat.id);
        let working = async move {
            let at_the_desk = match &order {
                Order::Do { .. } => self.desk_unless_held_up(&seat).await,
                Order::Ended { .. } | Order::Look => Some(seat.desk.lock().await),
            };
            let Some(mut desk) = at_the_desk else {
                if let Order::Do { reply, .. } = order {
                    let why = "the mission waits until its ledger can be written again";
                    drop(reply.send(Err(StorageError::Busy(why.into()).into())));
                }
                return;
            };
            if self.is_stopping() {
                return;
            }
            match order {
                Order::Do { command, reply } => {
                    let outcome = self.obey(&seat, &mut desk, *command).await;
                    // Who does not wait for the answer any more looks at the mission instead.
                    drop(reply.send(outcome));
                }
                Order::Ended { key, done } => {
                    if !seat.ended(key) {
                        return;
                    }
                    self.record(&seat, &mut desk, key, done.map(|done| *done)).await;
                }
                Order::Look => self.look(&seat, &mut desk).await,
            }
            self.go_on(&seat, &mut desk).await;
        };
        Box::pin(working.instrument(span))
    }

    /// Tells whoever counts what stands in a ledger now.
    pub(super) fn told(&self, written: &Written) {
        for (event, _) in written {
            self.meter.recorded(&event.payload);
        }
    }

    /// A mission's desk, when it is free; `None` while whoever sits there waits until the store works again. People and
    /// the chain are told so at once, and try again later.
    async fn desk_unless_held_up<'s>(&self, seat: &'s Seat) -> Option<MutexGuard<'s, Desk>> {
        loop {
            let trouble = self.held_up.notified();
            tokio::pin!(trouble);
            // From here on no trouble is missed.
            trouble.as_mut().enable();
            if seat.is_held_up() {
                return None;
            }
            tokio::select! {
                desk = seat.desk.lock() => return Some(desk),
                () = trouble => {}
            }
        }
    }

    async fn obey(
        self: &Arc<Self>,
        seat: &Arc<Seat>,
        desk: &mut Desk,
        command: Command,
    ) -> Result<(), EngineError> {
        self.sit_down(seat, desk).await?;
        self.attempt(seat, desk, &command, &[], By::Anyone).await
    }

    async fn look(self: &Arc<Self>, seat: &Arc<Seat>, desk: &mut Desk) {
        while let Err(error) = self.sit_down(seat, desk).await {
            if !self.wait_after(seat, desk, &error).await {
                return;
            }
        }
    }

    /// Claims the mission if it is free, and brings the fold up to what the store has.
    async fn sit_down(
        self: &Arc<Self>,
        seat: &Arc<Seat>,
        desk: &mut Desk,
    ) -> Result<(), EngineError> {
        let held = self.hold(seat).await?;
        if desk.stale || !seat.is_at_work() || seat.is_behind() || held != Held::Already {
            self.fetch(seat).await?;
            desk.stale = false;
        }
        let left_open = |state: &MissionState| !state.open_calls.is_empty();
        let is_busy = |now: Snapshot| now.outbox.is_busy(&now.state);
        if held == Held::Anew && self.is_shared() && seat.snapshot().is_some_and(is_busy) {
            self.meter.took_over();
        }
        if held == Held::Anew && seat.snapshot().is_some_and(|now| left_open(&now.state)) {
            // Whoever asked is not there any more, and nobody knows what became of it.
            self.attempt(seat, desk, &Command::Recover, &[], By::Holder).await?;
        }
        if let Some(now) = seat.snapshot().filter(|_| held == Held::Anew) {
            // Whoever had it before may have ended between a deliverable and the note of it.
            recollect::keep(&self.parts, &now.state).await;
        }
        Ok(())
    }

    /// Records what came of something that ran.
    async fn record(
        self: &Arc<Self>,
        seat: &Seat,
        desk: &mut Desk,
        key: EffectKey,
        done: Option<Done>,
    ) {
        if let Some(Done { command, blobs }) = done {
            let delivers = delivers(&command);
            self.insist(seat, desk, command, blobs).await;
            if let Some(now) = seat.snapshot().filter(|_| delivers) {
                recollect::keep(&self.parts, &now.state).await;
            }
            return;
        }
        // An adapter that panics must not take the mission with it.
        tracing::error!(mission.id = %seat.id, "a task of mission {} broke down", seat.id);
        if let EffectKey::Call(call) = key {
            let rehearsal = seat.snapshot().is_some_and(|now| now.state.created.rehearsal);
            let end = if rehearsal {
                CallEnd::Failed { reason: "the adapter broke down".to_owned() }
            } else {
                CallEnd::Lost {}
            };
            self.insist(seat, desk, Command::Settle { call, end }, Vec::new()).await;
        }
    }

    /// Does everything that is due, until nothing more follows; then the mission rests if nothing is under way.
    async fn go_on(self: &Arc<Self>, seat: &Arc<Seat>, desk: &mut Desk) {
        if self.right(seat).is_none() {
            // Another engine works on it, or it is over.
            return self.follow_only(seat, desk);
        }
        while !desk.halted {
            desk.looked = self.parts.clock.now();
            let before = seat.head().seq;
            self.insist(seat, desk, Command::Tick, Vec::new()).await;
            if seat.head().seq == before {
                break;
            }
        }
        let (true, Some(now)) = (self.right(seat).is_some(), seat.snapshot()) else {
            return self.follow_only(seat, desk);
        };
        if desk.halted {
            seat.keep_running(|_| false);
            return;
        }
        self.reconcile(seat, desk, &now.state, now.outbox.pending(&now.state, desk.looked));
        let wake = next_wake(&now.state, desk.looked);
        let still = now.state.open_calls.is_empty() && seat.is_idle();
        drop(now);
        let near = desk.looked.plus_millis(NEAR_MILLIS);
        self.timers.set(seat, wake);
        if still && wake.is_none_or(|wake| wake > near) {
            let looked = desk.looked;
            self.leave(seat, desk, Some(looked));
        }
    }

    /// Another engine works on the mission, or it is over.
    fn follow_only(&self, seat: &Seat, desk: &mut Desk) {
        self.timers.set(seat, None);
        self.leave(seat, desk, None);
    }

    /// The mission rests: its fold is kept for a while in case somebody asks.
    fn leave(&self, seat: &Seat, desk: &mut Desk, looked: Option<Timestamp>) {
        desk.spec = None;
        let ledger = seat.rest(looked);
        if let Some(ledger) = ledger.filter(|_| !desk.stale) {
            self.shelf.put(seat.id, ledger);
        }
    }

    /// Starts what is pending and not running, and cuts off what runs and is not pending any more.
    fn reconcile(
        self: &Arc<Self>,
        seat: &Arc<Seat>,
        desk: &mut Desk,
        state: &MissionState,
        pending: Vec<Effect>,
    ) {
        let mut wanted: BTreeMap<EffectKey, Effect> =
            pending.into_iter().map(|effect| (effect.key(), effect)).collect();
        for running in seat.keep_running(|key| wanted.contains_key(key)) {
            wanted.remove(&running);
        }
        for (key, effect) in wanted {
            let job = match effect {
                Effect::CallModel { call, step, turn, .. } => Job::Call { call, step, turn },
                Effect::CompileDossier { step } => Job::Dossier { step },
                // The backend reads these and does them; contracts' events settle them.
                Effect::Chain(_) => continue,
            };
            if desk.spec.is_none() {
                desk.spec = spec::preview(&state.created.spec).spec.map(Arc::new);
            }
            let prepared =
                calls::prepare(&self.parts, state, &state.created, desk.spec.as_ref(), job);
            let Some(work) = prepared else { continue };
            let (inner, place) = (Arc::clone(self), Arc::clone(seat));
            let task = self.spawn(async move {
                let done = AssertUnwindSafe(work).catch_unwind().await.ok();
                inner.work(place, Order::Ended { key, done: done.map(Box::new) }).await;
            });
            if let Some(task) = task {
                seat.runs(key, task);
            }
        }
    }

    /// Decides and appends. When the store is out of order, tries until it works again: what an agent answered is not
    /// thrown away.
    async fn insist(
        self: &Arc<Self>,
        seat: &Seat,
        desk: &mut Desk,
        command: Command,
        blobs: Vec<Blob>,
    ) {
        while let Err(error) = self.attempt(seat, desk, &command, &blobs, By::Holder).await {
            if !self.wait_after(seat, desk, &error).await {
                return;
            }
        }
    }

    /// Whether an order may be tried again after an error, and when.
    async fn wait_after(&self, seat: &Seat, desk: &mut Desk, error: &EngineError) -> bool {
        let id = seat.id;
        let wait = match error {
            EngineError::Refused(refusal) => {
                tracing::warn!(mission.id = %id, "mission {id}: {refusal}");
                return false;
            }
            // Whoever has it now knows as much from the ledger.
            EngineError::TakenOver(_) => return false,
            EngineError::Storage(error) => error.retry(),
            EngineError::Contended(_) => Retry::After(Duration::from_secs(1)),
            EngineError::NoChance(_)
            | EngineError::Unwritable(_)
            | EngineError::Halted(_)
            | EngineError::Stopped => Retry::Never,
        };
        tracing::error!(
            mission.id = %id,
            error = error as &dyn std::error::Error,
            "mission {id} cannot write its ledger"
        );
        match wait {
            _ if self.is_stopping() => false,
            Retry::Never => {
                desk.halted = true;
                false
            }
            Retry::Now => true,
            Retry::After(pause) => {
                let millis = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
                let clock = &self.parts.clock;
                seat.hold_up(true);
                self.held_up.notify_waiters();
                clock.sleep_until(clock.now().plus_millis(millis)).await;
                seat.hold_up(false);
                true
            }
        }
    }

    /// Decides and appends; again on what the ledger has become if somebody else appended first.
    async fn attempt(
        &self,
        seat: &Seat,
        desk: &mut Desk,
        command: &Command,
        blobs: &[Blob],
        by: By,
    ) -> Result<(), EngineError> {
        let mut lost = None;
        for _ in 0..TRIES {
            if desk.halted {
                return Err(EngineError::Halted(seat.id));
            }
            let right = self.right(seat);
            if by == By::Holder && right.is_none() {
                return Err(EngineError::TakenOver(seat.id));
            }
            if desk.stale || !seat.is_at_work() {
                self.fetch(seat).await?;
                desk.stale = false;
            }
            let Some(before) = seat.snapshot() else { continue };
            let now = self.parts.clock.now();
            let ctx = Context { now, tree: before.head.tree, fleet: self.fleet() };
            let decision = decide(Some(&before.state), command.clone(), &ctx)?;
            if decision.is_empty() {
                return Ok(());
            }
            let expected = before.head.seq;
            drop(before);
            let written = ledger::write(decision, expected, now)?;
            let events = written.iter().map(|(_, bytes)| Arc::clone(bytes)).collect();
            let fence = right.and_then(super::tenure::Tenure::fence);
            let append = LogAppend { log: LogId::Mission(seat.id), expected, fence, events };
            let batch = Batch { appends: vec![append], blobs: blobs.to_vec() };
            // Until the answer is here.
            desk.stale = true;
            match self.append(batch.clone()).await {
                Ok(heads) => {
                    self.told(&written);
                    desk.stale = !seat.take_in(written, heads.first());
                    return Ok(());
                }
                Err(AppendError::OutcomeUnknown(_)) => {
                    if self.parts.store.was_appended(&batch).await? {
                        self.told(&written);
                        // It is done, whether or not it can be read back now.
                        desk.stale = self.fetch(seat).await.is_err();
                        return Ok(());
                    }
                }
                Err(error @ AppendError::Conflict { .. }) => lost = Some(error),
                Err(AppendError::Fenced { .. }) => {
                    tracing::warn!(mission.id = %seat.id, "mission {} was taken over by another engine", seat.id);
                    self.lose(seat);
                }
                Err(AppendError::Storage(error)) => return Err(error.into()),
            }
        }
        Err(lost.map_or(EngineError::Halted(seat.id), EngineError::Contended))
    }

    /// Ends a mission's work in order: open calls are cut off and recorded.
    pub(super) async fn end(self: &Arc<Self>, seat: &Seat) {
        let mut desk = seat.desk.lock().await;
        seat.keep_running(|_| false);
        if self.right(seat).is_some() && seat.is_at_work() {
            self.insist(seat, &mut desk, Command::Stop, Vec::new()).await;
        }
    }
}

/// Whether a command records what an agent delivered.
const fn delivers(command: &Command) -> bool {
    matches!(command, Command::Settle { end: CallEnd::Answered { deliverable: Some(_), .. }, .. })
}
