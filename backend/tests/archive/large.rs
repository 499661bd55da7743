//! The archive of a long mission.

use std::io::{BufWriter, Write};

use phase8_backend::archive::make;
use phase8_shared::id::Seq;
use phase8_shared::ledger::{CompactTree, EXPORT_FORMAT, leaf_hash};
use phase8_shared::mission::{Event, Payload};
use phase8_shared::timeline::sample;

const EVENTS: u64 = 100_000;
/// A build without optimisation on a busy machine takes half of this, one for release a twentieth.
const SECONDS: u64 = 60;
const MEBIBYTES: u64 = 300;

#[test]
fn the_archive_of_a_hundred_thousand_events_is_made_soon_and_in_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let (export, car) = (folder.path().join("long.json"), folder.path().join("long.car"));
    write_export(&export);
    let started = tokio::time::Instant::now();

    let made = make(&export, &car).unwrap();

    let took = started.elapsed();
    let peak = peak_mebibytes();
    assert_eq!(made.read.journal.last(), Seq(EVENTS));
    assert_eq!(made.documents.len(), 3);
    let measured = format!("{EVENTS} events, {} bytes: {took:?}, {peak} MiB", made.packed.bytes);
    assert!(took.as_secs() < SECONDS && peak < MEBIBYTES, "{measured}");
}

/// The sample's ledger, and then check-ins.
fn write_export(path: &std::path::Path) {
    let begun = sample::ledger();
    let last = begun.last().unwrap().clone();
    let more = (begun.len() as u64 + 1..=EVENTS).map(|seq| Event {
        seq: Seq(seq),
        at: last.at.plus_millis(seq),
        payload: Payload::CheckedIn {
            role: sample::role("planner"),
            index: u32::try_from(seq).unwrap(),
            progress_percent: 50,
        },
        ..last.clone()
    });
    let mut file = BufWriter::new(std::fs::File::create(path).unwrap());
    let mut leaves = Vec::new();
    write!(
        file,
        "{{\"format\":\"{EXPORT_FORMAT}\",\"mission\":\"{}\",\"events\":[",
        sample::mission()
    )
    .unwrap();
    for event in begun.into_iter().chain(more) {
        let text = serde_json::to_string(&event).unwrap();
        leaves.push(leaf_hash(text.as_bytes()));
        let comma = if event.seq == Seq(1) { "" } else { "," };
        write!(file, "{comma}{}", serde_json::to_string(&text).unwrap()).unwrap();
    }
    let tree = CompactTree::of(&leaves).head();
    write!(file, "],\"tree\":{}}}", serde_json::to_string(&tree).unwrap()).unwrap();
    file.flush().unwrap();
}

/// The most memory that this process has held.
fn peak_mebibytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap() / 1024
}
