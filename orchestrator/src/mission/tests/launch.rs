//! Launching and funding.

use insta::assert_snapshot;

use crate::command::Command;
use crate::mission::FleetPause;
use crate::testing::{SMALL_JOB, World, transcript};

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
    world.fleet = Some(FleetPause { by, tripwire: false, evidence });

    let refused = world.create();

    assert_snapshot!(refused.unwrap_err(), @"the fleet is paused; resume it with Pause Fleet before you launch");
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
