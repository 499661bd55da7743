//! The documents of the sample mission.

use super::Run;
use crate::mission::{Actor, Event, Payload};
use crate::timeline::sample;

#[test]
fn the_same_ledger_gives_the_same_documents() {
    let (one, other) = (sample::journal(), sample::journal());

    let documents = Run::of(&one).unwrap().artifacts();

    assert_eq!(documents, Run::of(&other).unwrap().artifacts());
    let names: Vec<_> = documents.iter().map(|document| document.name).collect();
    assert_eq!(
        names,
        [
            "phase8-autonomy-simulation.json",
            "phase8-mission-timeline.md",
            "phase8-owner-command-center.md"
        ]
    );
}

#[test]
fn the_plan_stands_beside_what_the_ledger_holds() {
    let spec = include_str!("../../../../configs/job.multi-agent.json");
    let mut events = sample::ledger();
    let last = events.last().unwrap().clone();
    events.push(Event {
        seq: last.seq.next(),
        actor: Actor::Chain,
        payload: sample::paid(),
        ..last
    });
    if let Payload::MissionCreated(created) = &mut events[0].payload {
        created.spec = spec.to_owned();
    }
    let journal = sample::journal_of(events);
    let run = Run::of(&journal).unwrap();

    let lines = run.compared();
    let line = |subject: &str| lines.iter().find(|line| line.subject == subject).unwrap();

    assert_eq!(line("Duration").simulated.as_deref(), Some("480 min at most"));
    assert_eq!(line("Duration").kept, Some(true));
    assert!(line("Check-ins").simulated.as_deref().unwrap().ends_with("check-ins"));
    assert_eq!(line("Model calls").kept, Some(true));
    let timeline = run.timeline().text;
    assert!(timeline.contains("## Simulated and actual"), "{timeline}");
    assert!(timeline.contains("an agent's share"), "{timeline}");
}

#[test]
fn every_lever_that_was_pulled_is_told_with_its_transaction() {
    let journal = sample::journal();

    let text = Run::of(&journal).unwrap().command_center().text;

    assert!(text.contains(&sample::tx(2).transaction.to_string()), "{text}");
    assert!(text.contains("## To queue"), "{text}");
}

#[test]
fn an_empty_ledger_has_no_documents() {
    assert!(Run::of(&crate::timeline::Journal::default()).is_none());
}
