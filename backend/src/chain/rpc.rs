//! One JSON-RPC endpoint: typed questions, a time-out on each, errors sorted by what the caller can do about them.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use alloy::primitives::{Address, B256, Bytes, U64, U256};
use alloy::rpc::client::{BatchRequest, RpcClient};
use alloy::rpc::types::{Filter, Log};
use alloy::sol_types::SolCall;
use alloy::transports::{RpcError, TransportError};
use reqwest::Url;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::error::ChainError;
use super::revert::Reason;
use super::scrub::Scrub;
use super::wire::Wire;

/// A connection that is not made by then never will be.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Questions in one batch; endpoints take more than a hundred.
const IN_ONE_BREATH: usize = 100;

/// An endpoint.
#[derive(Clone)]
pub struct Rpc {
    client: RpcClient,
    endpoint: String,
    scrub: Scrub,
}

/// The address of an endpoint cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Not an `http` or `https` URL.
    #[error("an endpoint's address starts with http:// or https://, such as http://127.0.0.1:8545")]
    NotHttp,
    /// The HTTP client cannot be made.
    #[error("the HTTP client cannot be made")]
    Client(#[source] reqwest::Error),
}

/// What an endpoint can answer with.
pub trait Answer: DeserializeOwned + fmt::Debug + Send + Sync + Unpin + 'static {}

impl<T: DeserializeOwned + fmt::Debug + Send + Sync + Unpin + 'static> Answer for T {}

/// Which state a question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// The newest block.
    Latest,
    /// The newest block and what waits for the next.
    Pending,
    /// After this block.
    Block(u64),
}

/// A call to simulate.
#[derive(Debug, Clone)]
pub struct Simulated {
    /// Who calls.
    pub from: Address,
    /// What is called.
    pub to: Address,
    /// Selector and arguments.
    pub data: Bytes,
}

/// A block, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Block {
    /// Its number.
    pub number: U64,
    /// Its hash.
    pub hash: B256,
    /// Unix seconds.
    pub timestamp: U64,
    /// Base fee, on chains that have one.
    #[serde(default)]
    pub base_fee_per_gas: Option<U256>,
}

/// A receipt, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// 1 if it succeeded.
    pub status: U64,
    /// Number of the block that includes it.
    pub block_number: U64,
    /// Hash of that block.
    pub block_hash: B256,
    /// What it created, if it created a contract.
    #[serde(default)]
    pub contract_address: Option<Address>,
}

/// A transaction that the node knows, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct KnownTransaction {
    /// Who signed it.
    pub from: Address,
}

/// What a transaction pays for gas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fees {
    /// The most, tip included.
    pub max_fee: u128,
    /// To the block's maker.
    pub tip: u128,
}

