//! Claiming, losing and giving back; fences; who is told.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use phase8_shared::id::{MissionId, Seq};

use super::{LOG, Subject, one, texts};
use crate::store::{AppendError, Batch, Epoch, EventStore, Hint, LogId, WorkerId};

const TTL: Duration = Duration::from_secs(10);
const ANNE: WorkerId = WorkerId([0xA; 16]);
const BERT: WorkerId = WorkerId([0xB; 16]);

fn fenced(log: LogId, expected: u64, fence: Epoch, text: &str) -> Batch {
    let mut batch = one(log, expected, &[text]);
    batch.appends[0].fence = Some(fence);
    batch
}

async fn epoch_of(store: &dyn EventStore, worker: WorkerId) -> Option<u64> {
    store.claim(LOG, worker, TTL).await.unwrap().map(|lease| {
        assert_eq!((lease.log, lease.worker), (LOG, worker));
        lease.epoch.0
    })
}

pub(super) async fn a_ledger_is_one_workers_until_its_lease_runs_out(subject: &Subject) {
    let store = subject.store.as_ref();
    assert_eq!(epoch_of(store, ANNE).await, None, "there is nothing to claim");
    store.append(one(LOG, 0, &["a"])).await.unwrap();

    assert_eq!(epoch_of(store, ANNE).await, Some(1));
    assert_eq!(epoch_of(store, BERT).await, None);
    assert_eq!(epoch_of(store, ANNE).await, Some(1), "whoever holds it keeps its epoch");

    // Renewed in time, it lasts from then.
    let lease = store.claim(LOG, ANNE, TTL).await.unwrap().unwrap();
    subject.pass(TTL / 2).await;
    assert_eq!(store.renew(&[lease], TTL).await.unwrap(), []);
    subject.pass(TTL * 3 / 4).await;
    assert_eq!(epoch_of(store, BERT).await, None);

    // Run out, it is anybody's, and the first one finds it lost.
    subject.pass(TTL).await;
    assert_eq!(store.renew(&[lease], TTL).await.unwrap(), [LOG]);
    assert_eq!(epoch_of(store, BERT).await, Some(2));
    assert_eq!(store.renew(&[lease], TTL).await.unwrap(), [LOG]);
    assert_eq!(epoch_of(store, ANNE).await, None);

    // The same worker, too, begins anew once it has run out.
    subject.pass(TTL * 2).await;
    assert_eq!(epoch_of(store, BERT).await, Some(3));
}

pub(super) async fn a_worker_that_lost_its_lease_writes_nothing(subject: &Subject) {
    let store = subject.store.as_ref();
    store.append(one(LOG, 0, &["a"])).await.unwrap();
    let anne = store.claim(LOG, ANNE, TTL).await.unwrap().unwrap();
    store.append(fenced(LOG, 1, anne.epoch, "b")).await.unwrap();

    // Frozen past its lease, taken over, and woken: it even knows the right end of the ledger.
    subject.pass(TTL * 2).await;
    let bert = store.claim(LOG, BERT, TTL).await.unwrap().unwrap();
    let mut stale = fenced(LOG, 2, anne.epoch, "stale");
    stale.appends.extend(one(LogId::Registry, 0, &["r"]).appends);
    let refused = store.append(stale).await;

    let expected = (LOG, anne.epoch, bert.epoch);
    assert!(
        matches!(refused, Err(AppendError::Fenced { log, epoch, found }) if (log, epoch, found) == expected),
        "{refused:?}"
    );
    assert_eq!(store.head(LogId::Registry).await.unwrap(), None);
    store.append(fenced(LOG, 2, bert.epoch, "c")).await.unwrap();
    // A command may arrive anywhere: without a fence the end of the ledger alone decides.
    store.append(one(LOG, 3, &["d"])).await.unwrap();
    let texts = texts(store, LOG, 0, 10).await;
    assert_eq!(texts.iter().map(|(_, text)| text.as_str()).collect::<String>(), "abcd");
    // An epoch that was never given out fits nothing, not even a ledger that is not there.
    let unheard_of = LogId::Mission(MissionId::from_bytes([7; 16]));
    for batch in [fenced(LOG, 4, Epoch(9), "x"), fenced(unheard_of, 0, Epoch(1), "x")] {
        let refused = store.append(batch).await;
        assert!(matches!(refused, Err(AppendError::Fenced { .. })), "{refused:?}");
    }
    assert_eq!(store.head(unheard_of).await.unwrap(), None);
}

