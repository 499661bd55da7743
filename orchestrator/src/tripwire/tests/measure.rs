//! How well the detectors do on the committed texts.

use phase8_shared::policy::TripwireSensitivity as Sensitivity;

use crate::tripwire::corpus::{Half, samples, score};
use crate::tripwire::{Detector, PrivacyLeakDetector, ToxicityFilter};

#[test]
fn every_line_of_the_corpus_is_read() {
    let lines = [
        include_str!("../../../corpus/privacy-tune.txt"),
        include_str!("../../../corpus/privacy-holdout.txt"),
        include_str!("../../../corpus/toxicity-tune.txt"),
        include_str!("../../../corpus/toxicity-holdout.txt"),
    ]
    .iter()
    .flat_map(|file| file.lines())
    .filter(|line| !line.starts_with('#'))
    .count();

    assert_eq!(samples().len(), lines);
    assert!(lines >= 500, "{lines}");
}

/// The least precision and recall, in thousandths, a little below what was measured last.
#[test]
fn a_change_of_rules_that_hurts_is_seen() {
    let cases: [(&dyn Detector, Half, Sensitivity, u32, u32); 8] = [
        (&PrivacyLeakDetector, Half::Tune, Sensitivity::Low, 995, 990),
        (&PrivacyLeakDetector, Half::Tune, Sensitivity::Medium, 995, 990),
        (&PrivacyLeakDetector, Half::HoldOut, Sensitivity::Low, 990, 980),
        (&PrivacyLeakDetector, Half::HoldOut, Sensitivity::Medium, 980, 970),
        (&ToxicityFilter, Half::Tune, Sensitivity::Low, 995, 940),
        (&ToxicityFilter, Half::Tune, Sensitivity::Medium, 990, 980),
        (&ToxicityFilter, Half::HoldOut, Sensitivity::Low, 990, 940),
        (&ToxicityFilter, Half::HoldOut, Sensitivity::Medium, 950, 960),
    ];
    for (detector, half, sensitivity, precision, recall) in cases {
        let score = score(detector, half, sensitivity);
        let name = format!("{} {half:?} {sensitivity:?}: {score:?}", detector.tripwire());
        assert!(score.precision() >= precision, "{name}");
        assert!(score.recall() >= recall, "{name}");
    }
}
