//! Order, gaplessness, batches, contents.

use std::sync::Arc;

use alloy_primitives::B256;
use phase8_shared::id::{MissionId, Seq};
use phase8_shared::ledger::{Commitment, CompactTree, Salt, leaf_hash};

use super::{LOG, MISSION, Subject, one, texts};
use crate::store::{AppendError, Blob, LogId, StorageError};

pub(super) async fn ledgers_and_contents_are_kept_whole(subject: &Subject) {
    let store = subject.store.as_ref();
    // An empty store knows nothing, and that is no error.
    assert_eq!(store.head(LOG).await.unwrap(), None);
    assert_eq!(texts(store, LOG, 0, 10).await, []);
    assert_eq!(store.logs().await.unwrap(), []);

    // Events are kept byte for byte, numbered from 1, under the head of their leaves.
    let heads = store.append(one(LOG, 0, &["a", "b", "c"])).await.unwrap();
    let leaves = ["a", "b", "c"].map(|text| leaf_hash(text.as_bytes()));
    assert_eq!(heads, [CompactTree::of(&leaves).head()]);
    assert_eq!(store.head(LOG).await.unwrap().as_ref(), heads.first());
    assert_eq!(texts(store, LOG, 0, 10).await, [(1, "a".into()), (2, "b".into()), (3, "c".into())]);
    assert_eq!(texts(store, LOG, 1, 1).await, [(2, "b".into())]);
    assert_eq!(texts(store, LOG, 3, 10).await, []);

    // Who does not know the last event appends nothing, not even to the other ledgers of the batch, and no content.
    let mut batch = one(LogId::Registry, 0, &["r"]);
    let salt = Salt(B256::repeat_byte(9));
    let content = b"the plan".to_vec();
    let commitment = Commitment::to(salt, &content);
    let blob =
        Blob { mission: MISSION, commitment, salt, media_type: "text/plain".into(), content };
    batch.appends.extend(one(LOG, 2, &["x"]).appends);
    batch.blobs.push(blob.clone());
    let refused = store.append(batch.clone()).await;
    assert!(
        matches!(refused, Err(AppendError::Conflict { log: LOG, expected: Seq(2), found: Seq(3) })),
        "{refused:?}"
    );
    assert_eq!(store.head(LogId::Registry).await.unwrap(), None);
    assert_eq!(store.blob(MISSION, commitment).await.unwrap(), None);

    // With the right one, all of it is there.
    for append in &mut batch.appends {
        append.expected = if append.log == LOG { Seq(3) } else { Seq::ZERO };
    }
    let heads = store.append(batch).await.unwrap();
    assert_eq!(heads.iter().map(|head| head.size).collect::<Vec<_>>(), [1, 4]);
    assert_eq!(store.blob(MISSION, commitment).await.unwrap(), Some(blob));
    assert_eq!(store.blob(MissionId::from_bytes([2; 16]), commitment).await.unwrap(), None);
    let mut logs = store.logs().await.unwrap();
    logs.sort();
    assert_eq!(logs, [LogId::Registry, LOG]);

    // Leaves are those of the events.
    let leaves = store.leaves(LOG, Seq(1), 2).await.unwrap();
    assert_eq!(leaves, [leaf_hash(b"b"), leaf_hash(b"c")]);
    assert!(store.leaves(LOG, Seq(4), 2).await.unwrap().is_empty());

    // A content is erased once and for one mission; the ledger stays as it was.
    let head = store.head(LOG).await.unwrap();
    assert!(!store.erase(MissionId::from_bytes([2; 16]), commitment).await.unwrap());
    assert!(store.blob(MISSION, commitment).await.unwrap().is_some());
    assert!(store.erase(MISSION, commitment).await.unwrap());
    assert_eq!(store.blob(MISSION, commitment).await.unwrap(), None);
    assert!(!store.erase(MISSION, commitment).await.unwrap());
    assert_eq!(store.head(LOG).await.unwrap(), head);

    // Of writers that race for the same place exactly one wins.
    let racers = (0..8).map(|n| store.append(one(LOG, 4, &[&format!("racer {n}")])));
    let outcomes = futures_util::future::join_all(racers).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert_eq!(store.head(LOG).await.unwrap().unwrap().size, 5);

    // A closed store takes nothing more.
    store.close().await;
    let refused = store.append(one(LOG, 5, &["late"])).await;
    assert!(matches!(refused, Err(AppendError::Storage(StorageError::Closed))), "{refused:?}");
    let refused = store.erase(MISSION, commitment).await;
    assert!(matches!(refused, Err(StorageError::Closed)), "{refused:?}");
}

