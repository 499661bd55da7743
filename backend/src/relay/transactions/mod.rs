//! Signed transactions on their way to the chain. Bytes are stored before they are sent and only those bytes are ever
//! sent again, so that a crash or a lost answer never makes two transactions of one. What becomes of them is found by
//! sender and nonce: a wallet may send the same call again at another price, or another call in its place.

mod again;
mod allow;
mod blocks;
mod decode;
mod error;
mod follow;
mod group;
mod health;
mod own;
mod settle;
mod store;
mod submit;
mod under_way;
mod watch;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use alloy::primitives::{Address, B256};
use phase8_orchestrator::store::SharedWallet;
use phase8_shared::api::{ServiceHealth, TransactionStatus, TransactionView};
use phase8_shared::chain::{Deployment, OwnerRequest};
use phase8_shared::time::Timestamp;
use tokio::sync::{Mutex, Notify, OnceCell};
use tokio::time::Instant;

use super::db::{RelayDb, StorageError};
use super::relayer::Relayer;
use crate::chain::rpc::Rpc;
use crate::chain::{ChainError, Reader};

pub(super) use self::allow::behind_door;
pub use self::error::RelayError;
use self::follow::Rested;
pub(super) use self::health::short_ether;
pub(super) use self::own::{Draft, Prices, Quote, claim};
pub(super) use self::store::{Stored, latest_for};

/// Tells the time.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The most that a relayed transaction may burn.
pub(super) const GAS_LIMIT: u64 = 15_000_000;
/// Transactions in [`Relay::list`], and requests in theirs.
pub(super) const LIST_LIMIT: u32 = 200;

/// How the relay works.
#[derive(Debug, Clone)]
pub struct RelayConfig {
    /// The wallet that pays gas for what owners signed, and is sent again when it is stuck; without one, requests wait.
    pub relayer: Option<Relayer>,
    /// Blocks that follow a safe one, where the node does not say which is.
    pub safe_depth: u64,
    /// Blocks that follow a final one, where the node does not say which is.
    pub final_depth: u64,
    /// A transaction of the relayer that no block includes for so long is signed again at a higher price.
    pub stuck_after: Duration,
    /// How often at most.
    pub sign_again_at_most: usize,
    /// A watched transaction that the node has not known for so long is called lost.
    pub lost_after: Duration,
    /// How this server knows of others that sign with the same wallet; none where there are none.
    pub group: Option<SharedWallet>,
}

/// Relays transactions and follows them. Clones share everything.
#[derive(Clone)]
pub struct Relay {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) reader: Reader,
    pub(super) db: RelayDb,
    pub(super) now: Now,
    pub(super) config: RelayConfig,
    /// Hash of the owner's door's EIP-712 domain.
    pub(super) door: B256,
    from_block: u64,
    /// Hash of the block that the deployment began in: a development chain that started anew is another chain.
    instance: OnceCell<B256>,
    /// The owner as last read, so that the owner's nonce can be asked for in the same breath.
    pub(super) owner: std::sync::Mutex<Option<Address>>,
    /// Who may stop the fleet, as last read: whoever it is need not wait for a simulation.
    brakemen: std::sync::Mutex<Vec<Address>>,
    /// What was last found out about the relayer's wallet, and when.
    relayer_lately: Mutex<Option<(Instant, ServiceHealth)>>,
    /// Held while open transactions are looked at, so that two looks do not send the same bytes twice at once.
    looking: Mutex<()>,
    /// What the last whole look found at rest: while it is the same, nothing about it is asked again.
    rested: Mutex<Option<Rested>>,
    wake: Notify,
    /// Whether the follower was woken and has not looked since: a burst of transactions wakes it once.
    woken: AtomicBool,
    /// Fires when a transaction is seen in a block.
    news: Arc<Notify>,
}

impl Default for RelayConfig {
    fn default() -> Self {
        Self {
            relayer: None,
            safe_depth: 32,
            final_depth: 64,
            stuck_after: Duration::from_mins(1),
            sign_again_at_most: 3,
            lost_after: Duration::from_mins(2),
            group: None,
        }
    }
}