impl Rpc {
    /// Speaks to the endpoint at this address; each question is given up after `timeout`.
    pub fn connect(address: &str, timeout: Duration) -> Result<Self, ConnectError> {
        let url: Url = address.parse().map_err(|_| ConnectError::NotHttp)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(ConnectError::NotHttp);
        }
        crate::tls::install();
        let (endpoint, scrub) = (shown(&url), Scrub::of(&url));
        if let Some(wire) = Wire::to(&url, CONNECT_TIMEOUT.min(timeout), timeout) {
            return Ok(Self { client: RpcClient::new(wire, true), endpoint, scrub });
        }
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT.min(timeout))
            .timeout(timeout)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(ConnectError::Client)?;
        Ok(Self { client: RpcClient::new_http_with_client(client, url), endpoint, scrub })
    }

    /// Scheme, host and port of the endpoint: what may be shown and logged.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Asks anything.
    pub async fn ask<R: Answer>(
        &self,
        method: &'static str,
        params: Value,
    ) -> Result<R, ChainError> {
        self.ask_any(Cow::Borrowed(method), params).await
    }

    /// Asks anything, for methods that are known at run time only.
    pub async fn ask_any<R: Answer>(
        &self,
        method: Cow<'static, str>,
        params: Value,
    ) -> Result<R, ChainError> {
        let what = method.clone();
        self.client.request(method, params).await.map_err(|error| self.sort(&what, error))
    }

    /// Asks the same about many things in one breath; the answers are in order.
    pub async fn ask_each<R: Answer>(
        &self,
        method: &'static str,
        params: &[Value],
    ) -> Result<Vec<R>, ChainError> {
        let failed = |error| self.sort(method, error);
        let mut answers = Vec::with_capacity(params.len());
        for some in params.chunks(IN_ONE_BREATH) {
            let mut batch = self.client.new_batch();
            let waiting: Result<Vec<_>, _> =
                some.iter().map(|one| batch.add_call::<_, R>(method, one)).collect();
            let waiting = waiting.map_err(failed)?;
            batch.send().await.map_err(failed)?;
            for answer in waiting {
                answers.push(answer.await.map_err(failed)?);
            }
        }
        Ok(answers)
    }

    /// EIP-155 id of the chain.
    pub async fn chain_id(&self) -> Result<u64, ChainError> {
        self.ask::<U64>("eth_chainId", json!([])).await.map(|id| id.to())
    }

    /// Number of the newest block.
    pub async fn head(&self) -> Result<u64, ChainError> {
        self.ask::<U64>("eth_blockNumber", json!([])).await.map(|number| number.to())
    }

    /// A block; `None` if the chain has none with this number.
    pub async fn find_block(&self, number: u64) -> Result<Option<Block>, ChainError> {
        self.ask("eth_getBlockByNumber", json!([U64::from(number), false])).await
    }

    /// The newest block.
    pub async fn latest_block(&self) -> Result<Block, ChainError> {
        self.ask("eth_getBlockByNumber", json!(["latest", false])).await
    }

    /// Wei that an account holds.
    pub async fn balance(&self, account: Address) -> Result<U256, ChainError> {
        self.ask("eth_getBalance", json!([account, "latest"])).await
    }

    /// An account's code; empty for a wallet.
    pub async fn code(&self, account: Address) -> Result<Bytes, ChainError> {
        self.ask("eth_getCode", json!([account, "latest"])).await
    }

    /// How many transactions an account has sent.
    pub async fn transaction_count(&self, account: Address, at: At) -> Result<u64, ChainError> {
        self.ask::<U64>("eth_getTransactionCount", json!([account, at.tag()]))
            .await
            .map(|count| count.to())
    }

    /// Calls a view function.
    pub async fn view<C: SolCall>(&self, to: Address, call: C) -> Result<C::Return, ChainError> {
        let data = Bytes::from(call.abi_encode());
        let answer: Bytes = self
            .ask("eth_call", json!([{ "to": to, "data": data, "input": data }, "latest"]))
            .await?;
        C::abi_decode_returns(&answer).map_err(|error| ChainError::Garbled {
            what: C::SIGNATURE.to_owned(),
            source: Box::new(error),
        })
    }

    /// What a call would answer.
    pub async fn simulate(&self, call: &Simulated, at: At) -> Result<Bytes, ChainError> {
        self.ask("eth_call", json!([call.request(), at.tag()])).await
    }

    /// Gas that a call would take.
    pub async fn estimate_gas(&self, call: &Simulated) -> Result<u64, ChainError> {
        self.ask::<U64>("eth_estimateGas", json!([call.request()])).await.map(|gas| gas.to())
    }

    /// What a transaction pays now: room for six full blocks on top of today's base fee.
    pub async fn fees(&self) -> Result<Fees, ChainError> {
        let tip: u128 =
            self.ask::<U256>("eth_maxPriorityFeePerGas", json!([])).await?.saturating_to();
        let base: u128 =
            self.latest_block().await?.base_fee_per_gas.unwrap_or_default().saturating_to();
        Ok(Fees { max_fee: base.saturating_mul(2).saturating_add(tip), tip })
    }

    /// Logs, in the order of the chain.
    pub async fn logs(&self, filter: &Filter) -> Result<Vec<Log>, ChainError> {
        let filter = serde_json::to_value(filter).map_err(|error| ChainError::Garbled {
            what: "eth_getLogs".to_owned(),
            source: Box::new(error),
        })?;
        self.ask("eth_getLogs", json!([filter])).await
    }

    /// A receipt; `None` while no block includes the transaction.
    pub async fn find_receipt(&self, transaction: B256) -> Result<Option<Receipt>, ChainError> {
        self.ask("eth_getTransactionReceipt", json!([transaction])).await
    }

    /// A transaction that the node knows, included or waiting.
    pub async fn find_transaction(
        &self,
        hash: B256,
    ) -> Result<Option<KnownTransaction>, ChainError> {
        self.ask("eth_getTransactionByHash", json!([hash])).await
    }

    /// Hands a signed transaction to the node.
    pub async fn send_raw(&self, raw: &Bytes) -> Result<B256, ChainError> {
        self.ask("eth_sendRawTransaction", json!([raw])).await
    }

    /// Several questions in one round trip.
    pub(crate) fn batch(&self) -> BatchRequest<'_> {
        self.client.new_batch()
    }

    /// Words of the endpoint without what its address hides.
    pub(crate) fn scrub(&self, words: &str) -> String {
        self.scrub.clean(words)
    }

    /// What an error means.
    pub(crate) fn sort(&self, what: &str, error: TransportError) -> ChainError {
        match error {
            RpcError::ErrorResp(payload) if payload.is_retry_err() => ChainError::Unreachable {
                endpoint: self.endpoint.clone(),
                source: self.scrub(&payload.message).into(),
            },
            RpcError::ErrorResp(payload) => {
                let data =
                    payload.data.as_ref().and_then(|data| serde_json::from_str(data.get()).ok());
                ChainError::Refused(Reason::of_rpc(
                    payload.code,
                    &self.scrub(&payload.message),
                    data.as_ref(),
                ))
            }
            RpcError::Transport(source) => ChainError::Unreachable {
                endpoint: self.endpoint.clone(),
                source: self.scrub(&without_url(source)).into(),
            },
            other @ (RpcError::NullResp
            | RpcError::UnsupportedFeature(_)
            | RpcError::LocalUsageError(_)
            | RpcError::SerError(_)
            | RpcError::DeserError { .. }) => {
                let source = self.scrub(&without_url(other)).into();
                ChainError::Garbled { what: what.to_owned(), source }
            }
        }
    }
}

