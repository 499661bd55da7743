//! Several servers that sign with one wallet. They sign one after the other, so that no two take the same nonce; and what one
//! of them signed for an intent, the next one sends again instead of signing anew: neither lost nor done twice.

use std::time::Duration;

use alloy::primitives::{Address, B256, Bytes};
use phase8_orchestrator::store::WalletTurn;
use phase8_shared::api::TransactionView;
use tokio::time::timeout;
use tracing::{info, warn};

use super::decode::Decoded;
use super::store::{self, Body, Stored};
use super::{Relay, RelayError, accepted, whole};

/// Whoever signs for a person waits no longer for the others: two that take one nonce cost one of them a second attempt.
const PATIENCE: Duration = Duration::from_secs(2);

impl Relay {
    /// This server's turn to sign with a wallet; none where no other server can.
    pub(super) async fn turn(&self, wallet: Address) -> Result<Option<WalletTurn<'_>>, RelayError> {
        let Some(group) = &self.inner.config.group else { return Ok(None) };
        Ok(Some(group.turn(&wallet.to_string()).await?))
    }

    /// The same for what must not wait: without a turn it goes on all the same.
    pub(in crate::relay) async fn turn_soon(&self) -> Option<WalletTurn<'_>> {
        let wallet = self.inner.config.relayer.as_ref()?.address();
        match timeout(PATIENCE, self.turn(wallet)).await {
            Ok(Ok(turn)) => turn,
            Ok(Err(error)) => {
                warn!("signing without knowing whether another server does: {}", whole(&error));
                None
            }
            Err(_) => {
                warn!("signing while another server holds the wallet's turn");
                None
            }
        }
    }

    /// What another server of the group signed for this intent, if it is done or under way. From now on it is followed
    /// here, too.
    pub(super) async fn take_over(
        &self,
        turn: &WalletTurn<'_>,
        wallet: Address,
        intent: &str,
        words: &str,
    ) -> Result<Option<TransactionView>, RelayError> {
        let instance = self.instance().await?;
        let Some(raw) = turn.find(&purpose(instance, wallet, intent)).await? else {
            return Ok(None);
        };
        let raw = Bytes::from(raw);
        let signed = Decoded::of(&raw, self.inner.reader.chain_id())?;
        if self.find_stored(signed.hash).await?.is_some() {
            return Ok(None);
        }
        let from = (signed.from, signed.nonce);
        let stored = Stored {
            view: accepted(signed.hash, from, signed.to, words.to_owned(), self.now()),
            body: Body::Signed(raw),
            rests_on: None,
            intent: Some(intent.to_owned()),
            settled: false,
            again: Vec::new(),
        };
        // The same bytes again are the same transaction.
        let found = self.look(&stored).await?;
        info!(hash = %signed.hash, intent, "another server signed for {intent}: following {}", signed.hash);
        let row = stored.clone();
        self.db().transact(move |db| store::insert_unless_taken(db, instance, &row)).await?;
        let stored = self.write(stored, found).await?;
        self.wake();
        let status = &stored.view.status;
        let stands = status.is_open() || status.succeeded_in().is_some();
        Ok(stands.then_some(stored.view))
    }

    /// Lets the others know what was signed, before it is sent.
    pub(super) async fn share(
        &self,
        turn: &WalletTurn<'_>,
        instance: B256,
        stored: &Stored,
    ) -> Result<(), RelayError> {
        let (Some(intent), Some(raw)) = (&stored.intent, stored.raw()) else { return Ok(()) };
        Ok(turn.keep(&purpose(instance, stored.view.from, intent), raw).await?)
    }
}

/// What a transaction is for, on which chain and from which wallet.
fn purpose(instance: B256, wallet: Address, intent: &str) -> String {
    format!("{instance}:{wallet}:{intent}")
}
