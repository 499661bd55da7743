//! The engine's handle: everything that the service, the backend and tests can ask of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use phase8_shared::api::{
    AnswerQuestion, ApproveMilestone, CreateMission, DeliverableView, Fleet, FundingOffer,
    MissionList, MissionSummary, MissionView, ReleaseStep,
};
use phase8_shared::chain::{ChainEffect, ChainFact, Observed};
use phase8_shared::id::{MilestoneIndex, MissionId, MissionKey, Seq, StepId};
use phase8_shared::ledger::{Commitment, CompactTree};
use phase8_shared::money::TokenAmount;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;

use super::ledger::{self, Ledger, Snapshot};
use super::runner::{Beginning, Handle, Message, Runner};
use super::tail::EventTail;
use super::{EngineError, registry};
use crate::agents::Adapters;
use crate::command::{AdapterSwitch, Command};
use crate::launch::{self, LaunchPolicy};
use crate::mission::{Context, FleetPause, decide};
use crate::ports::{Clock, Ids};
use crate::refusal::Refusal;
use crate::registry::{Registry, RegistryEntry};
use crate::store::{Batch, EventStore, LogAppend, LogId, StorageError, Stored};

/// The most events of one page.
const LARGEST_PAGE: usize = 1_000;

/// What the engine works with.
#[derive(Debug, Clone)]
pub struct EngineParts {
    /// Keeps the ledgers.
    pub store: Arc<dyn EventStore>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub ids: Arc<dyn Ids>,
    /// Who answers for agents.
    pub adapters: Adapters,
}

/// A page of a ledger, in its exact bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventsPage {
    /// In order, without a gap.
    pub events: Vec<Stored>,
    /// The ledger's last event when the page was read.
    pub last: Seq,
}

/// The mission engine. Clones are handles of the same one.
#[derive(Debug, Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    parts: EngineParts,
    policy: LaunchPolicy,
    missions: RwLock<Directory>,
    /// Held while a mission is created or the fleet changes, so that these happen one after the other.
    registry: tokio::sync::Mutex<Registry>,
    fleet: watch::Sender<Option<FleetPause>>,
    tasks: Mutex<JoinSet<()>>,
}

#[derive(Debug, Default)]
struct Directory {
    handles: BTreeMap<MissionId, Handle>,
    keys: BTreeMap<MissionKey, MissionId>,
}

impl Engine {
    /// Loads every mission from the store and goes on with those that are not over.
    pub async fn start(parts: EngineParts, policy: LaunchPolicy) -> Result<Self, EngineError> {
        let inner = Inner {
            parts,
            policy,
            missions: RwLock::default(),
            registry: tokio::sync::Mutex::default(),
            fleet: watch::channel(None).0,
            tasks: Mutex::default(),
        };
        let engine = Self { inner: Arc::new(inner) };
        let mut registry = engine.inner.registry.lock().await;
        engine.read_on(&mut registry).await?;
        // The engine may have stopped after the registry knew of something and before every mission did.
        let last: Vec<Observed> = registry
            .last_fleet
            .iter()
            .chain(&registry.adapters)
            .filter_map(RegistryEntry::observed)
            .collect();
        drop(registry);
        for observed in last {
            engine.tell_all(&observed).await?;
        }
        Ok(engine)
    }

