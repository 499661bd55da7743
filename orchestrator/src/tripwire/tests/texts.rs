//! Texts as they come: the rehearsal's own, split ones, and what nobody writes but an attacker.

use std::sync::Arc;

use phase8_shared::id::CallId;
use phase8_shared::mission::{Safety, Severity, Span, Trip, Tripwire, Work};
use phase8_shared::policy::TripwireSensitivity as Sensitivity;
use phase8_shared::spec::{self, TripwireKind};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::agents::CallRequest;
use crate::agents::rehearsal::answer;
use crate::budget::CallLimits;
use crate::testing::{CONFIG_JOB, World};
use crate::tripwire::corpus::{detector, samples};
use crate::tripwire::normal::steps;
use crate::tripwire::{Detector, Guard, HeldText, PrivacyLeakDetector, ToxicityFilter, Verdict};

const SENSITIVITIES: [Sensitivity; 3] = [Sensitivity::Low, Sensitivity::Medium, Sensitivity::High];
const DETECTORS: [&dyn Detector; 2] = [&PrivacyLeakDetector, &ToxicityFilter];

/// Everything that the rehearsal writes for the usual job.
fn rehearsed() -> Vec<String> {
    let mut world = World::new(CONFIG_JOB);
    world.create().unwrap();
    let mission = Arc::clone(&world.state().created);
    let spec = Arc::new(spec::preview(CONFIG_JOB).spec.unwrap());
    let mut texts = Vec::new();
    for step in &mission.plan {
        let Work::Agent { adapter, turns, minutes } = &step.work else { continue };
        let adapter = mission.adapters.iter().find(|known| known.id == *adapter).unwrap();
        for turn in 0..*turns {
            let request = CallRequest {
                call: CallId(1),
                mission: Arc::clone(&mission),
                spec: Arc::clone(&spec),
                step: step.clone(),
                turn,
                turns: *turns,
                mission_millis: u64::from(*minutes),
                adapter: adapter.clone(),
                limits: CallLimits::of(adapter),
                memory: Vec::new(),
                messages: Vec::new(),
            };
            let answer = answer(&request);
            texts.extend([answer.words, answer.text]);
            texts.extend(answer.document.map(|document| document.content));
        }
    }
    texts
}

#[test]
fn the_rehearsal_trips_nothing_at_any_sensitivity() {
    let texts = rehearsed();
    assert!(texts.iter().any(|text| text.contains("SHA-256")), "documents are among them");
    for text in texts {
        for detector in DETECTORS {
            assert_eq!(detector.check(&text, Sensitivity::High), [], "{text}");
        }
    }
}

fn overlap(one: Span, other: Span) -> bool {
    one.start < other.end && other.start < one.end
}

fn span(trip: &Trip) -> Span {
    trip.span.unwrap()
}

/// The border of a character that is nearest to a place in the text.
fn border(text: &str, place: Index) -> usize {
    text.floor_char_boundary(place.index(text.len() + 1))
}

proptest! {
    #[test]
    fn a_finding_is_not_lost_wherever_a_text_is_split(
        sample in select(samples()),
        sensitivity in select(&SENSITIVITIES[..]),
        place in any::<Index>(),
    ) {
        let detector = detector(sample.tripwire).unwrap();
        let border = border(&sample.text, place);
        let (before, text) = sample.text.split_at(border);
        let at = u32::try_from(border).unwrap();

        let whole = detector.check(&sample.text, sensitivity);
        let first = HeldText::new(before).findings(detector.as_ref(), sensitivity);
        let second = HeldText::after(before, text).findings(detector.as_ref(), sensitivity);

        for trip in whole {
            let found = span(&trip);
            let in_first = first.iter().any(|trip| overlap(span(trip), found));
            let in_second = second.iter().any(|trip| {
                let own = span(trip);
                overlap(Span { start: own.start + at, end: own.end + at }, found)
                    || found.end <= at && own.start == 0
            });
            prop_assert!(in_first || in_second, "{before:?} | {text:?}: {trip:?}");
            // What goes on behind the border is always kept back with its second part.
            prop_assert!(found.end <= at || in_second, "{before:?} | {text:?}: {trip:?}");
        }
        for trip in second {
            prop_assert!(text.get(span(&trip).start as usize..span(&trip).end as usize).is_some());
        }
    }

    #[test]
    fn a_text_in_small_chunks_trips_as_the_whole_does(
        sample in select(samples()),
        size in 1_usize..12,
    ) {
        let detector = detector(sample.tripwire).unwrap();
        let whole = detector.check(&sample.text, Sensitivity::Medium);

        let chars: Vec<char> = sample.text.chars().collect();
        let mut before = String::new();
        let mut tripped = false;
        for chunk in chars.chunks(size) {
            let text: String = chunk.iter().collect();
            let held = HeldText::after(&before, text.clone());
            tripped |= !held.findings(detector.as_ref(), Sensitivity::Medium).is_empty();
            before.push_str(&text);
        }

        prop_assert!(tripped || whole.is_empty(), "{:?} in chunks of {size}", sample.text);
    }

    #[test]
    fn no_text_makes_a_detector_panic_and_every_span_is_a_part_of_it(
        noise in "\\PC{0,60}",
        sample in select(samples()),
        tail in "[ -~\n\u{200b}\u{ff10}-\u{ff5a}а-яα-ω🙂]{0,60}",
    ) {
        for text in [format!("{noise}{}{tail}", sample.text), format!("{tail}{noise}")] {
            for detector in DETECTORS {
                for trip in detector.check(&text, Sensitivity::High) {
                    let Span { start, end } = span(&trip);
                    let part = text.get(start as usize..end as usize);
                    prop_assert!(part.is_some_and(|part| !part.is_empty()), "{trip:?} in {text:?}");
                }
            }
        }
    }
}