impl Relay {
    /// Relays to the reader's endpoint, for the contracts of this deployment.
    pub fn new(reader: Reader, deployment: &Deployment, db: RelayDb, now: Now) -> Self {
        Self::configured(reader, deployment, db, now, RelayConfig::default())
    }

    /// The same with a wallet, or with other limits.
    pub fn configured(
        reader: Reader,
        deployment: &Deployment,
        db: RelayDb,
        now: Now,
        config: RelayConfig,
    ) -> Self {
        let door = OwnerRequest::domain_of(deployment.chain_id, deployment.contracts.owner_proxy);
        let inner = Inner {
            door: door.separator(),
            reader,
            db,
            now,
            config,
            from_block: deployment.from_block,
            instance: OnceCell::new(),
            owner: std::sync::Mutex::default(),
            brakemen: std::sync::Mutex::default(),
            relayer_lately: Mutex::default(),
            looking: Mutex::new(()),
            rested: Mutex::default(),
            wake: Notify::new(),
            woken: AtomicBool::new(false),
            news: Arc::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Fires when a relayed transaction is seen in a block: whoever reads logs need not wait for the next look.
    pub fn news(&self) -> Arc<Notify> {
        Arc::clone(&self.inner.news)
    }

    /// The newest transaction for an intent of this server.
    pub async fn find_for(&self, intent: &str) -> Result<Option<TransactionView>, RelayError> {
        let (instance, intent) = (self.instance().await?, intent.to_owned());
        let found = self.inner.db.note(move |db| latest_for(db, instance, &intent)).await?;
        Ok(found.map(|stored| stored.view))
    }

    /// A relayed transaction as it stands now; `None` if it was never relayed or watched here.
    pub async fn find(&self, hash: B256) -> Result<Option<TransactionView>, RelayError> {
        Ok(self.find_stored(hash).await?.map(|stored| stored.view))
    }

    /// The newest relayed transactions, the newest first.
    pub async fn list(&self) -> Result<Vec<TransactionView>, RelayError> {
        let stored = self.inner.db.note(|db| store::list(db, LIST_LIMIT)).await?;
        Ok(stored.into_iter().map(|stored| stored.view).collect())
    }

    pub(super) fn rpc(&self) -> &Rpc {
        self.inner.reader.rpc()
    }

    pub(super) fn db(&self) -> &RelayDb {
        &self.inner.db
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.inner.now)()
    }

    /// Has the follower look at once.
    pub(super) fn wake(&self) {
        if !self.inner.woken.swap(true, Ordering::AcqRel) {
            self.inner.wake.notify_one();
        }
    }

    /// Has whoever reads logs look at once: something was seen in a block.
    fn tell_news(&self) {
        self.inner.reader.blocks().tell();
        self.inner.news.notify_waiters();
    }

    pub(super) async fn instance(&self) -> Result<B256, ChainError> {
        let find = || async {
            let block = self.rpc().find_block(self.inner.from_block).await?;
            block.map(|block| block.hash).ok_or_else(|| ChainError::Garbled {
                what: format!("the block {} of the deployment", self.inner.from_block),
                source: "the chain has no such block".into(),
            })
        };
        self.inner.instance.get_or_try_init(find).await.copied()
    }

    async fn find_stored(&self, hash: B256) -> Result<Option<Stored>, StorageError> {
        self.db().note(move |db| store::find(db, hash)).await
    }
}

/// A new view of a transaction that was just taken in.
const fn accepted(
    hash: B256,
    (from, nonce): (Address, u64),
    to: Address,
    call: String,
    accepted_at: Timestamp,
) -> TransactionView {
    TransactionView {
        hash,
        from,
        nonce,
        to,
        call,
        status: TransactionStatus::Stored,
        replaced_by: None,
        taken_back: 0,
        taken_back_from: None,
        accepted_at,
    }
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relay").field("reader", &self.inner.reader).finish_non_exhaustive()
    }
}

/// An error with its causes in one line.
pub(crate) fn whole(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        words = format!("{words}: {cause}");
        next = cause.source();
    }
    words
}
