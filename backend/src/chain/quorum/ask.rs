//! What one endpoint is asked, in as few round trips as there are rounds, and what it answers.

use alloy::primitives::{Address, B256, Bytes, U64};
use alloy::rpc::client::Waiter;
use alloy::rpc::json_rpc::ErrorPayload;
use alloy::transports::{RpcError, TransportError};
use phase8_shared::api::{ReadRequest, ReadValue, SimulatedCall, SimulatedLog};
use phase8_shared::chain::Call;
use serde::Deserialize;
use serde_json::{Value, json};

use super::block::{Chosen, Header};
use crate::chain::error::ChainError;
use crate::chain::revert::{Reason, revert_bytes};
use crate::chain::rpc::Rpc;

/// Gas for the simulated call: less than a transaction may have at all (EIP-7825).
const CALL_GAS: u64 = 16_000_000;
/// Gas for each read after it.
const READ_GAS: u64 = 10_000_000;
/// The simulated block is as large as nodes simulate, so that reads do not run into its end.
const BLOCK_GAS: u64 = 50_000_000;
/// A chain that made no block for so many seconds makes one when it is needed only; reads are told the clock's time.
const IDLE_AFTER: u64 = 60;
/// Blocks that are compared when the newest ones differ.
pub(super) const STRETCH: u64 = 16;

/// `reverted` among the errors of `eth_call`.
const REVERTED: i64 = 3;
/// A block that is not there (EIP-1474: resource not found).
const NOT_FOUND: i64 = -32001;

/// An endpoint gave no usable answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It does not have the block.
    NoSuchBlock,
    /// Anything else, in words.
    Other(String),
}

/// A request against one block, ready to be sent to every endpoint.
#[derive(Debug)]
pub(super) struct Question {
    reads: Vec<Value>,
    simulation: Option<Value>,
}

/// What an endpoint says to a [`Question`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) before: Vec<ReadValue>,
    pub(super) tried: Option<Tried>,
}

/// What became of the simulated call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tried {
    Succeeds { return_data: Bytes, gas_used: u64, logs: Vec<SimulatedLog>, after: Vec<ReadValue> },
    Refused { data: Bytes, why: String },
    Unavailable { why: String },
}

/// Which chain an endpoint serves, and its newest block.
pub(super) async fn head(rpc: &Rpc) -> Result<(u64, Header), Trouble> {
    let mut batch = rpc.batch();
    let chain_id: Waiter<U64> = batch.add_call("eth_chainId", &json!([])).map_err(local)?;
    let block: Waiter<Header> =
        batch.add_call("eth_getBlockByNumber", &json!(["latest", false])).map_err(local)?;
    batch.send().await.map_err(|error| trouble(rpc, "eth_chainId", error))?;
    let chain_id = chain_id.await.map_err(|error| trouble(rpc, "eth_chainId", error))?;
    let block = block.await.map_err(|error| trouble(rpc, "eth_getBlockByNumber", error))?;
    Ok((chain_id.to(), block))
}

/// The blocks up to this one, as far as [`STRETCH`] goes.
pub(super) async fn stretch(rpc: &Rpc, to: u64) -> Result<Vec<Header>, Trouble> {
    let mut batch = rpc.batch();
    let mut waiting: Vec<Waiter<Option<Header>>> = Vec::new();
    for number in (to.saturating_sub(STRETCH - 1)..=to).rev() {
        let asked = json!([U64::from(number), false]);
        waiting.push(batch.add_call("eth_getBlockByNumber", &asked).map_err(local)?);
    }
    batch.send().await.map_err(|error| trouble(rpc, "eth_getBlockByNumber", error))?;
    let mut blocks = Vec::new();
    for block in waiting {
        let block = block.await.map_err(|error| trouble(rpc, "eth_getBlockByNumber", error))?;
        blocks.extend(block);
    }
    Ok(blocks)
}

