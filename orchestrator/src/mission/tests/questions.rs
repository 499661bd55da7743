//! What waits for people: tripwires, validators' check-ins, and calls whose outcome nobody knows.

use insta::assert_snapshot;
use phase8_shared::id::Seq;
use phase8_shared::mission::{Answer, AnswerRole, MissionCreated, PauseCause};
use phase8_shared::money::MicroUsd;

use crate::testing::{SMALL_JOB, World, transcript, transcript_of, wallet};

#[test]
fn a_trip_halts_until_it_is_answered_and_nothing_else_leads_past_it() {
    assert_snapshot!(
        transcript(
            "create
             fund
             withhold 1 privacy-leak-detector critical 1000
             outbox
             tick
             cap 9
             pause
             resume
             recover
             say 7 finish-step owner
             say 7 reconcile:0 owner
             say 7 check-in v1
             say 6 resume owner
             say 7 resume owner 5
             outbox
             say 7 resume owner
             say 7 resume owner"
        ),
        @r#"
        > create
        1 operator:11 mission_created small-job with 3 steps, cap $3.00
        > fund
        2 chain escrow_funded 1,250 AGIα
        3 engine mission_launched
        4 agent:planner step_started 0
        5 agent:planner model_call_requested 1 step 0 turn 0 reserved $0.24
        > withhold 1 privacy-leak-detector critical 1000
        6 engine model_call_settled 1 withheld cost $0.012
        7 engine tripwire_tripped privacy-leak-detector rule Critical and halts
        8 engine mission_paused Tripwire
        > outbox
        ~ anchor 3
        > tick
        > cap 9
        9 chain budget_cap_changed $3.00 to $9.00
        > pause
        10 chain mission_paused Fleet
        > resume
        11 chain mission_resumed Fleet
        > recover
        > say 7 finish-step owner
        ! answer_refused: "finish-step" does not answer what entry 7 asks; open the mission again and choose one of its answers
        > say 7 reconcile:0 owner
        ! answer_refused: "reconcile:0" does not answer what entry 7 asks; open the mission again and choose one of its answers
        > say 7 check-in v1
        ! answer_refused: "check-in" does not answer what entry 7 asks; open the mission again and choose one of its answers
        > say 6 resume owner
        ! not_asked: entry 6 of the ledger asks nothing, or was answered before; open the mission again and look at what it asks now
        > say 7 resume owner 5
        ! approval_expired: the answer ended 2027-01-15T07:59:55Z; open the mission again and sign anew
        > outbox
        ~ anchor 3
        > say 7 resume owner
        12 person:0e question_answered 7 resume
        13 engine mission_resumed Tripwire
        14 agent:planner model_call_requested 2 step 0 turn 0 reserved $0.24
        > say 7 resume owner
        ! not_asked: entry 7 of the ledger asks nothing, or was answered before; open the mission again and look at what it asks now
        "#
    );
}

#[test]
fn every_trip_that_halts_wants_an_answer_of_its_own() {
    assert_snapshot!(
        transcript(
            "create
             fund
             answer 1
             answer 2
             answer 3
             answer 4
             withhold-twice 5
             say 18 resume operator
             say 18 false-alarm v1
             say 20 stop operator
             say 20 resume v2
             say 24 resume v2"
        ),
        @r#"
        > create
        1 operator:11 mission_created small-job with 3 steps, cap $3.00
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
        15 agent:analyst step_started 1
        16 agent:analyst model_call_requested 5 step 1 turn 0 reserved $0.18
        > withhold-twice 5
        17 engine model_call_settled 5 withheld cost $0.00
        18 engine tripwire_tripped toxicity-filter rule Warning and halts
        19 engine mission_paused Tripwire
        20 engine tripwire_tripped privacy-leak-detector rule Warning and halts
        21 engine approval_requested 0 over 16 events
        > say 18 resume operator
        ! own_mission: 0x1111111111111111111111111111111111111111 launched this mission and may not end its halt; the owner or a member of the guild must
        > say 18 false-alarm v1
        22 person:b1 question_answered 18 false-alarm
        > say 20 stop operator
        23 operator:11 question_answered 20 stop
        24 engine mission_paused Stopped
        > say 20 resume v2
        25 person:b2 question_answered 20 resume
        26 engine mission_resumed Tripwire
        > say 24 resume v2
        27 person:b2 question_answered 24 resume
        28 engine mission_resumed Stopped
        29 agent:analyst model_call_requested 6 step 1 turn 0 reserved $0.18
        "#
    );
}

