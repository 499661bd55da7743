//! What a new block says, asked once for everybody who follows the chain: the newest block, older ones, and the logs of our
//! contracts. Whoever follows looks at the same moments, so that the second finds what the first was told.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use alloy::primitives::B256;
use alloy::rpc::types::{Filter, Log};
use phase8_shared::chain::Contracts;
use tokio::sync::Mutex as AsyncMutex;
use tokio::time::Instant;

use super::error::ChainError;
use super::rpc::{Block, Rpc};

/// What was asked, shared by everybody who follows one chain.
#[derive(Debug)]
pub struct Blocks {
    rpc: Rpc,
    contracts: Contracts,
    /// Looks are counted from here.
    epoch: Instant,
    /// When somebody knew of something new.
    news_at: Mutex<Instant>,
    newest: AsyncMutex<Option<(Instant, Block)>>,
    memory: AsyncMutex<Memory>,
}

/// Answers that were given after this block had been the newest one. With another newest block they are forgotten.
#[derive(Debug, Default)]
struct Memory {
    newest: B256,
    blocks: BTreeMap<u64, Option<Block>>,
    logs: Option<(u64, u64, Arc<[Log]>)>,
}

impl Blocks {
    /// Of these contracts at this endpoint.
    pub(super) fn new(rpc: Rpc, contracts: Contracts) -> Self {
        let now = Instant::now();
        Self {
            rpc,
            contracts,
            epoch: now,
            news_at: Mutex::new(now),
            newest: AsyncMutex::default(),
            memory: AsyncMutex::default(),
        }
    }

