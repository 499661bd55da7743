//! One mission at work.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use phase8_shared::id::MissionId;
use phase8_shared::mission::MissionCreated;
use phase8_shared::spec::{self, JobSpec};
use phase8_shared::time::Timestamp;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{AbortHandle, Id, JoinError, JoinSet};

use super::calls::{self, Done};
use super::engine::EngineParts;
use super::ledger::{self, Ledger, Snapshot};
use super::{EngineError, calls::Job};
use crate::command::{CallEnd, Command};
use crate::mission::{Context, Effect, EffectKey, FleetPause, decide, next_wake};
use crate::ports::Retry;
use crate::store::{Batch, Blob, LogAppend, LogId, StorageError};

/// What a mission is told.
#[derive(Debug)]
pub(super) enum Message {
    /// Decide on this.
    Do { command: Box<Command>, reply: oneshot::Sender<Result<(), EngineError>> },
    /// End in order.
    Stop,
}

/// How a mission's task begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beginning {
    /// It was just created.
    Created,
    /// It was found in the store: nobody knows what became of its open calls.
    Recovered,
}

/// One mission at work.
pub(super) struct Runner {
    id: MissionId,
    parts: EngineParts,
    ledger: Ledger,
    /// Whether an append ended in a way that leaves open what the store holds.
    stale: bool,
    /// Whether the ledger cannot be written any more. Nothing is begun then: its outcome could not be recorded.
    halted: bool,
    mission: Arc<MissionCreated>,
    spec: Option<Arc<JobSpec>>,
    inbox: mpsc::Receiver<Message>,
    view: watch::Sender<Arc<Snapshot>>,
    fleet: watch::Receiver<Option<FleetPause>>,
    running: BTreeMap<EffectKey, AbortHandle>,
    keys: BTreeMap<Id, EffectKey>,
    tasks: JoinSet<Done>,
    /// When it was last looked what is due.
    looked: Timestamp,
}

/// The ends of a runner that others hold.
#[derive(Debug, Clone)]
pub(super) struct Handle {
    pub(super) inbox: mpsc::Sender<Message>,
    pub(super) view: watch::Receiver<Arc<Snapshot>>,
}

impl Runner {
    pub(super) fn new(
        parts: EngineParts,
        ledger: Ledger,
        fleet: watch::Receiver<Option<FleetPause>>,
    ) -> (Self, Handle) {
        let (sender, inbox) = mpsc::channel(64);
        let (view, viewed) = watch::channel(ledger.snapshot());
        let mission = Arc::new(ledger.state.created.clone());
        let runner = Self {
            id: mission.mission,
            spec: spec::preview(&mission.spec).spec.map(Arc::new),
            parts,
            ledger,
            stale: false,
            halted: false,
            mission,
            inbox,
            view,
            fleet,
            running: BTreeMap::new(),
            keys: BTreeMap::new(),
            tasks: JoinSet::new(),
            looked: Timestamp::from_millis(0),
        };
        (runner, Handle { inbox: sender, view: viewed })
    }

    /// Works until it is told to stop.
    pub(super) async fn run(mut self, beginning: Beginning) {
        if beginning == Beginning::Recovered {
            self.insist(Command::Recover, Vec::new()).await;
        }
        loop {
            self.catch_up().await;
            let wake = next_wake(&self.ledger.state, self.looked);
            let clock = Arc::clone(&self.parts.clock);
            tokio::select! {
                message = self.inbox.recv() => match message {
                    Some(Message::Do { command, reply }) => {
                        let outcome = self.attempt(*command, Vec::new()).await;
                        // Who does not wait for the answer any more looks at the mission instead.
                        drop(reply.send(outcome));
                    }
                    Some(Message::Stop) | None => return self.stop().await,
                },
                Some(done) = self.tasks.join_next_with_id() => self.done(done).await,
                () = sleep(clock.as_ref(), wake) => {}
            }
        }
    }

    /// Does everything that is due, until nothing more follows.
    async fn catch_up(&mut self) {
        while !self.halted {
            self.looked = self.parts.clock.now();
            let before = self.ledger.state.seq;
            self.insist(Command::Tick, Vec::new()).await;
            if self.ledger.state.seq == before {
                break;
            }
        }
        if self.halted { self.tasks.abort_all() } else { self.reconcile() }
    }

    /// Starts what is pending and not running, and cuts off what runs and is not pending any more.
    fn reconcile(&mut self) {
        let pending = self.ledger.outbox.pending(&self.ledger.state, self.looked);
        let wanted: BTreeMap<EffectKey, Effect> =
            pending.into_iter().map(|effect| (effect.key(), effect)).collect();
        self.running.retain(|key, task| {
            let keep = wanted.contains_key(key);
            if !keep {
                task.abort();
            }
            keep
        });
        for (key, effect) in wanted {
            if self.running.contains_key(&key) {
                continue;
            }
            let job = match effect {
                Effect::CallModel { call, step, turn, .. } => Job::Call { call, step, turn },
                Effect::CompileDossier { step } => Job::Dossier { step },
                // The backend reads these and does them; contracts' events settle them.
                Effect::Chain(_) => continue,
            };
            let Some(work) = calls::prepare(
                &self.parts,
                &self.ledger.state,
                &self.mission,
                self.spec.as_ref(),
                job,
            ) else {
                continue;
            };
            let task = self.tasks.spawn(work);
            self.keys.insert(task.id(), key);
            self.running.insert(key, task);
        }
    }

