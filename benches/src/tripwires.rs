//! The tripwires on text: how much they catch, how often they are wrong, and how fast they read, beside a profanity filter of
//! this field (`rustrict`) on the same texts.

use std::fmt::Write as _;
use std::hint::black_box;

use anyhow::{Context, Result};
use phase8_orchestrator::tripwire::corpus::{Half, Label, Sample, Score, detector, samples, score};
use phase8_shared::mission::Tripwire;
use phase8_shared::policy::TripwireSensitivity;
use rustrict::{Censor, Type};
use tokio::time::Instant;

/// Readings of a text; the median counts.
const READINGS: usize = 7;
/// Bytes that are read at once, about what a model answers at most.
const BYTES: usize = 32_768;

const DETECTORS: [Tripwire; 2] = [Tripwire::PrivacyLeakDetector, Tripwire::ToxicityFilter];
const HALVES: [(Half, &str); 2] = [(Half::Tune, "tuned on"), (Half::HoldOut, "set aside")];

/// The table as Markdown.
pub(crate) fn table() -> Result<String> {
    let mut text =
        "| tripwire | half | at | caught | missed | wrong | passed | precision | recall | MB/s |\n|---|---|---|---|---|---|---|---|---|---|\n"
            .to_owned();
    let clean = clean();
    for tripwire in DETECTORS {
        let detector = detector(tripwire).context("it is a tripwire on text")?;
        let speed = speed(|| detector.check(&clean, TripwireSensitivity::High).len());
        for (half, name) in HALVES {
            for (at, sensitivity) in [
                ("LOW", TripwireSensitivity::Low),
                ("MEDIUM", TripwireSensitivity::Medium),
                ("HIGH", TripwireSensitivity::High),
            ] {
                let score = score(detector.as_ref(), half, sensitivity);
                line(&mut text, tripwire.as_str(), name, at, score, speed)?;
            }
        }
    }
    let speed = speed(|| usize::from(peer(&clean)));
    for (half, name) in HALVES {
        line(
            &mut text,
            "peer: rustrict, `INAPPROPRIATE`",
            name,
            "MEDIUM",
            peers_score(half),
            speed,
        )?;
    }
    Ok(text)
}

fn line(
    text: &mut String,
    tripwire: &str,
    half: &str,
    at: &str,
    score: Score,
    speed: f64,
) -> Result<()> {
    let Score { caught, missed, wrong, passed } = score;
    let percent = |thousandths: u32| f64::from(thousandths) / 10.0;
    let (precision, recall) = (percent(score.precision()), percent(score.recall()));
    writeln!(
        text,
        "| {tripwire} | {half} | {at} | {caught} | {missed} | {wrong} | {passed} | {precision:.1} % | {recall:.1} % | {speed:.1} |"
    )?;
    Ok(())
}

/// Texts without a finding, as agents write them all day.
fn clean() -> String {
    let lines: Vec<Sample> =
        samples().into_iter().filter(|sample| sample.label == Label::Clean).collect();
    let mut text = String::new();
    for sample in lines.iter().cycle() {
        text.push_str(&sample.text);
        text.push('\n');
        if text.len() >= BYTES {
            break;
        }
    }
    text
}

/// Megabytes a second over the clean text.
fn speed(read: impl Fn() -> usize) -> f64 {
    let mut seconds: Vec<f64> = (0..READINGS)
        .map(|_| {
            let begun = Instant::now();
            black_box(read());
            begun.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    let median = seconds.get(READINGS / 2).copied().unwrap_or(f64::INFINITY);
    let bytes = u32::try_from(BYTES).map_or(0.0, f64::from);
    bytes / 1e6 / median
}

fn peer(text: &str) -> bool {
    Censor::from_str(text).analyze().is(Type::INAPPROPRIATE)
}

/// The peer on the texts for the toxicity filter, as they count at MEDIUM.
fn peers_score(half: Half) -> Score {
    let mut score = Score::default();
    for sample in samples() {
        let own = sample.tripwire == Tripwire::ToxicityFilter && sample.half == half;
        if let Some(should) = sample.label.should_trip(TripwireSensitivity::Medium).filter(|_| own)
        {
            score.count(should, peer(&sample.text));
        }
    }
    score
}