impl Question {
    /// This request after this block.
    pub(super) fn new(request: &ReadRequest, block: &Chosen, as_of: u64) -> Self {
        let at = json!({ "blockHash": block.hash, "requireCanonical": true });
        let is_idle = as_of.saturating_sub(block.timestamp) > IDLE_AFTER;
        let read = |call: &Call| {
            let mut params = vec![called(call), at.clone()];
            if is_idle {
                params.extend([json!({}), json!({ "time": U64::from(as_of) })]);
            }
            Value::Array(params)
        };
        Self {
            reads: request.calls.iter().map(read).collect(),
            simulation: request
                .simulate
                .as_ref()
                .map(|call| json!([simulation(call, &request.calls, block, as_of), at])),
        }
    }

    /// Puts it to an endpoint, in one round trip.
    pub(super) async fn put_to(&self, rpc: &Rpc) -> Result<Content, Trouble> {
        let mut batch = rpc.batch();
        let mut reads: Vec<Waiter<Bytes>> = Vec::new();
        for read in &self.reads {
            reads.push(batch.add_call("eth_call", read).map_err(local)?);
        }
        let simulation: Option<Waiter<Vec<SimulatedBlock>>> = match &self.simulation {
            Some(simulation) => Some(batch.add_call("eth_simulateV1", simulation).map_err(local)?),
            None => None,
        };
        batch.send().await.map_err(|error| trouble(rpc, "eth_call", error))?;
        let mut before = Vec::new();
        for read in reads {
            before.push(value(rpc, read).await?);
        }
        let tried = match simulation {
            Some(simulation) => Some(self.tried(rpc, simulation).await?),
            None => None,
        };
        Ok(Content { before, tried })
    }

    async fn tried(
        &self,
        rpc: &Rpc,
        simulation: Waiter<Vec<SimulatedBlock>>,
    ) -> Result<Tried, Trouble> {
        let blocks = match simulation.await {
            Ok(blocks) => blocks,
            Err(error) => {
                return match trouble(rpc, "eth_simulateV1", error) {
                    Trouble::NoSuchBlock => Err(Trouble::NoSuchBlock),
                    Trouble::Other(why) => Ok(Tried::Unavailable { why }),
                };
            }
        };
        let mut calls = blocks.into_iter().flat_map(|block| block.calls);
        let (Some(call), after) = (calls.next(), calls.map(SimulatedResult::into_value)) else {
            return Ok(garbled());
        };
        let after: Vec<ReadValue> = after.collect();
        if after.len() != self.reads.len() {
            return Ok(garbled());
        }
        Ok(call.into_tried(after))
    }
}

fn garbled() -> Tried {
    Tried::Unavailable { why: "eth_simulateV1 was answered with other calls than asked".to_owned() }
}

fn called(call: &Call) -> Value {
    json!({ "to": call.to, "data": call.data, "input": call.data })
}

/// The call in the block after, and the reads after it.
fn simulation(call: &SimulatedCall, reads: &[Call], block: &Chosen, as_of: u64) -> Value {
    let mut calls = vec![json!({
        "from": call.from,
        "to": call.to,
        "data": call.data,
        "input": call.data,
        "gas": U64::from(CALL_GAS),
    })];
    calls.extend(reads.iter().map(|read| {
        let mut read = called(read);
        if let Value::Object(read) = &mut read {
            read.insert("gas".to_owned(), json!(U64::from(READ_GAS)));
        }
        read
    }));
    json!({
        "blockStateCalls": [{
            "blockOverrides": {
                "number": U64::from(block.number.saturating_add(1)),
                "time": U64::from(as_of),
                "gasLimit": U64::from(BLOCK_GAS),
            },
            "calls": calls,
        }],
        "validation": false,
    })
}

async fn value(rpc: &Rpc, read: Waiter<Bytes>) -> Result<ReadValue, Trouble> {
    match read.await {
        Ok(data) => Ok(ReadValue::Returned { data }),
        Err(RpcError::ErrorResp(payload)) => match revert_of(&payload) {
            Some(data) => Ok(reverted(data)),
            None => Err(trouble(rpc, "eth_call", RpcError::ErrorResp(payload))),
        },
        Err(error) => Err(trouble(rpc, "eth_call", error)),
    }
}

/// The bytes of a contract's refusal; `None` if it is the node that refuses.
fn revert_of(payload: &ErrorPayload) -> Option<Bytes> {
    let data = payload.data.as_ref().and_then(|data| serde_json::from_str(data.get()).ok());
    data.as_ref().and_then(revert_bytes).or_else(|| (payload.code == REVERTED).then(Bytes::default))
}

