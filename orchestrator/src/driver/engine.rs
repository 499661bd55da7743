//! The engine's handle: everything that the service, the backend and tests can ask of it.

use std::sync::Arc;
use std::time::Duration;

use phase8_shared::api::{
    AnswerQuestion, ApproveMilestone, CreateMission, DeliverableView, Fleet, FundingOffer,
    MissionList, MissionSummary, MissionView, ReleaseStep,
};
use phase8_shared::chain::{ChainEffect, ChainFact, Observed};
use phase8_shared::id::{MilestoneIndex, MissionId, MissionKey, Seq, StepId};
use phase8_shared::ledger::{Commitment, CompactTree};
use phase8_shared::mission::Lifecycle;
use phase8_shared::money::TokenAmount;
use tokio::sync::watch;

use super::desk::Order;
use super::inner::Inner;
use super::ledger::{self, Ledger, Snapshot};
use super::seat::{Owed, Seat};
use super::tail::{EventTail, Follower};
use super::tenure::Tenure;
use super::{EngineError, registry};
use crate::agents::Adapters;
use crate::command::{AdapterSwitch, Command};
use crate::launch::{self, LaunchPolicy};
use crate::mission::{Context, decide};
use crate::ports::{Clock, Ids, Meter, Unmetered};
use crate::refusal::Refusal;
use crate::registry::{Registry, RegistryEntry};
use crate::store::{
    AppendError, Batch, EventStore, LogAppend, LogId, StorageError, Stored, WorkerId,
};

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

/// How an engine shares a store with others, and what it keeps in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EngineOptions {
    /// A mission whose engine was not heard of for so long is taken over.
    pub lease: Duration,
    /// So often it is looked what other engines did.
    pub look: Duration,
    /// Folds of resting missions that are kept for the next question.
    pub folds: usize,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self { lease: Duration::from_secs(10), look: Duration::from_secs(1), folds: 64 }
    }
}

/// The mission engine. Clones are handles of the same one; it ends with the last of them.
#[derive(Debug, Clone)]
pub struct Engine {
    pub(super) inner: Arc<Inner>,
    _life: Arc<Life>,
}

/// Ends what an engine runs when nobody holds the engine any more.
#[derive(Debug)]
struct Life(Arc<Inner>);

impl Drop for Life {
    fn drop(&mut self) {
        drop(self.0.cut_off());
    }
}

impl Engine {
    /// Loads every mission from the store and goes on with those that are not over.
    pub async fn start(parts: EngineParts, policy: LaunchPolicy) -> Result<Self, EngineError> {
        Self::start_with(parts, policy, EngineOptions::default()).await
    }

    /// The same, with other than the usual options.
    pub async fn start_with(
        parts: EngineParts,
        policy: LaunchPolicy,
        options: EngineOptions,
    ) -> Result<Self, EngineError> {
        Self::start_metered(parts, policy, options, Arc::new(Unmetered)).await
    }

    /// The same, with somebody who counts.
    pub async fn start_metered(
        parts: EngineParts,
        policy: LaunchPolicy,
        options: EngineOptions,
        meter: Arc<dyn Meter>,
    ) -> Result<Self, EngineError> {
        let inner = Inner::new(parts, policy, options, meter, WorkerId::draw()?);
        let engine = Self { inner: Arc::clone(&inner), _life: Arc::new(Life(Arc::clone(&inner))) };
        let mut registry = inner.registry.lock().await;
        inner.read_registry(&mut registry).await?;
        // The engine may have stopped after the registry knew of something and before every mission did.
        let last: Vec<Observed> = registry
            .last_fleet
            .iter()
            .chain(&registry.adapters)
            .filter_map(RegistryEntry::observed)
            .collect();
        drop(registry);
        for observed in last {
            inner.tell_all(&observed).await?;
        }
        inner.spawn(Arc::clone(&inner).keep_time());
        if inner.is_shared() {
            inner.spawn(Arc::clone(&inner).keep_watch());
            inner.spawn(Arc::clone(&inner).keep_leases());
            inner.spawn(Arc::clone(&inner).keep_looking());
        } else {
            inner.set_lead(Some(Tenure::Sole));
        }
        Ok(engine)
    }

