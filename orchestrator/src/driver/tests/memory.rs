//! What missions cost in memory. Each test has a process of its own, so that what is resident is its own.

#![expect(clippy::print_stderr, reason = "a test that measures says what it measured")]

use super::*;

/// Bytes of this process that are in memory.
fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    text.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 4_096
}

fn numbered(number: u64) -> MissionId {
    MissionId::from_bytes((u128::from(number) + 1).to_be_bytes())
}

async fn create(engine: &Engine, numbers: std::ops::Range<u64>, funded: bool) {
    for number in numbers {
        let mission = numbered(number);
        let view = engine.create(mission, &request(CONFIG_JOB, 1)).await.unwrap();
        if funded {
            let fact = ChainFact::MissionFunded {
                mission: mission.key(),
                operator: OPERATOR,
                deposit: view.funding.deposit,
                terms_hash: terms_hash(&view.funding.terms),
            };
            engine.observe(vec![observed(fact)]).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_mission_that_waits_costs_less_than_eight_kib() {
    let folder = tempfile::tempdir().unwrap();
    let (_store, engine) = open(&folder.path().join("missions.db")).await;
    // Caches fill, and the allocator takes what it will use again.
    create(&engine, 0..300, false).await;
    let before = resident();

    create(&engine, 300..1_500, false).await;

    let each = resident().saturating_sub(before) / 1_200;
    eprintln!("a mission that waits: {each} bytes resident");
    assert!(each < 8 * 1_024, "{each} bytes");
    assert_eq!(engine.count(), 1_500);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_thousand_missions_at_work_fit_into_300_mib() {
    let folder = tempfile::tempdir().unwrap();
    let (_store, engine) = open(&folder.path().join("missions.db")).await;

    create(&engine, 0..1_000, true).await;

    let mut calls = 0;
    for number in 0..1_000 {
        calls += engine.snapshot(numbered(number)).await.unwrap().state.open_calls.len();
    }
    let mib = resident() / 1_048_576;
    eprintln!("1 000 rehearsal missions, {calls} calls under way: {mib} MiB resident");
    assert!(calls >= 1_000);
    assert!(mib < 300, "{mib} MiB");
    engine.shutdown().await;
}
