//! JSON-RPC of the chain, through the server's pass-through.

use alloy_primitives::{Address, B256, U64, U256};
use alloy_sol_types::SolCall;
use phase8_shared::api::{Problem, ProblemCode, routes};
use phase8_shared::chain::abi::IAgiAlpha;
use phase8_shared::money::TokenAmount;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::api::{ClientError, client};

#[derive(Serialize)]
struct Request<'a> {
    jsonrpc: &'static str,
    id: u32,
    method: &'a str,
    params: Value,
}

#[derive(Deserialize)]
struct Response {
    #[serde(default)]
    result: Value,
    error: Option<NodeError>,
}

#[derive(Deserialize)]
struct NodeError {
    #[serde(default)]
    code: i64,
    message: String,
}

/// The server's code for a chain that does not answer (EIP-1474).
const AWAY: i64 = -32002;

/// A transaction in a block.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Receipt {
    /// Number of the block.
    pub(crate) block_number: U64,
    /// 1 when it succeeded, 0 when it reverted.
    pub(crate) status: U64,
}

/// Asks the node; what it refuses comes back in its own words.
pub(crate) async fn rpc<T: DeserializeOwned>(
    method: &str,
    params: Value,
) -> Result<T, ClientError> {
    let request = Request { jsonrpc: "2.0", id: 1, method, params };
    let response: Response = client::post(routes::RPC, &request).await?;
    if let Some(error) = response.error {
        let code = if error.code == AWAY {
            ProblemCode::ChainUnreachable
        } else {
            ProblemCode::TransactionRefused
        };
        return Err(ClientError::Problem(Problem::new(code, error.message)));
    }
    serde_json::from_value(response.result).map_err(|error| ClientError::Garbled(error.to_string()))
}

/// The receipt, once the transaction is in a block.
pub(crate) async fn receipt(hash: B256) -> Result<Option<Receipt>, ClientError> {
    rpc("eth_getTransactionReceipt", json!([hash])).await
}

/// What `spender` may take from `owner`.
pub(crate) async fn allowance(
    token: Address,
    owner: Address,
    spender: Address,
) -> Result<TokenAmount, ClientError> {
    let call = IAgiAlpha::allowanceCall { owner, spender };
    let data = alloy_primitives::Bytes::from(call.abi_encode());
    let word: B256 = rpc("eth_call", json!([{ "to": token, "data": data }, "latest"])).await?;
    Ok(TokenAmount::new(U256::from_be_bytes(word.0)))
}
