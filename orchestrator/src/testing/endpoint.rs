//! A fake model endpoint, for tests only: a real HTTP server on a free port that speaks the protocol as it is told to,
//! well or badly. No model is behind it.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Response};
use axum::routing::post;
use futures_util::stream;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

/// What a request is answered with.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    parts: Vec<Part>,
}

/// A part of an answer's body.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    /// These bytes.
    Bytes(String),
    /// The same bytes again and again, without an end.
    Forever(String),
    /// Nothing more, with the connection left open.
    Hang,
    /// The connection is cut.
    Cut,
}

/// A request as it came in.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Asked {
    /// The text of all messages.
    pub(crate) fn text(&self) -> String {
        let messages = self.body["messages"].as_array().unwrap();
        messages
            .iter()
            .map(|message| message["content"].as_str().unwrap().to_owned() + "\n")
            .collect()
    }

    /// The text of the last message.
    pub(crate) fn last(&self) -> &str {
        self.body["messages"].as_array().unwrap().last().unwrap()["content"].as_str().unwrap()
    }
}

type Script = Box<dyn Fn(usize, &Asked) -> Option<Reply> + Send + Sync>;

struct Inner {
    script: Script,
    asked: Mutex<Vec<Asked>>,
    /// Answers that were begun and are over, however they ended.
    over: Arc<AtomicUsize>,
}

/// The server.
pub(crate) struct FakeEndpoint {
    inner: Arc<Inner>,
    address: SocketAddr,
    task: AbortHandle,
}

impl Drop for FakeEndpoint {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Over(Arc<AtomicUsize>);

impl Drop for Over {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl FakeEndpoint {
    /// Starts a server that answers as the script says; `None` never answers. The script is told how many came before.
    pub(crate) async fn start(
        script: impl Fn(usize, &Asked) -> Option<Reply> + Send + Sync + 'static,
    ) -> Self {
        let inner = Arc::new(Inner {
            script: Box::new(script),
            asked: Mutex::default(),
            over: Arc::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .route("/v1/chat/completions", post(answer))
            .route("/elsewhere", post(answer))
            .with_state(Arc::clone(&inner));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { inner, address, task: task.abort_handle() }
    }

    /// What model-adapters.json would name it by.
    pub(crate) fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Every request so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.inner.asked.lock().unwrap().clone()
    }

    /// How many streams are over.
    pub(crate) fn over(&self) -> usize {
        self.inner.over.load(Ordering::SeqCst)
    }
}

async fn answer(
    State(inner): State<Arc<Inner>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let asked = Asked { headers, body: serde_json::from_slice(&body).unwrap() };
    let before = {
        let mut all = inner.asked.lock().unwrap();
        all.push(asked.clone());
        all.len() - 1
    };
    let Some(reply) = (inner.script)(before, &asked) else { return std::future::pending().await };
    let mut response = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    let over = Over(Arc::clone(&inner.over));
    let parts = stream::unfold((reply.parts.into_iter(), over), |(mut parts, over)| async move {
        let part = parts.next()?;
        let bytes = match &part {
            Part::Bytes(bytes) | Part::Forever(bytes) => bytes.clone(),
            Part::Hang => std::future::pending().await,
            Part::Cut => return Some((Err(io::Error::other("cut as told")), (parts, over))),
        };
        if let Part::Forever(_) = part {
            parts = vec![part].into_iter();
        }
        Some((Ok(Bytes::from(bytes)), (parts, over)))
    });
    response.body(Body::from_stream(parts)).unwrap()
}

impl Reply {
    /// A stream of these parts.
    pub(crate) fn stream(parts: impl IntoIterator<Item = Part>) -> Self {
        let headers = vec![("content-type", "text/event-stream; charset=utf-8".to_owned())];
        Self { status: 200, headers, parts: parts.into_iter().collect() }
    }

    /// A status with a body.
    pub(crate) fn status(status: u16, body: &str) -> Self {
        let headers = vec![("content-type", "application/json".to_owned())];
        Self { status, headers, parts: vec![Part::Bytes(body.to_owned())] }
    }

    /// The same with another header, in place of one with that name.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.into()));
        self
    }

    /// A whole answer, in several parts, with a count of tokens if there is one.
    pub(crate) fn says(text: &str, usage: Option<Value>) -> Self {
        let mut parts = vec![Part::Bytes(": ready\n\n".to_owned()), delta("")];
        let chars: Vec<char> = text.chars().collect();
        parts.extend(chars.chunks(97).map(|part| delta(&part.iter().collect::<String>())));
        parts.push(event(
            &json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }] }),
        ));
        if let Some(usage) = usage {
            parts.push(event(&json!({ "choices": [], "usage": usage })));
        }
        parts.push(Part::Bytes("data: [DONE]\n\n".to_owned()));
        Self::stream(parts)
    }
}

/// A count of tokens.
#[expect(clippy::unnecessary_wraps, reason = "a script answers with an Option")]
pub(crate) fn usage(sent: u64, received: u64) -> Option<Value> {
    Some(
        json!({ "prompt_tokens": sent, "completion_tokens": received, "total_tokens": sent + received }),
    )
}

/// A part of an answer's text.
pub(crate) fn delta(text: &str) -> Part {
    event(
        &json!({ "choices": [{ "index": 0, "delta": { "content": text }, "finish_reason": null }] }),
    )
}

fn event(data: &Value) -> Part {
    Part::Bytes(format!("data: {data}\n\n"))
}
