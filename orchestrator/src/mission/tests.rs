//! The core, script by script.

use insta::assert_snapshot;
use phase8_shared::id::CallId;
use phase8_shared::mission::{MilestoneStatus, Outcome, Payload};
use phase8_shared::money::MicroUsd;
use proptest::prelude::*;

use crate::command::{CallEnd, Command};
use crate::mission::next_wake;
use crate::testing::{CONFIG_JOB, SMALL_JOB, World, rehearse, transcript};

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
fn a_mission_launches_only_from_exactly_its_own_funding() {
    assert_snapshot!(
        transcript(
            "create
             fund stranger
             fund short
             fund other-terms
             fund
             fund"
        ),
        @r#"
        > create
        1 operator:11 mission_created small-job with 3 steps, cap $3.00
        > fund stranger
        ! offer_refused: the escrow was funded by 0x5e5E5e5e5E5e5E5E5e5E5E5e5e5E5E5E5e5E5E5e instead of the operator 0x1111111111111111111111111111111111111111; the mission does not launch from it
        > fund short
        ! offer_refused: the escrow holds 0 AGIα instead of 1,250 AGIα; the mission does not launch from it
        > fund other-terms
        ! offer_refused: the escrow was funded under other terms than this mission's; the mission does not launch from it
        > fund
        2 chain escrow_funded 1,250 AGIα
        3 engine mission_launched
        4 agent:planner step_started 0
        5 agent:planner model_call_requested 1 step 0 turn 0 reserved $0.24
        > fund
        ! offer_refused: the escrow of this mission was funded before; the chain names another transaction now, so look at its history
        "#
    );
}

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
        7 engine model_call_settled 1 failed (cut off: the fleet was paused) cost $0.00
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
fn a_mission_that_is_funded_while_the_fleet_is_paused_launches_paused() {
    assert_snapshot!(
        transcript(
            "create
             pause
             fund
             tick
             outbox
             resume"
        ),
        @r#"
        > create
        1 operator:11 mission_created small-job with 3 steps, cap $3.00
        > pause
        2 chain mission_paused Fleet
        > fund
        3 chain escrow_funded 1,250 AGIα
        4 engine mission_launched
        > tick
        > outbox
        ~ anchor 4
        > resume
        5 chain mission_resumed Fleet
        6 agent:planner step_started 0
        7 agent:planner model_call_requested 1 step 0 turn 0 reserved $0.24
        "#
    );
}

#[test]
fn nothing_is_launched_while_the_fleet_is_paused() {
    let mut world = World::new(SMALL_JOB);
    let by = alloy_primitives::Address::ZERO;
    let evidence = world.evidence();
    world.fleet = Some(super::FleetPause { by, evidence });

    let refused = world.create();

    assert_snapshot!(refused.unwrap_err(), @"the fleet is paused; resume it with Pause Fleet before you launch");
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
        7 agent:planner model_call_requested 2 step 0 turn 0 reserved $0.24
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
        6 engine model_call_settled 1 failed (cut off: the engine was stopped) cost $0.00
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
fn an_agent_that_is_silent_for_too_long_is_named() {
    assert_snapshot!(
        transcript(
            "create
             fund
             tick
             wait 10
             wait 10
             wait 10
             answer 1
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
        > answer 1
        9 agent:planner model_call_settled 1 answered cost $0.0012
        10 agent:planner model_call_requested 2 step 0 turn 1 reserved $0.24
        > wait 10
        11 agent:planner checked_in planner #4 at 25 %
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
        21 engine model_call_settled 5 failed (cut off: the owner declared the mission failed) cost $0.00
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
        20 engine model_call_settled 5 failed (cut off: the fleet was paused) cost $0.00
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
fn a_claim_of_more_tokens_than_were_reserved_is_not_believed() {
    assert_snapshot!(
        transcript(
            "create
             fund
             tick
             answer 1 20001"
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
        7 agent:planner model_call_requested 2 step 0 turn 0 reserved $0.24
        "#
    );
}

#[test]
fn a_fact_that_was_seen_before_changes_nothing() {
    let mut world = World::new(SMALL_JOB);
    world.create().unwrap();
    let evidence = world.evidence();
    let observed = phase8_shared::chain::Observed { evidence, fact: world.funding() };

    let first = world.command(Command::Observe(observed.clone())).unwrap();
    let second = world.command(Command::Observe(observed)).unwrap();

    assert!(first > 0);
    assert_eq!(second, 0);
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
        }
        prop_assert_eq!(phase8_shared::mission::MissionState::fold(&world.events), world.state.clone());
        let gapless = world.events.iter().zip(1..).all(|(event, seq)| event.seq.0 == seq);
        prop_assert!(gapless);
    }
}

#[test]
fn an_answer_to_a_call_that_was_never_asked_changes_nothing() {
    let mut world = World::new(SMALL_JOB);
    world.create().unwrap();

    let end = CallEnd::Failed { reason: String::new() };
    let count = world.command(Command::Settle { call: CallId(9), end }).unwrap();

    assert_eq!(count, 0);
}
