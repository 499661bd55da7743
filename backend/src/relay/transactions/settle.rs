//! How far one transaction is: asked of the chain by its hashes first, then by sender and nonce.

use alloy::primitives::{Address, B256, Bytes};
use phase8_shared::api::TransactionStatus;
use tracing::info;

use super::decode::Decoded;
use super::store::{self, Body, Found, Place, Stored};
use super::{Relay, RelayError};
use crate::chain::rpc::{At, Receipt, Simulated};
use crate::chain::{ChainError, Reason};

/// A watched transaction that the node has not known for this many seconds is given up.
const GIVEN_UP_AFTER: u64 = 86_400;

impl Relay {
    /// Finds out how far a transaction is, writes it down, and answers it. While the chain is away it stays as it was.
    pub(super) async fn look_at(&self, stored: Stored) -> Result<Stored, RelayError> {
        // What rests on a block, the follower checks with that block.
        if stored.settled || stored.rests_on.is_some() {
            return Ok(stored);
        }
        match self.look(&stored).await {
            Ok(found) => Ok(self.write(stored, found).await?),
            Err(error) => {
                self.wake();
                // What is stored will be sent: that is an answer.
                if stored.view.status == TransactionStatus::Stored {
                    Ok(stored)
                } else {
                    Err(error.into())
                }
            }
        }
    }

    /// Writes down what was found out, if it is new.
    pub(super) async fn write(
        &self,
        mut stored: Stored,
        found: Found,
    ) -> Result<Stored, RelayError> {
        let before = stored.clone();
        stored.set(found);
        stored.settled = self.is_over(&stored);
        if stored != before {
            let (hash, word) = (stored.view.hash, store::word(&stored.view.status));
            if stored.view.status != before.view.status {
                info!(%hash, "transaction {hash} is {word}");
            }
            let row = stored.clone();
            self.db().note(move |db| store::update(db, &row)).await?;
            if stored.rests_on.is_some() && stored.rests_on != before.rests_on {
                self.tell_news();
            }
        }
        Ok(stored)
    }

    /// What the chain says of a transaction.
    pub(super) async fn look(&self, stored: &Stored) -> Result<Found, ChainError> {
        if let Some(found) = self.by_receipt(stored).await? {
            return Ok(found);
        }
        let view = &stored.view;
        if self.rpc().transaction_count(view.from, At::Latest).await? > view.nonce {
            return self.used_by_another(stored).await;
        }
        let newest = stored.hashes().next().unwrap_or(view.hash);
        if self.rpc().find_transaction(newest).await?.is_some() {
            return Ok(Found::nowhere(TransactionStatus::Sent));
        }
        let Some(raw) = stored.raw() else { return Ok(self.lost(stored)) };
        match self.rpc().send_raw(raw).await {
            Ok(_) => Ok(Found::nowhere(TransactionStatus::Sent)),
            Err(error @ ChainError::Refused(_)) => self.refused_or_known(stored, error).await,
            Err(error) => Err(error),
        }
    }

    /// Refusals carry no reliable code: what the node knows now tells more than what it said.
    pub(super) async fn refused_or_known(
        &self,
        stored: &Stored,
        refusal: ChainError,
    ) -> Result<Found, ChainError> {
        let newest = stored.hashes().next().unwrap_or(stored.view.hash);
        if self.rpc().find_transaction(newest).await?.is_some() {
            return Ok(Found::nowhere(TransactionStatus::Sent));
        }
        // A later signature that the node does not take leaves the earlier ones standing.
        if newest != stored.view.hash {
            return Ok(Found::nowhere(TransactionStatus::Sent));
        }
        let view = &stored.view;
        if self.rpc().transaction_count(view.from, At::Latest).await? > view.nonce {
            return self.used_by_another(stored).await;
        }
        Ok(Found::nowhere(TransactionStatus::Refused { reason: refusal.to_string() }))
    }

    /// In a block under one of its own hashes.
    pub(super) async fn by_receipt(&self, stored: &Stored) -> Result<Option<Found>, ChainError> {
        for hash in stored.hashes() {
            if let Some(receipt) = self.rpc().find_receipt(hash).await? {
                return Ok(Some(self.included(stored, hash, &receipt).await));
            }
        }
        Ok(None)
    }

