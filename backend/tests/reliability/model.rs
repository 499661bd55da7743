//! A fake of a hosted model: a real HTTP server that speaks `OpenAI`'s chat completions and keeps an account of what it would
//! bill. No model is behind it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// What it counts for every call.
const SENT: u64 = 1_000;
const RECEIVED: u64 = 333;

/// The endpoint.
#[derive(Debug)]
pub(crate) struct FakeModel {
    desk: Arc<Desk>,
    base_url: String,
    task: AbortHandle,
}

#[derive(Debug)]
struct Desk {
    /// Who asked, in turn: role and turn.
    asked: watch::Sender<Vec<(String, u8)>>,
    /// Turns whose answer is kept back.
    held: watch::Sender<BTreeSet<(String, u8)>>,
    bill: Mutex<u64>,
}

impl Drop for FakeModel {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl FakeModel {
    pub(crate) async fn start() -> Self {
        let desk = Arc::new(Desk {
            asked: watch::channel(Vec::new()).0,
            held: watch::channel(BTreeSet::new()).0,
            bill: Mutex::new(0),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
        let router =
            Router::new().route("/v1/chat/completions", post(answer)).with_state(Arc::clone(&desk));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { desk, base_url, task: task.abort_handle() }
    }

    /// What `model-adapters.json` names it by.
    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Keeps back the answer to this turn until [`Self::let_go`].
    pub(crate) fn hold(&self, role: &str, turn: u8) {
        self.desk.held.send_modify(|held| {
            held.insert((role.to_owned(), turn));
        });
    }

    /// Does not hold this turn back any more.
    pub(crate) fn release(&self, role: &str, turn: u8) {
        self.desk.held.send_modify(|held| {
            held.remove(&(role.to_owned(), turn));
        });
    }

    /// Holds nothing back any more.
    pub(crate) fn let_go(&self) {
        self.desk.held.send_modify(BTreeSet::clear);
    }

    /// Waits until this turn was asked so many times.
    pub(crate) async fn asked(&self, role: &str, turn: u8, times: usize) {
        let is = |one: &&(String, u8)| one.0 == role && one.1 == turn;
        let all = |asked: &Vec<(String, u8)>| asked.iter().filter(is).count() >= times;
        self.desk.asked.subscribe().wait_for(all).await.unwrap();
    }

    /// Calls so far.
    pub(crate) fn calls(&self) -> usize {
        self.desk.asked.borrow().len()
    }

    /// What it bills so far, in micro-dollars: whatever was asked, whether or not somebody took the answer.
    pub(crate) fn bill(&self) -> u64 {
        *self.desk.bill.lock().unwrap()
    }
}

/// What a call of a role costs, in micro-dollars: $0.012 and $0.009 for a thousand tokens.
pub(crate) const fn price(role: &str) -> u64 {
    let per_token = if matches!(role.as_bytes(), b"planner") { 12 } else { 9 };
    (SENT + RECEIVED) * per_token
}

async fn answer(State(desk): State<Arc<Desk>>, body: Bytes) -> Response {
    let asked: Value = serde_json::from_slice(&body).unwrap();
    let messages = asked["messages"].as_array().unwrap();
    let text = |message: Option<&Value>| message.unwrap()["content"].as_str().unwrap().to_owned();
    let (first, last) = (text(messages.first()), text(messages.last()));
    let role = if first.starts_with("You are the planner") { "planner" } else { "analyst" };
    let turn = last.split("This is turn ").nth(1).unwrap().split(' ').next().unwrap();
    let turn: u8 = turn.parse().unwrap();
    *desk.bill.lock().unwrap() += price(role);
    desk.asked.send_modify(|all| all.push((role.to_owned(), turn)));
    let mut held = desk.held.subscribe();
    held.wait_for(|held| !held.contains(&(role.to_owned(), turn))).await.unwrap();
    let words = match (role, turn) {
        ("planner", 4) => "# The blueprint\n\nBuild it.\n\n```tasks\n{ \"analyst\": [\"Count the sheep\", \"Weigh the wool\"] }\n```\n".to_owned(),
        (_, 4) => "# The figures\n\nThree sheep.\n".to_owned(),
        _ => format!("The {role} worked on turn {turn}."),
    };
    let delta = json!({ "choices": [{ "index": 0, "delta": { "content": words }, "finish_reason": null }] });
    let stop = json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }] });
    let usage = json!({ "prompt_tokens": SENT, "completion_tokens": RECEIVED, "total_tokens": SENT + RECEIVED });
    let usage = json!({ "choices": [], "usage": usage });
    let stream = format!("data: {delta}\n\ndata: {stop}\n\ndata: {usage}\n\ndata: [DONE]\n\n");
    ([(CONTENT_TYPE, "text/event-stream")], stream).into_response()
}
