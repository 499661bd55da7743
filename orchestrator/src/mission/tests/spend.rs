//! The promise about money: whatever agents, machines and people do, spend and what is held back stay under the cap.
#![expect(clippy::print_stdout, reason = "a promise is reported with the number of its checks")]

use std::sync::atomic::{AtomicU64, Ordering};

use alloy_primitives::Address;
use phase8_shared::id::{CallId, StepId};
use phase8_shared::mission::{
    Answer, Event, MissionCreated, MissionState, PlanStep, QuestionAbout, Work,
};
use phase8_shared::money::MicroUsd;
use proptest::prelude::*;

use crate::command::{CallEnd, Command};
use crate::testing::{SMALL_JOB, World, trip, wallet, withheld};

/// Agents that want to be called at once.
const AGENTS: u16 = 200;
/// Calls that the cap has room for.
const ROOM: u64 = 10;
/// The worst case of one of their calls.
const WORST: u64 = 240_000;

static CHECKS: AtomicU64 = AtomicU64::new(0);

fn many_agents(rehearsal: bool) -> MissionCreated {
    let mut world = World::new(SMALL_JOB);
    world.create().unwrap();
    let mut created = MissionCreated::clone(&world.state().created);
    let title = "Figures".to_owned();
    created.plan = (0..AGENTS)
        .map(|index| {
            let role = format!("agent-{index}");
            PlanStep {
                id: StepId(index),
                role: role.parse().unwrap(),
                title: title.clone(),
                checkpoint: format!("{role}:figures").parse().unwrap(),
                needs: Vec::new(),
                work: Work::Agent { adapter: "gpt-elite-256k".into(), turns: 3, minutes: 60 },
                milestone: None,
            }
        })
        .collect();
    created.terms.budget_cap = MicroUsd::new(WORST * ROOM);
    created.rehearsal = rehearsal;
    created
}

/// Folds what is new and checks the promise after every single event.
fn check(folded: &mut Option<MissionState>, seen: &mut usize, events: &[Event]) {
    for event in &events[*seen..] {
        match folded {
            Some(state) => state.apply(event),
            None => *folded = MissionState::begin(event),
        }
        let state = folded.as_ref().unwrap();
        let budget = state.budget;
        let committed = budget.spent.get() + budget.reserved.get();
        assert!(committed <= WORST * ROOM, "{} after {event:?}", MicroUsd::new(committed));
        let held: u64 = state.open_calls.values().map(|open| open.reserved.get()).sum();
        assert_eq!(held, budget.reserved.get(), "after {event:?}");
        CHECKS.fetch_add(2, Ordering::Relaxed);
    }
    *seen = events.len();
    let state = folded.as_ref().unwrap();
    assert!(state.pauses.is_empty() || state.open_calls.is_empty(), "a session outlived a pause");
    CHECKS.fetch_add(1, Ordering::Relaxed);
}

/// One thing that befalls the mission, made from three numbers.
fn befall(world: &mut World, (what, which, tokens): (u8, usize, u64)) {
    let open: Vec<CallId> = world.state().open_calls.keys().copied().collect();
    let call = open.get(which % open.len().max(1)).copied();
    let settle = |world: &mut World, end| {
        if let Some(call) = call {
            world.command(Command::Settle { call, end }).unwrap();
        }
    };
    match what {
        0..40 => {
            if let Some(call) = call {
                world.answer(call, tokens).unwrap();
            }
        }
        40..50 => settle(world, CallEnd::Failed { reason: "no answer".into() }),
        50..55 => settle(world, CallEnd::Lost {}),
        55..60 => {
            let severity = if tokens % 2 == 0 { "info" } else { "critical" };
            settle(world, withheld(tokens, vec![trip("toxicity-filter", severity)]));
        }
        60..64 => world.crash(),
        64..66 => {
            world.command(Command::Stop).unwrap();
            world.crash();
        }
        66..68 => world.line("pause"),
        68..72 => world.line("resume"),
        72..96 => answer_a_question(world, which, tokens),
        _ => world.now = world.now.plus_millis(tokens * 10),
    }
}

fn answer_a_question(world: &mut World, which: usize, tokens: u64) {
    let asked = world.state().questions.iter().nth(which % world.state().questions.len().max(1));
    let Some((question, about)) = asked.map(|(seq, question)| (*seq, question.about.clone()))
    else {
        return;
    };
    let answer = match about {
        QuestionAbout::Budget { .. } if tokens.is_multiple_of(8) => Answer::Stop {},
        QuestionAbout::Budget { .. } => Answer::FinishStep {},
        QuestionAbout::Trip { .. } | QuestionAbout::Stopped {} => Answer::Resume {},
        QuestionAbout::CheckIn { .. } => Answer::CheckIn {},
        QuestionAbout::UnknownCall { charged, .. } => {
            Answer::Reconcile { cost: MicroUsd::new(charged.get().min(tokens * 12)) }
        }
    };
    let by: Address = wallet("owner");
    // A refusal is as good an answer as any: it spends nothing.
    let _ = world.say(question, &answer.to_string(), by, 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn two_hundred_agents_never_spend_more_than_the_cap(
        rehearsal: bool,
        story in proptest::collection::vec((0_u8..100, any::<usize>(), 0_u64..21_000), 1..160),
    ) {
        let mut world = World::new(SMALL_JOB);
        world.begin(many_agents(rehearsal));
        world.line("fund");
        world.tick();
        prop_assert_eq!(world.state().open_calls.len() as u64, ROOM);
        prop_assert_eq!(world.state().steps.iter().filter(|step| step.status.is_working()).count(), 200);
        let (mut folded, mut seen) = (None, 0);
        check(&mut folded, &mut seen, &world.events);
        for event in story {
            befall(&mut world, event);
            world.tick();
            check(&mut folded, &mut seen, &world.events);
        }
        prop_assert_eq!(folded, world.state.clone());
        println!("{} checks of spend against the cap so far", CHECKS.load(Ordering::Relaxed));
    }
}
