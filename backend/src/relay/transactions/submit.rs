//! Taking in a transaction that a wallet signed: examined, stored, sent; in that order.

use std::sync::PoisonError;

use alloy::primitives::{Address, Bytes};
use futures_util::future::{Either, join, try_join};
use phase8_shared::api::{TransactionStatus, TransactionView};
use phase8_shared::money::TokenAmount;
use tracing::info;

use super::allow::{self, Allowed};
use super::decode::Decoded;
use super::store::{self, Body, Stored};
use super::{GAS_LIMIT, Relay, RelayError, accepted};
use crate::chain::ChainError;
use crate::chain::rpc::{At, Simulated};

impl Relay {
    /// Relays a transaction that a wallet signed. Sending the same bytes again is the same as once.
    pub async fn submit(&self, raw: Bytes) -> Result<TransactionView, RelayError> {
        let decoded = Decoded::of(&raw, self.inner.reader.chain_id())?;
        let allowed = allow::classify(self.inner.reader.contracts(), decoded.to, &decoded.data)?;
        if decoded.gas > GAS_LIMIT {
            let found = format!(
                "the transaction may burn {} gas, and at most {GAS_LIMIT} is relayed",
                decoded.gas
            );
            return Err(RelayError::NotAllowed { found });
        }
        if let Err(error) = self.examine(&decoded, &allowed).await {
            // What was taken in before cannot be carried out again, and need not be.
            return match self.find_stored(decoded.hash).await? {
                Some(known) if !is_refused(&known) => Ok(self.look_at(known).await?.view),
                Some(_) | None => Err(error),
            };
        }
        let instance = self.instance().await?;
        let caller = (decoded.from, decoded.nonce);
        let is_own = self.is_relayers(decoded.from);
        let view = accepted(decoded.hash, caller, decoded.to, allowed.call, self.now());
        let stored = Stored {
            view,
            body: Body::Signed(raw),
            rests_on: None,
            intent: None,
            settled: false,
            again: Vec::new(),
        };
        let (stored, is_new) = self
            .db()
            // Not on the disk yet, and need not be: the wallet's bytes cannot do anything twice, and once the node has
            // them, the chain remembers.
            .note(move |db| {
                // Only this server's own transactions are known by later hashes as well.
                if !is_own && store::insert_if_new(db, instance, &stored)? {
                    return Ok((stored, true));
                }
                match store::find(db, stored.view.hash)? {
                    None => {
                        store::insert(db, instance, &stored)?;
                        Ok((stored, true))
                    }
                    Some(known) if !is_refused(&known) => Ok((known, false)),
                    Some(mut known) => {
                        known.view.status = TransactionStatus::Stored;
                        known.settled = false;
                        store::update(db, &known)?;
                        Ok((known, true))
                    }
                }
            })
            .await?;
        if !is_new {
            return Ok(self.look_at(stored).await?.view);
        }
        info!(hash = %stored.view.hash, call = %stored.view.call, "accepted transaction {}", stored.view.hash);
        let stored = self.broadcast(stored).await?;
        if matches!(
            stored.view.status,
            TransactionStatus::Refused { .. } | TransactionStatus::Replaced {}
        ) {
            return Err(self.never_taken(stored.view).await?);
        }
        Ok(stored.view)
    }

    fn is_relayers(&self, wallet: Address) -> bool {
        self.inner.config.relayer.as_ref().is_some_and(|relayer| relayer.address() == wallet)
    }

    /// What the node never took is not kept: whoever sent it is told why.
    async fn never_taken(&self, view: TransactionView) -> Result<RelayError, RelayError> {
        let TransactionView { hash, from, nonce, status, .. } = view;
        self.db().note(move |db| store::forget(db, hash)).await?;
        let used = self.rpc().transaction_count(from, At::Latest).await?;
        if let TransactionStatus::Refused { reason } = status
            && used <= nonce
        {
            return Ok(RelayError::Refused(reason));
        }
        Ok(RelayError::Refused(format!(
            "nonce {nonce} of {from} is used up, the next is {used}: let the wallet sign again"
        )))
    }

    /// Hands stored bytes to the node. The follower does the rest: also when the node's answer is lost; then the disk
    /// remembers before anybody is told that they are taken in.
    pub(in crate::relay) async fn broadcast(
        &self,
        mut stored: Stored,
    ) -> Result<Stored, RelayError> {
        let Some(raw) = stored.raw() else { return Ok(stored) };
        match self.rpc().send_raw(raw).await {
            // The follower writes it down when it sees it: the node can be asked again, so nothing is lost with it.
            Ok(_) => stored.view.status = TransactionStatus::Sent,
            Err(error @ ChainError::Refused(_)) => {
                let found = self.refused_or_known(&stored, error).await?;
                if found.status != stored.view.status {
                    stored.set(found);
                    stored.settled = is_refused(&stored);
                    let row = stored.clone();
                    self.db().note(move |db| store::update(db, &row)).await?;
                }
            }
            Err(
                ChainError::Unreachable { .. }
                | ChainError::Garbled { .. }
                | ChainError::WrongChain { .. },
            ) => {
                let row = stored.clone();
                self.db().transact(move |db| store::update(db, &row)).await?;
            }
        }
        self.wake();
        Ok(stored)
    }

    /// Reads who holds the brake: the owner and the pause guardian.
    pub(super) async fn learn_who_brakes(&self) -> Result<(), ChainError> {
        let reader = &self.inner.reader;
        let (owner, guardian) = try_join(reader.owner(), reader.pause_guardian()).await?;
        let mut brakemen = self.inner.brakemen.lock().unwrap_or_else(PoisonError::into_inner);
        *brakemen = vec![owner, guardian];
        Ok(())
    }

    fn holds_the_brake(&self, wallet: Address) -> bool {
        let brakemen = self.inner.brakemen.lock().unwrap_or_else(PoisonError::into_inner);
        brakemen.contains(&wallet)
    }

    /// Refuses what the chain would refuse, before anything is stored.
    async fn examine(&self, decoded: &Decoded, allowed: &Allowed) -> Result<(), RelayError> {
        // The brake is instant: from those who hold it, it does not wait for a simulation.
        if allowed.brakes && self.holds_the_brake(decoded.from) {
            return Ok(());
        }
        let call = Simulated { from: decoded.from, to: decoded.to, data: decoded.data.clone() };
        let held = match allowed.approves {
            Some(_) => Either::Left(self.inner.reader.token_balance(decoded.from)),
            None => Either::Right(std::future::ready(Ok(TokenAmount::ZERO))),
        };
        let (held, simulated) = join(held, self.rpc().simulate(&call, At::Pending)).await;
        let held = held?;
        if allowed.approves.is_some_and(|value| allow::is_unlimited(value, held)) {
            let found = format!(
                "the approval is for more than the wallet's {held}: approvals without a limit are not relayed, approve \
                 exactly the deposit"
            );
            return Err(RelayError::NotAllowed { found });
        }
        simulated?;
        Ok(())
    }
}

const fn is_refused(stored: &Stored) -> bool {
    matches!(stored.view.status, TransactionStatus::Refused { .. })
}
