//! A transaction of this server's own wallet that no block includes is signed again: same nonce, same call, higher price.
//! Either may be included, never both.

use alloy::consensus::{Transaction as _, TxEnvelope};
use alloy::eips::Decodable2718;
use phase8_shared::chain::Call;
use phase8_shared::time::Timestamp;
use tracing::{info, warn};

use super::store::{self, SignedAgain, Stored};
use super::{Relay, RelayError};
use crate::chain::rpc::{At, Fees};

impl Relay {
    /// Signs a transaction again if it has waited for so long that its price must be too low.
    pub(super) async fn sign_again_if_stuck(
        &self,
        mut stored: Stored,
    ) -> Result<Stored, RelayError> {
        let config = &self.inner.config;
        let Some(relayer) = config.relayer.as_ref().filter(|one| one.address() == stored.view.from)
        else {
            return Ok(stored);
        };
        let signed_at =
            stored.again.last().map_or(stored.view.accepted_at, |newest| newest.signed_at);
        if stored.again.len() >= config.sign_again_at_most || !self.is_stuck(signed_at) {
            return Ok(stored);
        }
        // One that waits for an earlier nonce would not be included at any price.
        let used = self.rpc().transaction_count(stored.view.from, At::Latest).await?;
        if used != stored.view.nonce {
            return Ok(stored);
        }
        let Some(before) =
            stored.raw().and_then(|raw| TxEnvelope::decode_2718(&mut raw.as_ref()).ok())
        else {
            return Ok(stored);
        };
        let fees = outbid(
            Fees {
                max_fee: before.max_fee_per_gas(),
                tip: before.max_priority_fee_per_gas().unwrap_or_default(),
            },
            self.rpc().fees().await?,
        );
        let call = Call { to: stored.view.to, data: before.input().clone() };
        let chain_id = self.inner.reader.chain_id();
        let (hash, raw) =
            relayer.sign(chain_id, stored.view.nonce, before.gas_limit(), fees, &call)?;
        let again = SignedAgain { hash, raw, signed_at: self.now() };
        let (first, row) = (stored.view.hash, again.clone());
        self.db().transact(move |db| store::insert_again(db, first, &row)).await?;
        info!(hash = %first, again = %hash, "transaction {first} is stuck: signed again as {hash}");
        if let Err(error) = self.rpc().send_raw(&again.raw).await {
            // The next look sends it if the node does not know it.
            warn!(%hash, "the node did not take {hash}: {error}");
        }
        stored.again.push(again);
        Ok(stored)
    }

    fn is_stuck(&self, since: Timestamp) -> bool {
        let waited = self.now().millis().saturating_sub(since.millis());
        u128::from(waited) >= self.inner.config.stuck_after.as_millis()
    }
}

/// At least an eighth more than before, which nodes ask for to replace a transaction, and no less than today's price.
fn outbid(before: Fees, today: Fees) -> Fees {
    let raise = |fee: u128| fee.saturating_add(fee.div_ceil(8)).saturating_add(1);
    Fees {
        max_fee: raise(before.max_fee).max(today.max_fee),
        tip: raise(before.tip).max(today.tip),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replacement_pays_an_eighth_more_than_before_or_todays_price() {
        let fees = |max_fee, tip| Fees { max_fee, tip };

        assert_eq!(outbid(fees(800, 8), fees(1, 1)), fees(901, 10));
        assert_eq!(outbid(fees(801, 0), fees(2_000, 3)), fees(2_000, 3));
        assert_eq!(outbid(fees(u128::MAX, 1), fees(1, 1)), fees(u128::MAX, 3));
    }
}
