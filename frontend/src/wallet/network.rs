//! Bringing the wallet to the chain of the contracts: it switches, and learns of the chain first where it must.

use alloy_primitives::U64;
use leptos::prelude::*;
use serde_json::{Value, json};

use crate::wallet::ethereum::Provider;
use crate::wallet::{Choice, Connection, Wallet, WalletError, connect};

impl Wallet {
    /// Asks the wallet to change to the chain of the contracts, and to learn of it first where it must.
    pub(crate) async fn switch_chain(self) -> Result<(), WalletError> {
        let Some(Connection { choice: Choice::Browser { rdns }, .. }) =
            self.connection.get_untracked()
        else {
            return Err(WalletError::NotConnected);
        };
        let provider = self.provider(&rdns).ok_or(WalletError::NotConnected)?;
        let chain_id =
            self.system.deployment().get_untracked().ok_or(WalletError::Disconnected)?.chain_id;
        let wanted = json!([{ "chainId": U64::from(chain_id) }]);
        match provider.request("wallet_switchEthereumChain", &wanted).await {
            Err(WalletError::UnknownChain) => self.add_chain(&provider, chain_id).await?,
            other => {
                other?;
            }
        }
        let found = connect::chain_of(&provider).await?;
        self.connection.update(|it| {
            if let Some(it) = it {
                it.chain_id = Some(found);
            }
        });
        if found == chain_id {
            Ok(())
        } else {
            Err(WalletError::WrongChain { found, expected: chain_id })
        }
    }

    /// The wallet sends through the endpoint that it is given, so only one that is published for wallets will do: this
    /// server's own pass-through reads, and answers nobody but the page.
    async fn add_chain(self, provider: &Provider, chain_id: u64) -> Result<(), WalletError> {
        let published = self
            .system
            .view()
            .with_untracked(|view| view.as_ref().and_then(|view| view.wallet_rpc_url.clone()));
        let endpoint = published.ok_or(WalletError::AddByHand { chain_id })?;
        provider.request("wallet_addEthereumChain", &network(chain_id, &endpoint)).await?;
        // Some wallets only learn of the chain, and stay where they are until they are asked again.
        if connect::chain_of(provider).await? != chain_id {
            let wanted = json!([{ "chainId": U64::from(chain_id) }]);
            provider.request("wallet_switchEthereumChain", &wanted).await?;
        }
        Ok(())
    }
}

/// The network as EIP-3085 describes it.
fn network(chain_id: u64, endpoint: &str) -> Value {
    json!([{
        "chainId": U64::from(chain_id),
        "chainName": format!("Phase 8 chain {chain_id}"),
        "nativeCurrency": { "name": "Ether", "symbol": "ETH", "decimals": 18 },
        "rpcUrls": [endpoint],
    }])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wallet_is_pointed_at_the_published_endpoint() {
        let asked = network(31_337, "http://127.0.0.1:8545");

        assert_eq!(asked[0]["chainId"], "0x7a69");
        assert_eq!(asked[0]["rpcUrls"], json!(["http://127.0.0.1:8545"]));
    }
}