    /// Accepts a job spec under an id that the client drew. The same request again is the same mission.
    pub async fn create(
        &self,
        mission: MissionId,
        request: &CreateMission,
    ) -> Result<MissionView, EngineError> {
        let mut registry = self.inner.registry.lock().await;
        if let Some(snapshot) = self.snapshot(mission) {
            return launch::same(&snapshot.state, request)
                .map(|()| self.view_of(&snapshot))
                .map_err(Into::into);
        }
        let new = self.inner.policy.check(mission, request, &self.inner.parts.adapters.ids())?;
        let now = self.inner.parts.clock.now();
        let fleet = *self.inner.fleet.borrow();
        let ctx = Context { now, tree: CompactTree::default().head(), fleet };
        let decision = decide(None, Command::Create(Box::new(new)), &ctx)?;
        let written = ledger::write(decision, Seq::ZERO, now)?;
        let (entry, registered) =
            registry::append(&registry, RegistryEntry::MissionRegistered { mission }, now)?;
        let events = written.iter().map(|(_, bytes)| Arc::clone(bytes)).collect();
        let append =
            LogAppend { log: LogId::Mission(mission), expected: Seq::ZERO, fence: None, events };
        let batch = Batch { appends: vec![append, registered], blobs: Vec::new() };
        if let Err(error) = self.inner.parts.store.append(batch).await {
            // Another engine on the same file, or an earlier answer that was lost: what the store has now counts.
            self.read_on(&mut registry).await?;
            return match (self.snapshot(mission), error) {
                (Some(snapshot), _) => launch::same(&snapshot.state, request)
                    .map(|()| self.view_of(&snapshot))
                    .map_err(Into::into),
                (None, error) => Err(error.into()),
            };
        }
        registry.apply(&entry);
        let ledger = Ledger::load(self.inner.parts.store.as_ref(), mission).await?;
        let ledger = ledger.ok_or(Refusal::NoSuchMission(mission))?;
        tracing::info!(mission.id = %mission, "created mission {mission}");
        self.spawn(ledger, Beginning::Created);
        let handle = self.handle(mission).ok_or(Refusal::NoSuchMission(mission))?;
        for observed in registry.adapters.iter().filter_map(RegistryEntry::observed) {
            tell(&handle, self.command_of(observed)).await?;
        }
        self.view(mission)
    }

    /// Takes note of contracts' events, in order. Each may be told any number of times.
    pub async fn observe(&self, facts: Vec<Observed>) -> Result<(), EngineError> {
        for observed in facts {
            match observed.fact.mission() {
                Some(key) => self.tell_one(key, observed).await?,
                None => self.change_all(observed).await?,
            }
        }
        Ok(())
    }

    /// Adds a validator's signature. Whoever calls this has proved the signature and the guild membership.
    pub async fn approve(
        &self,
        mission: MissionId,
        milestone: MilestoneIndex,
        approval: ApproveMilestone,
    ) -> Result<MissionView, EngineError> {
        let handle = self.handle(mission).ok_or(Refusal::NoSuchMission(mission))?;
        tell(&handle, Command::Approve { milestone, approval }).await?;
        self.view(mission)
    }

    /// Lets a step start that waits for a person. Whoever calls this has proved the signature and who signed.
    pub async fn release_step(
        &self,
        mission: MissionId,
        step: StepId,
        release: ReleaseStep,
    ) -> Result<MissionView, EngineError> {
        let handle = self.handle(mission).ok_or(Refusal::NoSuchMission(mission))?;
        tell(&handle, Command::ReleaseStep { step, release }).await?;
        self.view(mission)
    }

    /// Answers what a mission asks. Whoever calls this has proved the signature and the signer's role.
    pub async fn answer(
        &self,
        mission: MissionId,
        question: Seq,
        answer: AnswerQuestion,
    ) -> Result<MissionView, EngineError> {
        let handle = self.handle(mission).ok_or(Refusal::NoSuchMission(mission))?;
        tell(&handle, Command::Answer { question, answer }).await?;
        self.view(mission)
    }

    /// Every mission, the newest first.
    pub fn list(&self) -> MissionList {
        let now = self.inner.parts.clock.now();
        let mut missions: Vec<MissionSummary> = self
            .snapshots()
            .iter()
            .map(|snapshot| MissionSummary::of(&snapshot.state, now))
            .collect();
        missions.sort_by_key(|summary| (std::cmp::Reverse(summary.created_at), summary.id));
        MissionList { missions }
    }

    /// One mission.
    pub fn view(&self, mission: MissionId) -> Result<MissionView, EngineError> {
        let snapshot = self.snapshot(mission).ok_or(Refusal::NoSuchMission(mission))?;
        Ok(self.view_of(&snapshot))
    }

    /// A mission after its last event.
    pub fn snapshot(&self, mission: MissionId) -> Option<Arc<Snapshot>> {
        self.handle(mission).map(|handle| Arc::clone(&handle.view.borrow()))
    }

    /// A page of a mission's ledger.
    pub async fn events(
        &self,
        mission: MissionId,
        after: Seq,
        limit: usize,
    ) -> Result<EventsPage, EngineError> {
        let snapshot = self.snapshot(mission).ok_or(Refusal::NoSuchMission(mission))?;
        let limit = limit.clamp(1, LARGEST_PAGE);
        let events = self.inner.parts.store.read(LogId::Mission(mission), after, limit).await?;
        let last = events.last().map_or(Seq::ZERO, |event| event.seq).max(snapshot.head.seq);
        Ok(EventsPage { events, last })
    }

