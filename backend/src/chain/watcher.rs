//! Tells the orchestrator what the contracts' events say: in the order of the chain, each at least once, and only then
//! remembers that it did.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use phase8_shared::chain::{ChainFact, Observed};
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::cursor::{Cursor, REMEMBERED, ReadBlock};
use super::error::ChainError;
use super::reader::Reader;
use super::rpc::{Block, Rpc};
use super::{authors, logs};
use crate::relay::StorageError;
use crate::relay::orchestrator::{OrchestratorError, OrchestratorPort};
use crate::relay::transactions::whole;

/// The longest pause between two attempts while something is away.
const LONGEST_BACKOFF: Duration = Duration::from_secs(10);

/// How the watcher reads.
#[derive(Debug, Clone, Copy)]
pub struct WatcherConfig {
    /// Time between two looks.
    pub interval: Duration,
    /// Blocks that must follow a block before its events count; 0 on a development chain.
    pub confirmations: u64,
    /// Blocks that are asked for at once.
    pub range: u64,
}

/// How the chain answers, as far as the watcher knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainHealth {
    /// Whether it answers and its events arrive.
    pub ok: bool,
    /// In words.
    pub detail: String,
    /// The newest block.
    pub block: Option<u64>,
    /// Whether the fleet is paused; `None` until that is known.
    pub fleet_paused: Option<bool>,
}

/// Reads logs and delivers facts.
#[derive(Debug)]
pub struct Watcher {
    reader: Reader,
    from_block: u64,
    cursor: Cursor,
    orchestrator: Arc<dyn OrchestratorPort>,
    config: WatcherConfig,
    health: watch::Sender<ChainHealth>,
    backoff: u32,
    /// The blocks that the cursor remembers, the newest first; none before it was asked.
    read: Option<VecDeque<ReadBlock>>,
    /// Fires when there is something new to read.
    news: Arc<Notify>,
}

