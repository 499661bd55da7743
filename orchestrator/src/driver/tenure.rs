//! Several engines on one store: who works on which mission. Each mission that is at work is worked on by the one engine
//! that holds its lease; the others follow, and whoever finds a mission without a holder takes it over.
//!
//! An engine that cannot renew stops its work before the lease can end elsewhere: it counts from before it asked, by a clock
//! that nobody can set, and leaves a margin. And if it were late, its epoch is in every append, and the store refuses.

use std::collections::BTreeMap;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use phase8_shared::id::MissionId;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use super::EngineError;
use super::desk::Order;
use super::inner::Inner;
use super::seat::Seat;
use crate::store::{Epoch, Hint, Lease, LogHead, LogId, StorageError};

/// The right to work on a mission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tenure {
    /// No other process can reach the store.
    Sole,
    /// By a lease, to be relied on until then.
    Leased {
        /// The lease.
        lease: Lease,
        /// Earlier than it ends by the store's clock.
        until: Instant,
    },
}

impl Tenure {
    /// What its appends carry.
    pub(super) const fn fence(self) -> Option<Epoch> {
        match self {
            Self::Sole => None,
            Self::Leased { lease, .. } => Some(lease.epoch),
        }
    }

    fn has_ended(self) -> bool {
        match self {
            Self::Sole => false,
            Self::Leased { until, .. } => Instant::now() >= until,
        }
    }
}

/// What came of asking for a mission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// It was held here before.
    Already,
    /// Since now.
    Anew,
    /// By another engine; or it is over, and needs none.
    Elsewhere,
}

impl Inner {
    /// The right to work on a mission, as long as it can be relied on.
    pub(super) fn right(&self, seat: &Seat) -> Option<Tenure> {
        let tenure = seat.tenure()?;
        if tenure.has_ended() {
            self.lose(seat);
            return None;
        }
        Some(tenure)
    }

    /// Claims a mission unless it is held here already.
    pub(super) async fn hold(&self, seat: &Arc<Seat>) -> Result<Held, StorageError> {
        if self.right(seat).is_some() {
            return Ok(Held::Already);
        }
        if !self.is_shared() {
            seat.set_tenure(Some(Tenure::Sole));
            return Ok(Held::Anew);
        }
        if seat.is_closed() {
            return Ok(Held::Elsewhere);
        }
        let Some(tenure) = self.claim(LogId::Mission(seat.id)).await? else {
            return Ok(Held::Elsewhere);
        };
        seat.set_tenure(Some(tenure));
        self.held().insert(seat.id, Arc::clone(seat));
        Ok(Held::Anew)
    }

    async fn claim(&self, log: LogId) -> Result<Option<Tenure>, StorageError> {
        let asked = Instant::now();
        let lease = self.parts.store.claim(log, self.worker, self.options.lease).await?;
        Ok(lease.map(|lease| Tenure::Leased { lease, until: asked + self.reliable() }))
    }

