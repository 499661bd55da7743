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
        @""
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
        @""
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
        @""
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
        @""
    );
}

#[test]
fn nothing_is_launched_while_the_fleet_is_paused() {
    let mut world = World::new(SMALL_JOB);
    let by = alloy_primitives::Address::ZERO;
    let evidence = world.evidence();
    world.fleet = Some(super::FleetPause { by, evidence });

    let refused = world.create();

    assert_snapshot!(refused.unwrap_err(), @"");
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
        @""
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
        @""
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
        @""
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
        @""
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
        @""
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
        @""
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
        @""
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
        @""
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
        matches!(outcome, phase8_shared::mission::Lifecycle::Closed { outcome: Outcome::Completed, .. })
    };
    assert!(done(&state.lifecycle), "{:?}", state.lifecycle);
    assert!(state.milestones.iter().all(|milestone| matches!(milestone.status, MilestoneStatus::Paid { .. })));
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