    /// Accepts a job spec under an id that the client drew. The same request again is the same mission.
    pub async fn create(
        &self,
        mission: MissionId,
        request: &CreateMission,
    ) -> Result<MissionView, EngineError> {
        let inner = &self.inner;
        let mut registry = inner.registry.lock().await;
        loop {
            if let Some(seat) = inner.seat(mission) {
                let snapshot = inner.look_at(&seat).await?;
                launch::same(&snapshot.state, request)?;
                return Ok(self.view_of(&snapshot));
            }
            let new = inner.policy.check(mission, request, &inner.parts.adapters.ids())?;
            let now = inner.parts.clock.now();
            let ctx = Context { now, tree: CompactTree::default().head(), fleet: inner.fleet() };
            let decision = decide(None, Command::Create(Box::new(new)), &ctx)?;
            let written = ledger::write(decision, Seq::ZERO, now)?;
            let (entry, registered) =
                registry::append(&registry, RegistryEntry::MissionRegistered { mission }, now)?;
            let events = written.iter().map(|(_, bytes)| Arc::clone(bytes)).collect();
            let log = LogId::Mission(mission);
            let append = LogAppend { log, expected: Seq::ZERO, fence: None, events };
            let batch = Batch { appends: vec![append, registered], blobs: Vec::new() };
            let before = registry.size;
            if let Err(error) = inner.append_or_learn(batch).await {
                // Another engine was first: what the store has now counts.
                inner.read_registry(&mut registry).await?;
                let overtaken =
                    matches!(error, AppendError::Conflict { .. }) && registry.size > before;
                if overtaken || inner.seat(mission).is_some() {
                    continue;
                }
                return Err(error.into());
            }
            registry.apply(&entry);
            let ledger = Ledger::of(&written).ok_or(Refusal::NoSuchMission(mission))?;
            inner.told(&written);
            tracing::info!(mission.id = %mission, "created mission {mission}");
            let seat = inner.seat_for(&ledger);
            inner.shelf.put(mission, ledger);
            for observed in registry.adapters.iter().filter_map(RegistryEntry::observed) {
                inner.tell(&seat, inner.command_of(observed)).await?;
            }
            return self.view(mission).await;
        }
    }

