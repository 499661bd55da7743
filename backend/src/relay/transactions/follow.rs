//! Following transactions until their blocks are deep enough: what the node does not know is sent again, byte for byte.

use std::cmp::Reverse;
use std::time::Duration;

use alloy::primitives::B256;
use phase8_shared::api::{TransactionStatus, TransactionView};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::decode::Decoded;
use super::store::{self, Stored};
use super::{Relay, RelayError, whole};
use crate::chain::rpc::{At, Receipt, Simulated};
use crate::chain::{ChainError, Reason};

/// Included transactions are looked at again while they are among this many newest blocks.
const REORG_DEPTH: u64 = 64;

impl Relay {
    /// Follows transactions until it is told to stop: those that the node does not know are sent again, byte for byte.
    pub async fn run(&self, interval: Duration, shutdown: CancellationToken) {
        let mut silent = false;
        while !shutdown.is_cancelled() {
            match self.settle_all().await {
                Ok(()) => silent = false,
                Err(error) if !silent => {
                    warn!("transactions cannot be followed: {}", whole(&error));
                    silent = true;
                }
                Err(_) => {}
            }
            let pause = if silent { interval.saturating_mul(4) } else { interval };
            tokio::select! {
                () = shutdown.cancelled() => {}
                _ = timeout(pause, self.inner.wake.notified()) => {}
            }
        }
    }

    /// Looks once at everything that is not final.
    pub async fn settle_all(&self) -> Result<(), RelayError> {
        let instance = self.instance().await?;
        let since = self.rpc().head().await?.saturating_sub(REORG_DEPTH);
        let unsettled =
            self.inner.db.transact(move |db| store::unsettled(db, instance, since)).await?;
        let (open, mut included): (Vec<_>, Vec<_>) =
            unsettled.into_iter().partition(Stored::is_open);
        for stored in open {
            self.settled_view(stored).await?;
        }
        included.sort_by_key(|stored| Reverse(stored.block()));
        for stored in included {
            // Blocks are chained by hash: if this one still stands, so does every block before it.
            if self.stands(&stored).await? {
                break;
            }
            warn!(hash = %stored.view.hash, "transaction {} lost its block", stored.view.hash);
            self.settled_view(stored).await?;
        }
        Ok(())
    }

    async fn stands(&self, stored: &Stored) -> Result<bool, ChainError> {
        let (Some(number), Some(hash)) = (stored.block(), stored.block_hash) else {
            return Ok(false);
        };
        Ok(self.rpc().find_block(number).await?.is_some_and(|block| block.hash == hash))
    }

    /// Finds out how far a transaction is, writes it down, and answers it. While the chain is away it stays as it was.
    pub(super) async fn settled_view(&self, stored: Stored) -> Result<TransactionView, RelayError> {
        let (status, block_hash) = match self.settle(&stored).await {
            Ok(found) => found,
            Err(error) => {
                self.inner.wake.notify_one();
                // What is stored will be sent: that is an answer.
                let stays = stored.view.status == TransactionStatus::Stored;
                return if stays { Ok(stored.view) } else { Err(error.into()) };
            }
        };
        if status != stored.view.status || block_hash != stored.block_hash {
            let (hash, written) = (stored.view.hash, status.clone());
            self.inner.db.transact(move |db| store::update(db, hash, &written, block_hash)).await?;
            info!(%hash, "transaction {hash} is {}", word(&status));
            if block_hash.is_some() {
                self.inner.news.notify_waiters();
            }
        }
        Ok(TransactionView { status, ..stored.view })
    }

