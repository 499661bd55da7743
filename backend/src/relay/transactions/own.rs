//! Transactions of this server's own wallet: priced, claimed and signed in one database transaction, then sent.

use std::time::Duration;

use alloy::primitives::{B256, U256};
use futures_util::future::{try_join, try_join4};
use phase8_shared::api::TransactionView;
use phase8_shared::chain::Call;
use phase8_shared::time::Timestamp;
use rusqlite::Transaction;
use serde_json::json;
use tokio::time::sleep;
use tracing::info;

use super::super::db::StorageError;
use super::super::nonce;
use super::super::relayer::Relayer;
use super::store::{self, Body, Stored, latest_for};
use super::{GAS_LIMIT, Relay, RelayError, accepted};
use crate::chain::ChainError;
use crate::chain::rpc::{At, Block, Fees, Simulated};

/// What the relayer's wallet must know before it signs.
#[derive(Debug, Clone, Copy)]
pub(in crate::relay) struct Prices {
    gas: u64,
    fees: Fees,
    /// Transactions of the wallet that the chain has included or keeps waiting.
    seen: u64,
}

/// The same without the price of the newest block.
#[derive(Debug, Clone, Copy)]
pub(in crate::relay) struct Quote {
    /// Gas that the call would take now.
    pub(in crate::relay) gas: u64,
    /// Wei that the wallet holds.
    pub(in crate::relay) balance: U256,
    tip: u128,
    seen: u64,
}

impl Quote {
    /// With the price of this block.
    pub(in crate::relay) fn at(&self, block: &Block) -> Prices {
        let base: u128 = block.base_fee_per_gas.unwrap_or_default().saturating_to();
        // Room for six full blocks on top of today's base fee.
        let max_fee = base.saturating_mul(2).saturating_add(self.tip);
        Prices {
            // Room for what may change until it is included; what is not used is not paid.
            gas: self.gas.saturating_add(self.gas / 4).saturating_add(20_000).min(GAS_LIMIT),
            fees: Fees { max_fee, tip: self.tip },
            seen: self.seen,
        }
    }
}

impl Prices {
    /// The most that the transaction can cost.
    pub(in crate::relay) fn cost(&self) -> U256 {
        U256::from(self.gas).saturating_mul(U256::from(self.fees.max_fee))
    }
}

/// A call that the relayer's wallet is to send, once for each intent.
#[derive(Debug, Clone)]
pub(in crate::relay) struct Draft {
    /// The same text for the same wish, whatever run of the server has it.
    pub(in crate::relay) intent: String,
    /// The call.
    pub(in crate::relay) call: Call,
    /// The call in words.
    pub(in crate::relay) words: String,
}

/// Claims a nonce and stores the signed bytes, or answers the transaction that is open for the intent. Whoever calls this
/// does it in one database transaction with whatever else is promised: after a crash these bytes are sent, never others.
pub(in crate::relay) fn claim(
    db: &Transaction<'_>,
    (instance, chain_id): (B256, u64),
    relayer: &Relayer,
    prices: Prices,
    draft: Draft,
    accepted_at: Timestamp,
) -> Result<Result<Stored, alloy::signers::Error>, StorageError> {
    let open = latest_for(db, instance, &draft.intent)?;
    if let Some(open) = open.filter(|open| open.view.status.is_open()) {
        return Ok(Ok(open));
    }
    let address = relayer.address();
    // The chain was asked a moment ago: what was included since then is in the table.
    let seen = prices.seen.max(store::used_up(db, instance, address)?);
    let nonce = nonce::next(seen, &store::open_nonces(db, instance, address)?);
    let (hash, raw) = match relayer.sign(chain_id, nonce, prices.gas, prices.fees, &draft.call) {
        Ok(signed) => signed,
        Err(error) => return Ok(Err(error)),
    };
    let stored = Stored {
        view: accepted(hash, (address, nonce), draft.call.to, draft.words, accepted_at),
        body: Body::Signed(raw),
        rests_on: None,
        intent: Some(draft.intent),
        settled: false,
        again: Vec::new(),
    };
    store::insert(db, instance, &stored)?;
    Ok(Ok(stored))
}

impl Relay {
    /// Sends a call from this server's own wallet, once for each intent: while a transaction for the intent is open, it
    /// is answered instead.
    pub async fn send(
        &self,
        relayer: &Relayer,
        intent: &str,
        call: Call,
        words: &'static str,
    ) -> Result<TransactionView, RelayError> {
        let instance = self.instance().await?;
        let turn = self.turn(relayer.address()).await?;
        if let Some(turn) = &turn {
            let signed = self.take_over(turn, relayer.address(), intent, words).await?;
            if let Some(view) = signed {
                return Ok(view);
            }
        }
        let (quote, block) =
            try_join(self.quote(relayer, &call), self.rpc().latest_block()).await?;
        let prices = quote.at(&block);
        let draft = Draft { intent: intent.to_owned(), call, words: words.to_owned() };
        let (wallet, chain, accepted_at) =
            (relayer.clone(), (instance, self.inner.reader.chain_id()), self.now());
        let stored = self
            .db()
            .transact(move |db| claim(db, chain, &wallet, prices, draft, accepted_at))
            .await??;
        info!(hash = %stored.view.hash, intent, "sending {words}");
        if let Some(turn) = &turn {
            self.share(turn, instance, &stored).await?;
        }
        let stored = self.broadcast(stored).await?;
        if let Some(turn) = turn {
            turn.end().await;
        }
        // Who pays wants to know what came of it; a chain that makes a block at once has the receipt already.
        let mut stored = stored;
        for pause in [1, 4, 15, 40] {
            if !stored.view.status.is_open() {
                break;
            }
            sleep(Duration::from_millis(pause)).await;
            if let Some(found) = self.by_receipt(&stored).await? {
                stored = self.write(stored, found).await?;
            }
        }
        Ok(stored.view)
    }

    /// Asks everything at once; what the call would do now is part of it.
    pub(in crate::relay) async fn quote(
        &self,
        relayer: &Relayer,
        call: &Call,
    ) -> Result<Quote, ChainError> {
        let address = relayer.address();
        let simulated = Simulated { from: address, to: call.to, data: call.data.clone() };
        let (gas, tip, seen, balance) = try_join4(
            self.rpc().estimate_gas(&simulated),
            self.rpc().ask::<U256>("eth_maxPriorityFeePerGas", json!([])),
            self.rpc().transaction_count(address, At::Pending),
            self.rpc().balance(address),
        )
        .await?;
        Ok(Quote { gas, balance, tip: tip.saturating_to(), seen })
    }
}