fn reverted(data: Bytes) -> ReadValue {
    ReadValue::Reverted { why: Reason::of_revert(&data).to_string(), data }
}

/// What of `eth_simulateV1`'s answer matters here.
#[derive(Debug, Deserialize)]
struct SimulatedBlock {
    calls: Vec<SimulatedResult>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SimulatedResult {
    #[serde(default)]
    return_data: Bytes,
    #[serde(default)]
    logs: Vec<Log>,
    gas_used: U64,
    status: U64,
    #[serde(default)]
    error: Option<SimulatedError>,
}

#[derive(Debug, Deserialize)]
struct SimulatedError {
    #[serde(default)]
    message: String,
    #[serde(default)]
    data: Value,
}

#[derive(Debug, Deserialize)]
struct Log {
    address: Address,
    topics: Vec<B256>,
    data: Bytes,
}

impl SimulatedResult {
    fn succeeds(&self) -> bool {
        self.status == U64::from(1)
    }

    /// Nodes give the bytes of a refusal as the returned data, or with the error.
    fn refusal(&self) -> Bytes {
        let of_error = self.error.as_ref().and_then(|error| revert_bytes(&error.data));
        of_error.filter(|data| !data.is_empty()).unwrap_or_else(|| self.return_data.clone())
    }

    fn into_value(self) -> ReadValue {
        if self.succeeds() {
            ReadValue::Returned { data: self.return_data }
        } else {
            reverted(self.refusal())
        }
    }

    fn into_tried(self, after: Vec<ReadValue>) -> Tried {
        if !self.succeeds() {
            let data = self.refusal();
            let why = match &self.error {
                Some(error) if data.is_empty() && !error.message.is_empty() => {
                    format!("the call ends without saying why: {}", clipped(&error.message))
                }
                Some(_) | None => Reason::of_revert(&data).to_string(),
            };
            return Tried::Refused { data, why };
        }
        let log =
            |log: Log| SimulatedLog { address: log.address, topics: log.topics, data: log.data };
        Tried::Succeeds {
            return_data: self.return_data,
            gas_used: self.gas_used.to(),
            logs: self.logs.into_iter().map(log).collect(),
            after,
        }
    }
}

impl Tried {
    /// Whether it is the same, apart from gas and from words about the same bytes.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Succeeds { return_data, logs, after, .. },
                Self::Succeeds {
                    return_data: other_data,
                    logs: other_logs,
                    after: other_after,
                    ..
                },
            ) => (return_data, logs, after) == (other_data, other_logs, other_after),
            (Self::Refused { data, .. }, Self::Refused { data: other, .. }) => data == other,
            (Self::Unavailable { .. }, Self::Unavailable { .. }) => true,
            (Self::Succeeds { .. } | Self::Refused { .. } | Self::Unavailable { .. }, _) => false,
        }
    }
}

/// Why there is no answer. Only what JSON-RPC itself says is repeated: bodies of other answers may hold anything.
fn trouble(rpc: &Rpc, what: &str, error: TransportError) -> Trouble {
    if let RpcError::ErrorResp(payload) = &error
        && payload.code == NOT_FOUND
    {
        return Trouble::NoSuchBlock;
    }
    let status = error.as_transport_err().and_then(|error| error.as_http_error());
    if let Some(status) = status.map(|error| error.status) {
        return Trouble::Other(format!("answers with HTTP status {status}"));
    }
    if let RpcError::ErrorResp(payload) = &error {
        let words = clipped(&rpc.scrub(&payload.message));
        return Trouble::Other(format!("refuses {what}: {words} ({})", payload.code));
    }
    Trouble::Other(match rpc.sort(what, error) {
        ChainError::Garbled { .. } => format!("answers {what} with something that cannot be read"),
        ChainError::Unreachable { .. } | ChainError::WrongChain { .. } | ChainError::Refused(_) => {
            "does not answer".to_owned()
        }
    })
}

fn local(error: TransportError) -> Trouble {
    Trouble::Other(format!("cannot be asked: {error}"))
}

/// Words of others, on one line and not too many.
fn clipped(text: &str) -> String {
    text.chars().take(160).map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}