pub(super) async fn a_lease_that_was_given_back_is_free_at_once(subject: &Subject) {
    let store = subject.store.as_ref();
    store.append(one(LOG, 0, &["a"])).await.unwrap();
    let anne = store.claim(LOG, ANNE, TTL).await.unwrap().unwrap();

    store.release(&[anne]).await.unwrap();
    let bert = store.claim(LOG, BERT, TTL).await.unwrap().unwrap();
    // What is somebody else's by now is not given back.
    store.release(&[anne]).await.unwrap();

    assert!(bert.epoch > anne.epoch);
    assert_eq!(epoch_of(store, ANNE).await, None);
    assert_eq!(store.renew(&[bert, anne], TTL).await.unwrap(), [LOG]);
    assert_eq!(store.renew(&[bert], TTL).await.unwrap(), []);
}

pub(super) async fn many_workers_at_once_get_one_lease(subject: &Subject) {
    subject.store.append(one(LOG, 0, &["a"])).await.unwrap();
    for round in 1..=4_u64 {
        let claims = (0..16).map(|n| {
            let store = Arc::clone(&subject.store);
            tokio::spawn(async move { store.claim(LOG, WorkerId([n; 16]), TTL).await.unwrap() })
        });
        let leases = futures_util::future::join_all(claims).await;

        let got: Vec<_> = leases.into_iter().filter_map(Result::unwrap).collect();
        assert_eq!(got.iter().map(|lease| lease.epoch).collect::<Vec<_>>(), [Epoch(round)]);
        subject.pass(TTL * 2).await;
    }
}

pub(super) async fn the_registry_can_be_claimed_before_it_has_an_entry(subject: &Subject) {
    let store = subject.store.as_ref();
    let registry = LogId::Registry;

    let anne = store.claim(registry, ANNE, TTL).await.unwrap().unwrap();

    assert_eq!(anne.epoch, Epoch(1));
    assert_eq!(store.claim(registry, BERT, TTL).await.unwrap(), None);
    assert_eq!(store.renew(&[anne], TTL).await.unwrap(), []);
    // There is somebody who leads, and still no ledger.
    assert_eq!(store.head(registry).await.unwrap(), None);
    assert_eq!(store.logs().await.unwrap(), []);
    store.append(fenced(registry, 0, anne.epoch, "r")).await.unwrap();
    assert_eq!(store.logs().await.unwrap(), [registry]);
    assert_eq!(texts(store, registry, 0, 10).await, [(1, "r".to_owned())]);
}

pub(super) async fn heads_tell_where_ledgers_end_and_whose_they_are(subject: &Subject) {
    let store = subject.store.as_ref();
    assert_eq!(store.heads().await.unwrap(), []);
    store.append(one(LogId::Registry, 0, &["r"])).await.unwrap();
    store.append(one(LOG, 0, &["a", "b"])).await.unwrap();
    store.claim(LOG, ANNE, TTL).await.unwrap().unwrap();

    let mut heads = store.heads().await.unwrap();
    heads.sort_by_key(|head| head.log);

    let [registry, mission] = heads.as_slice() else { panic!("{heads:?}") };
    assert_eq!((registry.log, registry.seq, registry.epoch), (LogId::Registry, Seq(1), Epoch(0)));
    assert_eq!(registry.holder, None);
    assert_eq!((mission.log, mission.seq, mission.epoch), (LOG, Seq(2), Epoch(1)));
    let holder = mission.holder.unwrap();
    assert_eq!(holder.worker, ANNE);
    assert!(holder.left <= TTL && holder.left > TTL / 2, "{holder:?}");

    subject.pass(TTL * 2).await;
    let heads = store.heads().await.unwrap();
    assert!(heads.iter().all(|head| head.holder.is_none()), "{heads:?}");
}

pub(super) async fn who_listens_hears_of_every_append(subject: &Subject) {
    let store = subject.store.as_ref();
    let mut changes = store.changes();
    let mut batch = one(LOG, 0, &["a"]);
    batch.appends.extend(one(LogId::Registry, 0, &["r"]).appends);

    store.append(batch).await.unwrap();

    let mut unheard: BTreeSet<LogId> = [LOG, LogId::Registry].into();
    while !unheard.is_empty() {
        match changes.next().await {
            Hint::Log(log) => drop(unheard.remove(&log)),
            Hint::Anything => unheard.clear(),
        }
    }
    // What is refused is no change; a lease that is given back is one.
    store.append(one(LOG, 0, &["b"])).await.unwrap_err();
    let lease = store.claim(LOG, ANNE, TTL).await.unwrap().unwrap();
    store.release(&[lease]).await.unwrap();
    assert!(matches!(changes.next().await, Hint::Log(LOG) | Hint::Anything));
}
