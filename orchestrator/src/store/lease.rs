//! Who works on a ledger, and how a worker that lost it is kept from writing.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use phase8_shared::id::Seq;

use super::LogId;
use crate::ports::NoChance;

/// A process that works on ledgers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct WorkerId(pub [u8; 16]);

impl WorkerId {
    /// A name that no other process has: drawn once, when a process starts.
    pub fn draw() -> Result<Self, NoChance> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|_| NoChance)?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for WorkerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for WorkerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WorkerId({self})")
    }
}

/// Counts how often a ledger was claimed anew. A worker writes its epoch with every append, so that one whose ledger
/// was taken over in the meantime writes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Epoch(pub u64);

impl Epoch {
    /// Of a ledger that nobody ever claimed.
    pub const ZERO: Self = Self(0);
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The right to work on a ledger, until it runs out or is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// Which ledger.
    pub log: LogId,
    /// Whose.
    pub worker: WorkerId,
    /// What its appends carry as their fence.
    pub epoch: Epoch,
}

/// Where a ledger ends and who works on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogHead {
    /// Which ledger.
    pub log: LogId,
    /// Its last event.
    pub seq: Seq,
    /// How often it was claimed.
    pub epoch: Epoch,
    /// Whose lease has not run out; `None` where the ledger can be claimed.
    pub holder: Option<Holder>,
}

/// A lease that has not run out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// Whose.
    pub worker: WorkerId,
    /// How long it still lasts by the store's clock. A span, not a moment: nobody's own clock has to agree.
    pub left: Duration,
}

/// What may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// This ledger.
    Log(LogId),
    /// Any: hints were lost.
    Anything,
}

/// The clock of leases where one process owns the store: how long it runs. Setting the machine's clock moves nothing.
#[derive(Clone)]
pub struct LeaseClock(Arc<dyn Fn() -> Duration + Send + Sync>);

impl LeaseClock {
    /// The machine's, which only goes forward.
    pub fn steady() -> Self {
        let start = tokio::time::Instant::now();
        Self(Arc::new(move || start.elapsed()))
    }

    /// One that a test sets.
    pub fn new(now: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    fn now(&self) -> Duration {
        (self.0)()
    }
}

impl fmt::Debug for LeaseClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LeaseClock({:?})", self.now())
    }
}

/// The leases of a store that one process owns. They end with the process; epochs are the store's, and stay.
#[derive(Debug, Clone)]
pub(super) struct Leases {
    clock: LeaseClock,
    held: Arc<Mutex<BTreeMap<LogId, Held>>>,
}

#[derive(Debug, Clone, Copy)]
struct Held {
    worker: WorkerId,
    epoch: Epoch,
    until: Duration,
}

/// What claiming a ledger comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    /// It goes on under the same epoch.
    Extended(Epoch),
    /// It changes hands: the store raises the epoch, then calls [`Leases::grant`].
    Free,
    /// It is another worker's.
    Taken,
}

impl Leases {
    pub(super) fn new(clock: LeaseClock) -> Self {
        Self { clock, held: Arc::default() }
    }

    pub(super) fn claim(&self, log: LogId, worker: WorkerId, ttl: Duration) -> Claim {
        let now = self.clock.now();
        match self.lock().get_mut(&log).filter(|held| held.until > now) {
            Some(held) if held.worker == worker => {
                held.until = now.saturating_add(ttl);
                Claim::Extended(held.epoch)
            }
            Some(_) => Claim::Taken,
            None => Claim::Free,
        }
    }

    pub(super) fn grant(&self, lease: Lease, ttl: Duration) {
        let until = self.clock.now().saturating_add(ttl);
        self.lock().insert(lease.log, Held { worker: lease.worker, epoch: lease.epoch, until });
    }

    /// Extends what has not run out and answers the rest.
    pub(super) fn renew(&self, leases: &[Lease], ttl: Duration) -> Vec<LogId> {
        let now = self.clock.now();
        let mut held = self.lock();
        let mut lost = Vec::new();
        for lease in leases {
            match held.get_mut(&lease.log).filter(|held| held.is(lease) && held.until > now) {
                Some(held) => held.until = now.saturating_add(ttl),
                None => lost.push(lease.log),
            }
        }
        lost
    }

    pub(super) fn release(&self, leases: &[Lease]) {
        let mut held = self.lock();
        for lease in leases {
            if held.get(&lease.log).is_some_and(|held| held.is(lease)) {
                held.remove(&lease.log);
            }
        }
    }

    pub(super) fn holder(&self, log: LogId) -> Option<Holder> {
        let now = self.clock.now();
        let held = self.lock().get(&log).copied()?;
        let left = held.until.checked_sub(now).filter(|left| !left.is_zero())?;
        Some(Holder { worker: held.worker, left })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<LogId, Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn is(&self, lease: &Lease) -> bool {
        self.worker == lease.worker && self.epoch == lease.epoch
    }
}
