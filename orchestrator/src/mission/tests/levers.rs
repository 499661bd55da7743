//! Levers that steer agents: adapters, the co-pilot, summonses and tripwires.

use insta::assert_snapshot;

use crate::testing::{SMALL_JOB, World, transcript};

#[test]
fn another_adapter_answers_from_the_next_call_on_at_its_own_price() {
    assert_snapshot!(
        transcript(
            "create
             fund
             tick
             adapter mission steady-hand-32k cheaper by far
             answer 1 1000
             outbox
             answer 2 1000
             adapter mission plan back
             answer 3 1000"
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
        > adapter mission steady-hand-32k cheaper by far
        6 chain adapter_changed analyst and planner to steady-hand-32k (cheaper by far)
        > answer 1 1000
        7 agent:planner model_call_settled 1 answered cost $0.012
        8 agent:planner model_call_requested 2 step 0 turn 1 reserved $0.08
        > outbox
        ~ call 2 step 0 turn 1 steady-hand-32k
        ~ anchor 3
        > answer 2 1000
        9 agent:planner model_call_settled 2 answered cost $0.004
        10 agent:planner model_call_requested 3 step 0 turn 2 reserved $0.08
        > adapter mission plan back
        11 chain adapter_changed analyst and planner to plan rolled back
        > answer 3 1000
        12 agent:planner model_call_settled 3 answered cost $0.004
        13 agent:planner model_call_requested 4 step 0 turn 3 reserved $0.24
        "#
    );
}

#[test]
fn the_latest_change_that_covers_an_agent_counts_whatever_its_scope() {
    assert_snapshot!(
        transcript(
            "create
             adapter role:planner sentience-alpha
             adapter agent:planner code-savant-x
             adapter role:dev code-savant-x
             adapter mission steady-hand-32k
             fund
             tick"
        ),
        @r#"
        > create
        1 operator:11 mission_created small-job with 3 steps, cap $3.00
        > adapter role:planner sentience-alpha
        2 chain adapter_changed planner to sentience-alpha
        > adapter agent:planner code-savant-x
        3 chain adapter_changed planner to code-savant-x
        > adapter role:dev code-savant-x
        > adapter mission steady-hand-32k
        4 chain adapter_changed analyst and planner to steady-hand-32k
        > fund
        5 chain escrow_funded 1,250 AGIα
        6 engine mission_launched
        7 agent:planner step_started 0
        8 agent:planner model_call_requested 1 step 0 turn 0 reserved $0.08
        > tick
        "#
    );
}

#[test]
fn an_adapter_that_is_not_known_here_is_named_and_changes_nothing() {
    assert_snapshot!(
        transcript(
            "create
             fund
             adapter mission nobody-knows-it
             answer 1"
        ),
        @r#"
        > create
        1 operator:11 mission_created small-job with 3 steps, cap $3.00
        > fund
        2 chain escrow_funded 1,250 AGIα
        3 engine mission_launched
        4 agent:planner step_started 0
        5 agent:planner model_call_requested 1 step 0 turn 0 reserved $0.24
        > adapter mission nobody-knows-it
        6 chain adapter_not_used analyst and planner: no adapter with this key stands in model-adapters.json
        > answer 1
        7 agent:planner model_call_settled 1 answered cost $0.0012
        8 agent:planner model_call_requested 2 step 0 turn 1 reserved $0.24
        "#
    );
}

#[test]
fn a_cheaper_adapter_ends_a_pause_for_budget() {
    assert_snapshot!(
        transcript(
            "create
             fund
             cap 0.1
             answer 1
             adapter agent:planner steady-hand-32k"
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
        > adapter agent:planner steady-hand-32k
        10 chain adapter_changed planner to steady-hand-32k
        11 engine mission_resumed Budget
        12 agent:planner model_call_requested 2 step 0 turn 1 reserved $0.08
        "#
    );
}

#[test]
fn a_change_during_a_pause_is_kept_and_used_after_it() {
    assert_snapshot!(
        transcript(
            "create
             fund
             pause
             adapter mission steady-hand-32k
             resume
             failed
             adapter mission sentience-alpha"
        ),
        @r#"
        > create
        1 operator:11 mission_created small-job with 3 steps, cap $3.00
        > fund
        2 chain escrow_funded 1,250 AGIα
        3 engine mission_launched
        4 agent:planner step_started 0
        5 agent:planner model_call_requested 1 step 0 turn 0 reserved $0.24
        > pause
        6 chain mission_paused Fleet
        7 engine model_call_settled 1 cut off (the fleet was paused) cost $0.00
        > adapter mission steady-hand-32k
        8 chain adapter_changed analyst and planner to steady-hand-32k
        > resume
        9 chain mission_resumed Fleet
        10 agent:planner model_call_requested 2 step 0 turn 0 reserved $0.08
        > failed
        11 engine model_call_settled 2 cut off (the owner declared the mission failed) cost $0.00
        12 chain mission_failed it went wrong
        > adapter mission sentience-alpha
        "#
    );
}

#[test]
fn a_change_told_twice_changes_once() {
    let mut world = World::new(SMALL_JOB);
    world.line("create");
    world.line("adapter mission steady-hand-32k");
    let before = world.events.len();

    assert_eq!(world.switch_again().unwrap(), 0);

    assert_eq!(world.events.len(), before);
    world.assert_replays();
}

#[test]
fn while_the_co_pilot_is_required_each_step_of_an_agent_waits_for_a_person() {
    assert_snapshot!(
        transcript(
            "create
             co-pilot on
             fund
             tick
             wait 600
             release 1 operator
             release 9 operator
             release 0 operator 5
             release 0 v1
             release 0 v1
             release 0 operator
             answer 1"
        ),
        @r#"
        > create
        1 operator:11 mission_created small-job with 3 steps, cap $3.00
        > co-pilot on
        2 chain co_pilot_changed true
        > fund
        3 chain escrow_funded 1,250 AGIα
        4 engine mission_launched
        > tick
        > wait 600
        > release 1 operator
        ! step_not_held: step 1 does not wait for a person: the co-pilot is not required, or its turn has not come or is over; look at the mission again
        > release 9 operator
        ! not_found: there is no step 9; this mission has 3, counted from 0
        > release 0 operator 5
        ! approval_expired: the release ended 2027-01-15T08:09:55Z; open the mission again and sign anew
        > release 0 v1
        5 validator:b1 step_released 0
        6 agent:planner step_started 0
        7 agent:planner model_call_requested 1 step 0 turn 0 reserved $0.24
        > release 0 v1
        > release 0 operator
        > answer 1
        8 agent:planner model_call_settled 1 answered cost $0.0012
        9 agent:planner model_call_requested 2 step 0 turn 1 reserved $0.24
        "#
    );
}

#[test]
fn a_step_under_way_goes_on_and_the_next_waits_until_the_co_pilot_is_released() {
    assert_snapshot!(
        transcript(
            "create
             fund
             co-pilot on
             answer 1
             answer 2
             answer 3
             answer 4
             answer 5
             answer 6
             tick
             release 1 v2
             co-pilot off
             co-pilot on"
        ),
        @r#"
        > create
        1 operator:11 mission_created small-job with 3 steps, cap $3.00
        > fund
        2 chain escrow_funded 1,250 AGIα
        3 engine mission_launched
        4 agent:planner step_started 0
        5 agent:planner model_call_requested 1 step 0 turn 0 reserved $0.24
        > co-pilot on
        6 chain co_pilot_changed true
        > answer 1
        7 agent:planner model_call_settled 1 answered cost $0.0012
        8 agent:planner model_call_requested 2 step 0 turn 1 reserved $0.24
        > answer 2
        9 agent:planner model_call_settled 2 answered cost $0.0012
        10 agent:planner model_call_requested 3 step 0 turn 2 reserved $0.24
        > answer 3
        11 agent:planner model_call_settled 3 answered cost $0.0012
        12 agent:planner model_call_requested 4 step 0 turn 3 reserved $0.24
        > answer 4
        13 agent:planner model_call_settled 4 answered cost $0.0012
        14 agent:planner deliverable_recorded 0
        15 agent:planner step_completed 0
        > answer 5
        16 engine approval_requested 0 over 15 events
        > answer 6
        > tick
        > release 1 v2
        17 validator:b2 step_released 1
        18 agent:analyst step_started 1
        19 agent:analyst model_call_requested 5 step 1 turn 0 reserved $0.18
        > co-pilot off
        20 chain co_pilot_changed false
        > co-pilot on
        21 chain co_pilot_changed true
        "#
    );
}

#[test]
fn a_summons_is_told_with_its_acknowledgement_and_its_end_also_after_the_mission() {
    assert_snapshot!(
        transcript(
            "create
             fund
             summon 1
             acknowledge 1
             revoke 1
             failed
             summon 2"
        ),
        @r#"
        > create
        1 operator:11 mission_created small-job with 3 steps, cap $3.00
        > fund
        2 chain escrow_funded 1,250 AGIα
        3 engine mission_launched
        4 agent:planner step_started 0
        5 agent:planner model_call_requested 1 step 0 turn 0 reserved $0.24
        > summon 1
        6 chain validator_summoned 1
        > acknowledge 1
        7 chain summons_acknowledged 1
        > revoke 1
        8 chain summons_revoked 1
        > failed
        9 engine model_call_settled 1 cut off (the owner declared the mission failed) cost $0.00
        10 chain mission_failed it went wrong
        > summon 2
        11 chain validator_summoned 2
        "#
    );
}

#[test]
fn a_tripwire_is_told_as_one_also_on_top_of_a_plain_pause() {
    assert_snapshot!(
        transcript(
            "create
             fund
             pause
             tripwire
             tripwire
             pause
             resume
             tripwire
             resume"
        ),
        @r#"
        > create
        1 operator:11 mission_created small-job with 3 steps, cap $3.00
        > fund
        2 chain escrow_funded 1,250 AGIα
        3 engine mission_launched
        4 agent:planner step_started 0
        5 agent:planner model_call_requested 1 step 0 turn 0 reserved $0.24
        > pause
        6 chain mission_paused Fleet
        7 engine model_call_settled 1 cut off (the fleet was paused) cost $0.00
        > tripwire
        8 chain mission_paused Fleet by a tripwire
        > tripwire
        > pause
        > resume
        9 chain mission_resumed Fleet
        10 agent:planner model_call_requested 2 step 0 turn 0 reserved $0.24
        > tripwire
        11 chain mission_paused Fleet by a tripwire
        12 engine model_call_settled 2 cut off (the fleet was paused) cost $0.00
        > resume
        13 chain mission_resumed Fleet
        14 agent:planner model_call_requested 3 step 0 turn 0 reserved $0.24
        "#
    );
}
