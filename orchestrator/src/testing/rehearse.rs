//! A whole mission in virtual time: agents answer as the rehearsal does, validators approve and the chain pays at once.

use phase8_shared::chain::{ChainEffect, ChainFact};
use phase8_shared::id::CallId;
use phase8_shared::mission::Work;
use phase8_shared::time::{MissionTime, Timestamp};

use super::world::{MISSION, World, wallet};
use crate::mission::{Effect, next_wake};

/// Runs a job to its end and answers the world after it.
pub(crate) fn rehearse(job: &str, scale: u32) -> World {
    rehearse_on_a_busy_machine(job, scale, std::iter::empty())
}

/// The same on a machine that does things so many milliseconds late, one after the other.
pub(crate) fn rehearse_on_a_busy_machine(
    job: &str,
    scale: u32,
    mut late: impl Iterator<Item = u64>,
) -> World {
    let mut world = World::new(job);
    world.scale = scale;
    world.create().unwrap();
    let funding = world.funding();
    world.observe(funding).unwrap();
    world.tick();
    for _ in 0..100_000 {
        if world.state().is_closed() && world.effects().is_empty() {
            world.assert_replays();
            return world;
        }
        step(&mut world, &mut late);
        world.tick();
    }
    panic!("the mission does not end:\n{}", world.transcript());
}

/// Does the next thing that happens: at once what needs no time, else whatever comes first.
fn step(world: &mut World, late: &mut impl Iterator<Item = u64>) {
    let mut calls: Vec<(Timestamp, CallId)> = Vec::new();
    for effect in world.effects() {
        match effect {
            Effect::CompileDossier { step } => {
                world.dossier(step).unwrap();
                return;
            }
            Effect::Chain(ChainEffect::AnchorCheckpoint { tree, .. }) => {
                let fact = ChainFact::CheckpointAnchored { mission: MISSION.key(), tree };
                world.observe(fact).unwrap();
                return;
            }
            Effect::Chain(ChainEffect::ReleaseMilestone { milestone, .. }) => {
                world.paid(milestone.0).unwrap();
                return;
            }
            Effect::CallModel { call, .. } => calls.push((answered_at(world, call), call)),
        }
    }
    let awaiting: Vec<u8> =
        world.state().awaiting_approval().map(|milestone| milestone.index.0).collect();
    if let Some(milestone) = awaiting.first() {
        world.approve(*milestone, wallet("v1")).unwrap();
        world.approve(*milestone, wallet("v2")).unwrap();
        return;
    }
    let wake = next_wake(world.state(), world.now);
    match (calls.into_iter().min(), wake) {
        (Some((at, call)), wake) if wake.is_none_or(|wake| at <= wake) => {
            world.now = at.max(world.now).plus_millis(late.next().unwrap_or(0));
            world.answer(call, 1_500).unwrap();
        }
        (_, Some(wake)) => world.now = wake.plus_millis(late.next().unwrap_or(0)),
        (_, None) => panic!("nothing happens any more:\n{}", world.transcript()),
    }
}

fn answered_at(world: &World, call: CallId) -> Timestamp {
    let state = world.state();
    let open = &state.open_calls[&call];
    let millis = match state.step(open.step).unwrap().plan.work {
        Work::Agent { turns, minutes, .. } => {
            MissionTime::from_minutes(minutes).millis() / u64::from(turns)
        }
        Work::SignOff => 0,
    };
    state.clock.when(open.since.plus_millis(millis)).unwrap()
}
