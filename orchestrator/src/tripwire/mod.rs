//! Tripwires on text: whatever an agent writes is held, checked, and only then let through. Nothing passes unchecked: a
//! detector that breaks down or takes too long trips the line itself.

pub mod corpus;
mod held;
mod normal;
mod privacy;
#[cfg(test)]
mod tests;
mod toxicity;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use phase8_shared::mission::{Safety, Severity, Trip, Tripwire};
use phase8_shared::policy::TripwireSensitivity;
use phase8_shared::spec::TripwireKind;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;

pub use self::held::HeldText;
pub use self::privacy::PrivacyLeakDetector;
pub use self::toxicity::ToxicityFilter;

/// How long a detector may look at one text. A whole answer of a model takes milliseconds; only what hangs comes here.
const TIME_LIMIT: Duration = Duration::from_secs(10);
/// Texts looked at at once in this process. Who waits for a place is not on the clock yet.
static PLACES: Semaphore = Semaphore::const_new(4);
/// The most trips that one text reports: an event has to stay small, and one is enough to stop.
const MOST_TRIPS: usize = 32;

/// What became of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Let it through.
    Clean,
    /// Keep it: at least one trip, the worst first.
    Tripped(Vec<Trip>),
}

/// Looks for one kind of thing in a text. It may be slow, hang or panic: [`Guard`] sees to it that the line then stops.
pub trait Detector: Send + Sync + fmt::Debug {
    /// Which tripwire it is.
    fn tripwire(&self) -> Tripwire;

    /// What it finds, with spans in bytes of `text`. A span covers all that the finding rests on: a rule that needs a word
    /// such as `password` beside a value reports both.
    fn check(&self, text: &str, sensitivity: TripwireSensitivity) -> Vec<Trip>;
}

/// The detectors of one mission.
#[derive(Debug, Clone)]
pub struct Guard {
    detectors: Arc<[Arc<dyn Detector>]>,
    sensitivity: TripwireSensitivity,
    limit: Duration,
}

impl Guard {
    /// The detectors that the mission was launched with; none for a mission from before they were recorded.
    pub fn new(safety: Option<&Safety>) -> Self {
        let sensitivity = safety.map_or(TripwireSensitivity::Medium, |safety| safety.sensitivity);
        let named = safety.map(|safety| safety.tripwires.as_slice()).unwrap_or_default();
        let of_text = |kind: &TripwireKind| -> Option<Arc<dyn Detector>> {
            match kind {
                TripwireKind::ToxicityFilter => Some(Arc::new(ToxicityFilter)),
                TripwireKind::PrivacyLeakDetector => Some(Arc::new(PrivacyLeakDetector)),
                // What a call costs is not in its text.
                TripwireKind::BudgetGuard => None,
            }
        };
        let detectors = named.iter().filter_map(of_text).collect();
        Self { detectors, sensitivity, limit: TIME_LIMIT }
    }

    /// The same with one more detector.
    #[must_use]
    pub fn with_detector(self, detector: Arc<dyn Detector>) -> Self {
        let detectors = self.detectors.iter().cloned().chain([detector]).collect();
        Self { detectors, ..self }
    }

    /// The same with another time limit for each detector.
    #[must_use]
    pub fn with_time_limit(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// Looks at a text. Each check has a thread of its own, which is left behind if it hangs: neither the runtime nor its end
    /// waits for it.
    pub async fn check(&self, held: HeldText) -> Verdict {
        if self.detectors.is_empty() || held.text().is_empty() {
            return Verdict::Clean;
        }
        let mut trips = self.trips(held).await;
        trips.sort_by_key(|trip| {
            (std::cmp::Reverse(trip.severity), trip.span.map(|span| (span.start, span.end)))
        });
        trips.truncate(MOST_TRIPS);
        if trips.is_empty() { Verdict::Clean } else { Verdict::Tripped(trips) }
    }

    async fn trips(&self, held: HeldText) -> Vec<Trip> {
        let mut trips = Vec::new();
        // The semaphore is never closed.
        let _place = PLACES.acquire().await;
        let (found, mut findings) = mpsc::unbounded_channel();
        let (detectors, sensitivity) = (Arc::clone(&self.detectors), self.sensitivity);
        let looking = thread::Builder::new().name("tripwires".to_owned()).spawn(move || {
            for detector in detectors.iter() {
                let looked = || held.findings(detector.as_ref(), sensitivity);
                if found.send(catch_unwind(AssertUnwindSafe(looked)).ok()).is_err() {
                    return;
                }
            }
        });
        if looking.is_err() {
            let words = "The text could not be checked: the machine gave no thread for it.";
            return vec![broken("not-started".to_owned(), words.to_owned())];
        }
        for detector in self.detectors.iter() {
            let name = detector.tripwire();
            match timeout(self.limit, findings.recv()).await {
                Ok(Some(Some(found))) => trips.extend(found),
                Ok(Some(None) | None) => trips.push(broken(
                    format!("{name}-panicked"),
                    format!("The detector {name} broke down, so this text was not checked by it."),
                )),
                Err(_) => {
                    trips.push(broken(
                        format!("{name}-timed-out"),
                        format!(
                            "The detector {name} was not done with this text after {} ms, so it was not checked.",
                            self.limit.as_millis()
                        ),
                    ));
                    break;
                }
            }
        }
        trips
    }
}

fn broken(rule: String, words: String) -> Trip {
    Trip {
        tripwire: Tripwire::DetectorFailed,
        rule,
        severity: Severity::Critical,
        span: None,
        words,
    }
}
