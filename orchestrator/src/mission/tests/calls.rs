//! Model calls: budget, pauses, failures and restarts.

use insta::assert_snapshot;
use phase8_shared::id::CallId;

use crate::command::{CallEnd, Command};
use crate::testing::{SMALL_JOB, World, transcript};

#[test]
fn a_pause_cuts_off_calls_in_the_same_append_and_a_resume_asks_again() {
    assert_snapshot!(
        transcript(
            "create
             fund
             tick
             pause
             again
             tick
             answer 1
             outbox
             resume
             outbox"
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
        > pause
        6 chain mission_paused Fleet
        7 engine model_call_settled 1 cut off (the fleet was paused) cost $0.00
        > again
        > tick
        > answer 1
        > outbox
        ~ anchor 3
        > resume
        8 chain mission_resumed Fleet
        9 agent:planner model_call_requested 2 step 0 turn 0 reserved $0.24
        > outbox
        ~ call 2 step 0 turn 0 gpt-elite-256k
        ~ anchor 3
        "#
    );
}

#[test]
fn a_cap_that_leaves_no_room_pauses_and_a_higher_one_resumes() {
    assert_snapshot!(
        transcript(
            "create
             fund
             tick
             cap 0.1
             answer 1
             cap 0.2
             cap 5"
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
        > cap 0.1
        6 chain budget_cap_changed $3.00 to $0.10
        > answer 1
        7 agent:planner model_call_settled 1 answered cost $0.0012
        8 engine budget_exhausted step 0 needs $0.24 of $0.0988
        9 engine mission_paused Budget
        > cap 0.2
        10 chain budget_cap_changed $0.10 to $0.20
        > cap 5
        11 chain budget_cap_changed $0.20 to $5.00
        12 engine mission_resumed Budget
        13 agent:planner model_call_requested 2 step 0 turn 1 reserved $0.24
        "#
    );
}

#[test]
fn after_a_crash_open_calls_are_unknown_at_their_worst_case_and_the_turn_is_asked_again() {
    assert_snapshot!(
        transcript(
            "create
             fund
             tick
             recover
             outbox"
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
        > recover
        6 engine model_call_settled 1 unknown cost $0.24
        7 agent:planner model_call_requested 2 step 0 turn 0 reserved $0.24 after 1 was lost
        > outbox
        ~ call 2 step 0 turn 0 gpt-elite-256k
        ~ anchor 3
        "#
    );
}

#[test]
fn an_orderly_stop_cuts_off_calls_and_asks_for_nothing_new() {
    assert_snapshot!(
        transcript(
            "create
             fund
             tick
             stop
             outbox
             recover"
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
        > stop
        6 engine model_call_settled 1 cut off (the engine was stopped) cost $0.00
        > outbox
        ~ anchor 3
        > recover
        7 agent:planner model_call_requested 2 step 0 turn 0 reserved $0.24
        "#
    );
}

#[test]
fn a_call_that_keeps_failing_is_asked_again_ever_later() {
    assert_snapshot!(
        transcript(
            "create
             fund
             tick
             fail 1
             fail 2
             tick
             wait 1
             fail 3
             wait 1
             wait 1"
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
        > fail 1
        6 engine model_call_settled 1 failed (no answer) cost $0.00
        7 agent:planner model_call_requested 2 step 0 turn 0 reserved $0.24
        > fail 2
        8 engine model_call_settled 2 failed (no answer) cost $0.00
        > tick
        > wait 1
        9 agent:planner model_call_requested 3 step 0 turn 0 reserved $0.24
        > fail 3
        10 engine model_call_settled 3 failed (no answer) cost $0.00
        > wait 1
        > wait 1
        11 agent:planner model_call_requested 4 step 0 turn 0 reserved $0.24
        "#
    );
}

#[test]
fn a_claim_of_more_tokens_than_were_reserved_is_not_believed_and_trips() {
    assert_snapshot!(
        transcript(
            "create
             fund
             tick
             answer 1 20001
             say 7 false-alarm owner"
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
        > answer 1 20001
        6 engine model_call_settled 1 failed (the adapter claims 20001 tokens, more than the call could use) cost $0.24
        7 engine tripwire_tripped budget-guard claims-too-much Critical and halts
        8 engine mission_paused Tripwire
        > say 7 false-alarm owner
        9 person:0e question_answered 7 false-alarm
        10 engine mission_resumed Tripwire
        11 agent:planner model_call_requested 2 step 0 turn 0 reserved $0.24
        "#
    );
}

#[test]
fn an_answer_to_a_call_that_was_never_asked_changes_nothing() {
    let mut world = World::new(SMALL_JOB);
    world.create().unwrap();

    let end = CallEnd::Failed { reason: String::new() };
    let count = world.command(Command::Settle { call: CallId(9), end }).unwrap();

    assert_eq!(count, 0);
}