pub(super) async fn many_writers_at_once_lose_nothing(subject: &Subject) {
    let logs: Vec<LogId> =
        (0..64).map(|n| LogId::Mission(MissionId::from_bytes([n; 16]))).collect();

    let writers = logs.iter().map(|&log| {
        let store = Arc::clone(&subject.store);
        tokio::spawn(async move {
            for n in 0..8 {
                store.append(one(log, n, &[&format!("{log} {n}")])).await.unwrap();
            }
        })
    });
    for writer in futures_util::future::join_all(writers).await {
        writer.unwrap();
    }

    for log in logs {
        let expected: Vec<_> = (0..8_u64).map(|n| (n + 1, format!("{log} {n}"))).collect();
        assert_eq!(texts(subject.store.as_ref(), log, 0, 100).await, expected);
    }
}

pub(super) async fn every_place_in_a_ledger_has_one_winner(subject: &Subject) {
    const WRITERS: u64 = 16;
    const EACH: u64 = 8;

    let writers = (0..WRITERS).map(|writer| {
        let store = Arc::clone(&subject.store);
        tokio::spawn(async move {
            let (mut end, mut won, mut lost) = (0, 0, 0_u64);
            while won < EACH {
                match store.append(one(LOG, end, &[&format!("{writer} {won}")])).await {
                    Ok(heads) => (end, won) = (heads[0].size, won + 1),
                    Err(AppendError::Conflict { found, expected, .. }) => {
                        assert!(found > expected, "{found} is not behind {expected}");
                        (end, lost) = (found.0, lost + 1);
                    }
                    Err(error) => panic!("{error:?}"),
                }
            }
            lost
        })
    });
    let mut lost = 0;
    for writer in futures_util::future::join_all(writers).await {
        lost += writer.unwrap();
    }

    let events = texts(subject.store.as_ref(), LOG, 0, usize::MAX).await;
    assert!(lost > 0, "nobody raced");
    assert_eq!(events.len() as u64, WRITERS * EACH);
    assert!(events.iter().zip(1..).all(|((seq, _), place)| *seq == place));
    for writer in 0..WRITERS {
        let own: Vec<&str> = events
            .iter()
            .filter_map(|(_, text)| text.strip_prefix(&format!("{writer} ")))
            .collect();
        let expected: Vec<String> = (0..EACH).map(|n| n.to_string()).collect();
        assert_eq!(own, expected);
    }
    let leaves = subject.store.leaves(LOG, Seq::ZERO, usize::MAX).await.unwrap();
    let expected = CompactTree::of(&leaves).head();
    assert_eq!(subject.store.head(LOG).await.unwrap(), Some(expected));
}

pub(super) async fn an_append_whose_answer_was_lost_can_be_looked_up(subject: &Subject) {
    let store = subject.store.as_ref();
    let mut batch = one(LOG, 0, &["a", "b"]);
    batch.appends.extend(one(LogId::Registry, 0, &["r"]).appends);

    assert!(!store.was_appended(&batch).await.unwrap());
    store.append(batch.clone()).await.unwrap();
    store.append(one(LOG, 2, &["c"])).await.unwrap();
    assert!(store.was_appended(&batch).await.unwrap());

    // Somebody else's events at the same place are not ours.
    assert!(!store.was_appended(&one(LOG, 1, &["x"])).await.unwrap());
    assert!(!store.was_appended(&one(LOG, 2, &["c", "d"])).await.unwrap());
    assert!(store.was_appended(&one(LOG, 2, &["c"])).await.unwrap());
}
