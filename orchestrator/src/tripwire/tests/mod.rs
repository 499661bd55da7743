//! The line stops whatever a detector does, and what is split over two texts is found.

mod measure;
mod texts;

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use phase8_shared::mission::{Severity, Span, Trip, Tripwire};
use phase8_shared::policy::TripwireSensitivity;

use super::{Detector, Guard, HeldText, Verdict};

/// Finds the word `secret`.
#[derive(Debug)]
struct Word;

impl Detector for Word {
    fn tripwire(&self) -> Tripwire {
        Tripwire::PrivacyLeakDetector
    }

    fn check(&self, text: &str, _: TripwireSensitivity) -> Vec<Trip> {
        let found = text.match_indices("secret");
        found.map(|(at, word)| trip(u32::try_from(at).unwrap(), word.len())).collect()
    }
}

fn trip(start: u32, length: usize) -> Trip {
    Trip {
        tripwire: Tripwire::PrivacyLeakDetector,
        rule: "word".to_owned(),
        severity: Severity::Warning,
        span: Some(Span { start, end: start + u32::try_from(length).unwrap() }),
        words: "The word that stays inside.".to_owned(),
    }
}

#[derive(Debug)]
struct Panics;

impl Detector for Panics {
    fn tripwire(&self) -> Tripwire {
        Tripwire::ToxicityFilter
    }

    fn check(&self, _: &str, _: TripwireSensitivity) -> Vec<Trip> {
        panic!("as the test asks")
    }
}

/// Hangs until it is let go.
#[derive(Debug, Default)]
struct Hangs {
    go: Mutex<bool>,
    gone: Condvar,
}

impl Hangs {
    fn let_go(&self) {
        *self.go.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.gone.notify_all();
    }
}

impl Detector for Hangs {
    fn tripwire(&self) -> Tripwire {
        Tripwire::PrivacyLeakDetector
    }

    fn check(&self, _: &str, _: TripwireSensitivity) -> Vec<Trip> {
        let go = self.go.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.gone.wait_while(go, |go| !*go).unwrap_or_else(PoisonError::into_inner));
        Vec::new()
    }
}

fn rules(verdict: Verdict) -> Vec<(Tripwire, String, Severity)> {
    match verdict {
        Verdict::Clean => Vec::new(),
        Verdict::Tripped(trips) => {
            trips.into_iter().map(|trip| (trip.tripwire, trip.rule, trip.severity)).collect()
        }
    }
}

#[tokio::test]
async fn a_detector_that_panics_stops_the_line_and_the_next_one_still_looks() {
    let guard = Guard::new(None).with_detector(Arc::new(Panics)).with_detector(Arc::new(Word));

    let verdict = guard.check(HeldText::new("a secret")).await;

    assert_eq!(
        rules(verdict),
        [
            (Tripwire::DetectorFailed, "toxicity-filter-panicked".to_owned(), Severity::Critical),
            (Tripwire::PrivacyLeakDetector, "word".to_owned(), Severity::Warning),
        ]
    );
}

#[tokio::test]
async fn a_detector_that_hangs_stops_the_line_and_blocks_nobody() {
    let hangs = Arc::new(Hangs::default());
    let guard = Guard::new(None)
        .with_detector(Arc::clone(&hangs) as Arc<dyn Detector>)
        .with_time_limit(Duration::from_millis(20));

    // More of them than there are places: each gives its place back.
    let checks = (0..6).map(|_| guard.check(HeldText::new("anything")));
    let verdicts = futures_util::future::join_all(checks).await;
    hangs.let_go();

    for verdict in verdicts {
        assert_eq!(
            rules(verdict),
            [(
                Tripwire::DetectorFailed,
                "privacy-leak-detector-timed-out".to_owned(),
                Severity::Critical
            )]
        );
    }
}

/// What was let through, what is held, and the spans that are found in it.
type Split = (&'static str, &'static str, &'static [(u32, u32)]);

#[tokio::test]
async fn a_finding_is_reported_once_and_with_the_part_that_is_held() {
    let guard = Guard::new(None).with_detector(Arc::new(Word));
    let cases: [Split; 6] = [
        ("", "a secret and a secret", &[(2, 8), (15, 21)]),
        ("a sec", "ret", &[(0, 3)]),
        ("a secret", " and a secret", &[(7, 13)]),
        ("a secret", " is out", &[]),
        ("sécré", "secret", &[(0, 6)]),
        ("a secret", "", &[]),
    ];
    for (before, text, expected) in cases {
        let spans = match guard.check(HeldText::after(before, text)).await {
            Verdict::Clean => Vec::new(),
            Verdict::Tripped(trips) => trips.iter().filter_map(|trip| trip.span).collect(),
        };
        let spans: Vec<_> = spans.iter().map(|span| (span.start, span.end)).collect();
        assert_eq!(spans, expected, "{before:?} then {text:?}");
    }
}

#[tokio::test]
async fn what_only_becomes_plain_by_what_follows_is_a_finding_of_what_follows() {
    /// The number is a finding only where `key` follows it.
    #[derive(Debug)]
    struct Later;
    impl Detector for Later {
        fn tripwire(&self) -> Tripwire {
            Tripwire::PrivacyLeakDetector
        }
        fn check(&self, text: &str, _: TripwireSensitivity) -> Vec<Trip> {
            let number = text.find("1234").filter(|_| text.contains("key"));
            number.map(|at| trip(u32::try_from(at).unwrap(), 4)).into_iter().collect()
        }
    }
    let guard = Guard::new(None).with_detector(Arc::new(Later));

    let verdict = guard.check(HeldText::after("1234 ", "is my key")).await;

    assert_eq!(verdict, Verdict::Tripped(vec![trip(0, "is my key".len())]));
}
