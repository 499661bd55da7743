//! The page's worker: what takes long, or takes code that the first screen does not need. It knows no page and asks nobody.

use gloo_events::EventListener;
use phase8_shared::checker::{Task, Told};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

fn main() {
    console_error_panic_hook::set_once();
    let scope = scope();
    let listener = EventListener::new(&scope, "message", |event| {
        let task = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string());
        tell(&match task.as_deref().map(serde_json::from_str::<Task>) {
            Some(Ok(task)) => task.run(),
            Some(Err(error)) => Told::Failed { why: format!("the task cannot be read: {error}") },
            None => Told::Failed { why: "the task is no text".to_owned() },
        });
    });
    listener.forget();
    tell(&Told::Ready);
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Sends to the page. A page that is gone needs no answer.
fn tell(told: &Told) {
    let text = serde_json::to_string(told).unwrap_or_default();
    let _ = scope().post_message(&JsValue::from_str(&text));
}
