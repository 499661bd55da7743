//! Signed transactions on their way to the chain. Bytes are stored before they are sent and only those bytes are ever
//! sent again, so that a crash or a lost answer never makes two transactions of one.

mod allow;
mod decode;
mod store;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use alloy::primitives::{B256, Bytes};
use phase8_shared::api::{ProblemCode, TransactionStatus, TransactionView};
use phase8_shared::chain::{Call, Deployment};
use phase8_shared::time::Timestamp;
use tokio::sync::{Mutex, Notify, OnceCell};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use self::allow::Allowed;
use self::decode::Decoded;
use self::store::Stored;
use super::db::{RelayDb, StorageError};
use super::nonce;
use super::relayer::Relayer;
use crate::chain::rpc::{At, Receipt, Rpc, Simulated};
use crate::chain::{ChainError, Reader, Reason};

/// Tells the time.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Included transactions are looked at again while they are among this many newest blocks.
const REORG_DEPTH: u64 = 64;
/// The most that a relayed transaction may burn.
const GAS_LIMIT: u64 = 15_000_000;
/// Transactions in [`Relay::list`].
const LIST_LIMIT: u32 = 200;

/// Relays transactions and follows them. Clones share everything.
#[derive(Clone)]
pub struct Relay {
    inner: Arc<Inner>,
}

struct Inner {
    reader: Reader,
    db: RelayDb,
    now: Now,
    from_block: u64,
    /// Hash of the block that the deployment began in: a development chain that started anew is another chain.
    instance: OnceCell<B256>,
    /// Held while a nonce of this server's own wallet is chosen and used.
    sending: Mutex<()>,
    wake: Notify,
}