    async fn settle(
        &self,
        stored: &Stored,
    ) -> Result<(TransactionStatus, Option<B256>), ChainError> {
        let view = &stored.view;
        if let Some(receipt) = self.rpc().find_receipt(view.hash).await? {
            return Ok(self.included(stored, &receipt).await);
        }
        if self.rpc().transaction_count(view.from, At::Latest).await? > view.nonce {
            // It may have been included between the two questions.
            return Ok(match self.rpc().find_receipt(view.hash).await? {
                Some(receipt) => self.included(stored, &receipt).await,
                None => (TransactionStatus::Replaced {}, None),
            });
        }
        if self.rpc().find_transaction(view.hash).await?.is_some() {
            return Ok((TransactionStatus::Sent, None));
        }
        match self.rpc().send_raw(&stored.raw).await {
            Ok(_) => Ok(self.just_sent(stored).await?),
            Err(ChainError::Refused(reason)) => {
                // Refusals carry no reliable code: what the node knows now tells more than what it said.
                let known = self.rpc().find_transaction(view.hash).await?.is_some();
                let status = if known {
                    TransactionStatus::Sent
                } else {
                    TransactionStatus::Refused { reason: reason.to_string() }
                };
                Ok((status, None))
            }
            Err(error) => Err(error),
        }
    }

    /// A chain that makes a block at once has the receipt already.
    async fn just_sent(
        &self,
        stored: &Stored,
    ) -> Result<(TransactionStatus, Option<B256>), ChainError> {
        for pause in [0, 10, 40] {
            sleep(Duration::from_millis(pause)).await;
            if let Some(receipt) = self.rpc().find_receipt(stored.view.hash).await? {
                return Ok(self.included(stored, &receipt).await);
            }
        }
        self.inner.wake.notify_one();
        Ok((TransactionStatus::Sent, None))
    }

    async fn included(
        &self,
        stored: &Stored,
        receipt: &Receipt,
    ) -> (TransactionStatus, Option<B256>) {
        let block = receipt.block_number();
        if receipt.succeeded() {
            return (TransactionStatus::Included { block }, Some(receipt.block_hash));
        }
        if let TransactionStatus::Reverted { block: known, reason } = &stored.view.status
            && *known == block
        {
            return (
                TransactionStatus::Reverted { block, reason: reason.clone() },
                Some(receipt.block_hash),
            );
        }
        let reason = self.why_reverted(stored, block).await;
        (TransactionStatus::Reverted { block, reason }, Some(receipt.block_hash))
    }

    /// Plays the call again on the state before its block.
    async fn why_reverted(&self, stored: &Stored, block: u64) -> String {
        let unknown = || "the contract refused; why cannot be found out".to_owned();
        let Ok(decoded) = Decoded::of(&stored.raw, self.inner.reader.chain_id()) else {
            return unknown();
        };
        let call = Simulated { from: decoded.from, to: decoded.to, data: decoded.data };
        match self.rpc().simulate(&call, At::Block(block.saturating_sub(1))).await {
            Err(ChainError::Refused(Reason { name: None, .. })) | Ok(_) => unknown(),
            Err(ChainError::Refused(reason)) => reason.to_string(),
            Err(_) => unknown(),
        }
    }
}

impl Stored {
    /// Whether it may still be included without being sent anew.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.view.status, TransactionStatus::Stored | TransactionStatus::Sent)
    }

    /// The block that includes it.
    const fn block(&self) -> Option<u64> {
        match &self.view.status {
            TransactionStatus::Included { block }
            | TransactionStatus::Safe { block }
            | TransactionStatus::Final { block }
            | TransactionStatus::Reverted { block, .. } => {
                Some(*block)
            }
            TransactionStatus::Stored
            | TransactionStatus::Sent
            | TransactionStatus::Replaced {}
            | TransactionStatus::Refused { .. } => None,
        }
    }
}

const fn word(status: &TransactionStatus) -> &'static str {
    match status {
        TransactionStatus::Stored => "stored",
        TransactionStatus::Sent => "sent",
        TransactionStatus::Included { .. } => "included",
        TransactionStatus::Safe { .. } => "safe",
        TransactionStatus::Final { .. } => "final",
        TransactionStatus::Reverted { .. } => "reverted",
        TransactionStatus::Replaced {} => "replaced",
        TransactionStatus::Refused { .. } => "refused",
    }
}
