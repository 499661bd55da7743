//! kill -9 at random moments: nothing that was acknowledged is lost, nothing happens twice.

use std::time::Duration;

use super::dice::number;
use super::people::People;
use super::worker::{Ground, Trouble, Worker};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_moment_nothing_is_lost_repeated_overspent_or_paid_twice() {
    let rounds = number("PHASE8_ROUNDS", 12);
    let seed = number("PHASE8_SEED", 20_261_123);
    let ground = Ground::new();
    let mut people = People::new(seed);
    let mut answered = 0_u64;

    for _ in 0..rounds {
        let worker = Worker::start(&ground, &[]).await;
        let pid = worker.pid();
        people.check(&worker, false).await.expect("a worker that nobody killed answers");
        let lives = Duration::from_millis(people.dice.between(1, 400));
        let executioner = tokio::spawn(async move {
            tokio::time::sleep(lives).await;
            Worker::strike(pid);
        });
        loop {
            match people.act(&worker).await {
                Ok(()) => answered += 1,
                Err(Trouble::Gone) => break,
                Err(Trouble::Refused(status, words)) => panic!("{status}: {words}"),
            }
        }
        executioner.await.unwrap();
        worker.kill().await;
    }

    let worker = Worker::start(&ground, &[]).await;
    people.check(&worker, true).await.expect("a worker that nobody killed answers");
    let count = people.oracle.count;
    eprintln!(
        "kill -9: {rounds} rounds, seed {seed}: {} checks, {answered} times everybody had their turn, {} missions completed; {} lost, {} repeated, {} overspent, {} paid twice",
        count.checks,
        people.completed,
        count.lost,
        count.repeated,
        count.overspent,
        count.paid_twice
    );
    assert!(count.checks > rounds * 100 && answered > 0, "hardly anything was looked at");
    assert_eq!((count.lost, count.repeated, count.overspent, count.paid_twice), (0, 0, 0, 0));
    worker.kill().await;
}