    /// Follows a mission's ledger after an event.
    pub fn follow(&self, mission: MissionId, after: Seq) -> Result<EventTail, EngineError> {
        let view = self.handle(mission).ok_or(Refusal::NoSuchMission(mission))?.view;
        Ok(EventTail { store: Arc::clone(&self.inner.parts.store), mission, after, view })
    }

    /// A deliverable's content; `None` if there is none under that commitment, or it was erased.
    pub async fn deliverable(
        &self,
        mission: MissionId,
        commitment: Commitment,
    ) -> Result<Option<DeliverableView>, EngineError> {
        let Some(blob) = self.inner.parts.store.blob(mission, commitment).await? else {
            return Ok(None);
        };
        let broken = |_| StorageError::Inconsistent {
            table: "blobs",
            column: "content",
            row: commitment.to_string(),
        };
        let content = String::from_utf8(blob.content).map_err(broken)?;
        Ok(Some(DeliverableView {
            commitment,
            salt: blob.salt,
            media_type: blob.media_type,
            content,
        }))
    }

    /// What is to be done on the chain for all missions. It may be read any number of times: only contracts' events
    /// take something off.
    pub fn chain_effects(&self) -> Vec<ChainEffect> {
        let now = self.inner.parts.clock.now();
        self.snapshots()
            .iter()
            .flat_map(|snapshot| snapshot.outbox.chain(&snapshot.state, now))
            .collect()
    }

    /// Whether the fleet is paused, as far as the engine was told.
    pub fn fleet(&self) -> Fleet {
        Fleet { paused: self.inner.fleet.borrow().is_some() }
    }

