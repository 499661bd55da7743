//! Follows what governance says: everything is read again at a start, and from the fork on when the chain went back.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use alloy::primitives::U256;
use phase8_shared::api::GovernanceView;
use phase8_shared::chain::abi::{IAdapterGovernor, IGuardianCouncil};
use phase8_shared::money::TokenAmount;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::super::cursor::ReadBlock;
use super::super::error::ChainError;
use super::super::reader::Reader;
use super::super::rpc::Block;
use super::executor::Executor;
use super::fold::{Fold, ReadUpTo};
use super::log::{self, Entry};
use crate::relay::transactions::whole;

/// The longest pause between two attempts while the chain is away.
const LONGEST_BACKOFF: Duration = Duration::from_secs(10);
/// Blocks that are asked for at once.
const RANGE: u64 = 1_000;
/// Blocks that are remembered, to find where the chain forked. A deeper fork reads everything again.
const REMEMBERED: usize = 256;

/// What the index knows, shared with whoever asks.
pub type Known = watch::Receiver<Option<Arc<GovernanceView>>>;

/// Reads the logs of the governance contracts into a [`GovernanceView`].
#[derive(Debug)]
pub struct GovernanceIndex {
    reader: Reader,
    from_block: u64,
    interval: Duration,
    fold: Fold,
    /// What was folded in, in the order of the chain.
    entries: Vec<Entry>,
    /// Blocks up to which it was read, the oldest first.
    read: Vec<ReadBlock>,
    /// Where the chain stood at the last look.
    latest: Option<ReadUpTo>,
    /// How many guardians must co-sign; the contract never changes it.
    cosignatures: Option<u64>,
    /// Votes that each proposal needs, read once its vote is open: they do not change any more.
    quorums: BTreeMap<U256, U256>,
    executor: Option<Executor>,
    view: watch::Sender<Option<Arc<GovernanceView>>>,
    news: Arc<Notify>,
    backoff: u32,
    said: String,
}

impl GovernanceIndex {
    /// An index of the reader's contracts from this block on.
    pub fn new(reader: Reader, from_block: u64, interval: Duration) -> Self {
        Self {
            reader,
            from_block,
            interval,
            fold: Fold::default(),
            entries: Vec::new(),
            read: Vec::new(),
            latest: None,
            cosignatures: None,
            quorums: BTreeMap::new(),
            executor: None,
            view: watch::channel(None).0,
            news: Arc::default(),
            backoff: 0,
            said: String::new(),
        }
    }

    /// Looks as soon as this fires, and not only at the next interval.
    #[must_use]
    pub fn woken_by(mut self, news: Arc<Notify>) -> Self {
        self.news = news;
        self
    }

    /// Carries out what is ready.
    #[must_use]
    pub fn executing(mut self, executor: Executor) -> Self {
        self.executor = Some(executor);
        self
    }

    /// What it knows, now and from now on; nothing before the chain was read once.
    pub fn known(&self) -> Known {
        self.view.subscribe()
    }

