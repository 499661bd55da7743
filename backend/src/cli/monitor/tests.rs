//! What a watch concludes, and what it refuses to follow.

use phase8_shared::mission::{Actor, PauseCause, Payload, Severity, Trip, Tripwire};
use phase8_shared::timeline::{Journal, sample};

use super::*;

fn paused(cause: PauseCause) -> (Actor, Payload) {
    let payload = Payload::MissionPaused { cause, tripwire: false, by: None, evidence: None };
    (Actor::Engine, payload)
}

fn tripped() -> (Actor, Payload) {
    let trip = Trip {
        tripwire: Tripwire::PrivacyLeakDetector,
        rule: "email".to_owned(),
        severity: Severity::Critical,
        words: "an e-mail address".to_owned(),
        span: None,
    };
    let payload =
        Payload::TripwireTripped { trip, step: None, call: None, text: None, halts: true };
    (Actor::Engine, payload)
}

fn ending(more: Vec<(Actor, Payload)>) -> Option<Ending> {
    Ending::of(&sample::journal_with(more))
}

#[test]
fn a_watch_ends_with_the_mission_or_where_people_must_decide() {
    let resumed = Payload::MissionResumed { cause: PauseCause::Budget, by: None, evidence: None };
    let failed = Payload::MissionFailed { reason: "no more".to_owned(), evidence: sample::tx(9) };
    for (more, code) in [
        (vec![], None),
        (vec![paused(PauseCause::Budget)], Some(3)),
        (vec![tripped(), paused(PauseCause::Tripwire)], Some(4)),
        (vec![paused(PauseCause::CheckIn)], None),
        (vec![paused(PauseCause::Stopped)], None),
        // What was answered long ago ends nothing.
        (vec![paused(PauseCause::Budget), (Actor::Engine, resumed)], None),
        (vec![(Actor::Engine, Payload::MissionCompleted {})], Some(0)),
        (vec![(Actor::Chain, failed)], Some(1)),
    ] {
        let words = format!("{more:?}");
        assert_eq!(ending(more).map(|ending| ending.code()), code, "{words}");
    }
}

#[test]
fn a_halt_says_what_happened_and_what_to_do() {
    let budget = ending(vec![paused(PauseCause::Budget)]).unwrap().to_string();
    assert!(budget.starts_with("Budget exceeded") && budget.contains("maxBudgetUSD"), "{budget}");

    let trip = ending(vec![tripped(), paused(PauseCause::Tripwire)]).unwrap().to_string();
    assert!(trip.contains("an e-mail address") && trip.contains("on its page"), "{trip}");
}

#[test]
fn a_job_spec_is_followed_by_its_name_and_a_mission_by_its_id() {
    let job = concat!(env!("CARGO_MANIFEST_DIR"), "/../configs/job.multi-agent.json");
    assert!(matches!(followed(job), Ok(Followed::Job(name)) if !name.is_empty()));

    let id = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
    assert!(matches!(followed(id), Ok(Followed::Mission(mission)) if mission.to_string() == id));

    let policies = concat!(env!("CARGO_MANIFEST_DIR"), "/../configs/governance-policies.json");
    for (words, says) in [("no-such-file.json", "neither a mission"), (policies, "no jobName")] {
        let error = format!("{:#}", followed(words).unwrap_err());
        assert!(error.contains(says), "{words}: {error}");
    }
}

#[test]
fn an_empty_ledger_ends_nothing() {
    assert_eq!(Ending::of(&Journal::default()), None);
}
