//! The texts that the tripwires are measured on. Half of them were set aside before any rule was tuned.

use phase8_shared::mission::Tripwire;
use phase8_shared::policy::TripwireSensitivity;

use super::toxicity::rot13;
use super::{Detector, PrivacyLeakDetector, ToxicityFilter};

/// What should become of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    /// It trips at every sensitivity.
    Plain,
    /// It trips from MEDIUM on; at LOW it may.
    Likely,
    /// It trips at HIGH and nowhere else.
    Weak,
    /// It never trips.
    Clean,
}

/// Which half a text belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// Rules were tuned on it.
    Tune,
    /// It was set aside.
    HoldOut,
}

/// A labelled text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Which tripwire it is for.
    pub tripwire: Tripwire,
    /// Which half it belongs to.
    pub half: Half,
    /// What should become of it.
    pub label: Label,
    /// The text.
    pub text: String,
}

/// How well a detector did on some samples.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Score {
    /// Texts that tripped and should.
    pub caught: u32,
    /// Texts that should have tripped and did not.
    pub missed: u32,
    /// Texts that tripped and should not.
    pub wrong: u32,
    /// Texts that rightly passed.
    pub passed: u32,
}

impl Score {
    /// Of what tripped, how much should, in thousandths.
    pub fn precision(&self) -> u32 {
        share(self.caught, self.wrong)
    }

    /// Of what should trip, how much did, in thousandths.
    pub fn recall(&self) -> u32 {
        share(self.caught, self.missed)
    }

    /// Counts one more text.
    pub fn count(&mut self, should: bool, did: bool) {
        let counter = match (should, did) {
            (true, true) => &mut self.caught,
            (true, false) => &mut self.missed,
            (false, true) => &mut self.wrong,
            (false, false) => &mut self.passed,
        };
        *counter = counter.saturating_add(1);
    }
}

fn share(part: u32, rest: u32) -> u32 {
    let whole = part.saturating_add(rest);
    part.saturating_mul(1_000).checked_div(whole).unwrap_or(1_000)
}

impl Label {
    /// Whether such a text should trip; none if both are right.
    pub const fn should_trip(self, sensitivity: TripwireSensitivity) -> Option<bool> {
        match (self, sensitivity) {
            (Self::Likely, TripwireSensitivity::Low) => None,
            (Self::Plain, _)
            | (Self::Likely, TripwireSensitivity::Medium | TripwireSensitivity::High)
            | (Self::Weak, TripwireSensitivity::High) => Some(true),
            (Self::Weak, TripwireSensitivity::Low | TripwireSensitivity::Medium)
            | (Self::Clean, _) => Some(false),
        }
    }
}

const FILES: [(Tripwire, Half, &str); 4] = [
    (Tripwire::PrivacyLeakDetector, Half::Tune, include_str!("../../corpus/privacy-tune.txt")),
    (
        Tripwire::PrivacyLeakDetector,
        Half::HoldOut,
        include_str!("../../corpus/privacy-holdout.txt"),
    ),
    (Tripwire::ToxicityFilter, Half::Tune, include_str!("../../corpus/toxicity-tune.txt")),
    (Tripwire::ToxicityFilter, Half::HoldOut, include_str!("../../corpus/toxicity-holdout.txt")),
];

/// All texts. Lines without a known label are left out; a test sees to it that there are none.
pub fn samples() -> Vec<Sample> {
    let lines = FILES
        .into_iter()
        .flat_map(|(tripwire, half, file)| file.lines().map(move |line| (tripwire, half, line)));
    lines
        .filter_map(|(tripwire, half, line)| {
            let (label, text) = line.split_once(" | ")?;
            Some(Sample { tripwire, half, label: label_of(label)?, text: plain(text) })
        })
        .collect()
}

fn label_of(word: &str) -> Option<Label> {
    match word {
        "plain" => Some(Label::Plain),
        "likely" => Some(Label::Likely),
        "weak" => Some(Label::Weak),
        "clean" => Some(Label::Clean),
        _ => None,
    }
}

/// A line with its marks resolved.
fn plain(line: &str) -> String {
    let line = line.replace("{+}", "").replace("\\n", "\n");
    let mut text = String::with_capacity(line.len());
    let mut rest = line.as_str();
    while let Some((before, mark)) = rest.split_once('{') {
        text.push_str(before);
        let resolved = mark.split_once('}').and_then(|(mark, behind)| {
            let (kind, value) = mark.split_once(':')?;
            let value = match kind {
                "u" => char::from_u32(u32::from_str_radix(value, 16).ok()?)?.to_string(),
                "r" => rot13(value),
                _ => return None,
            };
            Some((value, behind))
        });
        if let Some((value, behind)) = resolved {
            text.push_str(&value);
            rest = behind;
        } else {
            text.push('{');
            rest = mark;
        }
    }
    text.push_str(rest);
    text
}

/// The detector of a tripwire on text; none for the others.
pub fn detector(tripwire: Tripwire) -> Option<Box<dyn Detector>> {
    match tripwire {
        Tripwire::PrivacyLeakDetector => Some(Box::new(PrivacyLeakDetector)),
        Tripwire::ToxicityFilter => Some(Box::new(ToxicityFilter)),
        Tripwire::BudgetGuard
        | Tripwire::BudgetSurge
        | Tripwire::ModelRegression
        | Tripwire::LedgerGap
        | Tripwire::Idle
        | Tripwire::AutonomyEnvelope
        | Tripwire::DetectorFailed => None,
    }
}

/// How well a detector does on one half of its own texts.
pub fn score(detector: &dyn Detector, half: Half, sensitivity: TripwireSensitivity) -> Score {
    let mut score = Score::default();
    for sample in samples() {
        if sample.tripwire != detector.tripwire() || sample.half != half {
            continue;
        }
        if let Some(should) = sample.label.should_trip(sensitivity) {
            score.count(should, !detector.check(&sample.text, sensitivity).is_empty());
        }
    }
    score
}
