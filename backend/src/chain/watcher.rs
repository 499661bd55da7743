//! Tells the orchestrator what the contracts' events say: in the order of the chain, each at least once, and only then
//! remembers that it did.

use std::sync::Arc;
use std::time::Duration;

use phase8_shared::chain::{ChainFact, Observed};
use tokio::sync::{Notify, watch};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::cursor::{Cursor, ReadBlock};
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
    /// The block that was delivered last, as far as this run knows.
    delivered: Option<ReadBlock>,
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
            delivered: None,
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
            let pause = match self.look().await {
                Ok(()) => {
                    self.backoff = 0;
                    self.config.interval
                }
                Err(WatchError::Moved) => self.config.interval,
                Err(error) => self.report(&error),
            };
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = news, if self.backoff == 0 => {}
                () = sleep(pause) => {}
            }
        }
    }

    /// Delivers everything up to the newest block.
    async fn look(&mut self) -> Result<(), WatchError> {
        let latest = self.rpc().latest_block().await?;
        if self.delivered.is_some_and(|block| block.hash == latest.hash) && self.health.borrow().ok
        {
            return Ok(());
        }
        let last_read = self.last_read(&latest).await?;
        let target = latest.number().saturating_sub(self.config.confirmations);
        let mut from = last_read.map_or(self.from_block, |block| block.number.saturating_add(1));
        let first_look = self.health.borrow().fleet_paused.is_none();
        let behind = from <= target;
        if behind || first_look {
            self.reader.check_chain().await?;
        }
        while from <= target {
            let to = from.saturating_add(self.config.range.saturating_sub(1)).min(target);
            // The hash comes first: if the chain changes after this, the next look finds another hash and goes back.
            let end = if to == latest.number() { latest.clone() } else { self.block(to).await? };
            self.deliver(from, to).await?;
            let read = ReadBlock { number: to, hash: end.hash };
            self.cursor.advance(read).await?;
            self.delivered = Some(read);
            from = to.saturating_add(1);
        }
        let paused = if behind || first_look {
            Some(self.reader.is_fleet_paused().await?)
        } else {
            self.health.borrow().fleet_paused
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
    async fn last_read(&self, latest: &Block) -> Result<Option<ReadBlock>, WatchError> {
        let read = self.cursor.list().await?;
        let Some(newest) = read.first().copied() else { return Ok(None) };
        for block in &read {
            let stands = if block.number == latest.number() {
                latest.hash == block.hash
            } else {
                block.number < latest.number()
                    && self
                        .rpc()
                        .find_block(block.number)
                        .await?
                        .is_some_and(|found| found.hash == block.hash)
            };
            if stands {
                if *block != newest {
                    warn!(
                        "the chain went back from block {} to {}: reading again from there",
                        newest.number, block.number
                    );
                    self.cursor.rewind(Some(*block)).await?;
                }
                return Ok(Some(*block));
            }
        }
        warn!(
            "the chain has none of the blocks that were read: reading again from the deployment on"
        );
        self.cursor.rewind(None).await?;
        Ok(None)
    }

    async fn deliver(&self, from: u64, to: u64) -> Result<(), WatchError> {
        let contracts = self.reader.contracts();
        let logs = self.rpc().logs(&logs::filter(contracts, from, to)).await?;
        if logs.is_empty() {
            return Ok(());
        }
        let Some(authors) = authors::find(self.rpc(), contracts, self.from_block, &logs).await?
        else {
            return Err(WatchError::Moved);
        };
        let (facts, unreadable) = logs::facts(contracts, self.reader.chain_id(), logs, &authors);
        for error in unreadable {
            error!("an event of the contracts is passed over: {error}");
        }
        if facts.is_empty() {
            return Ok(());
        }
        self.orchestrator.post_facts(&facts).await?;
        for observed in &facts {
            info!(block = observed.evidence.block_number, "the chain says {}", told(observed));
        }
        Ok(())
    }

    async fn block(&self, number: u64) -> Result<Block, WatchError> {
        self.rpc().find_block(number).await?.ok_or(WatchError::Moved)
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