    async fn done(&mut self, done: Result<(Id, Done), JoinError>) {
        match done {
            Ok((task, Done { command, blobs })) => {
                if let Some(key) = self.keys.remove(&task) {
                    self.running.remove(&key);
                }
                self.insist(command, blobs).await;
            }
            Err(error) => {
                let key = self.keys.remove(&error.id());
                if error.is_cancelled() {
                    return;
                }
                // An adapter that panics must not take the mission with it.
                tracing::error!(mission.id = %self.id, "a task of mission {} broke down: {error}", self.id);
                let Some(key) = key else { return };
                self.running.remove(&key);
                if let EffectKey::Call(call) = key {
                    let end = if self.mission.rehearsal {
                        CallEnd::Failed { reason: "the adapter broke down".to_owned() }
                    } else {
                        CallEnd::Lost {}
                    };
                    self.insist(Command::Settle { call, end }, Vec::new()).await;
                }
            }
        }
    }

    /// Decides and appends. When the store is out of order, tries until it works again: what an agent answered is not
    /// thrown away.
    async fn insist(&mut self, command: Command, blobs: Vec<Blob>) {
        loop {
            let error = match self.attempt(command.clone(), blobs.clone()).await {
                Ok(()) => return,
                Err(EngineError::Refused(refusal)) => {
                    tracing::warn!(mission.id = %self.id, "mission {}: {refusal}", self.id);
                    return;
                }
                Err(error) => error,
            };
            let wait = match &error {
                EngineError::Storage(error) => error.retry(),
                EngineError::Contended(_) => Retry::After(Duration::from_secs(1)),
                EngineError::Refused(_)
                | EngineError::NoChance(_)
                | EngineError::Unwritable(_)
                | EngineError::Halted(_)
                | EngineError::Stopped => Retry::Never,
            };
            tracing::error!(
                mission.id = %self.id,
                error = &error as &dyn std::error::Error,
                "mission {} cannot write its ledger",
                self.id
            );
            match wait {
                Retry::Never => {
                    self.halted = true;
                    return;
                }
                Retry::Now => {}
                Retry::After(pause) => {
                    let millis = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
                    let clock = Arc::clone(&self.parts.clock);
                    clock.sleep_until(clock.now().plus_millis(millis)).await;
                }
            }
        }
    }

    /// Decides and appends once.
    async fn attempt(&mut self, command: Command, blobs: Vec<Blob>) -> Result<(), EngineError> {
        if self.halted {
            return Err(EngineError::Halted(self.id));
        }
        if self.stale {
            self.reload().await?;
        }
        let now = self.parts.clock.now();
        let ctx = Context { now, tree: self.ledger.head(), fleet: *self.fleet.borrow() };
        let decision = decide(Some(&self.ledger.state), command, &ctx)?;
        if decision.is_empty() {
            return Ok(());
        }
        let expected = self.ledger.state.seq;
        let written = ledger::write(decision, expected, now)?;
        let events = written.iter().map(|(_, bytes)| Arc::clone(bytes)).collect();
        let append = LogAppend { log: LogId::Mission(self.id), expected, fence: None, events };
        match self.parts.store.append(Batch { appends: vec![append], blobs }).await {
            Ok(heads) => {
                let agrees = self.ledger.take_in(written, heads.first());
                self.stale = !agrees;
                self.view.send_replace(self.ledger.snapshot());
                Ok(())
            }
            Err(error) => {
                self.stale = true;
                Err(error.into())
            }
        }
    }

    /// Reads the ledger again after an append whose outcome is not known.
    async fn reload(&mut self) -> Result<(), StorageError> {
        let found = Ledger::load(self.parts.store.as_ref(), self.id).await?;
        let missing = || StorageError::Inconsistent {
            table: "logs",
            column: "name",
            row: self.id.to_string(),
        };
        self.ledger = found.ok_or_else(missing)?;
        self.stale = false;
        self.view.send_replace(self.ledger.snapshot());
        Ok(())
    }

    async fn stop(mut self) {
        self.tasks.shutdown().await;
        self.insist(Command::Stop, Vec::new()).await;
    }
}

async fn sleep(clock: &dyn crate::ports::Clock, until: Option<Timestamp>) {
    match until {
        Some(at) => clock.sleep_until(at).await,
        None => std::future::pending().await,
    }
}
