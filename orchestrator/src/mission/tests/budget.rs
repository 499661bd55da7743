//! What is left of a budget, and the three answers when it runs short.

use insta::assert_snapshot;
use phase8_shared::mission::{MissionCreated, PauseCause, Payload};

use crate::testing::{SMALL_JOB, World, transcript, transcript_of};

#[test]
fn a_step_may_end_with_what_is_left_and_nothing_begins_after_it_until_the_cap_is_raised() {
    assert_snapshot!(
        transcript(
            "create
             fund
             cap 0.1
             answer 1
             say 8 finish-step operator
             say 8 finish-step owner
             answer 2
             say 16 finish-step owner
             fail 3
             cap 5
             answer 4
             answer 5"
        ),
        @r#"
        > create
        1 operator:11 mission_created small-job with 3 steps, cap $3.00
        > fund
        2 chain escrow_funded 1,250 AGIα
        3 engine mission_launched
        4 agent:planner step_started 0
        5 agent:planner model_call_requested 1 step 0 turn 0 reserved $0.24
        > cap 0.1
        6 chain budget_cap_changed $3.00 to $0.10
        > answer 1
        7 agent:planner model_call_settled 1 answered cost $0.0012
        8 engine budget_exhausted step 0 needs $0.24 of $0.0988
        9 engine mission_paused Budget
        > say 8 finish-step operator
        10 operator:11 question_answered 8 finish-step
        11 engine mission_resumed Budget
        12 agent:planner model_call_requested 2 step 0 turn 1 reserved $0.098796 as the last
        > say 8 finish-step owner
        ! not_asked: entry 8 of the ledger asks nothing, or was answered before; open the mission again and look at what it asks now
        > answer 2
        13 agent:planner model_call_settled 2 answered cost $0.0012
        14 agent:planner deliverable_recorded 0
        15 agent:planner step_completed 0
        16 engine budget_exhausted step 1 needs $0.18 of $0.0976
        17 engine mission_paused Budget
        > say 16 finish-step owner
        18 person:0e question_answered 16 finish-step
        19 engine mission_resumed Budget
        20 engine approval_requested 0 over 17 events
        21 agent:analyst step_started 1
        22 agent:analyst model_call_requested 3 step 1 turn 0 reserved $0.097596 as the last
        > fail 3
        23 engine model_call_settled 3 failed (no answer) cost $0.00
        24 agent:analyst model_call_requested 4 step 1 turn 0 reserved $0.097596 as the last
        > cap 5
        25 chain budget_cap_changed $0.10 to $5.00
        > answer 4
        26 agent:analyst model_call_settled 4 answered cost $0.0009
        27 agent:analyst deliverable_recorded 1
        28 agent:analyst step_completed 1
        29 engine step_started 2
        > answer 5
        "#
    );
}

