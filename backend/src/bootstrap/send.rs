//! The steps, sent one after the other with the owner's key. Each is on the disk, signed, before it is sent, and on record
//! before the next: after an interruption the one that was under way is looked for by its sender and nonce, and the rest
//! is planned anew.

use std::time::Duration;

use alloy::primitives::{B256, U256};
use phase8_shared::chain::Call;
use tokio::time::{Instant, sleep};

use super::Step;
use super::history::{Entry, History, HistoryError, Pending};
use super::keys::{OwnerKey, OwnerKeyError};
use crate::chain::rpc::{At, Receipt, Rpc, Simulated};
use crate::chain::{ChainError, Reason};
use crate::relay::Now;

/// A block that includes a transaction is there by then.
const PATIENCE: Duration = Duration::from_mins(10);
/// So often it is looked for, at first; each look waits twice as long as the one before.
const FIRST_LOOK: Duration = Duration::from_millis(20);
/// And at most.
const LONGEST_LOOK: Duration = Duration::from_secs(2);
/// The most gas that a transaction may have (EIP-7825).
const MOST_GAS: u64 = 16_777_216;

/// Sending stopped.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// A transaction does not come into a block.
    #[error("{what} ({hash}) is in no block after {} minutes: run the same command again to go on, nothing is sent twice", PATIENCE.as_secs() / 60)]
    NotIncluded {
        /// Which step.
        what: String,
        /// Its hash.
        hash: B256,
    },
    /// A transaction reverted.
    #[error("{what} ({hash}) reverted in block {block}: {why}; what was sent before it stands")]
    Reverted {
        /// Which step.
        what: String,
        /// Its hash.
        hash: B256,
        /// Number of the block.
        block: u64,
        /// Why.
        why: String,
    },
    /// The chain would refuse a step.
    #[error("{what} was not sent, the chain refuses it: {why}; what was sent before it stands")]
    Refused {
        /// Which step.
        what: String,
        /// Why.
        why: Reason,
    },
    /// The wallet cannot pay.
    #[error(
        "the owner's wallet holds {held} wei, and {what} may cost {needed} wei: top it up, then run the same command again"
    )]
    CannotPay {
        /// Which step.
        what: String,
        /// What it holds.
        held: U256,
        /// What may be needed.
        needed: U256,
    },
    /// The wallet has transactions that nobody here knows.
    #[error(
        "the owner's wallet has {0} transactions that wait for a block: wait for them, or replace them in the wallet, then run the same command again"
    )]
    Foreign(u64),
    /// The transaction that was under way is for another chain or wallet.
    #[error(
        "{what} was sent on chain {chain_id} and its outcome is not known: finish it there first, with the same --output"
    )]
    Elsewhere {
        /// Which step.
        what: String,
        /// On which chain.
        chain_id: u64,
    },
    /// The chain does not answer.
    #[error("the chain broke off; run the same command again to go on, nothing is sent twice")]
    Chain(#[from] ChainError),
    /// The key cannot sign.
    #[error(transparent)]
    Key(#[from] OwnerKeyError),
    /// What was sent cannot be put down.
    #[error(transparent)]
    History(#[from] HistoryError),
}

/// Sends from one wallet on one chain.
#[derive(Debug)]
pub struct Sender<'s> {
    /// The endpoint.
    pub rpc: &'s Rpc,
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// The owner's key.
    pub key: &'s OwnerKey,
    /// Where it is put down.
    pub history: &'s History,
}

/// Looks for the transaction that was under way when a run was interrupted, and sends its very bytes again if the chain has
/// lost them. Answers what became of it. Nothing else may be sent before this was done.
pub async fn settle(
    rpc: &Rpc,
    chain_id: u64,
    history: &History,
    now: &Now,
) -> Result<Option<Entry>, SendError> {
    let Some(pending) = history.pending()? else { return Ok(None) };
    if pending.chain_id != chain_id {
        let (what, chain_id) = (pending.label, pending.chain_id);
        return Err(SendError::Elsewhere { what, chain_id });
    }
    // Its line was written, and the run ended before this file was taken away.
    if history.has(pending.hash)? {
        history.end()?;
        return Ok(None);
    }
    let used = rpc.transaction_count(pending.from, At::Latest).await? > pending.nonce;
    if used && rpc.find_receipt(pending.hash).await?.is_none() {
        // Another transaction used its nonce up: it never happens, and the plan is made anew.
        history.end()?;
        return Ok(None);
    }
    if !used && rpc.find_transaction(pending.hash).await?.is_none() {
        broadcast(rpc, history, &pending).await?;
    }
    let receipt = included(rpc, &pending).await?;
    let entry = conclude(history, &pending, &receipt, now)?;
    if receipt.succeeded() { Ok(Some(entry)) } else { Err(reverted(&pending, &receipt, None)) }
}

impl Sender<'_> {
    /// Sends a step and waits for its receipt.
    pub async fn send(&self, step: &Step, now: &Now) -> Result<Entry, SendError> {
        let what = step.order.to_string();
        let from = self.key.address();
        let nonce = self.rpc.transaction_count(from, At::Latest).await?;
        let waiting = self.rpc.transaction_count(from, At::Pending).await?;
        if let Some(foreign) = waiting.checked_sub(nonce).filter(|foreign| *foreign > 0) {
            return Err(SendError::Foreign(foreign));
        }
        let call = Simulated { from, to: step.call.to, data: step.call.data.clone() };
        let gas = match self.rpc.estimate_gas(&call).await {
            Ok(gas) => gas.saturating_add(gas / 4).saturating_add(20_000).min(MOST_GAS),
            Err(ChainError::Refused(why)) => return Err(SendError::Refused { what, why }),
            Err(error) => return Err(error.into()),
        };
        let fees = self.rpc.fees().await?;
        let held = self.rpc.balance(from).await?;
        let needed = U256::from(gas).saturating_mul(U256::from(fees.max_fee));
        if held < needed {
            return Err(SendError::CannotPay { what, held, needed });
        }
        let (hash, raw) = self.key.sign(self.chain_id, nonce, gas, fees, &step.call)?;
        let pending = Pending {
            chain_id: self.chain_id,
            from,
            nonce,
            hash,
            raw,
            label: step.order.function.to_owned(),
            slug: step.order.slug.clone(),
        };
        self.history.begin(&pending)?;
        broadcast(self.rpc, self.history, &pending).await?;
        let receipt = included(self.rpc, &pending).await?;
        let entry = conclude(self.history, &pending, &receipt, now)?;
        if receipt.succeeded() {
            return Ok(entry);
        }
        let why = self.why(&step.call, &receipt).await;
        Err(reverted(&pending, &receipt, why))
    }

    /// Why a call reverted: it is tried once more on the state before its block.
    async fn why(&self, call: &Call, receipt: &Receipt) -> Option<Reason> {
        let before = At::Block(receipt.block_number().saturating_sub(1));
        let call = Simulated { from: self.key.address(), to: call.to, data: call.data.clone() };
        match self.rpc.simulate(&call, before).await {
            Err(ChainError::Refused(reason)) => Some(reason),
            Ok(_) | Err(_) => None,
        }
    }
}