    /// The part of a lease that is relied on.
    fn reliable(&self) -> Duration {
        self.options.lease.saturating_mul(7) / 10
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<MissionId, Arc<Seat>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stops all work on a mission at once.
    pub(super) fn lose(&self, seat: &Seat) {
        if seat.tenure().is_some() {
            self.meter.lost_lease();
        }
        seat.set_tenure(None);
        self.held().remove(&seat.id);
        seat.keep_running(|_| false);
    }

    /// How many leases are held here.
    pub(super) fn leases(&self) -> u64 {
        let leading = self.lead().and_then(lease_of).map_or(0, |_| 1);
        leading + self.held().len() as u64
    }

    /// The right to act on the chain for all missions.
    fn lead(&self) -> Option<Tenure> {
        *self.lead.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_lead(&self, tenure: Option<Tenure>) {
        *self.lead.lock().unwrap_or_else(PoisonError::into_inner) = tenure;
        self.leads.send_if_modified(|leads| {
            std::mem::replace(leads, tenure.is_some()) != tenure.is_some()
        });
    }

    /// Whether this engine may act on the chain now.
    pub(super) fn is_leading(&self) -> bool {
        self.lead().is_some_and(|tenure| !tenure.has_ended())
    }

    /// Stops what can be relied on no longer. It asks nobody, so it is never late.
    pub(super) async fn keep_watch(self: Arc<Self>) {
        let mut ticks = ticks(self.options.lease / 20);
        loop {
            ticks.tick().await;
            if self.lead().is_some_and(Tenure::has_ended) {
                self.set_lead(None);
            }
            let held: Vec<Arc<Seat>> = self.held().values().cloned().collect();
            for seat in held {
                if seat.tenure().is_some_and(|tenure| !tenure.has_ended()) {
                    continue;
                }
                tracing::warn!(mission.id = %seat.id, "the lease of mission {} could not be renewed in time", seat.id);
                self.lose(&seat);
                // Whoever can holds it next; this engine too.
                self.spawn(Arc::clone(&self).work(seat, Order::Look));
            }
        }
    }

    /// Renews the leases of missions at work and gives back those of missions that rest.
    pub(super) async fn keep_leases(self: Arc<Self>) {
        let mut ticks = ticks(self.options.lease / 3);
        loop {
            ticks.tick().await;
            let asked = Instant::now();
            if let Err(error) = self.give_back_idle().await {
                tracing::debug!("leases are left to run out: {error}");
            }
            let held: Vec<Arc<Seat>> = self.held().values().cloned().collect();
            let tenures = held.iter().filter_map(|seat| seat.tenure()).chain(self.lead());
            let leases: Vec<Lease> = tenures.filter_map(lease_of).collect();
            if leases.is_empty() {
                continue;
            }
            let renewed = self.parts.store.renew(&leases, self.options.lease);
            let lost = match timeout(self.options.lease / 3, renewed).await {
                Ok(Ok(lost)) => lost,
                Ok(Err(error)) => {
                    tracing::warn!("leases could not be renewed: {error}");
                    continue;
                }
                Err(_) => {
                    tracing::warn!("leases could not be renewed: the store does not answer");
                    continue;
                }
            };
            let until = asked + self.reliable();
            for lease in leases {
                let kept = !lost.contains(&lease.log);
                let tenure = kept.then_some(Tenure::Leased { lease, until });
                match (lease.log, self.seat_of_log(lease.log)) {
                    (LogId::Registry, _) => self.set_lead(tenure),
                    (LogId::Mission(_), Some(seat)) if kept => {
                        // It may have been lost since it was asked for.
                        if seat.tenure().and_then(lease_of) == Some(lease) {
                            seat.set_tenure(tenure);
                        }
                    }
                    (LogId::Mission(_), Some(seat)) => {
                        self.lose(&seat);
                        self.spawn(Arc::clone(&self).work(seat, Order::Look));
                    }
                    (LogId::Mission(_), None) => {}
                }
            }
        }
    }

    fn seat_of_log(&self, log: LogId) -> Option<Arc<Seat>> {
        match log {
            LogId::Registry => None,
            LogId::Mission(mission) => self.seat(mission),
        }
    }

    /// A mission that rests needs no holder: whoever has something for it claims it.
    async fn give_back_idle(&self) -> Result<(), StorageError> {
        let held: Vec<Arc<Seat>> = self.held().values().cloned().collect();
        let mut leases = Vec::new();
        for seat in held {
            // Whoever sits at the desk relies on the lease.
            let Ok(_desk) = seat.desk.try_lock() else { continue };
            if seat.is_at_work() {
                continue;
            }
            leases.extend(seat.tenure().and_then(lease_of));
            seat.set_tenure(None);
            self.held().remove(&seat.id);
        }
        if leases.is_empty() { Ok(()) } else { self.parts.store.release(&leases).await }
    }

    /// Gives every lease back: others need not wait until they run out.
    pub(super) async fn give_back_all(&self) {
        let held = std::mem::take(&mut *self.held());
        let tenures = held.values().filter_map(|seat| seat.tenure()).chain(self.lead());
        let leases: Vec<Lease> = tenures.filter_map(lease_of).collect();
        for seat in held.values() {
            seat.set_tenure(None);
        }
        self.set_lead(None);
        if let Err(error) = self.parts.store.release(&leases).await {
            tracing::warn!("leases are left to run out: {error}");
        }
    }

    /// Looks what other engines did, and takes over what nobody holds.
    pub(super) async fn keep_looking(self: Arc<Self>) {
        let mut changes = self.parts.store.changes();
        let mut ticks = ticks(self.options.look);
        loop {
            let hint = tokio::select! {
                _ = ticks.tick() => Hint::Anything,
                hint = changes.next() => hint,
            };
            let looked = match hint {
                Hint::Anything => self.look_around().await,
                Hint::Log(log) => self.look_into(log).await,
            };
            if let Err(error) = looked {
                tracing::warn!("it is not known what other engines did: {error}");
            }
        }
    }

    /// Looks at one ledger that may have changed. One that is held here is left to the next round: nearly always it was
    /// this engine that changed it.
    async fn look_into(self: &Arc<Self>, log: LogId) -> Result<(), EngineError> {
        let LogId::Mission(mission) = log else { return self.look_at_registry().await };
        let Some(seat) = self.seat(mission) else { return Ok(()) };
        if seat.tenure().is_none()
            && let Some(head) = self.parts.store.head(log).await?
        {
            seat.hear(phase8_shared::id::Seq(head.size));
        }
        Ok(())
    }

    async fn look_at_registry(self: &Arc<Self>) -> Result<(), EngineError> {
        let Some(head) = self.parts.store.head(LogId::Registry).await? else { return Ok(()) };
        // Whoever writes into it here holds the lock, and has folded it in before the lock is free again.
        let mut registry = self.registry.lock().await;
        if head.size > registry.size { self.read_registry(&mut registry).await } else { Ok(()) }
    }

    /// Somebody leads also where no mission was launched yet: what owners decided on may wait to be carried out.
    async fn lead_if_nobody_does(&self, heads: &[LogHead]) -> Result<(), StorageError> {
        let registry = heads.iter().find(|head| head.log == LogId::Registry);
        let holder = registry.and_then(|head| head.holder);
        let free = holder.is_none_or(|holder| holder.worker == self.worker);
        if free && self.lead().is_none() {
            let tenure = self.claim(LogId::Registry).await?;
            self.set_lead(tenure);
        }
        Ok(())
    }

    async fn look_around(self: &Arc<Self>) -> Result<(), EngineError> {
        let heads = self.parts.store.heads().await?;
        self.look_at_registry().await?;
        self.lead_if_nobody_does(&heads).await?;
        for LogHead { log, seq, holder, .. } in heads {
            let LogId::Mission(mission) = log else { continue };
            let Some(seat) = self.seat(mission) else { continue };
            let newer = seat.hear(seq);
            if seat.tenure().is_some() {
                if newer {
                    self.spawn(Arc::clone(self).work(seat, Order::Look));
                }
                continue;
            }
            let free = holder.is_none_or(|holder| holder.worker == self.worker);
            if !free || seat.is_closed() {
                continue;
            }
            if newer {
                self.look_at(&seat).await?;
            }
            if seat.wants_work(self.parts.clock.now()) {
                self.spawn(Arc::clone(self).work(seat, Order::Look));
            }
        }
        Ok(())
    }
}

const fn lease_of(tenure: Tenure) -> Option<Lease> {
    match tenure {
        Tenure::Sole => None,
        Tenure::Leased { lease, .. } => Some(lease),
    }
}

fn ticks(every: Duration) -> tokio::time::Interval {
    let mut ticks = interval(every.max(Duration::from_millis(1)));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
