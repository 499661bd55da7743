//! The evaluation that the server does by itself, once a night.

use std::time::Duration;

use phase8_shared::time::Timestamp;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::Evaluations;

/// Milliseconds of an hour and of a day.
const HOUR: u64 = 3_600_000;
const DAY: u64 = 24 * HOUR;
/// A clock that was set is noticed within this time.
const LOOK: Duration = Duration::from_secs(30);

/// The next moment at which it is this hour of the day (UTC).
pub(super) fn next(now: Timestamp, hour: u8) -> Timestamp {
    let today = now.millis() - now.millis() % DAY + u64::from(hour) * HOUR;
    let next = if today > now.millis() { today } else { today + DAY };
    Timestamp::from_millis(next)
}

impl Evaluations {
    /// Evaluates each night until it is told to stop; not at all if the configuration says so. Of several servers on one
    /// database, the one that leads does it.
    pub async fn run(self, shutdown: CancellationToken) {
        let parts = &self.inner.parts;
        if parts.config.schedule.is_none() {
            return;
        }
        let mut due = next((parts.now)(), parts.config.hour);
        info!("adapters are evaluated each night, next at {due}");
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(LOOK) => {}
            }
            let now = (parts.now)();
            if now < due {
                continue;
            }
            due = next(now, parts.config.hour);
            if !parts.orchestrator.leads().await {
                continue;
            }
            match self.evaluate(true).await {
                Ok(view) => {
                    let proposals = view.proposals.len();
                    info!(proposals, "evaluated the adapters; {proposals} upgrades follow");
                }
                Err(error) => warn!("the nightly evaluation failed: {}", error.problem()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_night_is_the_next_time_that_it_is_that_hour() {
        // 2026-11-23T06:00:00Z.
        let now = Timestamp::from_millis(1_795_413_600_000);
        for (hour, next_run) in [
            (7, "2026-11-23T07:00:00Z"),
            (6, "2026-11-24T06:00:00Z"),
            (3, "2026-11-24T03:00:00Z"),
            (0, "2026-11-24T00:00:00Z"),
        ] {
            assert_eq!(next(now, hour).to_string(), next_run, "{hour}");
        }
    }
}
