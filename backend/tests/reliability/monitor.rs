//! `phase8 monitor` beside a mission at work, over connections that break again and again.

use std::net::SocketAddr;
use std::process::Stdio;

use phase8_shared::api::MissionView;
use phase8_shared::mission::Event;
use phase8_shared::{api::routes, id::MissionId};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;

use super::dice::{Dice, number};
use super::people::People;
use super::worker::{Ground, Trouble, Worker};

/// An address that leads to the worker and breaks two connections of three after a random number of bytes, most of them
/// long before an export is through.
async fn cutting(to: String, mut dice: Dice) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut accepted = 0_u64;
        while let Ok((mut near, _)) = listener.accept().await {
            accepted += 1;
            let most =
                if accepted.is_multiple_of(3) { u64::MAX } else { dice.between(2_000, 40_000) };
            let to = to.clone();
            tokio::spawn(async move {
                let Ok(mut far) = TcpStream::connect(to).await else { return };
                let (mut answers, mut questions) = far.split();
                let (mut asks, mut hears) = near.split();
                let answered = async {
                    copy(&mut (&mut answers).take(most), &mut hears).await?;
                    hears.shutdown().await
                };
                tokio::select! {
                    _ = answered => {}
                    _ = copy(&mut asks, &mut questions) => {}
                }
            });
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mission_is_monitored_to_its_end_over_broken_connections() {
    let seed = number("PHASE8_SEED", 20_261_123);
    let ground = Ground::new();
    let worker = Worker::start(&ground, &[]).await;
    let mut people = People::new(seed);
    // Slow enough that a busy machine misses few check-ins.
    people.scale = 5_000;
    people.act(&worker).await.unwrap();
    let mission: MissionId = people.missions()[0];
    let to = worker.at("").trim_start_matches("http://").trim_end_matches('/').to_owned();
    let url = format!("http://{}", cutting(to, Dice::new(seed)).await);
    let monitor = Command::new(env!("CARGO_BIN_EXE_phase8"))
        .args(["monitor", "--json", "--stay", "--storage", "kept", "--url", &url, "--follow"])
        .arg(mission.to_string())
        .current_dir(ground.path("."))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let acting = async {
        while people.missions().contains(&mission) {
            if let Err(Trouble::Refused(status, words)) = people.act(&worker).await {
                panic!("{status}: {words}");
            }
        }
    };

    let (output, ()) = tokio::join!(monitor.wait_with_output(), acting);

    let output = output.unwrap();
    let (told, notes) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{notes}");
    let mut lines: Vec<&str> = told.lines().collect();
    let last: Value = serde_json::from_str(lines.pop().unwrap()).unwrap();
    let events: Vec<Event> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let ledger = People::read(&worker, mission).await.unwrap().unwrap();
    assert_eq!(events, ledger[..events.len()], "every event once and in order");
    assert_eq!(last["ending"], "completed");
    let broken =
        notes.matches("taking it up again").count() + notes.matches("asking again").count();
    assert!(broken > 0, "no connection broke: nothing was tried");

    // What it kept is whole, and says the same.
    let kept = ground.path("kept").join(format!("{mission}.json"));
    let verified =
        Command::new(env!("CARGO_BIN_EXE_phase8")).arg("verify").arg(&kept).output().await;
    let verified = verified.unwrap();
    let said = [verified.stdout, verified.stderr].concat();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&said));
    let export: Value = serde_json::from_slice(&std::fs::read(&kept).unwrap()).unwrap();
    assert!(export["events"].as_array().unwrap().len() >= events.len(), "to the end");
    let view: MissionView = worker.get(&routes::mission(mission)).await.unwrap();
    assert!(view.head.seq.0 >= events.len() as u64);
    eprintln!(
        "monitor: {} events checked, {broken} connections taken up again, seed {seed}",
        events.len()
    );
    worker.kill().await;
}
