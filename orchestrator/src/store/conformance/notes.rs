//! What agents remember beyond a mission.

use alloy_primitives::B256;
use phase8_shared::id::StepId;
use phase8_shared::ledger::Commitment;
use phase8_shared::time::Timestamp;

use super::{MISSION, Subject};
use crate::store::{Note, StorageError};

fn note(bucket: &str, step: u16, at: u64, hours: u64) -> Note {
    let at = Timestamp::from_millis(at);
    Note {
        bucket: bucket.to_owned(),
        mission: MISSION,
        step: StepId(step),
        role: "planner".parse().unwrap(),
        title: format!("Step {step}"),
        commitment: Commitment(B256::repeat_byte(7)),
        at,
        expires_at: at.plus_millis(hours * 3_600_000),
    }
}

pub(super) async fn notes_are_recalled_newest_first_until_they_expire(subject: &Subject) {
    let store = subject.store.as_ref();
    let now = Timestamp::from_millis;
    let (old, new, other) = (note("plans", 0, 10, 1), note("plans", 1, 20, 2), note("x", 0, 30, 9));
    for note in [&old, &new, &other] {
        store.remember(note.clone()).await.unwrap();
    }
    // The first note of a step stays.
    store.remember(Note { title: "another".into(), ..new.clone() }).await.unwrap();
    assert_eq!(store.recall("plans", now(30), 9).await.unwrap(), [new.clone(), old.clone()]);
    assert_eq!(store.recall("plans", now(30), 1).await.unwrap(), std::slice::from_ref(&new));
    assert_eq!(store.recall("plan", now(30), 9).await.unwrap(), []);
    // It is gone from the millisecond on at which it expires, and deleted when it is told to.
    assert_eq!(store.recall("plans", now(3_600_009), 9).await.unwrap().len(), 2);
    assert_eq!(store.recall("plans", now(3_600_010), 9).await.unwrap(), std::slice::from_ref(&new));
    assert_eq!(store.forget(now(3_600_009)).await.unwrap(), 0);
    assert_eq!(store.forget(now(3_600_010)).await.unwrap(), 1);
    assert_eq!(store.forget(now(3_600_010)).await.unwrap(), 0);
    assert_eq!(store.recall("plans", now(0), 9).await.unwrap(), [new]);
    assert_eq!(store.recall("x", now(0), 9).await.unwrap(), [other]);

    // A closed store takes nothing more.
    store.close().await;
    let refused = store.remember(note("plans", 9, 1, 1)).await;
    assert!(matches!(refused, Err(StorageError::Closed)), "{refused:?}");
}