    /// Follows until it is told to stop.
    pub async fn run(mut self, shutdown: CancellationToken) {
        while !shutdown.is_cancelled() {
            let news = Arc::clone(&self.news);
            let news = news.notified();
            tokio::pin!(news);
            // From here on no news is missed, even what arrives while looking.
            news.as_mut().enable();
            let since = self.reader.blocks().now(self.interval);
            let next = match self.look_since(since).await {
                Ok(()) => {
                    self.backoff = 0;
                    self.said.clear();
                    self.reader.blocks().next_look(self.interval)
                }
                Err(error) => Instant::now() + self.report(&error),
            };
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = news, if self.backoff == 0 => {}
                () = sleep_until(next) => {}
            }
        }
    }

    /// Reads up to the newest block, then carries out what is ready.
    pub async fn look(&mut self) -> Result<(), ChainError> {
        self.look_since(Instant::now()).await
    }

    /// The same, up to the newest block as anybody was told it since then.
    async fn look_since(&mut self, since: Instant) -> Result<(), ChainError> {
        let latest = self.reader.blocks().newest(since).await?;
        if self.read.last().is_none_or(|read| read.hash != latest.hash) {
            self.read_up_to(&latest).await?;
        }
        let read =
            ReadUpTo { number: latest.number(), hash: latest.hash, time: latest.timestamp.to() };
        let news = self.latest.replace(read) != Some(read);
        let tried = match &mut self.executor {
            Some(executor) => executor.carry_out(&self.reader, &self.fold, read).await,
            None => false,
        };
        if news || tried {
            self.publish(read).await?;
        }
        Ok(())
    }

    async fn publish(&mut self, read: ReadUpTo) -> Result<(), ChainError> {
        let contracts = *self.reader.contracts();
        let needed = if let Some(needed) = self.cosignatures {
            needed
        } else {
            let call = IGuardianCouncil::cosignaturesNeededCall {};
            let needed = self.reader.rpc().view(contracts.guardian_council, call).await?;
            *self.cosignatures.insert(needed.saturating_to())
        };
        let mut view = self.fold.view(read, contracts.owner_timelock, needed);
        if let Some(executor) = &self.executor {
            executor.annotate(&mut view.operations);
        }
        for proposal in &mut view.proposals {
            if !self.quorums.contains_key(&proposal.id) && proposal.vote_start < read.time {
                let timepoint = U256::from(proposal.vote_start);
                let call = IAdapterGovernor::quorumCall { timepoint };
                let quorum = self.reader.rpc().view(contracts.adapter_governor, call).await?;
                self.quorums.insert(proposal.id, quorum);
            }
            proposal.quorum = self.quorums.get(&proposal.id).copied().map(TokenAmount::new);
        }
        self.view.send_replace(Some(Arc::new(view)));
        Ok(())
    }

    async fn read_up_to(&mut self, latest: &Block) -> Result<(), ChainError> {
        self.back_to_the_fork(latest).await?;
        let (contracts, chain_id) = (*self.reader.contracts(), self.reader.chain_id());
        if self.read.is_empty() {
            self.reader.check_chain().await?;
        }
        let mut from = self.read.last().map_or(self.from_block, |read| read.number + 1);
        while from <= latest.number() {
            let to = from.saturating_add(RANGE - 1).min(latest.number());
            // The hash comes first: if the chain changes after this, the next look finds another hash and goes back.
            let end = self.block(latest, to).await?;
            let logs = self.reader.blocks().logs(latest, from, to).await?;
            let mut new = Vec::new();
            for found in logs.iter() {
                let time = match (found.block_timestamp, found.block_number) {
                    (Some(time), _) => time,
                    (None, Some(number)) if log::needs_time(found) => {
                        self.block(latest, number).await?.timestamp.to()
                    }
                    (None, _) => 0,
                };
                new.extend(log::entry(&contracts, chain_id, found, time));
            }
            // Nothing can fail from here on, so that what is folded in is exactly what is remembered as read.
            for entry in &new {
                self.fold.apply(entry);
            }
            self.entries.extend(new);
            self.read.push(ReadBlock { number: to, hash: end.hash });
            from = to.saturating_add(1);
        }
        let forgotten = self.read.len().saturating_sub(REMEMBERED);
        self.read.drain(..forgotten);
        Ok(())
    }

    /// Forgets what the chain no longer has.
    async fn back_to_the_fork(&mut self, latest: &Block) -> Result<(), ChainError> {
        let before = self.read.len();
        while let Some(block) = self.read.last().copied() {
            let found = self.reader.blocks().find(latest, block.number).await?;
            let stands = found.is_some_and(|found| found.hash == block.hash);
            if stands {
                break;
            }
            self.read.pop();
        }
        if self.read.len() < before {
            let kept = self.read.last().map(|block| block.number);
            warn!(block = kept, "the chain went back: governance is read again from there");
            self.entries
                .retain(|entry| kept.is_some_and(|kept| entry.evidence.block_number <= kept));
            self.fold = Fold::default();
            for entry in &self.entries {
                self.fold.apply(entry);
            }
            self.latest = None;
            self.quorums.clear();
        }
        Ok(())
    }

    async fn block(&self, latest: &Block, number: u64) -> Result<Block, ChainError> {
        let found = self.reader.blocks().find(latest, number).await?;
        found.ok_or_else(|| ChainError::Garbled {
            what: format!("block {number}"),
            source: "the chain changed while it was read".into(),
        })
    }

    /// Says what is wrong, once, and how long to wait.
    fn report(&mut self, error: &ChainError) -> Duration {
        let detail = whole(error);
        if self.said != detail {
            info!("governance cannot be followed: {detail}");
            self.said = detail;
        }
        self.backoff = self.backoff.saturating_add(1).min(8);
        self.interval.saturating_mul(1 << self.backoff).min(LONGEST_BACKOFF)
    }
}
