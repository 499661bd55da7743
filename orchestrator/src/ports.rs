//! The outside as the engine sees it: time, chance and models. Event stores are in [`crate::store`].

use std::fmt;
use std::time::Duration;

use alloy_primitives::B256;
use async_trait::async_trait;
use phase8_shared::ledger::Salt;
use phase8_shared::mission::Payload;
use phase8_shared::time::Timestamp;

pub use crate::agents::{Adapter, AgentError, CallAnswer, CallRequest};
use crate::store::AppendError;

/// Time.
#[async_trait]
pub trait Clock: Send + Sync + fmt::Debug {
    /// The moment.
    fn now(&self) -> Timestamp;

    /// Returns at that moment, or at once if it has passed; if the clock is set back meanwhile, no later than it seemed at
    /// first.
    async fn sleep_until(&self, at: Timestamp);
}

/// Chance.
pub trait Ids: Send + Sync + fmt::Debug {
    /// 32 bytes that nobody can guess.
    fn salt(&self) -> Result<Salt, NoChance>;
}

/// The machine gives no random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gives no random bytes")]
pub struct NoChance;

/// Whoever counts what an engine does. It is told in passing, between two steps of the work: it must be quick, it cannot
/// refuse, and nothing is decided by it.
pub trait Meter: Send + Sync + fmt::Debug {
    /// The store answered an append of so many events after this time.
    fn appended(&self, _events: usize, _took: Duration, _outcome: Result<(), &AppendError>) {}

    /// An event that this engine decided on stands in a ledger.
    fn recorded(&self, _event: &Payload) {}

    /// Agents of a mission were at work and nobody held its lease: this engine goes on with it.
    fn took_over(&self) {}

    /// A lease ended before it was given back.
    fn lost_lease(&self) {}

    /// Somebody follows a ledger from now on.
    fn follows(&self) {}

    /// Somebody who followed a ledger does so no longer.
    fn left(&self) {}

    /// So many events were handed to somebody who follows.
    fn delivered(&self, _events: usize) {}
}

/// Counts nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unmetered;

impl Meter for Unmetered {}

/// Whether trying again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// It will end the same way.
    Never,
    /// At once.
    Now,
    /// Later.
    After(Duration),
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the Clock that everything else takes")]
    fn now(&self) -> Timestamp {
        let since =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }

    async fn sleep_until(&self, at: Timestamp) {
        sleep_by(|| self.now(), at).await;
    }
}

/// A clock that may be set while somebody sleeps by it is asked again after so many milliseconds.
const ASK_AGAIN: u64 = 10_000;

/// Sleeps until a clock shows a moment. Whoever sets it meanwhile makes that earlier, never later than it seemed at first:
/// a clock that is set back by a day does not keep anybody waiting for a day.
#[expect(clippy::disallowed_methods, reason = "this is how every Clock sleeps")]
pub async fn sleep_by(now: impl Fn() -> Timestamp + Send + Sync, at: Timestamp) {
    let end = tokio::time::Instant::now() + Duration::from_millis(at.since(now()));
    loop {
        let left = Duration::from_millis(at.since(now()).min(ASK_AGAIN));
        let left = left.min(end.saturating_duration_since(tokio::time::Instant::now()));
        if left.is_zero() {
            return;
        }
        tokio::time::sleep(left).await;
    }
}

/// The operating system's random bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemIds;

impl Ids for SystemIds {
    fn salt(&self) -> Result<Salt, NoChance> {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes).map_err(|_| NoChance)?;
        Ok(Salt(B256::from(bytes)))
    }
}
