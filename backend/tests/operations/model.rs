//! A fake model endpoint: a real HTTP server that speaks the protocol, and no model behind it. It repeats the key and the
//! prompt whenever it fails, as some do.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response, header};
use axum::routing::post;
use serde_json::json;
use tokio::net::TcpListener;

/// The endpoint.
#[derive(Debug)]
pub(crate) struct FakeModel {
    inner: Arc<Inner>,
    port: u16,
}

#[derive(Debug)]
struct Inner {
    /// What it writes.
    text: String,
    asked: AtomicUsize,
}

impl FakeModel {
    /// Refuses, then answers with this text, and from then on breaks off.
    pub(crate) async fn start(text: &str) -> Self {
        let inner = Arc::new(Inner { text: text.to_owned(), asked: AtomicUsize::new(0) });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let router = Router::new()
            .route("/v1/chat/completions", post(answer))
            .with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { inner, port }
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}/v1", self.port)
    }

    /// How often it was asked.
    pub(crate) fn asked(&self) -> usize {
        self.inner.asked.load(Ordering::SeqCst)
    }
}

async fn answer(
    State(inner): State<Arc<Inner>>,
    headers: HeaderMap,
    body: String,
) -> Response<Body> {
    let number = inner.asked.fetch_add(1, Ordering::SeqCst);
    let key = headers.get(header::AUTHORIZATION).and_then(|key| key.to_str().ok());
    let repeated = format!("refused: {} said {body}", key.unwrap_or("nobody"));
    let part = |delta: &str, end: Option<&str>| {
        let choice = json!({ "index": 0, "delta": { "content": delta }, "finish_reason": end });
        format!("data: {}\n\n", json!({ "choices": [choice] }))
    };
    let stream = Response::builder().header(header::CONTENT_TYPE, "text/event-stream");
    match number {
        0 => Response::builder().status(401).body(Body::from(repeated)).unwrap(),
        1 => {
            let usage =
                json!({ "prompt_tokens": 900, "completion_tokens": 90, "total_tokens": 990 });
            let usage = format!("data: {}\n\n", json!({ "choices": [], "usage": usage }));
            let whole = part(&inner.text, None) + &part("", Some("stop")) + &usage;
            stream.body(Body::from(whole + "data: [DONE]\n\n")).unwrap()
        }
        _ => stream.body(Body::from(part(&inner.text, None) + "data: {" + &repeated)).unwrap(),
    }
}