    /// Ends in order: open calls are cut off and recorded, then the store is closed.
    pub async fn shutdown(&self) {
        let handles = std::mem::take(
            &mut *self.inner.missions.write().unwrap_or_else(PoisonError::into_inner),
        );
        for handle in handles.handles.into_values() {
            drop(handle.inbox.send(Message::Stop).await);
        }
        let tasks =
            std::mem::take(&mut *self.inner.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        tasks.join_all().await;
        self.inner.parts.store.close().await;
    }

    /// What a mission is told of a contract's event: an adapter is looked up here, where adapters are known.
    fn command_of(&self, observed: Observed) -> Command {
        let Observed { evidence, fact } = observed;
        let ChainFact::AdapterChanged { scope, previous, current, rolled_back, reason, by } = fact
        else {
            return Command::Observe(Observed { evidence, fact });
        };
        let to = self.inner.policy.resolve(current, &self.inner.parts.adapters.ids());
        let switch =
            AdapterSwitch { evidence, scope, previous, current, to, rolled_back, reason, by };
        Command::SwitchAdapter(Box::new(switch))
    }

    async fn tell_one(&self, key: MissionKey, observed: Observed) -> Result<(), EngineError> {
        let mission = {
            let directory = self.inner.missions.read().unwrap_or_else(PoisonError::into_inner);
            directory.keys.get(&key).copied()
        };
        let Some(handle) = mission.and_then(|mission| self.handle(mission)) else {
            tracing::debug!(mission.key = %key, "the chain speaks of mission key {key}, which is not known here");
            return Ok(());
        };
        note(tell(&handle, Command::Observe(observed)).await, &key)
    }

    /// Writes what concerns more than one mission into the registry, then tells every mission.
    async fn change_all(&self, observed: Observed) -> Result<(), EngineError> {
        let mut registry = self.inner.registry.lock().await;
        let Some(entry) = RegistryEntry::of(&observed) else { return Ok(()) };
        let known = registry.saw(&observed.evidence);
        if known && !registry.is_latest(&entry) {
            // An old story told again: later entries have overtaken it.
            return Ok(());
        }
        if !known {
            let (event, append) = registry::append(&registry, entry, self.inner.parts.clock.now())?;
            let batch = Batch { appends: vec![append], blobs: Vec::new() };
            if let Err(error) = self.inner.parts.store.append(batch).await {
                self.read_on(&mut registry).await?;
                return Err(error.into());
            }
            registry.apply(&event);
            self.inner.fleet.send_replace(registry.fleet);
        }
        self.tell_all(&observed).await
    }

    async fn tell_all(&self, observed: &Observed) -> Result<(), EngineError> {
        let handles: Vec<Handle> = {
            let directory = self.inner.missions.read().unwrap_or_else(PoisonError::into_inner);
            let open =
                directory.handles.values().filter(|handle| !handle.view.borrow().state.is_closed());
            open.cloned().collect()
        };
        let command = self.command_of(observed.clone());
        let told = handles.iter().map(|handle| tell(handle, command.clone()));
        let outcomes = futures_util::future::join_all(told).await;
        outcomes.into_iter().try_for_each(|outcome| note(outcome, &"every mission"))
    }

    /// Folds in what the store knows beyond the registry in memory, and takes up missions that are new here.
    async fn read_on(&self, registry: &mut Registry) -> Result<(), EngineError> {
        let store = self.inner.parts.store.as_ref();
        let new = registry::read_on(store, registry).await?;
        self.inner.fleet.send_replace(registry.fleet);
        for entry in new {
            let RegistryEntry::MissionRegistered { mission } = entry else { continue };
            if self.handle(mission).is_some() {
                continue;
            }
            match Ledger::load(store, mission).await {
                Ok(Some(ledger)) => drop(self.spawn(ledger, Beginning::Recovered)),
                Ok(None) => {
                    tracing::error!(mission.id = %mission, "mission {mission} is registered, but its ledger is gone");
                }
                // One broken ledger must not keep the others from going on.
                Err(error @ StorageError::Inconsistent { .. }) => {
                    tracing::error!(mission.id = %mission, "mission {mission} cannot be loaded: {error}");
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn spawn(&self, ledger: Ledger, beginning: Beginning) -> Arc<Snapshot> {
        let mission = ledger.state.created.mission;
        let fleet = self.inner.fleet.subscribe();
        let (runner, handle) = Runner::new(self.inner.parts.clone(), ledger, fleet);
        let snapshot = Arc::clone(&handle.view.borrow());
        self.inner
            .tasks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .spawn(runner.run(beginning));
        let mut directory = self.inner.missions.write().unwrap_or_else(PoisonError::into_inner);
        directory.keys.insert(mission.key(), mission);
        directory.handles.insert(mission, handle);
        snapshot
    }

    fn handle(&self, mission: MissionId) -> Option<Handle> {
        self.inner
            .missions
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .handles
            .get(&mission)
            .cloned()
    }

    fn snapshots(&self) -> Vec<Arc<Snapshot>> {
        let directory = self.inner.missions.read().unwrap_or_else(PoisonError::into_inner);
        directory.handles.values().map(|handle| Arc::clone(&handle.view.borrow())).collect()
    }

    fn view_of(&self, snapshot: &Snapshot) -> MissionView {
        let terms = snapshot.state.created.terms.clone();
        MissionView {
            summary: MissionSummary::of(&snapshot.state, self.inner.parts.clock.now()),
            head: snapshot.head,
            funding: FundingOffer {
                deposit: terms.deposit().unwrap_or(TokenAmount::ZERO),
                terms,
                created_at: snapshot.state.created_at,
            },
        }
    }
}

/// Tells a mission something and waits until it is in the ledger.
async fn tell(handle: &Handle, command: Command) -> Result<(), EngineError> {
    let (reply, answered) = oneshot::channel();
    let sent: Result<(), mpsc::error::SendError<Message>> =
        handle.inbox.send(Message::Do { command: Box::new(command), reply }).await;
    sent.map_err(|_| EngineError::Stopped)?;
    answered.await.map_err(|_| EngineError::Stopped)?
}

/// A fact that the mission does not follow is not an error of whoever told it; it is logged in words.
fn note(
    outcome: Result<(), EngineError>,
    about: &dyn std::fmt::Display,
) -> Result<(), EngineError> {
    match outcome {
        Err(EngineError::Refused(refusal)) => {
            tracing::warn!(code = %refusal.code(), "a chain fact about {about} is not followed: {refusal}");
            Ok(())
        }
        Ok(()) => Ok(()),
        Err(error) => Err(error),
    }
}
