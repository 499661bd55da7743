//! Live ledgers whose connection breaks again and again: every event once, in order.

use futures_util::StreamExt;
use phase8_shared::api::routes;
use phase8_shared::id::{MissionId, Seq};
use phase8_shared::mission::Event;

use super::dice::{Dice, number};
use super::people::People;
use super::worker::{Ground, Trouble, Worker};

/// Follows a ledger to the mission's end over connections that last for a random number of bytes. It knows nothing but
/// the number of the last event that it received whole, as a browser does.
async fn follow(worker: &Worker, mission: MissionId, mut dice: Dice) -> (Vec<Event>, u64) {
    let mut events: Vec<Event> = Vec::new();
    let mut last: Option<String> = None;
    let mut connections = 0;
    loop {
        connections += 1;
        let mut request = worker.client().get(worker.at(&routes::stream(mission, Seq::ZERO)));
        if let Some(id) = &last {
            request = request.header("last-event-id", id);
        }
        let Ok(answer) = request.send().await else { continue };
        let mut chunks = answer.bytes_stream();
        let (mut text, mut left) = (Vec::new(), dice.between(1, 6_000));
        while let Some(Ok(chunk)) = chunks.next().await {
            // The connection breaks in the middle of a chunk as well.
            let taken = chunk.len().min(usize::try_from(left).unwrap());
            text.extend_from_slice(&chunk[..taken]);
            left -= taken as u64;
            while let Some(end) = text.windows(2).position(|two| two == b"\n\n") {
                let frame = String::from_utf8(text.drain(..end + 2).collect()).unwrap();
                let field = |name: &str| {
                    frame.lines().find_map(|line| line.strip_prefix(name)).map(str::trim)
                };
                let (Some(id), Some(data)) = (field("id:"), field("data:")) else { continue };
                last = Some(id.to_owned());
                events.push(serde_json::from_str(data).unwrap());
                if matches!(
                    events.last().unwrap().payload,
                    phase8_shared::mission::Payload::MissionCompleted {}
                ) {
                    return (events, connections);
                }
            }
            if left == 0 {
                break;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_live_ledger_over_broken_connections_has_every_event_once_and_in_order() {
    let seed = number("PHASE8_SEED", 20_261_123);
    let ground = Ground::new();
    let worker = Worker::start(&ground, &[]).await;
    let mut people = People::new(seed);
    people.act(&worker).await.unwrap();
    let missions = people.missions().to_vec();
    let followers = missions.iter().zip(seed..).flat_map(|(mission, seed)| {
        let worker = &worker;
        (0..4).map(move |more| follow(worker, *mission, Dice::new(seed * 10 + more)))
    });
    let acting = async {
        while missions.iter().any(|mission| people.missions().contains(mission)) {
            if let Err(Trouble::Refused(status, words)) = people.act(&worker).await {
                panic!("{status}: {words}");
            }
        }
    };

    let (outcome, ()) = tokio::join!(futures_util::future::join_all(followers), acting);

    let (mut checks, mut connections) = (0, 0);
    for ((events, times), mission) in outcome.iter().zip(missions.iter().flat_map(|id| [id; 4])) {
        let ledger = People::read(&worker, *mission).await.unwrap().unwrap();
        assert_eq!(events, &ledger[..events.len()]);
        checks += events.len();
        connections += times;
    }
    eprintln!("live ledgers: {checks} events checked over {connections} connections, seed {seed}");
    assert!(checks > 500 && connections > 50);
    worker.kill().await;
}
