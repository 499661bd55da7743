//! Scripts for the core: `assert_snapshot!(transcript(script), expected)`. A script is one command a line; what it gives is one event or refusal
//! a line. One world touches the API, so that a test states only what matters.

mod endpoint;
mod ledger;
mod line;
mod live;
mod mission;
mod rehearse;
mod world;

pub(crate) use endpoint::{Asked, FakeEndpoint, Part, Reply, delta, usage};
pub(crate) use ledger::{RealMission, chain};
pub(crate) use live::{Live, observed};
pub(crate) use mission::{
    CONFIG_JOB, OPERATOR, SMALL_JOB, adapters, launch_policy, log_parts, logs, request,
};
pub(crate) use rehearse::{rehearse, rehearse_on_a_busy_machine};
pub(crate) use world::{World, trip, wallet, withheld};

/// The transcript of a script on the small job.
pub(crate) fn transcript(script: &str) -> String {
    transcript_of(SMALL_JOB, script)
}

/// The transcript of a script on a job.
pub(crate) fn transcript_of(job: &str, script: &str) -> String {
    let mut world = World::new(job);
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        world.line(line);
    }
    world.assert_replays();
    world.transcript()
}
