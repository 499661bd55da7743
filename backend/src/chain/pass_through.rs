//! Read-only JSON-RPC for the page. On the development chain its own accounts sign too, for the rehearsal wallet.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::devnet::DEV_CHAIN_ID;
use super::error::ChainError;
use super::rpc::Rpc;

/// The largest body that is taken: room for a call with all terms of the largest mission.
pub const MAX_BODY: usize = 256 * 1024;
/// The most requests in one batch.
const MAX_BATCH: usize = 50;

const READS: [&str; 14] = [
    "eth_blockNumber",
    "eth_call",
    "eth_chainId",
    "eth_estimateGas",
    "eth_feeHistory",
    "eth_gasPrice",
    "eth_getBalance",
    "eth_getBlockByNumber",
    "eth_getCode",
    "eth_getTransactionByHash",
    "eth_getTransactionCount",
    "eth_getTransactionReceipt",
    "eth_maxPriorityFeePerGas",
    "net_version",
];
const SIGNING: [&str; 4] =
    ["eth_accounts", "eth_signTransaction", "eth_signTypedData_v4", "personal_sign"];

const PARSE_ERROR: i64 = -32700;
const INVALID_REQUEST: i64 = -32600;
const METHOD_NOT_FOUND: i64 = -32601;
/// The endpoint behind this server is away (EIP-1474: resource unavailable).
const UNAVAILABLE: i64 = -32002;
/// The endpoint said no (EIP-1474: transaction rejected or reverted).
const REFUSED: i64 = 3;

/// Passes read-only requests on to the chain.
#[derive(Debug, Clone)]
pub struct PassThrough {
    rpc: Rpc,
    chain_id: u64,
}

impl PassThrough {
    /// To this endpoint of this chain.
    pub const fn new(rpc: Rpc, chain_id: u64) -> Self {
        Self { rpc, chain_id }
    }

    /// Answers one request or a batch; never fails, since JSON-RPC has its own errors.
    pub async fn answer(&self, body: &[u8]) -> Value {
        if body.len() > MAX_BODY {
            return failure(
                Value::Null,
                INVALID_REQUEST,
                &format!("the request is larger than {MAX_BODY} bytes"),
            );
        }
        match serde_json::from_slice(body) {
            Ok(Value::Array(requests)) if requests.is_empty() || requests.len() > MAX_BATCH => {
                failure(
                    Value::Null,
                    INVALID_REQUEST,
                    &format!("a batch holds 1 to {MAX_BATCH} requests"),
                )
            }
            Ok(Value::Array(requests)) => {
                let mut answers = Vec::with_capacity(requests.len());
                for request in requests {
                    answers.push(self.answer_one(request).await);
                }
                Value::Array(answers)
            }
            Ok(request) => self.answer_one(request).await,
            Err(error) => {
                failure(Value::Null, PARSE_ERROR, &format!("the request is not JSON: {error}"))
            }
        }
    }

    async fn answer_one(&self, mut request: Value) -> Value {
        let id = request.get_mut("id").map(Value::take).unwrap_or_default();
        let Some(method) = request.get("method").and_then(Value::as_str).map(str::to_owned) else {
            return failure(id, INVALID_REQUEST, "the request names no method");
        };
        let Some(method) = self.admitted(&method) else {
            return failure(id, METHOD_NOT_FOUND, &Self::refusal(&method));
        };
        let params = request.get_mut("params").map_or_else(|| json!([]), Value::take);
        if !params.is_array() {
            return failure(id, INVALID_REQUEST, "the parameters are not a list");
        }
        match self.rpc.ask_any::<Value>(Cow::Borrowed(method), params).await {
            Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
            Err(ChainError::Refused(reason)) => failure(id, REFUSED, &reason.to_string()),
            Err(error) => failure(id, UNAVAILABLE, &error.to_string()),
        }
    }

    fn admitted(&self, method: &str) -> Option<&'static str> {
        let signing: &[&str] = if self.chain_id == DEV_CHAIN_ID { &SIGNING } else { &[] };
        READS.iter().chain(signing).find(|admitted| **admitted == method).copied()
    }

    fn refusal(method: &str) -> String {
        if SIGNING.contains(&method) {
            return format!(
                "{method} is answered on the development chain only; connect a wallet to sign"
            );
        }
        let method: String = method.chars().take(64).collect();
        format!(
            "{method} is not passed on: this address answers read-only requests; send transactions through a wallet"
        )
    }
}

fn failure(id: Value, code: i64, message: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn pass_through(chain_id: u64) -> PassThrough {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        PassThrough::new(Rpc::connect(&address, Duration::from_millis(200)).unwrap(), chain_id)
    }

    async fn code(chain_id: u64, request: Value) -> i64 {
        pass_through(chain_id).answer(request.to_string().as_bytes()).await["error"]["code"]
            .as_i64()
            .unwrap()
    }

    #[tokio::test]
    async fn a_method_that_writes_is_refused() {
        for method in [
            "eth_sendTransaction",
            "eth_sendRawTransaction",
            "anvil_setBalance",
            "evm_mine",
            "eth_getLogs",
            "",
        ] {
            let request = json!({ "id": 1, "method": method, "params": [] });
            assert_eq!(code(DEV_CHAIN_ID, request).await, METHOD_NOT_FOUND, "{method}");
        }
    }

    #[tokio::test]
    async fn the_server_signs_on_the_development_chain_only() {
        for method in SIGNING {
            let request = json!({ "id": 1, "method": method, "params": [] });
            assert_eq!(code(1, request.clone()).await, METHOD_NOT_FOUND, "{method}");
            assert_eq!(code(DEV_CHAIN_ID, request).await, UNAVAILABLE, "{method}");
        }
    }

    #[tokio::test]
    async fn what_is_no_request_gets_words() {
        let batch = Value::Array(vec![json!({ "method": "eth_chainId" }); MAX_BATCH + 1]);
        let object = json!({ "method": "eth_chainId", "params": { "a": 1 } });
        for request in [json!({}), json!([]), json!(null), json!("eth_chainId"), object, batch] {
            assert_eq!(code(1, request.clone()).await, INVALID_REQUEST, "{request}");
        }
        let large = "x".repeat(MAX_BODY + 1);
        for (body, expected) in
            [("", PARSE_ERROR), ("{", PARSE_ERROR), (large.as_str(), INVALID_REQUEST)]
        {
            assert_eq!(pass_through(1).answer(body.as_bytes()).await["error"]["code"], expected);
        }
    }
}
