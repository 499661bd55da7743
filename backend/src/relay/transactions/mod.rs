//! Signed transactions on their way to the chain. Bytes are stored before they are sent and only those bytes are ever
//! sent again, so that a crash or a lost answer never makes two transactions of one.

mod allow;
mod decode;
mod error;
mod follow;
mod store;

use std::fmt;
use std::sync::Arc;

use alloy::primitives::{B256, Bytes};
use phase8_shared::api::{TransactionStatus, TransactionView};
use phase8_shared::chain::{Call, Deployment};
use phase8_shared::time::Timestamp;
use tokio::sync::{Mutex, Notify, OnceCell};
use tracing::info;

use self::allow::Allowed;
use self::decode::Decoded;
use self::store::Stored;
use super::db::{RelayDb, StorageError};
use super::nonce;
use super::relayer::Relayer;
use crate::chain::rpc::{At, Rpc, Simulated};
use crate::chain::{ChainError, Reader};

pub use self::error::RelayError;

/// Tells the time.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

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
    /// Fires when a transaction is seen in a block.
    news: Arc<Notify>,
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
            news: Arc::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Relays a transaction that a wallet signed. Sending the same bytes again is the same as once.
    pub async fn submit(&self, raw: Bytes) -> Result<TransactionView, RelayError> {
        let decoded = Decoded::of(&raw, self.inner.reader.chain_id())?;
        let allowed = allow::classify(self.inner.reader.contracts(), decoded.to, &decoded.data)
            .map_err(|error| RelayError::NotAllowed { found: error.to_string() })?;
        if decoded.gas > GAS_LIMIT {
            let found = format!(
                "the transaction may burn {} gas, and at most {GAS_LIMIT} is relayed",
                decoded.gas
            );
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
                replaced_by: None,
                taken_back: 0,
                taken_back_from: None,
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
        let (wallet, wanted, chain_id) =
            (relayer.clone(), intent.to_owned(), self.inner.reader.chain_id());
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
                replaced_by: None,
                taken_back: 0,
                taken_back_from: None,
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

    /// Fires when a relayed transaction is seen in a block: whoever reads logs need not wait for the next look.
    pub fn news(&self) -> Arc<Notify> {
        Arc::clone(&self.inner.news)
    }

    /// The newest transaction for an intent of this server.
    pub async fn find_for(&self, intent: &str) -> Result<Option<TransactionView>, RelayError> {
        let (instance, intent) = (self.instance().await?, intent.to_owned());
        let found =
            self.inner.db.transact(move |db| store::latest_for(db, instance, &intent)).await?;
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
