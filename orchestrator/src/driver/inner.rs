//! What all handles of an engine share.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use phase8_shared::id::{MissionId, MissionKey};
use tokio::sync::{Notify, watch};
use tokio::task::{AbortHandle, JoinSet};

use super::engine::{EngineOptions, EngineParts};
use super::health::Trouble;
use super::ledger::{Ledger, Snapshot};
use super::seat::{Card, Seat};
use super::shelf::Shelf;
use super::tenure::Tenure;
use super::timers::Timers;
use crate::launch::LaunchPolicy;
use crate::mission::FleetPause;
use crate::ports::Meter;
use crate::registry::Registry;
use crate::store::{AppendError, Batch, StorageError, WorkerId};

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) parts: EngineParts,
    pub(super) policy: LaunchPolicy,
    pub(super) options: EngineOptions,
    pub(super) meter: Arc<dyn Meter>,
    pub(super) trouble: Trouble,
    /// This process, among those that share a store.
    pub(super) worker: WorkerId,
    directory: RwLock<Directory>,
    /// Held while a mission is created or the fleet changes, so that these happen one after the other.
    pub(super) registry: tokio::sync::Mutex<Registry>,
    fleet: RwLock<Option<FleetPause>>,
    /// Missions whose lease is held here.
    pub(super) held: Mutex<BTreeMap<MissionId, Arc<Seat>>>,
    /// The lease of the one engine that acts on the chain.
    pub(super) lead: Mutex<Option<Tenure>>,
    pub(super) leads: watch::Sender<bool>,
    pub(super) shelf: Shelf,
    pub(super) timers: Timers,
    /// Fires when some mission is held up.
    pub(super) held_up: Notify,
    stopping: AtomicBool,
    tasks: Mutex<JoinSet<()>>,
}

#[derive(Debug, Default)]
struct Directory {
    seats: BTreeMap<MissionId, Arc<Seat>>,
    keys: BTreeMap<MissionKey, MissionId>,
}

impl Inner {
    pub(super) fn new(
        parts: EngineParts,
        policy: LaunchPolicy,
        options: EngineOptions,
        meter: Arc<dyn Meter>,
        worker: WorkerId,
    ) -> Arc<Self> {
        let shelf = Shelf::new(options.folds);
        Arc::new(Self {
            parts,
            policy,
            options,
            meter,
            trouble: Trouble::default(),
            worker,
            directory: RwLock::default(),
            registry: tokio::sync::Mutex::default(),
            fleet: RwLock::default(),
            held: Mutex::default(),
            lead: Mutex::default(),
            leads: watch::channel(false).0,
            shelf,
            timers: Timers::default(),
            held_up: Notify::new(),
            stopping: AtomicBool::new(false),
            tasks: Mutex::default(),
        })
    }

    /// Runs something until the engine is dropped or stopped; `None` if that has happened.
    pub(super) fn spawn(
        self: &Arc<Self>,
        task: impl Future<Output = ()> + Send + 'static,
    ) -> Option<AbortHandle> {
        if self.is_stopping() {
            return None;
        }
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        while tasks.try_join_next().is_some() {}
        Some(tasks.spawn(task))
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    pub(super) fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
    }

    /// Ends everything that runs, and answers it so that its end can be awaited.
    pub(super) fn cut_off(&self) -> JoinSet<()> {
        self.stop();
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.abort_all();
        std::mem::take(&mut *tasks)
    }

    pub(super) fn seat(&self, mission: MissionId) -> Option<Arc<Seat>> {
        let directory = self.directory.read().unwrap_or_else(PoisonError::into_inner);
        directory.seats.get(&mission).cloned()
    }

    pub(super) fn seat_of(&self, key: MissionKey) -> Option<Arc<Seat>> {
        let directory = self.directory.read().unwrap_or_else(PoisonError::into_inner);
        directory.keys.get(&key).and_then(|mission| directory.seats.get(mission)).cloned()
    }

    /// Every mission, by id.
    pub(super) fn seats(&self) -> Vec<Arc<Seat>> {
        let directory = self.directory.read().unwrap_or_else(PoisonError::into_inner);
        directory.seats.values().cloned().collect()
    }

    /// Gives a mission its place, unless it has one.
    pub(super) fn seat_for(&self, ledger: &Ledger) -> Arc<Seat> {
        let mission = ledger.state().created.mission;
        let mut directory = self.directory.write().unwrap_or_else(PoisonError::into_inner);
        let seats = &mut directory.seats;
        let seat = seats
            .entry(mission)
            .or_insert_with(|| Seat::resting(mission, Card::of(ledger, ledger.state().as_of)));
        let seat = Arc::clone(seat);
        directory.keys.insert(mission.key(), mission);
        seat
    }

    pub(super) fn fleet(&self) -> Option<FleetPause> {
        *self.fleet.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_fleet(&self, fleet: Option<FleetPause>) {
        *self.fleet.write().unwrap_or_else(PoisonError::into_inner) = fleet;
    }

    /// Whether other processes work on the same store.
    pub(super) fn is_shared(&self) -> bool {
        self.parts.store.is_shared()
    }

    /// Appends. Where the answer was lost the store is asked what became of it: by then the batch is in the ledgers, or
    /// never will be.
    pub(super) async fn append_or_learn(&self, batch: Batch) -> Result<(), AppendError> {
        let store = self.parts.store.as_ref();
        match self.append(batch.clone()).await {
            Ok(_) => Ok(()),
            Err(AppendError::OutcomeUnknown(lost)) => match store.was_appended(&batch).await {
                Ok(true) => Ok(()),
                Ok(false) => Err(AppendError::Storage(lost)),
                Err(error) => Err(AppendError::OutcomeUnknown(error)),
            },
            Err(error) => Err(error),
        }
    }

    /// Brings a mission's fold up to what the store has, and puts it in its place.
    pub(super) async fn fetch(&self, seat: &Seat) -> Result<(), StorageError> {
        let known = seat.ledger().or_else(|| self.shelf.take(seat.id));
        seat.sit(self.read_on(seat.id, known).await?);
        Ok(())
    }

    /// A mission after its last event, whether it is at work here or not.
    pub(super) async fn look_at(&self, seat: &Seat) -> Result<Snapshot, StorageError> {
        let known = match seat.ledger() {
            Some(ledger) => Some(ledger),
            None => self.shelf.get(seat.id),
        };
        let known = match known {
            Some(ledger) if ledger.seq() >= seat.known() => return Ok(ledger.snapshot()),
            known => known,
        };
        let ledger = self.read_on(seat.id, known).await?;
        let snapshot = ledger.snapshot();
        seat.show(&ledger);
        if !seat.is_at_work() {
            self.shelf.put(seat.id, ledger);
        }
        Ok(snapshot)
    }

    async fn read_on(
        &self,
        mission: MissionId,
        known: Option<Ledger>,
    ) -> Result<Ledger, StorageError> {
        let store = self.parts.store.as_ref();
        if let Some(mut ledger) = known {
            match ledger.read_on(store, mission).await {
                Ok(_) => return Ok(ledger),
                // What is in memory may be what is wrong: the whole ledger decides.
                Err(StorageError::Inconsistent { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let missing = || StorageError::Inconsistent {
            table: "logs",
            column: "name",
            row: mission.to_string(),
        };
        Ledger::load(store, mission).await?.ok_or_else(missing)
    }
}