    /// The nonce is used up: by itself a moment ago, by the same call at another price, or by another call.
    async fn used_by_another(&self, stored: &Stored) -> Result<Found, ChainError> {
        if let Some(found) = self.by_receipt(stored).await? {
            return Ok(found);
        }
        let view = &stored.view;
        let head = self.rpc().head().await?;
        let mut found = self.who_used(view.from, view.nonce).await?;
        if found.is_none() {
            self.wait_past(head).await?;
            if let Some(found) = self.by_receipt(stored).await? {
                return Ok(found);
            }
            found = self.who_used(view.from, view.nonce).await?;
        }
        let Some((used, place)) = found else {
            let head = self.rpc().latest_block().await?;
            let place = Place { number: head.number(), hash: head.hash };
            return Ok(Found {
                status: TransactionStatus::Replaced {},
                rests_on: Some(place),
                replaced_by: None,
            });
        };
        let same = self
            .call_of(stored)
            .is_some_and(|(to, data)| used.to == Some(to) && used.input == data)
            && used.value.is_zero();
        if same && let Some(receipt) = self.rpc().find_receipt(used.hash).await? {
            return Ok(self.included(stored, used.hash, &receipt).await);
        }
        Ok(Found {
            status: TransactionStatus::Replaced {},
            rests_on: Some(place),
            replaced_by: Some(used.hash),
        })
    }

    pub(super) async fn included(&self, stored: &Stored, hash: B256, receipt: &Receipt) -> Found {
        let block = receipt.block_number();
        let status = if receipt.succeeded() {
            TransactionStatus::Included { block }
        } else {
            let reason = self.why_reverted(stored, block).await;
            TransactionStatus::Reverted { block, reason }
        };
        Found {
            status,
            rests_on: Some(Place { number: block, hash: receipt.block_hash }),
            replaced_by: (hash != stored.view.hash).then_some(hash),
        }
    }

    /// Plays the call again on the state before its block.
    async fn why_reverted(&self, stored: &Stored, block: u64) -> String {
        let unknown = || "the contract refused; why cannot be found out".to_owned();
        let Some((to, data)) = self.call_of(stored) else { return unknown() };
        let call = Simulated { from: stored.view.from, to, data };
        match self.rpc().simulate(&call, At::Block(block.saturating_sub(1))).await {
            Err(ChainError::Refused(Reason { name: None, .. })) | Ok(_) => unknown(),
            Err(ChainError::Refused(reason)) => reason.to_string(),
            Err(_) => unknown(),
        }
    }

    fn call_of(&self, stored: &Stored) -> Option<(Address, Bytes)> {
        match &stored.body {
            Body::Watched(data) => Some((stored.view.to, data.clone())),
            Body::Signed(raw) => {
                let decoded = Decoded::of(raw, self.inner.reader.chain_id()).ok()?;
                Some((decoded.to, decoded.data))
            }
        }
    }

    /// A watched transaction that the node does not know: its bytes are the wallet's, so it cannot be sent from here.
    fn lost(&self, stored: &Stored) -> Found {
        if self.age_in_seconds(stored) < self.inner.config.lost_after.as_secs()
            && stored.view.taken_back == 0
        {
            return Found::nowhere(TransactionStatus::Sent);
        }
        let reason = "the node does not know it any more: the wallet may have dropped it; look into the wallet, which can send it again";
        Found::nowhere(TransactionStatus::Refused { reason: reason.to_owned() })
    }

    pub(super) fn age_in_seconds(&self, stored: &Stored) -> u64 {
        self.now().millis().saturating_sub(stored.view.accepted_at.millis()) / 1000
    }

    /// Whether nothing changes it any more. What rests on a block is over when the block is final, which the follower
    /// finds out.
    fn is_over(&self, stored: &Stored) -> bool {
        match (&stored.view.status, &stored.body) {
            (TransactionStatus::Refused { .. }, Body::Watched(_)) => {
                self.age_in_seconds(stored) > GIVEN_UP_AFTER
            }
            (TransactionStatus::Refused { .. }, Body::Signed(_))
            | (TransactionStatus::Final { .. }, _) => true,
            _ => false,
        }
    }
}
