//! Asks the page's worker. Each question has a worker of its own, which ends with its answer, or when nobody waits any more.

use gloo_events::EventListener;
use js_sys::{Function, Promise};
use phase8_shared::checker::{Task, Told};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

/// Where the worker is; `trusted-types.js` lets this address in and no other.
const PROGRAM: &str = "/phase8-checker_loader.js";

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CheckerError {
    /// The browser does not start it.
    #[error("this browser does not start the page's checker")]
    NotStarted,
    /// It ended without an answer.
    #[error("the page's checker broke off")]
    BrokeOff,
    /// It says that it cannot.
    #[error("{0}")]
    Refused(String),
}

/// A worker that ends with this value.
struct Running {
    worker: Worker,
    _listeners: [EventListener; 2],
}

impl Drop for Running {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

/// Has a task done.
pub(crate) async fn ask(task: &Task) -> Result<Told, CheckerError> {
    let text = serde_json::to_string(task).map_err(|_| CheckerError::NotStarted)?;
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    let worker =
        Worker::new_with_options(PROGRAM, &options).map_err(|_| CheckerError::NotStarted)?;
    let mut listeners = None;
    let answer = Promise::new(&mut |resolve, reject| {
        listeners = Some([listen(&worker, text.clone(), resolve), on_failure(&worker, reject)]);
    });
    let Some(listeners) = listeners else { return Err(CheckerError::NotStarted) };
    let running = Running { worker, _listeners: listeners };
    let told = JsFuture::from(answer).await.map_err(|_| CheckerError::BrokeOff)?;
    drop(running);
    let told = told.as_string().unwrap_or_default();
    match serde_json::from_str(&told) {
        Ok(Told::Failed { why }) => Err(CheckerError::Refused(why)),
        Ok(told) => Ok(told),
        Err(_) => Err(CheckerError::BrokeOff),
    }
}

/// Hands the task over when the worker is ready; whatever it says after that is its answer.
fn listen(worker: &Worker, task: String, resolve: Function) -> EventListener {
    let mut task = Some(task);
    let to = worker.clone();
    EventListener::new(worker, "message", move |event| {
        let Some(event) = event.dyn_ref::<MessageEvent>() else { return };
        match task.take() {
            Some(task) => drop(to.post_message(&JsValue::from_str(&task))),
            None => drop(resolve.call1(&JsValue::NULL, &event.data())),
        }
    })
}

fn on_failure(worker: &Worker, reject: Function) -> EventListener {
    EventListener::new(worker, "error", move |_| drop(reject.call0(&JsValue::NULL)))
}
