//! Following transactions until their blocks are final: what the node does not know is sent again, byte for byte, and what
//! a reorganisation took back is said to be.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::time::Duration;

use alloy::primitives::{B256, U64};
use futures_util::future::try_join;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use phase8_shared::api::TransactionStatus;
use serde_json::json;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::blocks::Tips;
use super::store::{self, Found, Place, Stored};
use super::{Relay, RelayError, whole};
use crate::chain::rpc::{KnownTransaction, Receipt};

/// After a transaction came in, glances follow each other after this, then after twice as long, up to the interval.
const FIRST_GLANCE: Duration = Duration::from_millis(40);
/// For so long it is taken for granted who holds the brake; who does not any more burns gas in vain, and nothing else.
const BRAKEMEN_LAST: Duration = Duration::from_secs(30);
/// Open transactions that are looked at side by side.
const SIDE_BY_SIDE: usize = 8;

/// What the last whole look found at rest.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rested {
    head: Tips,
    on: Vec<B256>,
}

impl Relay {
    /// Follows transactions and requests until it is told to stop: a whole look at every interval, and glances at what came
    /// in a moment ago.
    pub async fn run(&self, interval: Duration, shutdown: CancellationToken) {
        let mut silent = false;
        let mut look_at = Instant::now();
        let mut learn_at = look_at;
        let mut glance_at = None;
        let mut pause = FIRST_GLANCE;
        loop {
            let next = glance_at.map_or(look_at, |glance: Instant| glance.min(look_at));
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = sleep_until(next) => {}
                () = self.inner.wake.notified(), if !silent => {
                    let soon = Instant::now() + FIRST_GLANCE;
                    glance_at = Some(glance_at.map_or(soon, |glance| glance.min(soon)));
                    pause = FIRST_GLANCE;
                    continue;
                }
            }
            // Whatever comes in from here on may be too late for this look, and wakes again.
            self.inner.woken.store(false, Ordering::Release);
            let is_whole = Instant::now() >= look_at;
            if Instant::now() >= learn_at && self.learn_who_brakes().await.is_ok() {
                learn_at = Instant::now() + BRAKEMEN_LAST;
            }
            let looked = if is_whole { self.settle_all().await } else { self.glance().await };
            if let Err(error) = &looked
                && !silent
            {
                warn!("transactions cannot be followed: {}", whole(error));
            }
            silent = looked.is_err();
            let now = Instant::now();
            if is_whole || silent {
                look_at = now + if silent { interval.saturating_mul(4) } else { interval };
            }
            if silent {
                glance_at = None;
            } else if glance_at.is_some_and(|glance| glance <= now) {
                pause = pause.saturating_mul(2);
                glance_at = (pause < interval).then(|| now + pause);
            }
        }
    }

    /// Asks for the receipts of everything that waits, in one breath: what came in a moment ago is mostly in a block by
    /// now. Whatever else may have happened to it, the next whole look finds out.
    async fn glance(&self) -> Result<(), RelayError> {
        let _one_look = self.inner.looking.lock().await;
        let instance = self.instance().await?;
        let open = self.db().note(move |db| store::open(db, instance)).await?;
        self.take_in(open).await?;
        Ok(())
    }

    /// Asks for the receipts of all these in one breath, writes down what is in a block by now, and answers the others.
    async fn take_in(&self, open: Vec<Stored>) -> Result<Vec<Stored>, RelayError> {
        let hashes: Vec<_> =
            open.iter().flat_map(Stored::hashes).map(|hash| json!([hash])).collect();
        if hashes.is_empty() {
            return Ok(open);
        }
        let receipts =
            self.rpc().ask_each::<Option<Receipt>>("eth_getTransactionReceipt", &hashes).await?;
        let mut receipts = receipts.into_iter();
        let (mut rows, mut others) = (Vec::new(), Vec::new());
        for mut stored in open {
            let tried: Vec<B256> = stored.hashes().collect();
            let answers = tried.into_iter().zip(receipts.by_ref());
            // Every answer of this one is taken, so that the next finds its own.
            let included: Vec<_> =
                answers.filter_map(|(hash, receipt)| Some((hash, receipt?))).collect();
            let Some((hash, receipt)) = included.first() else {
                others.push(stored);
                continue;
            };
            let found = self.included(&stored, *hash, receipt).await;
            let (first, word) = (stored.view.hash, store::word(&found.status));
            info!(hash = %first, "transaction {first} is {word}");
            stored.set(found);
            rows.push(stored);
        }
        if !rows.is_empty() {
            self.db()
                .note(move |db| rows.iter().try_for_each(|row| store::update(db, row)))
                .await?;
            self.tell_news();
        }
        Ok(others)
    }

    /// Looks once at everything that is not final.
    pub async fn settle_all(&self) -> Result<(), RelayError> {
        let _one_look = self.inner.looking.lock().await;
        let instance = self.instance().await?;
        let (unsettled, requests) = self
            .db()
            .note(move |db| {
                let requests = super::super::requests::unsettled(db, instance)?;
                Ok((store::unsettled(db, instance)?, requests))
            })
            .await?;
        if unsettled.is_empty() && requests.is_empty() {
            return Ok(());
        }
        let (resting, open): (Vec<_>, Vec<_>) =
            unsettled.into_iter().partition(|stored| stored.rests_on.is_some());
        let open = self.take_in(open).await?;
        let looked: Vec<Stored> = stream::iter(self.that_moved(open).await?)
            .map(|stored| self.look_at_open(stored))
            .buffer_unordered(SIDE_BY_SIDE)
            .try_collect()
            .await?;
        drop(looked);
        let tips = self.tips().await?;
        // While the newest block is the same, so is what was found of those that rest on it or on others before it.
        let found =
            Rested { head: tips, on: resting.iter().map(|stored| stored.view.hash).collect() };
        if self.inner.rested.lock().await.as_ref() != Some(&found) {
            self.check_resting(resting, tips).await?;
            *self.inner.rested.lock().await = Some(found);
        }
        self.settle_requests(requests, tips.time).await
    }

    /// Of these, which no block includes, those that do not just wait in the node's pool for their turn.
    async fn that_moved(&self, open: Vec<Stored>) -> Result<Vec<Stored>, RelayError> {
        let (waiting, mut others): (Vec<_>, Vec<_>) = open
            .into_iter()
            .partition(|stored| stored.view.status.is_open() && stored.intent.is_none());
        if waiting.is_empty() {
            return Ok(others);
        }
        let senders: BTreeSet<_> = waiting.iter().map(|stored| stored.view.from).collect();
        let latest: Vec<_> = senders.iter().map(|from| json!([from, "latest"])).collect();
        let hashes: Vec<_> = waiting.iter().map(|stored| json!([stored.view.hash])).collect();
        let (used, known) = try_join(
            self.rpc().ask_each::<U64>("eth_getTransactionCount", &latest),
            self.rpc().ask_each::<Option<KnownTransaction>>("eth_getTransactionByHash", &hashes),
        )
        .await?;
        let used: BTreeMap<_, _> = senders.into_iter().zip(used).collect();
        let mut arrived = Vec::new();
        for (mut stored, known) in waiting.into_iter().zip(known) {
            let used = used.get(&stored.view.from).map_or(0, U64::to);
            if known.is_none() || used > stored.view.nonce {
                others.push(stored);
            } else if stored.view.status != TransactionStatus::Sent {
                stored.view.status = TransactionStatus::Sent;
                arrived.push(stored);
            }
        }
        if !arrived.is_empty() {
            let written =
                self.db().note(move |db| arrived.iter().try_for_each(|row| store::update(db, row)));
            written.await?;
        }
        Ok(others)
    }

    async fn look_at_open(&self, stored: Stored) -> Result<Stored, RelayError> {
        let stored = self.look_at(stored).await?;
        if stored.view.status == TransactionStatus::Sent && stored.intent.is_some() {
            return self.sign_again_if_stuck(stored).await;
        }
        Ok(stored)
    }

    /// Checks that the blocks still stand, and how deep they are.
    async fn check_resting(&self, mut resting: Vec<Stored>, tips: Tips) -> Result<(), RelayError> {
        resting.sort_by_key(|stored| Reverse(stored.rests_on));
        let mut standing = None;
        let mut deeper = Vec::new();
        for stored in resting {
            let Some(place) = stored.rests_on else { continue };
            // Blocks are chained by hash: if this one still stands, so does every block before it.
            let stands = match standing {
                Some(newest) if place.number < newest => true,
                _ => self.stands(place).await?,
            };
            if stands {
                standing.get_or_insert(place.number);
                deeper.extend(deepened(stored, place, tips));
            } else {
                self.take_back(stored).await?;
            }
        }
        if deeper.is_empty() {
            return Ok(());
        }
        let written =
            self.db().note(move |db| deeper.iter().try_for_each(|row| store::update(db, row)));
        Ok(written.await?)
    }

    /// A reorganisation took its block away: says so, and finds out what it is now.
    async fn take_back(&self, mut stored: Stored) -> Result<(), RelayError> {
        let hash = stored.view.hash;
        if !matches!(stored.view.status, TransactionStatus::Replaced {}) {
            let block = stored.rests_on.map(|place| place.number);
            warn!(%hash, block, "transaction {hash} lost its block");
            stored.view.taken_back = stored.view.taken_back.saturating_add(1);
            stored.view.taken_back_from = block;
        }
        stored.set(Found::nowhere(TransactionStatus::Sent));
        // Written down before the chain is asked: the next look goes on from here if the chain is away.
        let row = stored.clone();
        self.db().note(move |db| store::update(db, &row)).await?;
        self.tell_news();
        self.look_at(stored).await?;
        Ok(())
    }
}

/// What stands in a block moves from included to safe to final; `None` if it stays where it is.
fn deepened(mut stored: Stored, place: Place, tips: Tips) -> Option<Stored> {
    let before = (stored.view.status.clone(), stored.settled);
    stored.settled = place.number <= tips.last;
    if let Some(block) = stored.view.status.succeeded_in() {
        stored.view.status = if stored.settled {
            TransactionStatus::Final { block }
        } else if place.number <= tips.safe {
            TransactionStatus::Safe { block }
        } else {
            TransactionStatus::Included { block }
        };
    }
    (before != (stored.view.status.clone(), stored.settled)).then_some(stored)
}
