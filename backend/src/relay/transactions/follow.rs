//! Following transactions until their blocks are final: what the node does not know is sent again, byte for byte, and what
//! a reorganisation took back is said to be.

use std::cmp::Reverse;
use std::time::Duration;

use futures_util::stream::{self, StreamExt, TryStreamExt};
use phase8_shared::api::TransactionStatus;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::blocks::Tips;
use super::store::{self, Found, Stored};
use super::{Relay, RelayError, whole};

/// After a transaction came in, looks follow each other after this, then after twice as long, up to the usual interval.
const FIRST_LOOK: Duration = Duration::from_millis(4);
/// Open transactions that are looked at side by side.
const SIDE_BY_SIDE: usize = 8;

impl Relay {
    /// Follows transactions and requests until it is told to stop.
    pub async fn run(&self, interval: Duration, shutdown: CancellationToken) {
        let mut silent = false;
        let mut pause = interval;
        while !shutdown.is_cancelled() {
            pause = match self.settle_all().await {
                Ok(()) => {
                    silent = false;
                    pause.saturating_mul(2).min(interval)
                }
                Err(error) => {
                    if !silent {
                        warn!("transactions cannot be followed: {}", whole(&error));
                    }
                    silent = true;
                    interval.saturating_mul(4)
                }
            };
            tokio::select! {
                () = shutdown.cancelled() => {}
                woken = timeout(pause, self.inner.wake.notified()) => {
                    if woken.is_ok() && !silent {
                        pause = FIRST_LOOK.min(interval);
                    }
                }
            }
        }
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
        let looked: Vec<Stored> = stream::iter(open)
            .map(|stored| self.look_at_open(stored))
            .buffer_unordered(SIDE_BY_SIDE)
            .try_collect()
            .await?;
        drop(looked);
        let tips = self.tips().await?;
        self.check_resting(resting, tips).await?;
        self.settle_requests(requests, tips.time).await
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
        for stored in resting {
            let Some(place) = stored.rests_on else { continue };
            // Blocks are chained by hash: if this one still stands, so does every block before it.
            let stands = match standing {
                Some(newest) if place.number < newest => true,
                _ => self.stands(place).await?,
            };
            if stands {
                standing.get_or_insert(place.number);
                self.deepen(stored, tips).await?;
            } else {
                self.take_back(stored).await?;
            }
        }
        Ok(())
    }

    /// Moves what stands in a block from included to safe to final.
    async fn deepen(&self, mut stored: Stored, tips: Tips) -> Result<(), RelayError> {
        let Some(place) = stored.rests_on else { return Ok(()) };
        let mut found = stored.found();
        if let Some(block) = found.status.succeeded_in() {
            found.status = if place.number <= tips.last {
                TransactionStatus::Final { block }
            } else if place.number <= tips.safe {
                TransactionStatus::Safe { block }
            } else {
                TransactionStatus::Included { block }
            };
        } else if place.number <= tips.last {
            stored.settled = true;
            let row = stored;
            return Ok(self.db().note(move |db| store::update(db, &row)).await?);
        }
        self.write(stored, found).await?;
        Ok(())
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
        self.inner.news.notify_waiters();
        self.look_at(stored).await?;
        Ok(())
    }
}