#[test]
fn while_a_step_ends_with_what_is_left_the_others_wait_and_ask_after_it() {
    let another = r#"{ "role": "dev", "model": "code-savant-x", "capabilities": ["builds"],
      "memory": { "type": "persistent", "bucket": "dev", "retentionHours": 12 } },
    { "role": "analyst""#;
    let job = SMALL_JOB.replace(r#"{ "role": "analyst""#, another);
    assert_snapshot!(
        transcript_of(
            &job,
            "create
             fund
             answer 1
             answer 2
             answer 3
             answer 4
             cap 0.5
             answer 5 10000
             answer 6 10000
             answer 7 10000
             say 25 finish-step owner
             answer 8 3000
             say 33 stop operator"
        ),
        @r#"
        > create
        1 operator:11 mission_created small-job with 4 steps, cap $3.00
        > fund
        2 chain escrow_funded 1,250 AGIα
        3 engine mission_launched
        4 agent:planner step_started 0
        5 agent:planner model_call_requested 1 step 0 turn 0 reserved $0.24
        > answer 1
        6 agent:planner model_call_settled 1 answered cost $0.0012
        7 agent:planner model_call_requested 2 step 0 turn 1 reserved $0.24
        > answer 2
        8 agent:planner model_call_settled 2 answered cost $0.0012
        9 agent:planner model_call_requested 3 step 0 turn 2 reserved $0.24
        > answer 3
        10 agent:planner model_call_settled 3 answered cost $0.0012
        11 agent:planner model_call_requested 4 step 0 turn 3 reserved $0.24
        > answer 4
        12 agent:planner model_call_settled 4 answered cost $0.0012
        13 agent:planner deliverable_recorded 0
        14 agent:planner step_completed 0
        15 agent:dev step_started 1
        16 agent:analyst step_started 2
        17 agent:dev model_call_requested 5 step 1 turn 0 reserved $0.36
        18 agent:analyst model_call_requested 6 step 2 turn 0 reserved $0.18
        > cap 0.5
        19 chain budget_cap_changed $3.00 to $0.50
        20 engine approval_requested 0 over 18 events
        > answer 5 10000
        21 agent:dev model_call_settled 5 answered cost $0.18
        > answer 6 10000
        22 agent:analyst model_call_settled 6 answered cost $0.09
        23 agent:analyst model_call_requested 7 step 2 turn 1 reserved $0.18
        > answer 7 10000
        24 agent:analyst model_call_settled 7 answered cost $0.09
        25 engine budget_exhausted step 1 needs $0.36 of $0.1352
        26 engine mission_paused Budget
        > say 25 finish-step owner
        27 person:0e question_answered 25 finish-step
        28 engine mission_resumed Budget
        29 agent:dev model_call_requested 8 step 1 turn 1 reserved $0.135198 as the last
        > answer 8 3000
        30 agent:dev model_call_settled 8 answered cost $0.054
        31 agent:dev deliverable_recorded 1
        32 agent:dev step_completed 1
        33 engine budget_exhausted step 2 needs $0.18 of $0.0812
        34 engine mission_paused Budget
        > say 33 stop operator
        35 operator:11 question_answered 33 stop
        36 engine mission_paused Stopped
        "#
    );
}

#[test]
fn when_not_even_a_small_call_fits_the_step_cannot_be_finished_and_a_stop_can_be_taken_back() {
    assert_snapshot!(
        transcript(
            "create
             fund
             cap 0.02
             answer 1
             say 8 finish-step owner
             say 8 resume owner
             say 8 stop v1
             say 8 stop owner
             say 11 resume owner
             cap 0.5"
        ),
        @r#"
        > create
        1 operator:11 mission_created small-job with 3 steps, cap $3.00
        > fund
        2 chain escrow_funded 1,250 AGIα
        3 engine mission_launched
        4 agent:planner step_started 0
        5 agent:planner model_call_requested 1 step 0 turn 0 reserved $0.24
        > cap 0.02
        6 chain budget_cap_changed $3.00 to $0.02
        > answer 1
        7 agent:planner model_call_settled 1 answered cost $0.0012
        8 engine budget_exhausted step 0 needs $0.24 of $0.0188
        9 engine mission_paused Budget
        > say 8 finish-step owner
        ! answer_refused: step 0 cannot be brought to its end: its smallest last call may cost $0.024, and $0.0188 remain; raise the cap, or stop the mission
        > say 8 resume owner
        ! answer_refused: "resume" does not answer what entry 8 asks; open the mission again and choose one of its answers
        > say 8 stop v1
        10 person:b1 question_answered 8 stop
        11 engine mission_paused Stopped
        > say 8 stop owner
        ! answer_refused: the mission is stopped already; answer entry 11 with "resume" to let it go on
        > say 11 resume owner
        12 person:0e question_answered 11 resume
        13 engine mission_resumed Stopped
        > cap 0.5
        14 chain budget_cap_changed $0.02 to $0.50
        15 engine mission_resumed Budget
        16 agent:planner model_call_requested 2 step 0 turn 1 reserved $0.24
        "#
    );
}

#[test]
fn a_last_call_that_is_lost_leaves_too_little_and_the_owner_gives_it_back() {
    assert_snapshot!(
        transcript_of(
            &SMALL_JOB.replace(r#""haltOnTripwire": true"#, r#""haltOnTripwire": false"#),
            "create
             fund
             cap 0.1
             answer 1
             say 8 finish-step owner
             lose 2
             say 15 finish-step owner
             say 13 reconcile:0 owner"
        ),
        @r#"
        > create
        1 operator:11 mission_created small-job with 3 steps, cap $3.00
        > fund
        2 chain escrow_funded 1,250 AGIα
        3 engine mission_launched
        4 agent:planner step_started 0
        5 agent:planner model_call_requested 1 step 0 turn 0 reserved $0.24
        > cap 0.1
        6 chain budget_cap_changed $3.00 to $0.10
        > answer 1
        7 agent:planner model_call_settled 1 answered cost $0.0012
        8 engine budget_exhausted step 0 needs $0.24 of $0.0988
        9 engine mission_paused Budget
        > say 8 finish-step owner
        10 person:0e question_answered 8 finish-step
        11 engine mission_resumed Budget
        12 agent:planner model_call_requested 2 step 0 turn 1 reserved $0.098796 as the last
        > lose 2
        13 engine model_call_settled 2 unknown cost $0.098796
        14 engine tripwire_tripped budget-surge spent-before-milestone-two Critical
        15 engine budget_exhausted step 0 needs $0.024 of $0.000004
        16 engine mission_paused Budget
        > say 15 finish-step owner
        ! answer_refused: step 0 cannot be brought to its end: its smallest last call may cost $0.024, and $0.000004 remain; raise the cap, or stop the mission
        > say 13 reconcile:0 owner
        17 person:0e question_answered 13 reconcile:0
        18 engine mission_resumed Budget
        19 agent:planner model_call_requested 3 step 0 turn 1 reserved $0.098796 as the last after 2 was lost
        "#
    );
}

#[test]
fn a_surge_before_milestone_two_trips_once_until_the_cap_is_raised() {
    assert_snapshot!(
        transcript(
            "create
             fund
             cap 1.1
             answer 1 20000
             answer 2 20000
             answer 3 20000
             answer 4 20000
             say 16 resume owner
             cap 1.3
             answer 5 20000
             say 28 false-alarm owner"
        ),
        @r#"
        > create
        1 operator:11 mission_created small-job with 3 steps, cap $3.00
        > fund
        2 chain escrow_funded 1,250 AGIα
        3 engine mission_launched
        4 agent:planner step_started 0
        5 agent:planner model_call_requested 1 step 0 turn 0 reserved $0.24
        > cap 1.1
        6 chain budget_cap_changed $3.00 to $1.10
        > answer 1 20000
        7 agent:planner model_call_settled 1 answered cost $0.24
        8 agent:planner model_call_requested 2 step 0 turn 1 reserved $0.24
        > answer 2 20000
        9 agent:planner model_call_settled 2 answered cost $0.24
        10 agent:planner model_call_requested 3 step 0 turn 2 reserved $0.24
        > answer 3 20000
        11 agent:planner model_call_settled 3 answered cost $0.24
        12 agent:planner model_call_requested 4 step 0 turn 3 reserved $0.24
        > answer 4 20000
        13 agent:planner model_call_settled 4 answered cost $0.24
        14 agent:planner deliverable_recorded 0
        15 agent:planner step_completed 0
        16 engine tripwire_tripped budget-surge spent-before-milestone-two Critical and halts
        17 engine mission_paused Tripwire
        > say 16 resume owner
        18 person:0e question_answered 16 resume
        19 engine mission_resumed Tripwire
        20 engine approval_requested 0 over 17 events
        21 agent:analyst step_started 1
        22 engine budget_exhausted step 1 needs $0.18 of $0.14
        23 engine mission_paused Budget
        > cap 1.3
        24 chain budget_cap_changed $1.10 to $1.30
        25 engine mission_resumed Budget
        26 agent:analyst model_call_requested 5 step 1 turn 0 reserved $0.18
        > answer 5 20000
        27 agent:analyst model_call_settled 5 answered cost $0.18
        28 engine tripwire_tripped budget-surge spent-before-milestone-two Critical and halts
        29 engine mission_paused Tripwire
        > say 28 false-alarm owner
        30 person:0e question_answered 28 false-alarm
        31 engine mission_resumed Tripwire
        32 engine budget_exhausted step 1 needs $0.18 of $0.16
        33 engine mission_paused Budget
        "#
    );
}

#[test]
fn a_step_whose_price_nobody_knows_spends_nothing() {
    let mut world = World::new(SMALL_JOB);
    world.create().unwrap();
    let mut created = MissionCreated::clone(&world.state().created);
    created.adapters.clear();
    let mut world = World::new(SMALL_JOB);
    world.begin(created);

    world.line("fund");
    world.tick();

    let asked = |payload: &Payload| matches!(payload, Payload::ModelCallRequested { .. });
    assert!(!world.events.iter().any(|event| asked(&event.payload)));
    assert!(world.state().pauses.contains(&PauseCause::Budget));
}
