//! A server that is frozen past its lease with an append on its way: another one takes over, and the one that wakes is refused.

use std::time::Duration;

use phase8_shared::api::{MissionView, routes};
use phase8_shared::id::MissionId;
use phase8_shared::mission::{Event, Payload};
use rustix::process::{Signal, kill_process};
use tokio::time::Instant;

use super::line::Line;
use super::postgres::until;
use super::stage::{Stage, fold, ledger};
use super::worker::Worker;

const MISSION: MissionId = MissionId::from_bytes([0xf0; 16]);
/// What a worker says whose append the store refused because of its epoch.
const REFUSED: &str = "was taken over by another engine";

fn settled(events: &[Event]) -> usize {
    let settled = |event: &&Event| matches!(event.payload, Payload::ModelCallSettled { .. });
    events.iter().filter(settled).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_was_frozen_in_the_middle_of_an_append_is_refused_when_it_wakes_and_follows()
{
    let stage = Stage::set().await;
    let (here, there) = (stage.ground(), stage.ground());
    let line = Line::to(&stage.postgres.url).await;
    let frozen = Worker::serve(&here, &[("DATABASE_URL", line.url())]).await;
    stage.model.hold("planner", 2);
    stage.launch(&frozen, MISSION).await;
    stage.model.asked("planner", 2, 1).await;
    // From here on nobody but the model has anything to tell.
    until("the anchor of the launch", async || {
        let anchored = |event: &Event| matches!(event.payload, Payload::CheckpointAnchored { .. });
        ledger(&frozen, MISSION).await.iter().any(anchored)
    })
    .await;

    // The model answers, and what came of it is on its way to the database when everything stands still.
    line.hold();
    stage.model.hold("planner", 3);
    stage.model.release("planner", 2);
    line.caught().await;
    kill_process(frozen.pid(), Signal::STOP).unwrap();
    let stopped = Instant::now();
    let other = stage.server(&there).await;
    stage.model.asked("planner", 3, 1).await;
    until("the answer to the repeated turn", async || {
        fold(&other, MISSION).await.open_calls.len() == 1
    })
    .await;
    let before = ledger(&other, MISSION).await;
    let stood_still = stopped.elapsed();

    kill_process(frozen.pid(), Signal::CONT).unwrap();
    line.let_go();
    until("the refusal", async || here.log().contains(REFUSED)).await;
    let awake = Instant::now();
    let mut looks = 0_usize;
    while awake.elapsed() < Duration::from_secs(1) {
        let now = ledger(&other, MISSION).await;
        assert_eq!(now, before, "the one that was frozen wrote");
        looks += 1;
    }
    let refusals = here.log().matches(REFUSED).count();
    assert!(
        here.log().contains("could not be renewed in time"),
        "it does not say that it was late:\n{}",
        here.log()
    );

    // It follows: what the other one writes from now on, it serves.
    stage.model.let_go();
    stage.model.asked("planner", 4, 1).await;
    until("the next answers", async || {
        settled(&ledger(&other, MISSION).await) > settled(&before) + 1
    })
    .await;
    let head = async |server: &Worker| {
        let view: MissionView = server.get(&routes::mission(MISSION)).await.unwrap();
        view.head
    };
    until("the same ledger", async || head(&frozen).await == head(&other).await).await;
    assert_eq!(here.log().matches(REFUSED).count(), refusals, "it went on trying");
    eprintln!(
        "frozen for {} ms with an append on its way: {refusals} refused, {looks} looks, nothing written by it",
        stood_still.as_millis()
    );
    assert!(refusals > 0 && looks > 0);
    frozen.kill().await;
    other.kill().await;
}
