//! Texts as they come: the rehearsal's own, split ones, and what nobody writes but an attacker.

use std::sync::Arc;

use phase8_shared::id::CallId;
use phase8_shared::mission::Work;
use phase8_shared::policy::TripwireSensitivity as Sensitivity;
use phase8_shared::spec;

use crate::agents::CallRequest;
use crate::agents::rehearsal::answer;
use crate::budget::CallLimits;
use crate::testing::{CONFIG_JOB, World};
use crate::tripwire::{Detector, PrivacyLeakDetector, ToxicityFilter};

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
