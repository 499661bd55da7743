//! The page's worker: what takes long, or takes code that the first screen does not need. It knows no page, and fetches
//! nothing but what a task names, from the page's own server.

use gloo_events::EventListener;
use js_sys::{Array, Uint8Array};
use phase8_shared::checker::{Task, Told};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, DedicatedWorkerGlobalScope, MessageEvent, Response};

/// More than the export of half a million cards has; a browser's tab has no room for more.
const MOST_BYTES: f64 = 512.0 * 1024.0 * 1024.0;

fn main() {
    console_error_panic_hook::set_once();
    let scope = scope();
    let listener = EventListener::new(&scope, "message", |event| {
        let Some(event) = event.dyn_ref::<MessageEvent>() else { return };
        let message = Array::from(&event.data());
        spawn_local(async move { tell(&answer(&message).await) });
    });
    listener.forget();
    tell(&Told::Ready);
}

/// A message is the task as text and, beside some, a file.
async fn answer(message: &Array) -> Told {
    let text = message.get(0).as_string().unwrap_or_default();
    let task: Task = match serde_json::from_str(&text) {
        Ok(task) => task,
        Err(error) => return Told::Failed { why: format!("the task cannot be read: {error}") },
    };
    let bytes = match &task {
        Task::Examine { address: Some(address), .. } => fetched(address).await,
        Task::Examine { address: None, .. } => read(message.get(1)).await,
        Task::Judge { .. }
        | Task::Survey(_)
        | Task::Directives { .. }
        | Task::Extensions { .. }
        | Task::Compare { .. } => Ok(Vec::new()),
    };
    let text = bytes.and_then(|bytes| {
        String::from_utf8(bytes).map_err(|_| "the file is not text in UTF-8".to_owned())
    });
    match text {
        Ok(text) => task.run(&text, |done, of| tell(&Told::Progress(done, of))),
        Err(why) => Told::Failed { why },
    }
}

/// What the server has at an address.
async fn fetched(address: &str) -> Result<Vec<u8>, String> {
    let silent = |_| "the server does not answer".to_owned();
    let answer = JsFuture::from(scope().fetch_with_str(address)).await.map_err(silent)?;
    let answer: Response = answer.unchecked_into();
    let body = answer.array_buffer().map_err(silent)?;
    let body = JsFuture::from(body).await.map_err(|_| "the answer broke off".to_owned())?;
    let bytes = Uint8Array::new(&body).to_vec();
    if answer.ok() {
        return Ok(bytes);
    }
    let problem: Option<serde_json::Value> = serde_json::from_slice(&bytes).ok();
    let detail = problem.as_ref().and_then(|problem| problem.get("detail")?.as_str());
    Err(detail.map_or_else(|| format!("the server answers {}", answer.status()), str::to_owned))
}

/// What a file holds.
async fn read(file: JsValue) -> Result<Vec<u8>, String> {
    let file: Blob = file.dyn_into().map_err(|_| "no file came with the task".to_owned())?;
    if file.size() > MOST_BYTES {
        return Err("the file has more than 512 MiB: use `phase8 verify` for it".to_owned());
    }
    let body = JsFuture::from(file.array_buffer()).await;
    body.map(|body| Uint8Array::new(&body).to_vec())
        .map_err(|_| "the browser could not read the file: choose it again".to_owned())
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Sends to the page. A page that is gone needs no answer.
fn tell(told: &Told) {
    let text = serde_json::to_string(told).unwrap_or_default();
    let _ = scope().post_message(&JsValue::from_str(&text));
}
