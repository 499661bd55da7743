//! A fake model endpoint: a real HTTP server on a free port that speaks the chat completions protocol, well or badly, as the
//! name of the model that it is asked for says. No model is behind it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

/// The number of a payment card that nobody has, its check digit right.
pub(crate) const CARD: &str = "4111 1111 1111 1111";
/// What one call may cost at most with these adapters: 20,000 tokens of what may be sent and received.
pub(crate) const WORST_CASE: &str = "0.20";
/// What an answered call costs: 1,500 tokens.
pub(crate) const COST: &str = "0.015";

/// How an adapter behaves at its first call. It answers all others well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Manner {
    /// Writes the number of a payment card into the answer.
    Leaks,
    /// Never answers.
    Hangs,
    /// Counts more tokens than the call could have used.
    Overcharges,
}

impl Manner {
    const ALL: [Self; 3] = [Self::Leaks, Self::Hangs, Self::Overcharges];

    /// The adapter's id, and the name of its model.
    pub(crate) const fn id(self) -> &'static str {
        match self {
            Self::Leaks => "fake-leaks-once",
            Self::Hangs => "fake-hangs-once",
            Self::Overcharges => "fake-overcharges-once",
        }
    }
}

/// The endpoint.
#[derive(Debug)]
pub(crate) struct FakeModel {
    url: String,
    asked: Asked,
    task: AbortHandle,
}

impl Drop for FakeModel {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// How often each model was asked.
type Asked = Arc<Mutex<BTreeMap<Manner, usize>>>;

impl FakeModel {
    /// Starts it.
    pub(crate) async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/v1", listener.local_addr()?);
        let asked = Asked::default();
        let router = axum::Router::new()
            .route("/v1/chat/completions", post(answer))
            .with_state(Arc::clone(&asked));
        let task = tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { url, asked, task: task.abort_handle() })
    }

    /// Whether this model was asked.
    pub(crate) fn was_asked(&self, manner: Manner) -> bool {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&manner)
    }

    /// The usual adapters, and one for each manner, as model-adapters.json lists them.
    pub(crate) fn adapters(&self, usual: &str) -> Result<String> {
        let mut adapters: Vec<Value> = serde_json::from_str(usual).context("the usual adapters")?;
        adapters.extend(Manner::ALL.map(|manner| {
            json!({
                "id": manner.id(),
                "provider": "A fake of the tests",
                "maxContext": 131_072,
                "costUSDPer1KTokens": 0.01,
                "safetyScore": 0.9,
                "latencyMs": 10,
                "lastValidated": "2026-06-01T00:00:00Z",
                "endpoint": { "kind": "openai", "baseUrl": self.url, "model": manner.id() },
            })
        }));
        Ok(serde_json::to_string_pretty(&adapters)?)
    }
}

async fn answer(State(asked): State<Asked>, Json(question): Json<Value>) -> Response {
    let Some(manner) = Manner::ALL.into_iter().find(|manner| question["model"] == manner.id())
    else {
        return (axum::http::StatusCode::NOT_FOUND, "no such model").into_response();
    };
    let first = {
        let mut asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
        let times = asked.entry(manner).or_default();
        *times += 1;
        *times == 1
    };
    let (text, tokens_sent) = match manner {
        Manner::Leaks if first => (format!("# Notes\n\nThe customer pays with {CARD}.\n"), 1_200),
        Manner::Hangs if first => return std::future::pending().await,
        Manner::Overcharges if first => ("# Notes\n\nAll is well.\n".to_owned(), 2_000_000),
        Manner::Leaks | Manner::Hangs | Manner::Overcharges => {
            ("# The result\n\nThis is what the agent found.\n".to_owned(), 1_200)
        }
    };
    let events = [
        json!({ "choices": [{ "index": 0, "delta": { "content": text }, "finish_reason": null }] }),
        json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }] }),
        json!({ "choices": [], "usage": { "prompt_tokens": tokens_sent, "completion_tokens": 300 } }),
    ];
    let mut stream = String::new();
    for event in events {
        let _ = write!(stream, "data: {event}\n\n");
    }
    ([(CONTENT_TYPE, "text/event-stream")], stream + "data: [DONE]\n\n").into_response()
}