    /// Takes note of contracts' events, in order. Each may be told any number of times.
    pub async fn observe(&self, facts: Vec<Observed>) -> Result<(), EngineError> {
        for observed in facts {
            match observed.fact.mission() {
                Some(key) => self.inner.tell_one(key, observed).await?,
                None => self.inner.change_all(observed).await?,
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
        self.command(mission, Command::Approve { milestone, approval }).await
    }

    /// Lets a step start that waits for a person. Whoever calls this has proved the signature and who signed.
    pub async fn release_step(
        &self,
        mission: MissionId,
        step: StepId,
        release: ReleaseStep,
    ) -> Result<MissionView, EngineError> {
        self.command(mission, Command::ReleaseStep { step, release }).await
    }

    /// Answers what a mission asks. Whoever calls this has proved the signature and the signer's role.
    pub async fn answer(
        &self,
        mission: MissionId,
        question: Seq,
        answer: AnswerQuestion,
    ) -> Result<MissionView, EngineError> {
        self.command(mission, Command::Answer { question, answer }).await
    }

    /// Tells a mission something, and answers what it is then.
    async fn command(
        &self,
        mission: MissionId,
        command: Command,
    ) -> Result<MissionView, EngineError> {
        let seat = self.seat(mission)?;
        self.inner.tell(&seat, command).await?;
        self.view(mission).await
    }

    fn seat(&self, mission: MissionId) -> Result<Arc<Seat>, EngineError> {
        self.inner.seat(mission).ok_or_else(|| Refusal::NoSuchMission(mission).into())
    }

    /// Every mission, the newest first.
    pub async fn list(&self) -> Result<MissionList, EngineError> {
        let now = self.inner.parts.clock.now();
        let mut missions: Vec<MissionSummary> = Vec::new();
        for seat in self.inner.seats() {
            if seat.is_outdated() {
                self.inner.look_at(&seat).await?;
            }
            missions.push(seat.summary(now));
        }
        missions.sort_by_key(|summary| (std::cmp::Reverse(summary.created_at), summary.id));
        Ok(MissionList { missions })
    }

    /// How many missions there are.
    pub fn count(&self) -> usize {
        self.inner.seats().len()
    }

    /// One mission.
    pub async fn view(&self, mission: MissionId) -> Result<MissionView, EngineError> {
        Ok(self.view_of(&self.snapshot(mission).await?))
    }

    /// A mission after its last event.
    pub async fn snapshot(&self, mission: MissionId) -> Result<Snapshot, EngineError> {
        Ok(self.inner.look_at(&*self.seat(mission)?).await?)
    }

    /// A page of a mission's ledger.
    pub async fn events(
        &self,
        mission: MissionId,
        after: Seq,
        limit: usize,
    ) -> Result<EventsPage, EngineError> {
        let seat = self.seat(mission)?;
        let limit = limit.clamp(1, LARGEST_PAGE);
        let events = self.inner.parts.store.read(LogId::Mission(mission), after, limit).await?;
        let last = events.last().map_or(Seq::ZERO, |event| event.seq).max(seat.known());
        Ok(EventsPage { events, last })
    }

    /// Follows a mission's ledger after an event.
    pub fn follow(&self, mission: MissionId, after: Seq) -> Result<EventTail, EngineError> {
        let news = self.seat(mission)?.listen();
        let place = Follower::arrives(&self.inner.meter);
        Ok(EventTail { store: Arc::clone(&self.inner.parts.store), mission, after, news, place })
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
    /// take something off. Of several engines on one store only the one that leads has anything to say.
    pub async fn chain_effects(&self) -> Result<Vec<ChainEffect>, EngineError> {
        if !self.inner.is_leading() {
            return Ok(Vec::new());
        }
        let now = self.inner.parts.clock.now();
        let mut effects = Vec::new();
        for seat in self.inner.seats() {
            if seat.is_outdated() {
                self.inner.look_at(&seat).await?;
            }
            match seat.owed(now) {
                Owed::Known(known) => effects.extend(known),
                Owed::Fold => {
                    let Snapshot { state, outbox, .. } = self.inner.look_at(&seat).await?;
                    effects.extend(outbox.chain(&state, now));
                }
            }
        }
        Ok(effects)
    }

    /// Whether this engine is the one of its group that may act on the chain, now and from now on.
    pub fn leads(&self) -> watch::Receiver<bool> {
        self.inner.leads.subscribe()
    }

    /// Whether the fleet is paused, as far as the engine was told.
    pub fn fleet(&self) -> Fleet {
        Fleet { paused: self.inner.fleet().is_some() }
    }

    /// Ends in order: open calls are cut off and recorded, leases are given back, then the store is closed.
    pub async fn shutdown(&self) {
        let inner = &self.inner;
        inner.stop();
        let seats = inner.seats();
        let ends = seats.iter().filter(|seat| seat.is_at_work()).map(|seat| inner.end(seat));
        futures_util::future::join_all(ends).await;
        let mut tasks = inner.cut_off();
        while tasks.join_next().await.is_some() {}
        inner.give_back_all().await;
        for seat in &seats {
            seat.hush();
        }
        inner.parts.store.close().await;
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

impl Inner {
    /// What a mission is told of a contract's event: an adapter is looked up here, where adapters are known.
    fn command_of(&self, observed: Observed) -> Command {
        let Observed { evidence, fact } = observed;
        let ChainFact::AdapterChanged { scope, previous, current, rolled_back, reason, by } = fact
        else {
            return Command::Observe(Observed { evidence, fact });
        };
        let to = self.policy.resolve(current, &self.parts.adapters.ids());
        let switch =
            AdapterSwitch { evidence, scope, previous, current, to, rolled_back, reason, by };
        Command::SwitchAdapter(Box::new(switch))
    }

    async fn tell_one(
        self: &Arc<Self>,
        key: MissionKey,
        observed: Observed,
    ) -> Result<(), EngineError> {
        let Some(seat) = self.seat_of(key) else {
            tracing::debug!(mission.key = %key, "the chain speaks of mission key {key}, which is not known here");
            return Ok(());
        };
        note(self.tell(&seat, Command::Observe(observed)).await, &key)
    }

    /// Writes what concerns more than one mission into the registry, then tells every mission.
    async fn change_all(self: &Arc<Self>, observed: Observed) -> Result<(), EngineError> {
        let mut registry = self.registry.lock().await;
        let Some(entry) = RegistryEntry::of(&observed) else { return Ok(()) };
        loop {
            let known = registry.saw(&observed.evidence);
            if known && !registry.is_latest(&entry) {
                // An old story told again: later entries have overtaken it.
                return Ok(());
            }
            if known {
                break;
            }
            let (event, append) =
                registry::append(&registry, entry.clone(), self.parts.clock.now())?;
            let batch = Batch { appends: vec![append], blobs: Vec::new() };
            let Err(error) = self.append_or_learn(batch).await else {
                registry.apply(&event);
                self.set_fleet(registry.fleet);
                break;
            };
            let before = registry.size;
            self.read_registry(&mut registry).await?;
            // Somebody else was first: what is known now decides.
            if registry.size == before {
                return Err(error.into());
            }
        }
        self.tell_all(&observed).await
    }

    async fn tell_all(self: &Arc<Self>, observed: &Observed) -> Result<(), EngineError> {
        let command = self.command_of(observed.clone());
        let open: Vec<_> = self.seats().into_iter().filter(|seat| !seat.is_closed()).collect();
        let told = open.iter().map(|seat| self.tell(seat, command.clone()));
        let outcomes = futures_util::future::join_all(told).await;
        outcomes.into_iter().try_for_each(|outcome| note(outcome, &"every mission"))
    }

    /// Folds in what the store knows beyond the registry in memory, and takes up missions that are new here.
    pub(super) async fn read_registry(
        self: &Arc<Self>,
        registry: &mut Registry,
    ) -> Result<(), EngineError> {
        let store = self.parts.store.as_ref();
        let new = registry::read_on(store, registry).await?;
        self.set_fleet(registry.fleet);
        for entry in new {
            let RegistryEntry::MissionRegistered { mission } = entry else { continue };
            if self.seat(mission).is_some() {
                continue;
            }
            match Ledger::load(store, mission).await {
                Ok(Some(ledger)) => self.take_up(ledger),
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

    /// Gives a mission that was found in the store its place, and looks at it if it runs.
    fn take_up(self: &Arc<Self>, ledger: Ledger) {
        let seat = self.seat_for(&ledger);
        let runs = matches!(ledger.state().lifecycle, Lifecycle::Running { .. });
        self.shelf.put(seat.id, ledger);
        if runs {
            self.spawn(Arc::clone(self).work(seat, Order::Look));
        }
    }
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
