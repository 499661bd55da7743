//! A provider's door in front of a real node: it wants a key in the path, and a password where it is told to. When it
//! refuses, it repeats everything that it was sent, as some do.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{Response, header};
use http_body_util::BodyExt;
use reqwest::Client;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::program::client;

/// How the door behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// It lets requests through that know the key.
    Well,
    /// It answers 401.
    Refuses,
    /// It answers 200 with a JSON-RPC error.
    Errs,
    /// It answers 200 with no JSON.
    Babbles,
}

/// The door.
#[derive(Debug, Clone)]
pub(crate) struct Door {
    inner: Arc<Inner>,
    port: u16,
}

#[derive(Debug)]
struct Inner {
    node: String,
    key: String,
    mood: Mutex<Mood>,
    client: Client,
}

impl Door {
    /// In front of this node, with this key.
    pub(crate) async fn open(node: &str, key: &str) -> Self {
        let inner = Arc::new(Inner {
            node: node.to_owned(),
            key: key.to_owned(),
            mood: Mutex::new(Mood::Well),
            client: client(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let router = Router::new().fallback(answer).with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { inner, port }
    }

    /// Its address for whoever knows the key.
    pub(crate) fn address(&self, credentials: &str) -> String {
        format!("http://{credentials}127.0.0.1:{}/v3/{}", self.port, self.inner.key)
    }

    pub(crate) fn set(&self, mood: Mood) {
        *self.inner.mood.lock().unwrap() = mood;
    }
}

async fn answer(State(inner): State<Arc<Inner>>, request: Request) -> Response<Body> {
    let mood = *inner.mood.lock().unwrap();
    let (parts, body) = request.into_parts();
    let body: Bytes = body.collect().await.unwrap().to_bytes();
    let told = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let repeated = format!("no access for {} with {}", parts.uri, told.unwrap_or("no password"));
    let answer = Response::builder().header(header::CONTENT_TYPE, "application/json");
    let body = match mood {
        Mood::Well if parts.uri.path() == format!("/v3/{}", inner.key) => {
            let asked = inner.client.post(&inner.node).header("content-type", "application/json");
            match asked.body(body).send().await {
                Ok(answer) => answer.bytes().await.unwrap(),
                Err(_) => return answer.status(502).body(Body::from(repeated)).unwrap(),
            }
        }
        Mood::Well | Mood::Refuses => {
            return answer.status(401).body(Body::from(repeated)).unwrap();
        }
        Mood::Errs => {
            let error = |id: &Value| json!({ "jsonrpc": "2.0", "id": id, "error": { "code": -32_000, "message": repeated } });
            let asked: Value = serde_json::from_slice(&body).unwrap();
            let errors = match asked.as_array() {
                Some(many) => many.iter().map(|one| error(&one["id"])).collect(),
                None => error(&asked["id"]),
            };
            errors.to_string().into()
        }
        Mood::Babbles => repeated.into(),
    };
    answer.body(Body::from(body)).unwrap()
}
