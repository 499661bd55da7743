//! Whether the wallet that pays gas can go on.

use std::time::Duration;

use alloy::primitives::U256;
use alloy::primitives::utils::format_ether;
use futures_util::future::try_join4;
use phase8_shared::api::ServiceHealth;

use tokio::time::Instant;

use super::super::nonce;
use super::{Relay, RelayError, store};
use crate::chain::rpc::At;

/// For so long an answer is good.
const LATELY: Duration = Duration::from_secs(5);
/// What a usual relayed request burns at most.
const USUAL_GAS: u64 = 300_000;

impl Relay {
    /// The same, as it was at most a few seconds ago: many pages ask, and the chain is asked once.
    pub async fn relayer_health_lately(&self) -> Option<ServiceHealth> {
        let mut lately = self.inner.relayer_lately.lock().await;
        if let Some((at, health)) = lately.as_ref()
            && at.elapsed() < LATELY
        {
            return Some(health.clone());
        }
        let health = self.relayer_health().await?;
        *lately = Some((Instant::now(), health.clone()));
        Some(health)
    }

    /// Balance and nonces of the relayer's wallet; `None` if this server has none.
    pub async fn relayer_health(&self) -> Option<ServiceHealth> {
        let relayer = self.inner.config.relayer.as_ref()?.address();
        let (ok, detail, block) = match self.look_into(relayer).await {
            Ok(found) => found,
            Err(_) => {
                (false, "cannot be looked at while the chain does not answer".to_owned(), None)
            }
        };
        Some(ServiceHealth { name: "relayer".to_owned(), ok, detail, block })
    }

    async fn look_into(
        &self,
        relayer: alloy::primitives::Address,
    ) -> Result<(bool, String, Option<u64>), RelayError> {
        let instance = self.instance().await?;
        let open = async {
            let open = self.db().note(move |db| store::open_nonces(db, instance, relayer)).await;
            open.map_err(RelayError::from)
        };
        let (balance, used, fees, open) = try_join4(
            async { Ok(self.rpc().balance(relayer).await?) },
            async { Ok(self.rpc().transaction_count(relayer, At::Latest).await?) },
            async { Ok(self.rpc().fees().await?) },
            open,
        )
        .await?;
        let needed = U256::from(USUAL_GAS).saturating_mul(U256::from(fees.max_fee));
        let next = nonce::next(used, &open);
        let behind_a_gap = open.range(next..).count();
        let mut words = format!(
            "{relayer} holds {} ETH, {} under way, next nonce {next}",
            short_ether(balance),
            open.range(used..next).count()
        );
        if balance < needed {
            words = format!(
                "{words}; it needs {} ETH for one request at today's price: top it up",
                short_ether(needed)
            );
        }
        if behind_a_gap > 0 {
            words = format!(
                "{words}; {behind_a_gap} wait behind the unused nonce {next}, which the next transaction takes"
            );
        }
        Ok((balance >= needed && behind_a_gap == 0, words, None))
    }
}

/// Ether to six digits after the point.
pub(in crate::relay) fn short_ether(wei: U256) -> String {
    let text = format_ether(wei);
    match text.split_once('.') {
        Some((whole, rest)) => {
            let rest: String = rest.chars().take(6).collect();
            let rest = rest.trim_end_matches('0');
            if rest.is_empty() { whole.to_owned() } else { format!("{whole}.{rest}") }
        }
        None => text,
    }
}