#[test]
fn words_about_a_finding_never_repeat_it() {
    let mut looked = 0;
    for sample in samples() {
        let detector = detector(sample.tripwire).unwrap();
        for trip in detector.check(&sample.text, Sensitivity::High) {
            let Span { start, end } = span(&trip);
            let found = &sample.text[start as usize..end as usize];
            for part in found.split(|c: char| !c.is_ascii_alphanumeric()) {
                let telling = part.len() >= 6 && part.bytes().any(|byte| byte.is_ascii_digit());
                assert!(!telling || !trip.words.contains(part), "{trip:?}");
                looked += u32::from(telling);
            }
        }
    }
    assert!(looked > 100, "{looked}");
}

/// Texts that a careless scanner reads again and again.
const ADVERSARIAL: [&str; 47] = [
    "1 ",
    "a@",
    "@",
    "@a.",
    "-eyJ",
    "eyJ.",
    "://",
    "://a:b",
    "4111 ",
    "4 1 1 1 ",
    "0 at ",
    " at dot ",
    "[at]",
    "k.y.",
    "1.2.",
    "abandon ",
    "abandon, ",
    "zoo\n",
    "sk-",
    "ghp_",
    "-ghp_",
    "password=",
    "password: ",
    "pw:",
    "+1 ",
    "+",
    "(",
    "0",
    "00 ",
    "BEGIN ",
    "-----BEGIN ",
    "ab ",
    "ab\n",
    "AAAA",
    "A",
    "K",
    "xprv",
    "\u{200b}",
    "\"",
    "i will ",
    "you are a ",
    "child ",
    "kill all ",
    "DE89 ",
    "DE",
    "\n",
    "private key 0x",
];

#[test]
fn what_a_detector_reads_grows_with_the_text_and_not_with_its_square() {
    let mut most = 0;
    for pattern in ADVERSARIAL {
        for detector in DETECTORS {
            let read = |length: usize| {
                let text: String = pattern.chars().cycle().take(length).collect();
                steps::take();
                detector.check(&text, Sensitivity::High);
                steps::take()
            };
            let (short, long) = (read(1_500), read(3_000));
            let name = format!("{pattern:?} for {}: {short}, {long}", detector.tripwire());
            assert!(long <= short * 22 / 10 + 100, "{name}");
            assert!(long <= 3_000 * 2_000, "{name}");
            most = most.max(long);
        }
    }
    assert!(most > 3_000, "the counter counts: {most}");
}

fn safety(tripwires: &[TripwireKind], sensitivity: Sensitivity) -> Safety {
    Safety {
        tripwires: tripwires.to_vec(),
        halt_on_tripwire: true,
        sensitivity,
        validator_check_in: false,
        validator_checkpoints: Vec::new(),
    }
}

#[tokio::test]
async fn a_mission_is_guarded_by_what_it_names_as_easily_as_its_policies_say() {
    use TripwireKind::{BudgetGuard, PrivacyLeakDetector, ToxicityFilter};
    let text = "Kill all immigrants. Write to support@kestrel.io or jane.roe@kestrel.io.";
    let cases: [(Option<Safety>, &[&str]); 5] = [
        (None, &[]),
        (Some(safety(&[BudgetGuard], Sensitivity::High)), &[]),
        (Some(safety(&[ToxicityFilter], Sensitivity::Low)), &["call-to-violence"]),
        (
            Some(safety(&[BudgetGuard, PrivacyLeakDetector, ToxicityFilter], Sensitivity::Medium)),
            &["call-to-violence", "email-address"],
        ),
        (
            Some(safety(&[PrivacyLeakDetector], Sensitivity::High)),
            &["email-address", "email-address"],
        ),
    ];
    for (safety, expected) in cases {
        let rules: Vec<String> = match Guard::new(safety.as_ref()).check(HeldText::new(text)).await
        {
            Verdict::Clean => Vec::new(),
            Verdict::Tripped(trips) => trips.into_iter().map(|trip| trip.rule).collect(),
        };
        assert_eq!(rules, expected, "{safety:?}");
    }
}

#[tokio::test]
async fn a_text_full_of_findings_reports_the_worst_and_stays_small() {
    let safety = safety(&[TripwireKind::PrivacyLeakDetector], Sensitivity::Medium);
    let mails = "jane.roe@kestrel.io ".repeat(1_000);
    let text = format!("{mails} card 4111 1111 1111 1111");

    let verdict = Guard::new(Some(&safety)).check(HeldText::new(text)).await;

    let Verdict::Tripped(trips) = verdict else { panic!("it is full of findings") };
    assert_eq!(trips.len(), 32);
    assert_eq!(trips[0].rule, "payment-card");
    assert_eq!(trips[0].severity, Severity::Critical);
    assert!(trips.iter().all(|trip| trip.tripwire == Tripwire::PrivacyLeakDetector));
}
