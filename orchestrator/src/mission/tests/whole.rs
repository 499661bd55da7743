//! Whole missions, and whatever may befall one.

use std::collections::BTreeSet;

use insta::assert_snapshot;
use phase8_shared::mission::{Event, MilestoneStatus, MissionState, Outcome, PauseCause, Payload};
use phase8_shared::money::MicroUsd;
use proptest::prelude::*;

use crate::mission::next_wake;
use crate::testing::{CONFIG_JOB, SMALL_JOB, World, rehearse, transcript};

#[test]
fn an_agent_that_is_silent_for_too_long_is_named_and_stops_the_mission() {
    assert_snapshot!(
        transcript(
            "create
             fund
             tick
             wait 10
             wait 10
             wait 10
             answer 1
             wait 10
             say 9 resume owner
             wait 10"
        ),
        @r#"
        > create
        1 operator:11 mission_created small-job with 3 steps, cap $3.00
        > fund
        2 chain escrow_funded 1,250 AGIα
        3 engine mission_launched
        4 agent:planner step_started 0
        5 agent:planner model_call_requested 1 step 0 turn 0 reserved $0.24
        > tick
        > wait 10
        6 agent:planner checked_in planner #1 at 0 %
        > wait 10
        7 agent:planner checked_in planner #2 at 0 %
        > wait 10
        8 engine check_in_missed planner #3
        9 engine tripwire_tripped idle silent-agent Warning and halts
        10 engine mission_paused Tripwire
        11 engine model_call_settled 1 cut off (idle tripped) cost $0.00
        > answer 1
        > wait 10
        > say 9 resume owner
        12 person:0e question_answered 9 resume
        13 engine mission_resumed Tripwire
        14 agent:planner model_call_requested 2 step 0 turn 0 reserved $0.24
        > wait 10
        15 agent:planner checked_in planner #4 at 0 %
        "#
    );
}

#[test]
fn the_usual_job_of_eight_hours_runs_to_its_end_inside_its_duration() {
    let world = rehearse(CONFIG_JOB, 480);
    let state = world.state();

    let done = |outcome: &phase8_shared::mission::Lifecycle| {
        matches!(
            outcome,
            phase8_shared::mission::Lifecycle::Closed { outcome: Outcome::Completed, .. }
        )
    };
    assert!(done(&state.lifecycle), "{:?}", state.lifecycle);
    assert!(
        state
            .milestones
            .iter()
            .all(|milestone| matches!(milestone.status, MilestoneStatus::Paid { .. }))
    );
    assert_eq!(state.agents.values().map(|agent| agent.missed).sum::<u32>(), 0);
    let minutes = state.clock.at(world.now).millis() / 60_000;
    assert!((288..=360).contains(&minutes), "{minutes} of 480 minutes");
    assert_eq!(state.budget.reserved, MicroUsd::ZERO);
    assert!(state.budget.spent > MicroUsd::ZERO && state.budget.spent < state.budget.cap);
    // The same job gives the same ledger, byte for byte.
    assert_eq!(rehearse(CONFIG_JOB, 480).events, world.events);
}

#[test]
fn time_alone_wakes_a_mission_only_when_something_is_due() {
    let mut world = World::new(SMALL_JOB);
    world.create().unwrap();
    assert_eq!(next_wake(world.state(), world.now), None);

    let funding = world.funding();
    world.observe(funding).unwrap();
    world.tick();

    let wake = next_wake(world.state(), world.now).unwrap();
    assert_eq!(wake.since(world.now), 10_000);
    world.now = wake;
    world.tick();
    assert!(next_wake(world.state(), world.now).unwrap() > world.now);
}

/// A call that is lost, or whose text trips.
fn call_that_ends() -> impl Strategy<Value = String> {
    let detectors = prop_oneof![Just("toxicity-filter"), Just("detector-failed")];
    let severities = prop_oneof![Just("info"), Just("warning"), Just("critical")];
    (1_u32..24, detectors, severities, any::<bool>()).prop_map(
        |(call, detector, severity, lost)| {
            if lost {
                format!("lose {call}")
            } else {
                format!("withhold {call} {detector} {severity}")
            }
        },
    )
}

