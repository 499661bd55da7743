//! Following a transaction that a wallet sent by itself: wallets answer with its hash alone.

use alloy::primitives::B256;
use phase8_shared::api::{TransactionStatus, TransactionView};
use tracing::info;

use super::allow;
use super::store::{self, Body, Stored};
use super::{Relay, RelayError, accepted};

impl Relay {
    /// Follows the transaction with this hash from now on. Again is as once.
    pub async fn watch(&self, hash: B256) -> Result<TransactionView, RelayError> {
        if let Some(known) = self.find_stored(hash).await? {
            return Ok(self.look_at(known).await?.view);
        }
        let Some(sent) = self.find_sent(hash).await? else {
            return Err(RelayError::Unknown(hash));
        };
        let Some(to) = sent.to else {
            let found = "the transaction creates a contract".to_owned();
            return Err(RelayError::NotAllowed { found });
        };
        if !sent.value.is_zero() {
            let found = format!(
                "the transaction carries {} wei, and no call of Mission Control carries any",
                sent.value
            );
            return Err(RelayError::NotAllowed { found });
        }
        let allowed = allow::classify(self.inner.reader.contracts(), to, &sent.input)?;
        let instance = self.instance().await?;
        let mut view = accepted(hash, (sent.from, sent.nonce.to()), to, allowed.call, self.now());
        view.status = TransactionStatus::Sent;
        let stored = Stored {
            view,
            body: Body::Watched(sent.input),
            rests_on: None,
            intent: None,
            settled: false,
            again: Vec::new(),
        };
        let stored = self
            .db()
            .transact(move |db| {
                if let Some(known) = store::find(db, hash)? {
                    return Ok(known);
                }
                store::insert(db, instance, &stored)?;
                Ok(stored)
            })
            .await?;
        info!(%hash, call = %stored.view.call, "watching transaction {hash}");
        self.wake();
        Ok(self.look_at(stored).await?.view)
    }
}
