//! No room left for the ledgers: a small disk of the worker's own, and a limit to the size of its files.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::Instant;

use super::dice::number;
use super::people::People;
use super::postgres::until;
use super::worker::{Ground, PHASE8, Trouble, Worker};

/// Puts a disk of sixteen MiB under the folder named first, seen by nobody else, and starts the rest there. It is gone with the
/// program.
const ON_A_SMALL_DISK: &str = "mount -t tmpfs -o size=16m tmpfs \"$0\" && exec \"$@\"";

/// Starts the rest with files of no more than a MiB; who writes beyond that is told, and not ended.
const WITH_SMALL_FILES: &str = "trap '' XFSZ; ulimit -S -f 2048; exec \"$@\"";

/// How a disk can be put under a folder here; none where that is nobody's right.
async fn mounting() -> Option<&'static str> {
    for namespaces in ["--mount", "-Urm"] {
        let folder = tempfile::tempdir().unwrap();
        let mut probe = Command::new("unshare");
        probe.args([namespaces, "sh", "-c", ON_A_SMALL_DISK]).arg(folder.path()).arg("true");
        probe.stdout(Stdio::null()).stderr(Stdio::null());
        if probe.status().await.is_ok_and(|status| status.success()) {
            return Some(namespaces);
        }
    }
    None
}

/// Acts until nothing more fits; how often that was said.
async fn refused(people: &mut People, worker: &Worker) -> u64 {
    let (begun, mut refused) = (Instant::now(), 0);
    while refused < 20 {
        assert!(begun.elapsed() < Duration::from_mins(1), "there is no end to the room");
        match people.act(worker).await {
            Ok(()) => {}
            Err(Trouble::Refused(500, words)) => {
                assert!(words.contains("could not read or write its ledgers"), "{words}");
                refused += 1;
            }
            Err(trouble) => panic!("{trouble:?}"),
        }
    }
    refused
}

/// Lets everybody go on until the missions that are open now are over.
async fn finish(people: &mut People, worker: &Worker) {
    let open = people.missions().to_vec();
    until("the end of the missions", async || {
        match people.act(worker).await {
            // What was tried while there was no room is tried again a little later.
            Ok(()) | Err(Trouble::Refused(500, _)) => {}
            Err(trouble) => panic!("{trouble:?}"),
        }
        open.iter().all(|mission| !people.missions().contains(mission))
    })
    .await;
}

fn sum_up(how: &str, people: &People, refused: u64) {
    let count = people.oracle.count;
    eprintln!(
        "{how}: {refused} refused in words, {} checks, {} missions completed; {} lost, {} repeated, {} overspent, {} paid twice",
        count.checks,
        people.completed,
        count.lost,
        count.repeated,
        count.overspent,
        count.paid_twice
    );
    assert!(refused > 0 && count.checks > 100 && people.completed > 0);
    assert_eq!((count.lost, count.repeated, count.overspent, count.paid_twice), (0, 0, 0, 0));
}

/// Fills what is left of a disk.
fn fill(path: &Path) {
    let mut file = File::create(path).unwrap();
    for size in [65_536, 4_096, 512] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_in_words_loses_nothing_and_needs_no_restart_when_there_is_room_again()
{
    let Some(namespaces) = mounting().await else {
        eprintln!(
            "a full disk is not tried here: no disk may be mounted, neither as root nor in a namespace of one's own; a limit \
             to the size of files is tried beside this"
        );
        return;
    };
    let ground = Ground::new();
    let data = ground.path("data");
    std::fs::create_dir(&data).unwrap();
    let mut command = Command::new("unshare");
    command.args([namespaces, "sh", "-c", ON_A_SMALL_DISK]).arg(&data).arg(PHASE8);
    let worker = Worker::start_by(&ground, command, &[]).await;
    let mut people = People::new(number("PHASE8_SEED", 20_261_123));
    people.act(&worker).await.unwrap();
    people.act(&worker).await.unwrap();

    // The worker's own view of the disk, from outside.
    let root = PathBuf::from(format!("/proc/{}/root", worker.pid().as_raw_nonzero()));
    let ballast = root.join(data.strip_prefix("/").unwrap()).join("ballast");
    fill(&ballast);
    let refused = refused(&mut people, &worker).await;
    people.check(&worker, true).await.unwrap();
    assert!(ground.log().contains("out of space"), "{}", ground.log());
    std::fs::remove_file(&ballast).unwrap();
    finish(&mut people, &worker).await;

    people.check(&worker, true).await.unwrap();
    sum_up("a full disk", &people, refused);
    worker.kill().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_is_killed_while_there_is_no_room_finds_everything_that_it_answered_for() {
    let ground = Ground::new();
    let mut command = Command::new("sh");
    command.args(["-c", WITH_SMALL_FILES, "sh", PHASE8]);
    let worker = Worker::start_by(&ground, command, &[]).await;
    let mut people = People::new(number("PHASE8_SEED", 20_261_123));

    let refused = refused(&mut people, &worker).await;
    people.check(&worker, true).await.unwrap();
    worker.kill().await;
    let worker = Worker::start(&ground, &[]).await;
    people.check(&worker, true).await.unwrap();
    finish(&mut people, &worker).await;

    people.check(&worker, true).await.unwrap();
    sum_up("files that may not grow, and a kill", &people, refused);
    worker.kill().await;
}