/// A transaction is not relayed.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// Not a signed transaction of a kind that is relayed.
    #[error("the transaction cannot be relayed: {0}")]
    Unreadable(String),
    /// Signed for another chain.
    #[error("the transaction is signed for {}, expected chain {expected}: switch the wallet's network and sign again", chain_words(*.found))]
    WrongChain {
        /// The chain it is signed for; `None` if for any chain.
        found: Option<u64>,
        /// The chain of the deployment.
        expected: u64,
    },
    /// Not one of the calls that are relayed.
    #[error("{found}; this server relays token approvals for the escrow, funding, refunds and governance levers")]
    NotAllowed {
        /// What was found.
        found: String,
    },
    /// The chain would refuse it, or did.
    #[error("{0}")]
    Refused(String),
    /// The chain could not be asked.
    #[error("the chain could not be asked")]
    Chain(#[source] ChainError),
    /// It could not be stored, so it was not sent.
    #[error("the transaction could not be stored, so it was not sent")]
    Storage(#[from] StorageError),
    /// This server's own wallet could not sign.
    #[error("the relayer's wallet could not sign")]
    Signer(#[from] alloy::signers::Error),
}

fn chain_words(chain_id: Option<u64>) -> String {
    chain_id.map_or_else(|| "no chain in particular".to_owned(), |id| format!("chain {id}"))
}

impl RelayError {
    /// The problem code that goes with it.
    pub const fn code(&self) -> ProblemCode {
        match self {
            Self::Unreadable(_) => ProblemCode::BadTransaction,
            Self::WrongChain { .. } => ProblemCode::WrongChain,
            Self::NotAllowed { .. } => ProblemCode::NotAllowed,
            Self::Refused(_) => ProblemCode::TransactionRefused,
            Self::Chain(ChainError::Unreachable { .. } | ChainError::WrongChain { .. } | ChainError::Garbled { .. }) => {
                ProblemCode::ChainUnreachable
            }
            Self::Chain(ChainError::Refused(_)) | Self::Storage(_) | Self::Signer(_) => ProblemCode::Internal,
        }
    }
}

impl From<ChainError> for RelayError {
    fn from(error: ChainError) -> Self {
        match error.reason() {
            Some(reason) => Self::Refused(reason.to_string()),
            None => Self::Chain(error),
        }
    }
}

impl Relay {
    /// Relays to the reader's endpoint, for the contracts of this deployment.
    pub fn new(reader: Reader, deployment: &Deployment, db: RelayDb, now: Now) -> Self {
        let inner = Inner {
            reader,
            db,
            now,
            from_block: deployment.from_block,
            instance: OnceCell::new(),
            sending: Mutex::new(()),
            wake: Notify::new(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Relays a transaction that a wallet signed. Sending the same bytes again is the same as once.
    pub async fn submit(&self, raw: Bytes) -> Result<TransactionView, RelayError> {
        let decoded = Decoded::of(&raw, self.inner.reader.chain_id())?;
        let allowed = allow::classify(self.inner.reader.contracts(), decoded.to, &decoded.data)
            .map_err(|error| RelayError::NotAllowed { found: error.to_string() })?;
        if decoded.gas > GAS_LIMIT {
            let found = format!("the transaction may burn {} gas, and at most {GAS_LIMIT} is relayed", decoded.gas);
            return Err(RelayError::NotAllowed { found });
        }
        if let Some(known) = self.find_stored(decoded.hash).await?
            && !matches!(known.view.status, TransactionStatus::Refused { .. })
        {
            return self.settled_view(known).await;
        }
        self.examine(&decoded, &allowed).await?;
        let instance = self.instance().await?;
        let stored = Stored {
            view: TransactionView {
                hash: decoded.hash,
                from: decoded.from,
                nonce: decoded.nonce,
                to: decoded.to,
                call: allowed.words().to_owned(),
                status: TransactionStatus::Stored,
                accepted_at: (self.inner.now)(),
            },
            raw,
            block_hash: None,
            intent: None,
        };
        let row = stored.clone();
        self.inner
            .db
            .transact(move |db| match store::find(db, row.view.hash)? {
                None => store::insert(db, instance, &row),
                Some(_) => store::update(db, row.view.hash, &TransactionStatus::Stored, None),
            })
            .await?;
        info!(hash = %stored.view.hash, call = %stored.view.call, "accepted transaction {}", stored.view.hash);
        let view = self.settled_view(stored).await?;
        if let TransactionStatus::Refused { reason } = &view.status {
            return Err(RelayError::Refused(reason.clone()));
        }
        Ok(view)
    }

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
        let rpc = self.rpc();
        let _one_at_a_time = self.inner.sending.lock().await;
        let simulated = Simulated { from: relayer.address(), to: call.to, data: call.data.clone() };
        rpc.simulate(&simulated, At::Pending).await?;
        // Room for what may change until it is included; what is not used is not paid.
        let gas = rpc.estimate_gas(&simulated).await?;
        let gas = gas.saturating_add(gas / 4).saturating_add(20_000).min(GAS_LIMIT);
        let fees = rpc.fees().await?;
        let seen = rpc.transaction_count(relayer.address(), At::Pending).await?;
        let (wallet, wanted, chain_id) = (relayer.clone(), intent.to_owned(), self.inner.reader.chain_id());
        let accepted_at = (self.inner.now)();
        // Intent, nonce and signed bytes in one database transaction: after a crash these bytes are sent, never others.
        let stored = self.inner.db.transact(move |db| {
            if let Some(open) = store::latest_for(db, instance, &wanted)?.filter(Stored::is_open) {
                return Ok(Ok(open));
            }
            let nonce = nonce::next(seen, &store::open_nonces(db, instance, wallet.address())?);
            let (hash, raw) = match wallet.sign(chain_id, nonce, gas, fees, &call) {
                Ok(signed) => signed,
                Err(error) => return Ok(Err(error)),
            };
            let view = TransactionView {
                hash,
                from: wallet.address(),
                nonce,
                to: call.to,
                call: words.to_owned(),
                status: TransactionStatus::Stored,
                accepted_at,
            };
            let stored = Stored { view, raw, block_hash: None, intent: Some(wanted) };
            store::insert(db, instance, &stored)?;
            Ok(Ok(stored))
        });
        let stored = stored.await??;
        info!(hash = %stored.view.hash, intent, "sending {words}");
        self.settled_view(stored).await
    }

    /// The newest transaction for an intent of this server.
    pub async fn find_for(&self, intent: &str) -> Result<Option<TransactionView>, RelayError> {
        let (instance, intent) = (self.instance().await?, intent.to_owned());
        let found = self.inner.db.transact(move |db| store::latest_for(db, instance, &intent)).await?;
        Ok(found.map(|stored| stored.view))
    }

    /// A relayed transaction as it stands now; `None` if it was never relayed here.
    pub async fn find(&self, hash: B256) -> Result<Option<TransactionView>, RelayError> {
        Ok(self.find_stored(hash).await?.map(|stored| stored.view))
    }

    /// The newest relayed transactions, the newest first.
    pub async fn list(&self) -> Result<Vec<TransactionView>, RelayError> {
        let stored = self.inner.db.transact(|db| store::list(db, LIST_LIMIT)).await?;
        Ok(stored.into_iter().map(|stored| stored.view).collect())
    }

    /// Follows transactions until it is told to stop: those that the node does not know are sent again, byte for byte.
    pub async fn run(&self, interval: Duration, shutdown: CancellationToken) {
        let mut silent = false;
        while !shutdown.is_cancelled() {
            match self.settle_all().await {
                Ok(()) => silent = false,
                Err(error) if !silent => {
                    warn!("transactions cannot be followed: {}", whole(&error));
                    silent = true;
                }
                Err(_) => {}
            }
            let pause = if silent { interval.saturating_mul(4) } else { interval };
            tokio::select! {
                () = shutdown.cancelled() => {}
                _ = timeout(pause, self.inner.wake.notified()) => {}
            }
        }
    }

    /// Looks once at everything that is not final.
    pub async fn settle_all(&self) -> Result<(), RelayError> {
        let instance = self.instance().await?;
        let since = self.rpc().head().await?.saturating_sub(REORG_DEPTH);
        let open = self.inner.db.transact(move |db| store::unsettled(db, instance, since)).await?;
        for stored in open {
            self.settled_view(stored).await?;
        }
        Ok(())
    }

    fn rpc(&self) -> &Rpc {
        self.inner.reader.rpc()
    }

    async fn instance(&self) -> Result<B256, ChainError> {
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
        self.inner.db.transact(move |db| store::find(db, hash)).await
    }

    /// Refuses what the chain would refuse, before anything is stored.
    async fn examine(&self, decoded: &Decoded, allowed: &Allowed) -> Result<(), RelayError> {
        if let Allowed::Approve(value) = allowed {
            let held = self.inner.reader.token_balance(decoded.from).await?;
            if allow::is_unlimited(*value, held) {
                let found = format!(
                    "the approval is for more than the wallet's {held}: approvals without a limit are not relayed, approve \
                     exactly the deposit"
                );
                return Err(RelayError::NotAllowed { found });
            }
        }
        let used = self.rpc().transaction_count(decoded.from, At::Latest).await?;
        if used > decoded.nonce {
            let words = format!(
                "nonce {} of {} is used up, the next is {used}: let the wallet sign again",
                decoded.nonce, decoded.from
            );
            return Err(RelayError::Refused(words));
        }
        let call = Simulated { from: decoded.from, to: decoded.to, data: decoded.data.clone() };
        self.rpc().simulate(&call, At::Pending).await?;
        Ok(())
    }

    /// Finds out how far a transaction is, writes it down, and answers it. While the chain is away it stays as it was.
    async fn settled_view(&self, stored: Stored) -> Result<TransactionView, RelayError> {
        let (status, block_hash) = match self.settle(&stored).await {
            Ok(found) => found,
            Err(error) => {
                self.inner.wake.notify_one();
                // What is stored will be sent: that is an answer.
                let stays = stored.view.status == TransactionStatus::Stored;
                return if stays { Ok(stored.view) } else { Err(error.into()) };
            }
        };
        if status != stored.view.status || block_hash != stored.block_hash {
            let (hash, written) = (stored.view.hash, status.clone());
            self.inner.db.transact(move |db| store::update(db, hash, &written, block_hash)).await?;
            info!(%hash, ?status, "transaction {hash} is {}", word(&status));
        }
        Ok(TransactionView { status, ..stored.view })
    }

    async fn settle(&self, stored: &Stored) -> Result<(TransactionStatus, Option<B256>), ChainError> {
        let view = &stored.view;
        if let Some(receipt) = self.rpc().find_receipt(view.hash).await? {
            return Ok(self.included(stored, &receipt).await);
        }
        if self.rpc().transaction_count(view.from, At::Latest).await? > view.nonce {
            // It may have been included between the two questions.
            return Ok(match self.rpc().find_receipt(view.hash).await? {
                Some(receipt) => self.included(stored, &receipt).await,
                None => (TransactionStatus::Replaced {}, None),
            });
        }
        if self.rpc().find_transaction(view.hash).await?.is_some() {
            return Ok((TransactionStatus::Sent, None));
        }
        match self.rpc().send_raw(&stored.raw).await {
            Ok(_) => Ok(self.just_sent(stored).await?),
            Err(ChainError::Refused(reason)) => {
                // Refusals carry no reliable code: what the node knows now tells more than what it said.
                let known = self.rpc().find_transaction(view.hash).await?.is_some();
                let status = if known { TransactionStatus::Sent } else { TransactionStatus::Refused { reason: reason.to_string() } };
                Ok((status, None))
            }
            Err(error) => Err(error),
        }
    }

    /// A chain that makes a block at once has the receipt already.
    async fn just_sent(&self, stored: &Stored) -> Result<(TransactionStatus, Option<B256>), ChainError> {
        for pause in [0, 10, 40] {
            sleep(Duration::from_millis(pause)).await;
            if let Some(receipt) = self.rpc().find_receipt(stored.view.hash).await? {
                return Ok(self.included(stored, &receipt).await);
            }
        }
        self.inner.wake.notify_one();
        Ok((TransactionStatus::Sent, None))
    }

    async fn included(&self, stored: &Stored, receipt: &Receipt) -> (TransactionStatus, Option<B256>) {
        let block = receipt.block_number();
        if receipt.succeeded() {
            return (TransactionStatus::Included { block }, Some(receipt.block_hash));
        }
        if let TransactionStatus::Reverted { block: known, reason } = &stored.view.status
            && *known == block
        {
            return (TransactionStatus::Reverted { block, reason: reason.clone() }, Some(receipt.block_hash));
        }
        let reason = self.why_reverted(stored, block).await;
        (TransactionStatus::Reverted { block, reason }, Some(receipt.block_hash))
    }

    /// Plays the call again on the state before its block.
    async fn why_reverted(&self, stored: &Stored, block: u64) -> String {
        let unknown = || "the contract refused; why cannot be found out".to_owned();
        let Ok(decoded) = Decoded::of(&stored.raw, self.inner.reader.chain_id()) else { return unknown() };
        let call = Simulated { from: decoded.from, to: decoded.to, data: decoded.data };
        match self.rpc().simulate(&call, At::Block(block.saturating_sub(1))).await {
            Err(ChainError::Refused(Reason { name: None, .. })) | Ok(_) => unknown(),
            Err(ChainError::Refused(reason)) => reason.to_string(),
            Err(_) => unknown(),
        }
    }
}

impl Stored {
    /// Whether it may still be included without being sent anew.
    fn is_open(&self) -> bool {
        matches!(self.view.status, TransactionStatus::Stored | TransactionStatus::Sent)
    }
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relay").field("reader", &self.inner.reader).finish_non_exhaustive()
    }
}

const fn word(status: &TransactionStatus) -> &'static str {
    match status {
        TransactionStatus::Stored => "stored",
        TransactionStatus::Sent => "sent",
        TransactionStatus::Included { .. } => "included",
        TransactionStatus::Reverted { .. } => "reverted",
        TransactionStatus::Replaced {} => "replaced",
        TransactionStatus::Refused { .. } => "refused",
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
