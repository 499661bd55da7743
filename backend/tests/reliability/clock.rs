//! Workers whose machines show another day than the database, and whose clocks are set in the middle of missions. The clock
//! of each process is set by `libfaketime`; the database's own is left alone.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use phase8_shared::id::MissionId;
use phase8_shared::mission::{CallOutcome, Event, MissionState, Payload};
use tokio::time::Instant;

use super::dice::number;
use super::people::People;
use super::postgres::{Postgres, until};
use super::worker::{Ground, Trouble, Worker};

const DAY_MILLIS: u64 = 24 * 3_600 * 1_000;
/// What was taken over is at its end after a few seconds; a busy machine may take longer.
const PATIENCE: Duration = Duration::from_mins(2);

/// The library that lets a process see another time.
fn library() -> PathBuf {
    let libraries = ["/usr/lib", "/usr/local/lib"].map(Path::new);
    let below = libraries.iter().filter_map(|folder| folder.read_dir().ok()).flatten();
    let below = below.filter_map(Result::ok).map(|entry| entry.path());
    let folders = libraries.iter().map(|folder| folder.to_path_buf()).chain(below);
    let mut places = folders.map(|folder| folder.join("faketime/libfaketimeMT.so.1"));
    places.find(|place| place.is_file()).expect(
        "libfaketime is missing; `cargo xtask setup` installs it (Debian calls it: libfaketime)",
    )
}

/// A worker whose clock can be set.
struct Clocked {
    ground: Ground,
    worker: Worker,
}

impl Clocked {
    async fn start(postgres: &Postgres) -> Self {
        let ground = Ground::new();
        let file = ground.path("clock");
        std::fs::write(&file, "+0").unwrap();
        let library = library();
        let settings = [
            ("DATABASE_URL", postgres.url.as_str()),
            ("LD_PRELOAD", library.to_str().unwrap()),
            ("FAKETIME_TIMESTAMP_FILE", file.to_str().unwrap()),
            ("FAKETIME_NO_CACHE", "1"),
            // A clock that is set is the wall's; what measures how long something took goes on as it did.
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
            ("FAKETIME_DONT_RESET", "1"),
        ];
        let worker = Worker::start(&ground, &settings).await;
        Self { ground, worker }
    }

    /// Sets its clock off by so many days.
    fn set(&self, days: i64) {
        let (half, file) = (self.ground.path("clock.half"), self.ground.path("clock"));
        std::fs::write(&half, format!("{days:+}d")).unwrap();
        std::fs::rename(half, file).unwrap();
    }
}

async fn act(people: &mut People, worker: &Worker) {
    match people.act(worker).await {
        Ok(()) => {}
        Err(Trouble::Gone) => panic!("nobody killed it"),
        Err(Trouble::Refused(status, words)) => panic!("{status}: {words}"),
    }
}

fn unknown(events: &[Event]) -> usize {
    let unknown = |event: &&Event| {
        matches!(event.payload, Payload::ModelCallSettled { outcome: CallOutcome::Unknown {}, .. })
    };
    events.iter().filter(unknown).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_whose_clocks_are_set_by_a_day_neither_lose_nor_take_over_a_mission_for_it() {
    let postgres = Postgres::start();
    let (one, other) = (Clocked::start(&postgres).await, Clocked::start(&postgres).await);
    let mut people = People::new(number("PHASE8_SEED", 20_261_123));
    people.scale = 5_000;

    let mut missions: Vec<MissionId> = Vec::new();
    for days in [0, 1, -1, 0, -1, 1] {
        one.set(days);
        other.set(-days);
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(1) {
            act(&mut people, &one.worker).await;
            act(&mut people, &other.worker).await;
            let new = people.missions().iter().filter(|mission| !missions.contains(mission));
            missions.extend(new.copied().collect::<Vec<_>>());
        }
    }
    let completed = people.completed;
    until("the end of the missions", async || {
        act(&mut people, &one.worker).await;
        act(&mut people, &other.worker).await;
        people.completed >= completed + 3
    })
    .await;

    people.check(&one.worker, true).await.unwrap();
    let (mut lost_calls, mut shifts, mut back) = (0, 0, 0);
    for mission in &missions {
        let events = People::read(&one.worker, *mission).await.unwrap().unwrap();
        lost_calls += unknown(&events);
        for two in events.windows(2) {
            let (before, after) = (two[0].at.millis(), two[1].at.millis());
            shifts += u64::from(before.abs_diff(after) > DAY_MILLIS / 2);
            back += u64::from(after < before);
        }
    }
    let count = people.oracle.count;
    eprintln!(
        "clocks set by a day in either direction: {} checks, {shifts} jumps in the ledgers, {back} of them back, {} missions completed; {} lost, {} repeated, {} overspent, {} paid twice, {lost_calls} taken over",
        count.checks,
        people.completed,
        count.lost,
        count.repeated,
        count.overspent,
        count.paid_twice
    );
    assert!(count.checks > 100 && shifts > 0 && back > 0, "the clocks were not set");
    assert_eq!((count.lost, count.repeated, count.overspent, count.paid_twice), (0, 0, 0, 0));
    assert_eq!(lost_calls, 0, "a mission changed hands because of a clock");

    // And whoever is really gone is taken over, whatever day it is there.
    other.set(-1);
    let begun = people.missions().to_vec();
    one.worker.kill().await;
    let taken_over = Instant::now();
    loop {
        act(&mut people, &other.worker).await;
        let left: Vec<_> = begun.iter().filter(|one| people.missions().contains(one)).collect();
        if left.is_empty() {
            break;
        }
        if taken_over.elapsed() > PATIENCE {
            let stand = stands(&other.worker, &left).await;
            panic!("what the other one began does not end:\n{stand}");
        }
    }
    other.worker.kill().await;
}

/// Where missions stand, for whoever must find out why they do not go on.
async fn stands(worker: &Worker, missions: &[&MissionId]) -> String {
    let mut words = String::new();
    for mission in missions {
        let events = People::read(worker, **mission).await.unwrap().unwrap();
        let state = MissionState::fold(&events).unwrap();
        let last = serde_json::to_string(&events.last()).unwrap();
        let (open, asked) = (state.open_calls.len(), state.questions.len());
        writeln!(
            words,
            "{mission}: {:?}, paused by {:?}, {open} calls open, {asked} questions open, {:?}, last {last}",
            state.lifecycle, state.pauses, state.clock
        )
        .unwrap();
    }
    words
}