/// Why a look brought nothing.
#[derive(Debug, thiserror::Error)]
enum WatchError {
    #[error(transparent)]
    Chain(#[from] ChainError),
    #[error("events of the chain wait for the orchestrator")]
    Orchestrator(#[from] OrchestratorError),
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The chain changed while it was read; the next look sees it whole.
    #[error("the chain was reorganised while it was read")]
    Moved,
}

impl Default for WatcherConfig {
    fn default() -> Self {
        Self { interval: Duration::from_millis(250), confirmations: 0, range: 1_000 }
    }
}

impl Watcher {
    /// A watcher of the reader's contracts from this block on.
    pub fn new(
        reader: Reader,
        from_block: u64,
        cursor: Cursor,
        orchestrator: Arc<dyn OrchestratorPort>,
        config: WatcherConfig,
    ) -> Self {
        let unknown = ChainHealth {
            ok: false,
            detail: "the chain was not asked yet".to_owned(),
            block: None,
            fleet_paused: None,
        };
        let (health, _) = watch::channel(unknown);
        Self {
            reader,
            from_block,
            cursor,
            orchestrator,
            config,
            health,
            backoff: 0,
            read: None,
            news: Arc::default(),
        }
    }

    /// Looks as soon as this fires, and not only at the next interval.
    #[must_use]
    pub fn woken_by(mut self, news: Arc<Notify>) -> Self {
        self.news = news;
        self
    }

    /// How the chain answers, now and from now on.
    pub fn health(&self) -> watch::Receiver<ChainHealth> {
        self.health.subscribe()
    }

    /// Watches until it is told to stop.
    pub async fn run(mut self, shutdown: CancellationToken) {
        while !shutdown.is_cancelled() {
            let news = Arc::clone(&self.news);
            let news = news.notified();
            tokio::pin!(news);
            // From here on no news is missed, even what arrives while looking.
            news.as_mut().enable();
            let since = self.reader.blocks().now(self.config.interval);
            let next = match self.look(since).await {
                Ok(()) => {
                    self.backoff = 0;
                    self.reader.blocks().next_look(self.config.interval)
                }
                Err(WatchError::Moved) => Instant::now() + self.config.interval,
                Err(error) => Instant::now() + self.report(&error),
            };
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = news, if self.backoff == 0 => {}
                () = sleep_until(next) => {}
            }
        }
    }

    /// Delivers everything up to the newest block, as anybody was told it since then.
    async fn look(&mut self, since: Instant) -> Result<(), WatchError> {
        let latest = self.reader.blocks().newest(since).await?;
        let known = self.health.borrow().clone();
        let delivered = self.read.as_ref().and_then(|read| read.front()).copied();
        if known.ok && delivered.is_some_and(|block| block.hash == latest.hash) {
            return Ok(());
        }
        let last_read = self.last_read(&latest).await?;
        let target = latest.number().saturating_sub(self.config.confirmations);
        let mut from = last_read.map_or(self.from_block, |block| block.number.saturating_add(1));
        // A chain that still has the block that was read last is the same one as before.
        let is_sure = known.ok && last_read.is_some() && last_read == delivered;
        if !is_sure {
            self.reader.check_chain().await?;
        }
        let mut is_switched = false;
        while from <= target {
            let to = from.saturating_add(self.config.range.saturating_sub(1)).min(target);
            // The hash comes first: if the chain changes after this, the next look finds another hash and goes back.
            let end = self.reader.blocks().find(&latest, to).await?.ok_or(WatchError::Moved)?;
            is_switched |= self.deliver(&latest, from, to).await?;
            self.advance(ReadBlock { number: to, hash: end.hash }).await?;
            from = to.saturating_add(1);
        }
        // What awaits its confirmations says nothing yet of a switch that is thrown already.
        let paused = if is_switched || !is_sure || self.config.confirmations > 0 {
            Some(self.reader.is_fleet_paused().await?)
        } else {
            known.fleet_paused
        };
        self.tell(ChainHealth {
            ok: true,
            detail: format!("chain {}, block {}", self.reader.chain_id(), latest.number()),
            block: Some(latest.number()),
            fleet_paused: paused,
        });
        Ok(())
    }

    /// The last block that was read and is still part of the chain; what came after it is forgotten.
    async fn last_read(&mut self, latest: &Block) -> Result<Option<ReadBlock>, WatchError> {
        let read = match self.read.take() {
            Some(read) => read,
            None => self.cursor.list().await?.into(),
        };
        let read = self.read.insert(read);
        let Some(newest) = read.front().copied() else { return Ok(None) };
        let mut stands = None;
        for block in read.iter() {
            let found = self.reader.blocks().find(latest, block.number).await?;
            if found.is_some_and(|found| found.hash == block.hash) {
                stands = Some(*block);
                break;
            }
        }
        match stands {
            Some(block) if block == newest => return Ok(stands),
            Some(block) => warn!(
                "the chain went back from block {} to {}: reading again from there",
                newest.number, block.number
            ),
            None => warn!(
                "the chain has none of the blocks that were read: reading again from the deployment on"
            ),
        }
        self.cursor.rewind(stands).await?;
        read.retain(|block| stands.is_some_and(|kept| block.number <= kept.number));
        Ok(stands)
    }

    /// Everything up to this block has been delivered.
    async fn advance(&mut self, block: ReadBlock) -> Result<(), WatchError> {
        self.cursor.advance(block).await?;
        let read = self.read.get_or_insert_default();
        read.push_front(block);
        read.truncate(usize::from(REMEMBERED));
        Ok(())
    }

    /// Delivers what a range of blocks says, and answers whether the fleet's switch was thrown in it.
    async fn deliver(&self, latest: &Block, from: u64, to: u64) -> Result<bool, WatchError> {
        let contracts = self.reader.contracts();
        let logs = self.reader.blocks().logs(latest, from, to).await?;
        let logs = logs::that_matter(contracts, &logs);
        if logs.is_empty() {
            return Ok(false);
        }
        let is_switched = logs.iter().any(|log| log.address() == contracts.system_pause);
        let authors = authors::find(self.rpc(), contracts, self.from_block, &logs).await?;
        let Some(authors) = authors else { return Err(WatchError::Moved) };
        let (facts, unreadable) = logs::facts(contracts, self.reader.chain_id(), &logs, &authors);
        for error in unreadable {
            error!("an event of the contracts is passed over: {error}");
        }
        if !facts.is_empty() {
            self.orchestrator.post_facts(&facts).await?;
        }
        for observed in &facts {
            info!(block = observed.evidence.block_number, "the chain says {}", told(observed));
        }
        Ok(is_switched)
    }

    const fn rpc(&self) -> &Rpc {
        self.reader.rpc()
    }

    fn tell(&self, health: ChainHealth) {
        self.health.send_if_modified(|known| {
            if known.ok != health.ok && health.ok {
                info!("the chain answers: {}", health.detail);
            }
            let changed = *known != health;
            *known = health;
            changed
        });
    }

    /// Says what is wrong, once, and how long to wait.
    fn report(&mut self, error: &WatchError) -> Duration {
        let detail = whole(error);
        let (was_ok, said, block, fleet_paused) = {
            let known = self.health.borrow();
            (known.ok, known.detail.clone(), known.block, known.fleet_paused)
        };
        if was_ok || said != detail {
            warn!("the chain cannot be followed: {detail}");
        }
        self.tell(ChainHealth { ok: false, detail, block, fleet_paused });
        self.backoff = self.backoff.saturating_add(1).min(8);
        self.config.interval.saturating_mul(1 << self.backoff).min(LONGEST_BACKOFF)
    }
}

fn told(observed: &Observed) -> &'static str {
    match &observed.fact {
        ChainFact::MissionFunded { .. } => "a mission is funded",
        ChainFact::MilestoneReleased { .. } => "a milestone is paid",
        ChainFact::BudgetCapUpdated { .. } => "a budget cap was moved",
        ChainFact::FleetPaused { tripwire: true, .. } => "a tripwire pauses the fleet",
        ChainFact::FleetPaused { tripwire: false, .. } => "the fleet is paused",
        ChainFact::FleetResumed { .. } => "the fleet goes on",
        ChainFact::AdapterChanged { rolled_back: true, .. } => "an adapter was rolled back",
        ChainFact::AdapterChanged { .. } => "another adapter is active",
        ChainFact::CoPilotChanged { required: true, .. } => "a co-pilot is required",
        ChainFact::CoPilotChanged { required: false, .. } => "the co-pilot is released",
        ChainFact::ValidatorSummoned { .. } => "a validator is summoned",
        ChainFact::SummonsAcknowledged { .. } => "a summons is acknowledged",
        ChainFact::SummonsRevoked { .. } => "a summons is revoked",
        ChainFact::CheckpointAnchored { .. } => "a checkpoint is anchored",
        ChainFact::MissionFailed { .. } => "a mission was declared failed",
        ChainFact::MissionRefunded { .. } => "a mission's rest was taken back",
    }
}