#[test]
fn info_never_halts_and_a_detector_that_failed_always_does() {
    assert_snapshot!(
        transcript_of(
            &SMALL_JOB.replace(r#""haltOnTripwire": true"#, r#""haltOnTripwire": false"#),
            "create
             fund
             withhold 1 toxicity-filter critical
             withhold 2 detector-failed info
             say 10 resume owner"
        ),
        @r#"
        > create
        1 operator:11 mission_created small-job with 3 steps, cap $3.00
        > fund
        2 chain escrow_funded 1,250 AGIα
        3 engine mission_launched
        4 agent:planner step_started 0
        5 agent:planner model_call_requested 1 step 0 turn 0 reserved $0.24
        > withhold 1 toxicity-filter critical
        6 engine model_call_settled 1 withheld cost $0.00
        7 engine tripwire_tripped toxicity-filter rule Critical
        8 agent:planner model_call_requested 2 step 0 turn 0 reserved $0.24
        > withhold 2 detector-failed info
        9 engine model_call_settled 2 withheld cost $0.00
        10 engine tripwire_tripped detector-failed rule Info and halts
        11 engine mission_paused Tripwire
        > say 10 resume owner
        12 person:0e question_answered 10 resume
        13 engine mission_resumed Tripwire
        14 agent:planner model_call_requested 3 step 0 turn 0 reserved $0.24
        "#
    );
    assert_snapshot!(
        transcript(
            "create
             fund
             withhold 1 toxicity-filter info
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
        > withhold 1 toxicity-filter info
        6 engine model_call_settled 1 withheld cost $0.00
        7 engine tripwire_tripped toxicity-filter rule Info
        8 agent:planner model_call_requested 2 step 0 turn 0 reserved $0.24
        > say 7 false-alarm owner
        9 person:0e question_answered 7 false-alarm
        "#
    );
}

#[test]
fn this_was_wrong_is_kept_with_the_trip() {
    let mut world = World::new(SMALL_JOB);
    let judged = |world: &World| -> Vec<Option<bool>> {
        world.state().trips.iter().map(|trip| trip.judged_wrong).collect()
    };
    for line in ["create", "fund", "withhold 1 toxicity-filter warning"] {
        world.line(line);
    }
    assert_eq!(judged(&world), [None]);
    world.line("say 7 stop operator");
    assert_eq!(judged(&world), [None]);
    world.line("say 7 false-alarm v1");
    assert_eq!(judged(&world), [Some(true)]);
    world.line("say 10 resume owner");
    world.line("withhold 2 toxicity-filter warning");
    world.line("say 17 resume owner");

    assert_eq!(judged(&world), [Some(true), Some(false)], "{}", world.transcript());
    assert!(world.state().questions.is_empty(), "{:?}", world.state().questions);
    world.assert_replays();
}

/// The guild must look at the blueprint.
fn watched() -> String {
    SMALL_JOB.replace(r#""requireValidatorCheckIn": false"#, r#""requireValidatorCheckIn": true"#)
}

#[test]
fn a_validator_has_one_interval_of_the_walls_clock_to_look_at_what_was_delivered() {
    assert_snapshot!(
        transcript_of(
            &watched(),
            "create
             fund
             answer 1
             answer 2
             answer 3
             answer 4
             wait 599
             wait 1
             outbox
             say 15 resume owner
             say 15 check-in v1"
        ),
        @r#"
        > create
        1 operator:11 mission_created small-job with 3 steps, cap $3.00
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
        15 engine validator_check_in_due 0
        16 agent:analyst step_started 1
        17 agent:analyst model_call_requested 5 step 1 turn 0 reserved $0.18
        > wait 599
        18 agent:analyst checked_in analyst #2 at 0 %
        19 engine approval_requested 0 over 17 events
        > wait 1
        20 engine validator_check_in_missed 15
        21 engine mission_paused CheckIn
        22 engine model_call_settled 5 cut off (no validator looked at what was delivered) cost $0.00
        > outbox
        ~ anchor 19
        > say 15 resume owner
        ! answer_refused: "resume" does not answer what entry 15 asks; open the mission again and choose one of its answers
        > say 15 check-in v1
        23 validator:b1 question_answered 15 check-in
        24 engine mission_resumed CheckIn
        25 agent:analyst model_call_requested 6 step 1 turn 0 reserved $0.18
        "#
    );
}

#[test]
fn who_approves_has_looked_before_or_after_the_check_in_was_missed() {
    assert_snapshot!(
        transcript_of(
            &watched(),
            "create
             fund
             answer 1
             answer 2
             answer 3
             answer 4
             tick
             wait 600
             approve 0 v1"
        ),
        @r#"
        > create
        1 operator:11 mission_created small-job with 3 steps, cap $3.00
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
        15 engine validator_check_in_due 0
        16 agent:analyst step_started 1
        17 agent:analyst model_call_requested 5 step 1 turn 0 reserved $0.18
        > tick
        18 engine approval_requested 0 over 17 events
        > wait 600
        19 agent:analyst checked_in analyst #2 at 0 %
        20 engine validator_check_in_missed 15
        21 engine mission_paused CheckIn
        22 engine model_call_settled 5 cut off (no validator looked at what was delivered) cost $0.00
        > approve 0 v1
        23 validator:b1 approval_given 0
        24 engine mission_resumed CheckIn
        25 agent:analyst model_call_requested 6 step 1 turn 0 reserved $0.18
        "#
    );
    let mut world = World::new(&watched());
    for line in ["create", "fund", "answer 1", "answer 2", "answer 3", "answer 4", "tick"] {
        world.line(line);
    }
    assert_eq!(world.state().questions.len(), 1);
    world.line("approve 0 v1");
    assert!(world.state().questions.is_empty());
    world.line("wait 601");
    assert!(!world.state().pauses.contains(&PauseCause::CheckIn), "{}", world.transcript());
}

#[test]
fn time_wakes_a_mission_when_a_validator_is_overdue_also_while_it_stands_still() {
    let mut world = World::new(&watched());
    for line in ["create", "fund", "answer 1", "answer 2", "answer 3", "answer 4", "tick", "pause"]
    {
        world.line(line);
    }
    let (elapsed, begun) = (world.state().clock.at(world.now), world.now);

    let wake = crate::mission::next_wake(world.state(), world.now).unwrap();

    assert_eq!(wake.since(begun), 600_000);
    world.now = wake;
    world.tick();
    let pauses: Vec<_> = world.state().pauses.iter().copied().collect();
    assert_eq!(pauses, [PauseCause::Fleet, PauseCause::CheckIn]);
    // The mission's own clock stood still all the while.
    assert_eq!(world.state().clock.at(world.now), elapsed);
    let next = crate::mission::next_wake(world.state(), world.now).unwrap();
    assert!(next > wake, "only the request for approval is left to run out");
}

#[test]
fn a_lost_call_is_charged_named_asked_anew_in_the_open_and_reconciled_by_the_owner() {
    assert_snapshot!(
        transcript(
            "create
             fund
             cap 0.4
             crash
             say 7 reconcile:240001 owner
             say 7 reconcile:5000 owner
             say 7 reconcile:5000 owner"
        ),
        @r#"
        > create
        1 operator:11 mission_created small-job with 3 steps, cap $3.00
        > fund
        2 chain escrow_funded 1,250 AGIα
        3 engine mission_launched
        4 agent:planner step_started 0
        5 agent:planner model_call_requested 1 step 0 turn 0 reserved $0.24
        > cap 0.4
        6 chain budget_cap_changed $3.00 to $0.40
        > crash
        7 engine model_call_settled 1 unknown cost $0.24
        8 engine budget_exhausted step 0 needs $0.24 of $0.16
        9 engine mission_paused Budget
        > say 7 reconcile:240001 owner
        ! answer_refused: $0.240001 is more than the $0.24 that was charged as the worst case; check the provider's bill
        > say 7 reconcile:5000 owner
        10 person:0e question_answered 7 reconcile:5000
        11 engine mission_resumed Budget
        12 agent:planner model_call_requested 2 step 0 turn 0 reserved $0.24 after 1 was lost
        > say 7 reconcile:5000 owner
        ! not_asked: entry 7 of the ledger asks nothing, or was answered before; open the mission again and look at what it asks now
        "#
    );
    let mut world = World::new(SMALL_JOB);
    for line in ["create", "fund", "crash", "lose 2", "say 6 reconcile:10000 owner"] {
        world.line(line);
    }
    let state = world.state();
    let step = &state.steps[0];
    assert_eq!((step.repeated, step.failures), (1, 2), "{}", world.transcript());
    // The second one stays charged at its worst case; what the owner knows of the first was given back.
    assert_eq!(state.budget.spent, MicroUsd::new(250_000));
    assert_eq!(state.agents[&step.plan.role].spent, MicroUsd::new(250_000));
    assert_eq!(state.questions.keys().copied().collect::<Vec<_>>(), [Seq(8)]);
}

#[test]
fn a_real_call_that_is_cut_off_is_unknown_and_a_rehearsed_one_costs_nothing() {
    for (rehearsal, spent) in [(true, 0), (false, 240_000)] {
        let mut world = World::new(SMALL_JOB);
        world.create().unwrap();
        let mut created = MissionCreated::clone(&world.state().created);
        created.rehearsal = rehearsal;
        let mut world = World::new(SMALL_JOB);
        world.begin(created);
        world.line("fund");
        world.line("pause");

        assert!(world.state().open_calls.is_empty());
        assert_eq!(world.state().budget.spent, MicroUsd::new(spent), "rehearsal: {rehearsal}");
        assert_eq!(world.state().questions.len(), usize::from(!rehearsal));
    }
}

#[test]
fn an_answer_with_too_many_words_or_after_the_end_is_refused() {
    let mut world = World::new(SMALL_JOB);
    for line in ["create", "fund", "withhold 1 toxicity-filter warning"] {
        world.line(line);
    }
    let answer = phase8_shared::api::AnswerQuestion {
        by: wallet("owner"),
        answer: Answer::Resume {},
        reason: "x".repeat(1_001),
        deadline: world.now.unix_seconds() + 60,
        signature: vec![1; 65].into(),
    };
    let say = crate::command::Command::Answer { question: Seq(7), answer };
    assert_snapshot!(
        world.command(say).unwrap_err(),
        @"the reason is longer than 1000 characters; say it in fewer words"
    );

    world.line("failed");
    assert_snapshot!(
        world.say(Seq(7), "resume", wallet("owner"), 0).unwrap_err(),
        @"mission 07070707070707070707070707070707 is over; nothing can be changed any more"
    );
}

#[test]
fn a_halt_is_ended_by_the_owner_or_the_guild_and_never_by_who_launched_the_mission() {
    for answer in [Answer::Resume {}, Answer::FalseAlarm {}] {
        assert_eq!(answer.may_be_given_by(), [AnswerRole::Owner, AnswerRole::Validator]);
    }
}

#[test]
fn who_launched_a_mission_ends_none_of_its_halts() {
    for answer in ["false-alarm", "resume"] {
        let says = format!("say 7 {answer} operator\nsay 7 {answer} owner");

        let told = transcript(&format!("create\nfund\nanswer 1 20001\n{says}"));

        assert!(told.contains("may not end its halt"), "{told}");
        assert_eq!(told.matches("question_answered").count(), 1, "{told}");
        assert!(told.contains("person:0e question_answered"), "{told}");
    }
}
