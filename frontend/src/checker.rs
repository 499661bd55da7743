//! Asks the page's worker. It ends with the value that stands for it.

use gloo_events::EventListener;
use js_sys::{Array, Function, Promise};
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

/// A worker, which does one task after the other.
pub(crate) struct Checker {
    worker: Worker,
    ready: Promise,
    _listeners: [EventListener; 2],
}

impl Drop for Checker {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

impl Checker {
    /// Starts it. From then on it needs no server.
    pub(crate) fn start() -> Result<Self, CheckerError> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker =
            Worker::new_with_options(PROGRAM, &options).map_err(|_| CheckerError::NotStarted)?;
        let mut listeners = None;
        // Its first word is that it is ready.
        let ready = Promise::new(&mut |resolve, reject| {
            listeners = Some([
                EventListener::new(&worker, "message", move |_| call(&resolve, &JsValue::NULL)),
                EventListener::new(&worker, "error", move |_| call(&reject, &JsValue::NULL)),
            ]);
        });
        let listeners = listeners.ok_or(CheckerError::NotStarted)?;
        Ok(Self { worker, ready, _listeners: listeners })
    }

    /// Has a task done, with a file beside it where the task needs one.
    pub(crate) async fn ask(
        &self,
        task: &Task,
        file: Option<&web_sys::File>,
        progress: impl Fn(u64, u64) + 'static,
    ) -> Result<Told, CheckerError> {
        let text = serde_json::to_string(task).map_err(|_| CheckerError::NotStarted)?;
        let not_started = |_| CheckerError::NotStarted;
        JsFuture::from(self.ready.clone()).await.map_err(not_started)?;
        let mut progress = Some(progress);
        let mut listeners = None;
        let answer = Promise::new(&mut |resolve, reject| {
            let progress = progress.take();
            listeners = Some([
                EventListener::new(&self.worker, "message", move |event| {
                    heard(event, progress.as_ref(), &resolve);
                }),
                EventListener::new(&self.worker, "error", move |_| call(&reject, &JsValue::NULL)),
            ]);
        });
        let message = Array::of1(&JsValue::from_str(&text));
        if let Some(file) = file {
            message.push(file);
        }
        self.worker.post_message(&message).map_err(not_started)?;
        let told = JsFuture::from(answer).await.map_err(|_| CheckerError::BrokeOff)?;
        drop(listeners);
        match serde_json::from_str(&told.as_string().unwrap_or_default()) {
            Ok(Told::Failed { why }) => Err(CheckerError::Refused(why)),
            Ok(told) => Ok(told),
            Err(_) => Err(CheckerError::BrokeOff),
        }
    }
}

/// Has one task done by a worker of its own.
pub(crate) async fn ask(task: &Task) -> Result<Told, CheckerError> {
    Checker::start()?.ask(task, None, |_, _| {}).await
}

/// Tells progress on; whatever else the worker says is its answer.
fn heard(event: &web_sys::Event, progress: Option<&impl Fn(u64, u64)>, resolve: &Function) {
    let Some(event) = event.dyn_ref::<MessageEvent>() else { return };
    let data = event.data();
    let text = data.as_string().unwrap_or_default();
    // Progress is short and comes often; an answer may be long, and is read once.
    if text.len() < 64
        && let Ok(Told::Progress(done, of)) = serde_json::from_str(&text)
    {
        if let Some(progress) = progress {
            progress(done, of);
        }
        return;
    }
    call(resolve, &data);
}

fn call(function: &Function, value: &JsValue) {
    drop(function.call1(&JsValue::NULL, value));
}
