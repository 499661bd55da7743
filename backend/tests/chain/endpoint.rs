//! Endpoints between a test and the development chain, each with its own manners.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use phase8_backend::chain::Rpc;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// How an endpoint behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// It passes on what the chain says.
    Honest,
    /// It adds one to every value that is read.
    LiesAboutReads,
    /// It adds one to every value that is read after a simulated call.
    LiesAboutTheOutcome,
    /// Its newest block is one before the chain's.
    LagsByOne,
    /// It claims to be far ahead.
    ClaimsTheFuture,
    /// It names another hash for the newest block.
    ForgesTheHash,
    /// Its newest block is another one after the same parent.
    IsOnAFork,
    /// It takes questions and never answers.
    Hangs,
    /// It answers with something that is not JSON.
    Babbles,
    /// It answers with an error that repeats its own address, key and all.
    Fails,
    /// It serves another chain.
    ServesAnotherChain,
    /// It does not find the block that it named, the first time.
    LosesTheBlockOnce,
    /// It knows no `eth_simulateV1`.
    CannotSimulate,
    /// It knows no `safe` and no `finalized` block.
    KnowsNoTags,
    /// It takes signed transactions, passes none on and never answers.
    SwallowsTransactions,
    /// It passes signed transactions on, and answers with something else.
    LosesReceipts,
    /// It answers from the newest block's state before it shows the block.
    ShowsBlocksLate,
}

/// How many questions for the newest block's number are answered late.
const LATE: usize = 3;

/// An endpoint; it ends when it is dropped.
pub(crate) struct Endpoint {
    pub(crate) rpc: Rpc,
    pub(crate) name: String,
    asked: Arc<Mutex<Vec<Value>>>,
    serving: JoinHandle<()>,
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

#[derive(Clone)]
struct Behind {
    chain: String,
    client: reqwest::Client,
    manner: Manner,
    asked: Arc<Mutex<Vec<Value>>>,
}

impl Endpoint {
    /// Before this chain.
    pub(crate) async fn before(chain: &Rpc, manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let name = listener.local_addr().unwrap().to_string();
        let rpc =
            Rpc::connect(&format!("http://{name}/v3/secret-key"), Duration::from_secs(5)).unwrap();
        let asked = Arc::default();
        let behind = Behind {
            chain: chain.endpoint().to_owned(),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            manner,
            asked: Arc::clone(&asked),
        };
        let router = Router::new().fallback(answer).with_state(behind);
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { rpc, name, asked, serving }
    }

    /// The parameters of every question with this method, in order.
    pub(crate) fn asked(&self, method: &str) -> Vec<Value> {
        let asked = self.asked.lock().unwrap();
        let asked = asked.iter().filter(|request| request["method"] == method);
        asked.map(|request| request["params"].clone()).collect()
    }
}

async fn answer(State(behind): State<Behind>, body: Bytes) -> Response {
    if behind.manner == Manner::Hangs {
        std::future::pending::<()>().await;
    }
    if behind.manner == Manner::Babbles {
        return "<html>secret-key is out of credit</html>".into_response();
    }
    if behind.manner == Manner::Fails {
        return (StatusCode::TOO_MANY_REQUESTS, "/v3/secret-key asks too much").into_response();
    }
    let requests: Value = serde_json::from_slice(&body).unwrap();
    let answers = if let Value::Array(requests) = requests {
        let mut answers = Vec::new();
        for request in requests {
            answers.push(behind.answer(request).await);
        }
        Value::Array(answers)
    } else {
        behind.answer(requests).await
    };
    axum::response::Json(answers).into_response()
}

impl Behind {
    async fn answer(&self, mut request: Value) -> Value {
        self.asked.lock().unwrap().push(request.clone());
        let method = request["method"].as_str().unwrap().to_owned();
        let (manner, latest) = (self.manner, request["params"][0] == "latest");
        if method == "eth_sendRawTransaction" && manner == Manner::SwallowsTransactions {
            return std::future::pending().await;
        }
        if method == "eth_sendRawTransaction" && manner == Manner::LosesReceipts {
            self.pass(&request).await;
            return json!("lost");
        }
        let is_first = || {
            self.asked.lock().unwrap().iter().filter(|asked| asked["method"] == method).count() == 1
        };
        if manner == Manner::LosesTheBlockOnce && method == "eth_call" && is_first() {
            let error = json!({ "code": -32001, "message": "Resource not found" });
            return json!({ "jsonrpc": "2.0", "id": request["id"], "error": error });
        }
        if manner == Manner::KnowsNoTags
            && ["safe", "finalized"].iter().any(|tag| request["params"][0] == *tag)
        {
            let error = json!({ "code": -32602, "message": "unknown block" });
            return json!({ "jsonrpc": "2.0", "id": request["id"], "error": error });
        }
        if manner == Manner::CannotSimulate && method == "eth_simulateV1" {
            let error = json!({ "code": -32601, "message": "Method not found" });
            return json!({ "jsonrpc": "2.0", "id": request["id"], "error": error });
        }
        if manner == Manner::LagsByOne && method == "eth_getBlockByNumber" && latest {
            let head =
                self.pass(&json!({ "id": 1, "jsonrpc": "2.0", "method": "eth_blockNumber" })).await;
            request["params"][0] = json!(hex(number(&head["result"]) - 1));
        }
        let mut answer = self.pass(&request).await;
        if manner == Manner::IsOnAFork && method == "eth_getBlockByNumber" {
            let head =
                self.pass(&json!({ "id": 1, "jsonrpc": "2.0", "method": "eth_blockNumber" })).await;
            if answer["result"]["number"] == head["result"] {
                answer["result"]["hash"] = json!(format!("0x{}", "cd".repeat(32)));
            }
        }
        let hides = manner == Manner::ShowsBlocksLate && self.heads_asked() <= LATE;
        let Some(result) = answer.get_mut("result") else { return answer };
        match (manner, method.as_str()) {
            (Manner::LiesAboutReads, "eth_call") => one_more(result),
            (Manner::LiesAboutTheOutcome, "eth_simulateV1") => {
                one_more(&mut result[0]["calls"][1]["returnData"]);
            }
            (Manner::ServesAnotherChain, "eth_chainId") => *result = json!("0x1"),
            (Manner::ForgesTheHash, "eth_getBlockByNumber") if latest => {
                result["hash"] = json!(format!("0x{}", "ab".repeat(32)));
            }
            (Manner::ClaimsTheFuture, "eth_getBlockByNumber") if latest => {
                for field in ["number", "timestamp"] {
                    result[field] = json!(hex(number(&result[field]) + 1_000));
                }
            }
            (_, "eth_blockNumber") if hides => *result = json!(hex(number(result) - 1)),
            (_, "eth_getTransactionReceipt") if hides => *result = Value::Null,
            _ => {}
        }
        answer
    }

    fn heads_asked(&self) -> usize {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|request| request["method"] == "eth_blockNumber").count()
    }

    async fn pass(&self, request: &Value) -> Value {
        let sent = self.client.post(&self.chain).json(request).send().await.unwrap();
        sent.json().await.unwrap()
    }
}

fn number(text: &Value) -> u64 {
    u64::from_str_radix(text.as_str().unwrap().trim_start_matches("0x"), 16).unwrap()
}

fn hex(number: u64) -> String {
    format!("{number:#x}")
}

/// Changes the last digit of a value.
fn one_more(value: &mut Value) {
    let text = value.as_str().unwrap();
    let (rest, last) = text.split_at(text.len() - 1);
    let last = u8::from_str_radix(last, 16).unwrap();
    *value = json!(format!("{rest}{:x}", (last + 1) % 16));
}