/// Hands the bytes to the chain. A refusal counts only if the chain does not have them.
async fn broadcast(rpc: &Rpc, history: &History, pending: &Pending) -> Result<(), SendError> {
    match rpc.send_raw(&pending.raw).await {
        Ok(_) => Ok(()),
        Err(ChainError::Refused(why)) => {
            if rpc.find_transaction(pending.hash).await?.is_some() {
                return Ok(());
            }
            history.end()?;
            Err(SendError::Refused { what: described(pending), why })
        }
        Err(error) => Err(error.into()),
    }
}

async fn included(rpc: &Rpc, pending: &Pending) -> Result<Receipt, SendError> {
    let (end, mut look) = (Instant::now() + PATIENCE, FIRST_LOOK);
    loop {
        if let Some(receipt) = rpc.find_receipt(pending.hash).await? {
            return Ok(receipt);
        }
        if Instant::now() >= end {
            return Err(SendError::NotIncluded { what: described(pending), hash: pending.hash });
        }
        sleep(look).await;
        look = look.saturating_mul(2).min(LONGEST_LOOK);
    }
}

/// Puts the outcome down.
fn conclude(
    history: &History,
    pending: &Pending,
    receipt: &Receipt,
    now: &Now,
) -> Result<Entry, HistoryError> {
    let entry = Entry {
        label: pending.label.clone(),
        slug: pending.slug.clone(),
        hash: pending.hash,
        block_number: receipt.block_number(),
        status: receipt.status.to(),
        timestamp: now().to_string(),
    };
    history.add(&entry)?;
    history.end()?;
    Ok(entry)
}

fn reverted(pending: &Pending, receipt: &Receipt, why: Option<Reason>) -> SendError {
    let why = why.map_or_else(|| "the node does not say why".to_owned(), |why| why.to_string());
    let (what, hash) = (described(pending), pending.hash);
    SendError::Reverted { what, hash, block: receipt.block_number(), why }
}

fn described(pending: &Pending) -> String {
    match &pending.slug {
        Some(slug) => format!("{} {slug}", pending.label),
        None => pending.label.clone(),
    }
}
