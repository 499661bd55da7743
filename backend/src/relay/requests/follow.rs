//! What the chain says of requests: a nonce that moved on voids what was signed for it, and a deadline ends it.

use std::collections::BTreeMap;

use alloy::primitives::{Address, B256, U256};
use alloy::rpc::types::Filter;
use alloy::sol_types::{SolCall, SolEvent};
use phase8_shared::chain::OwnerRequest;
use phase8_shared::chain::abi::IOwnerProxy;
use tracing::info;

use super::intent;
use super::store::{self, Ended, Row};
use crate::chain::ChainError;
use crate::relay::transactions::{Stored, latest_for};
use crate::relay::{Relay, RelayError};

/// A request that ended is looked at for so long after its deadline, in case a reorganisation takes the end back.
const AFTERCARE_SECONDS: u64 = 3_600;
/// Blocks that are searched for whoever else carried a request.
const SEARCHED_BLOCKS: u64 = 50_000;

impl Relay {
    /// Looks once at requests that may still change; the newest block is of this time.
    pub(in crate::relay) async fn settle_requests(
        &self,
        requests: Vec<Row>,
        block_time: u64,
    ) -> Result<(), RelayError> {
        let mut nonces = BTreeMap::new();
        for row in requests {
            self.settle_request(row, block_time, &mut nonces).await?;
        }
        Ok(())
    }

    async fn settle_request(
        &self,
        row: Row,
        block_time: u64,
        nonces: &mut BTreeMap<Address, U256>,
    ) -> Result<(), RelayError> {
        let (instance, wanted) = (self.instance().await?, intent(row.digest));
        let carrier = self.db().note(move |db| latest_for(db, instance, &wanted)).await?;
        let before = row.clone();
        let mut row = row;
        if carrier.as_ref().is_some_and(is_done_or_under_way) {
            row.ended = None;
            row.settled = carrier.is_some_and(|stored| stored.settled);
        } else {
            let nonce = self.nonce_of(row.signer, nonces).await?;
            row.ended = if nonce > row.nonce {
                match row.ended {
                    // Who carried it is looked for once.
                    Some(known @ (Ended::Void | Ended::Carried { .. })) => Some(known),
                    Some(Ended::Expired) | None => Some(self.how_it_ended(&row).await?),
                }
            } else if block_time > row.deadline {
                Some(Ended::Expired)
            } else {
                None
            };
            let over = block_time > row.deadline.saturating_add(AFTERCARE_SECONDS);
            row.settled = row.ended.is_some() && over;
        }
        if row != before {
            if row.ended != before.ended {
                let digest = row.digest;
                info!(%digest, "request {digest} ended as {:?} without a transaction from here", row.ended);
            }
            self.db().note(move |db| store::update(db, &row)).await?;
        }
        Ok(())
    }

    async fn nonce_of(
        &self,
        signer: Address,
        known: &mut BTreeMap<Address, U256>,
    ) -> Result<U256, ChainError> {
        if let Some(nonce) = known.get(&signer) {
            return Ok(*nonce);
        }
        let proxy = self.inner.reader.contracts().owner_proxy;
        let nonce = self.rpc().view(proxy, IOwnerProxy::noncesCall { owner: signer }).await?;
        known.insert(signer, nonce);
        Ok(nonce)
    }

    /// The nonce moved on: because somebody else sent this very request, or past it.
    async fn how_it_ended(&self, row: &Row) -> Result<Ended, ChainError> {
        let head = self.rpc().head().await?;
        if let Some(carried) = self.who_carried(row, head).await? {
            return Ok(carried);
        }
        self.wait_past(head).await?;
        let head = self.rpc().head().await?;
        Ok(self.who_carried(row, head).await?.unwrap_or(Ended::Void))
    }

    /// The transaction up to block `head` that carried this very request.
    async fn who_carried(&self, row: &Row, head: u64) -> Result<Option<Ended>, ChainError> {
        let filter = Filter::new()
            .address(self.inner.reader.contracts().owner_proxy)
            .event_signature(IOwnerProxy::Executed::SIGNATURE_HASH)
            .topic1(row.target.into_word())
            .topic3(row.signer.into_word())
            .from_block(head.saturating_sub(SEARCHED_BLOCKS))
            .to_block(head);
        let logs = match self.rpc().logs(&filter).await {
            Ok(logs) => logs,
            // A node that does not search so far leaves it at that: the signature is worth nothing either way.
            Err(ChainError::Refused(_)) => Vec::new(),
            Err(error) => return Err(error),
        };
        for log in logs.iter().rev() {
            let (Some(hash), Some(block)) = (log.transaction_hash, log.block_number) else {
                continue;
            };
            let Some(sent) = self.find_sent(hash).await? else { continue };
            if self.carries(&sent.input, row.digest) {
                return Ok(Some(Ended::Carried { by: hash, block }));
            }
        }
        Ok(None)
    }

    fn carries(&self, input: &[u8], digest: B256) -> bool {
        let Ok(call) = IOwnerProxy::executeSignedCall::abi_decode(input) else { return false };
        let request = OwnerRequest {
            chain_id: self.inner.reader.chain_id(),
            proxy: self.inner.reader.contracts().owner_proxy,
            target: call.request.target,
            data: call.request.data,
            nonce: call.request.nonce,
            deadline: call.request.deadline,
        };
        request.digest() == digest
    }
}

fn is_done_or_under_way(stored: &Stored) -> bool {
    stored.view.status.is_open() || stored.view.status.succeeded_in().is_some()
}
