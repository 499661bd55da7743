//! Approvals and payment.

use insta::assert_snapshot;

use crate::testing::{SMALL_JOB, World, transcript, wallet};

#[test]
fn a_mission_runs_from_launch_to_payout() {
    assert_snapshot!(
        transcript(
            "create
             fund
             tick
             answer 1
             answer 2
             answer 3
             answer 4
             tick
             outbox
             approve 0 v2
             approve 0 v1
             outbox
             paid 0
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
        15 agent:analyst step_started 1
        16 agent:analyst model_call_requested 5 step 1 turn 0 reserved $0.18
        > tick
        17 engine approval_requested 0 over 16 events
        > outbox
        ~ call 5 step 1 turn 0 sentience-alpha
        ~ anchor 17
        > approve 0 v2
        18 validator:b2 approval_given 0
        > approve 0 v1
        19 validator:b1 approval_given 0
        > outbox
        ~ call 5 step 1 turn 0 sentience-alpha
        ~ release 0 signed by b1 b2
        ~ anchor 17
        > paid 0
        20 chain milestone_paid 0 400 AGIα
        > outbox
        ~ call 5 step 1 turn 0 sentience-alpha
        ~ anchor 20
        "#
    );
}

#[test]
fn approvals_that_do_not_hold_are_refused_in_words() {
    assert_snapshot!(
        transcript(
            "create
             fund
             tick
             approve 0 v1
             approve 7 v1
             answer 1
             answer 2
             answer 3
             answer 4
             tick
             approve 0 operator
             approve-until 0 v1 999999999
             approve-until 0 v1 0
             approve 0 v1
             approve 0 v1
             approve-until 0 v1 60
             approve 0 v2
             paid 0
             approve 0 v3
             paid 0
             failed
             approve 1 v1"
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
        > approve 0 v1
        ! not_awaiting_approval: milestone 0 has nothing to approve yet; wait until its deliverable is recorded
        > approve 7 v1
        ! not_found: there is no milestone 7; this mission has 2, counted from 0
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
        15 agent:analyst step_started 1
        16 agent:analyst model_call_requested 5 step 1 turn 0 reserved $0.18
        > tick
        17 engine approval_requested 0 over 16 events
        > approve 0 operator
        ! own_mission: 0x1111111111111111111111111111111111111111 launched this mission and may not approve it; another member of the guild must
        > approve-until 0 v1 999999999
        ! approval_expired: the approval's deadline 2799999999 is later than the request's 1800604800; sign with the request's deadline
        > approve-until 0 v1 0
        ! approval_expired: the approval ended 2027-01-15T08:00:00Z; open the mission again and sign what is asked for now
        > approve 0 v1
        18 validator:b1 approval_given 0
        > approve 0 v1
        > approve-until 0 v1 60
        ! not_awaiting_approval: 0xB1B1B1B1b1B1b1b1b1B1B1B1B1b1b1B1b1b1B1B1 has approved milestone 0 already; one signature a validator counts
        > approve 0 v2
        19 validator:b2 approval_given 0
        > paid 0
        20 chain milestone_paid 0 400 AGIα
        > approve 0 v3
        ! not_awaiting_approval: milestone 0 is paid already; nothing is left to approve
        > paid 0
        ! not_awaiting_approval: milestone 0 is paid already; nothing is left to approve
        > failed
        21 engine model_call_settled 5 cut off (the owner declared the mission failed) cost $0.00
        22 chain mission_failed it went wrong
        > approve 1 v1
        ! mission_closed: mission 07070707070707070707070707070707 is over; nothing can be changed any more
        "#
    );
}

#[test]
fn a_request_that_ran_out_is_made_again_and_its_signatures_are_void() {
    assert_snapshot!(
        transcript(
            "create
             fund
             tick
             answer 1
             answer 2
             answer 3
             answer 4
             tick
             approve 0 v1
             pause
             wait 604801
             outbox
             approve 0 v2
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
        15 agent:analyst step_started 1
        16 agent:analyst model_call_requested 5 step 1 turn 0 reserved $0.18
        > tick
        17 engine approval_requested 0 over 16 events
        > approve 0 v1
        18 validator:b1 approval_given 0
        > pause
        19 chain mission_paused Fleet
        20 engine model_call_settled 5 cut off (the fleet was paused) cost $0.00
        > wait 604801
        21 engine approval_requested 0 over 20 events
        > outbox
        ~ anchor 21
        > approve 0 v2
        22 validator:b2 approval_given 0
        > outbox
        ~ anchor 21
        "#
    );
}

#[test]
fn an_approval_that_comes_when_the_request_has_run_out_is_too_late() {
    let mut world = World::new(SMALL_JOB);
    for line in ["create", "fund", "answer 1", "answer 2", "answer 3", "answer 4", "tick"] {
        world.line(line);
    }
    world.now = world.now.plus_millis(7 * 86_400_000);

    let refused = world.approve(0, wallet("v1")).unwrap_err();

    assert_snapshot!(
        refused,
        @"the approval ended 2027-01-22T08:00:00Z; open the mission again and sign what is asked for now"
    );
}

#[test]
fn one_approval_of_two_releases_nothing() {
    let delivered = "create\nfund\nanswer 1\nanswer 2\nanswer 3\nanswer 4\ntick";

    let one = transcript(&format!("{delivered}\napprove 0 v1\noutbox"));
    let two = transcript(&format!("{delivered}\napprove 0 v1\napprove 0 v2\noutbox"));

    assert!(one.contains("approval_given 0") && !one.contains("~ release"), "{one}");
    assert!(two.contains("~ release 0 signed by b1 b2"), "{two}");
}