/// Anybody's answer to anything.
fn answers() -> impl Strategy<Value = String> {
    let answers = [
        "finish-step",
        "stop",
        "resume",
        "false-alarm",
        "check-in",
        "reconcile:0",
        "reconcile:5000",
    ];
    let people = ["owner", "v1", "operator"];
    (5_u32..60, 0..answers.len(), 0..people.len()).prop_map(move |(question, what, who)| {
        format!("say {question} {} {}", answers[what], people[who])
    })
}

/// What may befall a mission, in any order.
fn anything() -> impl Strategy<Value = Vec<String>> {
    let call = 1_u32..24;
    let one = prop_oneof![
        4 => call.clone().prop_map(|call| format!("answer {call}")),
        2 => (call.clone(), 1_u64..30_000).prop_map(|(call, tokens)| format!("answer {call} {tokens}")),
        1 => call.prop_map(|call| format!("fail {call}")),
        1 => Just("pause".to_owned()),
        1 => Just("resume".to_owned()),
        1 => (0_u32..40).prop_map(|tenths| format!("cap {}.{}", tenths / 10, tenths % 10)),
        1 => Just("recover".to_owned()),
        1 => Just("stop".to_owned()),
        1 => Just("dossier 2".to_owned()),
        2 => (0_u32..3, 0_usize..3).prop_map(|(n, who)| format!("approve {n} {}", ["v1", "v2", "operator"][who])),
        1 => (0_u32..3).prop_map(|n| format!("paid {n}")),
        3 => (1_u32..90).prop_map(|seconds| format!("wait {seconds}")),
        1 => Just("again".to_owned()),
        1 => call_that_ends(),
        1 => Just("crash".to_owned()),
        4 => answers(),
    ];
    proptest::collection::vec(one, 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn whatever_happens_the_replay_is_the_state_and_spend_stays_under_the_cap(script in anything()) {
        let mut world = World::new(SMALL_JOB);
        world.line("create");
        world.line("fund");
        world.tick();
        for line in script {
            let (before, seen) = (world.state().budget, world.events.len());
            world.line(&line);
            world.tick();
            let asked = world.events[seen..].iter().any(|event| matches!(event.payload, Payload::ModelCallRequested { .. }));
            let budget = world.state().budget;
            let committed = budget.spent.saturating_add(budget.reserved);
            // A lowered cap may lie below what is spent already; but nothing new is asked for then.
            prop_assert!(committed <= budget.cap || !asked, "{line}: {before:?} → {budget:?}");
            prop_assert!(budget.spent <= MicroUsd::new(4_000_000).max(before.cap));
            let state = world.state();
            prop_assert!(state.pauses.is_empty() || state.open_calls.is_empty(), "{line}: a session outlived a pause");
            // Every pause that people end by an answer has an open question, and every such question a pause.
            if !state.is_closed() {
                let asked: BTreeSet<_> = state.questions.values().filter_map(|question| question.about.pauses_for()).collect();
                let mut paused = state.pauses.clone();
                paused.remove(&PauseCause::Fleet);
                prop_assert_eq!(asked, paused, "{}\n{}", line, world.transcript());
            }
        }
        // What crossed the wire is what was decided: a replay of the stored bytes is the live state.
        let stored: Vec<String> = world.events.iter().map(|event| serde_json::to_string(event).unwrap()).collect();
        let read: Vec<Event> = stored.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        prop_assert_eq!(&read, &world.events);
        prop_assert_eq!(MissionState::fold(&read), world.state.clone());
        let gapless = world.events.iter().zip(1..).all(|(event, seq)| event.seq.0 == seq);
        prop_assert!(gapless);
    }
}
