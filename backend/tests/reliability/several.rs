//! Several workers on one `PostgreSQL`: killed, frozen and woken, they take over each other's missions.

use std::time::Duration;

use phase8_shared::api::{MissionView, routes};
use phase8_shared::id::MissionId;
use phase8_shared::mission::{CallOutcome, Event, Payload, Work};
use rustix::process::{Signal, kill_process};
use tokio::time::Instant;

use super::dice::{Dice, number};
use super::people::People;
use super::postgres::{Postgres, until};
use super::worker::{Ground, Trouble, Worker};

async fn worker(ground: &Ground, postgres: &Postgres) -> Worker {
    Worker::start(ground, &[("DATABASE_URL", &postgres.url)]).await
}

async fn ledger(worker: &Worker, mission: MissionId) -> Vec<Event> {
    People::read(worker, mission).await.unwrap().unwrap_or_default()
}

fn unknown(events: &[Event]) -> usize {
    let unknown = |event: &&Event| {
        matches!(event.payload, Payload::ModelCallSettled { outcome: CallOutcome::Unknown {}, .. })
    };
    events.iter().filter(unknown).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_was_frozen_past_its_lease_writes_nothing_when_it_wakes() {
    let postgres = Postgres::start();
    let (here, there) = (Ground::new(), Ground::new());
    let frozen = worker(&here, &postgres).await;
    let mut people = People::new(number("PHASE8_SEED", 20_261_123));
    // A look at the plan tells how fast a clock makes the first call take four seconds.
    people.scale = 1;
    people.act(&frozen).await.unwrap();
    let probe = ledger(&frozen, people.missions()[0]).await;
    let Payload::MissionCreated(created) = &probe[0].payload else { panic!("a mission begins") };
    let Work::Agent { turns, minutes, .. } = created.plan[0].work else {
        panic!("an agent begins")
    };
    let millis = u64::from(minutes) * 60_000 * 120 / 100 / u64::from(turns);
    let mut people = People::new(number("PHASE8_SEED", 20_261_124));
    people.scale = u32::try_from(millis / 4_000).unwrap();
    people.act(&frozen).await.unwrap();
    people.act(&frozen).await.unwrap();
    let missions = people.missions().to_vec();
    for mission in &missions {
        let asked = async || {
            let events = ledger(&frozen, *mission).await;
            events.iter().any(|event| matches!(event.payload, Payload::ModelCallRequested { .. }))
        };
        until("the first call", asked).await;
    }

    kill_process(frozen.pid(), Signal::STOP).unwrap();
    let other = worker(&there, &postgres).await;
    let taken = async || {
        let mut all = true;
        for mission in &missions {
            all &= unknown(&ledger(&other, *mission).await) == 1;
        }
        all
    };
    until("the takeover", taken).await;
    let mut before = Vec::new();
    for mission in &missions {
        before.push(ledger(&other, *mission).await);
    }
    let taken_over = Instant::now();
    kill_process(frozen.pid(), Signal::CONT).unwrap();
    // It is awake when it answers; what its calls brought is with it then.
    for mission in &missions {
        let _awake: MissionView = frozen.get(&routes::mission(*mission)).await.unwrap();
    }
    let mut checks = 0;
    while taken_over.elapsed() < Duration::from_secs(2) {
        for (mission, before) in missions.iter().zip(&before) {
            let now = ledger(&other, *mission).await;
            let settled = |events: &[Event]| {
                events
                    .iter()
                    .filter(|event| matches!(event.payload, Payload::ModelCallSettled { .. }))
                    .count()
            };
            assert_eq!(settled(&now), settled(before), "the one that was frozen wrote");
            checks += 1;
        }
    }
    // And it serves what the other one writes.
    for mission in &missions {
        let head = async |worker: &Worker| {
            let view: MissionView = worker.get(&routes::mission(*mission)).await.unwrap();
            view.head
        };
        until("the same ledger", async || head(&frozen).await == head(&other).await).await;
    }
    let leads: bool = frozen.get(routes::INTERNAL_LEADS).await.unwrap();
    assert!(!leads, "two workers act on the chain");
    eprintln!("frozen past its lease and woken: {checks} looks, nothing written by it");
    assert!(checks > 0);
    frozen.kill().await;
    other.kill().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_on_one_database_that_are_killed_in_turn_finish_each_others_missions() {
    let seed = number("PHASE8_SEED", 20_261_123);
    let rounds = number("PHASE8_ROUNDS", 12).div_ceil(4);
    let postgres = Postgres::start();
    let grounds = [Ground::new(), Ground::new()];
    let mut dice = Dice::new(seed);
    let mut people = People::new(seed);
    people.scale = 5_000;
    let mut survivor = worker(&grounds[0], &postgres).await;

    for round in 0..rounds {
        let ground = &grounds[usize::try_from((round + 1) % 2).unwrap()];
        let next = worker(ground, &postgres).await;
        let (begun, lives) = (Instant::now(), Duration::from_millis(dice.between(100, 1_500)));
        while begun.elapsed() < lives {
            act(&mut people, &survivor).await;
            act(&mut people, &next).await;
        }
        survivor.kill().await;
        survivor = next;
    }
    let completed = people.completed;
    until("the end of the last missions", async || {
        act(&mut people, &survivor).await;
        people.completed >= completed + 3
    })
    .await;

    people.check(&survivor, true).await.unwrap();
    let count = people.oracle.count;
    eprintln!(
        "PostgreSQL, killed in turn: {rounds} rounds, seed {seed}: {} checks, {} missions completed; {} lost, {} repeated, {} overspent, {} paid twice",
        count.checks,
        people.completed,
        count.lost,
        count.repeated,
        count.overspent,
        count.paid_twice
    );
    assert!(count.checks > 100);
    assert_eq!((count.lost, count.repeated, count.overspent, count.paid_twice), (0, 0, 0, 0));
    survivor.kill().await;
}

async fn act(people: &mut People, worker: &Worker) {
    match people.act(worker).await {
        Ok(()) | Err(Trouble::Gone) => {}
        Err(Trouble::Refused(status, words)) => panic!("{status}: {words}"),
    }
}
