//! `[chain]`: which chain, and how to speak to it.

use std::path::PathBuf;
use std::time::Duration;

use alloy::primitives::Address;
use reqwest::Url;
use serde::{Deserialize, Serialize};

use super::{Complaint, Endpoint};
use crate::chain::quorum::majority;

/// The most endpoints that are asked about each lever.
const MOST_ENDPOINTS: usize = 16;

/// Which chain, and how to speak to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChainConfig {
    /// `devnet` starts anvil and deploys the contracts; `endpoint` uses a chain that is there.
    pub mode: ChainMode,
    /// JSON-RPC endpoint of the chain, for `endpoint`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub rpc_url: Option<Endpoint>,
    /// Further JSON-RPC endpoints of the same chain. Reads that gate a lever count only if a quorum of all endpoints agrees.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub rpc_urls: Vec<Endpoint>,
    /// How many endpoints must agree: more than half of them. Without it, just more than half.
    #[serde(default)]
    pub quorum: Option<u8>,
    /// JSON-RPC endpoint for wallets that do not know the chain, for `endpoint`; everybody can read it. Without one,
    /// people add the network by hand. The development chain names its own.
    #[serde(default)]
    pub wallet_rpc_url: Option<String>,
    /// File with the contracts' addresses, for `endpoint`. The development chain writes its own beside the data.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub deployment: Option<PathBuf>,
    /// The program anvil, for `devnet`.
    #[schema(value_type = String)]
    pub anvil: PathBuf,
    /// For `devnet`: seconds that what the owner accelerates waits in the timelocks. Elsewhere the deployed timelock says it.
    pub delay_seconds: u32,
    /// Blocks that must follow before a log counts.
    pub confirmations: u64,
    /// Milliseconds between two looks at the chain.
    pub poll_ms: u64,
    /// File with the private key that pays gas for payouts and checkpoints, in hex. Without one, they wait.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub relayer_key_file: Option<PathBuf>,
    /// The chain id that the chain must have.
    #[serde(default)]
    pub expected_chain_id: Option<u64>,
    /// The account that must own the owner proxy.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub expected_owner: Option<Address>,
    /// The manager contract that the deployment must name.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub expected_manager: Option<Address>,
}

/// Where the chain comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChainMode {
    /// anvil as a child process, with the contracts deployed.
    Devnet,
    /// Any Ethereum JSON-RPC endpoint.
    Endpoint,
}

impl ChainConfig {
    /// Time between two looks at the chain.
    pub const fn poll_interval(&self) -> Duration {
        Duration::from_millis(self.poll_ms)
    }

    /// How many endpoints there are: the development chain or `rpc_url`, and the further ones.
    pub fn endpoints(&self) -> usize {
        self.rpc_urls.len().saturating_add(1)
    }

    /// How many of them must agree.
    pub fn quorum(&self) -> u8 {
        let count = u8::try_from(self.endpoints()).unwrap_or(u8::MAX);
        self.quorum.unwrap_or(majority(count))
    }

    /// What does not hold.
    pub fn validate(&self) -> Vec<Complaint> {
        let mut complaints = Vec::new();
        if !(50..=60_000).contains(&self.poll_ms) {
            complaints.push(Complaint::new("chain.poll_ms", "must be from 50 to 60000"));
        }
        if !(1..=2_592_000).contains(&self.delay_seconds) {
            complaints.push(Complaint::new(
                "chain.delay_seconds",
                "must be from 1 to 2592000, which is 30 days",
            ));
        }
        if self.confirmations > 10_000 {
            complaints.push(Complaint::new("chain.confirmations", "must be at most 10000"));
        }
        if self.expected_chain_id == Some(0) {
            complaints.push(Complaint::new("chain.expected_chain_id", "must be greater than 0"));
        }
        if self.mode == ChainMode::Endpoint && self.rpc_url.is_none() {
            complaints.push(Complaint::new(
                "chain.rpc_url",
                "is needed when chain.mode is \"endpoint\" (or set RPC_URL)",
            ));
        }
        if self.rpc_url.as_ref().is_some_and(|url| !url.is_http()) {
            complaints.push(Complaint::new("chain.rpc_url", "must begin with http:// or https://"));
        }
        complaints.extend(self.validate_quorum());
        if self.wallet_rpc_url.as_deref().is_some_and(|url| !is_public_http(url)) {
            complaints.push(Complaint::new(
                "chain.wallet_rpc_url",
                "must be an http:// or https:// address without a name or password, since everybody can read it",
            ));
        }
        complaints
    }

    /// What a server needs beside.
    pub fn validate_serving(&self) -> Vec<Complaint> {
        let is_missing = self.mode == ChainMode::Endpoint && self.deployment.is_none();
        let missing = is_missing.then(|| {
            Complaint::new(
                "chain.deployment",
                "is needed when chain.mode is \"endpoint\": the file with the contracts' addresses",
            )
        });
        missing.into_iter().collect()
    }
}

impl ChainConfig {
    fn validate_quorum(&self) -> Vec<Complaint> {
        let mut complaints = Vec::new();
        let count = self.endpoints();
        if count > MOST_ENDPOINTS {
            complaints.push(Complaint::new(
                "chain.rpc_urls",
                format!("must name at most {} further endpoints", MOST_ENDPOINTS - 1),
            ));
        }
        if self.rpc_urls.iter().any(|url| !url.is_http()) {
            complaints.push(Complaint::new(
                "chain.rpc_urls",
                "must hold addresses that begin with http:// or https://",
            ));
        }
        let of_mode = (self.mode == ChainMode::Endpoint).then_some(self.rpc_url.as_ref()).flatten();
        let mut seen: Vec<&str> = of_mode.iter().map(|url| url.expose()).collect();
        for url in &self.rpc_urls {
            if seen.contains(&url.expose()) {
                complaints.push(Complaint::new(
                    "chain.rpc_urls",
                    format!("names {url} twice: an endpoint has one voice"),
                ));
            }
            seen.push(url.expose());
        }
        let holds = |quorum: u8| usize::from(quorum) <= count && usize::from(quorum) > count / 2;
        if self.quorum.is_some_and(|quorum| !holds(quorum)) {
            complaints.push(Complaint::new(
                "chain.quorum",
                format!(
                    "must be from {} to {count}: more than half of the {count} endpoints, so that only one answer can \
                     reach it",
                    count / 2 + 1
                ),
            ));
        }
        complaints
    }
}

/// Whether an address is reached by HTTP and gives no credentials away.
fn is_public_http(address: &str) -> bool {
    address.parse::<Url>().is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_reads_holds_no_credentials() {
        for (address, holds) in [
            ("https://rpc.example.org/v1", true),
            ("http://127.0.0.1:8545", true),
            ("rpc.example.org", false),
            ("ws://rpc.example.org", false),
            ("https://", false),
            ("https://user:word@rpc.example.org", false),
            ("https://key@rpc.example.org", false),
        ] {
            assert_eq!(is_public_http(address), holds, "{address}");
        }
    }
}