/// An error with everything below it in one line; URLs are left out, since they may hold a key.
fn without_url(error: impl std::error::Error) -> String {
    let mut words = Vec::new();
    let mut next: Option<&dyn std::error::Error> = Some(&error);
    while let Some(one) = next {
        let text = one.to_string();
        let text = text.split(" for url (").next().unwrap_or_default().to_owned();
        if words.last() != Some(&text) {
            words.push(text);
        }
        next = one.source();
    }
    words.join(": ")
}

fn shown(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default())
}

impl fmt::Debug for Rpc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rpc").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

impl At {
    fn tag(self) -> Value {
        match self {
            Self::Latest => json!("latest"),
            Self::Pending => json!("pending"),
            Self::Block(number) => json!(U64::from(number)),
        }
    }
}

impl Simulated {
    fn request(&self) -> Value {
        json!({ "from": self.from, "to": self.to, "data": self.data, "input": self.data })
    }
}

impl Block {
    /// Its number.
    pub fn number(&self) -> u64 {
        self.number.to()
    }
}

impl Receipt {
    /// Whether the transaction did what it was to do.
    pub fn succeeded(&self) -> bool {
        self.status == U64::from(1)
    }

    /// Number of the block that includes it.
    pub fn block_number(&self) -> u64 {
        self.block_number.to()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_in_an_endpoint_is_never_shown() {
        let rpc = Rpc::connect(
            "https://user:word@node.example:8443/v3/secret?key=secret",
            Duration::from_secs(1),
        )
        .unwrap();

        assert_eq!(rpc.endpoint(), "https://node.example:8443");
        assert!(!format!("{rpc:?}").contains("secret"));
    }

    #[tokio::test]
    async fn an_endpoint_that_is_away_is_named_without_its_key() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/v3/secret", listener.local_addr().unwrap());
        drop(listener);
        let rpc = Rpc::connect(&address, Duration::from_secs(1)).unwrap();

        let error = rpc.chain_id().await.unwrap_err();

        let text = format!("{error} {error:?}");
        assert!(matches!(error, ChainError::Unreachable { .. }), "{text}");
        assert!(!text.contains("secret"), "{text}");
    }

    #[test]
    fn an_address_that_is_not_http_is_refused() {
        for address in ["", "127.0.0.1:8545", "ws://127.0.0.1:8545", "file:///tmp/ipc"] {
            assert!(
                matches!(Rpc::connect(address, Duration::from_secs(1)), Err(ConnectError::NotHttp)),
                "{address}"
            );
        }
    }
}
