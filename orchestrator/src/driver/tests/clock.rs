//! The machine's clock is set by a day, forward and back, in the middle of missions.

use std::sync::atomic::AtomicI64;

use phase8_shared::time::Timestamp;

use super::*;
use crate::driver::EngineOptions;
use crate::ports::sleep_by;

const DAY: i64 = 24 * 3_600 * 1_000;
/// A run takes a second; whoever sleeps until a clock that was set back shows the same again sleeps for a day.
const NOBODY_WAITS_SO_LONG: Duration = Duration::from_mins(1);

/// The machine's clock, set by so much.
#[derive(Debug, Default)]
struct SetClock {
    by: AtomicI64,
}

impl SetClock {
    fn set(&self, by: i64) {
        self.by.fetch_add(by, Ordering::SeqCst);
    }
}

#[async_trait]
impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        let by = self.by.load(Ordering::SeqCst);
        Timestamp::from_millis(SystemClock.now().millis().saturating_add_signed(by))
    }

    async fn sleep_until(&self, at: Timestamp) {
        sleep_by(|| self.now(), at).await;
    }
}

/// Runs the usual job to its end while the clock is set by `days`, one after the other, every few events.
async fn run(days: &[i64]) -> Vec<Event> {
    let clock = Arc::new(SetClock::default());
    let store = Arc::new(MemoryStore::new());
    let mut parts = parts(store.clone());
    parts.adapters = Adapters::rehearsing(&adapters(), &(clock.clone() as Arc<dyn Clock>));
    parts.clock = clock.clone();
    let engine =
        Engine::start_with(parts, launch_policy(), EngineOptions::default()).await.unwrap();
    engine.create(MISSION, &request(CONFIG_JOB, FAST)).await.unwrap();
    fund(&engine).await;
    for (day, stop) in days.iter().zip((8..).step_by(9)) {
        follow(&engine, stop).await;
        clock.set(day * DAY);
    }
    follow(&engine, u64::MAX).await;
    engine.shutdown().await;
    ledger(store.as_ref()).await
}

#[tokio::test]
async fn a_clock_that_is_set_by_a_day_loses_nothing_repeats_nothing_and_keeps_nobody_waiting() {
    let mut checks = 0;
    for days in [&[1][..], &[-1], &[1, -1], &[-1, 1], &[1, 1, -2, 1, -1]] {
        let events = tokio::time::timeout(NOBODY_WAITS_SO_LONG, run(days)).await;
        let events = events.unwrap_or_else(|_| panic!("somebody is kept waiting: {days:?}"));
        assert_whole(&events);
        let set_back = events.windows(2).any(|two| two[1].at < two[0].at);
        assert_eq!(set_back, days.iter().any(|day| *day < 0), "the clock was not set: {days:?}");
        checks += events.len();
    }
    assert!(checks > 100);
}
