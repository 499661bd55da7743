//! What the chain says about blocks and about who used a nonce.

use std::time::Duration;

use alloy::primitives::{Address, B256, Bytes, U64, U256};
use serde::Deserialize;
use serde_json::json;
use tokio::time::sleep;

use super::Relay;
use super::store::Place;
use crate::chain::ChainError;
use crate::chain::rpc::{At, Block};

/// How long a node is given to show the block whose state it has answered from.
const LOOKS_FOR_A_BLOCK: u32 = 20;
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// How far the chain is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tips {
    /// The newest block.
    pub(super) head: Place,
    /// Its time in Unix seconds.
    pub(super) time: u64,
    /// The newest that a reorganisation is unlikely to take back.
    pub(super) safe: u64,
    /// The newest that none takes back.
    pub(super) last: u64,
}

/// A transaction as the node tells it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::relay) struct Sent {
    pub(super) hash: B256,
    pub(super) from: Address,
    pub(super) nonce: U64,
    pub(super) to: Option<Address>,
    #[serde(default)]
    pub(super) value: U256,
    #[serde(default)]
    pub(in crate::relay) input: Bytes,
}

/// A block with its transactions.
#[derive(Debug, Clone, Deserialize)]
struct FullBlock {
    number: U64,
    hash: B256,
    transactions: Vec<Sent>,
}

impl Relay {
    /// How far the chain is, by the node's own tags where it has them.
    pub(super) async fn tips(&self) -> Result<Tips, ChainError> {
        let tagged = |tag| json!([tag, false]);
        let method = "eth_getBlockByNumber";
        let mut batch = self.rpc().batch();
        let mut add = |tag| batch.add_call::<_, Option<Block>>(method, &tagged(tag));
        let (head, safe, last) = (add("latest"), add("safe"), add("finalized"));
        let failed = |error| self.rpc().sort(method, error);
        batch.send().await.map_err(failed)?;
        let head = head.map_err(failed)?.await.map_err(failed)?;
        let head = head.ok_or_else(|| ChainError::Garbled {
            what: method.to_owned(),
            source: "there is no newest block".into(),
        })?;
        let safe = if_known(safe.map_err(failed)?.await.map_err(failed))?;
        let last = if_known(last.map_err(failed)?.await.map_err(failed))?;
        let number = head.number();
        let config = &self.inner.config;
        Ok(Tips {
            head: Place { number, hash: head.hash },
            time: head.timestamp.to(),
            safe: safe.unwrap_or_else(|| number.saturating_sub(config.safe_depth)),
            last: last.unwrap_or_else(|| number.saturating_sub(config.final_depth)),
        })
    }

    /// Whether the chain still has this block.
    pub(super) async fn stands(&self, place: Place) -> Result<bool, ChainError> {
        let block = self.rpc().find_block(place.number).await?;
        Ok(block.is_some_and(|block| block.hash == place.hash))
    }

    /// A transaction that the node knows, waiting or included.
    pub(in crate::relay) async fn find_sent(&self, hash: B256) -> Result<Option<Sent>, ChainError> {
        self.rpc().ask("eth_getTransactionByHash", json!([hash])).await
    }

    /// A node may answer from the state after a block a moment before it shows the block. Waits until it shows one after
    /// `head`, or long enough to know that there is none.
    pub(in crate::relay) async fn wait_past(&self, head: u64) -> Result<(), ChainError> {
        for _ in 0..LOOKS_FOR_A_BLOCK {
            if self.rpc().head().await? > head {
                break;
            }
            sleep(BETWEEN_LOOKS).await;
        }
        Ok(())
    }

    /// The transaction that used a sender's nonce, and its block; `None` if it cannot be found, for instance because the
    /// node has forgotten old states.
    pub(super) async fn who_used(
        &self,
        sender: Address,
        nonce: u64,
    ) -> Result<Option<(Sent, Place)>, ChainError> {
        // After block `before` the nonce was unused, after block `after` it was used.
        let (mut before, mut after) = (self.inner.from_block, self.rpc().head().await?);
        while after.saturating_sub(before) > 1 {
            let middle = before.midpoint(after);
            match self.rpc().transaction_count(sender, At::Block(middle)).await {
                Ok(count) if count > nonce => after = middle,
                // States are forgotten from the oldest on: what can still be told apart is newer.
                Ok(_) | Err(ChainError::Refused(_)) => before = middle,
                Err(error) => return Err(error),
            }
        }
        let block: Option<FullBlock> =
            self.rpc().ask("eth_getBlockByNumber", json!([U64::from(after), true])).await?;
        Ok(block.and_then(|block| {
            let place = Place { number: block.number.to(), hash: block.hash };
            let by = |sent: &Sent| sent.from == sender && sent.nonce.to::<u64>() == nonce;
            block.transactions.into_iter().find(by).map(|sent| (sent, place))
        }))
    }
}

/// The number of a block with a tag; `None` if the node does not know the tag.
fn if_known(answer: Result<Option<Block>, ChainError>) -> Result<Option<u64>, ChainError> {
    match answer {
        Ok(block) => Ok(block.map(|block| block.number())),
        Err(ChainError::Refused(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