    /// There is something new: a block that was asked for before this moment is not the newest.
    pub(crate) fn tell(&self) {
        *self.news_at.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// When whoever looks at this interval looks again.
    pub(super) fn next_look(&self, interval: Duration) -> Instant {
        self.this_look(interval) + interval
    }

    /// The moment that everybody who looks now at this interval calls now: the last turn, or the last news.
    pub(super) fn now(&self, interval: Duration) -> Instant {
        let news = *self.news_at.lock().unwrap_or_else(PoisonError::into_inner);
        news.max(self.this_look(interval))
    }

    fn this_look(&self, interval: Duration) -> Instant {
        let turn = turn(self.epoch.elapsed(), interval);
        self.epoch.checked_add(turn).unwrap_or(self.epoch)
    }

    /// The newest block, as it was asked for at this moment or later.
    pub(super) async fn newest(&self, since: Instant) -> Result<Block, ChainError> {
        let mut newest = self.newest.lock().await;
        if let Some((asked, block)) = newest.as_ref()
            && *asked >= since
        {
            return Ok(block.clone());
        }
        let asked = Instant::now();
        let block = self.rpc.latest_block().await?;
        *newest = Some((asked, block.clone()));
        Ok(block)
    }

    /// A block of the chain that ends with this one; `None` if the chain has none with this number.
    pub(super) async fn find(
        &self,
        newest: &Block,
        number: u64,
    ) -> Result<Option<Block>, ChainError> {
        if number >= newest.number() {
            return Ok((number == newest.number()).then(|| newest.clone()));
        }
        let mut memory = self.memory.lock().await;
        memory.is_about(newest);
        if let Some(known) = memory.blocks.get(&number) {
            return Ok(known.clone());
        }
        let found = self.rpc.find_block(number).await?;
        memory.blocks.insert(number, found.clone());
        Ok(found)
    }

    /// What our contracts said in a range of blocks of the chain that ends with this one, in the order of the chain.
    pub(super) async fn logs(
        &self,
        newest: &Block,
        from: u64,
        to: u64,
    ) -> Result<Arc<[Log]>, ChainError> {
        let mut memory = self.memory.lock().await;
        memory.is_about(newest);
        if let Some((first, last, logs)) = &memory.logs
            && (*first, *last) == (from, to)
        {
            return Ok(Arc::clone(logs));
        }
        let mut logs = self.rpc.logs(&filter(&self.contracts, from, to)).await?;
        logs.retain(|log| !log.removed);
        logs.sort_by_key(|log| (log.block_number, log.log_index));
        let logs: Arc<[Log]> = logs.into();
        memory.logs = Some((from, to, Arc::clone(&logs)));
        Ok(logs)
    }
}

impl Memory {
    fn is_about(&mut self, newest: &Block) {
        if self.newest != newest.hash {
            *self = Self { newest: newest.hash, ..Self::default() };
        }
    }
}

/// The last multiple of the interval.
fn turn(elapsed: Duration, interval: Duration) -> Duration {
    let into = elapsed.as_nanos().checked_rem(interval.as_nanos()).unwrap_or_default();
    elapsed.saturating_sub(Duration::from_nanos(u64::try_from(into).unwrap_or_default()))
}

/// Everything that facts and governance are made of.
fn filter(contracts: &Contracts, from: u64, to: u64) -> Filter {
    let addresses = vec![
        contracts.escrow,
        contracts.budget_manager,
        contracts.system_pause,
        contracts.pause_guardian,
        contracts.checkpoint_ledger,
        contracts.model_registry,
        contracts.attestation_module,
        contracts.owner_proxy,
        contracts.owner_timelock,
        contracts.governor_timelock,
        contracts.guardian_council,
        contracts.upgrade_coordinator,
        contracts.adapter_governor,
    ];
    Filter::new().from_block(from).to_block(to).address(addresses)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks() -> Blocks {
        let rpc = Rpc::connect("http://127.0.0.1:9", Duration::from_secs(1)).unwrap();
        Blocks::new(
            rpc,
            Contracts::locate(|name| alloy::primitives::Address::repeat_byte(name as u8)),
        )
    }

    #[test]
    fn whoever_looks_at_the_same_interval_looks_at_the_same_moments() {
        let millis = Duration::from_millis;
        for (elapsed, interval, expected) in
            [(0, 400, 0), (399, 400, 0), (400, 400, 400), (1_000, 400, 800), (1_000, 0, 1_000)]
        {
            assert_eq!(turn(millis(elapsed), millis(interval)), millis(expected), "{elapsed}");
        }
    }

    #[tokio::test]
    async fn news_are_newer_than_the_last_turn() {
        let (blocks, hour) = (blocks(), Duration::from_hours(1));
        assert_eq!(blocks.now(hour), blocks.epoch);
        let before = Instant::now();

        blocks.tell();

        assert!(blocks.now(hour) >= before);
        assert_eq!(blocks.next_look(hour), blocks.epoch + hour);
    }

    #[tokio::test]
    async fn what_is_remembered_is_forgotten_with_another_newest_block() {
        let block = |number: u64, hash| Block {
            number: alloy::primitives::U64::from(number),
            hash: B256::repeat_byte(hash),
            timestamp: alloy::primitives::U64::ZERO,
            base_fee_per_gas: None,
        };
        let blocks = blocks();
        let (newest, other) = (block(9, 9), block(9, 8));
        {
            let mut memory = blocks.memory.lock().await;
            memory.is_about(&newest);
            memory.blocks.insert(5, Some(block(5, 5)));
            memory.logs = Some((1, 9, Vec::new().into()));
        }

        assert_eq!(blocks.find(&newest, 5).await.unwrap(), Some(block(5, 5)));
        assert!(blocks.logs(&newest, 1, 9).await.unwrap().is_empty());
        assert_eq!(blocks.find(&newest, 9).await.unwrap(), Some(newest));
        assert_eq!(blocks.find(&other, 10).await.unwrap(), None);
        // The endpoint is away, so whatever is answered was remembered.
        assert!(blocks.find(&other, 5).await.is_err());
        assert!(blocks.logs(&other, 1, 9).await.is_err());
    }
}
