//! The one place that touches a wallet's JavaScript: EIP-1193 requests and events, EIP-6963 discovery.

use js_sys::{Array, Function, JSON, Object, Promise, Reflect};
use leptos::prelude::window;
use serde_json::Value;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::wallet::WalletError;

/// A wallet's EIP-1193 object.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Provider(JsValue);

/// A wallet that announced itself.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Announced {
    /// Stable name of the wallet program, such as `io.metamask`.
    pub(super) rdns: String,
    /// Name for people.
    pub(super) name: String,
    /// Its object.
    pub(super) provider: Provider,
}

/// Keeps a listener alive; dropping it ends the listening.
pub(super) struct Listener {
    provider: JsValue,
    event: &'static str,
    closure: Closure<dyn FnMut(JsValue)>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = call(
            &self.provider,
            "removeListener",
            &[self.event.into(), self.closure.as_ref().clone()],
        );
    }
}

impl Provider {
    /// The wallet at `window.ethereum`, the way before EIP-6963.
    pub(super) fn fallback() -> Option<Self> {
        let found = Reflect::get(&window(), &"ethereum".into()).ok()?;
        found.is_object().then_some(Self(found))
    }

    /// Asks the wallet. `params` and the answer are JSON.
    pub(super) async fn request(&self, method: &str, params: &Value) -> Result<Value, WalletError> {
        let argument = Object::new();
        let params = JSON::parse(&params.to_string())
            .map_err(|_| WalletError::Other("bad parameters".to_owned()))?;
        let set = |key: &str, value: &JsValue| Reflect::set(&argument, &key.into(), value).is_ok();
        if !set("method", &method.into()) || !set("params", &params) {
            return Err(WalletError::Other("the request cannot be built".to_owned()));
        }
        let promise =
            call(&self.0, "request", &[argument.into()]).map_err(|error| understand(&error))?;
        let answer =
            JsFuture::from(Promise::resolve(&promise)).await.map_err(|error| understand(&error))?;
        if answer.is_undefined() || answer.is_null() {
            return Ok(Value::Null);
        }
        let text =
            JSON::stringify(&answer).ok().and_then(|text| text.as_string()).unwrap_or_default();
        serde_json::from_str(&text)
            .map_err(|_| WalletError::Other(format!("{method} gave no usable answer")))
    }

    /// Listens until the answer is dropped. Wallets without events give `None`.
    pub(super) fn listen(
        &self,
        event: &'static str,
        mut heard: impl FnMut(Value) + 'static,
    ) -> Option<Listener> {
        let closure = Closure::<dyn FnMut(JsValue)>::new(move |payload: JsValue| {
            let text = JSON::stringify(&payload)
                .ok()
                .and_then(|text| text.as_string())
                .unwrap_or_default();
            heard(serde_json::from_str(&text).unwrap_or(Value::Null));
        });
        call(&self.0, "on", &[event.into(), closure.as_ref().clone()]).ok()?;
        Some(Listener { provider: self.0.clone(), event, closure })
    }
}

/// Asks wallets to announce themselves, now and whenever one loads late. Listens as long as the page lives.
pub(super) fn discover(mut found: impl FnMut(Announced) + 'static) {
    let closure = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
        if let Some(announced) = announced(&event) {
            found(announced);
        }
    });
    let window = window();
    let listener: &Function = closure.as_ref().unchecked_ref();
    let _ = window.add_event_listener_with_callback("eip6963:announceProvider", listener);
    // The page listens until it is closed.
    closure.forget();
    if let Ok(request) = web_sys::Event::new("eip6963:requestProvider") {
        let _ = window.dispatch_event(&request);
    }
}

fn announced(event: &JsValue) -> Option<Announced> {
    let get = |of: &JsValue, key: &str| Reflect::get(of, &key.into()).ok();
    let detail = get(event, "detail")?;
    let info = get(&detail, "info")?;
    let provider = get(&detail, "provider").filter(JsValue::is_object)?;
    let rdns = get(&info, "rdns")?.as_string()?;
    let name = get(&info, "name")?.as_string()?.chars().take(40).collect();
    Some(Announced { rdns, name, provider: Provider(provider) })
}

fn call(object: &JsValue, method: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let function: Function = Reflect::get(object, &method.into())?.dyn_into()?;
    let list: Array = arguments.iter().collect();
    Reflect::apply(&function, object, &list)
}

/// The error behind a rejected request. Some wallets hide the code of an unknown chain one level down.
fn understand(error: &JsValue) -> WalletError {
    let get = |of: &JsValue, key: &str| Reflect::get(of, &key.into()).unwrap_or(JsValue::UNDEFINED);
    let nested = get(&get(&get(error, "data"), "originalError"), "code").as_f64();
    let code = nested
        .filter(|nested| *nested > 4901.5 && *nested < 4902.5)
        .or_else(|| get(error, "code").as_f64());
    let message: String =
        get(error, "message").as_string().unwrap_or_default().chars().take(300).collect();
    WalletError::from_code(code.map_or(0, whole), message)
}

/// A JSON-RPC error code; JavaScript has no other numbers than doubles.
#[expect(clippy::cast_possible_truncation, reason = "codes are small whole numbers")]
const fn whole(number: f64) -> i64 {
    number as i64
}
