//! The engine's own tripwires: silence, failing models, the time that a job allows, and a busy machine that trips none.

use insta::assert_snapshot;
use phase8_shared::mission::{Payload, Tripwire};
use proptest::prelude::*;

use crate::mission::next_wake;
use crate::testing::{
    CONFIG_JOB, SMALL_JOB, World, rehearse, rehearse_on_a_busy_machine, transcript_of,
};

fn never_halts() -> String {
    SMALL_JOB.replace(r#""haltOnTripwire": true"#, r#""haltOnTripwire": false"#)
}

fn tripped(world: &World) -> Vec<Tripwire> {
    world.state().trips.iter().map(|trip| trip.trip.tripwire).collect()
}

#[test]
fn a_silence_trips_once_as_idle_and_once_as_a_gap_and_anew_after_the_agent_was_heard() {
    assert_snapshot!(
        transcript_of(
            &never_halts(),
            "create
             fund
             wait 10
             wait 10
             wait 10
             wait 10
             wait 10
             answer 1
             wait 10
             wait 10
             wait 10
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
        > wait 10
        6 agent:planner checked_in planner #1 at 0 %
        > wait 10
        7 agent:planner checked_in planner #2 at 0 %
        > wait 10
        8 engine check_in_missed planner #3
        9 engine tripwire_tripped idle silent-agent Warning
        > wait 10
        10 engine check_in_missed planner #4
        11 engine tripwire_tripped tripwire-ledger-gap missed-check-ins Warning
        > wait 10
        12 engine check_in_missed planner #5
        > answer 1
        13 agent:planner model_call_settled 1 answered cost $0.0012
        14 agent:planner model_call_requested 2 step 0 turn 1 reserved $0.24
        > wait 10
        15 agent:planner checked_in planner #6 at 25 %
        > wait 10
        16 agent:planner checked_in planner #7 at 25 %
        > wait 10
        17 engine check_in_missed planner #8
        18 engine tripwire_tripped idle silent-agent Warning
        > wait 10
        19 engine check_in_missed planner #9
        20 engine tripwire_tripped tripwire-ledger-gap missed-check-ins Warning
        "#
    );
}

#[test]
fn an_engine_that_was_away_names_the_silence_and_blames_nobody_for_it() {
    let mut world = World::new(SMALL_JOB);
    world.scale = 1;
    for line in ["create", "fund"] {
        world.line(line);
    }
    world.now = world.now.plus_millis(3 * 3_600_000);
    world.crash();
    world.tick();

    let missed = |payload: &Payload| matches!(payload, Payload::CheckInMissed { .. });
    assert_eq!(world.events.iter().filter(|event| missed(&event.payload)).count(), 1);
    assert_eq!(
        tripped(&world),
        [Tripwire::AutonomyEnvelope],
        "three hours of a job of 100 minutes"
    );
}

#[test]
fn models_that_fail_clearly_more_often_trip_once_until_they_recover() {
    let job =
        never_halts().replace(r#""maxDurationMinutes": 100"#, r#""maxDurationMinutes": 2400"#);
    let mut world = World::new(&job);
    for line in ["create", "fund"] {
        world.line(line);
    }
    let run = |world: &mut World, line: &str, count: usize| {
        for _ in 0..count {
            let call = *world.state().open_calls.keys().next().unwrap();
            world.line(&format!("{line} {call}"));
            while world.state().open_calls.is_empty() {
                world.now = next_wake(world.state(), world.now).unwrap();
                world.tick();
            }
        }
    };

    run(&mut world, "answer", 38);
    run(&mut world, "fail", 1);
    run(&mut world, "lose", 1);
    assert_eq!(tripped(&world), [], "one of twenty is five points, and a lost call says nothing");
    run(&mut world, "fail", 1);
    assert_eq!(tripped(&world), [Tripwire::ModelRegression]);
    run(&mut world, "fail", 1);
    assert_eq!(tripped(&world).len(), 1);
    assert_snapshot!(
        world.state().trips[0].trip.words,
        @"18 of the last 20 calls were answered; before them it was 20 of 20"
    );

    run(&mut world, "answer", 20);
    assert!(!world.state().watch.has_tripped(Tripwire::ModelRegression));
    run(&mut world, "fail", 5);
    assert_eq!(tripped(&world).len(), 2);
    world.assert_replays();
}

#[test]
fn an_agent_that_waits_for_a_failing_model_is_not_silent() {
    let mut world = World::new(SMALL_JOB);
    world.scale = 1;
    for line in ["create", "fund"] {
        world.line(line);
    }
    for call in 1..=10 {
        world.line(&format!("fail {call}"));
        while world.state().open_calls.is_empty() {
            world.now = next_wake(world.state(), world.now).unwrap();
            world.tick();
        }
    }

    assert_eq!(tripped(&world), [], "{}", world.transcript());
    assert_eq!(world.state().agents.values().map(|agent| agent.missed).sum::<u32>(), 0);
}

#[test]
fn agents_at_work_beyond_the_jobs_duration_trip_once() {
    let mut world = World::new(&never_halts());
    world.scale = 1;
    for line in ["create", "fund"] {
        world.line(line);
    }
    let begun = world.now;
    let mut overtime = None;
    for call in 1..=8 {
        for _ in 0..2 {
            world.line("wait 600");
            let tripped = tripped(&world).contains(&Tripwire::AutonomyEnvelope);
            overtime = overtime.or(tripped.then_some(world.now));
        }
        world.line(&format!("answer {call}"));
    }

    assert_eq!(overtime.map(|at| at.since(begun) / 60_000), Some(100));
    assert_eq!(tripped(&world), [Tripwire::AutonomyEnvelope]);
}

#[test]
fn time_wakes_a_mission_when_its_duration_is_over() {
    let mut world = World::new(
        &SMALL_JOB.replace(r#""maxDurationMinutes": 100"#, r#""maxDurationMinutes": 105"#),
    );
    world.scale = 1;
    world.line("create");
    world.line("fund");
    for call in 1..=5 {
        world.line("wait 1200");
        world.line(&format!("answer {call}"));
    }
    let wake = next_wake(world.state(), world.now).unwrap();
    assert_eq!(wake.since(world.now), 300_000);
    world.now = wake;
    world.tick();
    assert_eq!(tripped(&world), [Tripwire::AutonomyEnvelope]);
    assert!(!world.state().may_spend());
}

#[test]
fn the_usual_job_runs_to_its_end_and_nothing_trips() {
    for scale in [1, 480, 5_000, 100_000] {
        let world = rehearse(CONFIG_JOB, scale);

        assert!(world.state().is_closed());
        assert_eq!(tripped(&world), [], "at {scale}");
        let paused = |payload: &Payload| matches!(payload, Payload::MissionPaused { .. });
        assert!(!world.events.iter().any(|event| paused(&event.payload)), "at {scale}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Seconds that a rehearsal's machine is late are minutes and hours of its clock.
    #[test]
    fn a_busy_machine_halts_no_rehearsal(late in proptest::collection::vec(0_u64..4_000, 0..200)) {
        let mut left = 9_000_u64;
        let late = late.into_iter().map(|millis| {
            let millis = millis.min(left);
            left -= millis;
            millis
        });
        let world = rehearse_on_a_busy_machine(CONFIG_JOB, 480, late);

        prop_assert!(world.state().is_closed());
        prop_assert_eq!(tripped(&world), []);
    }
}
